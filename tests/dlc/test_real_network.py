"""A real DeepLabCut network, run by us on unseen clips with a known truth."""

import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from behave.errors import InputError, TrialError
from behave.model.flags import Flag
from behave.scoring import MotionSignal, ScoringOptions, score
from behave.tracking import Arena, TrackingOptions, Trial, dual, find_arenas, fingerprint, track
from behave.tracking.deeplabcut import inference
from behave.tracking.deeplabcut import tracks as ours
from behave.tracking.keypoints.files import read_poses
from behave.tracking.silhouette import tracks
from behave.tracking.video.camera import Camera
from behave.tracking.video.reader import VideoReader, read_frames

# The warnings of DeepLabCut, torch and timm are theirs.
pytestmark = [pytest.mark.dlc, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
KEYPOINTS = ("nose", "body_centre", "tail_base", "left_fore_paw", "left_hind_paw")
WHOLE = Arena("1", 0, 0, 0, 0)


@pytest.fixture
def options(tiny):
    return TrackingOptions(method="deeplabcut", project=tiny / "project" / "config.yaml")


def states_of(found):
    """Return which frames of a track are scored immobile."""
    scored = score(
        MotionSignal(found.motion, found.entry_s, found.switch_penalty_s),
        epochs={"whole": (0.0, np.inf)},
        bin_s=60.0,
        immobile_below=found.immobile_below,
        options=ScoringOptions(),
    )
    return scored.states["state"].to_numpy() == "immobile"


def kappa_of(one, two):
    """Return Cohen's kappa of two yes/no series."""
    chance = one.mean() * two.mean() + (1 - one.mean()) * (1 - two.mean())
    return ((one == two).mean() - chance) / (1 - chance)


def contents(folder):
    """Return every file of a folder with its content's length and its time."""
    return {
        path.relative_to(folder): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }


@pytest.fixture(scope="module")
def seen(tiny):
    """Return what the network finds in the clip of one animal: frames, keypoints, x y likelihood."""
    network = inference.load(
        TrackingOptions(method="deeplabcut", project=tiny / "project" / "config.yaml")
    )
    frames = read_frames(tiny / "clips" / "one.mp4")
    return network.follow(ours.cut_arenas(frames, [(0, 0, 160, 288)]), 1)[:, 0]


def test_keypoints_are_found_where_they_were_drawn(tiny, options, seen):
    network = inference.load(options)
    assert network.keypoints == KEYPOINTS
    assert network.top_down is False
    truth = np.load(tiny / "clips" / "one_points.npy")[:, 0]
    assert len(seen) == len(truth)
    error = np.median(np.hypot(*(seen[..., :2] - truth).T), axis=1)
    body = [KEYPOINTS.index(name) for name in ("nose", "body_centre", "tail_base")]
    assert error[body].max() < 3, "px; the body is about 60 px long"
    assert error.max() < 15, "paws, which are small, blurred and hide each other"


def test_each_animal_of_a_video_is_scored_as_it_was_made(tiny, options):
    before = contents(tiny / "project")
    boxes = pd.read_csv(tiny / "clips" / "two_arenas.csv", dtype={"arena": str})
    trials = [
        Trial(row.arena, Arena(row.arena, row.x_px, row.y_px, row.width_px, row.height_px))
        for row in boxes.itertuples()
    ]
    truth = pd.read_csv(tiny / "clips" / "two.csv", dtype={"arena": str})
    tracks = track(tiny / "clips" / "two.mp4", trials, options)
    scored, true = [], []
    for found, box in zip(tracks, boxes.itertuples(), strict=True):
        mine = truth[truth["arena"] == found.trial_id]
        assert len(found.motion) == len(mine)
        np.testing.assert_allclose(found.motion["time_s"], mine["time_s"], atol=1e-3)
        assert found.motion["x_px"].between(box.x_px, box.x_px + box.width_px).all()
        scored.append(states_of(found))
        true.append(mine["state"].to_numpy() == "immobile")
        assert kappa_of(scored[-1], true[-1]) >= 0.7
    assert kappa_of(np.concatenate(scored), np.concatenate(true)) >= 0.8
    assert contents(tiny / "project") == before, "the project is never written to"


@pytest.mark.parametrize("part", ["whole", "cropped"])
def test_outputs_of_deeplabcut_give_what_we_find_ourselves(tiny, options, seen, part):
    (h5,) = (tiny / "outputs" / part).glob("*.h5")
    (csv,) = (tiny / "outputs" / part).glob("*.csv")
    theirs = read_poses(h5)
    np.testing.assert_allclose(read_poses(csv).xy, theirs.xy, atol=1e-3)
    found = seen[..., :2]
    if part == "cropped":
        frames = islice(read_frames(tiny / "clips" / "one.mp4"), 200)
        box = (8, 20, 144, 260)
        found = (
            inference.load(options).follow(ours.cut_arenas(frames, [box]), 1)[:, 0, :, :2] + box[:2]
        )
    apart = np.hypot(*(theirs.xy[: len(found), 0] - found).T)
    # They decode and convert colours by another library.
    assert np.median(apart) < 0.1
    assert (apart < 1).mean() > 0.98


def test_scoring_their_outputs_and_running_the_network_agree(tiny, options):
    truth = pd.read_csv(tiny / "clips" / "one.csv")["state"].to_numpy() == "immobile"
    files = TrackingOptions(method="deeplabcut", outputs=tiny / "outputs" / "whole")
    video, trials = tiny / "clips" / "one.mp4", [Trial("a", WHOLE)]
    ours_scored, files_scored = (
        states_of(track(video, trials, chosen)[0]) for chosen in (options, files)
    )
    assert kappa_of(ours_scored, truth) >= 0.8
    assert kappa_of(ours_scored, files_scored) > 0.97


def test_the_network_is_loaded_once_per_process(options):
    assert inference.load(options) is inference.load(options)
    assert fingerprint(WHOLE, options) == fingerprint(WHOLE, options) != ""


def test_a_broken_video_is_told_and_the_network_goes_on(tiny, options, tmp_path):
    cut = tmp_path / "cut.mp4"
    whole = (tiny / "clips" / "one.mp4").read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TrialError):
        track(cut, [Trial("a", WHOLE)], options)
    trial = Trial("a", WHOLE, entry_s=0.0, duration_s=3.0)
    (found,) = track(tiny / "clips" / "one.mp4", [trial], options)
    shown = found.motion["time_s"] < 3.0
    assert np.isfinite(found.motion.loc[shown, "motion"]).mean() > 0.95


class Trap:
    """Writes a file when it is unpickled by a loader that trusts it."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return Path.write_text, (self.file, "sprung")


@pytest.fixture
def network_copy(tiny, tmp_path):
    """Return the network in a folder of its own, as somebody might send it."""
    (train,) = (tiny / "project").glob("dlc-models-pytorch/*/*/train")
    folder = tmp_path / "network"
    folder.mkdir()
    shutil.copy(train / "pytorch_config.yaml", folder)
    (snapshot,) = train.glob("snapshot-*.pt")
    shutil.copy(snapshot, folder / "snapshot-best-040.pt")
    return folder


def test_a_snapshot_that_would_run_something_is_refused_whatever_its_project_says(
    network_copy, tmp_path
):
    import torch  # noqa: PLC0415 - only where DeepLabCut is

    sprung = tmp_path / "sprung"
    snapshot = network_copy / "snapshot-best-040.pt"
    content = torch.load(snapshot, weights_only=True)
    torch.save(content | {"more": Trap(sprung)}, snapshot)
    config = network_copy / "pytorch_config.yaml"
    settings = yaml.safe_load(config.read_text("utf-8"))
    settings["runner"]["load_weights_only"] = False
    config.write_text(yaml.safe_dump(settings), "utf-8")
    options = TrackingOptions(method="deeplabcut", project=network_copy)
    with pytest.raises(InputError, match="trust_snapshot"):
        inference.load(options)
    assert not sprung.exists()
    assert (
        inference.load(options.model_copy(update={"trust_snapshot": True})).keypoints == KEYPOINTS
    )
    assert sprung.exists(), "the trap was a real one"


@pytest.mark.parametrize(
    ("change", "told"), [({"device": "cuda"}, "device 'cuda'"), ({"snapshot": "other"}, "weights")]
)
def test_what_cannot_be_loaded_is_said(network_copy, tmp_path, change, told):
    import torch  # noqa: PLC0415 - as above

    if change.get("device") == "cuda" and torch.cuda.is_available():
        change = {"device": "mps"} if not torch.backends.mps.is_available() else {"device": "xpu"}
        told = "device"
    if "snapshot" in change:
        change = {"snapshot": str(tmp_path / "other.pt")}
        torch.save({"model": {"layer": torch.zeros(1)}}, tmp_path / "other.pt")
    options = TrackingOptions(method="deeplabcut", project=network_copy)
    with pytest.raises(InputError, match=told):
        inference.load(options.model_copy(update=change))


def test_the_network_stops_where_no_trial_needs_it_and_tells_how_far_it_is(tiny, options):
    trial, shares = Trial("a", WHOLE, entry_s=1.0, duration_s=2.0), []
    (found,) = track(tiny / "clips" / "one.mp4", [trial], options, shares.append)
    assert 3.9 < found.motion["time_s"].iloc[-1] <= 4.0
    np.testing.assert_allclose(shares, found.motion["time_s"] / 4.0, atol=1e-6)


def test_both_trackers_share_one_reading_and_change_nothing(tiny, options, monkeypatch):
    """The first arena reaches into the second, and the camera is said to have moved."""
    video = tiny / "clips" / "two.mp4"
    boxes = pd.read_csv(tiny / "clips" / "two_arenas.csv", dtype={"arena": str})
    trials = [
        Trial(row.arena, Arena(row.arena, row.x_px, row.y_px, wide, row.height_px), 0.0, 5.0)
        for row, wide in zip(boxes.itertuples(), (240, 160), strict=True)
    ]
    moved = Flag("camera_moved", 0.1, "The camera was moved.")
    monkeypatch.setattr(Camera, "flag", lambda _: moved)
    alone = track(video, trials, TrackingOptions()), track(video, trials, options)
    readings = []

    class Counted(VideoReader):
        def read(self, end_s=None):
            # To learn the empty arena a short file is decoded too, with no end in mind.
            if end_s is not None:
                readings.append(self.recording.first)
            return super().read(end_s)

    for module in (dual, ours, tracks):
        monkeypatch.setattr(module, "VideoReader", Counted)
    joined = track(video, trials, options.model_copy(update={"method": "both"}))
    assert readings == [video]
    for silhouette, pose, both in zip(*alone, joined, strict=True):
        pd.testing.assert_frame_equal(both.motion, silhouette.motion)
        assert both.flags == silhouette.flags
        assert moved in both.flags
        pd.testing.assert_frame_equal(both.secondary.motion, pose.motion)
        assert both.kept == pose.kept
        assert both.motion["motion"].notna().mean() > 0.5
    assert "arena_overlaps" in [flag.name for flag in joined[0].flags]


@pytest.fixture
def superanimal(tmp_path, deeplabcut_here):  # noqa: ARG001 - it skips or fails first
    """Return a folder with a SuperAnimal network and its detector, both of random weights."""
    import torch  # noqa: PLC0415 - as above
    from deeplabcut.pose_estimation_pytorch.config.pose import PoseConfig  # noqa: PLC0415
    from deeplabcut.pose_estimation_pytorch.models import DETECTORS, PoseModel  # noqa: PLC0415

    config = PoseConfig.build_for_superanimal_inference(
        super_animal="superanimal_topviewmouse", model_name="resnet_50",
        detector_name="fasterrcnn_mobilenet_v3_large_fpn", max_individuals=1,
    )  # fmt: skip
    with inference.without_downloads():
        detector = DETECTORS.build(config["detector"]["model"])
    for name, model in (
        ("resnet_50", PoseModel.build(config["model"])),
        ("fasterrcnn_mobilenet_v3_large_fpn", detector),
    ):
        weights = tmp_path / f"superanimal_topviewmouse_{name}.pt"
        torch.save({"model": model.state_dict()}, weights)
    return tmp_path


def test_a_superanimal_network_is_run_from_a_local_folder(tiny, superanimal, caplog):
    """Its weights are random: it shows that such a network runs, not what it finds."""
    caplog.clear()
    network = inference.load(TrackingOptions(method="deeplabcut", project=superanimal))
    assert not caplog.records, "what DeepLabCut remarks on its own settings"
    assert network.top_down, "as these networks were trained"
    assert network.detector is not None
    assert {"nose", "tail_base"} <= set(network.keypoints)
    frames = islice(read_frames(tiny / "clips" / "one.mp4"), 3)
    found = network.follow(ours.cut_arenas(frames, [(0, 0, 160, 288)]), 1)
    assert found.shape == (3, 1, len(network.keypoints), 3)


def test_a_top_down_network_looks_into_the_detector_s_box_else_into_the_arena(
    superanimal, monkeypatch
):
    network = inference.load(TrackingOptions(method="deeplabcut", project=superanimal))
    box = np.array([[60.0, 40.0, 30.0, 20.0]])  # left, top, width, height
    nothing = np.zeros((0, 4))
    boxes = iter([{"bboxes": box}, {"bboxes": nothing}, {"bboxes": nothing}, {"bboxes": box}])
    monkeypatch.setattr(
        network.detector, "inference", lambda pictures: [next(boxes) for _ in pictures]
    )
    pictures = np.random.default_rng(1).integers(0, 255, (4, 120, 200, 3), np.uint8)
    found = network.follow(iter(pictures), 1)[:, 0, :, :2]
    assert len(found) == 4, "a picture without a box has a row all the same"
    # A box is made square and has a margin round it.
    spread = np.ptp(found, axis=1).max(axis=1)
    assert (spread[[0, 3]] < 100).all()
    assert (spread[[1, 2]] > 100).all()
    assert np.hypot(*(found[[0, 3]].mean(axis=1) - (75, 50)).T).max() < 40


@pytest.mark.usefixtures("deeplabcut_here")
def test_the_demo_network_finds_an_animal_of_the_sample_study():
    root = Path(__file__).parents[2]
    network = root / "configs" / "deeplabcut" / "network"
    video = root / "videos_sample" / "video_1.mp4"
    arena = find_arenas(video, 4)[0]
    options = TrackingOptions(method="both", project=network)
    (found,) = track(video, [Trial("S14", arena, entry_s=2.03, duration_s=4.0)], options)
    there = found.motion["time_s"] > 2.5
    apart = np.hypot(
        found.motion["x_px"] - found.secondary.motion["x_px"],
        found.motion["y_px"] - found.secondary.motion["y_px"],
    )[there]
    # The keypoints' middle and the silhouette's are not the same place of a body of 66 px.
    assert apart.median() < 15
    assert apart.quantile(0.95) < 25
    assert all(share > 0.9 for share in found.kept.values())
