"""``datapackage.json``: a description of every CSV file of the results, for other programs.

It is a Frictionless Data Package, made from the definitions in `behave.model.tables`,
which are also used when the files are written.
"""

import csv
import gzip
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from behave import __version__, files
from behave.model import tables
from behave.schema import NUMBER, Column, Table

FILE = "datapackage.json"
TRIAL = "<trial_id>"
TYPES = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
INPUTS = (tables.TRIALS, tables.ARENAS)

# Tables for other programs, whose columns are the study's own levels.
EXPORTS = {
    "export/analysed.csv": "One row per analysed animal.",
    "export/prism_column.csv": "One column per group, as Prism's column tables are.",
    "export/prism_grouped.csv": "One row per level of the antagonist, as Prism's grouped tables are.",
}

# Primary keys: the columns that identify a row of a table.
KEYS = {
    tables.TRIALS_LOG.file: ("trial_id",),
    tables.MEASURES.file: ("trial_id", "epoch"),
    tables.BINS.file: ("trial_id", "bin"),
    tables.BOUTS.file: ("trial_id", "source", "start_s"),
    tables.FRAMES.file: ("frame",),
    tables.KEYPOINT_FRAMES.file: ("frame",),
}


def write(folder: Path, name: str, *, synthetic: bool = False) -> None:
    """Describe the tables in a results folder.

    Parameters
    ----------
    folder
        The results folder, in which all tables have been written.
    name
        Name of the study.
    synthetic
        Whether the animals are simulated.

    Raises
    ------
    OutputError
        If the description cannot be written.
    """
    written = [
        table for table in _known() if TRIAL not in table.file and (folder / table.file).is_file()
    ]
    resources = [_resource(table, folder / table.file) for table in written]
    logged = tables.TRIALS_LOG in written
    for resource in resources:
        fields = {field["name"] for field in resource["schema"]["fields"]}
        if logged and "trial_id" in fields and resource["path"] != tables.TRIALS_LOG.file:
            resource["schema"]["foreignKeys"] = [_of_a_trial()]
    log = tables.TRIALS_LOG
    trials = files.read_table(folder / log.file, log.names)["trial_id"] if logged else ()
    for table in (table for table in _known() if TRIAL in table.file):
        resources += _per_trial(table, folder, trials)
    resources += [_export(folder, name) for name in EXPORTS if (folder / name).is_file()]
    # Ids in other scripts than Latin may give the same name when they are reduced to ASCII.
    taken: set[str] = set()
    for number, resource in enumerate(resources):
        if resource["name"] in taken:
            resource["name"] += f"-{number}"
        taken.add(resource["name"])
    content = {
        "profile": "tabular-data-package",
        "name": _slug(name),
        "title": f"Results of {name}" + (" (SYNTHETIC: simulated animals)" if synthetic else ""),
        "contributors": [{"title": f"behave {__version__}", "role": "wrangler"}],
        "resources": resources,
    }
    files.write_text(_json(content), folder / FILE)


def _known() -> list[Table]:
    """Return every table that is written below a results folder."""
    found = [item for item in vars(tables).values() if isinstance(item, Table)]
    return [table for table in found if table.file and table not in INPUTS]


def _resource(table: Table, path: Path) -> dict[str, Any]:
    """Describe one table's file."""
    return _csv(table.file, f"One row per {table.row}.", _schema(table, path))


def _csv(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a file of comma-separated values."""
    return {
        "profile": "tabular-data-resource",
        "name": _slug(name.removesuffix(".csv")),
        "path": name,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _export(folder: Path, name: str) -> dict[str, Any]:
    """Describe a table whose columns depend on the study, from its content."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    fields = [
        {"name": column, "type": "number" if _numeric(column, cells) else "string"}
        for column, *cells in zip(header, *rows, strict=True)
    ]
    return _csv(name, EXPORTS[name], {"fields": fields, "missingValues": [""]})


def _numeric(column: str, cells: Iterable[str]) -> bool:
    """Return whether a column holds numbers, and not ids or levels that look like numbers."""
    known = tables.TRIALS
    number = column not in known.names or known[column].kind == "number"
    return number and all(NUMBER.fullmatch(cell) for cell in cells if cell)


def _per_trial(table: Table, folder: Path, trials: Iterable[str]) -> list[dict[str, Any]]:
    """Describe a table that has a file for each trial; the schema of the columns is shared."""
    below, _, ending = table.file.partition(TRIAL)
    named = [folder / table.file.replace(TRIAL, trial_id) for trial_id in trials]
    paths = [path for path in named if path.is_file()]
    if not paths:
        return []
    schema = f"schemas/{below.rstrip('/')}.json"
    files.write_text(_json(_schema(table, paths[0])), folder / schema)
    return [
        {
            "profile": "tabular-data-resource",
            "name": _slug(f"{below.strip('/')}-{path.name.removesuffix(ending)}"),
            "path": f"{below}{path.name}",
            "title": path.name.removesuffix(ending),
            "description": f"One row per {table.row}.",
            "format": "csv",
            "compression": "gz",
            "encoding": "utf-8",
            "schema": schema,
        }
        for path in paths
    ]


def _schema(table: Table, path: Path) -> dict[str, Any]:
    """Describe the columns that a file has."""
    schema: dict[str, Any] = {
        "fields": [
            _field(table[name]) if name in table.names else {"name": name, "type": "string"}
            for name in _header(path)
        ],
        "missingValues": [""],
    }
    if table.file in KEYS:
        schema["primaryKey"] = list(KEYS[table.file])
    return schema


def _field(column: Column) -> dict[str, Any]:
    """Describe one column."""
    field: dict[str, Any] = {
        "name": column.name,
        "type": TYPES[column.kind],
        "description": column.description,
    }
    if column.kind == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {}
    if any(column.allowed):
        constraints["enum"] = [value for value in column.allowed if value]
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    return field | ({"constraints": constraints} if constraints else {})


def _of_a_trial() -> dict[str, Any]:
    """Return the foreign key from a row to its trial in the log."""
    log = {"resource": _slug(tables.TRIALS_LOG.file.removesuffix(".csv")), "fields": ["trial_id"]}
    return {"fields": ["trial_id"], "reference": log}


def _header(path: Path) -> list[str]:
    """Return the names of a file's columns."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream), [])


def _slug(name: str) -> str:
    """Return a name of lower-case ASCII letters, digits, ``-`` and ``_``, as the standard asks."""
    return re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-.") or "results"


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"
