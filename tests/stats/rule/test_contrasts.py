"""Contrasts of cell means: known formulas, R's answers, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from behave.stats.rule.contrasts import build_model, estimate
from behave.stats.rule.design import prepare
from behave.stats.rule.verdict import EFFECTS, rule_tests, rule_weights

WEIGHTS = np.array(list(EFFECTS.values()), dtype=float)
# The machine may be busy: no deadline, and no more examples than the rule needs.
SETTINGS = settings(max_examples=30, deadline=None)


def without_blocks(sizes):
    cell = np.repeat(np.arange(len(sizes)), sizes)
    return build_model(cell, np.empty((len(cell), 0), dtype=int), n_cells=len(sizes))


def sizes():
    return st.lists(st.integers(2, 9), min_size=4, max_size=4)


@st.composite
def outcomes(draw):
    """Draw a 2x2 in two or three cohorts, each cohort in every cell, with its outcome in s."""
    n_cohorts = draw(st.integers(2, 3))
    counts = draw(st.lists(st.integers(1, 3), min_size=4 * n_cohorts, max_size=4 * n_cohorts))
    cell = np.repeat(np.tile(np.arange(4), n_cohorts), counts)
    cohort = np.repeat(np.repeat(np.arange(n_cohorts), 4), counts)
    values = st.integers(0, 2400).map(lambda tenths: tenths / 10)
    outcome = draw(st.lists(values, min_size=len(cell), max_size=len(cell)))
    return cell, cohort[:, np.newaxis], np.array(outcome)


def assert_same(first, second, scale=1.0):
    size = 1e-7 * (1 + np.nanmax(np.abs(first.std_error)))
    np.testing.assert_allclose(second.estimate, scale * first.estimate, atol=size, rtol=1e-9)
    np.testing.assert_allclose(second.std_error, abs(scale) * first.std_error, atol=size, rtol=1e-9)
    np.testing.assert_allclose(second.df, first.df, rtol=1e-6)


def test_welch_is_scipys_welch_for_two_cells():
    rng = np.random.default_rng(1)
    groups = [rng.normal(mean, sd, n) for mean, sd, n in [(150, 9, 7), (90, 40, 12)]]
    other = [rng.normal(150, 20, 5), rng.normal(120, 20, 6)]
    found = estimate(without_blocks([7, 12, 5, 6]), np.concatenate(groups + other), WEIGHTS)[0]
    expected = stats.ttest_ind(*groups, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-12)
    assert found.df == pytest.approx(expected.df, rel=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-11)
    assert np.array(found.interval()) == pytest.approx([interval.low, interval.high], rel=1e-12)


def test_one_sided_bound_is_scipys():
    rng = np.random.default_rng(2)
    first, second = rng.normal(3, 1, 6), rng.normal(0, 2, 9)
    model = without_blocks([6, 9])
    found = estimate(model, np.concatenate([first, second]), np.array([[1.0, -1.0]]))[0]
    expected = stats.ttest_ind(first, second, equal_var=False, alternative="greater")
    assert found.bound("lower") == pytest.approx(expected.confidence_interval(0.95).low)
    assert found.p_greater_than(found.statistic) == pytest.approx(expected.pvalue)


def test_welch_of_the_interaction_by_its_textbook_formula():
    rng = np.random.default_rng(3)
    groups = [rng.normal(100, sd, n) for sd, n in [(5, 4), (50, 9), (20, 6), (10, 12)]]
    found = estimate(without_blocks([4, 9, 6, 12]), np.concatenate(groups), WEIGHTS)[2]
    parts = np.array([np.var(group, ddof=1) / len(group) for group in groups])
    dfs = np.array([len(group) - 1 for group in groups])
    assert found.std_error == pytest.approx(np.sqrt(parts.sum()), rel=1e-12)
    assert found.df == pytest.approx(parts.sum() ** 2 / np.sum(parts**2 / dfs), rel=1e-12)


@SETTINGS
@given(sizes(), st.integers(0, 2**32 - 1))
def test_hc2_of_a_saturated_model_has_welchs_standard_error(counts, seed):
    outcome = np.random.default_rng(seed).normal(100, 20, sum(counts))
    model = without_blocks(counts)
    welch = estimate(model, outcome, WEIGHTS, "welch")
    hc2 = estimate(model, outcome, WEIGHTS, "hc2_bm")
    np.testing.assert_allclose(hc2.std_error, welch.std_error, rtol=1e-9)


@SETTINGS
@given(st.integers(2, 30), st.integers(2, 30))
def test_bell_mccaffrey_of_two_groups_is_welchs_df_under_equal_variances(first, second):
    outcome = np.random.default_rng(first).normal(0, 1, first + second)
    found = estimate(without_blocks([first, second]), outcome, np.array([[1.0, -1.0]]), "hc2_bm")
    expected = (1 / first + 1 / second) ** 2 / (
        1 / (first**2 * (first - 1)) + 1 / (second**2 * (second - 1))
    )
    assert found.df[0] == pytest.approx(expected, rel=1e-9)
    if first == second:
        assert found.df[0] == pytest.approx(2 * (first - 1), rel=1e-9)


def test_bell_mccaffrey_with_blocks_by_imbens_and_kolesars_matrix():
    # Their G has one column per animal: (I - P)_s times the weight of s over
    # sqrt(1 - h_s); the df are those of a sum of chi-squareds whose weights
    # are the eigenvalues of G'G.
    rng = np.random.default_rng(4)
    cell, cohort = rng.integers(0, 4, 30), rng.integers(0, 3, 30)
    matrix = np.hstack([np.eye(4)[cell], np.eye(3)[cohort][:, 1:]])
    bread = np.linalg.inv(matrix.T @ matrix)
    hat = matrix @ bread @ matrix.T
    found = estimate(build_model(cell, cohort[:, np.newaxis]), rng.normal(0, 1, 30), WEIGHTS)
    for index, weights in enumerate(WEIGHTS):
        share = matrix @ bread @ np.concatenate([weights, [0, 0]])
        g = (np.eye(30) - hat) * (share / np.sqrt(1 - np.diag(hat)))
        eigenvalues = np.linalg.eigvalsh(g.T @ g)
        expected = eigenvalues.sum() ** 2 / np.sum(eigenvalues**2)
        assert found.df[index] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["K", "Kn", "I", "A", "Kn_below", "Kn_above", "Kn_remains"])
def test_blocked_contrasts_are_clubsandwichs(cohort_table, blocked_design, name):
    table, answers = cohort_table
    sample = prepare(table, blocked_design)
    order = [*EFFECTS, *(test.name for test in rule_tests(0.5))]
    model = build_model(sample.cell, sample.blocks)
    found = estimate(model, sample.signed, rule_weights(0.5))[order.index(name)]
    expected = answers["hc2_bm"][name]
    for part in ("estimate", "std_error", "df"):
        assert getattr(found, part) == pytest.approx(expected[part], rel=1e-9), part
    assert np.array(found.interval()) == pytest.approx(
        [expected["conf_low"], expected["conf_high"]], rel=1e-9
    )


@pytest.mark.parametrize("name", list(EFFECTS))
def test_blocked_pooled_and_hc3_are_rs(cohort_table, blocked_design, name):
    table, answers = cohort_table
    sample = prepare(table, blocked_design)
    model = build_model(sample.cell, sample.blocks)
    index = list(EFFECTS).index(name)
    pooled = estimate(model, sample.signed, WEIGHTS, "pooled")[index]
    for part in ("estimate", "std_error", "df", "p_value"):
        assert getattr(pooled, part) == pytest.approx(answers["pooled"][name][part], rel=1e-9), part
    hc3 = estimate(model, sample.signed, WEIGHTS, "hc3")[index]
    assert hc3.std_error == pytest.approx(answers["hc3_se"][name], rel=1e-9)


@SETTINGS
@given(outcomes(), st.floats(-500, 500))
def test_a_shift_of_all_animals_changes_nothing(data, shift):
    cell, blocks, outcome = data
    model = build_model(cell, blocks)
    assert_same(estimate(model, outcome, WEIGHTS), estimate(model, outcome + shift, WEIGHTS))


@SETTINGS
@given(outcomes(), st.floats(0.01, 100))
def test_contrasts_are_in_the_outcomes_unit(data, scale):
    cell, blocks, outcome = data
    model = build_model(cell, blocks)
    assert_same(estimate(model, outcome, WEIGHTS), estimate(model, outcome * scale, WEIGHTS), scale)


@SETTINGS
@given(outcomes(), st.lists(st.floats(-200, 200), min_size=3, max_size=3))
def test_a_constant_per_block_changes_nothing(data, constants):
    cell, blocks, outcome = data
    model = build_model(cell, blocks)
    moved = outcome + np.array(constants)[blocks[:, 0]]
    assert_same(estimate(model, outcome, WEIGHTS), estimate(model, moved, WEIGHTS))


@SETTINGS
@given(outcomes(), st.randoms(use_true_random=False))
def test_the_order_of_the_animals_changes_nothing(data, random):
    cell, blocks, outcome = data
    order = list(range(len(cell)))
    random.shuffle(order)
    assert_same(
        estimate(build_model(cell, blocks), outcome, WEIGHTS),
        estimate(build_model(cell[order], blocks[order]), outcome[order], WEIGHTS),
    )


@SETTINGS
@given(outcomes())
def test_renaming_the_blocks_changes_nothing(data):
    cell, blocks, outcome = data
    assert_same(
        estimate(build_model(cell, blocks), outcome, WEIGHTS),
        estimate(build_model(cell, 7 - 3 * blocks), outcome, WEIGHTS),
    )


@SETTINGS
@given(outcomes())
def test_many_outcomes_at_once_are_each_alone(data):
    cell, blocks, outcome = data
    many = np.stack([outcome, outcome[::-1], 3 * outcome + 1])
    for model in (build_model(cell, blocks), build_model(cell, blocks[:, :0])):
        together = estimate(model, many, WEIGHTS)
        for row, alone in enumerate(many):
            one = estimate(model, alone, WEIGHTS)
            np.testing.assert_allclose(together.estimate[row], one.estimate, atol=1e-9)
            np.testing.assert_allclose(together.std_error[row], one.std_error, atol=1e-9)


def test_cells_at_the_ceiling_leave_no_rounding_noise():
    # 0.1 s steps are not exact in binary: their mean is not the value itself.
    model = without_blocks([7, 8, 9, 3])
    found = estimate(model, np.full(27, 239.9), WEIGHTS)
    assert (found.estimate == 0).all()
    assert (found.std_error == 0).all()
    assert np.isnan(found.p_value).all()
    assert np.array(found.interval()) == pytest.approx(0, abs=0)


def test_what_blocks_explain_exactly_leaves_no_rounding_noise():
    cell = np.tile(np.arange(4), 6)
    cohort = np.repeat(np.arange(3), 8)
    outcome = np.array([150.1, 80.3, 149.9, 99.7])[cell] + np.array([0.1, 12.3, -7.7])[cohort]
    found = estimate(build_model(cell, cohort[:, np.newaxis]), outcome, WEIGHTS)
    assert (found.std_error == 0).all()
    assert found.estimate[0] == pytest.approx(150.1 - 80.3)


def test_a_block_that_is_an_arm_leaves_the_effect_undetermined():
    cell = np.repeat(np.arange(4), 5)
    model = build_model(cell, (cell % 2)[:, np.newaxis])
    found = estimate(model, np.random.default_rng(5).normal(0, 1, 20), WEIGHTS)
    undetermined = dict(zip(EFFECTS, np.isnan(found.estimate), strict=True))
    assert undetermined == {"K": True, "Kn": True, "I": False, "A": False}


def test_an_empty_cell_leaves_its_contrasts_undetermined():
    cell = np.repeat([0, 1, 3], 5)
    model = build_model(cell, np.empty((15, 0), dtype=int))
    found = estimate(model, np.random.default_rng(6).normal(0, 1, 15), WEIGHTS)
    assert dict(zip(EFFECTS, np.isnan(found.std_error), strict=True)) == {
        "K": False,
        "Kn": True,
        "I": True,
        "A": True,
    }


def test_a_contrast_that_rests_on_one_animal_has_an_estimate_and_no_error():
    model = without_blocks([1, 5, 5, 5])
    found = estimate(model, np.arange(16.0), WEIGHTS)
    assert np.isfinite(found.estimate).all()
    assert np.isnan(found.std_error[[0, 2, 3]]).all()
    assert found.std_error[1] > 0


def test_an_animal_that_alone_ties_a_block_to_the_rest_gives_no_error():
    # All of cell 3 and a single animal of cell 0 were tested in cohort 1.
    cell = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 3, 3, 3, 3])
    cohort = np.array([0] * 9 + [1] * 5)
    found = estimate(
        build_model(cell, cohort[:, np.newaxis]),
        np.random.default_rng(7).normal(0, 1, 14),
        WEIGHTS,
    )
    assert np.isfinite(found.estimate).all()
    assert dict(zip(EFFECTS, np.isnan(found.std_error), strict=True)) == {
        "K": False,
        "Kn": True,
        "I": True,
        "A": False,
    }
