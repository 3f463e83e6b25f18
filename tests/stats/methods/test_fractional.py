"""The fractional logit, against R's glm and sandwich (golden/models.R)."""

import numpy as np
import pandas as pd
import pytest

from behave.stats.methods.fractional import fit_fractional_logit
from behave.stats.rule.mixed import cell_means

INTERACTION = np.array([[1.0, -1.0, -1.0, 1.0]])


@pytest.fixture
def shares(models):
    """Return the shares of a simulated 2x2, two of them 1 and one 0, and its codes."""
    case = models["fractional"]
    table = pd.DataFrame(case["table"])
    cell = table["cell"].map({name: code for code, name in enumerate(case["cells"])}).to_numpy()
    return table, cell


@pytest.mark.parametrize("kind", ["plain", "blocked"])
def test_coefficients_and_robust_errors(models, shares, kind):
    table, cell = shares
    matrix = cell_means(cell, 4)
    if kind == "blocked":
        cohort = pd.factorize(table["cohort"], sort=True)[0]
        matrix = np.hstack([matrix, cell_means(cohort, 3)[:, 1:]])
    fit = fit_fractional_logit(table["share"].to_numpy(), matrix)
    expected = models["fractional"][kind]
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=1e-9)
    # R's weights are those of the step before the last.
    np.testing.assert_allclose(fit.covariance, expected["vcov_hc2"], rtol=1e-8, atol=1e-9)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
def test_rs_sum_coded_coefficients(load_reference, name):
    table, answers = load_reference(name)
    cell = 2 * (table["pretreatment"] == "NBQX") + (table["treatment"] == "ketamine")
    share = (table["immobility_s"] / table["window_s"]).to_numpy()
    found = fit_fractional_logit(share, cell_means(cell.to_numpy(), 4)).coefficients
    expected = {row["term"]: row["Estimate"] for row in answers["quasibinomial"]}
    assert found.mean() == pytest.approx(expected["(Intercept)"], rel=1e-9)
    assert (INTERACTION @ found)[0] / 4 == pytest.approx(
        expected["pretreatment1:treatment1"], rel=1e-8
    )


def test_without_blocks_the_odds_are_those_of_the_means(shares):
    table, cell = shares
    fit = fit_fractional_logit(table["share"].to_numpy(), cell_means(cell, 4))
    means = table["share"].groupby(cell).mean()
    np.testing.assert_allclose(fit.coefficients, np.log(means / (1 - means)), rtol=1e-10)


def test_turned_round_the_effects_change_sign_only(shares):
    table, cell = shares
    share = table["share"].to_numpy()
    one, other = (
        fit_fractional_logit(values, cell_means(cell, 4)).contrasts(INTERACTION)
        for values in (share, 1 - share)
    )
    assert one.estimate[0] == pytest.approx(-other.estimate[0])
    assert one.std_error[0] == pytest.approx(other.std_error[0])
    assert one.df[0] == len(share) - 4


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([[0.5, 0.6], [1.0, 1.0], [0.4, 0.5], [0.2, 0.3]], id="a cell at the ceiling"),
        pytest.param([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], id="nothing varies"),
        pytest.param([[0.5, 0.5], [0.2, 0.2], [0.4, 0.4], [0.3, 0.3]], id="no spread in cells"),
    ],
)
def test_what_tells_nothing_is_not_fitted(cells):
    cell = np.repeat(np.arange(4), 2)
    assert fit_fractional_logit(np.concatenate(cells), cell_means(cell, 4)) is None
