"""Dose series: what is compared, what is fitted, and when it says nothing."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from behave.stats import DesignOptions, compare

SPREAD = np.linspace(-22, 22, 9)
DOSES = (1, 3, 10, 30)


def family_of(verdict, name):
    """Return one family of further comparisons."""
    return next(family for family in verdict["families"] if family["family"] == name)


def cell(before, dose, drug, mean, column="pretreatment_dose_mg_per_kg"):
    """Return nine animals of one dose."""
    return pd.DataFrame(
        {"pretreatment": before, column: dose, "treatment": drug, "immobility_s": mean + SPREAD}
    )


def whole(*parts):
    """Return the doses as one table of animals."""
    table = pd.concat(parts, ignore_index=True)
    return table.assign(animal_id=[f"m{number}" for number in range(len(table))])


@pytest.fixture(scope="module")
def reversal():
    """Return NBQX that takes ketamine's 90 s away, half of it at 5 mg/kg; alone it does nothing."""
    with_ketamine = [70 + 90 * dose**2 / (dose**2 + 25) for dose in DOSES]
    return whole(
        cell("vehicle", "", "vehicle", 160),
        cell("vehicle", "", "ketamine", 70),
        *(
            cell("NBQX", dose, "ketamine", mean)
            for dose, mean in zip(DOSES, with_ketamine, strict=True)
        ),
        *(cell("NBQX", dose, "vehicle", 160) for dose in DOSES),
    )


@pytest.fixture(scope="module")
def series_design(design):
    """Return the main design with NBQX in doses, the verdict about 10 mg/kg."""
    dosed = {"dose_column": "pretreatment_dose_mg_per_kg", "dose": 10}
    content = design.model_dump()
    return DesignOptions(**content | {"antagonist": content["antagonist"] | dosed})


def test_the_verdict_is_about_the_dose_that_was_named(reversal, series_design, design):
    verdict = compare(reversal, series_design).verdict
    own = reversal[reversal["pretreatment_dose_mg_per_kg"].isin(["", 10])]
    assert verdict["I"] == compare(own, design).verdict["I"]
    assert "under NBQX 10 mg/kg" in verdict["text"]
    assert "left_aside" not in {flag["name"] for flag in verdict["flags"]}


def test_each_dose_has_its_verdict_and_the_doses_are_one_family(reversal, series_design):
    comparison = compare(reversal, series_design)
    family = family_of(comparison.verdict, "antagonist_doses")
    assert [arm["name"] for arm in family["arms"]] == [f"NBQX {dose} mg/kg" for dose in DOSES]
    assert family["arms"][0]["label"] == "not_blocked"
    assert family["arms"][-1]["label"] in {"blocked", "attenuated"}
    rows = comparison.contrasts[comparison.contrasts["family"] == "antagonist_doses"]
    assert rows["contrast_id"].tolist() == [f"I_NBQX {dose} mg/kg" for dose in DOSES]
    assert (rows["p_adj"] >= rows["p_value"]).all()


def test_each_dose_is_held_against_the_control_by_dunnett(reversal, series_design):
    table = compare(reversal, series_design).contrasts
    rows = table[
        (table["family"] == "doses of NBQX with ketamine") & (table["adjust"] == "Dunnett")
    ]
    groups = [
        reversal.loc[
            (reversal["treatment"] == "ketamine")
            & (reversal["pretreatment_dose_mg_per_kg"] == dose),
            "immobility_s",
        ]
        for dose in ("", *DOSES)
    ]
    expected = stats.dunnett(*groups[1:], control=groups[0], random_state=1)
    # scipy draws random numbers; it agrees to its own error.
    assert rows["p_adj"].to_numpy(float) == pytest.approx(expected.pvalue, abs=2e-3)
    # Counted as benefit: giving immobility back is a negative number.
    assert rows["estimate"].to_numpy(float) == pytest.approx(
        [groups[0].mean() - group.mean() for group in groups[1:]]
    )


def test_the_curve_finds_half_the_effect_where_it_lies(reversal, series_design):
    comparison = compare(reversal, series_design)
    curve = comparison.dose_response.set_index(["series", "parameter"])["estimate"]
    assert curve["NBQX with ketamine", "ed50"] == pytest.approx(5, rel=0.02)
    known, alone = comparison.verdict["dose_series"]
    assert known["ed50_identified"]
    assert not alone["ed50_identified"]
    assert "ED50 not identified" in alone["text"]
    ed50, low, high = (
        float(part)
        for part in re.findall(r"[\d.]+(?= mg/kg| to)", known["text"].partition("ED50")[2])
    )
    assert low < ed50 < high


def test_without_the_antagonist_alone_the_series_stands_and_the_verdict_does_not(
    reversal, series_design
):
    alone = (reversal["pretreatment"] == "NBQX") & (reversal["treatment"] == "vehicle")
    verdict = compare(reversal[~alone], series_design).verdict
    assert verdict["label"] == "not_assessable"
    assert verdict["families"] == []
    assert [series["with"] for series in verdict["dose_series"]] == ["ketamine"]


@pytest.fixture(scope="module")
def agonist_doses():
    """Return ketamine in doses, most effective at 10 mg/kg and less so above."""
    means = {1: 150, 3: 110, 10: 60, 30: 90, 100: 155}
    column = "treatment_dose_mg_per_kg"
    return whole(
        cell("vehicle", 0, "vehicle", 160, column),
        *(cell("vehicle", dose, "ketamine", mean, column) for dose, mean in means.items()),
    ).drop(columns="pretreatment")


def test_a_series_that_turns_has_no_ed50_and_a_flag(agonist_doses):
    design = DesignOptions(
        agonist={
            "column": "treatment", "control": "vehicle", "level": "ketamine",
            "dose_column": "treatment_dose_mg_per_kg", "dose": 10,
        }
    )  # fmt: skip
    verdict = compare(agonist_doses, design).verdict
    (series,) = verdict["dose_series"]
    assert series["turns"]
    assert "bends back" in series["text"]
    assert not series["ed50_identified"]
    assert "dose_not_monotone" in {flag["name"] for flag in verdict["flags"]}
    assert verdict["K"]["estimate"] == pytest.approx(100)


def test_a_dose_that_no_animal_had_is_refused(reversal, series_design):
    wrong = series_design.model_copy(
        update={"antagonist": series_design.antagonist.model_copy(update={"dose": 11.0})}
    )
    with pytest.raises(Exception, match="has the dose 11"):
        compare(reversal, wrong)


@pytest.mark.parametrize("given", [{"dose": 10}, {"dose_column": "x"}])
def test_a_dose_needs_its_column_and_the_column_its_dose(design, given):
    content = design.model_dump()
    with pytest.raises(ValueError, match="give both"):
        DesignOptions(**content | {"antagonist": content["antagonist"] | given})
