"""Text files with a separator between columns: which one, and their rows."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from behave.errors import InputError, Problem

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
Rows = list[tuple[int, list[str]]]

_POINT = re.compile(r"[+-]?\d*\.\d+")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_LOOK_AT = 20


def find_rows(
    path: Path, content: bytes, fits: Callable[[Sequence[str]], bool] | None
) -> tuple[str, Rows]:
    """Return a text file's separator and its rows with their numbers.

    Another separator than the comma counts where the header makes it certain: it
    parts the names that are wanted, or the first filled row has it and no comma.

    Raises
    ------
    InputError
        If the file is not UTF-8, or a row cannot be read.
    """
    text = decode(path, content)
    separator = _separator(text, fits)
    rows = _rows(text, separator, path)
    return separator, rows if separator == "," else with_points(rows)


def decode(path: Path, content: bytes) -> str:
    """Return a text file's content, which must be UTF-8."""
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


def _separator(text: str, fits: Callable[[Sequence[str]], bool] | None) -> str:
    """Return the separator that the header makes certain, else the comma."""
    lines = [line for line in text.splitlines() if line.strip(" ,;\t")][:_LOOK_AT]
    if not lines:
        return ","
    if fits is not None:
        for separator in SEPARATORS:
            if any(fits([cell.strip(' "') for cell in line.split(separator)]) for line in lines):
                return separator
    if "," in lines[0]:
        return ","
    return max(";\t", key=lines[0].count) if {";", "\t"} & set(lines[0]) else ","


def _rows(text: str, separator: str, path: Path) -> Rows:
    """Return the rows with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: Rows = []
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


def with_points(rows: Rows) -> Rows:
    """Return rows whose numbers have a decimal point where they had a comma.

    Programs that part columns by semicolons do so because the comma is their
    decimal point. A column with points in it is left as it is.
    """
    pointed = {
        column for _, cells in rows for column, cell in enumerate(cells) if _POINT.fullmatch(cell)
    }
    return [
        (
            number,
            [
                cell.replace(",", ".") if column not in pointed and _COMMA.fullmatch(cell) else cell
                for column, cell in enumerate(cells)
            ],
        )
        for number, cells in rows
    ]
