"""The design: which column tells what, and the four cells it makes of the animals."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.errors import InputError, Problem, did_you_mean
from behave.stats.options import DesignOptions, Factor

# The four cells in the order of all arrays: antagonist's level, then agonist's.
CELLS = ("control, control", "control, agonist", "antagonist, control", "antagonist, agonist")

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """The animals that are analysed, as arrays, and those that are not, counted.

    Parameters
    ----------
    outcome
        (n,) the outcome as measured.
    cell
        (n,) 0 to 3, in the order of `CELLS`.
    blocks
        (n, b) codes of the block columns that have at least two levels.
    frame
        The n rows that are analysed.
    counts
        One row per cell: ``done``, ``excluded``, ``failed``, ``missing`` and
        ``alone`` (done, but alone in its block and therefore left out).
    lost
        Rows of the four cells that are not analysed, with ``reason``.
    rows
        (N,) positions in the table of the rows that stand in a cell, analysed
        or not.
    design
        What is compared.
    """

    outcome: Floats
    cell: Integers
    blocks: Integers
    frame: pd.DataFrame
    counts: pd.DataFrame
    lost: pd.DataFrame
    rows: Integers
    design: DesignOptions

    @property
    def signed(self) -> Floats:
        """(n,) the outcome turned so that less of it is benefit."""
        return self.outcome if self.design.benefit == "decrease" else -self.outcome


def prepare(measures: pd.DataFrame, design: DesignOptions) -> Sample:
    """Sort the animals into the four cells.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`.
    design
        What is compared.

    Raises
    ------
    InputError
        As for `behave.stats.compare`.
    """
    _require_columns(measures, design)
    _require_levels(measures, design)
    return sort_animals(measures, design)


def sort_animals(
    measures: pd.DataFrame, design: DesignOptions, within: "pd.Series[bool] | None" = None
) -> Sample:
    """Sort the animals into the cells, some of which may stay empty.

    Parameters
    ----------
    measures
        As for `prepare`, with all columns of the design.
    design
        What is compared. Without an antagonist the last two cells are empty.
    within
        The rows that may take part; None for all.

    Raises
    ------
    InputError
        If a block is not known, an outcome is no number, or an animal has
        several rows.
    """
    frame = measures.reset_index(drop=True)
    cell = place(frame, design)
    if within is not None:
        cell = cell.where(within.to_numpy())
    inside = frame[cell.notna()].copy()
    inside["_cell"] = cell[cell.notna()].astype("int64")
    inside["_value"] = _numbers(inside, design.outcome)
    status = text_of(inside, "status") if "status" in inside.columns else "done"
    measured = inside["_value"].notna()
    inside["_reason"] = np.where(measured | (status != "done"), status, "missing")
    blocks = block_columns(design)
    _require_blocks(inside[inside["_reason"] == "done"], blocks)
    done = inside["_reason"] == "done"
    levels = inside.loc[done, blocks].astype(str)
    inside.loc[done, "_reason"] = np.where(accompanied(_codes(levels)), "done", "alone")
    analysed = inside[inside["_reason"] == "done"]
    _require_one_row_each(analysed)
    return Sample(
        outcome=analysed["_value"].to_numpy(dtype="float64"),
        cell=analysed["_cell"].to_numpy(dtype="int64"),
        blocks=varying(_codes(analysed[blocks].astype(str))),
        frame=analysed.drop(columns=["_cell", "_value", "_reason"]),
        counts=_counts(inside),
        lost=inside[inside["_reason"] != "done"].rename(columns={"_reason": "reason"}),
        rows=inside.index.to_numpy(dtype="int64"),
        design=design,
    )


def block_columns(design: DesignOptions) -> list[str]:
    """Return the columns that enter as additive blocks, the third factor included."""
    return [*([design.by] if design.by else []), *design.blocks]


def place(frame: pd.DataFrame, design: DesignOptions) -> "pd.Series[Any]":
    """Return each row's cell, missing where the design does not compare it."""
    cell = _side(frame, design.agonist)
    if design.antagonist is not None:
        cell = cell + 2 * _side(frame, design.antagonist)
    if design.time is not None:
        cell = cell.where(at_time(frame, design, design.time.level))
    return cell


def _side(frame: pd.DataFrame, factor: Factor) -> "pd.Series[Any]":
    """Return 0 for a factor's control, 1 for its level, missing for others."""
    level = text_of(frame, factor.column)
    given = level == factor.level
    if factor.dose_column is not None:
        given &= doses_of(frame, factor) == factor.dose
    side = pd.Series(0, index=frame.index, dtype="Int64").mask(given, 1)
    return side.where(given | (level == factor.control))


def doses_of(frame: pd.DataFrame, factor: Factor) -> "pd.Series[float]":
    """Return the doses of a factor's level, NaN for its control and where not given."""
    given = text_of(frame, factor.column) == factor.level
    cells = frame[str(factor.dose_column)].where(given)
    return pd.to_numeric(cells.replace("", None), errors="coerce").astype("float64")


def at_time(frame: pd.DataFrame, design: DesignOptions, level: str) -> "pd.Series[bool]":
    """Return which rows belong to a time point; a control without a time belongs to all."""
    if design.time is None:
        return pd.Series(True, index=frame.index)
    time = text_of(frame, design.time.column)
    controls = {factor.control for factor in design.agonists}
    shared = (time == "") & text_of(frame, design.agonist.column).isin(controls)
    return (time == level) | shared


def accompanied(blocks: Integers) -> npt.NDArray[np.bool_]:
    """Return which animals share each of their blocks with another animal.

    An animal alone in its block is fitted exactly by that block and tells
    nothing. Leaving it out may leave another one alone, hence the loop.

    Parameters
    ----------
    blocks
        (n, b) codes.

    Returns
    -------
    numpy.ndarray
        (n,) whether the animal stays.
    """
    stays = np.ones(len(blocks), dtype=bool)
    while True:
        alone = np.zeros_like(stays)
        for column in blocks.T:
            levels, counts = np.unique(column[stays], return_counts=True)
            alone |= stays & np.isin(column, levels[counts == 1])
        if not alone.any():
            return stays
        stays &= ~alone


def varying(blocks: Integers) -> Integers:
    """Return the block columns that have at least two levels."""
    keep = [len(np.unique(column)) > 1 for column in blocks.T]
    return blocks[:, np.array(keep, dtype=bool)]


def unit_of(outcome: str) -> str:
    """Return the unit that a column's name ends in, or nothing.

    >>> unit_of("immobility_pct")
    '%'
    """
    units = {"s": "s", "min": "min", "pct": "%", "px": "px", "cm": "cm", "m": "m", "hz": "Hz"}
    return units.get(outcome.rpartition("_")[2].lower(), "") if "_" in outcome else ""


def outcome_name(outcome: str) -> str:
    """Return what a column measures as a person says it, without its unit.

    >>> outcome_name("immobility_s")
    'immobility'
    """
    name = outcome.rpartition("_")[0]
    return (name if name and unit_of(outcome) else outcome).replace("_", " ")


def text_of(frame: pd.DataFrame, column: str) -> "pd.Series[str]":
    """Return a column as trimmed text, empty where missing."""
    return frame[column].astype(object).where(frame[column].notna(), "").map(str).str.strip()


def _codes(levels: pd.DataFrame) -> Integers:
    """Return the levels of each column as integers, (n, columns)."""
    codes = [pd.factorize(levels[name], sort=True)[0] for name in levels.columns]
    return np.array(codes, dtype="int64").reshape(len(codes), len(levels)).T


def _require_columns(measures: pd.DataFrame, design: DesignOptions) -> None:
    """Refuse a table that lacks a column of the design."""
    asked = {
        "animal_id": "one row per animal",
        design.outcome: "design.outcome",
        **dict.fromkeys(design.factor_columns, "design"),
        **dict.fromkeys(design.blocks, "design.blocks"),
    }
    missing = [name for name in asked if name not in measures.columns]
    if missing:
        raise InputError(
            *(
                Problem(
                    f"no column '{name}' in the measures or the trials",
                    at=asked[name],
                    expected="a column of that name",
                    found="columns " + ", ".join(map(str, measures.columns)),
                    fix=did_you_mean(name, map(str, measures.columns)),
                )
                for name in missing
            )
        )


def _require_levels(frame: pd.DataFrame, design: DesignOptions) -> None:
    """Refuse a design whose levels do not occur."""
    problems = [
        Problem(
            f"no animal has '{wanted}' in column '{column}'",
            at=f"design.{key}",
            expected="a level that occurs in the trials",
            found=", ".join(present) or "an empty column",
            fix=did_you_mean(wanted, present) if present else "fill in the column",
        )
        for key, column, wanted in named_levels(design)
        if wanted not in (present := [v for v in dict.fromkeys(text_of(frame, column)) if v])
    ]
    for key, factor in (("agonist", design.agonist), ("antagonist", design.antagonist)):
        if factor is None or factor.dose_column is None:
            continue
        doses = doses_of(frame, factor)
        if not (doses == factor.dose).any():
            problems.append(
                Problem(
                    f"no animal with '{factor.level}' has the dose {factor.dose:g}",
                    at=f"design.{key}.dose",
                    expected=f"a dose of column '{factor.dose_column}'",
                    found=", ".join(f"{dose:g}" for dose in sorted(doses.dropna().unique()))
                    or "no dose",
                    fix="name the dose that the verdict is about",
                )
            )
    if problems:
        raise InputError(*problems)


def named_levels(design: DesignOptions) -> Iterator[tuple[str, str, str]]:
    """Yield each level that the design names: its key, its column and the level."""
    for role, factors in (("antagonist", design.antagonists), ("agonist", design.agonists)):
        for number, factor in enumerate(factors):
            name = f"other_{role}s" if number else role
            yield f"{name}.control", factor.column, factor.control
            yield f"{name}.level", factor.column, factor.level
    if design.positive_control:
        yield "positive_control", design.agonist.column, design.positive_control
    if design.time:
        yield "time.level", design.time.column, design.time.level


def _numbers(frame: pd.DataFrame, outcome: str) -> "pd.Series[float]":
    """Return the outcome as numbers, NaN where not measured."""
    values = frame[outcome].astype(object).where(frame[outcome].notna(), None)
    values = values.map(lambda value: None if value == "" else value)
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    wrong = (numbers.isna() & values.notna()) | np.isinf(numbers)
    if wrong.any():
        raise InputError(
            *(
                Problem(
                    f"'{outcome}' is not a number",
                    at=f"animal {frame.loc[row, 'animal_id']}",
                    expected="a number with a decimal point, or an empty cell",
                    found=f"'{values[row]}'",
                    fix="correct the cell",
                )
                for row in frame.index[wrong]
            )
        )
    return numbers


def _require_blocks(done: pd.DataFrame, blocks: list[str]) -> None:
    """Refuse an analysed animal whose block is not known."""
    problems = [
        Problem(
            f"no '{name}' for an animal that is analysed",
            at=f"animal {animal}",
            expected="the block that the animal was tested in",
            found="an empty cell",
            fix=f"fill in '{name}', or take it out of the design",
        )
        for name in blocks
        for animal in done.loc[text_of(done, name) == "", "animal_id"]
    ]
    if problems:
        raise InputError(*problems)


def _require_one_row_each(analysed: pd.DataFrame) -> None:
    """Refuse several rows of one animal: they are not independent."""
    repeated = analysed.loc[analysed["animal_id"].duplicated(), "animal_id"].unique()
    if len(repeated):
        raise InputError(
            *(
                Problem(
                    "one animal has several rows; they would be taken as independent animals",
                    at=f"animal {animal}",
                    expected="one row per animal",
                    found=f"{int((analysed['animal_id'] == animal).sum())} rows",
                    fix="exclude the other trials of the animal, or average them first",
                )
                for animal in repeated
            )
        )


def _counts(inside: pd.DataFrame) -> pd.DataFrame:
    """Count the animals of each cell by what became of them."""
    counts = inside.groupby(["_cell", "_reason"]).size().unstack(fill_value=0)
    reasons = ["done", "excluded", "failed", "missing", "alone"]
    return counts.reindex(index=range(len(CELLS)), columns=reasons, fill_value=0)
