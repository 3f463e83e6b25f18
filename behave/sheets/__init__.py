"""Spreadsheets as people have them, read as text: CSV files and workbooks.

A title above the header, a sheet in front of the one that is meant, semicolons
between columns: what a table is read for is found by its columns, and what was
understood is kept as notes beside it (`behave.schema.notes_of`).
"""

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pandas as pd

from behave.errors import InputError, Problem
from behave.files import FORMULA, SHIELD, read_bytes
from behave.schema import noted, plain
from behave.sheets.delimited import SEPARATORS, find_rows
from behave.sheets.formats import refuse_other_formats
from behave.sheets.workbook import Page, read_pages

__all__ = ["WORKBOOKS", "Fits", "holding", "place_of", "read_sheet"]

WORKBOOKS = {".xlsx", ".xlsm"}
# A header stands in one of so many filled rows, or nowhere.
HEADER_WITHIN = 20

Fits = Callable[[Sequence[str]], bool]


def holding(names: Collection[str], least: int = 2) -> Fits:
    """Return a test of a header: whether it holds so many of these names.

    Case, blanks and signs do not matter.

    Examples
    --------
    >>> holding(["animal_id", "video"])(["Animal ID", "Video", "note"])
    True
    """
    wanted = {plain(name) for name in names}

    def fits(header: Sequence[str]) -> bool:
        return len(wanted & {plain(cell) for cell in header}) >= min(least, len(wanted))

    return fits


def read_sheet(path: Path, fits: Fits | None = None) -> pd.DataFrame:
    """Read a CSV file or a sheet of a workbook as text.

    Parameters
    ----------
    path
        A UTF-8 ``.csv`` with commas, or with semicolons or tabs where the header
        makes that certain (a comma in a number is then its decimal point), or an
        ``.xlsx`` workbook.
    fits
        Tells the header of the table that is wanted. The first row of the first
        sheet for which it holds is the header; without it, or where it holds
        nowhere, the first filled row of the first sheet.

    Returns
    -------
    pandas.DataFrame
        All cells as trimmed text, ``""`` where empty. The index, named
        ``row``, holds the row numbers that a spreadsheet program shows.
        Rows without any content are left out. What was understood is noted.

    Raises
    ------
    InputError
        If the file is absent, unreadable or in another encoding or format, if
        its header is empty or repeats a name, or with one problem for each cell
        that holds no value: a spreadsheet's error, a formula never calculated,
        an id turned into a date.
    """
    content = read_bytes(path)
    refuse_other_formats(path, content)
    notes: list[str] = []
    if path.suffix.lower() in WORKBOOKS:
        pages = read_pages(path, content)
    else:
        separator, rows = find_rows(path, content, fits)
        pages = [Page("", rows)]
        if separator != ",":
            notes.append(f"{path.name}: columns separated by {SEPARATORS[separator]}.")
    page, start = _place_of_header(pages, fits)
    filled = [(number, cells) for number, cells in page.rows if any(cells)][start:]
    if not filled:
        raise InputError(
            Problem("the table is empty", file=str(path), expected="a header and one row per item")
        )
    row, header = filled[0]
    while header and not header[-1]:
        header = header[:-1]
    place = _place(path, pages, page)
    _check_header(header, place)
    _check_cells(page, header, row, place)
    if page is not pages[0]:
        notes.append(f"{path.name}: sheet '{page.title}' was read.")
    if start:
        notes.append(f"{path.name}: the header is row {row}.")
    sheet = _table(filled, header, place, workbook=bool(page.title))
    sheet.attrs["place"] = place
    return noted(sheet, *notes)


def place_of(sheet: pd.DataFrame, path: Path) -> str:
    """Return where a table stands, for messages: its file, and its sheet if it is not the first."""
    return str(sheet.attrs.get("place", path))


def _place_of_header(pages: Sequence[Page], fits: Fits | None) -> tuple[Page, int]:
    """Return the page of the header and its place among the filled rows."""
    if fits is not None:
        for page in pages:
            filled = [cells for _, cells in page.rows if any(cells)]
            for start, cells in enumerate(filled[:HEADER_WITHIN]):
                if fits(cells):
                    return page, start
    return pages[0], 0


def _place(path: Path, pages: Sequence[Page], page: Page) -> str:
    """Return the file, with the sheet where it is not the first."""
    return str(path) if page is pages[0] else f"{path}, sheet '{page.title}'"


def _table(
    filled: Sequence[tuple[int, list[str]]], header: list[str], place: str, *, workbook: bool
) -> pd.DataFrame:
    """Return the rows below a header as a table of text."""
    width = len(header)
    problems = [
        Problem(
            "more cells than the header has columns",
            file=place,
            at=f"row {number}",
            expected=f"{width} cells, as in the header: {shortened(', '.join(header))}",
            found=f"{len(cells)}: {shortened(', '.join(cells))}",
            fix="give each column a name in one header row"
            if workbook
            else "quote cells that contain a comma, or save the table as .xlsx",
        )
        for number, cells in filled[1:]
        if any(cells[width:])
    ]
    if problems:
        raise InputError(*problems)
    body = [(cells + [""] * width)[:width] for _, cells in filled[1:]]
    index = pd.Index([number for number, _ in filled[1:]], name="row")
    bare = [re.sub(rf"^{SHIELD}(?={FORMULA})", "", name) for name in header]
    sheet = pd.DataFrame(body, columns=bare, index=index, dtype=object)
    return sheet.replace({rf"^{SHIELD}(?={FORMULA})": ""}, regex=True)


def shortened(text: str, most: int = 120) -> str:
    """Return a text that is quoted in a message, cut where it would fill the screen."""
    return text if len(text) <= most else text[: most - 3] + "..."


def _check_header(header: list[str], place: str) -> None:
    """Refuse a header that is repeated or has gaps."""
    problems = [
        Problem(
            f"column name '{name}' appears twice" if name else "a column without a name",
            file=place,
            at=f"header, column {position + 1}",
            expected="each column named once",
            found=shortened(", ".join(header)),
            fix="rename or delete the column",
        )
        for position, name in enumerate(header)
        if not name or name in header[:position]
    ]
    if problems:
        raise InputError(*problems)


def _check_cells(page: Page, header: Sequence[str], first_row: int, place: str) -> None:
    """Refuse cells that hold no value, all of them at once."""
    problems = [
        Problem(
            fault.what,
            file=place,
            at=f"cell {fault.cell}",
            expected="text or a number",
            found=fault.found,
            fix=fault.fix,
        )
        for fault in page.faults
        if fault.row > first_row
        and fault.column < len(header)
        and not (fault.is_date and not _names_things(header[fault.column]))
    ]
    if problems:
        raise InputError(*problems)


def _names_things(column: str) -> bool:
    """Return whether a column holds names, which a spreadsheet turns into dates: 3-4, MAR1."""
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", column)
    last = re.split(r"[\W_]+", words.casefold())
    return bool({"id", "animal", "mouse", "rat", "subject", "arena", "video"} & set(last)) and (
        "date" not in last
    )
