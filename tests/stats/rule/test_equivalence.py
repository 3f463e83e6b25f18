"""Equivalence within fixed bounds, against two one-sided Welch tests in R."""

import numpy as np
import pytest

from behave.stats import compare
from behave.stats.rule.contrasts import build_model, estimate
from behave.stats.rule.equivalence import tost


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
@pytest.mark.parametrize(
    ("key", "cells"),
    [
        ("nbqxket_vs_nbqxveh_25s", ("NBQX|ketamine", "NBQX|vehicle")),
        ("nbqxket_vs_vehveh_25s", ("NBQX|ketamine", "vehicle|vehicle")),
    ],
)
def test_both_sides(load_reference, name, key, cells):
    table, answers = load_reference(name)
    joined = table["pretreatment"] + "|" + table["treatment"]
    part = joined.isin(cells)
    cell = (joined[part] == cells[1]).to_numpy().astype(int)
    model = build_model(cell, np.empty((len(cell), 0), dtype=int), n_cells=2)
    found = estimate(model, table.loc[part, "immobility_s"].to_numpy(), np.array([[1.0, -1.0]]))[0]
    expected = answers["tost"][key]
    above, below = tost(found, 25.0)
    assert above == pytest.approx(expected["p_lower"], rel=1e-9)
    assert below == pytest.approx(expected["p_upper"], rel=1e-9)
    low, high = found.interval(0.90)
    assert [low, high] == pytest.approx(expected["ci90"], rel=1e-9)


def test_without_a_bound_only_the_rules_tests_are_listed(full_block, design):
    table = compare(full_block, design).equivalence
    assert table["procedure"].tolist() == ["rule"] * 3
    assert (table["bound"] == 0).all()


def test_a_bound_is_tested_from_both_sides_and_leaves_the_label(full_block, design):
    bounded = design.model_copy(update={"equivalence_bound": 25.0})
    comparison = compare(full_block, bounded)
    assert comparison.verdict["label"] == compare(full_block, design).verdict["label"]
    table = comparison.equivalence.set_index("contrast_id")
    assert table.index.tolist()[3:] == [
        "Kn_above_bound",
        "Kn_below_bound",
        "A_above_bound",
        "A_below_bound",
    ]
    kn = table.loc[["Kn_above_bound", "Kn_below_bound"]]
    assert kn["bound"].tolist() == [-25, 25]
    assert (kn["p_tost"] == kn["p_value"].max()).all()
    # Both tests hold exactly where the 90 % interval lies within the bound.
    effect = comparison.verdict["Kn"]
    half = (effect["conf_high"] - effect["estimate"]) * 0.84
    assert (abs(effect["estimate"]) + half < 25) == (kn["p_value"].max() < 0.05)


def test_the_bound_is_two_sided_round_zero(full_block, design):
    # Both tests of one contrast, turned round, change places.
    bounded = design.model_copy(update={"equivalence_bound": 10.0})
    up = compare(full_block, bounded).equivalence.set_index("contrast_id")
    turned = full_block.assign(immobility_s=300 - full_block["immobility_s"])
    down = compare(turned, bounded).equivalence.set_index("contrast_id")
    assert up.loc["A_above_bound", "p_value"] == pytest.approx(down.loc["A_below_bound", "p_value"])
