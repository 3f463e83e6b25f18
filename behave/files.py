"""Files in and out: spreadsheets as text, results written whole or not at all."""

import csv
import gzip
import io
import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from behave.errors import InputError, OutputError, Problem

# How a spreadsheet's formula begins, and what keeps text that does from being one.
FORMULA = "[=+@-]"
SHIELD = "'"
WORKBOOKS = {".xlsx", ".xlsm"}
# Of compression: the usual 6 takes four times as long and saves 7 % of a table of frames.
LEVEL = 4
GZIP = b"\x1f\x8b"
# Whether a program that has a file open keeps others from replacing it.
HOLDS = os.name == "nt"
# How the name of a file ends that is not yet whole.
PART = ".part"
# Files that are whole, by their temporary names, and wait for others to get their names
# together; without a temporary name: files that wait to be taken away.
_Waiting = list[tuple[Path | None, Path]]
_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


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
    content = _read_bytes(path)
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

    content = io.BytesIO(_read_bytes(path))
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


def _read_bytes(path: Path) -> bytes:
    """Return a file's content, or say in plain words why it cannot be had."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(
            Problem("the file does not exist", file=str(path), fix="check the path")
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        raise InputError(
            Problem(
                "the file cannot be opened",
                file=str(path),
                found=getattr(error, "strerror", None) or str(error),
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
    place(prepare(content, path), path)


def prepare(content: bytes, path: Path) -> Path:
    """Write a file whole, but under a temporary name beside its own, which is returned.

    Raises
    ------
    OutputError
        If the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The name is cut: some file systems end it at 255 bytes.
        handle, temporary = tempfile.mkstemp(
            suffix=PART, prefix=f".{path.name[:40]}.", dir=path.parent
        )
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o644)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritten(path, error) from error
    return Path(temporary)


def place(temporary: Path, path: Path) -> None:
    """Give a prepared file its name; within `together`, when all are written."""
    _settle(temporary, path)


def remove(path: Path) -> None:
    """Take a file away that may be there; within `together`, when all are written."""
    _settle(None, path)


def _settle(temporary: Path | None, path: Path) -> None:
    """Give a file its name, or take it away, now or when its time has come."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append((temporary, path))
    elif temporary is not None:
        _rename(temporary, path)
    else:
        # What a program holds open on Windows stays; the next run takes it away.
        with suppress(OSError):
            path.unlink()


@contextmanager
def together() -> Iterator[None]:
    """Give the files that are written in the block their names when all are written.

    On a disk that fills up midway all of the earlier files stay, and so fit
    one another.
    """
    waiting: _Waiting = []
    token = _waiting.set(waiting)
    try:
        try:
            yield
        finally:
            _waiting.reset(token)
        _check_free([path for _, path in waiting])
        while waiting:
            _settle(*waiting.pop(0))
    finally:
        for temporary, _ in waiting:
            if temporary is not None:
                temporary.unlink(missing_ok=True)


def _check_free(paths: Iterable[Path]) -> None:
    """Refuse to begin where a program holds one of the files: the others would not fit it."""
    for path in paths if HOLDS else ():
        try:
            with path.open("r+b"):
                pass
        except PermissionError as error:
            raise _unwritten(path, error, held=True) from error
        except OSError:
            pass  # not there yet


def _rename(temporary: Path, path: Path) -> None:
    """Let a file that is whole take its place."""
    # On Windows a file that a program holds open cannot be replaced.
    held = path.exists()
    try:
        temporary.replace(path)
    except OSError as error:
        held = held and isinstance(error, PermissionError)
        raise _unwritten(path, error, held=held) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritten(path: Path, error: OSError, *, held: bool = False) -> OutputError:
    """Say why a file could not be written."""
    return OutputError(
        Problem(
            "the result cannot be written",
            file=str(path),
            found=error.strerror or str(error),
            fix="close the file in the spreadsheet program that has it open, then run again"
            if held
            else "check that the disk is not full and that the folder can be written",
        )
    )


def remove_parts(folder: Path) -> None:
    """Remove what a killed run left half-written in a results folder."""
    for path in folder.rglob(f".*{PART}"):
        # A worker of that run may still live, and give its file its name just now.
        with suppress(OSError):
            path.unlink()


def write_text(text: str, path: Path) -> None:
    r"""Write UTF-8 text with ``\n`` line ends, whole or not at all."""
    # A file name that is no text in the system's encoding may be part of it.
    write_bytes(text.encode("utf-8", errors="replace"), path)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Return a table as CSV: ``\n`` line ends, ``true``/``false``, empty for missing.

    A byte-order mark goes in front only where there is text beyond ASCII:
    Excel needs it there, and R and Prism read plain ASCII without it. Text that
    begins like a formula gets an apostrophe in front, which `read_sheet` takes
    off again.
    """
    shown = frame.copy()
    for name in shown.columns:
        column = shown[name]
        if column.dtype in ("bool", "boolean"):
            shown[name] = column.map({True: "true", False: "false"}).astype(object)
        elif not pd.api.types.is_numeric_dtype(column):
            # A table of frames has thousands of cells and a handful of texts.
            texts = {text for text in column.unique() if isinstance(text, str)}
            others = {text: _shielded(text) for text in texts if _shielded(text) != text}
            if others:
                shown[name] = column.map(lambda cell, others=others: others.get(cell, cell))
    # A group's name may head a column, and a name is the user's.
    shown.columns = pd.Index([re.sub(rf"^(?={FORMULA})", SHIELD, str(name)) for name in shown])
    text = shown.to_csv(index=False, lineterminator="\n")
    return text.encode("ascii" if text.isascii() else "utf-8-sig", errors="replace")


def _shielded(text: str) -> str:
    """Return a text as it is written: it neither ends its row nor is run."""
    # A bare carriage return is written without quotes, and would end the row.
    # A spreadsheet would run text that begins like a formula, as '+/+' does.
    return re.sub(rf"^(?={FORMULA})", SHIELD, re.sub(r"\r\n?", "\n", text))


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, gzipped where the name ends in ``.gz``."""
    write_bytes(table_bytes(frame, path), path)


def table_bytes(frame: pd.DataFrame, path: Path) -> bytes:
    """Return a table as CSV, gzipped where the file's name ends in ``.gz``.

    The archive carries no time stamp: the same table gives the same bytes.
    """
    content = csv_bytes(frame)
    return gzip.compress(content, LEVEL, mtime=0) if path.suffix == ".gz" else content


def read_table(path: Path, text: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read a table that this package wrote; the named columns are text."""
    with path.open("rb") as stream:
        # Not by the name: a file that waits for its name is read too.
        packed = stream.read(len(GZIP)) == GZIP
    table = pd.read_csv(
        path, dtype=dict.fromkeys(text, "object"), keep_default_na=False, na_values=[""],
        encoding="utf-8-sig", compression="gzip" if packed else None,
    )  # fmt: skip
    table = table.rename(columns=lambda name: re.sub(rf"^{SHIELD}(?={FORMULA})", "", name))
    shielded = {name: {rf"^{SHIELD}(?={FORMULA})": ""} for name in text if name in table}
    return table.fillna(dict.fromkeys(shielded, "")).replace(shielded, regex=True)
