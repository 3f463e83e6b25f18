"""Dose series: trends and curves, against R's emmeans and nls."""

import numpy as np
import pandas as pd
import pytest

from behave.stats.methods.dose import fit_dose_curve, slope_weights, trend_weights
from behave.stats.rule.contrasts import build_model, estimate

DOSES = np.array([0.0, 1.0, 3.0, 10.0])


@pytest.fixture
def series(load_reference):
    """Return the reference dose series (simulated) and R's answers."""
    table, answers = load_reference("d_dose_response")
    return table.rename(columns={"antagonist_mgkg": "dose"}), answers


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("scores", "key"),
    [(DOSES, "dose"), (np.arange(4.0), "rank"), (np.log1p(DOSES), "log1p")],
    ids=["dose", "rank", "log1p"],
)
def test_the_trend_over_doses(series, scores, key):
    table, answers = series
    cell = table["dose"].map({0: 0, 1: 1, 3: 2, 10: 3}) + 4 * (table["treatment"] == "ketamine")
    model = build_model(cell.to_numpy(), np.empty((len(cell), 0), dtype=int), n_cells=8)
    slope = slope_weights(scores)
    weights = np.array([np.r_[0 * slope, slope], np.r_[slope, 0 * slope], np.r_[-slope, slope]])
    found = estimate(model, table["immobility_s"].to_numpy(), weights, "pooled")
    expected = pd.DataFrame(answers["trend_by_treatment"][key])
    # R's answers are per unit of the centred scores, ours per unit of the scale.
    scale_factor = np.sum((scores - scores.mean()) ** 2)
    # The reference stores log1p doses with 12 digits.
    np.testing.assert_allclose(found.estimate * scale_factor, expected["estimate"], rtol=1e-9)
    np.testing.assert_allclose(found.statistic, expected["t.ratio"], rtol=1e-9)
    np.testing.assert_allclose(found.p_value, expected["p.value"], rtol=1e-8)


@pytest.mark.parametrize("scale", ["dose", "log"])
def test_the_unit_of_the_dose_does_not_change_the_test(scale):
    cell = np.repeat(np.arange(4), 3)
    outcome = np.random.default_rng(1).normal(100 - 5 * DOSES[cell], 10)
    model = build_model(cell, np.empty((12, 0), dtype=int))
    milligrams, grams = (
        estimate(model, outcome, trend_weights(doses, scale)[np.newaxis])
        for doses in (DOSES, DOSES / 1000)
    )
    assert milligrams.p_value[0] == pytest.approx(grams.p_value[0], rel=1e-9)


def test_the_control_stands_apart_on_a_log_scale():
    weights = trend_weights(DOSES, "log")
    assert weights[0] == 0
    assert weights.sum() == pytest.approx(0)
    assert weights @ np.log([1.0, 1, 3, 10]) == pytest.approx(1)


def test_a_trend_is_a_slope():
    cell = np.repeat(np.arange(4), 3)
    outcome = 5 + 2.5 * DOSES[cell] + np.tile([-1.0, 0, 1], 4)
    model = build_model(cell, np.empty((12, 0), dtype=int))
    found = estimate(model, outcome, trend_weights(DOSES, "dose")[np.newaxis])
    assert found.estimate[0] == pytest.approx(2.5)


@pytest.mark.shared_data
@pytest.mark.parametrize(("hill", "key"), [(None, "nls_4pl"), (1.0, "nls_3pl_h1")])
def test_the_curve_of_the_reference_series(series, hill, key):
    table, answers = series
    part = table[table["treatment"] == "ketamine"]
    curve = fit_dose_curve(part["dose"].to_numpy(), part["immobility_s"].to_numpy(), hill=hill)
    expected = answers[key]
    ours = [curve.at_zero, curve.at_most, curve.ed50, curve.hill][: len(expected["Estimate"])]
    # nls stops earlier: its residual sum of squares is no smaller than ours.
    np.testing.assert_allclose(ours, expected["Estimate"], rtol=1e-4)
    np.testing.assert_allclose(curve.std_error, expected["Std. Error"], rtol=1e-4)
    assert curve.rss <= expected["rss"] * (1 + 1e-9)
    assert curve.ed50_identified


@pytest.mark.shared_data
def test_without_an_effect_there_is_no_ed50(series):
    table, _ = series
    part = table[table["treatment"] == "vehicle"]
    curve = fit_dose_curve(part["dose"].to_numpy(), part["immobility_s"].to_numpy())
    assert not curve.ed50_identified
    assert curve.text.startswith("ED50 not identified")


def test_the_curve_of_a_full_series(models):
    expected = models["dose_curve"]
    table = pd.DataFrame(expected["table"])
    curve = fit_dose_curve(table["dose"].to_numpy(), table["y"].to_numpy())
    ours = [curve.at_zero, curve.at_most, curve.ed50, curve.hill]
    np.testing.assert_allclose(ours, expected["estimate"], rtol=1e-5)
    np.testing.assert_allclose(curve.std_error, expected["std_error"], rtol=1e-5)
    assert curve.rss == pytest.approx(expected["rss"], rel=1e-9)
    np.testing.assert_allclose(
        [curve.ed50_low, curve.ed50_high], expected["ed50_interval"], rtol=1e-5
    )
    assert curve.ed50_identified


def test_half_an_effect_beyond_the_doses_is_not_identified():
    # The response still rises in a straight line at the highest dose.
    dose = np.repeat([0.0, 1, 2, 4, 8], 6)
    outcome = 100 + 5 * dose + np.tile([-6.0, -3, -1, 1, 3, 6], 5)
    curve = fit_dose_curve(dose, outcome)
    assert curve.p_value < 0.001
    assert not curve.ed50_identified


def test_a_curve_without_noise_is_found_exactly():
    dose = np.repeat([0.0, 0.3, 1, 3, 10, 30], 2)
    share = np.divide(1, 1 + (2.5 / np.where(dose > 0, dose, 1e-30)) ** 1.4)
    curve = fit_dose_curve(dose, 150 - 60 * share)
    ours = [curve.at_zero, curve.at_most, curve.ed50, curve.hill]
    np.testing.assert_allclose(ours, [150, 90, 2.5, 1.4], rtol=1e-5)
    np.testing.assert_allclose(curve(np.array([0.0, 2.5])), [150, 120], rtol=1e-6)


@pytest.mark.parametrize(
    ("dose", "outcome"),
    [
        pytest.param([0.0, 0, 1, 1, 3, 3], [1.0, 2, 3, 4, 5, 6], id="three doses"),
        pytest.param([0.0, 1, 3, 10], [1.0, 2, 3, 4], id="no animals to spare"),
        pytest.param([0.0, 0, 1, 1, 3, 3, 9, 9], [5.0] * 8, id="nothing varies"),
    ],
)
def test_what_tells_nothing_is_not_fitted(dose, outcome):
    assert fit_dose_curve(np.array(dose), np.array(outcome)) is None
