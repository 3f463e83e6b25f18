"""Where a trained network is found; DeepLabCut itself is not needed for that."""

import importlib.util

import pytest

from behave.errors import InputError
from behave.tracking import TrackingOptions, fingerprint, tracker_of
from behave.tracking.deeplabcut.network import find_network

BEST = ("snapshot-best-040.pt", "snapshot-200.pt", "snapshot-050.pt")


def make_train_folder(project, name, files):
    """Make a trained network: the model's configuration and named snapshots."""
    folder = project / "dlc-models-pytorch" / "iteration-0" / name / "train"
    folder.mkdir(parents=True)
    (folder / "pytorch_config.yaml").write_text("method: bu\n")
    for file in files:
        (folder / file).write_bytes(file.encode())
    return folder


@pytest.fixture
def project(tmp_path):
    """Return a project of which shuffle 1 has a best snapshot; its name needs care in patterns."""
    root = tmp_path / "swim [a]"
    root.mkdir()
    (root / "config.yaml").write_text("Task: 'swim [a]'\ndate: Jan1\niteration: 0\n")
    make_train_folder(root, "swim [a]Jan1-trainset95shuffle1", BEST)
    make_train_folder(root, "swim [a]Jan1-trainset95shuffle11", BEST[1:])
    return root


@pytest.mark.parametrize(
    ("shuffle", "snapshot"), [(1, "snapshot-best-040.pt"), (11, "snapshot-200.pt")]
)
@pytest.mark.parametrize("named", ["", "config.yaml"])
def test_a_shuffle_s_best_snapshot_is_found_else_its_last(project, shuffle, snapshot, named):
    found = find_network(project / named, shuffle, "best")
    assert found.snapshot.name == snapshot
    assert found.snapshot.parents[1].name.endswith(f"shuffle{shuffle}")
    assert found.config == found.snapshot.with_name("pytorch_config.yaml")
    assert found.detector is None


def test_a_snapshot_may_be_named_by_its_path(project):
    found = find_network(project, 1, "best")
    other = found.snapshot.with_name("snapshot-050.pt")
    assert find_network(project, 1, str(other)).snapshot == other
    with pytest.raises(InputError, match="snapshot does not exist"):
        find_network(project, 1, str(other.with_name("snapshot-999.pt")))


def test_a_train_folder_may_be_named_itself(project):
    train = find_network(project, 1, "best").snapshot.parent
    assert find_network(train, 7, "best").snapshot.name == "snapshot-best-040.pt"


def test_a_detector_is_never_taken_for_the_network(project):
    """The detector is marked best and was trained longer; of the network there is one snapshot."""
    files = ("snapshot-detector-best-300.pt", "snapshot-detector-100.pt", "snapshot-100.pt")
    make_train_folder(project, "swim [a]Jan1-trainset95shuffle2", files)
    found = find_network(project, 2, "best")
    assert found.snapshot.name == "snapshot-100.pt"
    assert found.detector.name == "snapshot-detector-best-300.pt"


def test_a_superanimal_s_folder_has_a_network_and_perhaps_a_detector(tmp_path):
    network = tmp_path / "superanimal_quadruped_resnet_50.pt"
    network.touch()
    assert find_network(tmp_path, 1, "best").detector is None
    detector = tmp_path / "superanimal_quadruped_ssdlite.pt"
    detector.touch()
    found = find_network(tmp_path, 1, "best")
    assert (found.config, found.snapshot, found.detector) == (None, network, detector)


def test_without_a_superanimal_s_weights_it_is_said_what_to_download(tmp_path):
    with pytest.raises(InputError) as caught:
        find_network(tmp_path / "superanimal_topviewmouse", 1, "best")
    (problem,) = caught.value.problems
    assert "superanimal_topviewmouse_resnet_50.pt" in problem.expected
    assert "get('superanimal_topviewmouse_resnet_50', 'weights')" in problem.fix
    assert "get('superanimal_topviewmouse_fasterrcnn_resnet50_fpn_v2', 'weights')" in problem.fix


def test_what_is_no_trained_project_is_said(project, tmp_path):
    with pytest.raises(InputError, match="no network of shuffle 3") as caught:
        find_network(project, 3, "best")
    there = "swim [a]Jan1-trainset95shuffle1, swim [a]Jan1-trainset95shuffle11"
    assert caught.value.problems[0].found == there
    (tmp_path / "notes.yaml").write_text("a: 1\n")
    with pytest.raises(InputError, match="not a DeepLabCut project"):
        find_network(tmp_path / "notes.yaml", 1, "best")
    with pytest.raises(InputError, match="cannot be read"):
        find_network(tmp_path / "nowhere" / "config.yaml", 1, "best")
    with pytest.raises(InputError, match="no snapshot"):
        find_network(tmp_path, 1, "best")


def test_a_project_of_the_older_engine_is_told_from_one_without_a_network(tmp_path):
    (tmp_path / "config.yaml").write_text("Task: swim\ndate: Jan1\n")
    (tmp_path / "dlc-models").mkdir()
    with pytest.raises(InputError, match="TensorFlow engine"):
        find_network(tmp_path, 1, "best")


def test_the_fingerprint_follows_the_content_of_the_network_not_its_place(project):
    options = TrackingOptions(method="deeplabcut", project=project)
    before = fingerprint(project, options)
    moved = project.rename(project.with_name("moved"))
    options = TrackingOptions(method="deeplabcut", project=moved)
    assert fingerprint(moved, options) == before
    find_network(moved, 1, "best").snapshot.write_bytes(b"trained for longer")
    assert fingerprint(moved, options) != before


def test_without_deeplabcut_the_extra_is_named_before_anything_runs(project, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "deeplabcut" else found(name)
    )
    with pytest.raises(InputError, match=r"behave-fst\[dlc\]"):
        tracker_of(TrackingOptions(method="deeplabcut", project=project)).check({})


def test_it_must_be_said_where_the_keypoints_are(tmp_path):
    videos = {"a.mp4": tmp_path / "a.mp4"}
    with pytest.raises(InputError, match=r"tracking\.outputs.*tracking\.project"):
        tracker_of(TrackingOptions(method="deeplabcut")).check(videos)
