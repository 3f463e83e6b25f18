"""The animals of a study: the trials table, checked row by row."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from behave import files
from behave.errors import InputError, Problem, did_you_mean
from behave.schema import parse
from behave.stats import DesignOptions
from behave.study.config import is_file_name, portable
from behave.tables import TRIALS

# What the statistics' cautions look at beside the design's columns.
BACKGROUND = ("cohort", "cage", "litter", "experimenter", "exclude_reason")
CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)")


def read_trials(path: Path, design: DesignOptions) -> pd.DataFrame:
    """Read a table of trials.

    Parameters
    ----------
    path
        The table, ``.csv`` or ``.xlsx``.
    design
        Whose columns and levels the table must have.

    Returns
    -------
    pandas.DataFrame
        One row per trial, indexed by the row in the file, with the columns of
        `behave.tables.TRIALS` (``entry_s`` in seconds, ``exclude`` filled)
        and any others as text.

    Raises
    ------
    InputError
        With one problem for each fault found.
    """
    file = str(path)
    trials = parse(files.read_sheet(path), TRIALS, file)
    if "trial_id" not in trials:
        trials["trial_id"] = trials["animal_id"]
    trials["trial_id"] = trials["trial_id"].where(trials["trial_id"] != "", trials["animal_id"])
    for name in ("video", "arena", "entry_s", "exclude_reason"):
        if name not in trials:
            trials[name] = pd.Series("", index=trials.index, dtype=object)
    trials["video"] = trials["video"].map(portable).astype(object)
    excluded = trials["exclude"] if "exclude" in trials else pd.Series(False, index=trials.index)
    trials["exclude"] = excluded.astype("boolean").fillna(False).astype(bool)
    problems = [
        *_faulty_ids(trials, file),
        *_repeated_animals(trials, file),
        *_faulty_columns(trials, design, file),
        *_faulty_levels(trials, design, file),
    ]
    trials["entry_s"], faults = _entries(trials["entry_s"], file)
    if problems or faults:
        raise InputError(*problems, *faults)
    return trials


def seconds(text: str) -> float:
    """Return a time in seconds from ``95``, ``1:35`` or ``0:01:35``.

    Raises
    ------
    ValueError
        If the text is no such time.
    """
    clock = CLOCK.fullmatch(text)
    if clock:
        hours, minutes, rest = clock.groups()
        return 3600 * int(hours or 0) + 60 * int(minutes) + float(rest)
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError(text)
    return value


def _entries(cells: "pd.Series[str]", file: str) -> tuple["pd.Series[float]", list[Problem]]:
    """Return the entry times in seconds (NaN: to be detected), and what is wrong."""
    values: list[float] = []
    problems = []
    for row, cell in cells.items():
        try:
            values.append(seconds(cell) if cell else float("nan"))
        except ValueError:
            problems.append(
                Problem(
                    "not a time",
                    file=file,
                    at=f"row {row}, column 'entry_s'",
                    expected="seconds with a decimal point, or mm:ss",
                    found=repr(cell),
                    fix="write for example 95.5 or 1:35.5, or leave it empty",
                )
            )
            values.append(float("nan"))
    return pd.Series(values, index=cells.index, dtype="float64"), problems


def _faulty_ids(trials: pd.DataFrame, file: str) -> Iterable[Problem]:
    """Yield a problem for each id that repeats or cannot name a file."""
    first: dict[str, object] = {}
    for row, trial_id in trials["trial_id"].items():
        if not is_file_name(trial_id):
            yield Problem(
                "this id cannot name a file",
                file=file,
                at=f"row {row}, column 'trial_id' or 'animal_id'",
                expected="letters, digits, spaces, - and _",
                found=repr(trial_id),
                fix="rename the animal or give it a trial_id",
            )
        # Windows and macOS keep one file for names that differ by case alone.
        same = first.setdefault(trial_id.casefold(), row)
        if same != row:
            yield Problem(
                f"trial '{trial_id}' appears twice",
                file=file,
                at=f"rows {same} and {row}",
                expected="each animal once, or a column 'trial_id' that tells its trials apart",
                fix="correct the id, or add 'trial_id'",
            )


def _repeated_animals(trials: pd.DataFrame, file: str) -> Iterable[Problem]:
    """Yield a problem for each animal that would count more than once."""
    counted = trials[~trials["exclude"]]
    for animal, group in counted.groupby("animal_id", sort=False):
        ids = list(group["trial_id"])
        if len(set(ids)) == len(ids) > 1:
            yield Problem(
                f"animal '{animal}' has {len(ids)} trials",
                file=file,
                at="rows " + ", ".join(map(str, group.index)),
                expected="one trial per animal: trials of one animal are not independent",
                found="trials " + ", ".join(ids),
                fix="set exclude to true, with the reason, for all but one of them",
            )


def _faulty_columns(trials: pd.DataFrame, design: DesignOptions, file: str) -> Iterable[Problem]:
    """Yield a problem for each design column that is absent or has an empty cell."""
    for name in design_columns(design):
        if name not in trials:
            yield Problem(
                f"no column '{name}', which the design names",
                file=file,
                at="header",
                expected=f"a column '{name}'",
                found="columns " + ", ".join(trials.columns),
                fix=did_you_mean(name, trials.columns),
            )
            continue
        for row in trials.index[(trials[name].astype(str) == "") & ~trials["exclude"]]:
            yield Problem(
                "an empty cell in a design column",
                file=file,
                at=f"row {row}, column '{name}'",
                expected=f"a level of '{name}'",
                found="nothing",
                fix="fill it in, or set exclude to true with a reason",
            )


def _faulty_levels(trials: pd.DataFrame, design: DesignOptions, file: str) -> Iterable[Problem]:
    """Yield a problem for levels that differ by case or blanks, or never occur."""
    for name in design_columns(design):
        if name not in trials:
            continue
        levels = [level for level in dict.fromkeys(trials[name].astype(str)) if level]
        seen: dict[str, str] = {}
        for level in levels:
            same = seen.setdefault(_plain(level), level)
            if same != level:
                yield Problem(
                    f"levels '{same}' and '{level}' differ only by case or blanks",
                    file=file,
                    at=f"column '{name}', row {_first_row(trials, name, level)}",
                    expected="one spelling for each level",
                    found=f"'{same}' (row {_first_row(trials, name, same)}) and '{level}'",
                    fix="spell them alike",
                )
        factors = [("agonist", design.agonist), ("antagonist", design.antagonist)]
        factors += [("other_antagonists", factor) for factor in design.antagonists[1:]]
        for role, factor in factors:
            if factor.column != name:
                continue
            for key, level in (("control", factor.control), ("level", factor.level)):
                if level not in levels:
                    yield Problem(
                        f"no trial has {name} '{level}', the design's {role}.{key}",
                        file=file,
                        at=f"column '{name}'",
                        expected=f"'{level}'",
                        found=", ".join(f"'{item}'" for item in levels) or "nothing",
                        fix=did_you_mean(level, levels),
                    )


def _plain(level: str) -> str:
    return " ".join(level.casefold().split())


def _first_row(trials: pd.DataFrame, name: str, level: str) -> object:
    return trials.index[trials[name].astype(str) == level][0]


def design_columns(design: DesignOptions) -> list[str]:
    """Return the trials' columns that the design names, each once."""
    return list(dict.fromkeys([design.antagonist.column, design.agonist.column, *design.blocks]))


def add_background(measures: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """Add what the trials tell of how animals were kept, tested and left out.

    Joined after scoring, which never sees it, and for the statistics alone:
    it is no part of ``measures.csv``.

    Parameters
    ----------
    measures
        One row per trial.
    trials
        The table of trials.
    """
    kept = trials.set_index("trial_id")
    told = [name for name in BACKGROUND if name in kept and name not in measures]
    return measures.assign(**{name: measures["trial_id"].map(kept[name]) for name in told})
