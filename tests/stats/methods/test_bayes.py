"""JZS Bayes factors, against R's BayesFactor."""

import numpy as np
import pytest

from behave.stats.methods.bayes import bayes_factor, prior_scale

TWO = np.array([1.0, -1.0])
FOUR = np.array([1.0, -1.0, -1.0, 1.0])


def factor(statistic, weights, sizes, df):
    """Return the Bayes factor of a contrast of independent groups."""
    return bayes_factor(statistic, df, 1 / np.sum(weights**2 / sizes), prior_scale(weights))


PAIRS = {
    "vehket_vs_vehveh": ("vehicle|vehicle", "vehicle|ketamine"),
    "nbqxket_vs_nbqxveh": ("NBQX|vehicle", "NBQX|ketamine"),
    "nbqxket_vs_vehveh": ("vehicle|vehicle", "NBQX|ketamine"),
    "nbqxveh_vs_vehveh": ("vehicle|vehicle", "NBQX|vehicle"),
}


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
@pytest.mark.parametrize("pair", PAIRS)
def test_two_groups(load_reference, name, pair):
    _, answers = load_reference(name)
    sizes = {cell["cell"]: cell["immobility_s.n"] for cell in answers["cells"]}
    expected = answers["t_tests"][pair]
    found = factor(
        expected["student"]["t"],
        TWO,
        np.array([sizes[cell] for cell in PAIRS[pair]]),
        expected["student"]["df"],
    )
    # R's own integral is right to about six digits.
    assert found == pytest.approx(expected["bf10_jzs_r0.707"], rel=2e-6)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
def test_the_interaction_is_close_to_the_full_model(load_reference, name):
    # R weighs whole models, with priors on the main effects too, by simulation.
    table, answers = load_reference(name)
    pooled = answers["did"]["pooled"]
    sizes = table.groupby(["pretreatment", "treatment"]).size().to_numpy()
    found = factor(pooled["t"], FOUR, sizes, pooled["df"])
    assert found == pytest.approx(answers["bf_interaction_rscale0.5"]["bf"], rel=0.1)


def test_the_scale_of_the_outcome_and_the_sign_do_not_matter():
    sizes = np.array([8, 8, 8, 8])
    assert factor(2.0, FOUR, sizes, 28) == factor(-2.0, 3 * FOUR / 3, sizes, 28)
    assert factor(2.0, FOUR * 5, sizes, 28) == pytest.approx(factor(2.0, FOUR, sizes, 28), rel=1e-9)


def test_more_animals_without_a_difference_speak_more_for_none():
    few, many = (factor(0.0, TWO, np.array([n, n]), 2 * n - 2) for n in (8, 80))
    assert 0 < many < few < 1


def test_extremes():
    sizes = np.array([12, 12])
    assert factor(60.0, TWO, sizes, 22) > 1e20
    assert np.isfinite(factor(1e6, TWO, np.array([400, 400]), 30))
    assert np.isnan(factor(np.nan, TWO, sizes, 22))
    assert np.isnan(factor(1.0, TWO, sizes, 0))
