"""A full disk, a folder in use or that cannot be written, a video replaced while it is read."""

import subprocess
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

from behave import files
from behave.cli import cli
from behave.errors import OutputError, Problem
from behave.study import pipeline, stages
from behave.study.cache.lock import hold
from behave.study.execution.processes import Execution

pytestmark = pytest.mark.slow

SMALL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
from behave.cli import main
main(sys.argv[1:])
"""


def contents(folder):
    """Return the bytes of every result but what is kept for reuse."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "cache" not in path.parts and path.name != ".lock"
    }


@pytest.fixture(scope="module")
def finished(small_study):
    """Run the study once; return its file and its results."""
    out = small_study.parent / "finished"
    pipeline.run(small_study, out)
    return small_study, out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
def test_a_full_disk_is_told_and_all_of_the_old_results_stay(finished):
    study, out = finished
    before = contents(out)
    changed = study.with_name("changed.yaml")
    changed.write_text(study.read_text() + "scoring: {min_bout_s: 0.2}\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, "run", str(changed), "--out", str(out), "--jobs", "1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert "the result cannot be written" in run.stderr
    assert "check that the disk is not full" in run.stderr
    assert "Traceback" not in run.stderr
    # Every table, figure and page is the old one, and the frames that belong to them.
    assert contents(out) == before


@pytest.mark.parametrize("stage", ["motion", "frames"])
def test_a_disk_that_fills_up_midway_ends_the_run_and_is_no_fault_of_a_trial(
    finished, monkeypatch, stage
):
    study, out = finished
    before = contents(out)
    prepare = files.prepare

    def prepare_or_fail(content, path):
        if path.parent.name == stage and path.name.startswith("21"):
            raise OutputError(Problem("the result cannot be written", found="No space left"))
        return prepare(content, path)

    monkeypatch.setattr(files, "prepare", prepare_or_fail)
    changed = study.with_name("shorter.yaml")
    changed.write_text(study.read_text() + "scoring: {min_bout_s: 0.3}\n", encoding="utf-8")
    with pytest.raises(OutputError, match="No space left"):
        pipeline.run(changed, out, Execution(force=True))
    assert contents(out) == before


def test_a_second_run_at_once_is_refused_with_who_holds_the_folder(finished):
    study, out = finished
    before = contents(out)
    with hold(out):
        refused = CliRunner().invoke(cli, ["run", str(study), "--out", str(out)])
    assert refused.exit_code == 2
    assert "another run is writing into this folder" in refused.output
    assert "process " in refused.output
    assert contents(out) == before


def test_a_results_folder_that_cannot_be_written_is_told_before_anything_is_run(finished):
    study, _ = finished
    out = study.parent / "file" / "out"
    out.parent.write_text("a file where the folder should be", encoding="utf-8")
    refused = CliRunner().invoke(cli, ["run", str(study), "--out", str(out)])
    assert refused.exit_code == 2
    assert "the results folder cannot be written" in refused.output


def test_a_video_replaced_while_it_is_read_fails_and_is_not_kept(finished, monkeypatch):
    study, _ = finished
    out = study.parent / "replaced"
    video, other = study.with_name("0.mp4"), study.with_name("3.mp4")
    original = video.read_bytes()
    track = stages.tracking.track

    def replace_then_track(path, *more, **told):
        if path.name == "0.mp4":
            path.first.write_bytes(other.read_bytes())
        return track(path, *more, **told)

    monkeypatch.setattr(stages.tracking, "track", replace_then_track)
    log = pipeline.run(study, out).trials_log.set_index("trial_id")
    assert list(log.loc[["01", "02"], "status"]) == ["failed", "failed"]
    assert "changed while it was read" in log.loc["01", "message"]
    assert (log["status"] == "done").sum() == 6
    # Put back, the video is measured as if nothing had been.
    monkeypatch.undo()
    video.write_bytes(original)
    assert set(pipeline.run(study, out).trials_log["status"]) == {"done"}
    pd.testing.assert_frame_equal(
        pd.read_csv(out / "measures.csv"), pd.read_csv(study.parent / "finished" / "measures.csv")
    )


def test_frames_of_a_trial_that_is_no_longer_scored_are_taken_away_and_nothing_else(finished):
    study, _ = finished
    out = study.parent / "shrunk"
    pipeline.run(study, out)
    mine = out / "frames" / "mine.csv.gz"
    mine.touch()
    lines = study.with_name("trials.csv").read_text().splitlines()
    header, first, *others = lines
    excluded = [f"{header},exclude,exclude_reason", f"{first},true,leaped out", *others]
    study.with_name("fewer.csv").write_text("\n".join(excluded) + "\n", encoding="utf-8")
    fewer = study.with_name("fewer.yaml")
    fewer.write_text(study.read_text().replace("trials.csv", "fewer.csv"), encoding="utf-8")
    pipeline.run(fewer, out)
    left = {path.name for path in (out / "frames").glob("*.gz")}
    assert left == {f"{name}.csv.gz" for name in ("02", "11", "12", "21", "22", "31", "32", "mine")}


def test_a_pattern_of_arenas_that_one_small_video_does_not_hold_costs_that_video_alone(
    corpus, finished
):
    study, _ = finished
    corpus.write_video(study.with_name("narrow.mp4"))
    trials = study.with_name("trials.csv").read_text() + "41,narrow.mp4,2,vehicle,vehicle\n"
    study.with_name("wide.csv").write_text(trials, encoding="utf-8")
    wide = study.with_name("wide.yaml")
    wide.write_text(study.read_text().replace("trials.csv", "wide.csv"), encoding="utf-8")
    log = pipeline.run(wide, study.parent / "wide").trials_log.set_index("trial_id")
    assert log.loc["41", "status"] == "failed"
    assert "extends beyond the picture" in log.loc["41", "message"]
    assert (log["status"] == "done").sum() == 8
