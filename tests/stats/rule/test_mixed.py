"""Mixed models with one random intercept, against R's lmerTest (golden/models.R)."""

import numpy as np
import pandas as pd
import pytest

from behave.stats.rule.mixed import cell_means, fit_random_intercept


@pytest.fixture(params=["litters", "cages", "repeated", "zero"])
def case(request, models):
    """Return a table and lmerTest's answers: crossed, nested, repeated, no variance between."""
    return models[f"mixed_{request.param}"]


def fit(case):
    table = pd.DataFrame(case["table"])
    cell = table["cell"].map({name: code for code, name in enumerate(case["cells"])}).to_numpy()
    return fit_random_intercept(
        table["y"].to_numpy(dtype=float),
        cell_means(cell, len(case["cells"])),
        pd.factorize(table["group"])[0],
    )


def test_the_variances_and_the_likelihood(case):
    model = fit(case)
    assert model.group_sd == pytest.approx(case["group_sd"], rel=1e-5, abs=1e-9)
    assert model.residual_sd == pytest.approx(case["residual_sd"], rel=1e-5)
    assert model.log_likelihood == pytest.approx(case["log_likelihood"], rel=1e-9)


def test_the_contrasts(case):
    found = fit(case).contrasts(np.array(case["weights"], dtype=float))
    np.testing.assert_allclose(found.estimate, case["estimate"], rtol=1e-5)
    np.testing.assert_allclose(found.std_error, case["std_error"], rtol=1e-5)
    np.testing.assert_allclose(found.df, case["df"], rtol=1e-4)
    np.testing.assert_allclose(found.p_value, case["p_value"], rtol=1e-3)


def test_a_balanced_random_block_is_the_paired_analysis():
    # Two treatments in each of eight cages: the mixed model is the paired t test.
    rng = np.random.default_rng(3)
    cage = np.repeat(np.arange(8), 2)
    cell = np.tile([0, 1], 8)
    outcome = 100 + rng.normal(0, 30, 8)[cage] + rng.normal(0, 10, 16) - 12 * cell
    found = fit_random_intercept(outcome, cell_means(cell, 2), cage).contrasts(
        np.array([[-1.0, 1.0]])
    )
    difference = outcome[1::2] - outcome[::2]
    assert found.estimate[0] == pytest.approx(difference.mean())
    assert found.std_error[0] == pytest.approx(difference.std(ddof=1) / np.sqrt(8))
    assert found.df[0] == pytest.approx(7, rel=1e-6)


@pytest.mark.parametrize(
    ("outcome", "group"),
    [
        pytest.param([1.0, 2, 4, 3, 5, 9], [0, 0, 0, 0, 0, 0], id="one group"),
        pytest.param([1.0, 2, 4, 3, 5, 9], [0, 1, 2, 3, 4, 5], id="one row per group"),
        pytest.param([1.0, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2], id="nothing varies"),
        pytest.param([1.0, 2, 4, 3, 5, 9], [0, 0, 0, 1, 1, 1], id="the groups are the cells"),
    ],
)
def test_what_tells_nothing_is_not_fitted(outcome, group):
    cell = np.array([0, 0, 0, 1, 1, 1])
    assert fit_random_intercept(np.array(outcome), cell_means(cell, 2), np.array(group)) is None


def test_an_empty_cell_is_not_fitted():
    cell = np.array([0, 0, 1, 1])
    outcome = np.array([1.0, 2.0, 4.0, 3.0])
    assert fit_random_intercept(outcome, cell_means(cell, 3), np.array([0, 1, 0, 1])) is None


def test_units_do_not_matter(models):
    case = models["mixed_litters"]
    table = pd.DataFrame(case["table"])
    cell = table["cell"].map({name: code for code, name in enumerate(case["cells"])}).to_numpy()
    group = pd.factorize(table["group"])[0]
    weights = np.array(case["weights"], dtype=float)
    plain, scaled = (
        fit_random_intercept(
            table["y"].to_numpy(dtype=float) * unit + shift, cell_means(cell, 4), group
        ).contrasts(weights)
        for unit, shift in ((1, 0), (1e-3, 1e3))
    )
    np.testing.assert_allclose(scaled.estimate, plain.estimate * 1e-3, rtol=1e-6)
    np.testing.assert_allclose(scaled.df, plain.df, rtol=1e-6)
