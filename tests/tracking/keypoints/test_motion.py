"""From keypoints to motion: what counts as movement, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behave.scoring.bouts import drop_short, to_bouts, to_states
from behave.scoring.states import classify
from behave.simulate.animal import KEYPOINTS
from behave.simulate.render import World, draw_poses
from behave.simulate.swim import Swim, join, random_bouts, states_at
from behave.tracking.keypoints.cleaning import Cleaned, body_length, clean_keypoints, find_landmarks
from behave.tracking.keypoints.files import read_poses
from behave.tracking.keypoints.motion import (
    CHANGE_COST_S,
    IMMOBILE_BELOW,
    estimate_jitter,
    measure_motion,
)

LENGTH = 100.0
# Nose, tail base, middle and four paws of a stretched animal, in px.
BODY = np.array([[0, 0], [100, 0], [50, 10], [20, 30], [25, 30], [80, 30], [85, 30]], float)


def still(seconds=10, fps=25):
    """Return an animal that does not move: times, and positions of shape (frames, 7, 2)."""
    time_s = np.arange(round(seconds * fps)) / fps
    return time_s, np.repeat(BODY[None], len(time_s), axis=0)


def paddling(seconds=10, fps=25, stroke_hz=3.0, reach=10.0):
    """Return an animal whose four paws stroke by 10 px, 3 times a second."""
    time_s, xy = still(seconds, fps)
    phase = 2 * np.pi * stroke_hz * time_s
    for paw, lead in zip((3, 4, 5, 6), (0, np.pi, 1, 4), strict=True):
        xy[:, paw, 0] += reach * np.sin(phase + lead)
    return time_s, xy


@pytest.mark.parametrize("test", ["fst", "freezing"])
def test_a_still_animal_has_no_motion(test):
    time_s, xy = still()
    np.testing.assert_allclose(measure_motion(xy, time_s, LENGTH, test), 0, atol=1e-9)


def test_gliding_and_turning_count_for_freezing_and_not_for_swimming():
    time_s, xy = still()
    angle = 0.5 * time_s  # 0.5 radians per second, while it drifts by 40 px per second
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=-1)
    gliding = np.einsum("tij,tkj->tki", turn.reshape(-1, 2, 2), xy - xy.mean(axis=1)[:, None])
    gliding += 40 * time_s[:, None, None]
    assert measure_motion(gliding, time_s, LENGTH, "fst").max() < 0.01
    assert measure_motion(gliding, time_s, LENGTH, "freezing").min() > 0.4


def test_turning_about_the_vertical_axis_is_no_swimming():
    time_s, xy = still()
    xy[..., 0] *= np.cos(0.5 * time_s)[:, None]  # seen from the side: narrower and wider
    assert measure_motion(xy, time_s, LENGTH, "fst").max() < 0.01
    assert np.median(measure_motion(xy, time_s, LENGTH, "freezing")) > 0.1


@pytest.mark.parametrize("test", ["fst", "freezing"])
def test_paddling_is_movement_in_both_tests(test):
    time_s, xy = paddling()
    assert np.median(measure_motion(xy, time_s, LENGTH, test)) > 3 * IMMOBILE_BELOW["fst"]


def test_motion_hardly_depends_on_the_frame_rate():
    medians = [
        np.median(measure_motion(xy, time_s, LENGTH, "fst"))
        for time_s, xy in (paddling(fps=fps) for fps in (25, 30, 50, 60, 100))
    ]
    # At 25 frames per second strokes that never pause look a little like jitter.
    assert max(medians) < 1.2 * min(medians)


@given(zoom=st.floats(0.1, 10), shift=st.floats(-1000, 1000), turn=st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_motion_does_not_depend_on_zoom_place_or_direction(zoom, shift, turn):
    time_s, xy = paddling(2)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # A turn about the vertical axis is taken away in the swim test, so up is up there.
    for test, turned in (("freezing", matrix), ("fst", np.eye(2))):
        expected = measure_motion(xy, time_s, LENGTH, test)
        found = measure_motion(zoom * xy @ turned.T + shift, time_s, zoom * LENGTH, test)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("jitter", "fps"), [(0.5, 25), (1.0, 25), (1.5, 50)])
def test_jitter_is_estimated_and_does_not_count_as_movement(jitter, fps):
    time_s, xy = still(60, fps)
    noisy = xy + np.random.default_rng(1).normal(0, jitter, xy.shape)
    for test in ("fst", "freezing"):
        found = estimate_jitter(noisy, time_s, test) / jitter
        assert (found > 0.5).all()
        assert (found < 1.1).all()
        motion = measure_motion(noisy, time_s, LENGTH, test)
        assert immobile(motion, time_s, test).mean() > (0.95 if test == "fst" else 0.7)


def test_an_animal_that_never_rests_is_not_taken_for_a_poor_network():
    """It strokes all the time, and the network errs by 10 % of the body as it does."""
    time_s, xy = paddling(30, stroke_hz=6.0, reach=8.0)
    poor = xy + np.random.default_rng(2).normal(0, 10.0, xy.shape)
    assert (estimate_jitter(poor, time_s, "fst") > 5).all()
    assert not immobile(measure_motion(poor, time_s, LENGTH, "fst"), time_s, "fst").any()


def test_one_paw_that_keeps_the_balance_does_not_count():
    time_s, xy = still()
    xy[:, 3, 0] += 10 * np.sin(2 * np.pi * 3 * time_s)
    assert measure_motion(xy, time_s, LENGTH, "freezing").max() < IMMOBILE_BELOW["freezing"]


def test_too_few_known_keypoints_are_not_measured():
    time_s, xy = paddling(4)
    xy[:50, :4] = np.nan  # 3 of 7 are left
    xy[50:, :3] = np.nan  # 4 of 7 are left
    motion = measure_motion(xy, time_s, LENGTH, "fst")
    assert np.isnan(motion[:49]).all()
    assert np.isfinite(motion[51:]).all()
    assert np.isnan(measure_motion(xy[:, :2], time_s, LENGTH, "fst")).all()


def test_short_gaps_are_bridged_and_long_ones_are_not():
    time_s, xy = still(4)
    xy[:, :, 0] += 25 * time_s[:, None]
    likelihood = np.ones(xy.shape[:2])
    likelihood[20:24, 0] = 0.1  # 0.2 s from the last trusted position to the next
    likelihood[50:55, 0] = 0.1
    xy[20:24, 0] = 999
    cleaned = clean_keypoints(
        xy, likelihood, time_s, list("abcdefg"), likelihood_above=0.2, longest_gap_s=0.2
    )
    np.testing.assert_allclose(cleaned.xy[20:24, 0, 0], 25 * time_s[20:24])
    assert np.isnan(cleaned.xy[50:55, 0]).all()
    assert cleaned.kept.mean() == pytest.approx(1 - 9 / 700)


def cleaned(xy, names):
    return Cleaned(tuple(names), xy, np.isfinite(xy).all(axis=-1))


def test_body_length_is_that_of_the_stretched_animal():
    _, xy = still()
    xy[: len(xy) // 2, 1, 0] = 60  # curled up half of the time
    names = ["Nose", "Tail_base", "c", "d", "e", "f", "tail_tip"]
    assert body_length(cleaned(xy, names)) == pytest.approx(100)
    assert body_length(cleaned(xy, ["a", "Tail", *"cdefg"])) == pytest.approx(
        np.hypot(85, 30), rel=1e-6
    ), "without nose and tail base: the longest distance that is not on the tail"


def test_corners_of_the_arena_are_landmarks_once_the_animal_travels():
    time_s, xy = still()
    xy[:, 2:] += 30 * time_s[:, None, None]
    assert find_landmarks(cleaned(xy, "abcdefg")) == ("a", "b")
    assert find_landmarks(cleaned(still()[1], "abcdefg")) == ()


def kappa(one, two):
    """Cohen's kappa of two yes/no series."""
    agreed = (one == two).mean()
    chance = one.mean() * two.mean() + (1 - one.mean()) * (1 - two.mean())
    return (agreed - chance) / (1 - chance)


def immobile(motion, time_s, test):
    """Which frames count as immobile by the tracker's own threshold."""
    states = classify(time_s, motion, IMMOBILE_BELOW[test], switch_penalty_s=CHANGE_COST_S)
    bouts = drop_short(to_bouts(states, time_s), 0.5)
    return to_states(bouts, time_s) == "immobile"


@pytest.mark.parametrize("noise", [0.005, 0.02])
@pytest.mark.parametrize("vigour", [0.5, 1.0])
def test_rendered_swimmers_are_scored_as_they_were_made(noise, vigour):
    rng = np.random.default_rng(5)
    bouts = join(random_bouts(rng, 30.0, 0.5, climbing_share=0.15))
    world = World(width=160, height=120, fps=25, ripples=0)
    drawn = list(draw_poses(world, [Swim(bouts, vigour=vigour, drift=0.25)], 5))
    time_s = np.array([time for time, _, _ in drawn])
    xy = np.stack([points[0] for _, _, points in drawn])
    length = body_length(cleaned(xy, KEYPOINTS))
    # Jitter of 0.5 and 2 % of the body: the networks tried had 1 to 2 px of 60 to 270.
    xy = xy + rng.normal(0, noise * length, xy.shape)
    motion = measure_motion(xy, time_s, body_length(cleaned(xy, KEYPOINTS)), "fst")
    assert kappa(immobile(motion, time_s, "fst"), states_at(bouts, time_s) == 0) > 0.8


@pytest.mark.shared_data
def test_freezing_of_a_real_mouse_is_scored_as_a_person_did(shared_data):
    folder = shared_data / "freezing_pose"
    poses = read_poses(folder / "demo1_tracking.csv")
    human = np.loadtxt(folder / "demo1_human_freezing.csv", delimiter=",", skiprows=1)[:, 1] > 0
    time_s = np.arange(len(human)) / 50
    ready = clean_keypoints(
        poses.xy[:, 0], poses.likelihood[:, 0], time_s, poses.keypoints,
        likelihood_above=0.2, longest_gap_s=0.2,
    )  # fmt: skip
    for every in (1, 2, 3):  # 50, 25 and 17 frames per second
        times, truth = time_s[::every], human[::every]
        motion = measure_motion(ready.xy[::every], times, body_length(ready), "freezing")
        scored = immobile(motion, times, "freezing")
        f1 = 2 * (scored & truth).sum() / (scored.sum() + truth.sum())
        assert f1 > 0.90
        assert (scored == truth).mean() > 0.95


def test_swinging_by_the_tail_is_no_movement():
    time_s, xy = still()
    swing = 0.5 * np.sin(2 * np.pi * 1.6 * time_s)
    turns = np.stack([np.stack([np.cos(swing), -np.sin(swing)], -1),
                      np.stack([np.sin(swing), np.cos(swing)], -1)], -2)  # fmt: skip
    pivot = np.array([170.0, 0.0])
    hung = np.einsum("fij,fkj->fki", turns, xy - pivot) + pivot
    motion = measure_motion(hung, time_s, LENGTH, "tst")
    assert np.nanmax(motion) < IMMOBILE_BELOW["tst"]
    time_s, xy = paddling()
    assert np.nanmedian(measure_motion(xy, time_s, LENGTH, "tst")) > IMMOBILE_BELOW["tst"]
