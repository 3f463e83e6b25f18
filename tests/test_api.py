"""The package from Python: what notebooks and scripts call."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import behave
from behave.errors import InputError
from behave.simulate.render import World, render_video
from behave.simulate.swim import Bout, Swim

DESIGN = {
    "agonist": {"column": "drug", "control": "vehicle", "level": "ketamine"},
    "antagonist": {"column": "pre", "control": "vehicle", "level": "NBQX"},
}


@pytest.fixture
def table() -> pd.DataFrame:
    """Return 24 animals: ketamine takes 60 s away under vehicle, and nothing under NBQX."""
    means = {("vehicle", "vehicle"): 130, ("vehicle", "ketamine"): 70,
             ("NBQX", "vehicle"): 130, ("NBQX", "ketamine"): 130}  # fmt: skip
    spread = (-15, -9, -3, 3, 9, 15)
    rows = [(pre, drug, mean + step) for (pre, drug), mean in means.items() for step in spread]
    frame = pd.DataFrame(rows, columns=["pre", "drug", "immobility_s"])
    return frame.assign(animal_id=[f"{number:03}" for number in range(len(frame))])


def test_a_table_and_a_design_give_the_verdict(table):
    comparison = behave.compare(table, design=DESIGN)
    assert comparison.label == "blocked"
    # Means differ by exactly 60 s, and their standard error follows from 6 equal steps.
    assert comparison.effects.loc["K", "estimate"] == pytest.approx(60)
    assert comparison.effects.loc["Kn", "estimate"] == pytest.approx(0, abs=1e-9)
    variance = table["immobility_s"].iloc[:6].var()
    half = comparison.effects.loc["K", "conf_high"] - 60
    assert half == pytest.approx(2.228139 * (2 * variance / 6) ** 0.5, rel=1e-5)  # t(10), 97.5 %


def test_a_comparison_can_be_read_and_drawn(table):
    comparison = behave.compare(table, design=DESIGN)
    assert repr(comparison).startswith("blocked\n")
    assert "<table" in comparison._repr_html_()
    assert comparison.plot().get_axes()


def test_a_faulty_design_is_told_by_its_key(table):
    with pytest.raises(InputError, match=r"design\.agonist"):
        behave.compare(table, design={"agonist": {"column": "drug"}})


def test_videos_give_a_table(tmp_path: Path):
    swim = Swim((Bout(0, 3, "swimming"), Bout(3, 6, "immobile"), Bout(6, 9, "swimming")))
    render_video(tmp_path / "one.mp4", World(width=160, height=160), [swim], 0)
    scores = behave.score(tmp_path / "one.mp4", arenas=1, jobs=1)
    assert list(scores["trial_id"]) == ["one_arena1"]
    assert list(scores["status"]) == ["done"]
    assert list(scores["epoch"]) == ["whole"]


def test_a_folder_without_results_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="no results here"):
        behave.load_results(tmp_path)


def test_frames_of_a_trial_that_was_not_scored_are_refused_with_the_nearest_name(tmp_path: Path):
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "S01.csv.gz").write_bytes(b"")
    with pytest.raises(InputError, match=r"(?s)S1.*did you mean 'S01'"):
        behave.load_results(tmp_path).frames("S1")


def test_the_names_are_there_before_anything_is_loaded():
    lines = "import behave, sys; print('score' in dir(behave), 'pandas' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True
    ).stdout
    assert said == "True False\n"
    with pytest.raises(AttributeError, match="no attribute 'scores'"):
        _ = behave.scores
