"""Several antagonists, each with its own control: a 2x2 and a verdict each, one family."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import DesignOptions, compare

SPREAD = np.linspace(-22, 22, 10)


def family_of(verdict, name):
    """Return one family of further comparisons."""
    return next(family for family in verdict["families"] if family["family"] == name)


@pytest.fixture(scope="module")
def two_antagonists(full_block, experiment):
    """Return a table in which NBQX blocks ketamine and MK-801 (control: saline) does not."""
    other = experiment(161 + SPREAD, 62 + SPREAD, 159 + SPREAD, 61 + SPREAD)
    levels = {"vehicle": "saline", "NBQX": "MK-801"}
    other = other.assign(
        pretreatment=other["pretreatment"].map(levels), animal_id="b" + other["animal_id"]
    )
    return pd.concat([full_block, other], ignore_index=True)


@pytest.fixture(scope="module")
def both(design):
    """Return the main design with MK-801 as another antagonist."""
    return DesignOptions(**design.model_dump() | {"other_antagonists": {"MK-801": "saline"}})


def test_each_antagonist_has_the_verdict_that_it_has_alone(two_antagonists, both, design):
    verdict = compare(two_antagonists, both).verdict
    assert verdict["label"] == "blocked"
    own, other = family_of(verdict, "antagonists")["arms"]
    assert own["label"] == verdict["label"]
    factor = {"column": "pretreatment", "control": "saline", "level": "MK-801"}
    alone = compare(
        two_antagonists, DesignOptions(**design.model_dump() | {"antagonist": factor})
    ).verdict
    assert (other["name"], other["control"]) == ("MK-801", "saline")
    assert other["label"] == alone["label"] == "not_blocked"
    for name in ("K", "Kn", "I", "A"):
        assert other[name] == alone[name]


def test_the_interactions_are_one_holm_family(two_antagonists, both):
    table = compare(two_antagonists, both).contrasts
    family = table[table["family"] == "antagonists"].set_index("contrast_id")
    assert family.index.tolist() == ["I_NBQX", "I_MK-801"]
    p = family["p_value"].astype(float)
    # Holm over two: the smaller p twice, the larger at least as large as that.
    assert p["I_NBQX"] < p["I_MK-801"]
    assert family.loc["I_NBQX", "p_adj"] == pytest.approx(2 * p["I_NBQX"])
    assert family.loc["I_MK-801", "p_adj"] == pytest.approx(max(p["I_MK-801"], 2 * p["I_NBQX"]))
    main = table[(table["family"] == "planned") & (table["contrast_id"] == "I")].iloc[0]
    assert family.loc["I_NBQX", "estimate"] == main["estimate"]


def test_the_text_tells_the_other_label_and_what_it_does_not_mean(two_antagonists, both):
    text = family_of(compare(two_antagonists, both).verdict, "antagonists")["text"]
    assert "MK-801 (against saline) not blocked" in text
    # Two labels do not compare the antagonists; the difference of their I does.
    assert "They differ (I of NBQX - MK-801 is" in text


def test_only_animals_that_no_antagonist_needs_are_left_aside(two_antagonists, both):
    verdict = compare(two_antagonists, both).verdict
    _, other = family_of(verdict, "antagonists")["arms"]
    assert "left_aside" not in {flag["name"] for flag in verdict["flags"] + other["flags"]}
    stray = two_antagonists.head(2).assign(animal_id=["x", "y"], treatment="fluoxetine")
    flags = compare(pd.concat([two_antagonists, stray]), both).verdict["flags"]
    assert [flag["value"] for flag in flags if flag["name"] == "left_aside"] == [2]


def test_antagonists_may_share_their_control(two_antagonists, design):
    shared = two_antagonists.replace({"pretreatment": {"saline": "vehicle"}})
    options = DesignOptions(**design.model_dump() | {"other_antagonists": {"MK-801": "vehicle"}})
    verdict = compare(shared, options).verdict
    assert family_of(verdict, "antagonists")["arms"][1]["K"] == verdict["K"]


def test_without_other_antagonists_nothing_is_added(full_block, design):
    comparison = compare(full_block, design)
    assert comparison.verdict["families"] == []
    assert set(comparison.contrasts["family"]) == {"planned", "all pairs"}


@pytest.mark.parametrize("others", [{"NBQX": "vehicle"}, {"vehicle": "saline"}, {"x": "x"}])
def test_a_level_with_two_parts_is_refused(design, others):
    with pytest.raises(ValueError, match="also named"):
        DesignOptions(**design.model_dump() | {"other_antagonists": others})
