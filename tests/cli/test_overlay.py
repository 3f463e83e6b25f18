"""``--overlay`` from the command line to the files, and when a video cannot be drawn."""

import hashlib
import json

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.errors import OutputError, Problem
from behave.simulate.render import World, arena_boxes, render_video
from behave.simulate.swim import Bout, Swim
from behave.tracking import overlay

# Synthetic: 8 s of one animal seen from above.
LOOK = World(view="top", width=160, height=160, arenas=1, fps=15.0)
BOUTS = (Bout(0, 3, "swimming"), Bout(3, 5, "immobile"), Bout(5, 8, "swimming"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    render_video(folder / "clip.mp4", LOOK, [Swim(BOUTS)], seed=2)
    arena_boxes(LOOK).assign(video="*").to_csv(folder / "arenas.csv", index=False)
    return folder


def score(clip, out, *words):
    told = ["score", clip / "clip.mp4", "--arenas", clip / "arenas.csv", "--out", out, "--jobs", 1]
    return CliRunner().invoke(cli, [str(word) for word in (*told, *words)])


def test_overlays_are_drawn_when_asked_for_and_change_no_score(clip, tmp_path):
    plain, drawn = score(clip, tmp_path / "a"), score(clip, tmp_path / "b", "--overlay")
    assert (plain.exit_code, drawn.exit_code) == (0, 0), drawn.output
    (file,) = (tmp_path / "b" / "overlays").iterdir()
    (frames,) = (tmp_path / "b" / "frames").glob("*.csv.gz")
    assert file.name == frames.name.replace(".csv.gz", ".mp4")
    doubtful = pd.read_csv(tmp_path / "b" / "doubtful.csv")
    assert list(doubtful.columns) == ["trial_id", "start_s", "stop_s", "motion_ratio", "doubt"]
    made = json.loads((tmp_path / "a" / "run.json").read_text("utf-8"))
    table = (clip / "arenas.csv").read_bytes()
    assert made["inputs"]["arenas"]["sha256"] == hashlib.sha256(table).hexdigest()
    assert made["configuration"]["arenas"] == {"count": None, "file": "arenas.csv"}
    assert not (tmp_path / "a" / "overlays").exists()
    assert not (tmp_path / "a" / "doubtful.csv").exists()
    assert (tmp_path / "a" / "measures.csv").read_bytes() == (
        tmp_path / "b" / "measures.csv"
    ).read_bytes()


def test_an_overlay_that_fails_is_a_flag(clip, tmp_path, monkeypatch):
    def fail(*_):
        raise OutputError(Problem("the overlay cannot be written", found="disk full"))

    monkeypatch.setattr(overlay, "draw_overlays", fail)
    result = score(clip, tmp_path / "out", "--overlay")
    assert result.exit_code == 0, result.output
    (row,) = pd.read_csv(tmp_path / "out" / "trials_log.csv").to_dict("records")
    assert row["status"] == "done"
    assert "no_overlay" in row["flags"]
    assert "the overlay cannot be written (disk full)" in row["flag_text"]


def test_keypoints_have_no_picture_to_draw_on(tmp_path):
    (tmp_path / "a.csv").touch()
    words = ["score", str(tmp_path / "a.csv"), "--fps", "25", "--overlay", "--out", str(tmp_path)]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2
    assert "--overlay needs videos" in result.output


def drawn_at(out):
    """Return when each overlay was written, by name."""
    return {file.name: file.stat().st_mtime_ns for file in (out / "overlays").iterdir()}


def test_an_overlay_that_shows_the_present_score_is_not_drawn_again(clip, tmp_path):
    score(clip, tmp_path, "--overlay")
    before = drawn_at(tmp_path)
    score(clip, tmp_path, "--overlay")
    score(clip, tmp_path)
    assert drawn_at(tmp_path) == before
    score(clip, tmp_path, "--overlay", "--force")
    assert drawn_at(tmp_path) != before


def test_an_overlay_of_another_score_is_taken_away_rather_than_believed(clip, tmp_path):
    score(clip, tmp_path, "--overlay")
    (frames,) = (tmp_path / "frames").glob("*.csv.gz")
    shown = frames.name.replace(".csv.gz", ".mp4")
    (tmp_path / "overlays" / "of_another_animal.mp4").touch()
    (tmp_path / "cache" / "overlays" / shown.replace(".mp4", ".txt")).write_text("another score")
    score(clip, tmp_path)
    assert not list((tmp_path / "overlays").iterdir())
    assert not (tmp_path / "doubtful.csv").exists()
