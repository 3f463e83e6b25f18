"""The groups of the design, and which animals stand in them."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from behave.report.style import shortened
from behave.report.words import level_name

# Told apart by lightness and shape as well as by hue: a circle without the
# antagonist, a square with it; hollow without the agonist, filled with it.
LOOKS = (("#7a7a7a", "o", False), ("#0072b2", "o", True), ("#c77700", "s", False), ("#882255", "s", True))  # fmt: skip


@dataclass(frozen=True)
class Group:
    """One cell of the design and how it is drawn everywhere.

    Parameters
    ----------
    antagonist, agonist
        The cell's levels.
    colour, marker, filled
        Its look.
    """

    antagonist: str
    agonist: str
    colour: str
    marker: str
    filled: bool

    @property
    def name(self) -> str:
        """The group in words: ``NBQX + ketamine``."""
        return f"{self.antagonist} + {self.agonist}" if self.antagonist else self.agonist

    def short(self, width: int) -> str:
        """Return the group in words, either level cut to so many letters."""
        parts = [shortened(part, width) for part in (self.antagonist, self.agonist) if part]
        return " + ".join(parts)

    @property
    def face(self) -> str:
        """The colour inside its marker."""
        return self.colour if self.filled else "white"


def groups_of(design: Mapping[str, Any]) -> tuple[Group, ...]:
    """Return the groups: control, agonist, antagonist, both; the first two without antagonist."""
    antagonist, agonist = design.get("antagonist"), design["agonist"]
    blockers = [antagonist["control"], level_name(antagonist)] if antagonist else [""]
    pairs = [
        (blocker, drug)
        for blocker in blockers
        for drug in (agonist["control"], level_name(agonist))
    ]
    return tuple(
        Group(blocker, drug, *look)
        for (blocker, drug), look in zip(pairs, LOOKS[: len(pairs)], strict=True)
    )


def one_per_trial(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the score window where epochs are told apart."""
    if "epoch" not in measures.columns:
        return measures
    window = measures["epoch"] == "score_window"
    # A trial that failed may carry no epoch at all; it keeps its one row.
    named = set(measures.loc[window, "trial_id"])
    lone = ~window & ~measures["trial_id"].isin(named)
    return measures[window | (lone & ~measures["trial_id"].duplicated())]


def animals(
    measures: pd.DataFrame, trials_log: pd.DataFrame, design: Mapping[str, Any]
) -> pd.DataFrame:
    """Return one row per trial, in the order of the groups, then of the ids.

    Parameters
    ----------
    measures, trials_log
        Tables of `behave.model.tables`; the log may be empty.
    design
        The study file's design block.

    Returns
    -------
    pandas.DataFrame
        ``trial_id, animal_id, group`` (0 to 3, empty outside the design),
        ``group_name, value`` (the outcome), ``status`` and every column of
        the log and of the measures that says more.
    """
    rows = one_per_trial(measures)
    if len(trials_log):
        more = [c for c in rows.columns if c not in trials_log.columns]
        rows = trials_log.merge(rows[["trial_id", *more]], on="trial_id", how="left")
    rows = rows.reset_index(drop=True)
    factors = [design[part] for part in ("antagonist", "agonist") if design.get(part)]
    levels = [levels_of(rows, factor) for factor in factors]
    number = {
        (g.antagonist, g.agonist)[-len(factors) :]: i for i, g in enumerate(groups_of(design))
    }
    pairs = list(zip(*levels, strict=True))
    now = _at_time(rows, design)
    outcome = rows.get(design["outcome"], pd.Series(index=rows.index, dtype="float64"))
    status = _text(rows, "status")
    placed = rows.assign(
        group=pd.array(
            [number.get(pair) if at else None for pair, at in zip(pairs, now, strict=True)],
            dtype="Int64",
        ),
        group_name=_group_names(rows, design, pairs),
        value=pd.to_numeric(outcome, errors="coerce").astype("float64"),
        # A table from elsewhere need not say what became of its animals.
        status=[word or "done" for word in status],
    )
    keys = [
        (4 if group is pd.NA else group, natural(animal), natural(trial))
        for group, animal, trial in zip(
            placed["group"], placed["animal_id"], placed["trial_id"], strict=True
        )
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return placed.iloc[order].reset_index(drop=True)


def analysed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `animals` that are done, have an outcome and a group."""
    return rows[(rows["status"] == "done") & rows["value"].notna() & rows["group"].notna()]


def possible_range(rows: pd.DataFrame, design: Mapping[str, Any]) -> tuple[float, float]:
    """Return the lowest and the highest value that the outcome can have.

    Parameters
    ----------
    rows
        Animals, from `animals`.
    design
        The study file's design block.

    Returns
    -------
    tuple
        Known for percentages, times and counts; infinite elsewhere. A time ends
        with the scored time where every animal has one.
    """
    name = str(design["outcome"])
    least, most = design.get("bounds") or (None, None)
    if least is not None or most is not None:
        return -math.inf if least is None else least, math.inf if most is None else most
    if name.endswith("_pct"):
        return 0.0, 100.0
    if name.startswith("n_"):
        return 0.0, math.inf
    if not name.endswith("_s"):
        return -math.inf, math.inf
    scored = pd.to_numeric(rows.get("scored_s", pd.Series(dtype="float64")), errors="coerce")
    lies_within = scored.notna().any() and bool(
        (rows["value"] <= scored + 1e-6)[scored.notna()].all()
    )
    return 0.0, float(scored.max()) if lies_within else math.inf


def levels_of(rows: pd.DataFrame, factor: Mapping[str, Any]) -> list[str]:
    """Return each row's level of a factor, with the dose where there are several."""
    levels = _text(rows, factor["column"])
    if not factor.get("dose_column"):
        return levels
    doses = pd.to_numeric(pd.Series(_text(rows, factor["dose_column"])), errors="coerce")
    return [
        level_name({**factor, "dose": dose}) if level == factor["level"] and dose == dose else level  # noqa: PLR0124 - NaN alone differs from itself
        for level, dose in zip(levels, doses, strict=True)
    ]


def _at_time(rows: pd.DataFrame, design: Mapping[str, Any]) -> list[bool]:
    """Return which rows belong to the time point of the verdict."""
    time = design.get("time")
    if not time:
        return [True] * len(rows)
    return [level in {"", time["level"]} for level in _text(rows, time["column"])]


def _group_names(
    rows: pd.DataFrame, design: Mapping[str, Any], pairs: list[tuple[str, ...]]
) -> list[str]:
    """Return each row's group in words, with its level of the third factor or its time."""
    time = design.get("time")
    more = [*(design.get("by") or ()), *([time["column"]] if time else [])]
    more_levels = [_text(rows, column) for column in more]
    names = []
    for index, pair in enumerate(pairs):
        extra = [levels[index] for levels in more_levels if levels[index]]
        names.append(", ".join([" + ".join(pair), *extra]) if all(pair) else "")
    return names


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sorting key that puts m2 before m10, and A2 before B1.

    >>> sorted(["1", "10", "11", "2"], key=natural)
    ['1', '2', '10', '11']
    """
    parts = re.findall(r"\d+|\D+", str(name))
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def _text(rows: pd.DataFrame, column: str) -> list[str]:
    """Return a column as text, empty where it is absent or missing."""
    if column not in rows.columns:
        return [""] * len(rows)
    return ["" if pd.isna(value) else str(value) for value in rows[column]]
