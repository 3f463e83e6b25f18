"""Two modes are found where there are two, and one is never split."""

import numpy as np
import pandas as pd
import pytest

from behave.scoring import MotionSignal
from behave.scoring.calibration.histogram import MOTION, measure_histogram
from behave.scoring.calibration.modes import find_modes

# In logarithms, as the tracker's motion in rendered clips: floats .012, swims .25.
FLOAT, SWIM, SPREAD = np.log(0.012), np.log(0.25), 0.5


def shares_of(motion):
    """Return the share of time per bin of frames of equal length."""
    frames = pd.DataFrame({"time_s": np.arange(len(motion)) / 30, "motion": motion})
    seconds = measure_histogram(MotionSignal(frames, 0.0, 0.06), np.inf)
    return seconds / seconds.sum()


def pool(floating, count=10_000, seed=1, apart=SWIM - FLOAT):
    """Return made motion that floats for a share of the time."""
    rng = np.random.default_rng(seed)
    floats = rng.random(count) < floating
    return np.exp(np.where(floats, SWIM - apart, SWIM) + rng.normal(0, SPREAD, count))


@pytest.mark.parametrize("floating", [0.03, 0.2, 0.5, 0.8, 0.97])
def test_the_valley_is_found_whatever_the_share_of_floating(floating):
    found = find_modes(shares_of(pool(floating)))
    assert found.clarity == 1
    # Between the modes, a spread and a half away from both.
    assert np.exp(FLOAT + 1.5 * SPREAD) < found.threshold < np.exp(SWIM - 1.5 * SPREAD)


@pytest.mark.parametrize("floating", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_one_mode_is_not_split(floating, seed):
    assert find_modes(shares_of(pool(floating, seed=seed))).clarity == 0


def test_modes_that_lie_too_near_have_no_say():
    """Swimmers of two strengths are not a floater and a swimmer."""
    assert find_modes(shares_of(pool(0.5, apart=1.0))).clarity == 0


@pytest.mark.parametrize("factor", [0.01, 0.3, 40.0])
def test_another_unit_of_motion_only_moves_the_threshold(factor):
    motion = pool(0.4)
    one, other = find_modes(shares_of(motion)), find_modes(shares_of(factor * motion))
    assert other.threshold / one.threshold == pytest.approx(factor, rel=0.03)
    assert other.clarity == one.clarity


def test_an_animal_that_never_moved_teaches_nothing():
    assert find_modes(shares_of(np.zeros(1000))).clarity == 0


def test_stillness_without_any_motion_is_a_mode_too():
    """Motion from which the jitter was taken away is often 0 in an animal that freezes."""
    motion = np.where(np.arange(10_000) % 100 < 30, 0.0, pool(0.0))
    found = find_modes(shares_of(motion))
    assert found.clarity == 1
    assert 0 < found.threshold < 0.1


def test_time_is_counted_from_the_entry_to_the_end_of_the_trial_where_it_was_seen():
    motion = np.array([1.0] * 10 + [0.1] * 10 + [np.nan] * 5 + [5.0] * 10)
    frames = pd.DataFrame({"time_s": np.arange(35) / 10, "motion": motion})
    seconds = measure_histogram(MotionSignal(frames, 1.0, 0.06), 2.0)
    assert seconds.sum() == pytest.approx(1.5)
    assert seconds[np.argmin(abs(MOTION - 0.1))] == pytest.approx(1.0)
    assert seconds[np.argmin(abs(MOTION - 5.0))] == pytest.approx(0.5)


def test_uneven_frames_count_by_their_time():
    times = np.concatenate([np.arange(0, 1, 0.01), np.arange(1, 2, 0.1)])
    frames = pd.DataFrame({"time_s": times, "motion": np.where(times < 1, 0.1, 2.0)})
    seconds = measure_histogram(MotionSignal(frames, 0.0, 0.06), np.inf)
    weak = seconds[np.argmin(abs(MOTION - 0.1))]
    assert weak / seconds.sum() == pytest.approx(0.5, abs=0.06)
