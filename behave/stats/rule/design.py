"""The design: which column tells what, and the four cells it makes of the animals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Floats
from behave.stats.options import DesignOptions, Factor
from behave.stats.rule.columns import codes_of, doses_of, numbers_of, text_of
from behave.stats.rule.validation import (
    require_blocks,
    require_classes,
    require_columns,
    require_covariates,
    require_levels,
    require_one_row_each,
)

# The four cells in the order of all arrays: antagonist's level, then agonist's.
CELLS = ("control, control", "control, agonist", "antagonist, control", "antagonist, agonist")

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
    covariates
        (n, c) as they were measured.
    group
        (n,) codes of the random unit; None where the design names none.
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
    covariates: Floats
    group: Integers | None
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
    require_columns(measures, design)
    require_levels(measures, design)
    require_classes(measures, block_columns(design), design)
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
    inside["_value"] = numbers_of(inside, design.outcome)
    status = text_of(inside, "status") if "status" in inside.columns else "done"
    measured = inside["_value"].notna()
    inside["_reason"] = np.where(measured | (status != "done"), status, "missing")
    blocks = block_columns(design)
    require_blocks(inside[inside["_reason"] == "done"], [*blocks, *design.random])
    done = inside["_reason"] == "done"
    codes = codes_of(inside[done], blocks)
    inside.loc[done, "_reason"] = np.where(accompanied(codes), "done", "alone")
    analysed = inside[inside["_reason"] == "done"]
    require_one_row_each(analysed)
    return Sample(
        outcome=analysed["_value"].to_numpy(dtype="float64"),
        cell=analysed["_cell"].to_numpy(dtype="int64"),
        blocks=varying(codes_of(analysed, blocks)),
        covariates=covariates_of(analysed, design),
        group=group_of(analysed, design),
        frame=analysed.drop(columns=["_cell", "_value", "_reason"]),
        counts=_counts(inside),
        lost=inside[inside["_reason"] != "done"].rename(columns={"_reason": "reason"}),
        rows=inside.index.to_numpy(dtype="int64"),
        design=design,
    )


def block_columns(design: DesignOptions) -> list[str]:
    """Return the columns that enter as additive blocks, the factors of ``by`` included."""
    return [*design.by, *design.blocks]


def covariates_of(frame: pd.DataFrame, design: DesignOptions) -> Floats:
    """Return the covariates of rows that are analysed, (n, c); refuse one that is not known."""
    columns = [numbers_of(frame, name) for name in design.covariates]
    require_covariates(frame, columns)
    return np.array(columns, dtype="float64").reshape(len(columns), len(frame)).T


def group_of(frame: pd.DataFrame, design: DesignOptions) -> Integers | None:
    """Return the codes of the random unit, (n,); None where the design names none."""
    return codes_of(frame, design.random)[:, 0] if design.random else None


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
    units = {"s": "s", "min": "min", "pct": "%", "px": "px", "cm": "cm", "m": "m", "hz": "Hz",
             "g": "g", "ml": "ml", "mm": "mm", "h": "h"}  # fmt: skip
    return units.get(outcome.rpartition("_")[2].lower(), "") if "_" in outcome else ""


def outcome_name(outcome: str) -> str:
    """Return what a column measures as a person says it, without its unit.

    >>> outcome_name("immobility_s")
    'immobility'
    """
    name = outcome.rpartition("_")[0]
    return (name if name and unit_of(outcome) else outcome).replace("_", " ")


def _counts(inside: pd.DataFrame) -> pd.DataFrame:
    """Count the animals of each cell by what became of them."""
    counts = inside.groupby(["_cell", "_reason"]).size().unstack(fill_value=0)
    reasons = ["done", "excluded", "failed", "missing", "alone"]
    return counts.reindex(index=range(len(CELLS)), columns=reasons, fill_value=0)
