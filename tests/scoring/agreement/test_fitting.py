"""Fitting to people's scores: what was hidden is found, on animals left out."""

import numpy as np
import pandas as pd
import pytest

from behave.errors import InputError
from behave.scoring import MotionSignal
from behave.scoring.agreement.fitting import Example, fit
from behave.scoring.bouts import to_bouts
from behave.scoring.measures import measure
from behave.scoring.states import classify
from behave.tracking.keypoints.motion import CHANGE_COST_S

TRUE_THRESHOLD, WRONG_THRESHOLD = 0.5, 0.05


def example(number, *, totals=False):
    """Return a synthetic swim of 60 s at 10 frames/s, scored by a person and by a bad threshold.

    Motion is about 0.25 while floating and about 1 while swimming, so that
    people's boundary lies near 0.5; the results at hand used 0.05.
    """
    rng = np.random.default_rng(number)
    time_s = np.arange(600) / 10
    floating = np.zeros(600, dtype=bool)
    for start in rng.choice(np.arange(0, 550, 50), 5, replace=False):
        floating[start : start + rng.integers(20, 45)] = True
    motion = np.where(floating, 0.25, 1.0) * np.exp(rng.normal(0, 0.15, 600))
    state = classify(time_s, motion, WRONG_THRESHOLD, switch_penalty_s=0.06)
    human_s = measure(to_bouts(np.where(floating, "immobile", "mobile"), time_s), 0, 60)
    return Example(
        trial_id=f"t{number}",
        animal_id=f"a{number}",
        signal=MotionSignal(
            pd.DataFrame({"time_s": time_s, "motion": motion, "state": state}), 0.0, 0.06
        ),
        start_s=0.0,
        stop_s=60.0,
        human=None if totals else floating.astype(float),
        human_s=human_s["immobility_s"],
    )


def test_frames_scored_by_people_give_back_their_boundary():
    found = fit([example(number) for number in range(5)])
    assert found.criterion == "kappa"
    assert 0.3 < found.immobile_below < 0.8
    assert found.before < 0.1
    assert found.after > 0.95
    assert found.flags == ()
    assert (found.held_out["kappa_after"] > 0.9).all()


def test_totals_alone_are_enough_to_fit_the_totals():
    found = fit([example(number, totals=True) for number in range(5)])
    assert found.criterion == "mean absolute error"
    assert found.after < 3 < found.before
    assert "kappa_after" not in found.held_out


def test_an_animal_is_never_scored_by_values_fitted_on_it():
    """The odd animal's people saw nothing immobile: its own fit would score it 0."""
    examples = [example(number) for number in range(5)]
    odd = examples[0]
    examples[0] = Example(odd.trial_id, odd.animal_id, odd.signal, 0.0, 60.0, np.zeros(600), 0.0)
    held_out = fit(examples).held_out.set_index("animal_id")
    assert held_out.loc["a0", "after_s"] > 5


def test_two_trials_of_one_animal_are_left_out_together():
    examples = [example(number) for number in range(4)]
    twin = examples[0]
    examples.append(
        Example("again", twin.animal_id, twin.signal, 0.0, 60.0, twin.human, twin.human_s)
    )
    held_out = fit(examples).held_out.set_index("trial_id")
    assert held_out.loc["again", "immobile_below"] == held_out.loc["t0", "immobile_below"]


def test_few_animals_are_said_to_be_few_and_two_are_refused():
    flags = fit([example(number) for number in range(4)]).flags
    assert [flag.name for flag in flags] == ["few_animals"]
    with pytest.raises(InputError, match="at least 3 animals"):
        fit([example(0), example(1)])


def test_the_fit_scores_as_the_tracker_is_scored():
    """Motion that flickers about the threshold, at the dear price of a change that keypoints have.

    The price of smoothed motion lets each flicker through; what is fitted must be the
    scorer that runs.
    """
    flicker = np.where(np.arange(2400) % 40 < 36, 0.02, 0.2)
    motion = np.where(np.arange(2400) < 1200, flicker, 0.4)
    time_s = np.arange(2400) / 20
    frames = pd.DataFrame({"time_s": time_s, "motion": motion})
    found = {}
    for price in (CHANGE_COST_S, 0.06):
        signal = MotionSignal(frames, 0.0, price)
        states = signal.states(0.06)
        human_s = measure(to_bouts(states, time_s), 0, 120)["immobility_s"]
        kept = MotionSignal(frames.assign(state=states), 0.0, price)
        human = (states == "immobile").astype(float)
        fitted = fit(
            [Example(f"t{n}", f"a{n}", kept, 0.0, 120.0, human, human_s) for n in range(3)]
        )
        assert fitted.after == 1
        assert fitted.held_out["after_s"].tolist() == pytest.approx([human_s] * 3)
        found[price] = human_s
    assert found[CHANGE_COST_S] == pytest.approx(60, abs=0.5)
    assert found[0.06] < 58
