"""Tables held to their description: what a user gives, and what we write."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behave.errors import InputError, Problem
from behave.schema import Column, Table, conform, notes_of, parse

ANIMALS = Table(
    "animals.csv",
    "animal",
    (
        Column("animal_id", "text", "Animal.", required=True),
        Column("dose_mg_per_kg", "number", "Dose.", minimum=0),
        Column("shape", "text", "Shape.", allowed=("rectangle", "ellipse")),
        Column("exclude", "boolean", "Whether it is left out."),
        Column("n_bouts", "integer", "Bouts."),
    ),
    more=True,
)
CLOSED = Table("closed.csv", "animal", ANIMALS.columns)


def sheet(**columns: list[str]) -> pd.DataFrame:
    """Return cells as `read_sheet` returns them, the first row being row 2."""
    length = len(next(iter(columns.values())))
    index = pd.RangeIndex(2, 2 + length, name="row")
    return pd.DataFrame(columns, index=index, dtype=object)


def faults(text: pd.DataFrame, table: Table = ANIMALS) -> list[Problem]:
    """Return the problems of a user's table."""
    with pytest.raises(InputError) as caught:
        parse(text, table, "animals.csv")
    assert all(problem.file == "animals.csv" for problem in caught.value.problems)
    return list(caught.value.problems)


def test_cells_become_their_columns_types() -> None:
    table = parse(
        sheet(
            animal_id=["007", "8"],
            exclude=["TRUE", ""],
            dose_mg_per_kg=["10.5", ""],
            n_bouts=["3", ""],
            shape=["ellipse", ""],
            Antagonist=["NBQX", ""],
        ),
        ANIMALS,
        "animals.csv",
    )
    assert list(table["animal_id"]) == ["007", "8"]
    assert table["exclude"].dtype == "boolean"
    assert list(table["exclude"].fillna(value=False)) == [True, False]
    assert table["dose_mg_per_kg"].dtype == "float64"
    np.testing.assert_array_equal(table["dose_mg_per_kg"], [10.5, np.nan])
    assert table["n_bouts"].dtype == "Int64"
    assert list(table["n_bouts"].isna()) == [False, True]
    assert list(table["shape"]) == ["ellipse", ""]
    assert list(table["Antagonist"]) == ["NBQX", ""]
    assert list(table.index) == [2, 3]
    assert "exclude_reason" not in table


def test_a_table_without_rows_keeps_its_types() -> None:
    table = parse(sheet(animal_id=[], dose_mg_per_kg=[], n_bouts=[]), ANIMALS, "animals.csv")
    assert [str(kind) for kind in table.dtypes] == ["object", "float64", "Int64"]


@pytest.mark.parametrize(
    ("column", "cell", "what", "fix"),
    [
        ("animal_id", "", "an empty cell", "fill in 'animal_id'"),
        ("dose_mg_per_kg", "10 mg/kg", "not a number", "write only the number"),
        ("dose_mg_per_kg", "10,5", "not a number", "write 10.5 with a decimal point"),
        ("dose_mg_per_kg", "-10,5", "not a number", "write -10.5 with a decimal point"),
        ("dose_mg_per_kg", "1.000,5", "not a number", "write only the number"),
        ("dose_mg_per_kg", "1_000", "not a number", "write only the number"),
        ("dose_mg_per_kg", "١٢", "not a number", "write only the number"),
        ("dose_mg_per_kg", "nan", "not a number", "write only the number"),
        ("dose_mg_per_kg", "1e999", "not a number", "write only the number"),
        ("dose_mg_per_kg", "-1", "number too small", "correct the number"),
        ("n_bouts", "1.5", "not a whole number", "write a whole number"),
        ("n_bouts", "1e300", "not a number", "write only the number"),
        ("exclude", "maybe", "neither true nor false", "write true or false"),
        ("shape", "Ellipse", "unknown value", "use one of those words"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(column: str, cell: str, what: str, fix: str) -> None:
    cells = {"animal_id": ["1", "2"], column: ["", cell]}
    if column == "animal_id":
        cells = {column: ["1", cell]}
    (problem,) = faults(sheet(**cells))
    assert problem.what == what
    assert problem.at == f"row 3, column '{column}'"
    assert problem.found == (repr(cell) if cell else "an empty cell")
    assert str(problem.fix).startswith(fix)


def test_every_fault_is_reported_at_once() -> None:
    problems = faults(sheet(dose_mg_per_kg=["10 mg", "1"], exclude=["no", "perhaps"]))
    assert [problem.at for problem in problems] == [
        "header",
        "row 2, column 'dose_mg_per_kg'",
        "row 3, column 'exclude'",
    ]


def test_a_missing_column_is_told_with_what_was_there() -> None:
    (problem,) = faults(sheet(animal=["1"], video=["a.mp4"]))
    assert problem.what == "no column 'animal_id'"
    assert problem.found == "columns animal, video"


@pytest.mark.parametrize("name", ["Exclude", "EXCLUDE", " exclude", "ex-clude"])
def test_a_column_spelled_otherwise_is_read_as_the_one_it_is(name: str) -> None:
    table = parse(sheet(**{"animal_id": ["1"], name: ["true"]}), ANIMALS, "x.csv")
    assert list(table["exclude"]) == [True]
    assert notes_of(table) == (f"Column '{name}' was read as 'exclude'.",)


def test_a_column_that_stands_there_twice_is_not_guessed() -> None:
    (problem,) = faults(sheet(**{"animal_id": ["1"], "Animal ID": ["2"]}))
    assert problem.what == "column 'Animal ID' should be 'animal_id'"


def test_an_empty_required_column_is_one_fault() -> None:
    (problem,) = faults(sheet(animal_id=["", "", ""]))
    assert problem.what == "column 'animal_id' is empty in all 3 rows"


def test_a_closed_table_refuses_other_columns() -> None:
    (problem,) = faults(sheet(animal_id=["1"], shapes=["ellipse"]), CLOSED)
    assert problem.what == "unknown column 'shapes'"
    assert problem.fix == "did you mean 'shape'?"


@given(st.floats(allow_nan=False, min_value=-(2.0**52), max_value=2.0**52))
def test_any_number_is_read_as_it_is_written(number: float) -> None:
    table = Table("x.csv", "row", (Column("x", "number", "Any."),))
    assert parse(sheet(x=[repr(number)]), table, "x.csv")["x"].iloc[0] == number


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_fault(cell: str) -> None:
    table = Table("x.csv", "row", (Column("x", "number", "Any."),))
    try:
        value = parse(sheet(x=[cell]), table, "x.csv")["x"].iloc[0]
    except InputError:
        return
    assert np.isfinite(value) or not cell


def test_a_result_gets_its_tables_columns_order_and_digits() -> None:
    table = Table(
        "m.csv",
        "trial",
        (
            Column("trial_id", "text", "Trial."),
            Column("time_s", "number", "Time.", decimals=2),
            Column("n", "integer", "Count."),
            Column("done", "boolean", "Whether done."),
        ),
        more=True,
    )
    frame = pd.DataFrame(
        {
            "dose": ["1", "2"],
            "n": [1.0, np.nan],
            "time_s": [0.125, 1.23456],
            "trial_id": ["a", None],
        },
        index=[7, 9],
    )
    result = conform(frame, table)
    assert list(result.columns) == ["trial_id", "time_s", "n", "done", "dose"]
    assert [str(kind) for kind in result.dtypes[:4]] == ["object", "float64", "Int64", "boolean"]
    assert list(result["trial_id"]) == ["a", ""]
    assert list(result["time_s"]) == [0.12, 1.23]
    assert list(result.index) == [0, 1]
    assert result["done"].isna().all()
    assert list(frame["time_s"]) == [0.125, 1.23456], "the caller's table is left alone"


def test_a_result_with_a_column_of_another_table_is_a_defect() -> None:
    with pytest.raises(ValueError, match="no column"):
        conform(pd.DataFrame({"animal_id": ["1"], "extra": [1]}), CLOSED)


@pytest.mark.parametrize(
    ("column", "value"),
    [("shape", "circle"), ("dose_mg_per_kg", "ten"), ("n_bouts", 1.5), ("exclude", "perhaps")],
)
def test_a_result_with_a_value_of_another_kind_is_a_defect(column: str, value: object) -> None:
    with pytest.raises(ValueError, match="column"):
        conform(pd.DataFrame({"animal_id": ["1"], column: [value]}), ANIMALS)


def test_a_table_finds_its_columns_by_name() -> None:
    assert ANIMALS["exclude"].kind == "boolean"
    assert ANIMALS.names[0] == "animal_id"
    with pytest.raises(KeyError, match="no column 'dose'"):
        ANIMALS["dose"]
