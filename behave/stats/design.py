"""The design: which column tells what, and the four cells it makes of the animals."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from behave.errors import InputError, Problem, did_you_mean


class Factor(BaseModel):
    """One two-level factor: a column, its control level and its drug level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = Field(min_length=1, description="Column of the trials table.")
    control: str = Field(min_length=1, description="Level that stands for 'without the drug'.")
    level: str = Field(min_length=1, description="Level that stands for 'with the drug'.")

    @model_validator(mode="after")
    def _two_levels(self) -> "Factor":
        if self.control == self.level:
            raise ValueError("the control and the level of a factor are the same word")
        return self


class Locomotor(BaseModel):
    """The locomotor control: a second outcome of the animals, in a table of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path = Field(description="Table of one row per animal, beside the study file.")
    outcome: str = Field(
        default="distance_cm",
        min_length=1,
        description="Its column that grows with how much an animal moves.",
    )


class DesignOptions(BaseModel):
    """What is compared: the ``design`` block of the study file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: str = Field(
        default="immobility_s", min_length=1, description="Column that is compared."
    )
    benefit: Literal["decrease", "increase"] = Field(
        default="decrease", description="Direction in which the agonist acts."
    )
    agonist: Factor = Field(description="The drug whose effect is tested.")
    antagonist: Factor = Field(description="The drug given to block it.")
    other_antagonists: dict[str, str] = Field(
        default={},
        description="Further antagonists in the antagonist's column, each with its own control: "
        "`{level: control}`.",
    )
    blocks: tuple[str, ...] = Field(
        default=(), description="Columns of batches (cohort) that enter as fixed blocks."
    )
    residual_fraction: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="rho: the share of the agonist's effect that may remain in 'blocked'.",
    )
    locomotor: Locomotor | None = Field(
        default=None, description="The locomotor control; it never changes the label."
    )

    @model_validator(mode="after")
    def _distinct_columns(self) -> "DesignOptions":
        columns = [self.outcome, self.agonist.column, self.antagonist.column, *self.blocks]
        repeated = sorted({column for column in columns if columns.count(column) > 1})
        if repeated:
            raise ValueError(f"column {repeated[0]!r} has two parts in the design")
        return self

    @model_validator(mode="after")
    def _distinct_antagonists(self) -> "DesignOptions":
        for level, control in self.other_antagonists.items():
            if level in {control, self.antagonist.level, self.antagonist.control}:
                raise ValueError(f"other antagonist {level!r} is also named as something else")
        return self

    @property
    def antagonists(self) -> tuple[Factor, ...]:
        """The antagonist of the verdict, and then the other ones."""
        column = self.antagonist.column
        return self.antagonist, *(
            Factor(column=column, control=control, level=level)
            for level, control in self.other_antagonists.items()
        )


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
    left_aside
        Rows with levels of the two factors that the design does not name.
    design
        What is compared.
    """

    outcome: Floats
    cell: Integers
    blocks: Integers
    frame: pd.DataFrame
    counts: pd.DataFrame
    lost: pd.DataFrame
    left_aside: int
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
    frame = measures.reset_index(drop=True)
    cell = _cells(frame, design)
    inside = frame[cell.notna()].copy()
    inside["_cell"] = cell[cell.notna()].astype("int64")
    inside["_value"] = _numbers(inside, design.outcome)
    status = _text(inside, "status") if "status" in inside.columns else "done"
    measured = inside["_value"].notna()
    inside["_reason"] = np.where(measured | (status != "done"), status, "missing")
    _require_blocks(inside[inside["_reason"] == "done"], design)
    done = inside["_reason"] == "done"
    levels = inside.loc[done, list(design.blocks)].astype(str)
    inside.loc[done, "_reason"] = np.where(accompanied(_codes(levels)), "done", "alone")
    analysed = inside[inside["_reason"] == "done"]
    _require_one_row_each(analysed)
    return Sample(
        outcome=analysed["_value"].to_numpy(dtype="float64"),
        cell=analysed["_cell"].to_numpy(dtype="int64"),
        blocks=varying(_codes(analysed[list(design.blocks)].astype(str))),
        frame=analysed.drop(columns=["_cell", "_value", "_reason"]),
        counts=_counts(inside),
        lost=inside[inside["_reason"] != "done"].rename(columns={"_reason": "reason"}),
        left_aside=int((cell.isna() & ~_compared_elsewhere(frame, design)).sum()),
        design=design,
    )


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


def _text(frame: pd.DataFrame, column: str) -> "pd.Series[str]":
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
        design.agonist.column: "design.agonist.column",
        design.antagonist.column: "design.antagonist.column",
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


def _cells(frame: pd.DataFrame, design: DesignOptions) -> "pd.Series[Any]":
    """Return each row's cell, missing where a factor has another level."""
    problems = []
    cell = pd.Series(0, index=frame.index, dtype="Int64")
    for name, factor, step in (
        ("antagonist", design.antagonist, 2),
        ("agonist", design.agonist, 1),
    ):
        level = _text(frame, factor.column)
        present = [item for item in dict.fromkeys(level) if item]
        problems += [
            Problem(
                f"no animal has '{wanted}' in column '{factor.column}'",
                at=f"design.{name}.{key}",
                expected="a level that occurs in the trials",
                found=", ".join(present) or "an empty column",
                fix=did_you_mean(wanted, present) if present else "fill in the column",
            )
            for key, wanted in (("control", factor.control), ("level", factor.level))
            if wanted not in present
        ]
        cell = cell + step * (level == factor.level)
        cell = cell.where(level.isin([factor.control, factor.level]))
    if problems:
        raise InputError(*problems)
    return cell


def _compared_elsewhere(frame: pd.DataFrame, design: DesignOptions) -> "pd.Series[bool]":
    """Return which rows belong to another antagonist's four cells."""
    named = [level for pair in design.other_antagonists.items() for level in pair]
    agonist = [design.agonist.control, design.agonist.level]
    before, drug = _text(frame, design.antagonist.column), _text(frame, design.agonist.column)
    return before.isin(named) & drug.isin(agonist)


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
                    found=repr(values[row]),
                    fix="correct the cell",
                )
                for row in frame.index[wrong]
            )
        )
    return numbers


def _require_blocks(done: pd.DataFrame, design: DesignOptions) -> None:
    """Refuse an analysed animal whose block is not known."""
    problems = [
        Problem(
            f"no '{name}' for an animal that is analysed",
            at=f"animal {animal}",
            expected="the block that the animal was tested in",
            found="an empty cell",
            fix=f"fill in '{name}', or take it out of design.blocks",
        )
        for name in design.blocks
        for animal in done.loc[_text(done, name) == "", "animal_id"]
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
