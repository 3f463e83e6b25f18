"""Fitting to people's scores: what was hidden is found, on animals left out."""

import numpy as np
import pandas as pd
import pytest

from behave.errors import InputError
from behave.scoring.bouts import to_bouts
from behave.scoring.calibration import Example, fit
from behave.scoring.measures import measure
from behave.scoring.states import classify

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
    state = classify(time_s, motion, WRONG_THRESHOLD)
    human_s = measure(to_bouts(np.where(floating, "immobile", "mobile"), time_s), 0, 60)
    return Example(
        trial_id=f"t{number}",
        animal_id=f"a{number}",
        frames=pd.DataFrame({"time_s": time_s, "motion": motion, "state": state}),
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
    examples[0] = Example(odd.trial_id, odd.animal_id, odd.frames, 0.0, 60.0, np.zeros(600), 0.0)
    held_out = fit(examples).held_out.set_index("animal_id")
    assert held_out.loc["a0", "after_s"] > 5


def test_two_trials_of_one_animal_are_left_out_together():
    examples = [example(number) for number in range(4)]
    twin = examples[0]
    examples.append(
        Example("again", twin.animal_id, twin.frames, 0.0, 60.0, twin.human, twin.human_s)
    )
    held_out = fit(examples).held_out.set_index("trial_id")
    assert held_out.loc["again", "immobile_below"] == held_out.loc["t0", "immobile_below"]


def test_few_animals_are_said_to_be_few_and_two_are_refused():
    flags = fit([example(number) for number in range(4)]).flags
    assert [flag.name for flag in flags] == ["few_animals"]
    with pytest.raises(InputError, match="at least 3 animals"):
        fit([example(0), example(1)])
