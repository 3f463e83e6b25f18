"""The verdict rule: each label, the rule read a second time, and what must not matter."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from behave.model.labels import LABELS
from behave.stats.rule.contrasts import build_model
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import Rule, give_label, judge, rule_weights

SETTINGS = settings(max_examples=60, deadline=None)
LARGE = 1e6


def found(k, kn, *, error=10.0, tests=(10.0, 10.0, 10.0)):
    """Return K and Kn in s with their errors; df so large that t is normal."""
    estimate = np.array([k, kn, k - kn, 0.0, kn - k / 2, kn + k / 2, kn - k / 2])
    errors = np.array([error, error, error * np.sqrt(2), error, *tests])
    return Estimates(estimate, errors, np.full(7, LARGE))


def label_of(*arguments, version=2, **options):
    rule = Rule(version=version)
    return str(give_label(found(*arguments, **options), np.array(True), rule))


def read_rule(  # noqa: PLR0911 - one return for each label, as the rule is written
    estimates, assessable, version, alpha=0.05
):
    """Read the rule a second time, in its own order, with scipy's t."""
    first = version == 1

    def end(index, probability):
        df, error = estimates.df[index], estimates.std_error[index]
        return estimates.estimate[index] + stats.t.ppf(probability, df) * error

    (k_low, _), (kn_low, kn_high), (i_low, i_high) = [
        (end(index, alpha / 2), end(index, 1 - alpha / 2)) for index in range(3)
    ]
    if not assessable:
        return "not_assessable"
    if k_low <= 0:
        return "no_agonist_effect"
    if i_high < 0:
        return "enhanced"
    if i_low > 0:
        below, above = end(4, 1 - alpha) < 0, end(5, alpha) > 0
        if kn_low > 0:
            return "partially_blocked"
        if first:
            return "blocked" if below and above else "attenuated"
        if kn_high < 0 and not above:
            return "reversed"
        return "blocked" if below else "attenuated"
    if end(6, alpha) > 0 and kn_low > 0:
        return "not_blocked"
    return "inconclusive"


@pytest.mark.parametrize(
    ("label", "k", "kn"),
    [
        ("no_agonist_effect", 15, 0),
        ("no_agonist_effect", -100, 0),
        ("enhanced", 100, 150),
        ("partially_blocked", 100, 30),
        ("blocked", 100, 0),
        ("blocked", 100, -15),
        ("attenuated", 50, 12),
        ("blocked", 100, -25),
        ("reversed", 100, -60),
        ("reversed", 78, -84),
        ("not_blocked", 100, 90),
        ("inconclusive", 40, 25),
    ],
)
def test_each_label_from_effects_known_to_10_s(label, k, kn):
    assert label_of(k, kn) == label


@pytest.mark.parametrize(
    ("label", "k", "kn"),
    [("blocked", 100, -15), ("attenuated", 100, -45), ("attenuated", 100, -90)],
)
def test_version_1_asks_for_both_sides_and_knows_no_reversal(label, k, kn):
    assert label_of(k, kn, version=1) == label


def test_an_effect_without_a_standard_error_is_not_assessable_unless_it_is_a():
    known = found(100, 0)
    for index in range(7):
        errors = known.std_error.copy()
        errors[index] = np.nan
        unknown = Estimates(known.estimate, errors, known.df)
        lost = index != 3
        assert str(give_label(unknown, np.array(True))) == ("not_assessable" if lost else "blocked")
        first = give_label(unknown, np.array(True), Rule(version=1))
        assert str(first) == "not_assessable"


def test_the_worked_example_with_a_unknown_is_partially_blocked():
    # Cages as blocks, the antagonist given by cage: A is not determined. The errors are those
    # of the intervals K [56.72, 94.08], Kn [1.53, 30.06], I [36.83, 82.37] with df 20, 20, 40.
    errors = np.array([8.956, 6.838, 11.266, np.nan, 8.17, 8.17, 8.17])
    df = np.array([20.0, 20.0, 40.0, np.nan, 40.0, 40.0, 40.0])
    estimates = Estimates(np.array([75.40, 15.80, 59.60, np.nan, -21.9, 53.5, -21.9]), errors, df)
    low, high = estimates.interval()
    assert low[:3] == pytest.approx([56.72, 1.53, 36.83], abs=0.01)
    assert high[:3] == pytest.approx([94.08, 30.06, 82.37], abs=0.01)
    assert str(give_label(estimates, np.array(True))) == "partially_blocked"
    first = give_label(estimates, np.array(True), Rule(version=1))
    assert str(first) == "not_assessable"


def at_level(k=(100, 10), kn=(0, 10), i=(100, 14), tests=((-50, 11), (50, 11), (-50, 11))):
    """Return contrasts given as (estimate, error), with normal tails."""
    values, errors = np.array([k, kn, i, (0, 10), *tests], dtype=float).T
    return Estimates(values, errors, np.full(7, LARGE))


@pytest.mark.parametrize(
    ("decides", "shown", "not_shown"),
    [
        # Two-sided p of K, I and Kn: .049 is shown, .051 is not.
        ({"k": 1}, "blocked", "no_agonist_effect"),
        ({"i": 1}, "blocked", "inconclusive"),
        ({"i": -1}, "enhanced", "inconclusive"),
        ({"kn": 1}, "partially_blocked", "blocked"),
        ({"kn": -1, "above": -9}, "reversed", "blocked"),
        # One-sided p of the three linear contrasts.
        ({"below": -1}, "blocked", "attenuated"),
        ({"above": 1, "turned": True}, "blocked", "reversed"),
        ({"remains": 1, "left": True}, "not_blocked", "inconclusive"),
    ],
)
def test_alpha_is_5_percent_wherever_the_rule_tests(decides, shown, not_shown):
    for p, expected in ((0.049, shown), (0.051, not_shown)):
        two, one = stats.norm.isf(p / 2), stats.norm.isf(p)
        parts = {}
        for name in ("k", "kn", "i"):
            if name in decides:
                parts[name] = (decides[name] * two, 1)
        if "turned" in decides:
            parts["kn"] = (-30, 10)
        if "left" in decides:
            parts["kn"], parts["i"] = (90, 10), (10, 14)
        tests = [
            (decides.get("below", -5) * one, 1),
            (decides.get("above", 5) * one, 1),
            (decides.get("remains", -5) * one, 1),
        ]
        found_at = at_level(**parts, tests=tests)
        assert str(give_label(found_at, np.array(True))) == expected


def effects():
    finite = st.floats(-300, 300)
    errors = st.lists(st.floats(0.5, 80), min_size=7, max_size=7)
    dfs = st.lists(st.floats(1, 60), min_size=7, max_size=7)
    return st.tuples(finite, finite, errors, dfs)


def as_estimates(k, kn, errors, dfs, rho=0.5):
    estimate = [k, kn, k - kn, 0.0, kn - rho * k, kn + rho * k, kn - (1 - rho) * k]
    return Estimates(np.array(estimate), np.array(errors), np.array(dfs))


@SETTINGS
@given(effects(), st.booleans(), st.floats(0.05, 0.95), st.sampled_from([1, 2]))
def test_the_label_is_the_rule_read_a_second_time(data, assessable, rho, version):
    estimates = as_estimates(*data, rho=rho)
    label = str(give_label(estimates, np.array(assessable), Rule(rho, version)))
    assert label in LABELS
    assert label == read_rule(estimates, assessable, version)


@SETTINGS
@given(effects(), st.floats(0, 300))
def test_a_larger_agonist_effect_never_makes_it_vanish(data, more):
    k, *rest = data
    before = str(give_label(as_estimates(k, *rest), np.array(True)))
    after = str(give_label(as_estimates(k + more, *rest), np.array(True)))
    assert not (before != "no_agonist_effect" and after == "no_agonist_effect")


@SETTINGS
@given(effects(), st.floats(0, 300))
def test_a_larger_effect_under_the_antagonist_never_looks_more_blocked(data, more):
    order = {
        "reversed": 0, "blocked": 0, "attenuated": 0, "partially_blocked": 0,
        "inconclusive": 1, "not_blocked": 1,
        "enhanced": 2,
    }  # fmt: skip
    k, kn, errors, dfs = data
    before = str(give_label(as_estimates(k, kn, errors, dfs), np.array(True)))
    after = str(give_label(as_estimates(k, kn + more, errors, dfs), np.array(True)))
    if before == "no_agonist_effect":
        assert after == "no_agonist_effect"
    else:
        assert order[after] >= order[before]


@SETTINGS
@given(effects(), st.floats(0.05, 0.9), st.floats(0, 0.09))
def test_labels_shown_with_certainty_shrink_to_less_certain_ones(data, rho, wider):
    # Widening every interval may only move a label towards 'not shown'.
    k, kn, errors, dfs = data
    wide = [error * (1 + wider) for error in errors]
    before = str(give_label(as_estimates(k, kn, errors, dfs, rho), np.array(True)))
    after = str(give_label(as_estimates(k, kn, wide, dfs, rho), np.array(True)))
    allowed = {
        "no_agonist_effect": {"no_agonist_effect"},
        "enhanced": {"enhanced", "not_blocked", "inconclusive", "no_agonist_effect"},
        "partially_blocked": set(LABELS) - {"not_assessable", "enhanced"},
        "reversed": {"reversed", "blocked", "attenuated", "inconclusive", "no_agonist_effect"},
        # Wider, a small turn is no longer shown to be small.
        "blocked": {"blocked", "reversed", "attenuated", "inconclusive", "no_agonist_effect"},
        "attenuated": {"attenuated", "inconclusive", "no_agonist_effect"},
        "not_blocked": {"not_blocked", "inconclusive", "no_agonist_effect"},
        "inconclusive": {"inconclusive", "no_agonist_effect"},
    }
    assert after in allowed[before]


@SETTINGS
@given(st.lists(st.integers(2, 8), min_size=4, max_size=4), st.integers(0, 2**32 - 1))
def test_unit_and_origin_of_the_outcome_do_not_matter(sizes, seed):
    rng = np.random.default_rng(seed)
    cell = np.repeat(np.arange(4), sizes)
    outcome = rng.normal(np.array([150, 70, 150, 120])[cell], 25)
    model = build_model(cell, np.empty((len(cell), 0), dtype=int))
    many = np.stack([outcome, outcome / 2.4, outcome + 1000, outcome * 1000])
    assert len(set(judge(model, many).label)) == 1


def test_many_experiments_at_once_are_each_alone():
    rng = np.random.default_rng(8)
    cell = np.repeat(np.arange(4), 9)
    cohort = np.tile(np.arange(3), 12)[:, np.newaxis]
    outcome = rng.normal(np.array([150, 90, 150, 120])[cell], 25, (200, 36))
    outcome[3] = 240.0
    for blocks in (cohort, cohort[:, :0]):
        model = build_model(cell, blocks)
        together = judge(model, outcome).label
        assert list(together) == [str(judge(model, row).label) for row in outcome]
        assert together[3] == "not_assessable"
        assert len(set(together)) > 3


@pytest.mark.parametrize("cell", range(4))
def test_one_animal_in_a_cell_is_not_assessable(cell):
    sizes = [8, 8, 8, 8]
    sizes[cell] = 1
    cells = np.repeat(np.arange(4), sizes)
    outcome = np.random.default_rng(9).normal(np.array([150, 20, 150, 150])[cells], 10)
    model = build_model(cells, np.empty((25, 0), dtype=int))
    ruling = judge(model, outcome)
    assert str(ruling.label) == "not_assessable"
    assert np.isfinite(ruling.estimates.estimate).all()


def test_one_constant_cell_is_still_judged():
    cells = np.repeat(np.arange(4), 8)
    outcome = np.random.default_rng(10).normal(np.array([150, 20, 150, 150])[cells], 10)
    outcome[cells == 1] = 0.0
    model = build_model(cells, np.empty((32, 0), dtype=int))
    assert str(judge(model, outcome).label) == "blocked"


def test_the_rules_tests_weigh_estimated_effects():
    weights = rule_weights(0.25)
    assert weights.sum(axis=1) == pytest.approx(0)
    below, above, remains = weights[4:]
    assert below == pytest.approx([-0.25, 0.25, 1, -1])
    assert above == pytest.approx([0.25, -0.25, 1, -1])
    assert remains == pytest.approx([-0.75, 0.75, 1, -1])


def test_labels_are_all_reachable():
    grid = itertools.product(range(-60, 200, 10), range(-120, 250, 10))
    reached = {label_of(k, kn) for k, kn in grid}
    assert reached == set(LABELS) - {"not_assessable"}
