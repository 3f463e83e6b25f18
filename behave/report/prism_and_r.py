"""What other programs take over: tables for GraphPad Prism, a script for R.

======================= ==========================================================
file                    one row per
======================= ==========================================================
``analysed.csv``        analysed animal: its id, factors, blocks and outcome
``prism_column.csv``    replicate; a column for each group
``prism_grouped.csv``   level of the antagonist; for each level of the agonist the
                        animals side by side
``contrasts.R``         (recomputes K, Kn, I and A from ``analysed.csv``)
======================= ==========================================================

An empty cell is a missing value: groups need not be of one size.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from behave.files import write_table, write_text
from behave.report.groups import analysed, groups_of
from behave.report.words import level_name

FOLDER = "export"


def write(rows: pd.DataFrame, design: Mapping[str, Any], study: str, folder: Path) -> None:
    """Write the exports below the results folder.

    Parameters
    ----------
    rows
        Animals, from `behave.report.groups.animals`.
    design
        The study file's design block.
    study
        Name of the study.
    folder
        The results folder.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    below = folder / FOLDER
    write_table(analysed_table(rows, design), below / "analysed.csv")
    write_table(prism_column(rows, design), below / "prism_column.csv")
    write_table(prism_grouped(rows, design), below / "prism_grouped.csv")
    write_text(r_script(design, study), below / "contrasts.R")


def analysed_table(rows: pd.DataFrame, design: Mapping[str, Any]) -> pd.DataFrame:
    """Return the analysed animals: id, antagonist, agonist, blocks and the like, outcome."""
    shown = analysed(rows)
    factors = [design[part]["column"] for part in ("antagonist", "agonist") if design.get(part)]
    columns = ["animal_id", *factors, *more_columns(design)]
    return shown[columns].assign(**{design["outcome"]: shown["value"]}).reset_index(drop=True)


def prism_column(rows: pd.DataFrame, design: Mapping[str, Any]) -> pd.DataFrame:
    """Return the outcome as Prism's column table: a column for each group."""
    return pd.DataFrame(
        {
            group.name: pd.Series(values, dtype="float64")
            for group, values in zip(groups_of(design), _values(rows, design), strict=True)
        }
    )


def prism_grouped(rows: pd.DataFrame, design: Mapping[str, Any]) -> pd.DataFrame:
    """Return the outcome as Prism's grouped table.

    The rows are the antagonist's levels; each level of the agonist is a data
    set of as many subcolumns as the largest group has animals.
    """
    values = _values(rows, design)
    widest = max(1, *map(len, values))
    padded = [group + [float("nan")] * (widest - len(group)) for group in values]
    agonist, antagonist = design["agonist"], design.get("antagonist")
    names = [
        f"{level} {number + 1}"
        for level in (agonist["control"], level_name(agonist))
        for number in range(widest)
    ]
    if not antagonist:
        return pd.DataFrame([padded[0] + padded[1]], columns=names)
    body = pd.DataFrame([padded[0] + padded[1], padded[2] + padded[3]], columns=names)
    body.insert(0, antagonist["column"], [antagonist["control"], level_name(antagonist)])
    return body


def block_columns(design: Mapping[str, Any]) -> list[str]:
    """Return the columns that enter as blocks, the further factors included."""
    return [*(design.get("by") or ()), *(design.get("blocks") or ())]


def more_columns(design: Mapping[str, Any]) -> list[str]:
    """Return all columns beside the factors that the analysis uses."""
    more = [*(design.get("covariates") or ()), *(design.get("random") or ())]
    return [*block_columns(design), *more]


def r_script(design: Mapping[str, Any], study: str) -> str:
    """Return an R script that recomputes K, Kn, I and A with base R alone.

    Without blocks it takes Welch contrasts of the cell means, with blocks
    ordinary least squares with HC2 errors and Bell-McCaffrey degrees of
    freedom, as the statistics stage does.
    """
    # A page's escaping has no place in R; strings are quoted by `_r_string`.
    environment = jinja2.Environment(  # noqa: S701 - the script is no web page
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["r"] = _r_string
    source = (files("behave.report") / "contrasts.R.jinja").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        study=study,
        design=design,
        blocks=block_columns(design),
        covariates=list(design.get("covariates") or ()),
        random=next(iter(design.get("random") or ()), ""),
    )


def _values(rows: pd.DataFrame, design: Mapping[str, Any]) -> list[list[float]]:
    """Return the outcomes of the groups."""
    shown = analysed(rows)
    count = len(groups_of(design))
    return [shown.loc[shown["group"] == number, "value"].tolist() for number in range(count)]


def _r_string(text: str) -> str:
    """Return a text as a string of R, whose escapes are those of JSON."""
    return json.dumps(str(text), ensure_ascii=False)
