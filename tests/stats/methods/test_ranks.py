"""The aligned rank transform, against R's answers on the reference data."""

import numpy as np
import pandas as pd
import pytest

from behave.stats.methods.ranks import rank_interaction

SETS = ["a_balanced_blockade", "b_unbalanced_partial_hetero", "g_3x2", "d_dose_response"]


@pytest.mark.shared_data
@pytest.mark.parametrize("name", SETS)
def test_the_interaction(load_reference, name):
    table, answers = load_reference(name)
    first = "antagonist_mgkg" if name.startswith("d") else "pretreatment"
    factors = tuple(pd.factorize(table[column])[0] for column in (first, "treatment"))
    f, df, df_residual, p = rank_interaction(table["immobility_s"].to_numpy(), factors, {})
    expected = answers["art"]["interaction"]
    assert (df, df_residual) == (expected["df1"], expected["df2"])
    assert f == pytest.approx(expected["F"], rel=1e-9)
    assert p == pytest.approx(expected["p"], rel=1e-9)


@pytest.fixture
def crossed():
    """Return the outcome and factors of 32 animals without any effect."""
    rng = np.random.default_rng(5)
    factors = (np.repeat([0, 1], 16), np.tile(np.repeat([0, 1], 8), 2))
    return rng.normal(100, 20, 32), factors


def test_main_effects_are_not_taken_for_an_interaction(crossed):
    outcome, factors = crossed
    plain = rank_interaction(outcome, factors, {})
    moved = rank_interaction(outcome + 300 * factors[0] - 500 * factors[1], factors, {})
    assert moved == pytest.approx(plain)


def test_effects_of_blocks_are_taken_off(crossed):
    outcome, factors = crossed
    cohort = np.tile([0, 1], 16)
    plain = rank_interaction(outcome, factors, {"cohort": cohort})
    moved = rank_interaction(outcome + 400 * cohort, factors, {"cohort": cohort})
    assert plain[:3] == pytest.approx(moved[:3])
    assert plain[2] == 32 - 5


def test_nothing_varies(crossed):
    _, factors = crossed
    f, _, _, p = rank_interaction(np.full(32, 7.0), factors, {})
    assert np.isnan(f)
    assert np.isnan(p)
