"""Errors: how they read, and that they survive the trip between processes."""

import multiprocessing
import pickle
from pathlib import Path

import pytest

from behave.errors import BehaveError, InputError, OutputError, Problem, TrialError, did_you_mean
from behave.sheets import read_sheet

DOSE = Problem(
    "not a number",
    file="trials.csv",
    at="row 3, column 'treatment_dose_mg_per_kg'",
    expected="a number",
    found="'10 mg/kg'",
    fix="write the number alone",
)
PLAIN = Problem("the table is empty")


def test_problem_names_the_place_and_what_to_do() -> None:
    assert str(DOSE).splitlines() == [
        "trials.csv, row 3, column 'treatment_dose_mg_per_kg': not a number",
        "  expected: a number",
        "  found:    '10 mg/kg'",
        "  to do:    write the number alone",
    ]


def test_problem_leaves_out_what_it_does_not_know() -> None:
    assert str(PLAIN) == "the table is empty"


def test_error_tells_all_of_its_problems_in_order() -> None:
    error = InputError(DOSE, PLAIN)
    assert list(error.problems) == [DOSE, PLAIN]
    assert str(error) == f"{DOSE}\n{PLAIN}"


@pytest.mark.parametrize("kind", [InputError, TrialError, OutputError])
def test_each_error_is_a_behave_error_and_pickles(kind: type[BehaveError]) -> None:
    error = kind(DOSE, PLAIN)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is kind
    assert isinstance(copy, BehaveError)
    assert copy.problems == error.problems
    assert str(copy) == str(error)


def test_an_error_raised_in_a_spawned_process_arrives_whole(tmp_path: Path) -> None:
    absent = tmp_path / "trials.csv"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with pytest.raises(InputError) as caught:
            pool.apply(read_sheet, (absent,))
        pool.close()
        pool.join()
    (problem,) = caught.value.problems
    assert problem.what == "the file does not exist"
    assert problem.file == str(absent)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("duration", "did you mean 'duration_s'?"),
        ("DURATION_S", "did you mean 'duration_s'?"),
        ("zebra", "one of: duration_s, bin_s"),
        ("", "one of: duration_s, bin_s"),
    ],
)
def test_did_you_mean_names_the_nearest_word_or_all(word: str, hint: str) -> None:
    assert did_you_mean(word, ["duration_s", "bin_s"]) == hint


def test_did_you_mean_lists_words_that_differ_by_case_alone() -> None:
    assert did_you_mean("saline", ["NBQX", "nbqx"]) == "one of: NBQX, nbqx"
