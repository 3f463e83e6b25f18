"""A published table judged as its animals would be."""

import numpy as np
import pytest
from scipy import stats

from behave.stats.audit import Published, audit, describe_audit, format_audit
from behave.stats.power import Expectation, animals_needed
from behave.stats.rule.contrasts import build_model, estimate, welch_from_moments
from behave.stats.rule.verdict import EFFECTS, Rule, judge, rule_weights

MEANS, SDS, SIZES = (145.2, 88.0, 139.5, 121.3), (28.8, 26.6, 32.3, 31.3), (10, 8, 12, 9)


def published(means=MEANS, sds=SDS, sizes=SIZES, rounding=0.0, **more):
    """Return a table; rounding in half digits of means and SDs."""
    return Published(
        means=np.array(means, dtype=float),
        deviations=np.array(sds, dtype=float),
        sizes=np.array(sizes, dtype=float),
        mean_rounding=np.full(4, rounding),
        deviation_rounding=np.full(4, rounding),
        agonist="ketamine",
        antagonist="NBQX",
        controls=("vehicle", "vehicle"),
        outcome="immobility_s",
        **more,
    )


def animals_with(means, sds, sizes, seed=1):
    """Return cells and values with exactly these means and SDs."""
    rng = np.random.default_rng(seed)
    values = []
    for mean, sd, n in zip(means, sds, sizes, strict=True):
        draw = rng.normal(0, 1, n)
        values.append(mean + sd * (draw - draw.mean()) / draw.std(ddof=1))
    return np.repeat(np.arange(4), sizes), np.concatenate(values)


@pytest.mark.parametrize(("name", "first", "second"), [("K", 0, 1), ("Kn", 2, 3), ("A", 0, 2)])
def test_simple_effects_are_welchs_t_in_closed_form(name, first, second):
    found = audit(published())
    index = list(EFFECTS).index(name)
    expected = stats.ttest_ind_from_stats(
        MEANS[first], SDS[first], SIZES[first], MEANS[second], SDS[second], SIZES[second],
        equal_var=False,
    )  # fmt: skip
    assert found.estimates.statistic[index] == pytest.approx(expected.statistic, rel=1e-12)
    assert found.estimates.p_value[index] == pytest.approx(expected.pvalue, rel=1e-10)


def test_the_interaction_is_welchs_in_closed_form():
    parts = np.array(SDS) ** 2 / np.array(SIZES)
    error, estimate_ = np.sqrt(parts.sum()), MEANS[0] - MEANS[1] - MEANS[2] + MEANS[3]
    df = parts.sum() ** 2 / (parts**2 / (np.array(SIZES) - 1)).sum()
    found = audit(published()).estimates[2]
    assert (float(found.estimate), float(found.std_error), float(found.df)) == pytest.approx(
        (estimate_, error, df)
    )


def test_the_table_gives_what_the_animals_give():
    cell, values = animals_with(MEANS, SDS, SIZES)
    model = build_model(cell, np.empty((len(cell), 0), dtype=int))
    weights = rule_weights(0.5)
    ours = welch_from_moments(np.array(MEANS), np.array(SDS), np.array(SIZES), weights)
    theirs = estimate(model, values, weights)
    for part in ("estimate", "std_error", "df"):
        assert getattr(ours, part) == pytest.approx(getattr(theirs, part), rel=1e-9)
    assert audit(published()).label == str(judge(model, values).label)


def test_an_increase_is_a_benefit_where_the_study_says_so():
    turned = published(means=[240 - mean for mean in MEANS], benefit="increase")
    assert audit(turned).estimates.estimate == pytest.approx(audit(published()).estimates.estimate)


def test_rounding_is_carried_as_an_interval():
    found = audit(published(rounding=0.5))
    low, high, conf_low, conf_high = found.ranges["I"]
    estimate_ = float(found.estimates.estimate[2])
    # Four means of half a unit each.
    assert (low, high) == pytest.approx((estimate_ - 2, estimate_ + 2))
    alone = audit(published()).ranges["I"]
    assert conf_low < alone[2] - 2
    assert conf_high > alone[3] + 2


def test_a_label_that_the_printed_digits_leave_open_is_told():
    # I = 40 with an interval from 0.6: half a second in each mean may take it below 0.
    edge = {"means": (145, 88, 140, 123), "sds": (30, 30, 30, 30), "sizes": (10,) * 4}
    sharp = audit(published(**edge))
    rough = audit(published(**edge, rounding=0.5))
    assert sharp.labels == (sharp.label,)
    assert rough.label == sharp.label
    assert set(rough.labels) == {"attenuated", "inconclusive"}
    assert "leave other labels open" in " ".join(format_audit(rough))


def test_the_animals_that_a_claim_needs_are_those_of_the_planner():
    plan = Expectation(effect=45, std_dev=34)
    table = published(means=(145, 100, 145, 145), sds=(34,) * 4, sizes=(8,) * 4)
    needs = {item.name: item.per_group for item in audit(table).conditions}
    assert needs["K"] == animals_needed("K", plan, 0.8) == 11
    assert needs["I"] == animals_needed("I", plan, 0.8) == 19


def test_a_claim_without_an_effect_needs_what_no_number_gives():
    useless = published(means=(145, 85, 145, 80), sds=(30,) * 4)
    found = audit(useless)
    assert {item.name: item.per_group for item in found.conditions}["I"] is None
    assert "no number of animals shows it" in " ".join(format_audit(found))


def test_significant_here_and_not_there_is_named():
    table = published(means=(145, 105, 145, 118), sds=(30,) * 4, sizes=(8,) * 4)
    found = audit(table)
    assert found.label == "inconclusive"
    assert "significant here and not there is no evidence of a block" in " ".join(
        format_audit(found)
    )


@pytest.mark.parametrize(
    ("claim", "means", "holds"),
    [
        ("blocked", (150, 60, 150, 148), True),
        ("not_blocked", (150, 60, 150, 62), True),
        ("partially_blocked", (150, 60, 150, 110), True),
        ("reversed", (150, 60, 110, 180), True),
        ("enhanced", (150, 110, 150, 20), True),
        ("blocked", (150, 60, 150, 62), False),
    ],
)
def test_each_claim_is_held_to_what_it_needs(claim, means, holds):
    found = audit(published(means=means, sds=(12,) * 4), claim)
    assert all(item.holds for item in found.conditions) is holds
    assert (found.label == claim) is holds


def test_values_divided_by_their_own_control_are_named():
    found = audit(published(means=(100, 60, 100, 95), sds=(12,) * 4))
    assert "divided by its own control group" in " ".join(format_audit(found))
    assert "divided by" not in " ".join(format_audit(audit(published())))


def test_the_answer_is_json_as_a_verdicts_is():
    told = describe_audit(audit(published(), rule=Rule(0.3)))
    assert {"label", "rule_version", "rho", "alpha", "K", "Kn", "I", "A", "text"} <= set(told)
    assert told["rho"] == 0.3
    assert told["K"]["rounded_low"] <= told["K"]["estimate"] <= told["K"]["rounded_high"]
