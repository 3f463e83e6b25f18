"""A real DeepLabCut network, run by us on unseen clips with a known truth."""

import numpy as np
import pandas as pd
import pytest

from behave.errors import TrialError
from behave.scoring import ScoringOptions, score
from behave.tracking import Arena, TrackingOptions, Trial, fingerprint, track
from behave.tracking import deeplabcut as ours
from behave.tracking.pose_files import read_poses

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
        found.motion,
        entry_s=found.entry_s,
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


def test_keypoints_are_found_where_they_were_drawn(tiny, options):
    network = ours.load(options)
    assert network.keypoints == KEYPOINTS
    assert network.top_down is False
    frames = ours.read_frames(tiny / "clips" / "one.mp4")
    found = network.follow(ours.cut_arenas(frames, [(0, 0, 160, 288)]), 1)[:, 0]
    truth = np.load(tiny / "clips" / "one_points.npy")[:, 0]
    assert len(found) == len(truth)
    error = np.median(np.hypot(*(found[..., :2] - truth).T), axis=1)
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
def test_outputs_of_deeplabcut_give_what_we_find_ourselves(tiny, options, part):
    (h5,) = (tiny / "outputs" / part).glob("*.h5")
    (csv,) = (tiny / "outputs" / part).glob("*.csv")
    theirs = read_poses(h5)
    np.testing.assert_allclose(read_poses(csv).xy, theirs.xy, atol=1e-3)
    network = ours.load(options)
    box = (0, 0, 160, 288) if part == "whole" else (8, 20, 144, 260)
    frames = ours.read_frames(tiny / "clips" / "one.mp4")
    found = network.follow(ours.cut_arenas(frames, [box]), 1)[:, 0, :, :2] + box[:2]
    apart = np.hypot(*(theirs.xy[:, 0] - found).T)
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
    assert ours.load(options) is ours.load(options)
    assert fingerprint(WHOLE, options) == fingerprint(WHOLE, options) != ""


def test_a_broken_video_is_told_and_the_network_goes_on(tiny, options, tmp_path):
    cut = tmp_path / "cut.mp4"
    whole = (tiny / "clips" / "one.mp4").read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TrialError):
        track(cut, [Trial("a", WHOLE)], options)
    (found,) = track(tiny / "clips" / "one.mp4", [Trial("a", WHOLE)], options)
    assert np.isfinite(found.motion["motion"]).mean() > 0.95
