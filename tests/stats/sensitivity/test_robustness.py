"""The verdict beside other methods: what is listed, and what counts as agreement."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import compare
from behave.stats.rule.contrasts import build_model
from behave.stats.rule.design import prepare
from behave.stats.rule.verdict import judge, rule_of
from behave.stats.sensitivity.robustness import check_robustness


def robustness(table, design, seed=1):
    """Return the rows by analysis and setting, and the label."""
    sample = prepare(table, design)
    model = build_model(sample.cell, sample.blocks)
    ruling = judge(model, sample.signed, rule_of(design))
    rows = pd.DataFrame(check_robustness(sample, model, ruling, seed))
    return rows.set_index("analysis"), str(ruling.label)


@pytest.fixture
def noisy(experiment):
    """Return 4 x 10 animals of which ketamine's effect is blocked, with percents and cages."""
    rng = np.random.default_rng(12)
    table = experiment(*(mean + rng.normal(0, 15, 10) for mean in (160, 60, 158, 157)))
    cage = [f"c{index // 4}" for index in range(40)]
    return table.assign(immobility_pct=table["immobility_s"] / 2.4, cage=cage)


def test_a_clear_block_is_seen_by_all(noisy, design):
    rows, label = robustness(noisy, design)
    assert label == "blocked"
    assert rows.index.tolist() == [
        "mixed model",
        "bootstrap",
        "permutation",
    ]
    judged = rows.loc[["mixed model", "bootstrap"]]
    assert (judged["label"] == "blocked").all()
    assert rows["agrees"].all()
    assert rows.loc["permutation", "I_p_value"] < 0.001


def test_the_bootstrap_estimates_what_the_main_analysis_does(noisy, design):
    rows, _ = robustness(noisy, design)
    verdict = compare(noisy, design).verdict
    for name in ("K", "Kn", "I"):
        found = rows.loc["bootstrap"]
        assert found[f"{name}_estimate"] == pytest.approx(verdict[name]["estimate"])
        assert found[f"{name}_conf_low"] == pytest.approx(verdict[name]["conf_low"], abs=4)


def test_a_block_taken_as_random_leaves_the_other_blocks_fixed(cohort_table, blocked_design):
    table, _ = cohort_table
    table = table.assign(cage=[f"c{index // 3}" for index in range(len(table))])
    rows, _ = robustness(table, blocked_design)
    settings = rows.loc["mixed model", "setting"].tolist()
    assert [words.split()[0] for words in settings] == ["cohort", "cage"]
    plain = robustness(table, blocked_design.model_copy(update={"blocks": ()}))[0]
    fixed, free = (
        found.loc["mixed model"].set_index("setting")["I_estimate"] for found in (rows, plain)
    )
    cohort, cage = settings
    assert fixed[cohort] == pytest.approx(free[cohort])
    assert fixed[cage] != pytest.approx(free[cage])


def test_blocks_within_blocks_lose_no_method(noisy, design):
    # Cages of four within two cohorts, and both named as blocks.
    table = noisy.assign(
        cohort=[f"k{index // 2 % 2}" for index in range(40)],
        cage=[f"g{index // 2 % 2}{index % 2}" for index in range(40)],
    )
    nested = design.model_copy(update={"blocks": ("cohort", "cage")})
    plain = design.model_copy(update={"blocks": ("cage",)})
    rows, others = (robustness(table, choice)[0] for choice in (nested, plain))
    for name in ("bootstrap", "permutation"):
        assert name in rows.index
    # The cages say all that the cohorts do.
    assert rows.loc["bootstrap", "I_conf_low"] == pytest.approx(
        others.loc["bootstrap", "I_conf_low"]
    )


def test_without_cages_or_blocks_nothing_is_made_up(full_block, design):
    rows, _ = robustness(full_block, design)
    assert "mixed model" not in rows.index


def test_where_ketamine_did_nothing_tests_of_the_interaction_neither_agree_nor_not(
    experiment, design
):
    rng = np.random.default_rng(2)
    table = experiment(*(rng.normal(150, 20, 8) for _ in range(4)))
    rows, label = robustness(table, design)
    assert label == "no_agonist_effect"
    assert pd.isna(rows.loc["permutation", "agrees"])


def test_the_sign_of_the_outcome_does_not_matter(noisy, design):
    rows, _ = robustness(noisy, design)
    turned = noisy.assign(swimming_s=240 - noisy["immobility_s"])
    other, _ = robustness(
        turned, design.model_copy(update={"outcome": "swimming_s", "benefit": "increase"})
    )
    for name in ("bootstrap", "mixed model"):
        assert other.loc[name, "I_estimate"] == pytest.approx(rows.loc[name, "I_estimate"])
    assert other.loc["permutation", "I_p_value"] == rows.loc["permutation", "I_p_value"]


def test_compare_lists_them_counts_them_and_obeys_the_seed(noisy, design):
    one, same, other = (compare(noisy, design, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.sensitivity, same.sensitivity)
    assert not one.sensitivity.equals(other.sensitivity)
    assert one.verdict["label"] == other.verdict["label"]
    summary = one.verdict["sensitivity"]
    # Two standard errors and three other methods.
    assert (summary["of"], summary["left_out"]["of"]) == (2 + 3, 40)


def test_nothing_is_listed_where_the_verdict_could_not_be_given(experiment, design):
    table = experiment([150.0] * 4, [60.0] * 4, [150.0] * 4, [150.0] * 4)
    comparison = compare(table, design)
    assert comparison.verdict["label"] == "not_assessable"
    assert comparison.sensitivity.empty
