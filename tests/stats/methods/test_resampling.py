"""Permutation and bootstrap: against enumeration, R and scipy."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from behave.stats.methods.resampling import bootstrap, permute
from behave.stats.rule.contrasts import build_model, estimate
from behave.stats.rule.mixed import cell_means, repeated_matrix

INTERACTION = np.array([1.0, -1.0, -1.0, 1.0])
SIMPLE = np.array([1.0, -1.0, 0.0, 0.0])


def no_blocks(n):
    return np.empty((n, 0), dtype=int)


@pytest.fixture
def unequal():
    """Return cells and outcome of a 2x2 with unequal sizes and spread, no interaction."""
    rng = np.random.default_rng(11)
    cell = np.repeat(np.arange(4), [7, 9, 8, 10])
    spread = np.array([10.0, 20, 15, 30])
    return cell, 100 + rng.normal(0, 1, len(cell)) * spread[cell]


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
def test_the_pooled_permutation_is_rs(load_reference, name):
    table, answers = load_reference(name)
    cell = 2 * pd.factorize(table["pretreatment"])[0] + pd.factorize(table["treatment"])[0]
    model = build_model(cell, no_blocks(len(cell)))
    outcome = table["immobility_s"].to_numpy()
    found = permute(model, outcome, INTERACTION, no_blocks(len(cell)), seed=1, method="pooled")
    expected = answers["freedman_lane"]["p"]
    error = np.sqrt(2 * expected * (1 - expected) / answers["freedman_lane"]["R"])
    assert abs(found - expected) < 4 * error


def test_the_permutation_agrees_with_all_orders():
    # Seven animals in two cells: 5040 orders, of which each is a draw.
    cell = np.array([0, 0, 0, 1, 1, 1, 1])
    outcome = np.array([12.0, 15, 11, 21, 14, 25, 19])
    model = build_model(cell, no_blocks(7), n_cells=2)
    weights = np.array([1.0, -1.0])
    observed = estimate(model, outcome, weights[np.newaxis]).statistic[0]
    rest = outcome - outcome.mean()
    every = np.array([rest[list(order)] for order in permutations(range(7))])
    values = estimate(model, every, weights[np.newaxis]).statistic[:, 0]
    exact = np.mean(np.abs(values) >= abs(observed) * (1 - 1e-9))
    found = permute(model, outcome, weights, no_blocks(7), seed=2)
    assert found == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 9999))


def test_animals_are_exchanged_within_their_block_only():
    # Within each cohort of two there are two orders, in all 16; a difference of
    # the same sign in each of four cohorts is reached by two of them.
    cell = np.tile([0, 1], 4)
    blocks = np.repeat(np.arange(4), 2)[:, np.newaxis]
    outcome = np.array([10.0, 13, 50, 52, 90, 94, 20, 21])
    model = build_model(cell, blocks, n_cells=2)
    found = permute(model, outcome, np.array([1.0, -1.0]), blocks, seed=3, method="pooled")
    assert found == pytest.approx(2 / 16, abs=0.015)


def test_the_seed_decides(unequal):
    cell, outcome = unequal
    model = build_model(cell, no_blocks(len(cell)))
    one, same, other = (
        permute(model, outcome, INTERACTION, no_blocks(len(cell)), seed=seed, draws=999)
        for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_nothing_varies_has_no_permutation_p():
    cell = np.repeat(np.arange(4), 3)
    model = build_model(cell, no_blocks(12))
    assert np.isnan(permute(model, np.full(12, 5.0), INTERACTION, no_blocks(12), seed=1))


def test_the_size_of_the_permutation_with_unequal_spread():
    # n 14/6/14/6 and SD 18/40, where pooled F has a size of .14 (measured before).
    rng = np.random.default_rng(4)
    cell = np.repeat(np.arange(4), [14, 6, 14, 6])
    spread = np.array([18.0, 40, 18, 40])[cell]
    model = build_model(cell, no_blocks(40))
    p = [
        permute(model, rng.normal(0, 1, 40) * spread, INTERACTION, no_blocks(40), seed=1, draws=199)
        for _ in range(400)
    ]
    size = np.mean(np.array(p) <= 0.05)
    # Measured .050 (pooled t: .138); the standard error of 400 experiments is .011.
    assert 0.02 < size < 0.08


def test_the_bootstrap_is_scipys_without_blocks(unequal):
    cell, outcome = unequal
    found = bootstrap(
        cell, cell_means(cell, 4), outcome, np.array([INTERACTION]), seed=1, draws=40000
    )
    reference = stats.bootstrap(
        [outcome[cell == code] for code in range(4)],
        lambda a, b, c, d, axis: a.mean(axis) - b.mean(axis) - c.mean(axis) + d.mean(axis),
        n_resamples=40000,
        rng=2,
    )
    assert found.draws.std() == pytest.approx(reference.standard_error, rel=0.02)
    low, high = found.interval()
    ends = reference.confidence_interval
    # Ends of 40000 draws scatter by about 1.5 % of the standard error.
    assert low[0] == pytest.approx(ends.low, abs=0.08 * reference.standard_error)
    assert high[0] == pytest.approx(ends.high, abs=0.08 * reference.standard_error)


def test_the_bootstraps_acceleration_is_that_of_the_formula():
    # For one mean, a = skewness / (6 sqrt n) (Efron 1987).
    values = np.random.default_rng(8).gamma(1.5, 10, 12)
    cell = np.repeat([0, 1], 12)
    # The second cell mirrors itself: it adds variance and no third moment.
    outcome = np.concatenate([values, np.tile([5.0, 7.0], 6)])
    found = bootstrap(cell, cell_means(cell, 2), outcome, np.array([[1.0, -1.0]]), seed=1, draws=99)
    centred = values - values.mean()
    variance = np.sum(centred**2) + np.sum((np.tile([5.0, 7.0], 6) - 6) ** 2)
    assert found.acceleration[0] == pytest.approx(np.sum(centred**3) / variance**1.5 / 6)


def test_the_bootstrap_fits_blocks_to_each_draw():
    rng = np.random.default_rng(6)
    cell = np.repeat(np.arange(4), 10)
    block = np.tile([0, 1], 20)
    outcome = rng.normal(100, 10, 40)
    matrix = repeated_matrix(cell, 4, block[:, np.newaxis])
    plain, moved = (
        bootstrap(cell, matrix, values, np.array([INTERACTION, SIMPLE]), seed=1, draws=499)
        for values in (outcome, outcome + 200 * block)
    )
    np.testing.assert_allclose(moved.draws, plain.draws, atol=1e-8)
    model = build_model(cell, block[:, np.newaxis])
    expected = estimate(model, outcome, np.array([INTERACTION, SIMPLE])).estimate
    np.testing.assert_allclose(plain.estimate, expected, atol=1e-9)


def test_what_cannot_be_resampled():
    cell = np.array([0, 0, 1, 1, 2, 2, 3])
    outcome = np.arange(7.0)
    assert bootstrap(cell, cell_means(cell, 4), outcome, np.array([INTERACTION]), seed=1) is None
    # A cohort that is one cell leaves K undetermined.
    cell = np.repeat(np.arange(4), 3)
    block = (cell == 1).astype(int)[:, np.newaxis]
    assert (
        bootstrap(
            cell, repeated_matrix(cell, 4, block), np.arange(12.0), np.array([SIMPLE]), seed=1
        )
        is None
    )


def test_many_blocks_that_determine_nothing_are_seen_whatever_the_number_of_animals():
    # 600 animals, 12 cohorts in one column and the same ones in another.
    cell = np.repeat(np.arange(4), 150)
    cohort = np.tile(np.arange(12), 50)
    outcome = np.random.default_rng(1).normal(100, 10, 600)
    twice = np.column_stack([cohort, cohort])
    assert (
        bootstrap(
            cell, repeated_matrix(cell, 4, twice), outcome, np.array([SIMPLE]), seed=1, draws=50
        )
        is None
    )
    once = bootstrap(
        cell,
        repeated_matrix(cell, 4, cohort[:, np.newaxis]),
        outcome,
        np.array([SIMPLE]),
        seed=1,
        draws=50,
    )
    assert np.isfinite(once.draws).all()
