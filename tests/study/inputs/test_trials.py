"""The trials table: ids, levels and times, and how their faults are told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from behave.errors import InputError
from behave.schema import notes_of
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
    assert problem.fix.startswith("did you mean 'NBQXX'?")
    assert "design.antagonist.level in the study file" in problem.fix


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


def test_an_id_that_cannot_name_a_file_keeps_and_its_files_get_a_name(write, trials_text, design):
    text = trials_text.replace("003,", "<b>x</b>,").replace("004,", "=1+1,")
    trials = read_trials(write("trials.csv", text), design)
    assert list(trials["animal_id"]) == ["001", "002", "<b>x</b>", "=1+1"]
    assert list(trials["trial_id"]) == ["001", "002", "_b_x__b_~e31e3a", "=1+1"]
    assert notes_of(trials) == ("Animal '<b>x</b>': its files are called '_b_x__b_~e31e3a'.",)


def test_a_trial_id_that_cannot_name_a_file_is_refused(write, trials_text, design):
    text = with_trial_ids(trials_text).replace("t3,", "t/3,")
    (problem,) = problems_of(write("trials.csv", text), design)
    assert problem.found == "'t/3'"


# Levels: each is one that the design names.


def test_a_misspelt_level_names_its_row_its_column_and_the_nearest(write, trials_text, design):
    text = trials_text + "005,c.mp4,1,NBXQ,vehicle\n006,c.mp4,2,vehicle,Ketamin\n"
    first, second = problems_of(write("trials.csv", text), design)
    assert (first.at, second.at) == ("row 6, column 'pretreatment'", "row 7, column 'treatment'")
    assert first.fix.startswith("did you mean 'NBQX'?")
    assert second.fix.startswith("did you mean 'ketamine'?")


def test_many_animals_of_one_strange_level_are_one_message(write, trials_text, design):
    rows = "".join(f"1{n},c.mp4,{n},saline2,vehicle\n" for n in range(3))
    (problem,) = problems_of(write("trials.csv", trials_text + rows), design)
    assert problem.at == "rows 6, 7, 8, column 'pretreatment'"
    assert "not_analysed: [saline2]" in problem.fix


def test_a_level_listed_as_not_analysed_is_let_be(write, trials_text, design):
    told = design.model_copy(update={"not_analysed": ("saline2",)})
    trials = read_trials(write("trials.csv", trials_text + "005,c.mp4,1,saline2,vehicle\n"), told)
    assert len(trials) == 5


def test_an_excluded_animal_may_have_any_level(write, trials_text, design):
    lines = (trials_text + "005,c.mp4,1,unknown,vehicle\n").splitlines()
    text = "\n".join([lines[0] + ",exclude", *(f"{x}," for x in lines[1:-1]), lines[-1] + ",true"])
    assert len(read_trials(write("trials.csv", text), design)) == 5


def test_a_level_compared_cannot_be_listed_as_not_analysed(design):
    with pytest.raises(ValueError, match="'NBQX' is compared"):
        type(design)(**design.model_dump() | {"not_analysed": ["NBQX"]})


# Sheets as people fill them.


def test_headers_are_recognised_and_told(write, trials_text, design):
    header, *rows = trials_text.splitlines()
    title = header.replace("animal_id", "Mouse ID").replace("treatment", "Treatment")
    text = "\n".join(["My study", title.replace("preTreatment", "Pre-treatment"), *rows])
    trials = read_trials(write("trials.csv", text), design)
    assert list(trials["animal_id"]) == ["001", "002", "003", "004"]
    assert set(notes_of(trials)) == {
        "trials.csv: the header is row 2.",
        "Column 'Mouse ID' was read as 'animal_id'.",
        "Column 'Pre-treatment' was read as 'pretreatment'.",
        "Column 'Treatment' was read as 'treatment'.",
    }


def test_an_unfilled_sheet_is_one_message(write, design):
    rows = "".join(f",v{n}.mp4,1,,\n" for n in range(16))
    text = "animal_id,video,arena,pretreatment,treatment\n" + rows
    (problem,) = problems_of(write("trials.csv", text), design)
    assert problem.what == "the sheet is not filled in yet"
    assert problem.found == "16 rows without animal_id, pretreatment, treatment"
    assert problem.at == "rows 2 to 17"


def test_all_faults_are_told_at_once_by_row(write, design):
    text = (
        "animal_id,video,arena,pretreatment,treatment,weight_g,entry_s\n"
        "1,a.mp4,1,vehicle,vehicle,24.5,soon\n"
        "2,a.mp4,2,vehicle,Ketamin,20,\n"
        '3,b.mp4,1,NBQX,vehicle,"24,5",\n'
        "3,b.mp4,2,NBQX,ketamine,21,\n"
        "5,c.mp4,1,,ketamine,21 g,\n"
    )
    found = problems_of(write("trials.csv", text), design)
    assert [(problem.at, problem.what) for problem in found] == [
        ("row 2, column 'entry_s'", "not a time"),
        ("row 3, column 'treatment'", "the design does not name 'Ketamin'"),
        ("row 4, column 'weight_g'", "not a number"),
        ("rows 4 and 5", "trial '3' appears twice"),
        ("row 6, column 'weight_g'", "not a number"),
        ("row 6, column 'pretreatment'", "an empty cell in a design column"),
    ]


def test_backslashes_of_video_paths_become_slashes(write, trials_text, design):
    trials = read_trials(write("trials.csv", trials_text.replace("a.mp4", r"cam1\a.mp4")), design)
    assert trials["video"].iloc[0] == "cam1/a.mp4"


def test_an_empty_video_is_kept_as_missing(write, trials_text, design):
    trials = read_trials(write("trials.csv", trials_text + "005,,,NBQX,vehicle\n"), design)
    assert trials["video"].iloc[-1] == ""
    assert math.isnan(trials["entry_s"].iloc[-1])


@pytest.mark.parametrize("other", ["1", "01", "1.0", "001.0"])
def test_ids_that_are_one_number_are_refused(write, trials_text, design, other):
    (problem,) = problems_of(write("trials.csv", trials_text.replace("002", other)), design)
    assert problem.what == f"'001' and '{other}' may be one animal"
    assert problem.at == "rows 2 and 3, column 'animal_id'"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["sex", "M", "male", "f", "f"], "levels 'M' and 'male' mean the same"),
        (["sex", "m", "f", "F", "m"], "levels 'f' and 'F' differ only by case, blanks or hyphens"),
        (["cohort", "1", "2", "2.0", "1"], "levels '2' and '2.0' mean the same"),
        (["cohort", "1", "2", "2", "01"], "levels '1' and '01' mean the same"),
    ],
)
def test_blocks_written_in_two_ways_are_one_block(write, trials_text, design, cells, said):
    lines = trials_text.splitlines()
    text = "\n".join(f"{line},{cell}" for line, cell in zip(lines, cells, strict=True))
    blocked = design.model_copy(update={"blocks": [cells[0]]})
    (problem,) = problems_of(write("trials.csv", text + "\n"), blocked)
    assert problem.what == said


@pytest.mark.parametrize("text", ["m", "male"])
def test_what_the_words_of_a_sex_mean_elsewhere_is_not_assumed(write, trials_text, design, text):
    lines = trials_text.splitlines()
    cells = ["cage", text, "M1", "M1", text]
    joined = "\n".join(f"{line},{cell}" for line, cell in zip(lines, cells, strict=True))
    blocked = design.model_copy(update={"blocks": ["cage"]})
    trials = read_trials(write("trials.csv", joined + "\n"), blocked)
    assert list(trials["cage"]) == cells[1:]


def test_a_total_and_a_row_of_units_are_no_animals(write, trials_text, design):
    header, *rows = trials_text.splitlines()
    names = header.split(",")
    units = ",".join("mg/kg" if name == "treatment" else "" for name in names)
    total = ",".join("Total" if name == "animal_id" else "" for name in names)
    trials = read_trials(write("t.csv", "\n".join([header, units, *rows, total, ""])), design)
    assert list(trials["animal_id"]) == ["001", "002", "003", "004"]
    assert notes_of(trials) == (
        "Row 2 was read as the columns' units (treatment: mg/kg).",
        "Row 7 ('Total') sums up others and was left out.",
    )


def test_a_treated_animal_called_total_is_an_animal(write, trials_text, design):
    trials = read_trials(write("t.csv", trials_text.replace("004", "Total")), design)
    assert list(trials["animal_id"])[-1] == "Total"


def test_levels_in_each_others_columns_are_asked_about(write, trials_text, design):
    lines = trials_text.splitlines()
    names = lines[0].split(",")
    cells = dict(zip(names, lines[4].split(","), strict=True))
    cells["pretreatment"], cells["treatment"] = cells["treatment"], cells["pretreatment"]
    lines[4] = ",".join(cells.values())
    lines.append(trials_text.splitlines()[4].replace("004", "005"))
    first, second = problems_of(write("t.csv", "\n".join(lines) + "\n"), design)
    assert first.what == "'ketamine' stands in the column 'pretreatment'"
    assert second.what == "'NBQX' stands in the column 'treatment'"
    assert first.fix == "are 'pretreatment' and 'treatment' swapped in this row?"


def test_a_missing_id_is_told_once(write, trials_text, design):
    (problem,) = problems_of(write("t.csv", trials_text.replace("004", "")), design)
    assert problem.at == "row 5, column 'animal_id'"
