"""Analysis of variance: R's answers, closed forms, and the cases without an answer."""

import numpy as np
import pytest
from scipy import stats

from behave.stats.methods.anova import anova


def by_term(table, kind):
    return table[table["type"] == kind].set_index("term")


@pytest.mark.parametrize("kind", ["II", "III"])
def test_unbalanced_2x2_with_cohorts_is_rs_car(cohort_table, kind):
    table, answers = cohort_table
    codes = {
        name: (table[name] != "vehicle").to_numpy().astype(int)
        for name in ("pretreatment", "treatment")
    }
    cohort = {"cohort": np.unique(table["cohort"], return_inverse=True)[1]}
    found = by_term(anova(table["immobility_s"].to_numpy(), codes, cohort), kind)
    assert [row["term"] for row in answers["anova"][kind]] == [
        "pretreatment", "treatment", "cohort", "pretreatment:treatment", "Residuals",
    ]  # fmt: skip
    for row in answers["anova"][kind]:
        for part in ("sumsq", "df", "statistic", "p_value"):
            if row.get(part) is not None:
                assert found.loc[row["term"], part] == pytest.approx(row[part], rel=1e-9), part


def test_balanced_interaction_is_the_squared_t_of_the_contrast():
    rng = np.random.default_rng(11)
    cells = rng.normal(0, 1, (4, 8))
    before, drug = np.repeat([0, 0, 1, 1], 8), np.repeat([0, 1, 0, 1], 8)
    found = by_term(anova(cells.ravel(), {"a": before, "b": drug}, {}), "III")
    contrast = np.array([1, -1, -1, 1]) @ cells.mean(axis=1)
    error = np.sqrt(cells.var(axis=1, ddof=1).mean() * 4 / 8)
    assert found.loc["a:b", "statistic"] == pytest.approx((contrast / error) ** 2, rel=1e-10)
    assert found.loc["a:b", "p_value"] == pytest.approx(2 * stats.t.sf(abs(contrast / error), 28))


def test_one_way_is_scipys():
    groups = [np.array(group, dtype=float) for group in ([1, 2, 4], [2, 5, 6, 9], [7, 8, 8])]
    codes = np.repeat(np.arange(3), [3, 4, 3])
    found = by_term(anova(np.concatenate(groups), {"dose": codes}, {}), "III")
    expected = stats.f_oneway(*groups)
    assert found.loc["dose", "statistic"] == pytest.approx(expected.statistic, rel=1e-12)
    assert found.loc["dose", "p_value"] == pytest.approx(expected.pvalue, rel=1e-12)
    f, n = expected.statistic, 10
    assert found.loc["dose", "omega_squared"] == pytest.approx(2 * (f - 1) / (2 * (f - 1) + n))


def test_all_at_the_ceiling_gives_no_f():
    before, drug = np.repeat([0, 0, 1, 1], 7), np.repeat([0, 1, 0, 1], 7)
    found = anova(np.full(28, 239.9), {"a": before, "b": drug}, {})
    assert found["p_value"].isna().all()


def test_an_empty_cell_leaves_the_interaction_without_f():
    before, drug = np.repeat([0, 0, 1], 7), np.repeat([0, 1, 0], 7)
    outcome = np.random.default_rng(12).normal(0, 1, 21)
    found = by_term(anova(outcome, {"a": before, "b": drug}, {}), "III")
    assert np.isnan(found.loc["a:b", "statistic"])
    assert np.isnan(found.loc["a:b", "sumsq"])
    assert found.loc["Residuals", "df"] == 18
