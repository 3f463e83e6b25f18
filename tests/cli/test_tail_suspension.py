"""A tail suspension test from videos to scores, by the commands. All videos are SYNTHETIC."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.simulate.suspension import Hang
from behave.simulate.suspension_render import SuspensionWorld, render_suspension
from behave.simulate.swim import Bout
from behave.study.inputs.study_file import load_study

SMALL = SuspensionWorld(width=320, height=240, fps=15, arenas=2)


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """Return a folder with a video of one animal that rests for half of 12 s, and one that falls."""
    folder = tmp_path / "videos"
    folder.mkdir()
    bouts = (Bout(0, 6, "swimming"), Bout(6, 12, "immobile"))
    falls = Hang((Bout(0, 12, "immobile"),), falls_s=7.0)
    render_suspension(folder / "a.mp4", SMALL, [Hang(bouts), falls], 1, 12.0)
    return folder


def test_score_counts_what_hangs_still_and_ends_with_a_fall(videos: Path, tmp_path: Path):
    out = tmp_path / "out"
    told = CliRunner().invoke(
        cli,
        ["score", str(videos), "--test", "tst", "--count", "2", "--out", str(out), "--jobs", "1"],
    )
    assert told.exit_code == 0, told.output
    measures = pd.read_csv(out / "measures.csv", encoding="utf-8-sig")
    rests, falls = measures.to_dict("records")
    assert rests["immobility_s"] == pytest.approx(6, abs=0.7)
    assert falls["stop_s"] == pytest.approx(7, abs=0.5)
    log = pd.read_csv(out / "trials_log.csv", encoding="utf-8-sig")
    assert "animal_fell" in log["flags"].fillna("")[1]
    assert "animal_fell" not in log["flags"].fillna("")[0]


def test_init_writes_a_study_of_hanging_animals(videos: Path):
    told = CliRunner().invoke(cli, ["init", str(videos), "--test", "tst", "--count", "2"])
    assert told.exit_code == 0, told.output
    protocol = load_study(videos / "study.yaml").protocol
    assert (protocol.test, protocol.score_window_s) == ("tst", (0, 360))
    assert list((videos / "arenas").glob("*.png"))


def test_an_arena_with_two_animals_fails_with_that_reason(videos: Path, tmp_path: Path):
    out = tmp_path / "out"
    told = CliRunner().invoke(
        cli,
        ["score", str(videos), "--test", "tst", "--count", "1", "--out", str(out), "--jobs", "1"],
    )
    assert told.exit_code == 1
    log = pd.read_csv(out / "trials_log.csv", encoding="utf-8-sig")
    assert log["status"].tolist() == ["failed"]
    assert "Two animals hang in this arena" in log["message"][0]
