"""Which file of keypoints belongs to which video."""

from pathlib import Path

import pytest

from behave.errors import InputError, TrialError
from behave.tracking import TrackingOptions, fingerprint, keypoint_files
from behave.tracking.keypoints import outputs
from behave.tracking.keypoints.outputs import find_outputs, pose_files
from behave.tracking.trial import Recording


@pytest.fixture
def find(tmp_path):
    """Return a function that finds the files of videos; it gives their places in the folder."""

    def find(*names, pattern=""):
        videos = {name: tmp_path / "videos" / name for name in names}
        out = tmp_path / "out"
        found = find_outputs(videos, out / pattern if pattern else out)
        return [[file.relative_to(out).as_posix() for file in found[name]] for name in names]

    return find


@pytest.fixture
def touch(tmp_path):
    """Return a function that makes empty files in the folder of outputs."""

    def touch(*names):
        for name in names:
            path = tmp_path / "out" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    return touch


def test_outputs_are_found_by_the_stem_of_the_video(find, touch):
    touch(
        "mouse1DLC_Resnet50_shuffle1_200.csv",
        "more/mouse10DLC_Resnet50_shuffle1_200_filtered.csv",
        "mouse1_bDeepCut_resnet50.csv",
        "mouse1DLC_Resnet50_shuffle1_200_skeleton.csv",
        "top_superanimal_topviewmouse_hrnet_w32_fasterrcnn.csv",
    )
    assert find("mouse1.mp4", "mouse10.mp4", "mouse1_b.avi", "top.mp4") == [
        ["mouse1DLC_Resnet50_shuffle1_200.csv"],
        ["more/mouse10DLC_Resnet50_shuffle1_200_filtered.csv"],
        ["mouse1_bDeepCut_resnet50.csv"],
        ["top_superanimal_topviewmouse_hrnet_w32_fasterrcnn.csv"],
    ]


def test_two_files_of_one_video_and_none_are_errors_told_together(find, touch):
    touch("aDLC_net.csv", "aDLC_net_filtered.csv")
    with pytest.raises(InputError) as error:
        find("a.mp4", "b.mp4")
    several, none = error.value.problems
    assert (several.file, none.file) == ("a.mp4", "b.mp4")
    assert several.found == "aDLC_net.csv, aDLC_net_filtered.csv"
    assert "outputs: FOLDER/*_filtered.csv'" in several.fix
    assert none.found == "2 files with other names"


def test_a_pattern_says_which_of_several_files_is_meant(find, touch):
    touch("aDLC_net_5.csv", "aDLC_net_5_filtered.csv", "more/bDLC_net_5_filtered.csv")
    assert find("a.mp4", "b.mp4", pattern="*_filtered.csv") == [
        ["aDLC_net_5_filtered.csv"],
        ["more/bDLC_net_5_filtered.csv"],
    ]
    with pytest.raises(InputError, match=r"one file \*_5.csv"):
        find("a.mp4", "b.mp4", pattern="*_5.csv")


def test_videos_of_one_name_find_the_files_in_folders_of_their_own_names(find, touch):
    touch("cam1/001DLC_net.csv", "cam2/001DLC_net.csv")
    assert find("cam1/001.mp4", "cam2/001.mp4") == [
        ["cam1/001DLC_net.csv"],
        ["cam2/001DLC_net.csv"],
    ]


def test_a_file_is_never_that_of_two_videos(find, touch):
    touch("001DLC_net.csv")
    with pytest.raises(InputError, match="same file of keypoints") as error:
        find("cam1/001.mp4", "cam2/001.mp4")
    (problem,) = error.value.problems
    assert problem.file == "cam2/001.mp4"


@pytest.mark.parametrize(("readable", "taken"), [(True, ".h5"), (False, ".csv")])
def test_of_two_files_of_one_name_that_is_taken_which_can_be_read(monkeypatch, readable, taken):
    monkeypatch.setattr(outputs, "can_read_hdf", lambda: readable)
    names = "aDLC_net.csv", "aDLC_net.h5", "aDLC_net_skeleton.csv", "my_skeleton.csv"
    kept = keypoint_files([Path(name) for name in names])
    assert [path.name for path in kept] == ["aDLC_net" + taken, "my_skeleton.csv"]


def test_each_chapter_of_a_recording_has_its_file(touch, tmp_path):
    touch("aDLC_net.csv", "bDLC_net.csv")
    options = TrackingOptions(method="deeplabcut", outputs=tmp_path / "out")
    found = pose_files(Recording("a|b", (tmp_path / "a.mp4", tmp_path / "b.mp4")), options)
    assert [file.name for file in found] == ["aDLC_net.csv", "bDLC_net.csv"]
    (tmp_path / "out" / "bDLC_net.csv").unlink()
    with pytest.raises(TrialError, match="no file of keypoints"):
        pose_files(Recording("a|b", (tmp_path / "a.mp4", tmp_path / "b.mp4")), options)


def test_the_folder_must_be_there(find):
    with pytest.raises(InputError, match="does not exist"):
        find("a.mp4")


def test_the_fingerprint_follows_the_content_of_the_outputs(tmp_path, write_poses):
    options = TrackingOptions(method="deeplabcut", outputs=tmp_path)
    video = tmp_path / "a.mp4"
    first = write_poses(tmp_path / "aDLC.csv", 5)
    before = fingerprint(video, options)
    write_poses(first, 6)
    assert fingerprint(video, options) != before
    assert fingerprint(video, TrackingOptions()) == ""
