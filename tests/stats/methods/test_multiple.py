"""Families of comparisons: R's answers, and what must hold of any family."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from behave.stats.methods.multiple import (
    dunnett,
    dunnett_quantile,
    holm,
    sidak,
    tukey,
    tukey_quantile,
)

SETS = ["a_balanced_blockade", "b_unbalanced_partial_hetero", "g_3x2", "d_dose_response"]


@pytest.mark.shared_data
def test_dunnett_has_the_exact_values(shared_data):
    path = shared_data / "stats_golden" / "dunnett_exact.json"
    for case in json.loads(path.read_text(encoding="utf-8")):
        found = dunnett(np.array(case["t"]), np.array(case["n"]), case["n0"], case["df"])
        np.testing.assert_allclose(found, case["p"], rtol=0, atol=5e-7)


def test_dunnett_gives_the_same_number_each_time_and_keeps_gaps():
    again = [dunnett(np.array([2.1, np.nan]), np.array([9, 8]), 10, 24) for _ in range(2)]
    assert again[0].tobytes() == again[1].tobytes()
    assert np.isnan(again[0]).tolist() == [False, True]


@pytest.mark.parametrize("df", [1, 5, 40, 4000])
def test_dunnett_with_one_group_is_the_t_test(df):
    t = np.array([0.2, 1.9, 3.4])
    found = [dunnett(np.array([value]), np.array([8]), 11, df)[0] for value in t]
    np.testing.assert_allclose(found, 2 * stats.t.sf(t, df), rtol=1e-9, atol=1e-12)
    assert dunnett_quantile(np.array([8]), 11, df) == pytest.approx(stats.t.ppf(0.975, df))


def test_dunnetts_quantile_is_where_p_is_five_percent():
    sizes = np.array([9, 11, 12])
    critical = dunnett_quantile(sizes, 14, 42)
    assert dunnett(np.array([critical]), sizes, 14, 42)[0] == pytest.approx(0.05, abs=1e-9)
    # Dunnett's table, three groups of ten beside a control of ten: 2.45 at 36 df.
    assert dunnett_quantile(np.full(3, 10), 10, 36) == pytest.approx(2.45, abs=0.01)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", SETS)
def test_all_pairs_by_tukey_kramer_and_sidak(load_reference, name):
    _, answers = load_reference(name)
    pairs = pd.DataFrame(answers["pairwise"]["tukey"])
    groups = len(answers["cells"])
    found = tukey(pairs["t.ratio"].to_numpy(), groups, pairs["df"].to_numpy())
    np.testing.assert_allclose(found, pairs["p.value"], rtol=0, atol=1e-7)
    half = tukey_quantile(groups, float(pairs["df"][0])) * pairs["SE"]
    np.testing.assert_allclose(pairs["estimate"] + half, pairs["upper.CL"], rtol=1e-6)
    plain = pd.DataFrame(answers["pairwise"]["none"])["p.value"].to_numpy()
    expected = pd.DataFrame(answers["pairwise"]["sidak"])["p.value"]
    # emmeans loses digits in 1 - (1 - p)^k where p is very small.
    np.testing.assert_allclose(sidak(plain), expected, rtol=1e-9, atol=1e-14)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", SETS)
def test_all_pairs_by_games_howell(load_reference, name):
    _, answers = load_reference(name)
    pairs = pd.DataFrame(answers["games_howell"])
    groups = len(answers["cells"])
    t = pairs["q"].to_numpy() / np.sqrt(2)
    found = tukey(t, groups, pairs["df"].to_numpy())
    np.testing.assert_allclose(found, pairs["p"], rtol=0, atol=1e-7)


@pytest.mark.parametrize("groups", [2, 4, 8])
@pytest.mark.parametrize("df", [2.5, 17.3, 200.0])
def test_the_range_is_scipys(groups, df):
    t = np.array([0.3, 1.7, 3.6])
    expected = stats.studentized_range.sf(t * np.sqrt(2), groups, df)
    np.testing.assert_allclose(tukey(t, groups, df), expected, rtol=0, atol=1e-9)


def test_with_two_groups_the_range_is_the_t_test():
    assert tukey_quantile(2, 11.0) == pytest.approx(stats.t.ppf(0.975, 11))
    assert tukey(np.array([-2.2]), 2, 11.0)[0] == pytest.approx(2 * stats.t.sf(2.2, 11))


p_values = st.lists(st.floats(0, 1), min_size=1, max_size=8).map(np.array)


@given(p_values)
def test_sidak_lies_between_p_and_bonferroni(p):
    adjusted = sidak(p)
    assert (adjusted >= p * (1 - 1e-12)).all()
    assert (adjusted <= np.minimum(len(p) * p, 1) * (1 + 1e-12)).all()


@given(p_values)
def test_holm_never_orders_otherwise_and_never_beats_bonferroni(p):
    adjusted = holm(p)
    order = np.argsort(p, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()
    assert (adjusted <= np.minimum(len(p) * p, 1)).all()
    assert (adjusted >= p).all()


def test_what_is_missing_does_not_count():
    p = np.array([0.01, np.nan, 0.04])
    np.testing.assert_allclose(holm(p), [0.02, np.nan, 0.04])
    np.testing.assert_allclose(sidak(p), [1 - 0.99**2, np.nan, 1 - 0.96**2])
    assert sidak(np.array([1.0, 0.2]))[0] == 1
