"""What a study did not record is named."""

from dataclasses import replace

import numpy as np
import pandas as pd

from behave.report import Results
from behave.report.arrive import arrive_sheet


def items(results: Results) -> dict[str, list[str]]:
    return {row[0]: list(row[1:]) for row in arrive_sheet(results).rows}


def test_the_ten_items_are_listed(blocked: Results) -> None:
    assert [name.split()[0] for name in items(blocked)] == [str(number) for number in range(1, 11)]


def test_columns_that_are_filled_are_recorded_and_the_others_are_not(blocked: Results) -> None:
    trials = pd.DataFrame(
        {
            "strain": ["C57BL/6J"] * 4,
            "sex": ["m", "f", "", ""],
            "weight_g": [20.0, 21.0, 22.0, np.nan],
        }
    )
    told, missing = items(replace(blocked, trials=trials))["8 Experimental animals"]
    assert told == "mouse, strain"
    assert missing == "sex (not for 2), age, weight (not for 1), litter, cage"


def test_the_scoring_counts_as_blind_only_where_the_program_scored(blocked: Results) -> None:
    assert items(blocked)["5 Blinding"][0] == "the scoring was not told the groups"
    by_hand = replace(blocked, bouts=blocked.bouts.iloc[:0])
    assert items(by_hand)["5 Blinding"] == [
        "nothing",
        "who else knew the groups, and when; who scored",
    ]


def test_nothing_is_claimed_of_the_allocation(blocked: Results) -> None:
    assert items(blocked)["4 Randomisation"][0] == "nothing"


def test_a_genotype_is_not_asked_for_its_dose(blocked: Results) -> None:
    assert "dose of the pretreatment" in items(blocked)["9 Experimental procedures"][1]
    bred = blocked.design | {"antagonist": blocked.design["antagonist"] | {"kind": "genotype"}}
    for design in (bred, blocked.design | {"antagonist": None}):
        missing = items(replace(blocked, design=design))["9 Experimental procedures"][1]
        assert "pretreatment" not in missing
        assert "dose of the treatment" in missing


def test_excluded_animals_are_told_where_only_statistics_were_run(blocked: Results) -> None:
    none = blocked.trials_log.iloc[:0]
    trials = pd.DataFrame({"exclude": [True, False, True]})
    told = items(replace(blocked, trials_log=none, trials=trials))["3 Inclusion and exclusion"][0]
    assert told.startswith("2 excluded")


def test_an_analysis_counts_as_fixed_beforehand_only_by_its_lock(blocked: Results) -> None:
    assert "fixed beforehand" in items(blocked)["7 Statistical methods"][1]
    lock = {"locked": "2026-01-02T03:04:05+00:00", "matches": False}
    told, missing = items(replace(blocked, lock=lock))["7 Statistical methods"]
    assert told.endswith("locked at 2026-01-02T03:04:05+00:00 and not kept to")
    assert "fixed" not in missing
