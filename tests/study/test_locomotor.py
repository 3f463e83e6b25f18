"""The locomotor control from its study file: the example that is in `configs/`."""

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest

from behave.errors import InputError
from behave.study.inputs.measures import read_locomotion
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials
from behave.study.pipeline import analyze

CONFIGS = Path(__file__).parents[2] / "configs"
TABLES = CONFIGS / "locomotor_control"


def test_the_tables_are_those_that_the_script_draws():
    specification = importlib.util.spec_from_file_location("simulate", TABLES / "simulate.py")
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    for name, table in script.simulate().items():
        written = pd.read_csv(TABLES / f"{name}.csv", dtype={"synthetic": str})
        pd.testing.assert_frame_equal(written, table, check_dtype=False)


def test_the_example_says_that_activity_may_stand_behind_the_effect(tmp_path):
    outcome = analyze(CONFIGS / "locomotor_control.yaml", TABLES / "immobility.csv", tmp_path)
    flags = {flag["name"] for flag in outcome.verdict["flags"]}
    assert "locomotion_increased" in flags
    assert "no_locomotor_control" not in flags
    contrasts = pd.read_csv(tmp_path / "stats" / "contrasts.csv")
    assert (contrasts["family"] == "locomotor").sum() == 4
    made = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert made["inputs"]["locomotor"]["file"] == "open_field.csv"
    assert made["configuration"]["design"]["locomotor"]["file"] == "open_field.csv"
    assert "locomotor_K" in (tmp_path / "report.html").read_text("utf-8")


def test_a_table_without_the_outcome_is_refused_by_name(write, study_text, trials_text):
    write("trials.csv", trials_text)
    write("open_field.csv", "animal_id,distance_m\n001,3\n")
    text = study_text + "  locomotor: {file: open_field.csv}\n"
    study = load_study(write("study.yaml", text))
    with pytest.raises(InputError) as caught:
        read_locomotion(study, read_trials(study.trials, study.design))
    (problem,) = caught.value.problems
    assert "distance_cm" in problem.what
    assert Path(problem.file).name == "open_field.csv"


def test_a_study_without_a_control_reads_none(study_file):
    study = load_study(study_file)
    assert read_locomotion(study, read_trials(study.trials, study.design)) is None
