"""Sorting the animals into the cells, and refusing tables that cannot be sorted."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from behave.errors import InputError
from behave.stats import DesignOptions
from behave.stats.rule.design import accompanied, prepare, unit_of


def problem_of(table, design):
    with pytest.raises(InputError) as caught:
        prepare(table, design)
    return caught.value.problems


def test_cells_are_antagonist_then_agonist(experiment, design):
    sample = prepare(experiment([1, 2], [3, 4], [5, 6], [7, 8]), design)
    assert list(sample.cell) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert list(sample.outcome) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_an_increase_turns_the_sign_of_the_outcome_alone(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8])
    sample = prepare(table, design.model_copy(update={"benefit": "increase"}))
    assert list(sample.signed) == [-1, -2, -3, -4, -5, -6, -7, -8]
    assert list(sample.outcome) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_animals_that_are_not_analysed_are_counted_by_reason(experiment, design):
    table = experiment([1, 2, 3], [3, 4], [5, 6], [7, 8, np.nan])
    table["status"] = ["done", "excluded", "failed", "done", "missing", *["done"] * 5]
    sample = prepare(table, design)
    assert sample.counts["done"].tolist() == [1, 1, 2, 2]
    assert sample.counts["excluded"].tolist() == [1, 0, 0, 0]
    assert sample.counts["failed"].tolist() == [1, 0, 0, 0]
    # A done animal without an outcome was not measured.
    assert sample.counts["missing"].tolist() == [0, 1, 0, 1]
    assert len(sample.outcome) == 6


def test_other_levels_are_left_aside(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8])
    table.loc[[0, 7], "treatment"] = "fluoxetine"
    sample = prepare(table, design)
    assert sample.rows.tolist() == [1, 2, 3, 4, 5, 6]
    assert sample.counts["done"].tolist() == [1, 2, 2, 1]


def test_blanks_round_a_level_do_not_count(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8])
    table["treatment"] = " " + table["treatment"] + " "
    assert len(prepare(table, design).rows) == len(table)


def test_dropping_an_animal_alone_in_its_block_may_leave_another_alone():
    # c holds animal 4 alone; without it, litter 2 holds animal 3 alone.
    blocks = np.array([[0, 1], [0, 1], [1, 1], [1, 2], [2, 2]])
    assert accompanied(blocks).tolist() == [True, True, False, False, False]


def test_an_animal_alone_in_its_cohort_is_left_out(experiment, blocked_design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8], cohort=["a", "b"] * 3 + ["a", "c"])
    sample = prepare(table, blocked_design)
    assert sample.counts["alone"].tolist() == [0, 0, 0, 1]
    assert sample.lost["animal_id"].tolist() == ["007"]
    assert sample.blocks.shape == (7, 1)


def test_a_block_with_one_level_is_no_block(experiment, blocked_design):
    sample = prepare(experiment([1, 2], [3, 4], [5, 6], [7, 8], cohort=["a"] * 8), blocked_design)
    assert sample.blocks.shape == (8, 0)


def test_two_rows_of_one_animal_are_refused(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8])
    table.loc[1, "animal_id"] = "000"
    (problem,) = problem_of(table, design)
    assert "several rows" in problem.what
    assert "000" in str(problem)


def test_a_second_row_that_is_excluded_is_no_repeat(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8])
    table.loc[1, "animal_id"] = "000"
    table["status"] = ["excluded", *["done"] * 7]
    assert prepare(table, design).counts["done"].tolist() == [1, 2, 2, 2]


def test_missing_columns_are_named_with_the_nearest_one(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8])
    problems = problem_of(table, design.model_copy(update={"outcome": "imobility_s"}))
    assert problems[0].fix == "did you mean 'immobility_s'?"
    assert problems[0].at == "design.outcome"


def test_a_level_that_nobody_has_is_named_with_the_nearest_one(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8]).replace("ketamine", "ketamin")
    (problem,) = problem_of(table, design)
    assert problem.at == "design.agonist.level"
    assert problem.fix == "did you mean 'ketamin'?"


@pytest.mark.parametrize("cell", ["12,5", "n/a", "12 s", np.inf])
def test_an_outcome_that_is_not_a_number_is_refused(experiment, design, cell):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8]).astype({"immobility_s": object})
    table.loc[3, "immobility_s"] = cell
    (problem,) = problem_of(table, design)
    assert problem.at == "animal 003"
    assert str(cell) in str(problem.found)


def test_numbers_given_as_text_are_numbers(experiment, design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8])
    table["immobility_s"] = table["immobility_s"].map(str)
    table.loc[0, "immobility_s"] = ""
    sample = prepare(table, design)
    assert list(sample.outcome) == [2, 3, 4, 5, 6, 7, 8]


def test_an_analysed_animal_without_its_block_is_refused(experiment, blocked_design):
    table = experiment([1, 2], [3, 4], [5, 6], [7, 8], cohort=["a", "b"] * 3 + ["a", ""])
    (problem,) = problem_of(table, blocked_design)
    assert problem.at == "animal 007"
    table["status"] = ["done"] * 7 + ["excluded"]
    assert prepare(table, blocked_design).counts["excluded"].tolist() == [0, 0, 0, 1]


def test_a_column_cannot_have_two_parts():
    with pytest.raises(ValidationError, match="two parts"):
        DesignOptions(
            agonist={"column": "drug", "control": "vehicle", "level": "ketamine"},
            antagonist={"column": "drug", "control": "vehicle", "level": "NBQX"},
        )


@pytest.mark.parametrize("fraction", [0, 1, -0.5])
def test_the_residual_fraction_lies_between_0_and_1(fraction, design):
    with pytest.raises(ValidationError):
        DesignOptions(**{**design.model_dump(), "residual_fraction": fraction})


@pytest.mark.parametrize(
    ("column", "unit"),
    [("immobility_s", "s"), ("immobility_pct", "%"), ("distance_cm", "cm"), ("n_bouts", "")],
)
def test_the_unit_is_the_last_token(column, unit):
    assert unit_of(column) == unit


def test_an_empty_table_is_refused_and_not_analysed(design):
    columns = ["animal_id", "pretreatment", "treatment", "immobility_s"]
    assert len(problem_of(pd.DataFrame(columns=columns), design)) == 4
