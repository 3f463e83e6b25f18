"""The scorer's error, carried from people's scores of some animals into the effects."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import compare
from behave.stats.rule.contrasts import build_model
from behave.stats.rule.design import prepare
from behave.stats.rule.verdict import judge
from behave.stats.sensitivity.rater_bias import carry_rater_bias

MEANS = (160, 90, 155, 150)


@pytest.fixture(scope="module")
def people(experiment):
    """Return 4 x 12 animals as people scored them, NBQX blocking most of ketamine's 70 s."""
    rng = np.random.default_rng(8)
    return experiment(*(mean + rng.normal(0, 18, 12) for mean in MEANS))


def programmed(people, *, noise=4.0, shift=(0, 0, 0, 0), seed=9):
    """Return the same animals as the program scored them, each cell shifted by so many s."""
    rng = np.random.default_rng(seed)
    error = np.repeat(shift, 12) + rng.normal(0, noise, 48)
    return people.assign(immobility_s=people["immobility_s"] + error)


def carried(people, design, scored=slice(None, None, 2), **error):
    """Carry the error of a program that was checked on some animals."""
    sample = prepare(programmed(people, **error), design)
    human = np.full(48, np.nan)
    human[scored] = people["immobility_s"].to_numpy()[scored]
    return sample, carry_rater_bias(sample, human, seed=1)


def effect(people, design):
    """Return I as people would have found it on all animals."""
    sample = prepare(people, design)
    return judge(build_model(sample.cell, sample.blocks), sample.signed).effect("I")


def test_bias_and_noise_are_those_of_the_difference(people, design):
    _, found = carried(people, design, shift=(6, 6, 6, 6))
    assert float(found.bias.estimate) == pytest.approx(6, abs=2)
    assert found.noise == pytest.approx(4, rel=0.4)
    assert found.scored == [6, 6, 6, 6]


def test_a_bias_of_one_arm_is_taken_out_of_the_interaction(people, design):
    # The program makes 25 s of movement out of ketamine's animals under NBQX.
    sample, found = carried(people, design, shift=(0, 0, 0, -25))
    raw = judge(build_model(sample.cell, sample.blocks), sample.signed).effect("I")
    truth = float(effect(people, design).estimate)
    assert float(raw.estimate) == pytest.approx(truth - 25, abs=6)
    assert float(found.pooled.estimate[2]) == pytest.approx(truth, abs=6)
    low, high = found.by_arm[2].interval(0.95)
    assert low < -25 < high < 0


def test_a_bias_of_all_arms_alike_changes_no_effect(people, design):
    _, found = carried(people, design, shift=(20, 20, 20, 20))
    truth = effect(people, design)
    assert float(found.pooled.estimate[2]) == pytest.approx(float(truth.estimate), abs=6)
    low, high = found.by_arm[2].interval(0.95)
    assert low < 0 < high


def test_a_program_that_scores_as_people_do_leaves_everything_as_it_is(people, design):
    _, found = carried(people, design, noise=0.0)
    truth = effect(people, design)
    assert float(found.pooled.estimate[2]) == pytest.approx(float(truth.estimate))
    assert float(found.pooled.std_error[2]) == pytest.approx(float(truth.std_error))
    assert found.slope == pytest.approx(1)
    assert found.share == 1


def test_animals_that_people_scored_keep_their_score(people, design):
    _, found = carried(people, design, scored=slice(None), noise=30.0)
    truth = effect(people, design)
    assert float(found.pooled.estimate[2]) == pytest.approx(float(truth.estimate))
    assert float(found.pooled.std_error[2]) == pytest.approx(float(truth.std_error))


def test_more_noise_and_fewer_checked_animals_widen_the_interval(people, design):
    widths = [
        float(
            carried(people, design, scored=slice(None, None, step), noise=noise)[
                1
            ].pooled.std_error[2]
        )
        for step, noise in ((2, 2.0), (2, 25.0), (4, 25.0))
    ]
    assert widths == sorted(widths)


def test_noise_is_not_counted_twice(people, design):
    # The program's noise is in its scores: the pooled error stays near what
    # people's scores of all animals would have, and below a sum of both.
    ratios = []
    for seed in range(12):
        _, found = carried(people, design, noise=15.0, seed=seed)
        ratios.append(float(found.pooled.std_error[2] / effect(people, design).std_error))
    assert 0.9 < np.mean(ratios) < 1.35


def test_the_interval_covers_what_people_would_have_found(design, experiment):
    rng = np.random.default_rng(4)
    hits = 0
    for seed in range(60):
        people = experiment(*(mean + rng.normal(0, 18, 12) for mean in MEANS))
        _, found = carried(people, design, noise=12.0, shift=(0, 8, -5, 0), seed=seed)
        low, high = found.pooled[2].interval(0.95)
        hits += low < (160 - 90) - (155 - 150) < high
    # 57 expected of 60; fewer than 52 happens in under 1 % where 95 % is true.
    assert hits >= 52


def test_the_same_seed_gives_the_same_numbers(people, design):
    first, second = (carried(people, design)[1].pooled for _ in range(2))
    assert np.array_equal(first.estimate, second.estimate)


def test_an_outcome_that_should_rise_is_turned_and_turned_back(people, design):
    _, found = carried(people, design, shift=(6, 6, 6, 6))
    mobile = people.assign(immobility_s=240 - people["immobility_s"])
    rising = design.model_copy(update={"benefit": "increase"})
    auto = programmed(people, shift=(6, 6, 6, 6))
    sample = prepare(auto.assign(immobility_s=240 - auto["immobility_s"]), rising)
    human = np.full(48, np.nan)
    human[::2] = mobile["immobility_s"].to_numpy()[::2]
    turned = carry_rater_bias(sample, human, seed=1)
    assert float(turned.bias.estimate) == pytest.approx(-float(found.bias.estimate))
    assert turned.pooled.estimate[2] == pytest.approx(found.pooled.estimate[2], rel=0.02)


def test_too_few_animals_tell_nothing(people, design):
    assert carried(people, design, scored=slice(0, 4))[1] is None


def test_animals_of_one_group_alone_say_nothing_of_the_arms(people, design):
    _, found = carried(people, design, scored=slice(0, 10))
    assert found.by_arm is None


def test_the_verdict_tells_the_error_and_keeps_its_label(people, design):
    auto = programmed(people, shift=(0, 0, 0, -40))
    subset = people.iloc[::2][["animal_id", "immobility_s"]]
    comparison = compare(auto, design, human=subset)
    verdict = comparison.verdict
    assert verdict["label"] == compare(auto, design).verdict["label"]
    assert verdict["scorer_error"]["n_scored"] == [6, 6, 6, 6]
    assert "differs by arm" in verdict["scorer_error"]["text"]
    assert verdict["scorer_error"]["label"] != verdict["label"]
    assert "scorer_bias_by_arm" in {flag["name"] for flag in verdict["flags"]}
    row = comparison.sensitivity[comparison.sensitivity["analysis"] == "scorer"].iloc[0]
    assert (row["label"], bool(row["agrees"])) == (verdict["scorer_error"]["label"], False)
    family = comparison.contrasts[comparison.contrasts["family"] == "scorer error"]
    assert family["contrast_id"].tolist() == ["K_scorer", "Kn_scorer", "I_scorer", "A_scorer"]


def test_without_peoples_scores_nothing_is_told(people, design):
    comparison = compare(people, design)
    assert comparison.verdict["scorer_error"] is None
    assert "scorer error" not in set(comparison.contrasts["family"])
    assert isinstance(comparison.sensitivity, pd.DataFrame)
