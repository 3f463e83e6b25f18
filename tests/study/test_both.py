"""Silhouette and keypoints of the same animals: one score, and a queue where the two disagree."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from behave.files import read_table
from behave.simulate.animal import KEYPOINTS
from behave.simulate.render import World, draw_poses, render_video
from behave.simulate.swim import Bout, Swim, join
from behave.study import pipeline
from behave.study.execution.processes import SERIAL
from behave.study.inputs.plan import plan_study
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials
from behave.study.scores import score_trials

STUDY = """
study: two-trackers
trials: trials.csv
videos: .
arenas: {count: 4}
protocol: {duration_s: 20, score_window_s: [0, 20], bin_s: 20}
tracking: {method: METHOD, outputs: poses}
design:
  outcome: immobility_s
  benefit: decrease
  agonist: {column: drug, control: vehicle, level: ketamine}
  antagonist: {column: before, control: vehicle, level: NBQX}
"""
TRIALS = """\
animal_id,video,arena,entry_s,before,drug
a,clip.mp4,1,0,vehicle,vehicle
b,clip.mp4,2,0,vehicle,ketamine
c,clip.mp4,3,0,NBQX,vehicle
d,clip.mp4,4,0,NBQX,ketamine
"""
# The keypoints of the second animal stand still from here to there, while it swims.
WRONG_S = (9.0, 13.0)


def behaviour(*lengths):
    """Return an animal that swims and floats in turn."""
    edges = np.cumsum([0, *lengths])
    bouts = [
        Bout(float(start), float(stop), "swimming" if number % 2 == 0 else "immobile")
        for number, (start, stop) in enumerate(pairwise(edges))
    ]
    return Swim(join(bouts))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Make a study of one video: four animals, and their true keypoints, names in disorder.

    The names change places half way, as those of trackers do.
    """
    folder = tmp_path_factory.mktemp("both")
    world = World(arenas=4, width=480, height=360, fps=15, ripples=0.5)
    cast = [behaviour(6, 5, 9), behaviour(3, 4, 13), behaviour(8, 6, 6), behaviour(5, 10, 5)]
    render_video(folder / "clip.mp4", world, cast, 3)
    points = np.stack([drawn for _, _, drawn in draw_poses(world, cast, 3)])
    time_s = np.arange(len(points)) / 15
    held = (time_s >= WRONG_S[0]) & (time_s < WRONG_S[1])
    points[held, 1] = points[held, 1][:1]
    half = len(points) // 2
    points = np.concatenate([points[:half, [2, 0, 3, 1]], points[half:, [1, 3, 0, 2]]])
    columns = pd.MultiIndex.from_product(
        [["net"], ["m1", "m2", "m3", "m4"], KEYPOINTS, ["x", "y", "likelihood"]],
        names=["scorer", "individuals", "bodyparts", "coords"],
    )
    values = np.concatenate([points, np.ones((*points.shape[:3], 1))], axis=-1)
    (folder / "poses").mkdir()
    pd.DataFrame(values.reshape(len(points), -1), columns=columns).to_csv(
        folder / "poses" / "clipDLC_net_el.csv"
    )
    (folder / "trials.csv").write_text(TRIALS)
    return folder


def score(folder, method, out):
    """Score the study by a method, without statistics and report; return the results folder."""
    (folder / "study.yaml").write_text(STUDY.replace("METHOD", method))
    study = load_study(folder / "study.yaml")
    plan = plan_study(study, read_trials(study.trials, study.design))
    score_trials(plan, out, SERIAL).write(out)
    return out


@pytest.fixture(scope="module")
def results(folder):
    """Run the whole study by both methods; return its results folder."""
    (folder / "study.yaml").write_text(STUDY.replace("METHOD", "both"))
    pipeline.run(folder / "study.yaml", folder / "results")
    return folder / "results"


def read(folder, name):
    return read_table(folder / name, ("arena",))


def test_the_seconds_in_which_the_trackers_disagree_are_listed(results):
    queue = read(results, "disagreements.csv")
    first = queue.iloc[0]
    assert first["trial_id"] == "b", "the longest disagreement is the one that was made"
    assert (first["silhouette"], first["keypoints"]) == ("mobile", "immobile")
    assert first["start_s"] == pytest.approx(WRONG_S[0], abs=1)
    assert first["stop_s"] == pytest.approx(WRONG_S[1], abs=1)
    assert first["silhouette_ratio"] > 1 > first["keypoints_ratio"]
    assert queue["differ_s"].is_monotonic_decreasing
    assert queue.loc[queue["trial_id"] != "b", "differ_s"].sum() < 3


def test_the_agreement_of_each_trial_is_told(results):
    table = read(results, "trackers.csv").query("epoch == 'whole'").set_index("trial_id")
    assert (table["both_s"] > 19).all()
    assert (table.drop(index="b")["kappa"] > 0.8).all()
    assert table["kappa"].idxmin() == "b"
    assert table.loc["b", "keypoints_s"] - table.loc["b", "silhouette_s"] > 3


def test_each_keypoint_and_each_frame_of_the_second_tracker_are_written(results):
    kept = read(results, "keypoints.csv")
    assert kept["keypoint"].unique().tolist() == list(KEYPOINTS)
    assert len(kept) == 4 * len(KEYPOINTS)
    assert (kept["kept_pct"] == 100).all(), "animals whose names are swapped are told by place"
    frames = read(results, "frames_keypoints/b.csv.gz")
    held = frames["time_s"].between(WRONG_S[0] + 0.5, WRONG_S[1] - 0.5)
    assert (frames.loc[held, "state"] == "immobile").all()


def test_the_report_shows_the_queue(results):
    page = (results / "report.html").read_text("utf-8")
    assert "Where silhouette and keypoints disagree" in page
    assert "mobile by silhouette" in page


def test_the_score_is_the_silhouettes_and_what_is_kept_is_used_again(folder, results):
    (folder / "plain").mkdir()
    (folder / "plain" / "disagreements.csv").write_text("of an earlier run")
    plain = score(folder, "silhouette", folder / "plain")
    assert not (plain / "disagreements.csv").exists()
    for name in ("measures.csv", "bouts.csv", "frames/b.csv.gz"):
        assert (results / name).read_bytes() == (plain / name).read_bytes()
    before = {
        name: (results / name).read_bytes()
        for name in ("trackers.csv", "disagreements.csv", "frames_keypoints/b.csv.gz")
    }
    made = (results / "cache" / "motion" / "b.json").stat().st_mtime_ns
    score(folder, "both", results)
    assert (results / "cache" / "motion" / "b.json").stat().st_mtime_ns == made
    assert {name: (results / name).read_bytes() for name in before} == before
