"""The example designs in `configs/`, from study file and tables to the report."""

import importlib.util
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.errors import InputError
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials
from behave.study.pipeline import analyze

CONFIGS = Path(__file__).parents[2] / "configs"


def load_script():
    """Return the script that draws the tables."""
    specification = importlib.util.spec_from_file_location("simulate", CONFIGS / "simulate.py")
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    return script


DESIGNS = load_script().DESIGNS

# What each example shows, and words that have no place in its report.
LABELS = {
    "antagonist_doses": "blocked",
    "agonist_doses": "not_assessable",
    "genotype": "blocked",
    "ampa_potentiator": "blocked",
    "third_factor": "partially_blocked",
    "fast_and_slow": "not_assessable",
    "repeated_times": "not_assessable",
    "time_bins": "blocked",
    "people_checked": "blocked",
    "several_outcomes": "blocked",
}
TOLD = {
    "antagonist_doses": ["NBQX 1 mg/kg not blocked", "ED50 3.79 mg/kg", "60 min before the test"],
    "agonist_doses": ["bends back between the doses"],
    "genotype": ["In GluA2 knock-out animals the effect of ketamine"],
    "ampa_potentiator": ["Positive control: ketamine (against vehicle)"],
    "third_factor": [
        "chronic stress blocked; none not blocked",
        "They differ (I of chronic stress",
    ],
    "fast_and_slow": ["fluoxetine, 21 d (against vehicle)", "K of fluoxetine: 1 d"],
    "repeated_times": ["mixed model, random intercept of the animal"],
    "time_bins": ["I is shown in 180 to 240 s"],
    "several_outcomes": ["I is shown in immobility, tail suspension (immobility) and"],
    "people_checked": ["People scored 24 of these animals", "was not shown to differ by arm"],
}
FIGURES = {
    "antagonist_doses": {"estimation", "interaction", "comparisons", "dose_series"},
    "agonist_doses": {"estimation", "dose_series"},
    "genotype": {"estimation", "interaction"},
    "ampa_potentiator": {"estimation", "interaction", "comparisons"},
    "third_factor": {"estimation", "interaction", "comparisons"},
    "fast_and_slow": {"estimation", "comparisons"},
    "repeated_times": {"estimation", "comparisons"},
    "time_bins": {"estimation", "interaction", "comparisons"},
    "people_checked": {"estimation", "interaction"},
    "several_outcomes": {"estimation", "interaction", "outcomes"},
}
ABSENT = {
    "agonist_doses": ["interaction", "NBQX", "rule of the verdict"],
    "genotype": ["under wild type", "GluA2 knock-out alone"],
    "fast_and_slow": ["Kn", "rule of the verdict"],
    "repeated_times": ["Kn", "rule of the verdict"],
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_tables_are_those_that_the_script_draws(name):
    for part, table in DESIGNS[name]().items():
        written = pd.read_csv(CONFIGS / name / f"{part}.csv", dtype={"synthetic": str})
        pd.testing.assert_frame_equal(written, table, check_dtype=False)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_design_is_analysed_and_only_what_belongs_to_it_is_told(name, tmp_path):
    outcome = analyze(CONFIGS / f"{name}.yaml", CONFIGS / name / "immobility.csv", tmp_path)
    assert outcome.verdict["label"] == LABELS[name]
    page = (tmp_path / "report.html").read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    # Letters of a drawing's code are no words.
    page = re.sub(r'src="data:[^"]*"', "", page)
    for words in TOLD[name]:
        assert words in page
    body = page[page.index("<main>") :]
    for words in ABSENT.get(name, ()):
        assert words not in body
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == FIGURES[name]
    # The agonist's series bends back: no curve is identified, and none is listed.
    curve = name == "antagonist_doses"
    assert (tmp_path / "stats" / "dose_response.csv").exists() == curve
    configuration = json.loads((tmp_path / "run.json").read_text("utf-8"))["configuration"]
    assert str(CONFIGS) not in json.dumps(configuration)


@pytest.mark.parametrize("name", DESIGNS)
def test_check_says_what_would_be_compared(name):
    result = CliRunner().invoke(cli, ["check", str(CONFIGS / f"{name}.yaml")])
    assert result.exit_code == 0, result.output
    assert ("Also compared" in result.output) == (
        name not in {"genotype", "time_bins", "people_checked", "several_outcomes"}
    )
    assert ("no verdict is given" in result.output) == (LABELS[name] == "not_assessable")


DOSED = """\
animal_id,pretreatment,pretreatment_dose_mg_per_kg,treatment
1,vehicle,,vehicle
2,vehicle,0,ketamine
3,NBQX,10,vehicle
4,NBQX,10,ketamine
"""
DOSED_STUDY = """\
study: demo
trials: trials.csv
design:
  agonist: {column: treatment, control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX,
               dose_column: pretreatment_dose_mg_per_kg, dose: 10}
"""


@pytest.mark.parametrize(
    ("row", "wrong", "place"),
    [
        ("3,NBQX,10,vehicle", "3,NBQX,,vehicle", "row 4"),
        ("3,NBQX,10,vehicle", "3,NBQX,0,vehicle", "row 4"),
        ("2,vehicle,0,ketamine", "2,vehicle,3,ketamine", "row 3"),
    ],
)
def test_a_dose_that_does_not_fit_its_level_is_refused_by_row(write, row, wrong, place):
    write("trials.csv", DOSED.replace(row, wrong))
    study = load_study(write("study.yaml", DOSED_STUDY))
    with pytest.raises(InputError) as caught:
        read_trials(study.trials, study.design)
    (problem,) = caught.value.problems
    assert problem.at == f"{place}, column 'pretreatment_dose_mg_per_kg'"


def test_a_verdict_dose_that_nobody_had_is_refused_with_the_doses(write):
    write("trials.csv", DOSED)
    study = load_study(write("study.yaml", DOSED_STUDY.replace("dose: 10", "dose: 30")))
    with pytest.raises(InputError) as caught:
        read_trials(study.trials, study.design)
    assert caught.value.problems[0].found == "10"


TIMED = """\
animal_id,pretreatment,pretreatment_min_before_test,treatment,treatment_min_before_test
1,vehicle,40,vehicle,30
2,vehicle,40,ketamine,30
3,NBQX,20,vehicle,30
4,NBQX,40,ketamine,30
"""


def test_an_antagonist_given_after_what_it_should_precede_is_refused(write, study_text):
    write("trials.csv", TIMED)
    text = study_text.replace("level: NBQX}", "level: NBQX, given_before: agonist}")
    study = load_study(write("study.yaml", text))
    with pytest.raises(InputError) as caught:
        read_trials(study.trials, study.design)
    (problem,) = caught.value.problems
    assert "row 4" in problem.at
    assert problem.found == "20 and 30 min before the test"
    relaxed = load_study(write("study.yaml", text.replace("before: agonist", "before: test")))
    assert len(read_trials(relaxed.trials, relaxed.design)) == 4


@pytest.mark.parametrize("wrong", ["NB QX", "nbqx", "NB-QX", "NBQX "])
def test_a_level_typed_almost_alike_is_refused_with_both_spellings(
    write, study_text, trials_text, wrong
):
    write("trials.csv", trials_text.replace("2,NBQX,ketamine", f"2,{wrong},ketamine"))
    study = load_study(write("study.yaml", study_text))
    if wrong.strip() == "NBQX":  # trimmed, and the same level
        assert len(read_trials(study.trials, study.design)) == 4
        return
    with pytest.raises(InputError) as caught:
        read_trials(study.trials, study.design)
    assert "'NBQX'" in caught.value.problems[0].what
    assert f"'{wrong}'" in caught.value.problems[0].what


def test_numbers_are_told_apart_by_a_hyphen(write, study_text, trials_text):
    rows = trials_text.splitlines()
    cohorts = ["cohort", "1-2", "12", "1-2", "12"]
    write("trials.csv", "\n".join(f"{row},{name}" for row, name in zip(rows, cohorts, strict=True)))
    study = load_study(write("study.yaml", study_text + "  blocks: [cohort]\n"))
    assert len(read_trials(study.trials, study.design)) == 4


def test_an_animal_comes_again_only_where_the_design_says_so(write):
    table = "animal_id,trial_id,treatment,time\n1,a,vehicle,1 h\n1,b,vehicle,1 d\n2,c,ketamine,1 h\n2,d,ketamine,1 d\n"
    write("trials.csv", table)
    design = """\
study: demo
trials: trials.csv
design:
  agonist: {column: treatment, control: vehicle, level: ketamine}
  time: {column: time, level: 1 h, repeated: true}
"""
    study = load_study(write("study.yaml", design))
    assert len(read_trials(study.trials, study.design)) == 4
    once = load_study(write("study.yaml", design.replace(", repeated: true", "")))
    with pytest.raises(InputError) as caught:
        read_trials(once.trials, once.design)
    assert "repeated: true" in caught.value.problems[0].fix


def test_bins_of_an_animal_that_no_trial_has_are_refused(tmp_path):
    text = (CONFIGS / "time_bins" / "bins.csv").read_text("utf-8").replace("m001,", "m999,", 1)
    (tmp_path / "bins.csv").write_text(text, "utf-8")
    study = (CONFIGS / "time_bins.yaml").read_text("utf-8")
    study = study.replace("time_bins/bins.csv", "bins.csv").replace(
        "time_bins/trials.csv", (CONFIGS / "time_bins" / "trials.csv").as_posix()
    )
    (tmp_path / "study.yaml").write_text(study, "utf-8")
    with pytest.raises(InputError, match="no trial has animal_id 'm999'"):
        analyze(tmp_path / "study.yaml", CONFIGS / "time_bins" / "immobility.csv", tmp_path / "out")


def test_a_score_of_an_animal_that_no_trial_has_is_refused(tmp_path):
    (tmp_path / "people.csv").write_text("animal_id,immobility_s\nm999,3\n", "utf-8")
    study = (CONFIGS / "people_checked.yaml").read_text("utf-8")
    study = study.replace("people_checked/people.csv", "people.csv").replace(
        "people_checked/trials.csv", (CONFIGS / "people_checked" / "trials.csv").as_posix()
    )
    (tmp_path / "study.yaml").write_text(study, "utf-8")
    with pytest.raises(InputError, match="no trial has animal_id 'm999'"):
        analyze(
            tmp_path / "study.yaml", CONFIGS / "people_checked" / "immobility.csv", tmp_path / "o"
        )


def test_without_a_table_of_bins_analyze_says_what_is_lacking(tmp_path):
    study = (CONFIGS / "time_bins.yaml").read_text("utf-8")
    study = study.replace("{file: time_bins/bins.csv}", "{}").replace(
        "time_bins/trials.csv", (CONFIGS / "time_bins" / "trials.csv").as_posix()
    )
    (tmp_path / "study.yaml").write_text(study, "utf-8")
    with pytest.raises(InputError, match="time_course"):
        analyze(tmp_path / "study.yaml", CONFIGS / "time_bins" / "immobility.csv", tmp_path / "out")
