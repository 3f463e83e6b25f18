"""The percent reversal and Fieller's interval."""

import numpy as np
import pytest
from scipy import stats

from behave.stats import compare
from behave.stats.rule.contrasts import build_model, estimate
from behave.stats.rule.design import prepare
from behave.stats.rule.reversal import estimate_reversal
from behave.stats.rule.verdict import EFFECTS


def four_cells(means, sizes, seed=16):
    cell = np.repeat(np.arange(4), sizes)
    outcome = np.random.default_rng(seed).normal(np.array(means)[cell], 20)
    return build_model(cell, np.empty((len(cell), 0), dtype=int)), outcome


def test_with_a_pooled_variance_it_is_fiellers_closed_form():
    model, outcome = four_cells([150, 60, 150, 120], [7, 9, 6, 8])
    found = estimate_reversal(model, outcome, "pooled")
    weights = np.array([EFFECTS["K"], EFFECTS["I"]], dtype=float)
    k, i = estimate(model, outcome, weights, "pooled").estimate
    sizes = np.array([7, 9, 6, 8])
    spread = estimate(model, outcome, weights, "pooled").std_error[0] ** 2 / (1 / 7 + 1 / 9)
    cov = spread * (weights / sizes) @ weights.T
    t2 = stats.t.ppf(0.975, 26) ** 2
    # Roots of (i - x k)^2 = t^2 (v_i - 2 x c + x^2 v_k).
    roots = np.roots([k**2 - t2 * cov[0, 0], -2 * (i * k - t2 * cov[0, 1]), i**2 - t2 * cov[1, 1]])
    assert found.percent == pytest.approx(100 * i / k)
    assert [found.conf_low, found.conf_high] == pytest.approx(sorted(100 * roots), rel=1e-9)


def test_its_ends_are_where_the_welch_test_is_just_not_rejected():
    model, outcome = four_cells([150, 60, 150, 120], [5, 12, 6, 8])
    found = estimate_reversal(model, outcome)
    for end in (found.conf_low, found.conf_high):
        weights = np.array(EFFECTS["I"]) - end / 100 * np.array(EFFECTS["K"])
        contrast = estimate(model, outcome, weights[np.newaxis])
        assert contrast.p_value[0] == pytest.approx(0.05, abs=1e-9)


def test_it_leaves_out_0_exactly_where_the_interaction_does():
    for seed in range(20):
        model, outcome = four_cells([150, 60, 150, 110], [6, 6, 6, 6], seed)
        found = estimate_reversal(model, outcome)
        interaction = estimate(model, outcome, np.array([EFFECTS["I"]], dtype=float))
        low, high = interaction.interval()
        assert (found.conf_low > 0 or found.conf_high < 0) == bool(low[0] > 0 or high[0] < 0)


@pytest.mark.parametrize("agonist", [150, 240])
def test_it_is_refused_without_an_agonist_effect(agonist):
    model, outcome = four_cells([150, agonist, 150, 120], [8, 8, 8, 8])
    assert estimate_reversal(model, outcome) is None


def test_the_verdict_tells_it(full_block, design):
    verdict = compare(full_block, design).verdict
    assert verdict["reversal_pct"]["percent"] == pytest.approx(99)
    assert "or 99% of the effect of ketamine" in verdict["text"]
    nothing = compare(full_block.assign(immobility_s=full_block.index % 7 + 100.0), design).verdict
    assert nothing["reversal_pct"] is None
    assert "% of the effect of ketamine (" not in nothing["text"]


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
def test_the_reference_interval(load_reference, design, name):
    table, answers = load_reference(name)
    sample = prepare(table, design)
    model = build_model(sample.cell, sample.blocks)
    found = estimate_reversal(model, sample.signed, "pooled")
    expected = answers["percent_reversal"]
    assert found.percent == pytest.approx(expected["est"], rel=1e-9)
    assert [found.conf_low, found.conf_high] == pytest.approx(expected["fieller"], rel=1e-9)
