"""Counts as ratios, against R's quasi-Poisson answers (golden/counts.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from behave.stats import DesignOptions, compare

GOLDEN = Path(__file__).parents[2] / "golden"
COUNT = {"outcome": "n_rearings", "benefit": "increase", "kind": "count"}


@pytest.fixture(scope="module")
def rearings():
    """Return the counts that R analysed."""
    return pd.read_csv(GOLDEN / "counts.csv")


@pytest.fixture(scope="module")
def counted(design):
    """Return the main design with rearings as the outcome, and further keys."""

    def make(**more):
        return DesignOptions(**design.model_dump() | COUNT | more)

    return make


@pytest.fixture(scope="module")
def table(full_block):
    """Return a maker of counts of 4 x 10 animals: the four means, and each animal's distance from it."""

    def make(*means, spread=(-2, -1, 0, 1, 2)):
        values = np.concatenate([mean + np.tile(spread, 2) for mean in means])
        return full_block.drop(columns="immobility_s").assign(n_rearings=values)

    return make


@pytest.mark.parametrize(("model", "more"), [("plain", {}), ("blocked", {"blocks": ("cohort",)})])
def test_ratios_are_those_of_r(rearings, counted, model, more):
    answers = pd.read_csv(GOLDEN / "counts_answers.csv")
    answers = answers[answers["model"] == model]
    found = compare(rearings, counted(**more))
    rows = found.contrasts[found.contrasts["family"] == "counts"]
    assert rows["contrast_id"].tolist() == ["K_ratio", "Kn_ratio", "I_ratio", "A_ratio"]
    for name in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
        told = answers[name].tolist()
        # R's A is NBQX less vehicle, as is ours where an increase is benefit.
        assert rows[name].tolist() == pytest.approx(told, rel=1e-7), name
    assert found.verdict["counts"]["dispersion"] == pytest.approx(answers["dispersion"].iloc[0])
    assert rows["effsize"].tolist() == pytest.approx(np.exp(answers["estimate"]).tolist())


def test_the_label_is_that_of_the_differences(rearings, counted):
    as_count = compare(rearings, counted())
    as_measure = compare(rearings, counted(kind="measure"))
    for key in ("label", "K", "Kn", "I", "A", "headline"):
        assert as_count.verdict[key] == as_measure.verdict[key]
    assert as_measure.verdict["counts"] is None
    assert not (as_measure.contrasts["family"] == "counts").any()


# Means of the four groups (vehicle, ketamine, NBQX, both) and what is said of the scale.
SCALES = [
    ((20, 40, 20, 22), "shown on both scales"),
    ((20, 22, 20, 22), "not shown on either scale"),
    # 10 to 20 and 40 to 80 both double; as differences they are 10 and 40.
    ((10, 20, 40, 80), "shown as a difference and not as a ratio"),
    # 10 more each time: twofold and by a quarter.
    ((10, 20, 40, 50), "shown as a ratio and not as a difference"),
    # 10 to 20 doubles, 40 to 64 is more in number and less as a ratio.
    ((10, 20, 40, 64), "shown in opposite directions"),
]


@pytest.mark.parametrize(("means", "told"), SCALES)
def test_whether_the_interaction_depends_on_the_scale_is_said(table, counted, means, told):
    text = compare(table(*means), counted()).verdict["counts"]["text"]
    assert told in text


@pytest.mark.parametrize("benefit", ["increase", "decrease"])
def test_the_ratios_in_words_are_treated_over_control_whatever_is_benefit(table, counted, benefit):
    found = compare(table(20, 40, 20, 30), counted(benefit=benefit)).verdict["counts"]
    assert "ketamine multiplied n rearings by 2.00 (" in found["text"]
    assert "and by 1.50 (" in found["text"]
    assert "over the first is 0.75 (" in found["text"]
    sign = 1 if benefit == "increase" else -1
    assert found["K"]["estimate"] == pytest.approx(sign * np.log(2))


def test_a_group_without_an_event_has_no_ratio(table, counted):
    nothing = table(20, 40, 20, 30)
    nothing.loc[:9, "n_rearings"] = 0
    assert compare(nothing, counted()).verdict["counts"] is None


def test_another_outcome_may_be_a_count(full_block, table, design):
    other = {"rearings": COUNT | {"file": "r.csv"}}
    both = DesignOptions(**design.model_dump() | {"other_outcomes": other})
    found = compare(full_block, both, outcomes={"rearings": table(20, 40, 20, 22)})
    rows = found.contrasts[found.contrasts["family"] == "outcome: rearings, ratios"]
    assert rows["contrast_id"].tolist()[0] == "K_ratio_rearings"
    assert rows["effsize"].iloc[0] == pytest.approx(2)
    assert "shown on both scales" in found.verdict["outcomes"]["outcomes"][1]["counts"]["text"]


def test_with_a_random_unit_there_are_no_ratios(rearings, counted):
    grouped = rearings.assign(cage=[f"c{index // 3}" for index in range(len(rearings))])
    assert compare(grouped, counted(random=("cage",))).verdict["counts"] is None
