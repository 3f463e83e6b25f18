"""The four groups of the design, and which animals stand in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from behave.report.style import shortened

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
        return f"{self.antagonist} + {self.agonist}"

    def short(self, width: int) -> str:
        """Return the group in words, either level cut to so many letters."""
        return f"{shortened(self.antagonist, width)} + {shortened(self.agonist, width)}"

    @property
    def face(self) -> str:
        """The colour inside its marker."""
        return self.colour if self.filled else "white"


def groups_of(design: Mapping[str, Any]) -> tuple[Group, Group, Group, Group]:
    """Return the groups: control, agonist, antagonist, both."""
    antagonist, agonist = design["antagonist"], design["agonist"]
    first, second, third, fourth = (
        Group(blocker, drug, *look)
        for (blocker, drug), look in zip(
            (
                (blocker, drug)
                for blocker in (antagonist["control"], antagonist["level"])
                for drug in (agonist["control"], agonist["level"])
            ),
            LOOKS,
            strict=True,
        )
    )
    return first, second, third, fourth


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
        Tables of `behave.tables`; the log may be empty.
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
    levels = [_text(rows, design[part]["column"]) for part in ("antagonist", "agonist")]
    number = {(g.antagonist, g.agonist): i for i, g in enumerate(groups_of(design))}
    pairs = list(zip(*levels, strict=True))
    outcome = rows.get(design["outcome"], pd.Series(index=rows.index, dtype="float64"))
    status = _text(rows, "status")
    placed = rows.assign(
        group=pd.array([number.get(pair) for pair in pairs], dtype="Int64"),
        group_name=[" + ".join(pair) if all(pair) else "" for pair in pairs],
        value=pd.to_numeric(outcome, errors="coerce").astype("float64"),
        # A table from elsewhere need not say what became of its animals.
        status=[word or "done" for word in status],
    )
    keys = [
        (4 if group is pd.NA else group, *_natural(animal), str(trial))
        for group, animal, trial in zip(
            placed["group"], placed["animal_id"], placed["trial_id"], strict=True
        )
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return placed.iloc[order].reset_index(drop=True)


def analysed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `animals` that are done, have an outcome and a group."""
    return rows[(rows["status"] == "done") & rows["value"].notna() & rows["group"].notna()]


def _natural(name: str) -> tuple[int, str]:
    """Return a sorting key that puts m2 before m10."""
    digits = "".join(char for char in str(name) if char.isdecimal())
    return int(digits[:18] or 0), str(name)


def _text(rows: pd.DataFrame, column: str) -> list[str]:
    """Return a column as text, empty where it is absent or missing."""
    if column not in rows.columns:
        return [""] * len(rows)
    return ["" if pd.isna(value) else str(value) for value in rows[column]]
