"""Workbooks: their sheets as the text that their authors typed, and the cells without any."""

import io
import re
import warnings
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from behave.errors import InputError, Problem

_FORMULA = re.compile(rb"<f[ />]")


@dataclass(frozen=True)
class Fault:
    """A cell that holds no value.

    Parameters
    ----------
    row, column
        Its row as the program shows it, and its column from 0.
    cell
        Its name: ``B7``.
    what, found, fix
        As of a `behave.errors.Problem`.
    is_date
        Whether it is a date, which only a column of names must not hold.
    """

    row: int
    column: int
    cell: str
    what: str
    found: str
    fix: str
    is_date: bool = False


@dataclass(frozen=True)
class Page:
    """One sheet: its title, its rows with their numbers, and its cells without a value."""

    title: str
    rows: list[tuple[int, list[str]]]
    faults: tuple[Fault, ...] = ()


def read_pages(path: Path, content: bytes) -> list[Page]:
    """Return the sheets of a workbook, in their order.

    Raises
    ------
    InputError
        If the workbook cannot be read.
    """
    import openpyxl  # noqa: PLC0415 - only workbooks need it

    try:
        with warnings.catch_warnings():
            # It remarks on decorations that it drops, such as drop-down lists.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
            formulas = _formulas(content)
            return [_page(sheet, formulas.get(sheet.title, ())) for sheet in book.worksheets]
    except Exception as error:  # openpyxl raises whatever its XML parser raises
        raise InputError(
            Problem(
                "the workbook cannot be read",
                file=str(path),
                expected="an .xlsx workbook without a password",
                found=f"{type(error).__name__}: {error}",
                fix="open it in a spreadsheet program and save it again as .xlsx",
            )
        ) from error


def _formulas(content: bytes) -> dict[str, set[str]]:
    """Return the names of the cells that hold formulas, by sheet."""
    import openpyxl  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(_FORMULA.search(archive.read(name)) for name in sheets):
            return {}
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    found = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        found[sheet.title] = {
            cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
        }
    return found


def _page(sheet: Any, formulas: Collection[str]) -> Page:
    """Return a sheet's rows as text."""
    # Some programs state a size that is not the sheet's; rows would be lost.
    sheet.reset_dimensions()
    rows: list[tuple[int, list[str]]] = []
    faults: list[Fault] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = []
        for column, cell in enumerate(cells):
            fault = _fault_of(cell, formulas)
            if fault is not None:
                faults.append(Fault(number, column, cell.coordinate, *fault))
            texts.append(_cell_text(cell))
        rows.append((number, texts))
    return Page(str(sheet.title), rows, tuple(faults))


def _fault_of(cell: Any, formulas: Collection[str]) -> tuple[str, str, str, bool] | None:
    """Return (what, found, fix, is_date) for a cell that holds no value; else None."""
    value = cell.value
    if isinstance(value, (datetime, date)):
        # Spreadsheets make dates of ids such as 3-4 and MAR1, without asking.
        return (
            "the spreadsheet turned this cell into a date",
            f"{value:%Y-%m-%d}",
            "type it again in a column of text",
            True,
        )
    if cell.data_type == "e":
        return "the cell holds a spreadsheet error", str(value), "mend its formula", False
    # A formula that gave an empty text is marked as text ('str'); a cell that the file leaves
    # out has no coordinate.
    if value is None and cell.data_type != "str" and getattr(cell, "coordinate", "") in formulas:
        return (
            "a formula without a value: it was never calculated",
            "a formula",
            "open and save the workbook in a spreadsheet program, or type the value",
            False,
        )
    return None


def _cell_text(cell: Any) -> str:
    """Return a workbook cell as the text that its author typed."""
    value = cell.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number_text(value, str(cell.number_format))
    if isinstance(value, (time, timedelta)):
        return _clock_text(value, str(cell.number_format))
    if isinstance(value, (datetime, date)):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value).strip()


def _number_text(value: float, pattern: str) -> str:
    """Return a number with the digits that the sheet shows in front of the point."""
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    digits = str(int(value))
    # A number shown as 007 by its cell format was meant as 007.
    return digits.zfill(len(pattern)) if set(pattern) == {"0"} else digits


def _clock_text(value: time | timedelta, pattern: str) -> str:
    """Return a time as the sheet shows it.

    A spreadsheet takes 1:30 for half past one. Shown as ``h:mm`` it was typed
    as 1:30, and the reader of the column knows that this means minutes.
    """
    if isinstance(value, time):
        value = timedelta(0, value.second, value.microsecond, 0, value.minute, value.hour)
    whole, rest = divmod(round(value.total_seconds(), 3), 60)
    hours, minutes = divmod(int(whole), 60)
    pattern = pattern.lower()
    if "s" not in pattern:
        return f"{hours}:{minutes:02d}"
    seconds = f"{rest:06.3f}".rstrip("0").rstrip(".")
    if "h" not in pattern:
        return f"{60 * hours + minutes}:{seconds}"
    return f"{hours}:{minutes:02d}:{seconds}"
