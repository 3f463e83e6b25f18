"""Several outcomes from their study file: what is read, refused and written."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.errors import InputError
from behave.study.inputs.measures import read_outcomes
from behave.study.inputs.plan import plan_study
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials
from behave.study.pipeline import analyze

CONFIGS = Path(__file__).parents[2] / "configs"
TABLES = CONFIGS / "several_outcomes"
OTHERS = """\
  other_outcomes:
    sucrose: {file: s.csv, outcome: preference_pct, benefit: increase, bounds: [20, 90]}
    rearings: {file: r.csv, outcome: n_rearings, benefit: increase, kind: count}
"""


def read(write, study_text, trials_text, sucrose="60", rearings="7"):
    """Read the two tables, in which animal 002 has the values given."""
    write("trials.csv", trials_text)
    write("s.csv", f"animal_id,preference_pct\n001,50\n002,{sucrose}\n")
    write("r.csv", f"animal_id,n_rearings\n001,5\n002,{rearings}\n")
    study = load_study(write("study.yaml", study_text + OTHERS))
    return read_outcomes(study, read_trials(study.trials, study.design))


def test_the_tables_are_matched_to_the_trials(write, study_text, trials_text):
    found = read(write, study_text, trials_text)
    assert found["sucrose"]["preference_pct"].tolist()[:2] == [50, 60]
    assert found["sucrose"]["status"].tolist() == ["done", "done", "missing", "missing"]
    assert found["rearings"]["treatment"].tolist()[:2] == ["vehicle", "ketamine"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"sucrose": "91.9"}, ["20 to 90, the bounds in the study file"]),
        ({"sucrose": "3"}, ["20 to 90, the bounds in the study file"]),
        ({"rearings": "-1"}, ["at least 0"]),
        ({"rearings": "7.5"}, ["whole numbers of events (kind: count)"]),
        ({"sucrose": "3", "rearings": "7.5"}, ["20 to 90, the bounds in the study file",
                                              "whole numbers of events (kind: count)"]),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_by_row_in_all_tables_at_once(
    write, study_text, trials_text, values, expected
):
    with pytest.raises(InputError) as caught:
        read(write, study_text, trials_text, **values)
    assert [problem.expected for problem in caught.value.problems] == expected
    assert all("row 3" in problem.at for problem in caught.value.problems)


@pytest.mark.parametrize("test", ["spt", "fts"])
def test_a_test_that_no_tracker_knows_is_analysed_and_not_scored(
    write, study_text, trials_text, test
):
    write("trials.csv", trials_text)
    text = study_text.replace("protocol: {", f"protocol: {{test: {test}, ")
    study = load_study(write("study.yaml", text))
    with pytest.raises(InputError) as caught:
        plan_study(study, read_trials(study.trials, study.design))
    assert f"test '{test}' cannot be scored from video" in caught.value.problems[0].what
    assert caught.value.problems[0].expected == "fst or tst or freezing"
    assert "behave analyze" in caught.value.problems[0].fix


def test_sucrose_preference_may_be_the_study_s_own_outcome(tmp_path):
    text = (CONFIGS / "several_outcomes.yaml").read_text("utf-8")
    head = text.partition("  other_outcomes:")[0]
    study = head.replace(
        "test: fst, species: mouse, duration_s: 360, score_window_s: [120, 360]", "test: spt"
    )
    study = study.replace("immobility_s ", "sucrose_preference_pct ").replace(
        "decrease", "increase"
    )
    study = study.replace("several_outcomes/", TABLES.as_posix() + "/")
    (tmp_path / "study.yaml").write_text(study, "utf-8")
    result = CliRunner().invoke(
        cli, ["analyze", str(tmp_path / "study.yaml"), "--measures", str(TABLES / "sucrose.csv"),
              "--out", str(tmp_path / "out")],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "on sucrose preference" in result.output
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Sucrose preference test" in page
    assert "120 to 360" not in page


def test_the_example_writes_its_tables_and_says_what_was_read(tmp_path):
    analyze(CONFIGS / "several_outcomes.yaml", TABLES / "immobility.csv", tmp_path)
    outcomes = pd.read_csv(tmp_path / "stats" / "outcomes.csv")
    assert outcomes["unit"].tolist() == ["s", "s", "%", "s", "cm"]
    assert outcomes["primary"].tolist() == [True] * 4 + [False]
    assert len(pd.read_csv(tmp_path / "stats" / "outcome_cells.csv")) == 20
    made = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert made["inputs"]["outcome_sucrose_preference"]["file"] == "sucrose.csv"
    other = made["configuration"]["design"]["other_outcomes"]["sucrose_preference"]
    assert other["file"] == "sucrose.csv"


def test_one_outcome_writes_neither_tables_nor_a_section(tmp_path):
    analyze(
        CONFIGS / "locomotor_control.yaml",
        CONFIGS / "locomotor_control" / "immobility.csv",
        tmp_path,
    )
    assert not (tmp_path / "stats" / "outcomes.csv").exists()
    assert "Outcomes side by side" not in (tmp_path / "report.html").read_text("utf-8")


def test_check_names_the_outcomes():
    result = CliRunner().invoke(cli, ["check", str(CONFIGS / "several_outcomes.yaml")])
    assert (
        "sucrose_preference (sucrose_preference_pct, benefit: increase, primary)" in result.output
    )
    assert "open_field (distance_cm, benefit: increase)" in result.output
