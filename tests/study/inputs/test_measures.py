"""A table of measures from anywhere is matched to the trials, or refused row by row."""

import pandas as pd
import pytest

from behave.errors import InputError
from behave.schema import notes_of
from behave.study.inputs.measures import read_measures
from behave.study.inputs.outcomes import bounds_of, unit_flags
from behave.study.inputs.study_file import ProtocolOptions
from behave.study.inputs.trials import read_trials


@pytest.fixture
def trials(write, trials_text, design):
    """Read the trials of four animals, 001 to 004."""
    return read_trials(write("trials.csv", trials_text), design)


def problems_of(path, trials, design):
    with pytest.raises(InputError) as caught:
        read_measures(path, trials, design)
    return caught.value.problems


def test_factors_come_from_the_trials(write, trials, design):
    path = write("m.csv", "animal_id,immobility_s\n004,40\n001,10.5\n002,20\n003,30\n")
    measures = read_measures(path, trials, design)
    assert list(measures["immobility_s"]) == [10.5, 20, 30, 40]
    assert list(measures["treatment"]) == ["vehicle", "ketamine", "vehicle", "ketamine"]
    assert set(measures["status"]) == {"done"}


def test_an_animal_without_a_row_or_value_is_missing(write, trials, design):
    path = write("m.csv", "animal_id,immobility_s\n001,10\n002,\n003,30\n")
    measures = read_measures(path, trials, design)
    assert list(measures["status"]) == ["done", "missing", "done", "missing"]


def test_only_the_score_window_is_used_where_there_are_epochs(write, trials, design):
    rows = "".join(f"00{n},whole,{n}00\n00{n},score_window,{n}\n" for n in range(1, 5))
    path = write("m.csv", "animal_id,epoch,immobility_s\n" + rows)
    assert list(read_measures(path, trials, design)["immobility_s"]) == [1, 2, 3, 4]


def test_ids_that_lost_their_zeros_are_recognised_but_not_guessed(write, trials, design):
    path = write("m.csv", "animal_id,immobility_s\n1,10\n002,20\n003,30\n004,40\n")
    (problem,) = problems_of(path, trials, design)
    assert problem.at == "row 2, column 'animal_id'"
    assert "'001'?" in problem.fix
    assert "leading zeros" in problem.fix


def test_an_animal_measured_twice_names_both_rows(write, trials, design):
    path = write("m.csv", "animal_id,immobility_s\n001,10\n001,20\n")
    (problem,) = problems_of(path, trials, design)
    assert problem.at == "rows 2 and 3"


def test_a_contradiction_of_the_trials_is_refused(write, trials, design):
    path = write("m.csv", "animal_id,treatment,immobility_s\n001,ketamine,10\n002,ketamine,20\n")
    (problem,) = problems_of(path, trials, design)
    assert problem.at == "row 2, column 'treatment'"
    assert (problem.found, "'vehicle'" in problem.expected) == ("'ketamine'", True)


def test_a_decimal_comma_is_refused_with_its_point(write, trials, design):
    path = write("m.csv", 'animal_id,immobility_s\n001,"10,5"\n')
    (problem,) = problems_of(path, trials, design)
    assert problem.at == "row 2, column 'immobility_s'"
    assert "10.5" in problem.fix


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ("Animal ID,group,Immobility (s)", "Column 'Immobility (s)' was read as 'immobility_s'."),
        (
            "Mouse,group,Time floating [sec]",
            "Column 'Time floating [sec]' was read as 'immobility_s'.",
        ),
        (
            "animal_id,group,Immobility",
            "Column 'Immobility' was read as 'immobility_s', in s: its name states no unit.",
        ),
    ],
)
def test_a_column_is_read_where_it_is_certain_and_told(write, trials, design, header, note):
    path = write("m.csv", f"{header}\n001,a,10\n002,a,20\n003,b,30\n004,b,40\n")
    measures = read_measures(path, trials, design)
    assert list(measures["immobility_s"]) == [10, 20, 30, 40]
    assert note in notes_of(measures)


@pytest.mark.parametrize(
    "column", ["Total distance (m)", "Total test time", "Latency to immobility (s)",
               "Floating bouts", "time_still"],
)  # fmt: skip
def test_a_column_that_may_be_something_else_is_not_guessed(write, trials, design, column):
    path = write("m.csv", f"animal_id,{column}\n001,10\n")
    (problem,) = problems_of(path, trials, design)
    assert problem.what == "no column 'immobility_s', the design's outcome"
    assert problem.fix == "name the column that holds it 'immobility_s'"


def test_another_unit_is_no_other_name(write, trials, design):
    path = write("m.csv", "animal_id,Immobility (%)\n001,10\n")
    (problem,) = problems_of(path, trials, design)
    assert problem.fix.startswith("'Immobility (%)' is in %, the outcome in s: analyse what was")


def test_several_candidates_are_listed(write, trials, design):
    path = write("m.csv", "animal_id,Immobility total (s),Floating (s)\n001,10,11\n")
    (problem,) = problems_of(path, trials, design)
    assert "'Immobility total (s)' or 'Floating (s)'" in problem.fix


def test_two_raters_in_two_columns_are_asked_about(write, trials, design):
    path = write("m.csv", "animal_id,Anna,Ben\n001,10,11\n002,20,19\n")
    (problem,) = problems_of(path, trials, design)
    assert "Are 'Anna' and 'Ben' raters? 'behave agree' compares them" in problem.fix


def test_minutes_and_seconds_are_seconds(write, trials, design):
    path = write("m.csv", "animal_id,immobility_s\n001,0:37\n002,1:05.5\n003,30\n004,40\n")
    measures = read_measures(path, trials, design)
    assert list(measures["immobility_s"]) == [37, 65.5, 30, 40]
    assert notes_of(measures) == ("Column 'immobility_s': times such as 1:35 were read as min:s.",)


def test_a_column_per_group_is_read_by_its_headers(write, trials, design):
    path = write("m.csv", "Vehicle,Ket,NBQX,NBQX + ketamine\n150,90,151,149\n160,100,161,\n")
    measures = read_measures(path, trials, design)
    cells = measures.groupby(["pretreatment", "treatment"])["immobility_s"].apply(list).to_dict()
    assert cells == {
        ("vehicle", "vehicle"): [150, 160],
        ("vehicle", "ketamine"): [90, 100],
        ("NBQX", "vehicle"): [151, 161],
        ("NBQX", "ketamine"): [149],
    }
    assert list(measures["animal_id"][:2]) == ["Vehicle 1", "Vehicle 2"]
    assert (
        "Column 'Ket' was read as the group vehicle + ketamine: 2 values, 1 animals in the trials."
        in notes_of(measures)
    )


def test_columns_that_are_not_all_groups_are_refused_with_an_example(write, trials, design):
    path = write("m.csv", "Vehicle,Ketamine,Drug X\n150,90,151\n")
    found = problems_of(path, trials, design)
    assert "a column per group" in found[-1].expected


def test_every_fault_of_the_measures_is_told_at_once(write, trials, design):
    path = write("m.csv", 'animal_id,immobility_s\n001,"24,5"\n9,20\n003,-3\n003,x\n')
    found = problems_of(path, trials, design)
    assert [problem.at for problem in found] == [
        "row 2, column 'immobility_s'",
        "row 3, column 'animal_id'",
        "rows 4 and 5",
        "row 4, column 'immobility_s'",
        "row 5, column 'immobility_s'",
    ]


# Values that cannot be.

WINDOW = ProtocolOptions(duration_s=360, score_window_s=(120, 360))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (("immobility_s", "-1"), "0 to 240"),
        (("immobility_s", "999"), "0 to 240"),
        (("immobility_pct", "101.5"), "0 to 100"),
        (("latency_s", "3611"), "0 to 360"),
        (("distance_cm", "-4"), "at least 0"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_row(write, trials, design, case, expected):
    column, value = case
    told = design.model_copy(update={"outcome": column})
    path = write("m.csv", f"animal_id,{column}\n001,10\n002,{value}\n003,30\n004,4\n")
    with pytest.raises(InputError) as caught:
        read_measures(path, trials, told, WINDOW)
    (problem,) = caught.value.problems
    assert problem.at == f"row 3, column '{column}'"
    assert problem.expected.startswith(expected)


def test_an_outcome_that_may_be_negative_is_let_be(write, trials, design):
    told = design.model_copy(update={"outcome": "weight_change_g"})
    path = write("m.csv", "animal_id,weight_change_g\n001,-1\n002,-2\n003,1\n004,2\n")
    assert list(read_measures(path, trials, told)["weight_change_g"]) == [-1, -2, 1, 2]


@pytest.mark.parametrize(
    ("values", "word"),
    [([0.4, 0.55, 0.62, 0.31], "fractions"), ([1.4, 2.5, 3.6, 0.3], "minutes"),
     ([14, 25.5, 136, 80], None), ([1, 2, 3, 0], None)],
)  # fmt: skip
def test_a_unit_that_looks_wrong_is_flagged(values, word):
    series = pd.Series(values, name="immobility_s", dtype=float)
    flags = unit_flags(series, "immobility_s", bounds_of("immobility_s", WINDOW))
    assert [flag.name for flag in flags] == (["unit_suspected"] if word else [])
    assert all(word in flag.text for flag in flags)


def test_milliseconds_are_one_message_with_the_way_out(write, design):
    rows = "".join(f"{n},,,vehicle,{drug}\n" for n in range(10, 20)
                   for drug in ["vehicle" if n % 2 else "ketamine"])  # fmt: skip
    rows += "20,,,NBQX,vehicle\n21,,,NBQX,ketamine\n"
    trials = read_trials(
        write("t.csv", "animal_id,video,arena,pretreatment,treatment\n" + rows), design
    )
    path = write(
        "m.csv", "animal_id,immobility_s\n" + "".join(f"{n},{n}0123\n" for n in range(10, 22))
    )
    with pytest.raises(InputError) as caught:
        read_measures(path, trials, design, WINDOW)
    (problem,) = caught.value.problems
    assert problem.fix == "are these milliseconds? Divide them by 1000"


def test_an_excluded_trial_stays_excluded(write, trials_text, design):
    lines = trials_text.splitlines()
    text = "\n".join([lines[0] + ",exclude", lines[1] + ",true", *(f"{x}," for x in lines[2:])])
    trials = read_trials(write("trials.csv", text), design)
    path = write("m.csv", "animal_id,immobility_s\n001,10\n002,20\n003,30\n004,40\n")
    assert list(read_measures(path, trials, design)["status"]) == ["excluded", *["done"] * 3]


FOUR = "001,10\n002,20\n003,30\n004,40\n"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (FOUR + "Total,100\n", "Row 6 ('Total') sums up others and was left out."),
        (
            FOUR + "\nMean,25\nSD,12.9\nn = 4,4\n",
            "Rows 7, 8, 9 ('Mean', 'SD', 'n = 4') sum up others and were left out.",
        ),
        (
            "001,10\n002,20\nMittelwert,15\n003,30\n004,40\nMittelwert,35\n",
            "Rows 4, 7 ('Mittelwert') sum up others and were left out.",
        ),
        (",(s)\n" + FOUR, "Row 2 was read as the columns' units (immobility_s: (s))."),
    ],
)
def test_a_row_that_is_about_no_animal_is_left_out_and_told(write, trials, design, rows, told):
    measures = read_measures(write("m.csv", "animal_id,immobility_s\n" + rows), trials, design)
    assert list(measures["immobility_s"]) == [10, 20, 30, 40]
    assert notes_of(measures) == (told,)


def test_units_below_the_header_that_are_other_units_are_refused(write, trials, design):
    path = write("m.csv", "animal_id,immobility\n,min\n001,1\n002,2\n003,3\n004,4\n")
    (problem,) = problems_of(path, trials, design)
    assert problem.what == "the row of units says that 'immobility_s' is in min"
    assert problem.at == "row 2"


def test_an_animal_that_is_called_like_a_total_is_an_animal(write, trials_text, design):
    trials = read_trials(write("trials.csv", trials_text.replace("004", "Max")), design)
    path = write("m.csv", "animal_id,immobility_s\n" + FOUR.replace("004", "Max"))
    assert list(read_measures(path, trials, design)["immobility_s"]) == [10, 20, 30, 40]


def test_a_comma_of_thousands_is_asked_about(write, trials, design):
    path = write("m.csv", 'animal_id,immobility_s\n001,"1,100"\n')
    (problem,) = problems_of(path, trials, design)
    assert problem.fix == "write 1100, or 1.100: is the comma of thousands?"
