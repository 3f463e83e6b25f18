"""A paper's table of four groups: means, SDs or SEMs and n, as CSV, workbook or YAML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import yaml

from behave import sheets
from behave.errors import InputError, Problem
from behave.schema import plain
from behave.stats.audit import Published

# Names of the columns, without case, blanks and signs.
COLUMNS = {
    "antagonist": ("antagonist", "pretreatment", "blocker"),
    "agonist": ("agonist", "treatment", "drug"),
    "mean": ("mean", "average"),
    "sd": ("sd", "stddev", "std", "standarddeviation"),
    "sem": ("sem", "se", "stderror", "stderr", "standarderror"),
    "n": ("n", "animals", "samplesize"),
}
NEEDED = ("antagonist", "agonist", "mean", "n")
# Levels that are understood as controls without being told.
CONTROLS = {
    "vehicle", "veh", "saline", "control", "ctrl", "ctl", "con", "placebo", "sham", "none",
    "water", "untreated", "wildtype", "wt", "nacl",
}  # fmt: skip
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
GROUPS = 4
EXAMPLE = "antagonist,agonist,mean,sem,n"


def read_published(
    path: Path,
    outcome: str,
    benefit: Literal["decrease", "increase"],
    controls: Sequence[str] = (),
) -> Published:
    """Read a paper's table.

    Parameters
    ----------
    path
        A ``.csv`` or ``.xlsx`` with a row per group, or a ``.yaml`` with a list
        ``groups``.
    outcome, benefit
        As in the design of a study.
    controls
        Levels that stand for 'without the drug', where no known word does.

    Returns
    -------
    Published
        Each number with half of its last printed digit.

    Raises
    ------
    InputError
        With every fault of the table.
    """
    rows = _yaml_rows(path) if path.suffix.casefold() in {".yaml", ".yml"} else _sheet_rows(path)
    spread = _check_columns(rows, path)
    problems = list(_cell_faults(rows, spread, path))
    if problems:
        raise InputError(*problems)
    levels = {part: _levels(rows[part], part, controls, path) for part in ("antagonist", "agonist")}
    order = [(a, b) for a in levels["antagonist"] for b in levels["agonist"]]
    cells = {(row["antagonist"], row["agonist"]): row for row in rows.to_dict("records")}
    if len(rows) != GROUPS or set(cells) != set(order):
        raise InputError(
            Problem(
                "the four groups are not there, each once",
                file=str(path),
                expected="; ".join(f"{a} + {b}" for a, b in order),
                found="; ".join(f"{a} + {b}" for a, b in zip(rows["antagonist"], rows["agonist"], strict=True)),
                fix="give one row per group; audit a larger table two by two",
            )
        )  # fmt: skip
    taken = [cells[key] for key in order]
    sizes = np.array([float(row["n"]) for row in taken])
    scale = np.sqrt(sizes) if spread == "sem" else np.ones(GROUPS)
    return Published(
        means=np.array([float(row["mean"]) for row in taken]),
        deviations=np.array([float(row[spread]) for row in taken]) * scale,
        sizes=sizes,
        mean_rounding=np.array([half_digit(row["mean"]) for row in taken]),
        deviation_rounding=np.array([half_digit(row[spread]) for row in taken]) * scale,
        agonist=levels["agonist"][1],
        antagonist=levels["antagonist"][1],
        controls=(levels["antagonist"][0], levels["agonist"][0]),
        outcome=outcome,
        benefit=benefit,
    )


def half_digit(text: str) -> float:
    """Return half of the last digit that is printed.

    >>> half_digit("145.2"), half_digit("9")
    (0.05, 0.5)
    """
    decimals = len(text.partition(".")[2])
    return 0.5 * 10.0**-decimals


def _sheet_rows(path: Path) -> pd.DataFrame:
    """Return the table of a sheet under our names, as text."""
    names = [name for words in COLUMNS.values() for name in words]
    return _named(sheets.read_sheet(path, sheets.holding(names, 3)).astype(str))


def _yaml_rows(path: Path) -> pd.DataFrame:
    """Return the groups of a YAML file as text: 145.0 keeps its last digit."""
    try:
        content = yaml.load(path.read_text("utf-8-sig"), yaml.BaseLoader)  # noqa: S506 - text alone
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(
            Problem("the file is not valid YAML", file=str(path),
                    found=str(error).splitlines()[0], fix="see the example in the documentation")
        ) from error  # fmt: skip
    groups = content.get("groups") if isinstance(content, Mapping) else None
    if not isinstance(groups, list) or not all(isinstance(group, Mapping) for group in groups):
        raise InputError(
            Problem(
                "no list of groups",
                file=str(path),
                at="groups",
                expected="a list of groups, each with antagonist, agonist, mean, sd or sem, and n",
                fix="see the example in the documentation",
            )
        )
    return _named(pd.DataFrame([dict(group) for group in groups]).fillna("").astype(str))


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with our names for the columns that are known; units in brackets go."""
    found: dict[Any, str] = {}
    for column in table.columns:
        bare = plain(re.sub(r"[(\[].*?[)\]]", "", str(column)))
        for name, words in COLUMNS.items():
            if bare in words and name not in found.values():
                found[column] = name
    named = table.rename(columns=found)
    return named.assign(**{name: named[name].str.strip() for name in named.columns})


def _check_columns(rows: pd.DataFrame, path: Path) -> str:
    """Return which column holds the spread; refuse a table that lacks one."""
    missing = [name for name in NEEDED if name not in rows]
    spreads = [name for name in ("sd", "sem") if name in rows]
    problems = [
        Problem(
            f"no column '{name}'",
            file=str(path),
            expected=f"columns {EXAMPLE} (or sd for sem)",
            found=", ".join(map(str, rows.columns)) or "nothing",
            fix="name the column",
        )
        for name in missing
    ]
    if len(spreads) != 1:
        problems.append(
            Problem(
                "the spread is not told once" if spreads else "no column 'sd' or 'sem'",
                file=str(path),
                expected="one column, sd (between animals) or sem (of the mean)",
                found=", ".join(spreads) or ", ".join(map(str, rows.columns)),
                fix="a paper's error bars are often SEMs: its methods or legend says which",
            )
        )
    if problems:
        raise InputError(*problems)
    return spreads[0]


def _cell_faults(rows: pd.DataFrame, spread: str, path: Path) -> Iterator[Problem]:
    """Yield each cell that is no number of its kind."""
    for number, row in enumerate(rows.to_dict("records"), start=1):
        group = {str(key): str(value) for key, value in row.items()}
        for name in ("antagonist", "agonist"):
            if not group[name]:
                yield Problem(f"no '{name}'", file=str(path), at=f"group {number}",
                              expected="the group's level", fix="fill in the cell")  # fmt: skip
        for name in ("mean", spread, "n"):
            fault = _number_fault(name, group[name])
            if fault:
                yield Problem(
                    f"'{name}' {fault}",
                    file=str(path),
                    at=f"group {number} ({group['antagonist']} + {group['agonist']})",
                    expected={"n": "a whole number of at least 2", "mean": "a number"}.get(
                        name, "a number of at least 0"
                    ),
                    found=f"'{group[name]}'",
                    fix="for a range of n audit its lower and its upper end"
                    if name == "n"
                    else "give the number as printed, with a decimal point",
                )


def _number_fault(name: str, text: str) -> str:
    """Return what is wrong with a number, ``""`` for nothing."""
    if not NUMBER.fullmatch(text):
        return "is not a number"
    if name == "n" and (float(text) < 2 or not float(text).is_integer()):  # noqa: PLR2004 - an SD needs two
        return "cannot be"
    return "is below 0" if name in {"sd", "sem"} and float(text) < 0 else ""


def _levels(
    column: "pd.Series[str]", part: str, controls: Sequence[str], path: Path
) -> tuple[str, str]:
    """Return a factor's control and its drug."""
    levels = list(dict.fromkeys(column))
    named = {plain(level) for level in controls} or CONTROLS
    found = [level for level in levels if plain(level) in named]
    if not found and controls:
        found = [level for level in levels if plain(level) in CONTROLS]
    if len(levels) != 2 or len(found) != 1:  # noqa: PLR2004 - with and without
        raise InputError(
            Problem(
                f"which level of '{part}' is the control is not certain"
                if len(levels) == 2  # noqa: PLR2004 - the same
                else f"'{part}' has {len(levels)} levels",
                file=str(path),
                at=f"column '{part}'",
                expected="two levels, one of them the control",
                found=", ".join(levels),
                fix="name the control: --control LEVEL (once per column)",
            )
        )
    return found[0], next(level for level in levels if level != found[0])
