"""Reading EthoVision XT's raw data exports: workbooks and text files.

The first line gives the number of header lines; the last two of these are
the columns' names and units. A workbook holds one track per sheet, a text
file one track. Names must be in English, the language of the program's
exports; decimal commas are allowed. Any cell that is not a number is a missing
value (``-`` by default in the program).
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from behave.errors import Problem, TrialError

WORKBOOKS = {".xlsx", ".xlsm"}
_COUNT_LABEL = "number of header lines"
_EXPORT_ANEW = "export the raw data again (Analysis > Export > Raw Data) as .xlsx or Unicode text"

Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Export:
    """One exported track.

    Parameters
    ----------
    sheet
        The sheet's name; a text file's name without its suffix.
    arena
        The arena's name in the program; empty if it is not given.
    columns
        Column name -> one number per sample, NaN where missing.
    units
        Column name -> unit, ``""`` for none.
    """

    sheet: str
    arena: str
    columns: dict[str, npt.NDArray[np.float64]]
    units: dict[str, str]


def read_exports(path: Path, names: Sequence[str]) -> list[Export]:
    """Read tracks of one export file.

    Parameters
    ----------
    path
        An ``.xlsx`` workbook, or a text file (any other suffix).
    names
        The wanted sheets, by name or by number from 1; a name comes first. A
        text file counts as sheet number 1.

    Returns
    -------
    list of Export
        In the order of the names.

    Raises
    ------
    TrialError
        If the file or a sheet is absent or is not a raw data export.
    """
    content = _content(path)
    if path.suffix.lower() not in WORKBOOKS:
        _sheet_indices([path.stem], names, path)
        export = _parse(_text_rows(content), path.stem, path)
        return [export for _ in names]
    return _read_workbook(content, path, names)


def _content(path: Path) -> bytes:
    """Return the file's bytes."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise TrialError(
            Problem(
                "the track export cannot be read",
                file=str(path),
                found=error.strerror or str(error),
                fix="check the path, and close the file in other programs",
            )
        ) from error


def _read_workbook(content: bytes, path: Path, names: Sequence[str]) -> list[Export]:
    """Read the wanted sheets of a workbook, each once."""
    import openpyxl  # noqa: PLC0415 - only workbooks need it

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
        indices = _sheet_indices(book.sheetnames, names, path)
        read = {}
        for index in set(indices):
            sheet = book[book.sheetnames[index]]
            sheet.reset_dimensions()  # the size that a file states may be wrong
            read[index] = _parse(sheet.iter_rows(values_only=True), sheet.title, path)
    except TrialError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML parser raises
        raise TrialError(
            Problem(
                "the workbook cannot be read",
                file=str(path),
                expected="an .xlsx workbook",
                found=f"{type(error).__name__}: {error}",
                fix=_EXPORT_ANEW,
            )
        ) from error
    return [read[index] for index in indices]


def _sheet_indices(sheets: Sequence[str], names: Sequence[str], path: Path) -> list[int]:
    """Return the index of the sheet for each name or number."""
    by_name = {sheet: index for index, sheet in enumerate(sheets)}
    by_name |= {
        str(index + 1): index for index in range(len(sheets)) if str(index + 1) not in by_name
    }
    unknown = [name for name in names if name not in by_name]
    if unknown:
        listed = ", ".join(f"{number} = '{sheet}'" for number, sheet in enumerate(sheets, start=1))
        raise TrialError(
            *(
                Problem(
                    f"no sheet '{name}'",
                    file=str(path),
                    expected=f"a sheet's name or number: {listed}",
                    fix="correct the column 'arena' of the trials",
                )
                for name in unknown
            )
        )
    return [by_name[name] for name in names]


def _text_rows(content: bytes) -> Rows:
    """Return the cells of a text export; encoding and delimiter are detected."""
    text = _decoded(content)
    first = text.partition("\n")[0]
    # The first line is the label, the delimiter and a number.
    delimiter = max(";\t,", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(content: bytes) -> str:
    """Return the text: 'Unicode text' is UTF-16, 'ANSI text' a Windows code page."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:100]:
        return content.decode("utf-16-le", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


_TIMES = ("trial time", "recording time")


def _parse(rows: Rows, sheet: str, path: Path) -> Export:
    """Split rows into header and samples."""
    lines = iter(rows)
    first = next(lines, ())
    header = [first, *(next(lines, ()) for _ in range(_header_lines(first, sheet, path) - 1))]
    described = {_text(line[0]).lower(): _text(line[1]) for line in header if len(line) > 1}
    names, units = [_text(cell) for cell in header[-2]], [_text(cell) for cell in header[-1]]
    if not any(names) or any(name.lower() in _TIMES for name in units) or _all_numbers(units):
        raise TrialError(
            Problem(
                "the line of units is missing below the line of column names",
                file=str(path),
                at=f"sheet '{sheet}', line {len(header)}",
                expected="names, then units, as the last of the header lines",
                found=", ".join(cell for cell in units if cell)[:80] or "an empty line",
                fix=_EXPORT_ANEW,
            )
        )
    samples = [[_number(cell) for cell in line] for line in lines if any(map(_text, line))]
    if not samples:
        raise TrialError(
            Problem(
                "the track has no samples",
                file=str(path),
                at=f"sheet '{sheet}'",
                fix="check that the trial was tracked, and export it again",
            )
        )
    columns, found_units = {}, {}
    for index, name in enumerate(names):
        if name and name not in columns:
            column = (line[index] if index < len(line) else math.nan for line in samples)
            columns[name] = np.fromiter(column, np.float64, len(samples))
            found_units[name] = units[index] if index < len(units) else ""
    return Export(sheet, described.get("arena name", ""), columns, found_units)


def _all_numbers(cells: Sequence[str]) -> bool:
    """Return whether a line holds samples: numbers, or the sign of a missing one."""
    filled = [cell for cell in cells if cell]
    numbers = [cell for cell in filled if not math.isnan(_number(cell))]
    return bool(numbers) and all(cell == "-" or cell in numbers for cell in filled)


def _header_lines(first: Sequence[Any], sheet: str, path: Path) -> int:
    """Return the number of header lines, which is given in the first line."""
    cells = [_text(cell) for cell in first]
    if cells and cells[0].lower().rstrip(": ") == _COUNT_LABEL:
        count = next((cell for cell in cells[1:] if cell.isdigit()), "0")
        if int(count) >= 2:  # noqa: PLR2004 - names and units
            return int(count)
    raise TrialError(
        Problem(
            "this is not a raw data export of EthoVision XT",
            file=str(path),
            at=f"sheet '{sheet}', line 1",
            expected="'Number of header lines:' and a number",
            found=", ".join(cell for cell in cells if cell)[:80] or "an empty line",
            fix=_EXPORT_ANEW,
        )
    )


def _text(cell: object) -> str:
    """Return a cell as trimmed text."""
    return "" if cell is None else str(cell).strip()


def _number(cell: object) -> float:
    """Return a cell as a number; NaN if it is not one."""
    if isinstance(cell, (int, float)):
        return float(cell)
    try:
        return float(_text(cell).replace(",", "."))
    except ValueError:
        return math.nan
