"""A motion signal becomes states, whatever the frame rate."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behave.scoring.states import IMMOBILE, MOBILE
from behave.scoring.states import classify as classify_at_a_price

THRESHOLD = 0.02
# With the price of a change of a tracker that smooths its motion.
classify = partial(classify_at_a_price, switch_penalty_s=0.06)


def swim(rate: float, bouts: list[tuple[float, float]], seconds: float = 20) -> tuple:
    """Return times and motion: 0.1 while swimming, 0.004 in the immobile bouts."""
    time_s = np.arange(0, seconds, 1 / rate)
    motion = np.full(time_s.shape, 0.1)
    for start, stop in bouts:
        motion[(time_s >= start) & (time_s < stop)] = 0.004
    return time_s, motion


def immobile_s(time_s, states) -> float:
    """Return the time in immobile frames."""
    return float((states == "immobile").sum() * (time_s[1] - time_s[0]))


def test_clear_bouts_come_out_as_they_are():
    time_s, motion = swim(30, [(3, 5), (8, 8.6), (15, 20)])
    expected = np.where(motion < THRESHOLD, "immobile", "mobile")
    assert (classify(time_s, motion, THRESHOLD) == expected).all()


def test_one_violent_frame_does_not_end_a_float():
    time_s, motion = swim(30, [(5, 15)])
    motion[300] = 5.0
    states = classify(time_s, motion, THRESHOLD)
    assert (states[(time_s >= 5) & (time_s < 15)] == "immobile").all()


def test_one_quiet_frame_does_not_end_a_swim():
    time_s, motion = swim(30, [])
    motion[300:303] = 0.0
    assert (classify(time_s, motion, THRESHOLD) == "mobile").all()


def test_what_was_not_measured_is_unscored_and_never_immobile():
    time_s, motion = swim(30, [(5, 15)])
    motion[200:260] = np.nan
    motion[400] = np.nan
    states = classify(time_s, motion, THRESHOLD)
    assert ((states == "unscored") == np.isnan(motion)).all()


def test_nothing_measured_is_unscored_throughout():
    assert (classify(np.arange(5.0), np.full(5, np.nan), THRESHOLD) == "unscored").all()


def test_no_frames_give_no_states():
    assert classify(np.array([]), np.array([]), THRESHOLD).shape == (0,)


def test_a_single_frame_has_the_state_of_its_motion():
    assert classify(np.array([3.0]), np.array([0.001]), THRESHOLD).tolist() == ["immobile"]


def test_what_lies_before_a_gap_says_nothing_of_what_comes_after():
    """A weak sign of movement is outvoted by its neighbours, unless a gap parts them."""
    motion = np.array([*[0.001] * 30, *[0.03] * 4])
    joined = np.arange(34) / 30
    parted = joined + np.where(np.arange(34) >= 30, 3.0, 0.0)
    assert (classify(joined, motion, THRESHOLD) == "immobile").all()
    assert (classify(parted, motion, THRESHOLD)[30:] == "mobile").all()


@pytest.mark.parametrize("rate", [10, 15, 25, 50, 60, 120])
def test_the_frame_rate_does_not_change_the_score(rate):
    bouts = [(2, 2.8), (5, 9), (12, 12.5), (14, 19)]
    time_s, motion = swim(rate, bouts)
    truth = sum(stop - start for start, stop in bouts)
    assert immobile_s(time_s, classify(time_s, motion, THRESHOLD)) == pytest.approx(truth, abs=0.2)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from([12.0, 25.0, 30.0, 60.0]),
    jitter=st.floats(0, 0.4),
)
def test_resampling_a_motion_signal_in_time_hardly_changes_the_score(seed, rate, jitter):
    generator = np.random.default_rng(seed)
    fine_s = np.arange(0, 60, 1 / 120)
    level = np.repeat(generator.choice([0.003, 0.08], 60), 120)
    wander = np.exp(
        0.3 * np.convolve(generator.normal(size=fine_s.size), np.ones(12) / 3.5, "same")
    )
    motion = level * wander
    times = np.arange(0, 60, 1 / rate)
    times = np.sort(times + jitter / rate * generator.uniform(-0.5, 0.5, times.size)).clip(0, 59.9)
    coarse = np.interp(times, fine_s, motion)
    fine = classify(fine_s, motion, THRESHOLD) == "immobile"
    states = classify(times, coarse, THRESHOLD) == "immobile"
    held = np.gradient(times)
    assert abs(fine.mean() - (states * held).sum() / held.sum()) < 0.015


@settings(max_examples=60, deadline=None)
@given(
    motion=st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=60),
    threshold=st.floats(1e-3, 0.5),
    factor=st.floats(0.01, 100),
)
def test_only_the_ratio_of_motion_to_threshold_counts(motion, threshold, factor):
    time_s = np.arange(len(motion)) / 30
    plain = classify(time_s, np.array(motion), threshold)
    scaled = classify(time_s, np.array(motion) * factor, threshold * factor)
    clear = np.abs(np.log(np.maximum(motion, 1e-300) / np.float64(threshold))) > 1e-9
    if np.all(clear | np.isnan(motion)):
        assert (plain == scaled).all()


@settings(max_examples=60, deadline=None)
@given(motion=st.lists(st.floats(0, 1), min_size=1, max_size=80), low=st.floats(0.001, 0.5))
def test_a_higher_threshold_never_finds_less_immobility(motion, low):
    time_s = np.arange(len(motion)) / 15
    states = [classify(time_s, np.array(motion), threshold) for threshold in (low, 2 * low)]
    fewer, more = ((found == "immobile").sum() for found in states)
    assert fewer <= more


@settings(max_examples=100, deadline=None)
@given(
    motion=st.lists(st.floats(0.0005, 1), min_size=1, max_size=9),
    cost=st.floats(0.01, 1),
)
def test_the_path_is_the_cheapest_of_all(motion, cost):
    """Against trying out every sequence of states."""
    time_s = np.arange(len(motion)) / 10
    evidence = np.clip(np.log(np.array(motion) / THRESHOLD), -1, 1) * (
        0.1 if len(motion) > 1 else 1
    )

    def worth(mobile: np.ndarray) -> float:
        gained = np.where(mobile, evidence, -evidence).sum() / 2
        return float(gained - cost * np.count_nonzero(np.diff(mobile)))

    every = ((np.arange(2 ** len(motion))[:, None] >> np.arange(len(motion))) & 1).astype(bool)
    found = classify(time_s, np.array(motion), THRESHOLD, switch_penalty_s=cost) == "mobile"
    assert worth(found) == pytest.approx(max(worth(mobile) for mobile in every), abs=1e-9)


PENALTY_S = 0.1
FINE_S = 0.002


def burst(times_threshold, length_s):
    """Return whether a burst of so many thresholds amid stillness counts as movement."""
    motion = np.full(2000, THRESHOLD / 10)
    first = motion.size // 2
    motion[first : first + round(length_s / FINE_S)] = times_threshold * THRESHOLD
    time_s = np.arange(motion.size) * FINE_S
    found = classify_at_a_price(time_s, motion, THRESHOLD, switch_penalty_s=PENALTY_S)
    return MOBILE in found


def test_two_changes_cost_twice_the_penalty_in_seconds_of_clear_evidence():
    # Evidence is clear from e times the threshold on; a burst costs a change at each end.
    assert not burst(np.e, 2 * PENALTY_S - 0.01)
    assert burst(np.e, 2 * PENALTY_S + 0.01)


def test_evidence_is_clear_at_e_times_the_threshold_and_no_clearer_above():
    assert not burst(1000, 2 * PENALTY_S - 0.01)
    assert burst(1000, 2 * PENALTY_S + 0.01)
    # Below it counts by its logarithm: at e**0.5 a burst has to last twice as long.
    assert not burst(np.e**0.5, 4 * PENALTY_S - 0.01)
    assert burst(np.e**0.5, 4 * PENALTY_S + 0.01)


@pytest.mark.parametrize(("gap_s", "state"), [(0.4, IMMOBILE), (0.6, MOBILE)])
def test_half_a_second_without_a_measurement_cuts_the_recording(gap_s, state):
    # After a cut the last 80 ms stand alone; without one the long float before them counts.
    time_s = np.arange(0, 4, FINE_S)
    motion = np.full(time_s.size, THRESHOLD / 10)
    motion[time_s >= 3] = np.nan
    time_s, motion = time_s[time_s < 3 + gap_s + 0.08], motion[time_s < 3 + gap_s + 0.08]
    motion[time_s >= 3 + gap_s] = 10 * THRESHOLD
    found = classify_at_a_price(time_s, motion, THRESHOLD, switch_penalty_s=PENALTY_S)
    assert found[-1] == state
