"""The trials table: ids, levels and times, and how their faults are told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from behave.errors import InputError
from behave.study.inputs.trials import read_trials, seconds


def problems_of(path, design):
    with pytest.raises(InputError) as caught:
        read_trials(path, design)
    return caught.value.problems


def test_ids_stay_text(write, trials_text, design):
    trials = read_trials(write("trials.csv", trials_text), design)
    assert list(trials["animal_id"]) == ["001", "002", "003", "004"]
    assert list(trials["trial_id"]) == ["001", "002", "003", "004"]
    assert not trials["exclude"].any()
    assert trials["entry_s"].isna().all()


def test_numbers_of_a_workbook_become_the_ids_that_were_typed(tmp_path, design):
    book = Workbook()
    sheet = book.active
    sheet.append(["animal_id", "video", "arena", "pretreatment", "treatment"])
    rows = [
        ("vehicle", "vehicle"),
        ("vehicle", "ketamine"),
        ("NBQX", "vehicle"),
        ("NBQX", "ketamine"),
    ]
    for number, (first, second) in enumerate(rows, start=1):
        sheet.append([number, "a.mp4", number, first, second])
    book.save(tmp_path / "trials.xlsx")
    trials = read_trials(tmp_path / "trials.xlsx", design)
    assert list(trials["animal_id"]) == ["1", "2", "3", "4"]
    assert list(trials["arena"]) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("text", "expected"), [("95", 95), ("95.5", 95.5), ("1:35.5", 95.5), ("0:01:35", 95), ("0", 0)]
)
def test_times_are_seconds_or_clock(text, expected):
    assert seconds(text) == expected


@given(st.integers(0, 59), st.integers(0, 59))
def test_clock_times_count_minutes_and_seconds(minute, second):
    assert seconds(f"{minute}:{second:02d}") == 60 * minute + second


@pytest.mark.parametrize("text", ["1,5", "soon", "-3", "nan", "inf", "5 s"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        seconds(text)


def test_a_wrong_time_names_its_row(write, trials_text, design):
    lines = trials_text.splitlines()
    text = "\n".join([lines[0] + ",entry_s", lines[1] + ',"2,5"', *(f"{x}," for x in lines[2:])])
    (problem,) = problems_of(write("trials.csv", text), design)
    assert problem.at == "row 2, column 'entry_s'"
    assert problem.found == "'2,5'"


def test_a_repeated_animal_names_both_rows(write, trials_text, design):
    path = write("trials.csv", trials_text.replace("003,", "001,"))
    (problem,) = problems_of(path, design)
    assert problem.at == "rows 2 and 4"
    assert "'001'" in problem.what


def with_trial_ids(text):
    header, *rows = text.splitlines()
    numbered = [f"t{number},{row},{number == 0}" for number, row in enumerate(rows)]
    return "\n".join([f"trial_id,{header},exclude", *numbered])


def test_two_trials_of_one_animal_are_not_taken_as_two_animals(write, trials_text, design):
    text = with_trial_ids(trials_text.replace("003,", "002,"))
    (problem,) = problems_of(write("trials.csv", text), design)
    assert problem.at == "rows 3, 4"
    assert problem.found == "trials t1, t2"


def test_a_second_trial_of_an_animal_is_fine_where_the_first_is_excluded(
    write, trials_text, design
):
    text = with_trial_ids(trials_text.replace("003,", "001,"))
    trials = read_trials(write("trials.csv", text), design)
    assert list(trials["trial_id"]) == ["t0", "t1", "t2", "t3"]
    assert list(trials["animal_id"]) == ["001", "002", "001", "004"]


@pytest.mark.parametrize("other", ["Ketamine", "ketamine  hcl", "KETAMINE"])
def test_levels_that_differ_by_case_or_blanks_are_both_named(write, trials_text, design, other):
    base = "ketamine hcl" if "hcl" in other else "ketamine"
    text = trials_text.replace("NBQX,ketamine", f"NBQX,{other}") + f"005,c.mp4,1,NBQX,{base}\n"
    found = problems_of(write("trials.csv", text), design)
    told = next(problem for problem in found if "differ only" in problem.what)
    assert f"'{other}'" in told.what
    assert f"'{base}'" in told.what


def test_blanks_around_a_level_do_not_matter(write, trials_text, design):
    path = write("trials.csv", trials_text.replace("NBQX,ketamine", "NBQX , ketamine "))
    assert read_trials(path, design)["treatment"].iloc[-1] == "ketamine"


def test_a_level_that_never_occurs_is_told_with_the_nearest(write, trials_text, design):
    path = write("trials.csv", trials_text.replace("NBQX", "NBQXX"))
    (problem,) = problems_of(path, design)
    assert "'NBQX'" in problem.what
    assert problem.fix == "did you mean 'NBQXX'?"


def test_a_missing_design_column_is_told(write, trials_text, design):
    path = write(
        "trials.csv",
        trials_text.replace("treatment", "therapy").replace("pretherapy", "pretreatment"),
    )
    problems = problems_of(path, design)
    assert "no column 'treatment'" in problems[0].what


def test_an_empty_design_cell_names_its_row_unless_excluded(write, trials_text, design):
    text = trials_text + "005,c.mp4,1,NBQX,\n"
    (problem,) = problems_of(write("trials.csv", text), design)
    assert problem.at == "row 6, column 'treatment'"
    lines = text.splitlines()
    text = "\n".join([lines[0] + ",exclude", *(f"{x},no" for x in lines[1:-1]), lines[-1] + ",yes"])
    assert read_trials(write("trials.csv", text), design)["exclude"].sum() == 1


def test_a_dose_with_its_unit_is_refused(write, trials_text, design):
    lines = trials_text.splitlines()
    text = "\n".join(
        [lines[0] + ",treatment_dose_mg_per_kg", *(f"{x},10 mg/kg" for x in lines[1:])]
    )
    problems = problems_of(write("trials.csv", text), design)
    assert len(problems) == 4
    assert problems[0].at == "row 2, column 'treatment_dose_mg_per_kg'"
    assert "unit" in problems[0].fix


def test_an_id_that_cannot_name_a_file_is_refused(write, trials_text, design):
    (problem,) = problems_of(write("trials.csv", trials_text.replace("003,", "3/a,")), design)
    assert problem.found == "'3/a'"


def test_backslashes_of_video_paths_become_slashes(write, trials_text, design):
    trials = read_trials(write("trials.csv", trials_text.replace("a.mp4", r"cam1\a.mp4")), design)
    assert trials["video"].iloc[0] == "cam1/a.mp4"


def test_an_empty_video_is_kept_as_missing(write, trials_text, design):
    trials = read_trials(write("trials.csv", trials_text + "005,,,NBQX,vehicle\n"), design)
    assert trials["video"].iloc[-1] == ""
    assert math.isnan(trials["entry_s"].iloc[-1])
