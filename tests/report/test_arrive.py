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
