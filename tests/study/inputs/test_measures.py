"""A table of measures from anywhere is matched to the trials, or refused row by row."""

import pytest

from behave.errors import InputError
from behave.study.inputs.measures import read_measures
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


def test_a_missing_outcome_names_the_nearest_column(write, trials, design):
    path = write("m.csv", "animal_id,immobility\n001,10\n")
    (problem,) = problems_of(path, trials, design)
    assert problem.fix == "did you mean 'immobility'?"


def test_an_excluded_trial_stays_excluded(write, trials_text, design):
    lines = trials_text.splitlines()
    text = "\n".join([lines[0] + ",exclude", lines[1] + ",true", *(f"{x}," for x in lines[2:])])
    trials = read_trials(write("trials.csv", text), design)
    path = write("m.csv", "animal_id,immobility_s\n001,10\n002,20\n003,30\n004,40\n")
    assert list(read_measures(path, trials, design)["status"]) == ["excluded", *["done"] * 3]
