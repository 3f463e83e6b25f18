"""A table with a column per group and no animals, as GraphPad Prism has them."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from behave.errors import InputError, Problem
from behave.schema import NUMBER, noted, notes_of
from behave.stats import DesignOptions
from behave.stats.options import Factor

# What stands between the names of two drugs.
_BETWEEN = {"and", "plus", "then", "with", "group", ""}
_SHORTEST = 3  # letters of an abbreviation: veh, ket

Cell = tuple[int, int]  # antagonist and agonist: 0 the control, 1 the level


def cell_of(header: str, design: DesignOptions) -> Cell | None:
    """Return the group that a column's name says, None where that is not certain.

    Examples
    --------
    ``Vehicle``, ``Ketamine``, ``NBQX + Vehicle``, ``NBQX/ket``.
    """
    words = re.split(r"[\W_]+", header.casefold())
    factors = [design.antagonist, design.agonist]
    sides = []
    left = set(words) - _BETWEEN
    if not left:
        return None
    for factor in factors:
        given = {word for word in words if factor and _means(word, factor.level, factors)}
        control = {word for word in words if factor and _means(word, factor.control, factors)}
        sides.append(int(bool(given)))
        left -= given | control
    return None if left else (sides[0], sides[1])


def _means(word: str, level: str, factors: Iterable[Factor | None]) -> bool:
    """Return whether a word is a level, or begins it and no other."""
    if word == level.casefold():
        return True
    levels = {item.casefold() for one in factors if one for item in (one.level, one.control)}
    begun = {item for item in levels if item.startswith(word)}
    return len(word) >= _SHORTEST and begun == {level.casefold()}


def is_by_group(header: Sequence[str], design: DesignOptions) -> bool:
    """Return whether each column is a group of the design, and each another one."""
    cells = [cell_of(name, design) for name in header if name]
    return len(cells) > 1 and None not in cells and len(set(cells)) == len(cells)


def animals_of(
    text: pd.DataFrame, trials: pd.DataFrame, design: DesignOptions, file: str
) -> pd.DataFrame:
    """Return one row per value: ``animal_id``, ``trial_id``, the design's columns, the outcome.

    The animals are called by their group and place, since the table does not name them.

    Raises
    ------
    InputError
        If a cell is no number, or the design needs to know the animals.
    """
    factors = {factor.column for factor in (design.antagonist, design.agonist) if factor}
    more = [name for name in design.factor_columns if name not in factors]
    if more:
        raise InputError(
            Problem(
                "a column per group names no animals",
                file=file,
                at="header",
                expected=f"animals, since the design also uses {', '.join(more)}",
                found=", ".join(map(str, text)),
                fix=f"write a row per animal: animal_id,{design.outcome}",
            )
        )
    problems = [
        Problem(
            "not a number",
            file=file,
            at=f"row {row}, column '{name}'",
            expected=f"a number ({design.outcome}) or an empty cell",
            found=repr(cell),
            fix="write the number alone",
        )
        for name in text
        for row, cell in text[name].items()
        if cell and not NUMBER.fullmatch(cell)
    ]
    if problems:
        raise InputError(*problems)
    rows = []
    notes = []
    for name in text:
        cell = cell_of(str(name), design)
        values = [(row, float(value)) for row, value in text[name].items() if value]
        if cell is None:  # told apart by `is_by_group` before
            continue
        levels = {
            factor.column: factor.level if side else factor.control
            for factor, side in zip((design.antagonist, design.agonist), cell, strict=True)
            if factor
        }
        known = (trials[list(levels)].astype(str) == pd.Series(levels)).all(axis=1)
        expected = int((known & ~trials["exclude"]).sum())
        said = " + ".join(levels.values())
        told = f"Column '{name}' was read as the group {said}: {len(values)} values"
        notes.append(
            told + (f", {expected} animals in the trials." if expected != len(values) else ".")
        )
        rows += [
            {"animal_id": f"{name} {place}", "row": row, **levels, design.outcome: value}
            for place, (row, value) in enumerate(values, start=1)
        ]
    table = pd.DataFrame(rows).set_index("row")
    table["trial_id"] = table["animal_id"]
    notes.append("The table names no animals: they are called by their group and place in it.")
    return noted(table, *notes_of(text), *notes)
