"""A study whose videos are followed by a trained project, from the study file to its tables."""

import subprocess
import sys

import pandas as pd
import pytest

from behave.files import read_table

pytestmark = [pytest.mark.dlc, pytest.mark.slow]

STUDY = """
study: by-network
trials: trials.csv
videos: clips
arenas: {file: arenas.csv}
protocol: {duration_s: 10, score_window_s: [2, 10], bin_s: 5}
tracking: {method: deeplabcut, project: project/config.yaml}
design:
  outcome: immobility_s
  benefit: decrease
  agonist: {column: treatment, control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX}
"""
TRIALS = """\
animal_id,video,arena,entry_s,pretreatment,treatment
a,one.mp4,1,0,vehicle,vehicle
b,two.mp4,1,0,vehicle,ketamine
c,two.mp4,2,0,NBQX,vehicle
d,,,,NBQX,ketamine
"""


def behave(*words):
    """Run a command as a user does; return exit code and all that was said."""
    done = subprocess.run(
        [sys.executable, "-m", "behave", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def times(folder):
    """Return when each file of a folder was written last."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture
def study(tiny, tmp_path):
    """Return the file of a study: three animals in two videos, and one that was not filmed."""
    for name in ("clips", "project"):
        (tmp_path / name).symlink_to(tiny / name, target_is_directory=True)
    tables = [
        pd.read_csv(tiny / "clips" / f"{clip}_arenas.csv", index_col=0).assign(video=f"{clip}.mp4")
        for clip in ("one", "two")
    ]
    pd.concat(tables).to_csv(tmp_path / "arenas.csv", index=False)
    (tmp_path / "trials.csv").write_text(TRIALS)
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path / "study.yaml"


def test_a_project_scores_a_study_in_two_processes_and_what_is_kept_is_used_again(study, tiny):
    out = study.parent / "results"
    before = times(tiny / "project")
    code, said = behave("run", study, "--out", out, "--jobs", 2)
    assert code == 0, said
    assert "3 of 4 trials scored, 1 missing" in said
    table = read_table(out / "measures.csv", ("arena",))
    scored = table[(table["epoch"] == "score_window") & (table["status"] == "done")]
    assert scored["trial_id"].tolist() == ["a", "b", "c"]
    for row in scored.itertuples():
        clip = row.video.removesuffix(".mp4")
        truth = pd.read_csv(tiny / "clips" / f"{clip}.csv", dtype={"arena": str})
        mine = truth[(truth["arena"] == row.arena) & truth["time_s"].between(2, 10)]
        true_s = 8 * (mine["state"] == "immobile").mean()
        assert row.immobility_s == pytest.approx(true_s, abs=1.2), row.trial_id
    kept = read_table(out / "keypoints.csv", ())
    assert (kept["kept_pct"] > 70).all()
    assert len(kept) == 3 * 5
    assert times(tiny / "project") == before, "the project is never written to"
    tables = {name: (out / name).read_bytes() for name in ("measures.csv", "keypoints.csv")}
    motion = times(out / "cache" / "motion")
    code, said = behave("run", study, "--out", out, "--jobs", 1)
    assert code == 0, said
    assert times(out / "cache" / "motion") == motion, "nothing was measured again"
    assert {name: (out / name).read_bytes() for name in tables} == tables


def test_videos_are_scored_by_a_project_without_a_study(tiny, tmp_path):
    out, clip = tmp_path / "out", tiny / "clips" / "one.mp4"
    words = ("--count", 1, "--project", tiny / "project", "--test", "fst", "--out", out)
    code, said = behave("score", clip, *words)
    assert code == 0, said
    (row,) = read_table(out / "measures.csv", ("arena",)).to_dict("records")
    truth = pd.read_csv(tiny / "clips" / "one.csv")
    true_s = 20 * (truth["state"] == "immobile").mean()
    assert row["immobility_s"] == pytest.approx(true_s, abs=2)
    assert (out / "keypoints.csv").exists()
