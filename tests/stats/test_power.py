"""Planning: exact power, simulated labels, and what is said about them."""

import dataclasses

import numpy as np
import pytest
from scipy import integrate, stats

from behave.model.labels import BLOCK_LABELS
from behave.stats.power import (
    Expectation,
    animals_needed,
    find_needs,
    format_plan,
    format_plans,
    label_shares,
    other_plans,
    plan,
    power_of,
    simulate_plan,
    true_labels,
)

MOUSE = Expectation(effect=45, std_dev=34)


@pytest.mark.parametrize(
    ("contrast", "blocked", "animals"), [("K", 1.0, 11), ("I", 1.0, 19), ("I", 0.5, 73)]
)
def test_the_numbers_for_a_usual_mouse_study(contrast, blocked, animals):
    # 45 s with SD 34 s and 80 % power; n - 1 falls short, n suffices.
    expected = Expectation(effect=45, std_dev=34, blocked=blocked)
    assert animals_needed(contrast, expected, 0.8) == animals
    assert power_of(contrast, expected, animals - 1) < 0.8 <= power_of(contrast, expected, animals)


def test_power_by_integrating_over_the_variance():
    # Given the variance estimate, the mean difference is normal.
    df, error = 14, np.sqrt(2 / 8)
    critical = stats.t.ppf(0.975, df)

    def conditional(chi2):
        spread = np.sqrt(chi2 / df)
        return stats.norm.sf(critical * spread - 45 / 34 / error) * stats.chi2.pdf(chi2, df)

    expected, _ = integrate.quad(conditional, 0, 100, epsabs=1e-12)
    assert power_of("K", MOUSE, 8) == pytest.approx(expected, abs=1e-9)


def test_without_a_block_no_number_of_animals_shows_one():
    useless = Expectation(effect=45, std_dev=34, blocked=0)
    assert animals_needed("I", useless, 0.8) is None
    assert power_of("I", useless, 500) == pytest.approx(0.025)


def test_simulated_labels_agree_with_the_exact_power():
    # Welch loses next to nothing against the pooled t with 16 animals per cell.
    shares = label_shares(MOUSE, 16, np.random.default_rng(14), 4000)
    assert sum(shares.values()) == pytest.approx(1)
    assert 1 - shares["no_agonist_effect"] == pytest.approx(power_of("K", MOUSE, 16), abs=0.015)
    shown = sum(shares[label] for label in BLOCK_LABELS)
    assert shown == pytest.approx(power_of("I", MOUSE, 16), abs=0.03)


def test_a_large_effect_is_called_blocked_with_8_animals():
    shares = label_shares(Expectation(effect=136, std_dev=34), 8, np.random.default_rng(15), 2000)
    assert 0.88 < shares["blocked"] < 0.95


def test_a_plan_has_a_row_per_size_and_is_the_same_again():
    table = plan(MOUSE, (8, 4, 8), seed=3, count=200)
    assert table["n_per_cell"].tolist() == [4, 8]
    assert table["n_total"].tolist() == [16, 32]
    assert table.equals(plan(MOUSE, (8, 4, 8), seed=3, count=200))
    assert not table.equals(plan(MOUSE, (8, 4, 8), seed=4, count=200))


@pytest.mark.parametrize(
    ("blocked", "labels"),
    [
        (1.0, ["blocked"]),
        (0.8, ["partially_blocked", "blocked"]),
        (0.5, ["partially_blocked"]),
        (0.2, ["partially_blocked", "not_blocked"]),
        (0.0, ["not_blocked"]),
        (1.3, ["reversed", "blocked"]),
        (1.8, ["reversed"]),
    ],
)
def test_the_labels_that_would_be_right(blocked, labels):
    assert true_labels(Expectation(effect=45, std_dev=34, blocked=blocked)) == labels


def test_the_words_give_the_numbers_of_the_table():
    table = plan(MOUSE, (4, 8), seed=5, count=400)
    needs = find_needs(table, MOUSE, 0.8, seed=5, count=400)
    first, second, *costs = format_plan(table, needs, (8, 4, 8), 0.8)
    assert first.startswith("8 animals per group (32 in all) show the agonist's effect in 69%")
    assert second.startswith("4 animals per group (16 in all)")
    assert f"attenuated {table['attenuated'].iloc[1]:.0%}" in first
    assert "11 animals per group" in costs[0]
    assert "19 animals per group" in costs[1]
    assert costs[2] == "To get the verdict 'blocked' in 80% takes more than 8."


def test_the_number_for_a_label_lies_between_the_sizes_tried():
    clear = Expectation(effect=4 * 34, std_dev=34)
    table = plan(clear, (4, 16), seed=6, count=2000)
    needed = find_needs(table, clear, 0.8, seed=6)["blocked"]
    assert needed in {4, 5, 6}
    enough, short = (
        label_shares(clear, size, np.random.default_rng(7), 4000)["blocked"]
        for size in (needed + 1, needed - 1)
    )
    assert short < 0.8 < enough


def test_what_the_smallest_size_tried_reaches_is_looked_for_below_it():
    huge = Expectation(effect=20 * 34, std_dev=34)
    needed = find_needs(plan(huge, (8,), seed=1, count=500), huge, 0.8, seed=1, count=500)
    assert needed["blocked"] in {2, 3}


def test_a_plan_of_two_looks_stops_early_where_the_answer_is_clear():
    two = other_plans(12)["8 per group, then 16 if still open"]
    assert two.looks == ((8,) * 4, (16,) * 4)
    clear = Expectation(effect=136, std_dev=34)
    shares, animals = simulate_plan(clear, two, np.random.default_rng(1), 1000)
    assert 32 <= animals < 40
    assert shares["blocked"] > 0.9
    hard = Expectation(effect=20, std_dev=34)
    _, animals = simulate_plan(hard, two, np.random.default_rng(1), 1000)
    assert 60 < animals <= 64


def test_looking_twice_does_not_raise_the_error_rates():
    two = other_plans(12)["8 per group, then 16 if still open"]
    for effect in (45, 85):
        half = Expectation(effect=effect, std_dev=34, blocked=0.5)
        shares, _ = simulate_plan(half, two, np.random.default_rng(2), 4000)
        # 5 % and what chance adds in 4000 experiments (99 %).
        assert shares["blocked"] < 0.05 + 2.33 * (0.05 * 0.95 / 4000) ** 0.5
        assert shares["not_blocked"] < 0.05
    loose = dataclasses.replace(two, alpha=0.05)
    half = Expectation(effect=45, std_dev=34, blocked=0.5)
    strict, _ = simulate_plan(half, two, np.random.default_rng(3), 4000)
    wrong, _ = simulate_plan(half, loose, np.random.default_rng(3), 4000)
    assert wrong["blocked"] > strict["blocked"] + 0.01


def test_more_animals_with_the_antagonist_buy_more_blocks():
    plans = other_plans(12)
    more = plans["10, 10, 14, 14 (more with the antagonist)"]
    mouse = Expectation(effect=60, std_dev=34)
    equal, used = simulate_plan(mouse, plans["12 per group"], np.random.default_rng(4), 6000)
    shifted, same = simulate_plan(mouse, more, np.random.default_rng(4), 6000)
    assert used == same == 48
    assert shifted["blocked"] > equal["blocked"] + 0.01


def test_other_plans_are_told_with_their_animals():
    lines = format_plans(MOUSE, 12, seed=1, count=200)
    assert lines[0].startswith("12 per group: 48 animals, blocked ")
    assert "animals on average" in lines[2]
    assert "each look tests at 2.94%" in lines[2]
