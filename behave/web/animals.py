"""The screen 'Animals': the table of trials as a grid, with its mistakes marked in their cells."""

import base64
import binascii
import io
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from behave import files, sheets
from behave.errors import InputError, Problem
from behave.model.tables import TRIALS
from behave.study.inputs.new_study import COLUMNS, FACTORS
from behave.study.inputs.study_file import Study
from behave.web.answers import Body, Refused, get, put
from behave.web.saved import save, version_of
from behave.web.workspace import Workspace

MAX_ROWS = 5000
MAX_COLUMNS = 60
Cell = str
NEEDED = ("animal_id", "video", "arena")
ROWS = re.compile(r"\brows? (\d+)(?: and (\d+))?")
COLUMN = re.compile(r"column '([^']+)'")


class Grid(Body):
    """The whole table, as text."""

    version: str
    columns: tuple[str, ...] = Field(min_length=1, max_length=MAX_COLUMNS)
    rows: tuple[tuple[Cell, ...], ...] = Field(max_length=MAX_ROWS)


class Dropped(Body):
    """A spreadsheet that was dropped on the grid."""

    name: str = Field(max_length=255)
    content: str


def routes(workspace: Workspace) -> list[Route]:
    """Return the addresses of the screen."""
    return [
        get("/api/animals", lambda _: show(workspace)),
        put("/api/animals", Grid, lambda _, asked: keep(workspace, asked)),
        put("/api/animals/sheet", Dropped, lambda _, asked: read_dropped(asked)),
    ]


def _study(workspace: Workspace) -> Study:
    """Return the study; a folder of videos has none."""
    if workspace.study is None:
        raise Refused("A folder of videos has no table of animals. Make it a study first.", 404)
    return workspace.study


def show(workspace: Workspace, _request: Request | None = None) -> dict[str, Any]:
    """Return the table with its mistakes, and what may stand in its columns."""
    study = _study(workspace)
    path = study.trials
    workspace.read_animals()
    problems: list[Problem] = list(workspace.faults)
    try:
        table = sheets.read_sheet(path)
    except InputError as error:
        table, problems = pd.DataFrame(columns=list(COLUMNS[:5])), list(error.problems)
    columns = list(table.columns)
    return {
        "file": path.name,
        "version": version_of(path),
        "columns": columns,
        "known": [name for name in _known_columns(study) if name not in columns],
        "meanings": {name: _meaning(name) for name in {*columns, *_known_columns(study)}},
        "needed": [*NEEDED, *_factors(study)],
        "choices": _choices(workspace, study, table),
        "rows": table.to_numpy(dtype=object).tolist(),
        "problems": placed(problems, list(table.index), columns),
    }


def _factors(study: Study) -> list[str]:
    """Return the columns that hold the groups."""
    design = study.design
    return [one.column for one in (design.antagonist, design.agonist) if one is not None]


def _known_columns(study: Study) -> list[str]:
    """Return the columns that a table of trials may have, the usual ones first."""
    return list(dict.fromkeys([*COLUMNS, *_factors(study), *TRIALS.names]))


def _meaning(name: str) -> str:
    """Return what a column holds, in words."""
    if name in FACTORS:
        return FACTORS[name]
    return TRIALS[name].description if name in TRIALS.names else ""


def _choices(workspace: Workspace, study: Study, table: pd.DataFrame) -> dict[str, list[str]]:
    """Return what is offered in a column: the study's levels, and the videos that are there."""
    found: dict[str, list[str]] = {"exclude": ["true", "false"], "sex": ["female", "male"]}
    for factor in (study.design.antagonist, study.design.agonist):
        if factor is not None:
            found[factor.column] = [factor.control, factor.name]
    if "video" in table:
        found["video"] = sorted({*table["video"], *workspace.videos} - {""})
    return found


def placed(problems: list[Problem], rows: list[int], columns: list[str]) -> list[dict[str, Any]]:
    """Return mistakes with the cells they are in.

    Parameters
    ----------
    problems
        As the study's own check gives them, with rows as a spreadsheet counts them.
    rows
        The number of each row of the grid in its file.
    columns
        The columns of the grid.

    Returns
    -------
    list of dict
        ``row`` and ``column`` as positions in the grid, None where a mistake
        has no such place; ``text``.
    """
    place_of = {number: place for place, number in enumerate(rows)}
    found = []
    for problem in problems:
        at = problem.at or ""
        rows_named, column = ROWS.search(at), COLUMN.search(at)
        numbers = [int(number) for number in rows_named.groups() if number] if rows_named else []
        position = columns.index(column[1]) if column and column[1] in columns else None
        found += [
            {"row": place_of.get(number), "column": position, "text": _sentence(problem)}
            for number in numbers or [-1]
        ]
    return found


def _sentence(problem: Problem) -> str:
    """Return a mistake in one line; which file it is in is known here."""
    parts = [problem.what]
    if problem.found:
        parts.append(f"found {problem.found}")
    if problem.expected:
        parts.append(f"expected {problem.expected}")
    text = "; ".join(parts)
    place = "" if COLUMN.search(problem.at or "") or not problem.at else f"{problem.at}: "
    return f"{place}{text}. {problem.fix or ''}".strip()


def keep(workspace: Workspace, asked: Grid) -> dict[str, Any]:
    """Save the grid as the study's table of trials, and say what is wrong with it now."""
    path = _study(workspace).trials
    names = [name.strip() for name in asked.columns]
    if "" in names or len(set(names)) < len(names):
        raise Refused("Each column needs a name of its own.")
    if any(len(row) != len(names) for row in asked.rows):
        raise Refused("Each row must have a cell for each column.")
    rows = [[cell.strip() for cell in row] for row in asked.rows if any(c.strip() for c in row)]
    save(path, asked.version, lambda: sheet_bytes(path, names, rows))
    return show(workspace)


def sheet_bytes(path: Path, columns: list[str], rows: list[list[str]]) -> bytes:
    """Return a table of text as the bytes of a ``.csv`` or ``.xlsx`` file.

    A workbook keeps its other sheets; cells are text, so that a spreadsheet
    makes no dates of ids.
    """
    if path.suffix.lower() not in sheets.WORKBOOKS:
        return files.csv_bytes(pd.DataFrame(rows, columns=columns))
    from openpyxl import Workbook, load_workbook  # noqa: PLC0415 - only here

    book = load_workbook(path) if path.exists() else Workbook()
    sheet = book.worksheets[0]
    sheet.delete_rows(1, sheet.max_row)
    for number, cells in enumerate([columns, *rows], start=1):
        for place, text in enumerate(cells, start=1):
            cell = sheet.cell(number, place, _value(text) if number > 1 else text)
            if isinstance(cell.value, str):
                cell.number_format, cell.data_type = "@", "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _value(text: str) -> str | float | None:
    """Return a cell's value: a number only where the text says the same again."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return number if np.isfinite(number) and "." in text and f"{number:g}" == text else text


def read_dropped(asked: Dropped) -> dict[str, Any]:
    """Return what a dropped spreadsheet holds; nothing is saved."""
    suffix = Path(asked.name).suffix.lower()
    if suffix not in {".csv", ".tsv", ".txt", *sheets.WORKBOOKS}:
        raise Refused(f"{asked.name} is no table. Drop a .xlsx or .csv file.")
    try:
        content = base64.b64decode(asked.content, validate=True)
    except binascii.Error as error:
        raise Refused("The file did not arrive whole. Drop it again.") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{suffix}"
        path.write_bytes(content)
        try:
            table = sheets.read_sheet(path)
        except InputError as error:
            raise Refused(f"{asked.name}: {_sentence(error.problems[0])}") from error
    return {"columns": list(table.columns), "rows": table.to_numpy(dtype=object).tolist()}
