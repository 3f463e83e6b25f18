"""Definitions of tables, and functions that check or convert tables accordingly.

An empty cell means 'not measured', never 0: numbers are NaN, integers and
booleans are missing, text is the empty string.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from behave.errors import InputError, Problem, did_you_mean

Kind = Literal["text", "integer", "number", "boolean"]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
NOTES = "notes"
LARGEST = 2.0**53  # above it, a float no longer holds every whole number
TRUTH = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        As written in the file's header.
    kind
        Type of its cells.
    description
        One sentence for the reference and the data package.
    required
        Whether an input file must have the column, and a value in each row.
    allowed
        The values that a text column may have; empty for any.
    minimum
        The smallest number allowed.
    decimals
        Digits after the decimal point in files; None for all.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    decimals: int | None = None


@dataclass(frozen=True)
class Table:
    """One table: its file and its columns, in order.

    Parameters
    ----------
    file
        Path below the results folder, or the usual name of an input file.
    row
        What one row stands for.
    columns
        Its columns in the order in which they are written.
    more
        Whether further columns (a study's own) may follow.
    """

    file: str
    row: str
    columns: tuple[Column, ...]
    more: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.file} has no column '{name}'")


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Give a result the columns, order, types and digits of its table.

    Parameters
    ----------
    frame
        The result. Columns of the table that it does not have become empty.
    table
        The definition of the table.

    Returns
    -------
    pandas.DataFrame
        A new frame with an index from 0; further columns follow if the
        table allows them.

    Raises
    ------
    ValueError
        If the table does not have such a column or value: a defect of the caller.
    """
    extra = [name for name in frame.columns if name not in table.names]
    if extra and not table.more:
        raise ValueError(f"{table.file} has no column {extra}")
    columns: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        values = (
            frame[column.name].reset_index(drop=True)
            if column.name in frame.columns
            else pd.Series([None] * len(frame), dtype=object)
        )
        try:
            columns[column.name] = _cast(values, column)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{table.file}, column {column.name}: {error}") from error
    for name in extra:
        columns[str(name)] = frame[name].reset_index(drop=True)
    return pd.DataFrame(columns)


def _cast(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Return the values with their column's type, digits and allowed values."""
    if column.kind == "text":
        text = values.astype(object).where(values.notna(), "").map(str).astype(object)
        unknown = sorted(set(text) - {*column.allowed, ""}) if column.allowed else []
        if unknown:
            raise ValueError(f"{unknown} is not among {column.allowed}")
        return text
    if column.kind == "number":
        numbers = pd.to_numeric(values).astype("float64")
        return numbers if column.decimals is None else numbers.round(column.decimals)
    if column.kind == "integer" and values.dtype.kind in "iu":
        # These are whole numbers already: a table of frames has thousands of them.
        return values.astype("Int64")
    cells = values.astype(object).where(values.notna(), None)
    return cells.astype("Int64") if column.kind == "integer" else cells.astype("boolean")


def parse(text: pd.DataFrame, table: Table, file: str) -> pd.DataFrame:
    """Convert a user's table of text to typed columns, and report all faults at once.

    Parameters
    ----------
    text
        Cells as text, ``""`` for empty; the index holds the file's row numbers.
    table
        The definition of the table. Further columns, if it allows them, stay text.
    file
        The file's name, for messages.

    Returns
    -------
    pandas.DataFrame
        Typed columns in the file's order, with the same index, without the
        columns of the table that the file does not have.

    Raises
    ------
    InputError
        With one problem for each missing column and each cell that does not fit.
    """
    typed, problems = examine(text, table, file)
    if problems:
        raise InputError(*problems)
    return typed


def examine(text: pd.DataFrame, table: Table, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Convert a user's table of text to typed columns, and return these with its faults.

    As `parse`, but for a caller that has more to check: the faults are returned, and
    a faulty cell is missing in the result.
    """
    text = recognised(text, table.names)
    problems = _header_problems(text, table, file)
    columns: dict[str, pd.Series[Any]] = {}
    for name in text.columns:
        if name not in table.names:
            columns[name] = text[name]
            continue
        column = table[name]
        if column.required and len(text) > 1 and (text[name] == "").all():
            problems.append(empty_column(text, name, file, column.description))
            columns[name] = _from_text(text[name], column)
            continue
        faults = [_cell_faults(cell, column) for cell in text[name]]
        problems += [
            Problem(
                what,
                file=file,
                at=f"row {row}, column '{name}'",
                expected=expected,
                found=repr(cell) if cell else "an empty cell",
                fix=fix,
            )
            for (row, cell), found in zip(text[name].items(), faults, strict=True)
            for what, expected, fix in found
        ]
        sound = [cell if not found else "" for cell, found in zip(text[name], faults, strict=True)]
        columns[name] = _from_text(pd.Series(sound, index=text.index, dtype=object), column)
    return noted(pd.DataFrame(columns, index=text.index), *notes_of(text)), problems


def empty_column(text: pd.DataFrame, name: str, file: str, expected: str) -> Problem:
    """Return a single problem for a required column that is empty in all rows."""
    return Problem(
        f"column '{name}' is empty in all {len(text)} rows",
        file=file,
        at=f"rows {text.index[0]} to {text.index[-1]}, column '{name}'",
        expected=expected,
        found="empty cells",
        fix=f"fill in '{name}'",
    )


def recognised(text: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Rename columns whose names differ from known ones only by case, blanks and signs.

    ``Animal ID`` becomes ``animal_id``, with a note. If the header has both, nothing is
    renamed.
    """
    found = [str(name) for name in text.columns]
    renamed: dict[str, str] = {}
    for name in names:
        alike = [column for column in found if plain(column) == plain(name)]
        if len(alike) == 1 and alike[0] != name:
            renamed[alike[0]] = name
    notes = [f"Column '{old}' was read as '{new}'." for old, new in renamed.items()]
    return noted(text.rename(columns=renamed), *notes_of(text), *notes) if renamed else text


def noted(table: pd.DataFrame, *notes: str) -> pd.DataFrame:
    """Return a table with notes on how it was understood, in place of earlier notes."""
    table.attrs[NOTES] = tuple(dict.fromkeys(notes))
    return table


def notes_of(*tables: pd.DataFrame | None) -> tuple[str, ...]:
    """Return the notes on how tables were understood, each note once."""
    found = [note for table in tables if table is not None for note in table.attrs.get(NOTES, ())]
    return tuple(dict.fromkeys(found))


def _header_problems(text: pd.DataFrame, table: Table, file: str) -> list[Problem]:
    """Return a problem for each column that is missing, misspelt or unknown."""
    found = [str(name) for name in text.columns]
    meant = {plain(name): name for name in table.names}
    problems = [
        Problem(
            f"no column '{column.name}'",
            file=file,
            at="header",
            expected=f"a column '{column.name}': {column.description}",
            found="columns " + ", ".join(found),
            fix=f"add the column '{column.name}'",
        )
        for column in table.columns
        if column.required and plain(column.name) not in map(plain, found)
    ]
    for name in found:
        known = meant.get(plain(name))
        if name == known:
            continue
        # 'Exclude', taken for one of the study's own columns, would exclude no animal.
        if known:
            what, fix = f"column '{name}' should be '{known}'", f"rename it to '{known}'"
            problems.append(Problem(what, file=file, at="header", found=f"'{name}'", fix=fix))
        elif not table.more:
            hint = did_you_mean(name, table.names)
            problems.append(Problem(f"unknown column '{name}'", file=file, at="header", fix=hint))
    return problems


def plain(name: str) -> str:
    """Return a name in lower case, without blanks and signs."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _cell_faults(cell: str, column: Column) -> Sequence[tuple[str, str, str]]:
    """Return (what, expected, fix) for each fault of one cell."""
    if not cell:
        fault = ("an empty cell", column.description, f"fill in '{column.name}'")
        return [fault] if column.required else []
    if column.kind == "text":
        fault = ("unknown value", "one of: " + ", ".join(column.allowed), "use one of those words")
        return [fault] if column.allowed and cell not in column.allowed else []
    if column.kind == "boolean":
        fault = ("neither true nor false", "true or false", "write true or false")
        return [] if cell.lower() in TRUTH else [fault]
    return _number_faults(cell, column)


def _number_faults(cell: str, column: Column) -> Sequence[tuple[str, str, str]]:
    """Return (what, expected, fix) for a filled cell that should hold a number."""
    number = float(cell) if NUMBER.fullmatch(cell) else float("nan")
    if not abs(number) < LARGEST:
        fix = "write only the number; the unit is in the column's name"
        if THOUSANDS.fullmatch(cell):
            fix = f"write {cell.replace(',', '')}, or {cell.replace(',', '.', 1)}: is the comma of thousands?"
        elif "," in cell and NUMBER.fullmatch(cell.replace(",", ".", 1)):
            fix = f"write {cell.replace(',', '.')} with a decimal point"
        return [("not a number", f"a number ({column.description})", fix)]
    if column.kind == "integer" and not number.is_integer():
        return [("not a whole number", column.description, "write a whole number")]
    if column.minimum is not None and number < column.minimum:
        return [("number too small", f"at least {column.minimum:g}", "correct the number")]
    return []


def _from_text(cells: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Return cells that have no fault, with the type of their column."""
    if column.kind == "text":
        return cells
    if column.kind == "boolean":
        answers = [TRUTH.get(cell.lower()) for cell in cells]
        return pd.Series(answers, index=cells.index, dtype="boolean")
    numbers = [float(cell) if cell else None for cell in cells]
    return pd.Series(
        numbers, index=cells.index, dtype="Int64" if column.kind == "integer" else "float64"
    )
