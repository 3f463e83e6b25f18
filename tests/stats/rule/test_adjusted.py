"""Covariates and a random unit in the planned contrasts, held to base R and to the mixed model."""

import json

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from behave.errors import InputError
from behave.stats import DesignOptions, compare
from behave.stats.methods.assumptions import slopes_differ
from behave.stats.rule.contrasts import build_model, estimate
from behave.stats.rule.design import prepare
from behave.stats.rule.mixed import cell_means, fit_random_intercept
from behave.stats.rule.verdict import EFFECTS, judge, model_of, rule_weights


@pytest.fixture(scope="module")
def weighed(request):
    golden = request.path.parents[2] / "golden"
    table = pd.read_csv(golden / "covariates.csv", dtype={"animal_id": "object"})
    return table, json.loads((golden / "covariates.json").read_text("utf-8"))


def flags_of(comparison):
    return {flag["name"] for flag in comparison.verdict["flags"]}


@pytest.mark.parametrize(
    ("blocks", "answer"), [((), "covariate"), (("cohort",), "cohort_and_covariate")]
)
def test_covariates_agree_with_base_r(weighed, design, blocks, answer):
    table, golden = weighed
    asked = design.model_copy(update={"covariates": ("weight_g",), "blocks": blocks})
    sample = prepare(table, asked)
    model = model_of(sample)
    assert model.primary == "hc2_bm"
    found = estimate(model, sample.signed, rule_weights(0.5))
    names = [*EFFECTS, "Kn_below"]
    for index, name in enumerate(names):
        for part in ("estimate", "std_error", "df"):
            ours = float(getattr(found, part)[index])
            assert ours == pytest.approx(golden[answer][name][part], rel=1e-9), (name, part)


def test_the_test_of_one_slope_agrees_with_base_r(weighed, design):
    table, golden = weighed
    sample = prepare(table, design.model_copy(update={"covariates": ("weight_g",)}))
    statistic, df, rest, p = slopes_differ(model_of(sample), sample.outcome)
    assert (statistic, p) == pytest.approx((golden["slopes"]["F"], golden["slopes"]["p"]), rel=1e-9)
    assert (df, rest) == (3, 22)


def test_a_covariate_that_goes_with_the_outcome_narrows_the_interval(weighed, design):
    table, _ = weighed
    weight = table["weight_g"]
    table = table.assign(immobility_s=table["immobility_s"] + 10 * (weight - weight.mean()))
    asked = design.model_copy(update={"covariates": ("weight_g",)})
    with_weight, without = compare(table, asked), compare(table, design)
    assert with_weight.verdict["method"] == "OLS with covariates, HC2, Bell-McCaffrey df"
    assert with_weight.verdict["I"]["std_error"] < 0.8 * without.verdict["I"]["std_error"]
    assert "weight_g" in with_weight.anova["term"].tolist()
    checks = with_weight.assumptions["check"].tolist()
    assert "Covariates, one slope in all groups" in checks
    assert "Welch, covariates ignored" in with_weight.sensitivity["setting"].tolist()
    assert not {"covariate_slopes_differ", "covariate_differs"} & flags_of(with_weight)


def test_unit_and_origin_of_a_covariate_do_not_matter(weighed, design):
    table, _ = weighed
    asked = design.model_copy(update={"covariates": ("weight_g",)})
    other = table.assign(weight_g=1000 * table["weight_g"] + 7)
    ours, theirs = compare(table, asked).verdict, compare(other, asked).verdict
    assert ours["I"] == pytest.approx(theirs["I"], rel=1e-9)


def test_slopes_that_differ_are_flagged(weighed, design):
    table, _ = weighed
    pull = np.where(table["treatment"] == "ketamine", 20, -20)
    bent = table.assign(
        immobility_s=table["immobility_s"] + pull * (table["weight_g"] - table["weight_g"].mean())
    )
    asked = design.model_copy(update={"covariates": ("weight_g",)})
    assert "covariate_slopes_differ" in flags_of(compare(bent, asked))


def test_a_covariate_that_the_treatment_moved_is_flagged(weighed, design):
    table, _ = weighed
    moved = table.assign(weight_g=table["weight_g"] + 10 * (table["treatment"] == "ketamine"))
    asked = design.model_copy(update={"covariates": ("weight_g",)})
    assert "covariate_differs" in flags_of(compare(moved, asked))


@pytest.mark.parametrize(
    "name", ["latency_s", "distance_cm", "immobility_pct", "open_field_distance_m"]
)
def test_what_the_treatment_acts_on_is_no_covariate(design, name):
    with pytest.raises(ValidationError, match="measured after the treatment"):
        DesignOptions(**design.model_dump() | {"covariates": (name,)})


def test_a_missing_covariate_is_told_by_animal(weighed, design):
    table, _ = weighed
    asked = design.model_copy(update={"covariates": ("weight_g",)})
    lacking = table.assign(weight_g=table["weight_g"].where(table.index != 3))
    with pytest.raises(InputError, match="no 'weight_g' for an animal that is analysed"):
        compare(lacking, asked)


def test_a_quantity_among_the_blocks_is_refused_with_advice(weighed, design):
    table, _ = weighed
    asked = design.model_copy(update={"blocks": ("weight_g",)})
    with pytest.raises(InputError) as caught:
        compare(table, asked)
    assert "is a measured quantity with" in str(caught.value)
    assert "move it to design.covariates: [weight_g]" in str(caught.value)
    for cohorts in (["1", "2", "3", "4", "5", "6"], ["101", "102"]):
        batches = table.assign(cohort=np.resize(cohorts, len(table)))
        compare(batches, design.model_copy(update={"blocks": ("cohort",)}))


def caged(rng, shift, means=(150, 70, 150, 110)):
    """Return four cells of four cages of three, each cage treated as a whole."""
    cage = np.repeat(np.arange(16), 3)
    cell = cage // 4
    values = np.array(means)[cell] + rng.normal(0, shift, 16)[cage] + rng.normal(0, 15, 48)
    return pd.DataFrame(
        {
            "animal_id": [f"{i:02d}" for i in range(48)],
            "pretreatment": np.array(["vehicle", "vehicle", "NBQX", "NBQX"])[cell],
            "treatment": np.array(["vehicle", "ketamine", "vehicle", "ketamine"])[cell],
            "cage": cage.astype(str),
            "immobility_s": values,
        }
    )


def test_a_random_cage_is_the_mixed_model(design):
    table = caged(np.random.default_rng(3), 20)
    comparison = compare(table, design.model_copy(update={"random": ("cage",)}))
    cell = np.repeat(np.arange(4), 12)
    fit = fit_random_intercept(
        table["immobility_s"].to_numpy(), cell_means(cell, 4), np.repeat(np.arange(16), 3)
    )
    expected = fit.contrasts(np.array(list(EFFECTS.values()), dtype=float))
    for index, name in enumerate(EFFECTS):
        told = comparison.verdict[name]
        for part in ("estimate", "std_error", "df"):
            assert told[part] == pytest.approx(float(getattr(expected, part)[index]), rel=1e-6)
    assert comparison.verdict["method"].startswith("mixed model")
    # With four cages a cell there are 12 cages' df at most for I.
    assert comparison.verdict["I"]["df"] < 20
    settings = comparison.sensitivity["setting"].tolist()
    assert "Welch, random unit ignored" in settings
    assert "cage_treated_alike" not in flags_of(comparison)


def test_one_animal_per_cage_is_welch_with_a_flag(design):
    table = caged(np.random.default_rng(4), 0).iloc[::3]
    comparison = compare(table, design.model_copy(update={"random": ("cage",)}))
    assert comparison.verdict["method"] == "Welch"
    assert "random_unit_unused" in flags_of(comparison)


@pytest.mark.slow
def test_whole_cages_do_not_raise_the_error_of_i():
    # A useless antagonist, ICC .4: Welch takes mates for independent animals, the mixed model not.
    rng = np.random.default_rng(5)
    cage = np.repeat(np.arange(16), 3)
    cell = cage // 4
    means = np.array([150, 70, 150, 70])[cell]
    shifts = rng.normal(0, np.sqrt(0.4) * 34, (400, 16))[:, cage]
    outcome = means + shifts + rng.normal(0, np.sqrt(0.6) * 34, (400, 48))
    none = np.empty((48, 0), dtype=int)

    def size(model):
        low, high = judge(model, outcome).effect("I").interval()
        return float(np.mean((low > 0) | (high < 0)))

    assert size(build_model(cell, none)) > 0.1
    assert size(build_model(cell, none, group=cage)) < 0.05 + 2.33 * np.sqrt(0.05 * 0.95 / 400)
