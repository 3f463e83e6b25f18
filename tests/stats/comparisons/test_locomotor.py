"""The locomotor control: a second outcome that is flagged and never changes the label."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from behave.model.tables import CONTRASTS
from behave.stats import DesignOptions, compare

SPREAD = np.linspace(-200, 200, 10)


@pytest.fixture(scope="module")
def controlled(design: DesignOptions) -> DesignOptions:
    """Return the main design with a locomotor control."""
    return DesignOptions(**design.model_dump() | {"locomotor": {"file": "open_field.csv"}})


@pytest.fixture(scope="module")
def moved(full_block):
    """Return a maker of the open field's table: the mean distance in each of the four cells."""

    def make(*means):
        distance = np.concatenate([mean + SPREAD for mean in means])
        return full_block.drop(columns="immobility_s").assign(distance_cm=distance)

    return make


def flags_of(comparison):
    return {flag["name"]: flag for flag in comparison.verdict["flags"]}


def test_the_effects_on_locomotion_are_welch_contrasts_of_it(full_block, controlled, moved):
    table = moved(3000, 4000, 2900, 3500).assign(distance_cm=lambda t: t["distance_cm"] ** 1.1)
    comparison = compare(full_block, controlled, locomotion=table)
    rows = comparison.contrasts[comparison.contrasts["family"] == "locomotor"]
    rows = rows.set_index("contrast_id")
    cells = table["distance_cm"].to_numpy().reshape(4, 10)
    for name, first, second in [("K", 1, 0), ("Kn", 3, 2), ("A", 2, 0)]:
        welch = stats.ttest_ind(cells[first], cells[second], equal_var=False)
        row = rows.loc[f"locomotor_{name}"]
        low, high = welch.confidence_interval()
        found = row[["statistic", "p_value", "df", "conf_low", "conf_high"]].astype(float).tolist()
        assert found == pytest.approx([welch.statistic, welch.pvalue, welch.df, low, high])
        assert comparison.verdict["locomotor"][name]["estimate"] == pytest.approx(row["estimate"])
    difference = rows.loc["locomotor_K", "estimate"] - rows.loc["locomotor_Kn", "estimate"]
    assert rows.loc["locomotor_I", "estimate"] == pytest.approx(difference)
    assert rows["unit"].unique().tolist() == ["cm"]
    assert rows.loc["locomotor_K", "contrast"] == (
        "distance_cm: (vehicle + ketamine) - (vehicle + vehicle)"
    )
    assert list(comparison.contrasts.columns) == list(CONTRASTS.names)


def test_the_control_changes_nothing_but_what_is_said_of_it(full_block, controlled, design, moved):
    with_control = compare(full_block, controlled, locomotion=moved(3000, 5000, 1000, 1000))
    without = compare(full_block, design)
    kept = with_control.contrasts[with_control.contrasts["family"] != "locomotor"]
    pd.testing.assert_frame_equal(kept.reset_index(drop=True), without.contrasts)
    own = {"flags", "locomotor"}
    assert {k: v for k, v in with_control.verdict.items() if k not in own} == {
        k: v for k, v in without.verdict.items() if k not in own
    }
    assert without.verdict["locomotor"] is None


@pytest.mark.parametrize(
    ("means", "raised"),
    [
        ((3000, 3000, 3000, 3000), set()),
        ((3000, 4000, 3000, 3000), {"locomotion_increased"}),
        ((3000, 2000, 3000, 2000), set()),
        ((3000, 3000, 2000, 2000), {"locomotion_lowered"}),
        ((3000, 3000, 4000, 4000), set()),
        # Under NBQX ketamine has no effect on immobility here that activity could explain.
        ((3000, 3000, 3000, 4000), set()),
        ((3000, 4000, 2000, 3000), {"locomotion_increased", "locomotion_lowered"}),
    ],
)
def test_more_movement_with_the_agonist_and_less_with_the_antagonist_are_flagged(
    full_block, controlled, moved, means, raised
):
    found = flags_of(compare(full_block, controlled, locomotion=moved(*means)))
    assert {name for name in found if name.startswith("locomo")} == raised
    assert "no_locomotor_control" not in found


def test_the_flag_says_how_much_and_under_what(full_block, controlled, moved):
    found = flags_of(compare(full_block, controlled, locomotion=moved(3000, 4000, 2500, 2500)))
    assert found["locomotion_increased"]["value"] == pytest.approx(1000)
    text = found["locomotion_increased"]["text"]
    assert "ketamine also increased distance, by 1000.0 cm" in text
    assert "under vehicle:" in text
    assert "NBQX alone changed distance by -500.0 cm" in found["locomotion_lowered"]["text"]


def test_more_movement_without_an_effect_on_the_outcome_explains_nothing(
    experiment, controlled, moved
):
    spread = np.linspace(-22, 22, 10)
    none = experiment(*[160 + spread] * 4)
    found = flags_of(compare(none, controlled, locomotion=moved(3000, 4000, 3000, 4000)))
    assert "locomotion_increased" not in found


def test_a_control_without_one_of_the_cells_is_said_to_be_incomplete(full_block, controlled, moved):
    table = moved(3000, 4000, 3000, 3000)
    table.loc[table.index[20:30], "distance_cm"] = np.nan
    found = flags_of(compare(full_block, controlled, locomotion=table))
    assert "NBQX + vehicle has no animals" in found["locomotor_not_assessable"]["text"]
    assert "locomotion_increased" in found
    assert "locomotion_lowered" not in found


def test_a_declared_control_without_its_table_is_none(full_block, controlled):
    assert "no_locomotor_control" in flags_of(compare(full_block, controlled))


def test_the_blocks_of_the_design_hold_for_the_control(full_block, controlled, moved):
    cohort = list("ab" * 20)
    design = controlled.model_copy(update={"blocks": ("cohort",)})
    table = moved(3000, 4000, 3000, 3000).assign(cohort=cohort)
    comparison = compare(full_block.assign(cohort=cohort), design, locomotion=table)
    assert comparison.verdict["locomotor"]["method"].startswith("OLS with blocks")
