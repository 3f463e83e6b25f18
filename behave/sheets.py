"""Spreadsheets as people have them, read as text: CSV files and workbooks."""

import csv
import io
import re
import warnings
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from behave.errors import InputError, Problem
from behave.files import FORMULA, SHIELD, read_bytes

WORKBOOKS = {".xlsx", ".xlsm"}


def read_sheet(path: Path) -> pd.DataFrame:
    """Read a CSV file or the first sheet of a workbook as text.

    Parameters
    ----------
    path
        A comma-separated UTF-8 ``.csv``, or an ``.xlsx`` workbook.

    Returns
    -------
    pandas.DataFrame
        All cells as trimmed text, ``""`` where empty. The index, named
        ``row``, holds the row numbers that a spreadsheet program shows.
        Rows without any content are left out.

    Raises
    ------
    InputError
        If the file is absent, unreadable, in another encoding or with
        another separator, or if its header is empty or repeats a name.
    """
    rows = _workbook_rows(path) if path.suffix.lower() in WORKBOOKS else _csv_rows(path)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise InputError(
            Problem("the table is empty", file=str(path), expected="a header and one row per item")
        )
    _, header = filled[0]
    while header and not header[-1]:
        header = header[:-1]
    _check_header(header, path)
    width = len(header)
    for number, cells in filled[1:]:
        if any(cells[width:]):
            raise InputError(
                Problem(
                    "more cells than the header has columns",
                    file=str(path),
                    at=f"row {number}",
                    expected=f"{width} cells",
                    found=f"{len(cells)}: {', '.join(cells)}",
                    fix="quote cells that contain a comma, or save the table as .xlsx",
                )
            )
    body = [(cells + [""] * width)[:width] for _, cells in filled[1:]]
    index = pd.Index([number for number, _ in filled[1:]], name="row")
    bare = [re.sub(rf"^{SHIELD}(?={FORMULA})", "", name) for name in header]
    sheet = pd.DataFrame(body, columns=bare, index=index, dtype=object)
    return sheet.replace({rf"^{SHIELD}(?={FORMULA})": ""}, regex=True)


def _check_header(header: list[str], path: Path) -> None:
    """Refuse a header that is repeated, has gaps or was cut at the wrong separator."""
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        separator = "semicolons" if ";" in header[0] else "tabs"
        raise InputError(
            Problem(
                f"columns are separated by {separator}",
                file=str(path),
                at="header",
                expected="columns separated by commas and numbers with a decimal point",
                found=header[0],
                fix="save the table as .xlsx, or as 'CSV UTF-8 (comma delimited)'",
            )
        )
    for position, name in enumerate(header):
        if not name or name in header[:position]:
            raise InputError(
                Problem(
                    f"column name '{name}' appears twice" if name else "a column without a name",
                    file=str(path),
                    at=f"header, column {position + 1}",
                    expected="each column named once",
                    found=", ".join(header),
                    fix="rename or delete the column",
                )
            )


def _csv_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the CSV's rows with their numbers."""
    reader = csv.reader(io.StringIO(_decode(path), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            # The row's number, not the line's: a quoted cell may span lines.
            rows.append((len(rows) + 1, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise InputError(
            Problem(
                "the row cannot be read as CSV",
                file=str(path),
                at=f"row {len(rows) + 1}",
                found=str(error),
                fix="check the quotation marks, or save the table as .xlsx",
            )
        ) from error
    return rows


def _decode(path: Path) -> str:
    """Return a text file's content, which must be UTF-8."""
    content = read_bytes(path)
    # UTF-16 without a mark in front decodes, but is full of zero bytes.
    wrong = content.find(b"\0")
    text = ""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error.start
    if wrong < 0:
        return text
    row = content.count(b"\n", 0, wrong) + 1
    raise InputError(
        Problem(
            "the file is not UTF-8 text",
            file=str(path),
            at=f"row {row}",
            expected="a CSV in UTF-8",
            found=f"byte 0x{content[wrong]:02x}",
            fix="save the table as .xlsx, or as 'CSV UTF-8 (comma delimited)'",
        )
    )


def _workbook_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of the workbook's first sheet with their numbers."""
    import openpyxl  # noqa: PLC0415 - only workbooks need it

    content = io.BytesIO(read_bytes(path))
    try:
        with warnings.catch_warnings():
            # It remarks on decorations that it drops, such as drop-down lists.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(content, data_only=True, read_only=True)
            sheet = book.worksheets[0]
            # Some programs state a size that is not the sheet's; rows would be lost.
            sheet.reset_dimensions()
            return _sheet_texts(sheet, path)
    except InputError:
        raise
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


def _sheet_texts(sheet: Any, path: Path) -> list[tuple[int, list[str]]]:
    """Return the texts of a sheet's rows, the first filled row being the header."""
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [
            _cell_text(cell, column, path)
            for cell, column in zip_longest(cells, header[: len(cells)], fillvalue="")
        ]
        header = header or (texts if any(texts) else [])
        rows.append((number, texts))
    return rows


def _cell_text(cell: Any, column: str, path: Path) -> str:
    """Return a workbook cell as the text that its author typed."""
    value = cell.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number_text(value, str(cell.number_format))
    if isinstance(value, (time, timedelta)):
        return _clock_text(value, str(cell.number_format))
    fault = None
    if isinstance(value, (datetime, date)):
        # Spreadsheets make dates of ids such as 3-4 and MAR1, without asking.
        if "date" in column.lower():
            return f"{value:%Y-%m-%d}"
        fault = (
            "the spreadsheet turned this cell into a date",
            f"{value:%Y-%m-%d}",
            "type it again in a column of text (or name a column of dates ..._date)",
        )
    elif cell.data_type == "e":
        fault = ("the cell holds a spreadsheet error", str(value), "mend its formula")
    if fault:
        what, found, fix = fault
        at = f"cell {cell.coordinate}"
        raise InputError(
            Problem(what, str(path), at, expected="text or a number", found=found, fix=fix)
        )
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
