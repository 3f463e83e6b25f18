"""Each camera's threshold: learnt, borrowed or by default, blind to the groups."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from behave.scoring import MotionSignal
from behave.scoring.calibration import Pool, calibrate, find_calibration_flags, measure_histogram
from behave.scoring.states import IMMOBILE

DEFAULT = 0.06
RATE, LENGTH_S = 15, 240


def swim(floating, seed, scale=1.0):
    """Return the motion of an animal that floats for a share of its bouts, and its true states.

    Synthetic. Animals differ: their strokes and floats are up to 1.5 times as strong.
    """
    rng = np.random.default_rng(seed)
    bouts = rng.random(LENGTH_S // 4) < floating
    floats = np.repeat(bouts, 4 * RATE)
    own = np.exp(rng.uniform(-0.2, 0.2, 2))
    level = np.where(floats, 0.012 * own[0], 0.25 * own[1])
    motion = scale * level * np.exp(rng.normal(0, 0.5, floats.size))
    frames = pd.DataFrame({"time_s": np.arange(floats.size) / RATE, "motion": motion})
    return MotionSignal(frames, 0.0, 0.06), floats


def pool(animals, camera="1", default=DEFAULT, tracker="silhouette"):
    histograms = {name: measure_histogram(signal, np.inf) for name, (signal, _) in animals.items()}
    return Pool(camera, tracker, default, histograms)


def immobility(signal, threshold):
    """Return the share of time scored immobile, in points."""
    return 100 * float((signal.states(threshold) == IMMOBILE).mean())


@pytest.fixture(scope="module")
def cohort():
    return {f"m{n}": swim(share, n) for n, share in enumerate(np.linspace(0.05, 0.9, 9))}


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.5])
def test_each_camera_gets_its_own_scale(scale):
    animals = {f"m{n}": swim(share, n, scale) for n, share in enumerate(np.linspace(0.1, 0.9, 8))}
    (found,) = calibrate([pool(animals)])
    assert (found.source, found.clarity, found.n_animals) == ("learnt", 1.0, 8)
    assert found.minutes == pytest.approx(8 * LENGTH_S / 60, rel=1e-3)
    for signal, floats in animals.values():
        assert immobility(signal, found.immobile_below) == pytest.approx(100 * floats.mean(), abs=1)


def test_no_animal_moves_the_others_by_more_than_a_point(cohort):
    (whole,) = calibrate([pool(cohort)])
    for left_out in cohort:
        rest = {name: animal for name, animal in cohort.items() if name != left_out}
        (found,) = calibrate([pool(rest)])
        for signal, _ in rest.values():
            change = immobility(signal, found.immobile_below) - immobility(
                signal, whole.immobile_below
            )
            assert abs(change) < 1


def test_an_animal_weighs_as_one_however_long_it_was_filmed(cohort):
    doubled = pool(cohort)
    longer = dict(doubled.histograms) | {"m0": 5 * doubled.histograms["m0"]}
    (one,), (other,) = (
        calibrate([doubled]),
        calibrate([Pool("1", "silhouette", DEFAULT, longer)]),
    )
    assert other.immobile_below == one.immobile_below


def test_one_that_always_floats_and_one_that_never_does_are_both_right():
    animals = {"floats": swim(1.0, 1), "swims": swim(0.0, 2)}
    (found,) = calibrate([pool(animals)])
    assert found.source == "learnt"
    assert immobility(animals["floats"][0], found.immobile_below) > 99
    assert immobility(animals["swims"][0], found.immobile_below) < 1


@pytest.mark.parametrize("floating", [0.0, 1.0])
def test_such_an_animal_alone_is_not_split(floating):
    animal = swim(floating, 3)
    (found,) = calibrate([pool({"alone": animal})])
    assert (found.source, found.immobile_below, found.clarity) == ("default", DEFAULT, 0.0)
    assert immobility(animal[0], found.immobile_below) == pytest.approx(100 * floating, abs=0.5)
    (flag,) = find_calibration_flags([found])
    assert flag.name == "scale_not_learnt"
    assert "camera 1" in flag.text


def test_a_camera_that_cannot_tell_takes_what_the_others_say(cohort):
    """The second camera filmed one swimmer; the first sees everything twice as strong as usual."""
    first = {name: swim(0.4, n, 2.0) for n, name in enumerate(cohort)}
    told = calibrate([pool(first, "1"), pool({"x": swim(0.0, 50, 2.0)}, "2")])
    assert [one.source for one in told] == ["learnt", "study"]
    assert told[1].immobile_below == told[0].immobile_below
    assert "other cameras" in find_calibration_flags(told)[0].text


def test_trackers_do_not_teach_one_another(cohort):
    told = calibrate([pool(cohort, tracker="keypoints_fst"), pool({"x": swim(0.0, 50)}, "2")])
    assert [one.source for one in told] == ["learnt", "default"]


def test_a_given_threshold_is_that_number(cohort):
    (found,) = calibrate([pool(cohort)], {("1", "silhouette"): 0.123})
    assert (found.source, found.immobile_below, found.clarity) == ("given", 0.123, 1.0)
    assert find_calibration_flags([found]) == []


def test_less_than_ten_seconds_teach_nothing():
    signal, floats = swim(0.5, 4)
    short = MotionSignal(signal.frames[: 9 * RATE], 0.0, 0.06)
    (found,) = calibrate([pool({"short": (short, floats)})])
    assert (found.source, found.clarity) == ("default", 0.0)
    assert "only 9 s" in find_calibration_flags([found])[0].text


def test_a_tracker_without_a_threshold_has_the_learnt_one_or_none(cohort):
    (found,) = calibrate([pool(cohort, default=np.nan)])
    assert found.source == "learnt"
    (unknown,) = calibrate([pool({"x": swim(0.0, 5)}, default=np.nan)])
    assert np.isnan(unknown.immobile_below)
    assert find_calibration_flags([unknown]) == []


def test_the_same_animals_in_another_order_give_the_same_number(cohort):
    (one,), (other,) = (
        calibrate([pool(cohort)]),
        calibrate([pool(dict(reversed(list(cohort.items()))))]),
    )
    assert one.immobile_below == other.immobile_below


def test_rest_that_spreads_up_to_movement_is_cut_where_both_are_equally_likely(cohort):
    """As a still body that spins on its tail: the valley is filled, movement is as narrow as ever."""
    rng = np.random.default_rng(0)
    spun = {}
    for name, (signal, floats) in cohort.items():
        level = np.where(floats, 0.012, 0.25)
        spread = np.where(floats, 1.0, 0.3)
        motion = level * np.exp(spread * rng.normal(0, 1, floats.size))
        spun[name] = MotionSignal(signal.frames.assign(motion=motion), 0.0, 0.06), floats
    (valley,) = calibrate([pool(spun)])
    (crossing,) = calibrate([replace(pool(spun), at_crossing=True)])
    # Where the two normal curves cross, in closed form.
    mean, far = np.log([0.012, 0.25])
    grid = np.linspace(mean, far, 100_000)
    rest = -0.5 * (grid - mean) ** 2
    moves = -0.5 * ((grid - far) / 0.3) ** 2 - np.log(0.3)
    expected = float(np.exp(grid[np.argmax(moves > rest)]))
    assert crossing.immobile_below == pytest.approx(expected, rel=0.1)
    assert valley.immobile_below < 0.85 * expected


@pytest.mark.parametrize("at_crossing", [False, True])
def test_two_modes_far_from_any_movement_teach_nothing(at_crossing):
    """A still animal alone: noise while it rests, breathing and a slow swing now and then."""
    signal, _ = swim(0.5, 1, scale=0.002)
    (found,) = calibrate([replace(pool({"still": (signal, None)}), at_crossing=at_crossing)])
    assert (found.source, found.immobile_below) == ("default", DEFAULT)
    assert immobility(signal, found.immobile_below) == 100
