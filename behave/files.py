"""Files in and out: spreadsheets as text, results written whole or not at all."""

import csv
import gzip
import io
import os
import tempfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd

from behave.errors import InputError, OutputError, Problem

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
    return pd.DataFrame(body, columns=header, index=index, dtype=object)


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
    """Return the CSV's rows with their line numbers."""
    content = _read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            Problem(
                "the file is not UTF-8 text",
                file=str(path),
                at=f"row {line}",
                expected="a CSV in UTF-8",
                found=f"byte 0x{content[error.start]:02x}",
                fix="save the table as .xlsx, or as 'CSV UTF-8 (comma delimited)'",
            )
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num, [cell.strip() for cell in cells]) for cells in reader)
    except csv.Error as error:
        raise InputError(
            Problem(
                "the row cannot be read as CSV",
                file=str(path),
                at=f"row {reader.line_num}",
                found=str(error),
                fix="check the quotation marks, or save the table as .xlsx",
            )
        ) from error
    return rows


def _workbook_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of the workbook's first sheet with their numbers."""
    import openpyxl  # noqa: PLC0415 - only workbooks need it

    content = io.BytesIO(_read_bytes(path))
    try:
        book = openpyxl.load_workbook(content, data_only=True, read_only=True)
        sheet = book.worksheets[0]
        return [
            (number, [_cell_text(cell, path) for cell in cells])
            for number, cells in enumerate(sheet.iter_rows(), start=1)
        ]
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML parser raises
        raise InputError(
            Problem(
                "the workbook cannot be read",
                file=str(path),
                expected="an .xlsx workbook",
                found=f"{type(error).__name__}: {error}",
                fix="open it in a spreadsheet program and save it again as .xlsx",
            )
        ) from error


def _cell_text(cell: Any, path: Path) -> str:
    """Return a workbook cell as the text that its author typed."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        digits = str(int(value))
        pattern = str(cell.number_format)
        # A number shown as 007 by its cell format was meant as 007.
        return digits.zfill(len(pattern)) if set(pattern) == {"0"} else digits
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, time):
        return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    if isinstance(value, (datetime, date)):
        raise InputError(
            Problem(
                "the spreadsheet turned this cell into a date",
                file=str(path),
                at=f"cell {cell.coordinate}",
                expected="text or a number",
                found=f"{value:%Y-%m-%d}",
                fix="format the column as text and type the value again",
            )
        )
    return str(value).strip()


def _read_bytes(path: Path) -> bytes:
    """Return a file's content, or say in plain words why it cannot be had."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            Problem("the file does not exist", file=str(path), fix="check the path")
        ) from error
    except (PermissionError, IsADirectoryError) as error:
        raise InputError(
            Problem(
                "the file cannot be opened",
                file=str(path),
                found=error.strerror or str(error),
                fix="close it in the program that has it open, or check its permissions",
            )
        ) from error


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file whole or not at all.

    The content goes to a temporary name in the same folder, which then takes
    the file's place in one step; a reader never sees half a file.

    Raises
    ------
    OutputError
        If the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        held = isinstance(error, PermissionError) and path.exists()
        raise OutputError(
            Problem(
                "the result cannot be written",
                file=str(path),
                found=error.strerror or str(error),
                fix="close the file in the spreadsheet program that has it open, then run again"
                if held
                else "check that the disk is not full and that the folder can be written",
            )
        ) from error


def write_text(text: str, path: Path) -> None:
    r"""Write UTF-8 text with ``\n`` line ends, whole or not at all."""
    write_bytes(text.encode("utf-8"), path)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Return a table as CSV: ``\n`` line ends, ``true``/``false``, empty for missing.

    A byte-order mark goes in front only where there is text beyond ASCII:
    Excel needs it there, and R and Prism read plain ASCII without it.
    """
    shown = frame.copy()
    for name in shown.columns:
        if shown[name].dtype in ("bool", "boolean"):
            shown[name] = shown[name].map({True: "true", False: "false"}).astype(object)
    text = shown.to_csv(index=False, lineterminator="\n")
    return text.encode("ascii" if text.isascii() else "utf-8-sig")


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, gzipped where the name ends in ``.gz``.

    The archive carries no time stamp: the same table gives the same bytes.
    """
    content = csv_bytes(frame)
    write_bytes(gzip.compress(content, 6, mtime=0) if path.suffix == ".gz" else content, path)


def read_table(path: Path, text: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read a table that this package wrote; the named columns are text."""
    return pd.read_csv(
        path, dtype=dict.fromkeys(text, "object"), keep_default_na=False, na_values=[""],
        encoding="utf-8-sig",
    )  # fmt: skip
