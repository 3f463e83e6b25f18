"""Starting is light: the heavy libraries are loaded by the stage that needs them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from behave.simulate.render import World, render_video
from behave.simulate.swim import Bout, Swim

HEAVY = {
    "av",
    "cv2",
    "deeplabcut",
    "matplotlib",
    "numpy",
    "pandas",
    "pydantic",
    "scipy",
    "statsmodels",
}


def imported_by(*arguments: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter imports."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().partition(".")[0] for line in lines}


def test_the_list_of_imports_shows_a_heavy_library() -> None:
    assert "numpy" in imported_by("-c", "import numpy")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import behave"),
        ("-c", "import behave.cli"),
        ("-c", "import behave.errors"),
        ("-m", "behave", "--help"),
        ("-m", "behave", "--version"),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(arguments: tuple[str, ...]) -> None:
    found = imported_by(*arguments)
    assert "behave" in found
    assert not found & HEAVY


def test_scoring_a_video_loads_no_statistics_and_no_figures(tmp_path: Path) -> None:
    swim = Swim((Bout(0, 1.5, "swimming"),))
    render_video(tmp_path / "clip.mp4", World(width=160, height=120), [swim], 0)
    found = imported_by(
        *("-m", "behave", "score", str(tmp_path / "clip.mp4"), "--count", "1"),
        *("--out", str(tmp_path / "out"), "--jobs", "1"),
    )
    assert {"cv2", "av", "pandas"} <= found
    assert not found & {"scipy", "matplotlib", "openpyxl", "statsmodels", "dask", "rich"}


def cpu_of_help() -> float:
    """Return the CPU time of ``behave --help``, user and system, in s."""
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "behave", "--help"], check=True, stdout=subprocess.DEVNULL
    )
    after = os.times()
    spent = (after.children_user, -before.children_user, after.children_system)
    return sum(spent) - before.children_system


def test_help_takes_little_cpu() -> None:
    # The best of three: the first may compile, and a busy machine adds to any.
    assert min(cpu_of_help() for _ in range(3)) < 0.25
