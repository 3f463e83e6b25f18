"""Files of keypoints as a tracker: whose they are, when, and what is said of them."""

import numpy as np
import pandas as pd
import pytest

from behave.errors import TrialError
from behave.tracking import Arena, TrackingOptions, Trial, track
from behave.tracking.keypoints.files import Poses
from behave.tracking.keypoints.tracks import find_repeats, make_track, pick_animal

WHOLE = Arena("1", 0, 0, 0, 0)
OPTIONS = TrackingOptions(method="deeplabcut", fps=25)
NAMES = ("nose", "tail_base", "paw")


def test_a_file_without_its_video_needs_the_frame_rate(tmp_path, write_poses):
    path = write_poses(tmp_path / "clip.csv")
    with pytest.raises(TrialError, match="--fps"):
        track(path, [Trial("a", WHOLE)], TrackingOptions(method="deeplabcut"))
    (found,) = track(path, [Trial("a", WHOLE)], OPTIONS)
    assert found.motion["time_s"].iloc[-1] == pytest.approx(99 / 25)
    assert found.motion["x_px"].iloc[0] == pytest.approx(30)
    assert found.motion["motion"].max() < 0.01, "the test is fst: drifting is no movement"
    assert found.kept == {"nose": 1.0, "tail_base": 1.0, "paw": 1.0}
    assert found.flags == ()


def test_the_kept_share_of_each_keypoint_is_told(tmp_path, write_poses):
    path = write_poses(tmp_path / "clip.csv")
    table = pd.read_csv(path, header=[0, 1, 2], index_col=0)
    table.iloc[:25, 2] = 0.1
    table.to_csv(path)
    (found,) = track(path, [Trial("a", WHOLE, entry_s=0.0)], OPTIONS)
    assert found.kept == pytest.approx({"nose": 0.75, "tail_base": 1.0, "paw": 1.0})
    (flag,) = found.flags
    assert (flag.name, flag.value) == ("keypoints_lost", 0.75)
    assert "nose 75 %" in flag.text


def test_an_animal_that_was_never_seen_does_not_stop_its_neighbours():
    poses = two_animals(60)
    poses.xy[:, 0] += np.arange(3)[:, None] * 10  # three keypoints in a row
    poses.likelihood[:] = 0.0
    poses.likelihood[:10, 0], poses.likelihood[10:, 1] = 0.9, 0.9  # the one at 50, 50
    arenas = Arena("1", 0, 0, 100, 100), Arena("2", 200, 200, 100, 100)
    seen, unseen = (
        make_track(poses, np.arange(60) / 25, Trial(arena.name, arena), OPTIONS) for arena in arenas
    )
    assert np.isfinite(seen.motion["x_px"]).all()
    assert unseen.motion["motion"].isna().all()
    assert "animal_not_found" in [flag.name for flag in unseen.flags]


def test_a_file_of_one_row_is_refused_and_a_short_one_is_measured(tmp_path, write_poses):
    with pytest.raises(TrialError, match="too few frames"):
        track(write_poses(tmp_path / "one.csv", 1), [Trial("a", WHOLE)], OPTIONS)
    for frames in (2, 3, 9):
        (found,) = track(write_poses(tmp_path / "clip.csv", frames), [Trial("a", WHOLE)], OPTIONS)
        assert len(found.motion) == frames


def test_one_keypoint_has_no_length_and_no_limbs(tmp_path, write_poses):
    path = write_poses(tmp_path / "clip.csv")
    alone = OPTIONS.model_copy(update={"keypoints": ("nose",)})
    with pytest.raises(TrialError, match="body length"):
        track(path, [Trial("a", WHOLE)], alone)


def test_an_animal_that_is_not_there_at_first_enters_later(tmp_path, write_poses):
    path = write_poses(tmp_path / "clip.csv", 150)
    table = pd.read_csv(path, header=[0, 1, 2], index_col=0)
    table.iloc[:60, [2, 5, 8]] = 0.01
    table.to_csv(path)
    (found,) = track(path, [Trial("a", WHOLE)], OPTIONS)
    assert (found.entry_s, found.entry_source) == (60 / 25, "detected")
    (given,) = track(path, [Trial("a", WHOLE, entry_s=3.0)], OPTIONS)
    assert (given.entry_s, given.entry_source) == (3.0, "given")


def test_keypoints_can_be_chosen_and_unknown_ones_are_named(tmp_path, write_poses):
    path = write_poses(tmp_path / "clip.csv")
    chosen = OPTIONS.model_copy(update={"keypoints": ("nose", "tail_base", "paws")})
    with pytest.raises(TrialError, match="did you mean 'paw'"):
        track(path, [Trial("a", WHOLE)], chosen)


def test_a_scale_in_cm_replaces_the_measured_length(tmp_path, write_poses):
    path = write_poses(tmp_path / "clip.csv")
    freezing = OPTIONS.model_copy(update={"test": "freezing"})
    (measured,) = track(path, [Trial("a", WHOLE)], freezing)
    scaled = freezing.model_copy(update={"body_length_cm": 8.0})
    cm = Arena("1", 0, 0, 0, 0, px_per_cm=4.0)  # 32 px; nose to tail base is 63.2 px
    (given,) = track(path, [Trial("a", cm)], scaled)
    ratio = given.motion["motion"].median() / measured.motion["motion"].median()
    assert ratio == pytest.approx(np.hypot(60, 20) / 32, rel=1e-3)


def two_animals(frames=20):
    """Two animals in arenas side by side, whose names are swapped after 10 frames."""
    xy = np.empty((frames, 2, 3, 2))
    xy[:, 0], xy[:, 1] = 50.0, 250.0
    xy[10:] = xy[10:, ::-1]
    return Poses("two.csv", ("m1", "m2"), NAMES, xy, np.ones(xy.shape[:3]))


def test_animals_are_told_apart_by_their_arena_whatever_their_names():
    left, right = Arena("1", 0, 0, 100, 100), Arena("2", 200, 200, 100, 100)
    poses = two_animals()
    assert (pick_animal(poses, left)[0] == 50).all()
    assert (pick_animal(poses, right)[0] == 250).all()
    empty_xy, empty_likelihood = pick_animal(poses, Arena("3", 400, 0, 100, 100))
    assert np.isnan(empty_xy).all()
    assert (empty_likelihood == 0).all()


def test_without_a_picture_animals_are_told_apart_by_name():
    poses = two_animals()
    assert (pick_animal(poses, Arena("m2", 0, 0, 0, 0))[0][:10] == 250).all()
    with pytest.raises(TrialError, match="no individual 'm3'"):
        pick_animal(poses, Arena("m3", 0, 0, 0, 0))


def jittered(frames: int, digits: int = 9) -> Poses:
    """Return an animal that drifts, as a network sees it: never twice the same."""
    rng = np.random.default_rng(1)
    xy = np.array([[0, 40], [60, 60], [30, 50]]) + rng.normal(0, 0.2, (frames, 1, 3, 2))
    xy += np.arange(frames)[:, None, None, None] / 5
    likelihood = rng.uniform(0.9, 1, (frames, 1, 3))
    return Poses("a.csv", ("1",), NAMES, xy.round(digits), likelihood)


def frozen(poses: Poses, start: int, stop: int) -> Poses:
    """Return keypoints of a recording that hung from one frame to another."""
    poses.xy[start:stop], poses.likelihood[start:stop] = poses.xy[start], poses.likelihood[start]
    return poses


def test_keypoints_that_repeat_to_the_last_digit_are_a_picture_that_stood_still():
    time_s = np.arange(200) / 25
    found = find_repeats(frozen(jittered(200), 50, 100), time_s)
    assert found.tolist() == [[2.0, 4.0]]


@pytest.mark.parametrize(
    "poses",
    [
        jittered(200),
        frozen(jittered(200), 50, 60),  # 0.36 s: a hiccup
        jittered(200, digits=0),  # a file of whole px
    ],
)
def test_live_keypoints_never_stand_still(poses):
    assert find_repeats(poses, np.arange(200) / 25).size == 0


def test_an_animal_in_whole_px_that_rests_is_no_frozen_picture():
    poses = jittered(200)
    poses.xy[:] = poses.xy.round()
    assert find_repeats(frozen(poses, 50, 100), np.arange(200) / 25).size == 0


def test_nothing_found_again_and_again_is_no_frozen_picture():
    poses = frozen(jittered(200), 50, 100)
    poses.likelihood[50:100] = 0.0
    assert find_repeats(poses, np.arange(200) / 25).size == 0


def test_pictures_stored_three_times_are_live():
    poses = jittered(300)
    poses.xy[:], poses.likelihood[:] = (
        poses.xy[::3].repeat(3, 0),
        poses.likelihood[::3].repeat(3, 0),
    )
    assert find_repeats(poses, np.arange(300) / 30).size == 0


def test_a_file_of_keypoints_of_a_hung_recorder_is_unscored_there_and_says_so(tmp_path):
    poses = frozen(jittered(250), 50, 150)
    columns = pd.MultiIndex.from_product(
        [["net"], NAMES, ["x", "y", "likelihood"]], names=["scorer", "bodyparts", "coords"]
    )
    cells = np.concatenate([poses.xy[:, 0], poses.likelihood[:, 0, :, None]], axis=-1)
    pd.DataFrame(cells.reshape(250, 9), columns=columns).to_csv(tmp_path / "clip.csv")
    (found,) = track(tmp_path / "clip.csv", [Trial("a", WHOLE)], OPTIONS)
    within = found.motion["time_s"].between(2.0, 6.0, inclusive="neither")
    assert found.motion.loc[within, ["motion", "x_px"]].isna().all(axis=None)
    assert found.motion.loc[~within, "x_px"].notna().all()
    (flag,) = found.flags
    assert (flag.name, flag.value) == ("frozen_picture", pytest.approx(4.0))
