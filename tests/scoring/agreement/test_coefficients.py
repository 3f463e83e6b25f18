"""Agreement statistics against published worked examples and by their own laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behave.scoring.agreement import coefficients

# Shrout & Fleiss 1979, Psychol Bull 86:420, table 2: six targets, four judges.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


def test_icc_gives_the_published_values_of_shrout_and_fleiss():
    absolute, consistent = coefficients.intraclass(SHROUT_FLEISS)
    assert round(absolute.value, 2) == 0.29
    assert round(consistent.value, 2) == 0.71


def test_icc_intervals_are_those_of_the_same_example_in_r():
    """Bounds of psych::ICC(x, lmer = FALSE) for the same table, run in R 4.2."""
    absolute, consistent = coefficients.intraclass(SHROUT_FLEISS)
    assert (absolute.low, absolute.high) == pytest.approx((0.01878651337, 0.7610843696), abs=1e-9)
    assert (consistent.low, consistent.high) == pytest.approx(
        (0.34246476503, 0.9458582600), abs=1e-9
    )


def test_raters_a_constant_apart_are_consistent_but_do_not_agree():
    one = np.array([10.0, 50.0, 90.0, 130.0])
    absolute, consistent = coefficients.intraclass(np.column_stack([one, one + 40]))
    assert consistent.value == 1.0
    assert absolute.value == pytest.approx(2666.667 / (2666.667 + 800), abs=1e-6)


def test_raters_alike_agree_fully_and_constants_say_nothing():
    one = np.array([10.0, 50.0, 90.0])
    assert coefficients.intraclass(np.column_stack([one, one]))[0] == coefficients.Estimate(1, 1, 1)
    absolute, consistent = coefficients.intraclass(np.ones((4, 2)))
    assert np.isnan([absolute.value, consistent.value]).all()
    assert np.isnan(coefficients.intraclass([[1.0, 2.0]])[0].value)


def test_kappa_of_the_textbook_table():
    """Fifty cases, both yes 20, both no 15: accuracy .70, kappa .40."""
    counts = np.array([[15.0, 10.0], [5.0, 20.0]])
    assert coefficients.accuracy(counts) == pytest.approx(0.70)
    assert coefficients.cohen_kappa(counts) == pytest.approx(0.40)


def test_kappa_of_raters_who_saw_one_state_only_is_unknown():
    assert np.isnan(coefficients.cohen_kappa(np.array([[0.0, 0.0], [0.0, 9.0]])))


def test_frames_that_one_rater_did_not_score_do_not_count():
    counts = coefficients.count_pairs([1, 0, np.nan, 1, 0], [1, 1, 1, np.nan, 0])
    assert counts.tolist() == [[1, 1], [0, 1]]


PAIRS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=50)


@given(PAIRS)
def test_kappa_is_symmetric_and_never_above_accuracy(pairs):
    first, second = np.transpose(pairs)
    one, two = coefficients.count_pairs(first, second), coefficients.count_pairs(second, first)
    kappa = coefficients.cohen_kappa(one)
    assert kappa == pytest.approx(coefficients.cohen_kappa(two), nan_ok=True)
    assert np.isnan(kappa) or kappa <= coefficients.accuracy(one) + 1e-12


@given(
    st.lists(st.floats(0, 240), min_size=3, max_size=20),
    st.floats(0.1, 3),
    st.floats(-50, 50),
)
def test_concordance_is_pearson_less_a_penalty(values, scale, shift):
    first = np.array(values)
    second = scale * first + shift
    r, ccc = coefficients.pearson(first, second), coefficients.concordance(first, second)
    if first.std() > 1e-3:
        assert r == pytest.approx(1.0)
        assert ccc <= r + 1e-9
        assert coefficients.concordance(first, first) == pytest.approx(1.0)


def test_bland_altman_of_known_differences():
    first, second = np.array([10.0, 20.0, 30.0]), np.array([8.0, 20.0, 34.0])
    assert coefficients.bias(first, second) == pytest.approx(-2 / 3)
    spread = np.std([2, 0, -4], ddof=1)
    assert coefficients.limit_low(first, second) == pytest.approx(-2 / 3 - 1.96 * spread)
    assert coefficients.limit_high(first, second) == pytest.approx(-2 / 3 + 1.96 * spread)


def test_the_bootstrap_draws_animals_and_repeats_itself():
    rng = np.random.default_rng(5)
    first = rng.normal(100, 30, 200)
    second = first + rng.normal(5, 10, 200)
    found = coefficients.bootstrap(coefficients.bias, first, second, seed=1)
    assert found == coefficients.bootstrap(coefficients.bias, first, second, seed=1)
    # The t interval of 200 differences is nearly the bootstrap's.
    expected = coefficients.mean_interval(first - second)
    assert found.value == pytest.approx(expected.value)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.15)


def test_two_animals_have_no_interval():
    found = coefficients.bootstrap(coefficients.bias, np.array([1.0, 2.0]), np.zeros(2), seed=1)
    assert found.value == 1.5
    assert np.isnan([found.low, found.high]).all()


def test_the_slope_of_a_line_is_found_with_its_interval():
    found = coefficients.slope_interval(3.0 + 2.0 * np.arange(10))
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2.0, 2.0))
