"""The levels of the design's columns: each is one that the design names, spelled in one way."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from behave.errors import Problem, did_you_mean, nearest
from behave.schema import NUMBER
from behave.stats import DesignOptions
from behave.stats.rule.validation import named_levels

# Blanks and hyphens, save those that keep two numbers apart.
_BETWEEN = re.compile(r"(?<!\d)[\s_-]+|[\s_-]+(?!\d)")
SEXES = {**dict.fromkeys(("m", "male", "males", "\u2642"), "m"),
         **dict.fromkeys(("f", "female", "females", "w", "\u2640"), "f")}  # fmt: skip
_SHOWN = 8  # rows told one by one


def faulty_levels(trials: pd.DataFrame, design: DesignOptions, file: str) -> Iterable[Problem]:
    """Yield a problem for levels spelled in two ways, never there, or not of the design.

    Parameters
    ----------
    trials
        The table of trials, indexed by its rows in the file, with ``exclude``.
    design
        What is compared. Excluded trials may have any level, and any column
        but those of the agonist and the antagonist may have any levels.
    file
        The file's name, for messages.
    """
    doses = {factor.dose_column for factor in (design.agonist, design.antagonist) if factor}
    doses |= set(design.covariates)
    drugs = {factor.column for factor in (*design.agonists, *design.antagonists)}
    for name in dict.fromkeys(design.factor_columns):
        if name not in trials or name in doses:
            continue
        cells = trials[name].astype(str)
        rows = _rows_of(cells)
        twice = list(_spelled_twice(rows, name, file))
        yield from twice
        named = {level: key for key, column, level in named_levels(design) if column == name}
        counted = _rows_of(cells[~trials["exclude"]])
        known = {*named, *design.not_analysed}
        strange = [level for level in counted if level not in known] if name in drugs else []
        taken = set()
        for level, key in named.items():
            if level in rows:
                continue
            meant = _meant(level, strange or list(rows))
            taken |= {meant} if meant else set()
            yield _absent(level, key, list(rows), meant, (file, name))
        for level in strange:
            if level not in taken and not any(repr(level) in problem.what for problem in twice):
                at = f"{told_rows(counted[level])}, column '{name}'"
                others = {column for _, column, item in named_levels(design) if item == level}
                if others:
                    yield _swapped(level, name, others.pop(), (file, at))
                else:
                    yield _strange(level, list(named), design, (file, at))


def _rows_of(cells: "pd.Series[str]") -> dict[str, list[object]]:
    """Return the rows of each level that occurs."""
    found: dict[str, list[object]] = {}
    for row, level in cells.items():
        if level:
            found.setdefault(level, []).append(row)
    return found


def _spelled_twice(rows: dict[str, list[object]], name: str, file: str) -> Iterable[Problem]:
    """Yield a problem for each two levels that are one, differently written."""
    seen: dict[str, str] = {}
    for level, places in rows.items():
        same = seen.setdefault(_meaning(level, name), level)
        if same != level:
            message = (
                f"levels '{same}' and '{level}' differ only by case, blanks or hyphens"
                if _bare(same) == _bare(level)
                else f"levels '{same}' and '{level}' mean the same"
            )
            yield Problem(
                message,
                file=file,
                at=f"{told_rows(places)}, column '{name}'",
                expected="one spelling for each level",
                found=f"'{same}' ({told_rows(rows[same])}) and '{level}'",
                fix="spell them alike",
            )


def _meaning(level: str, name: str) -> str:
    """Return a level without what is easily written otherwise: 1.0 is 1, a male's sex is m."""
    if NUMBER.fullmatch(level):
        return f"{float(level):g}"
    return SEXES.get(_bare(level), _bare(level)) if name == "sex" else _bare(level)


def _bare(level: str) -> str:
    """Return a level without what is easily typed otherwise; 1-2 and 12 stay two levels."""
    return _BETWEEN.sub("", level.casefold())


def _meant(level: str, others: Sequence[str]) -> str | None:
    """Return the level of the sheet that a level of the design seems to be."""
    near = nearest(level, others)
    return near or (others[0] if len(others) == 1 else None)


def _absent(
    level: str, key: str, levels: Sequence[str], meant: str | None, place: tuple[str, str]
) -> Problem:
    """Return the problem of a level that the design names and no trial has."""
    file, name = place
    word = meant or (levels[0] if levels else "")
    return Problem(
        f"no trial has {name} '{level}', the design's {key}",
        file=file,
        at=f"column '{name}'",
        expected=f"'{level}', as design.{key} in the study file says",
        found=", ".join(f"'{item}'" for item in levels) or "nothing",
        fix=f"{did_you_mean(level, levels)} Write '{word}' as design.{key} in the study file, "
        f"or '{level}' in the sheet"
        if word
        else f"fill in '{name}'",
    )


def _swapped(level: str, name: str, other: str, place: tuple[str, str]) -> Problem:
    """Return the problem of a level that stands in another factor's column."""
    file, at = place
    return Problem(
        f"'{level}' stands in the column '{name}'",
        file=file,
        at=at,
        expected=f"'{level}' in the column '{other}', as the study file says",
        found=f"'{level}' in '{name}'",
        fix=f"are '{name}' and '{other}' swapped in this row?",
    )


def _strange(
    level: str, named: Sequence[str], design: DesignOptions, place: tuple[str, str]
) -> Problem:
    """Return the problem of a level of the sheet that the design does not name."""
    file, at = place
    left_out = ", ".join([*design.not_analysed, level])
    near = nearest(level, named)
    return Problem(
        f"the design does not name '{level}'",
        file=file,
        at=at,
        expected="one of: " + ", ".join(f"'{item}'" for item in named),
        found=f"'{level}'",
        fix=(f"did you mean '{near}'? " if near else "")
        + "Correct the cell; or, if these animals are not to be compared, add "
        f"'not_analysed: [{left_out}]' to 'design' in the study file",
    )


def told_rows(rows: Sequence[object]) -> str:
    """Return rows in words: ``row 3``, ``rows 3, 7``, the rest of many as a number."""
    shown = ", ".join(map(str, rows[:_SHOWN]))
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"
