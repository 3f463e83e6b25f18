"""Edges of bouts: at the step of the motion, wherever the threshold lies."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from behave.scoring.boundaries import ONSET_LEAD_S, classify_states, place_boundaries
from behave.scoring.states import classify

RATE = 30
THRESHOLD = 0.07
PENALTY_S = 0.06


def swims_then_floats(level, settling=0.0):
    """Swim for 5 s at a level, float for 5 s near 0, with a tail of settling in s."""
    time_s = np.arange(0, 10, 1 / RATE)
    after = np.clip(time_s - 5, 0, None)
    tail = 0.5 * level * np.exp(-after / settling) if settling else 0.0
    return time_s, np.where(time_s < 5, level, np.maximum(0.01, tail))


def first_float(time_s, states):
    return float(time_s[np.flatnonzero(states == "immobile")[0]])


def test_a_float_begins_where_the_strokes_end_and_not_where_motion_passes_the_threshold():
    time_s, motion = swims_then_floats(level=0.6, settling=0.15)
    by_threshold = first_float(
        time_s, classify(time_s, motion, THRESHOLD, switch_penalty_s=PENALTY_S)
    )
    placed = first_float(time_s, classify_states(time_s, motion, THRESHOLD, PENALTY_S))
    assert by_threshold > 5.15
    assert placed == pytest.approx(5 - ONSET_LEAD_S, abs=2 / RATE)


@pytest.mark.parametrize("level", [0.1, 0.3, 0.9])
def test_weak_and_strong_swimmers_begin_to_float_at_the_same_time(level):
    time_s, motion = swims_then_floats(level)
    placed = first_float(time_s, classify_states(time_s, motion, THRESHOLD, PENALTY_S))
    assert placed == pytest.approx(5 - ONSET_LEAD_S, abs=1 / RATE)


def test_a_float_ends_with_the_first_stroke_and_not_with_the_strongest():
    time_s = np.arange(0, 10, 1 / RATE)
    motion = np.interp(time_s, [0, 5, 5.3, 10], [0.01, 0.01, 0.8, 0.8])
    states = classify_states(time_s, motion, THRESHOLD, PENALTY_S)
    last = float(time_s[np.flatnonzero(states == "immobile")[-1]])
    assert last == pytest.approx(5.03, abs=0.04)


def test_an_edge_beside_unscored_time_stays():
    time_s = np.arange(0, 4, 1 / RATE)
    motion = np.where(time_s < 2, 0.5, 0.01)
    motion[(time_s > 1.8) & (time_s < 2.1)] = np.nan
    states = classify(time_s, motion, THRESHOLD, switch_penalty_s=PENALTY_S)
    assert (place_boundaries(time_s, motion, states, THRESHOLD) == states).all()


@pytest.mark.parametrize(("glide_s", "expected_s"), [(0.4, 5.0), (0.7, 5.2)])
def test_no_edge_moves_farther_than_half_a_second(glide_s, expected_s):
    """Strokes end at 5 s; the body then glides above the threshold, and is still after that."""
    time_s = np.arange(0, 10, 1 / RATE)
    motion = np.where(time_s < 5, 20 * THRESHOLD, 4 * THRESHOLD)
    motion[time_s >= 5 + glide_s] = THRESHOLD / 10
    states = classify(time_s, motion, THRESHOLD, switch_penalty_s=PENALTY_S)
    began_s = first_float(time_s, place_boundaries(time_s, motion, states, THRESHOLD))
    assert began_s == pytest.approx(expected_s - ONSET_LEAD_S, abs=1.5 / RATE)


@settings(max_examples=100, deadline=None)
@given(
    motion=st.lists(st.one_of(st.floats(0.001, 1), st.just(float("nan"))), max_size=120),
    rate=st.sampled_from([12.0, 25.0, 60.0]),
)
@example(motion=[1.0] + [0.03] * 10, rate=13.0)  # one frame, shorter than a glide
def test_every_bout_keeps_its_place_in_the_sequence(motion, rate):
    signal = np.array(motion, dtype=float)
    time_s = np.arange(signal.size) / rate
    states = classify(time_s, signal, THRESHOLD, switch_penalty_s=PENALTY_S)
    placed = place_boundaries(time_s, signal, states, THRESHOLD)

    def sequence(values):
        return [v for n, v in enumerate(values) if n == 0 or v != values[n - 1]]

    assert sequence(placed.tolist()) == sequence(states.tolist())
    assert ((placed == "unscored") == (states == "unscored")).all()
