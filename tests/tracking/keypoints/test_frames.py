"""Files of keypoints laid on the frames of their video."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from behave.errors import TrialError
from behave.tracking import Arena, TrackingOptions, Trial, track
from behave.tracking.keypoints.files import Poses
from behave.tracking.keypoints.frames import join_poses, match_frames
from behave.tracking.trial import Recording

EVERYWHERE = Arena("1", 0, 0, 200, 200)
VIDEO = "clip.mp4"


@pytest.fixture
def poses():
    """Two animals with three keypoints, in 20 rows; x is the row's number."""
    xy = np.zeros((20, 2, 3, 2))
    xy[..., 0] = np.arange(20)[:, None, None]
    return Poses("two.csv", ("m1", "m2"), ("nose", "tail_base", "paw"), xy, np.ones(xy.shape[:3]))


@pytest.fixture
def options(tmp_path):
    return TrackingOptions(method="deeplabcut", outputs=tmp_path / "out")


def test_rows_must_fit_the_frames_of_the_video(poses):
    same, flags = match_frames(poses, 20, VIDEO)
    assert same is poses
    assert flags == ()
    shorter, (flag,) = match_frames(poses, 30, VIDEO)
    assert len(shorter.xy) == 30
    assert np.isnan(shorter.xy[20:]).all()
    assert flag.value == -10
    one_more, (flag,) = match_frames(poses, 19, VIDEO)
    assert len(one_more.xy) == 19
    assert flag.value == 1
    with pytest.raises(TrialError, match="longer than the video"):
        match_frames(poses, 10, VIDEO)


def test_chapters_are_joined_in_order_and_must_be_of_one_network(poses):
    later = replace(poses, xy=poses.xy + np.array([20, 0]))
    joined = join_poses([poses, later])
    np.testing.assert_array_equal(joined.xy[:, 1, 2, 0], np.arange(40))
    assert joined.likelihood.shape == (40, 2, 3)
    with pytest.raises(TrialError, match="different keypoints"):
        join_poses([poses, replace(poses, keypoints=("nose", "tail_base", "ear"))])


def test_keypoints_take_the_times_of_their_video(tmp_path, write_video, write_poses, ramp, options):
    times = np.cumsum(np.tile([0.03, 0.05], 15))
    video = write_video(ramp, "a.mp4", times_s=times - times[0])
    write_poses(tmp_path / "out" / "aDLC_net.csv", 30)
    (found,) = track(video, [Trial("a", EVERYWHERE)], options)
    np.testing.assert_allclose(found.motion["time_s"], times - times[0], atol=1e-3)
    assert [flag.name for flag in found.flags] == ["crop_unknown"]
    whole = pickle.dumps({"data": {"cropping": False, "cropping_parameters": None}})
    (tmp_path / "out" / "aDLC_net_meta.pickle").write_bytes(whole)
    (found,) = track(video, [Trial("a", EVERYWHERE)], options)
    assert found.flags == ()


def test_chapters_of_a_recording_are_each_laid_on_their_own_frames(
    tmp_path, write_video, write_poses, ramp, options
):
    """The first chapter's keypoints end ten frames early; the second's must not move up."""
    first, second = write_video(ramp, "a.mp4"), write_video(ramp, "b.mp4")
    write_poses(tmp_path / "out" / "aDLC_net.csv", 20)
    write_poses(tmp_path / "out" / "bDLC_net.csv", 30, shift=1000)
    trial = Trial("a", Arena("1", 0, 0, 2000, 200))
    (found,) = track(Recording("a.mp4|b.mp4", (first, second)), [trial], options)
    x = found.motion["x_px"].to_numpy()
    assert len(x) == 60
    np.testing.assert_allclose(x[:20], 30 + np.arange(20))
    assert np.isnan(x[20:30]).all()
    np.testing.assert_allclose(x[30:], 1030 + np.arange(30))
    assert "pose_rows" in [flag.name for flag in found.flags]
