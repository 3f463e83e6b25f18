"""Effect sizes and their exact intervals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from behave.stats.methods.effsize import delta_g, hedges_g, partial_eta_squared


def test_hedges_g_of_a_worked_example():
    # Groups 1..5 and 3..7: difference -2, pooled SD sqrt(2.5), correction for
    # 8 df = gamma(4) / (gamma(3.5) * sqrt(4)).
    size = hedges_g(-2.0, (math.sqrt(2.5), math.sqrt(2.5)), (5, 5))
    correction = math.gamma(4) / (math.gamma(3.5) * 2)
    assert size.value == pytest.approx(-2 / math.sqrt(2.5) * correction, rel=1e-12)
    assert "pooled" in size.name


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-120, 120), st.floats(5, 60), st.floats(5, 60), st.integers(2, 20), st.integers(2, 20)
)
def test_gs_interval_puts_t_at_the_noncentral_quantiles(difference, sd1, sd2, n1, n2):
    size = hedges_g(difference, (sd1, sd2), (n1, n2))
    df = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / df)
    scale = math.sqrt(1 / n1 + 1 / n2)
    statistic = difference / pooled / scale
    correction = size.value / (difference / pooled) if abs(difference) > 1e-6 else None
    if correction is None:
        assert size.low == pytest.approx(-size.high, abs=1e-6)
        return
    for end, probability in ((size.low, 0.975), (size.high, 0.025)):
        noncentrality = end / correction / scale
        assert stats.nct.cdf(statistic, df, noncentrality) == pytest.approx(probability, abs=1e-8)


def test_g_flips_with_the_sign_of_the_difference():
    up, down = (hedges_g(sign * 30.0, (20.0, 25.0), (8, 11)) for sign in (1, -1))
    assert (down.value, down.low, down.high) == pytest.approx((-up.value, -up.high, -up.low))


def test_no_g_without_spread_or_with_one_animal():
    assert math.isnan(hedges_g(10.0, (0.0, 0.0), (5, 5)).value)
    assert math.isnan(hedges_g(10.0, (math.nan, 4.0), (1, 5)).value)


def test_g_of_an_absurdly_clear_effect_does_not_break():
    size = hedges_g(100.0, (0.01, 0.01), (8, 8))
    assert size.value == pytest.approx(1e4, rel=0.1)
    assert math.isnan(size.high) or size.high > size.value


def test_partial_eta_squared_of_a_worked_example():
    # F(1, 42) = 9: eta squared 9 / 51.
    size = partial_eta_squared(9.0, 1, 42, 0.90)
    assert size.value == pytest.approx(9 / 51)
    for end, probability in ((size.low, 0.95), (size.high, 0.05)):
        noncentrality = 42 * end / (1 - end)
        assert stats.ncf.cdf(9.0, 1, 42, noncentrality) == pytest.approx(probability, abs=1e-8)


@pytest.mark.parametrize("statistic", [0.0, 0.1, 1.0, 3.9, 4.1, 50.0])
def test_the_90_percent_interval_leaves_out_0_where_f_is_significant(statistic):
    size = partial_eta_squared(statistic, 1, 42, 0.90)
    assert (size.low > 0) == (stats.f.sf(statistic, 1, 42) < 0.05)
    assert size.low <= size.value <= size.high or np.isclose(size.value, 0)


def test_no_partial_eta_squared_without_f():
    assert math.isnan(partial_eta_squared(math.nan, 1, 42, 0.90).value)


def test_delta_g_is_the_interaction_over_the_pooled_sd_of_four_cells():
    deviations, sizes, difference = (20.0, 30.0, 25.0, 15.0), (8, 9, 10, 7), 40.0
    found = delta_g(difference, deviations, sizes)
    df = sum(sizes) - 4
    pooled = np.sqrt(sum((n - 1) * sd**2 for n, sd in zip(sizes, deviations, strict=True)) / df)
    # Hedges' correction, by its usual approximation.
    assert found.value == pytest.approx(difference / pooled * (1 - 3 / (4 * df - 1)), rel=1e-3)
    scale = np.sqrt(sum(1 / n for n in sizes))
    t = difference / pooled / scale
    correction = found.value / (difference / pooled)
    for end, probability in ((found.low, 0.975), (found.high, 0.025)):
        assert stats.nct.cdf(t, df, end / correction / scale) == pytest.approx(probability)
    assert found.name == "delta g (pooled SD of the four cells)"


def test_delta_g_covers_its_truth():
    rng = np.random.default_rng(12)
    covered = 0
    for _ in range(400):
        cells = [rng.normal(mean, 1.0, 8) for mean in (0, -1.5, 0, -0.5)]
        means = [cell.mean() for cell in cells]
        found = delta_g(
            means[0] - means[1] - means[2] + means[3], [c.std(ddof=1) for c in cells], [8] * 4
        )
        # The interval is of the corrected size: its ends carry the correction too.
        covered += found.low <= 1.0 * (1 - 3 / (4 * 28 - 1)) <= found.high
    assert 0.95 - 2.6 * (0.05 * 0.95 / 400) ** 0.5 < covered / 400 <= 1
