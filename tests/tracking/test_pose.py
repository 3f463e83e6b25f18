"""Files of keypoints as a tracker: whose they are, when, and what is said of them."""

import pickle

import numpy as np
import pandas as pd
import pytest

from behave.errors import InputError, TrialError
from behave.tracking import Arena, TrackingOptions, Trial, fingerprint, track
from behave.tracking.pose import make_track, match_frames, pick_animal
from behave.tracking.pose_files import Poses
from behave.tracking.pose_outputs import find_outputs

WHOLE = Arena("1", 0, 0, 0, 0)
OPTIONS = TrackingOptions(method="deeplabcut", fps=25)
NAMES = ("nose", "tail_base", "paw")


def write_poses(path, frames=100, shift=0.0, likelihood=1.0):
    """Write a CSV of one animal that drifts right by 1 px per frame."""
    columns = pd.MultiIndex.from_product(
        [["net"], NAMES, ["x", "y", "likelihood"]], names=["scorer", "bodyparts", "coords"]
    )
    rows = [
        [value for at in (0, 60, 30) for value in (shift + at + frame, 40.0 + at / 3, likelihood)]
        for frame in range(frames)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows, columns=columns).to_csv(path)
    return path


def test_a_file_without_its_video_needs_the_frame_rate(tmp_path):
    path = write_poses(tmp_path / "clip.csv")
    with pytest.raises(TrialError, match="--fps"):
        track(path, [Trial("a", WHOLE)], TrackingOptions(method="deeplabcut"))
    (found,) = track(path, [Trial("a", WHOLE)], OPTIONS)
    assert found.motion["time_s"].iloc[-1] == pytest.approx(99 / 25)
    assert found.motion["x_px"].iloc[0] == pytest.approx(30)
    assert found.motion["motion"].max() < 0.01, "the test is fst: drifting is no movement"
    assert found.kept == {"nose": 1.0, "tail_base": 1.0, "paw": 1.0}
    assert found.flags == ()


def test_the_kept_share_of_each_keypoint_is_told(tmp_path):
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


def test_a_file_of_one_row_is_refused_and_a_short_one_is_measured(tmp_path):
    with pytest.raises(TrialError, match="too few frames"):
        track(write_poses(tmp_path / "one.csv", 1), [Trial("a", WHOLE)], OPTIONS)
    for frames in (2, 3, 9):
        (found,) = track(write_poses(tmp_path / "clip.csv", frames), [Trial("a", WHOLE)], OPTIONS)
        assert len(found.motion) == frames


def test_one_keypoint_has_no_length_and_no_limbs(tmp_path):
    path = write_poses(tmp_path / "clip.csv")
    alone = OPTIONS.model_copy(update={"keypoints": ("nose",)})
    with pytest.raises(TrialError, match="body length"):
        track(path, [Trial("a", WHOLE)], alone)


def test_an_animal_that_is_not_there_at_first_enters_later(tmp_path):
    path = write_poses(tmp_path / "clip.csv", 150)
    table = pd.read_csv(path, header=[0, 1, 2], index_col=0)
    table.iloc[:60, [2, 5, 8]] = 0.01
    table.to_csv(path)
    (found,) = track(path, [Trial("a", WHOLE)], OPTIONS)
    assert (found.entry_s, found.entry_source) == (60 / 25, "detected")
    (given,) = track(path, [Trial("a", WHOLE, entry_s=3.0)], OPTIONS)
    assert (given.entry_s, given.entry_source) == (3.0, "given")


def test_keypoints_can_be_chosen_and_unknown_ones_are_named(tmp_path):
    path = write_poses(tmp_path / "clip.csv")
    chosen = OPTIONS.model_copy(update={"keypoints": ("nose", "tail_base", "paws")})
    with pytest.raises(TrialError, match="did you mean 'paw'"):
        track(path, [Trial("a", WHOLE)], chosen)


def test_a_scale_in_cm_replaces_the_measured_length(tmp_path):
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


def test_rows_must_fit_the_frames_of_the_video(tmp_path):
    poses = two_animals(20)
    times = np.arange(20) / 25
    same, _, flags = match_frames(poses, times, tmp_path)
    assert same is poses
    assert flags == ()
    shorter, time_s, (flag,) = match_frames(poses, np.arange(30) / 25, tmp_path)
    assert len(shorter.xy) == len(time_s) == 30
    assert np.isnan(shorter.xy[20:]).all()
    assert flag.value == -10
    one_more, _, (flag,) = match_frames(poses, times[:-1], tmp_path)
    assert len(one_more.xy) == 19
    assert flag.value == 1
    with pytest.raises(TrialError, match="longer than the video"):
        match_frames(poses, times[:10], tmp_path)


def test_outputs_are_found_by_the_stem_of_the_video(tmp_path):
    out = tmp_path / "out"
    write_poses(out / "mouse1DLC_Resnet50_shuffle1_200.csv", 5)
    write_poses(out / "more" / "mouse10DLC_Resnet50_shuffle1_200_filtered.csv", 5)
    write_poses(out / "mouse1_bDeepCut_resnet50.csv", 5)
    write_poses(out / "mouse1DLC_Resnet50_shuffle1_200_skeleton.csv", 5)
    names = ["mouse1.mp4", "mouse10.mp4", "mouse1_b.avi"]
    found = find_outputs({name: tmp_path / name for name in names}, out)
    assert [found[name].name.split("D")[0] for name in names] == ["mouse1", "mouse10", "mouse1_b"]


def test_two_files_of_one_video_and_none_are_errors_told_together(tmp_path):
    out = tmp_path / "out"
    write_poses(out / "aDLC_net.csv", 5)
    write_poses(out / "aDLC_net_filtered.csv", 5)
    with pytest.raises(InputError) as error:
        find_outputs({"a.mp4": tmp_path / "a.mp4", "b.mp4": tmp_path / "b.mp4"}, out)
    assert [problem.file for problem in error.value.problems] == ["a.mp4", "b.mp4"]
    assert "aDLC_net.csv, aDLC_net_filtered.csv" in str(error.value)


def test_an_hdf5_file_stands_for_the_csv_beside_it(tmp_path):
    write_poses(tmp_path / "aDLC_net.csv", 5)
    (tmp_path / "aDLC_net.h5").touch()
    found = find_outputs({"a.mp4": tmp_path / "a.mp4"}, tmp_path)
    assert found["a.mp4"].suffix == ".h5"


def test_the_fingerprint_follows_the_content_of_the_outputs(tmp_path):
    options = TrackingOptions(method="deeplabcut", outputs=tmp_path)
    video = tmp_path / "a.mp4"
    first = write_poses(tmp_path / "aDLC.csv", 5)
    before = fingerprint(video, options)
    write_poses(first, 6)
    assert fingerprint(video, options) != before
    assert fingerprint(video, TrackingOptions()) == ""


def test_keypoints_take_the_times_of_their_video(tmp_path, write_video, ramp):
    times = np.cumsum(np.tile([0.03, 0.05], 15))
    video = write_video(ramp, "a.mp4", times_s=times - times[0])
    write_poses(tmp_path / "out" / "aDLC_net.csv", 30)
    options = TrackingOptions(method="deeplabcut", outputs=tmp_path / "out")
    (found,) = track(video, [Trial("a", Arena("1", 0, 0, 200, 200))], options)
    np.testing.assert_allclose(found.motion["time_s"], times - times[0], atol=1e-3)
    assert [flag.name for flag in found.flags] == ["crop_unknown"]
    whole = pickle.dumps({"data": {"cropping": False, "cropping_parameters": None}})
    (tmp_path / "out" / "aDLC_net_meta.pickle").write_bytes(whole)
    (found,) = track(video, [Trial("a", Arena("1", 0, 0, 200, 200))], options)
    assert found.flags == ()
