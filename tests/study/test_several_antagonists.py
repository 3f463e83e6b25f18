"""Several antagonists from their study file: the example that is in `configs/`."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from behave.errors import InputError
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials
from behave.study.pipeline import analyze

CONFIGS = Path(__file__).parents[2] / "configs"
TABLES = CONFIGS / "several_antagonists"


def test_the_tables_are_those_that_the_script_draws():
    specification = importlib.util.spec_from_file_location("simulate", TABLES / "simulate.py")
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    for name, table in script.simulate().items():
        written = pd.read_csv(TABLES / f"{name}.csv", dtype={"synthetic": str})
        pd.testing.assert_frame_equal(written, table, check_dtype=False)


def test_the_example_gives_each_antagonist_its_verdict(tmp_path):
    outcome = analyze(CONFIGS / "several_antagonists.yaml", TABLES / "immobility.csv", tmp_path)
    assert outcome.verdict["label"] == "blocked"
    (family,) = outcome.verdict["families"]
    assert [arm["label"] for arm in family["arms"]] == ["blocked", "not_blocked"]
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "drug B (against saline) not blocked" in page
    assert "I_drug B" in page


def test_an_antagonist_that_no_trial_has_is_refused_with_the_trials(write, study_text, trials_text):
    write("trials.csv", trials_text)
    text = study_text + "  other_antagonists: {NBQXX: vehicle}\n"
    study = load_study(write("study.yaml", text))
    with pytest.raises(InputError) as caught:
        read_trials(study.trials, study.design)
    (problem,) = caught.value.problems
    assert "other_antagonists.level" in problem.what
    assert "'NBQX'" in problem.fix
