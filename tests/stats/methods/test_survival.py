"""Latencies with censoring, against R's survival (golden/models.R)."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from behave.stats.methods.survival import fit_cox, kaplan_meier, logrank


@pytest.fixture
def latencies(models):
    """Return simulated latencies of a 2x2, ten of 42 censored at 240 s, and R's answers."""
    case = models["latency"]
    table = pd.DataFrame(case["table"])
    cell = table["cell"].map({name: code for code, name in enumerate(case["cells"])}).to_numpy()
    event = table["event"].to_numpy(dtype=bool)
    return table["time"].to_numpy(dtype=float), event, cell, table, case


def test_the_curves(latencies):
    time, event, cell, _, case = latencies
    expected = pd.DataFrame(case["curve"])
    for code, name in enumerate(case["cells"]):
        curve = kaplan_meier(time[cell == code], event[cell == code])
        rows = expected[expected["cell"] == name]
        np.testing.assert_array_equal(curve.time, rows["time"])
        np.testing.assert_array_equal(curve.at_risk, rows["at_risk"])
        np.testing.assert_allclose(curve.without, rows["survival"], rtol=1e-12)
        np.testing.assert_allclose(curve.low, rows["conf_low"], rtol=1e-9)
        np.testing.assert_allclose(curve.high, rows["conf_high"], rtol=1e-9)
        assert curve.median == pytest.approx(case["median"][code])
        mean, error = curve.restricted_mean(240)
        assert mean == pytest.approx(case["rmst"][code], rel=1e-12)
        assert error == pytest.approx(case["rmst_se"][code], rel=1e-9)


def test_the_log_rank_test(latencies):
    time, event, cell, _, case = latencies
    for (first, second), expected in zip(
        [(0, 1), (2, 3), (0, 2)], case["logrank_pairs"], strict=True
    ):
        both = np.isin(cell, [first, second])
        z, _ = logrank(time[both], event[both], cell[both] == second)
        assert z**2 == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("key", ["cox", "cox_strata"])
def test_coxs_model(latencies, key):
    time, event, cell, table, case = latencies
    strata = pd.factorize(table["cohort"])[0] if key == "cox_strata" else np.zeros(len(time), int)
    found = fit_cox(time, event, cell, 4, strata)
    expected = case[key]
    np.testing.assert_allclose(found.coefficients[1:], expected["coef"], rtol=1e-7)
    np.testing.assert_allclose(found.covariance[1:, 1:], expected["vcov"], rtol=1e-7)
    assert found.log_likelihood == pytest.approx(expected["loglik"][1], rel=1e-10)
    contrast = found.contrasts(np.array([[1.0, -1.0, 0, 0]]))
    assert contrast.estimate[0] == pytest.approx(-expected["coef"][0])
    assert contrast.p_value[0] == pytest.approx(2 * norm.sf(abs(contrast.statistic[0])))


def test_without_censoring_the_restricted_mean_is_the_mean():
    time = np.array([5.0, 9, 14, 20, 33])
    mean, error = kaplan_meier(time, np.ones(5, dtype=bool)).restricted_mean(240)
    assert mean == pytest.approx(time.mean())
    assert error == pytest.approx(time.std() / np.sqrt(5))


def test_nobody_has_the_event():
    time, never = np.full(6, 240.0), np.zeros(6, dtype=bool)
    curve = kaplan_meier(time, never)
    assert np.isnan(curve.median)
    assert curve.restricted_mean(240) == (240, 0)
    assert np.isnan(logrank(time, never, np.arange(6) < 3)[0])


def test_events_that_all_come_at_once_compare_nothing():
    z, p = logrank(np.zeros(6), np.ones(6, dtype=bool), np.arange(6) < 3)
    assert np.isnan(z)
    assert np.isnan(p)


def test_the_mean_is_not_known_beyond_the_longest_time():
    curve = kaplan_meier(np.array([10.0, 20, 30]), np.array([True, True, False]))
    assert np.isnan(curve.restricted_mean(60)[0])
    assert curve.restricted_mean(30)[0] == pytest.approx((10 + 20 + 30) / 3)


def test_a_cell_without_an_event_has_no_hazard_ratio():
    time = np.array([10.0, 20, 30, 240, 240, 240])
    event = np.array([True, True, True, False, False, False])
    cell = np.array([0, 0, 0, 1, 1, 1])
    assert fit_cox(time, event, cell, 2, np.zeros(6, int)) is None


def test_later_is_positive():
    time = np.array([10.0, 20, 30, 100, 120, 200])
    event, group = np.ones(6, dtype=bool), np.arange(6) >= 3
    z, p = logrank(time, event, group)
    assert z > 0
    assert p < 0.05
    mixed = np.array([0, 1, 0, 1, 0, 1])
    cox = fit_cox(np.arange(1.0, 7), event, mixed, 2, np.zeros(6, int))
    assert cox.contrasts(np.array([[1.0, -1.0]])).estimate[0] > 0
