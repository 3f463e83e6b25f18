"""Fixtures of the study floor."""

from pathlib import Path

import pytest

from behave.stats import Antagonist, DesignOptions, Factor

STUDY = """\
study: demo
trials: trials.csv
videos: .
arenas: {count: 2}
protocol: {duration_s: 120, score_window_s: [30, 120], bin_s: 30}
design:
  agonist:    {column: treatment,    control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX}
"""

TRIALS = """\
animal_id,video,arena,pretreatment,treatment
001,a.mp4,1,vehicle,vehicle
002,a.mp4,2,vehicle,ketamine
003,b.mp4,1,NBQX,vehicle
004,b.mp4,2,NBQX,ketamine
"""


@pytest.fixture
def design():
    """Return the 2x2 design of NBQX and ketamine."""
    return DesignOptions(
        agonist=Factor(column="treatment", control="vehicle", level="ketamine"),
        antagonist=Antagonist(column="pretreatment", control="vehicle", level="NBQX"),
    )


@pytest.fixture
def write(tmp_path):
    """Return a function that writes text to a file of the test's folder."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def study_file(write):
    """Write a study of four animals in two videos (which are not there) with its trials."""
    write("trials.csv", TRIALS)
    return write("study.yaml", STUDY)


@pytest.fixture
def trials_text():
    """Return the trials of that study as text."""
    return TRIALS


@pytest.fixture
def study_text():
    """Return that study file as text."""
    return STUDY
