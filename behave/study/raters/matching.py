"""Find the trial that each human score belongs to, from its names."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

import pandas as pd

from behave.errors import InputError, Problem, did_you_mean
from behave.study.inputs.study_file import portable
from behave.study.raters.human_scores import KEYS, Scores

# What BORIS writes if the observer chose no subject.
_NOBODY = {"", "no focal subject"}


def match(scores: Scores, log: pd.DataFrame | None) -> Scores:
    """Give human scores the trial ids of the results.

    Parameters
    ----------
    scores
        As read.
    log
        ``trials_log.csv`` of the results. If None, people are compared only with
        one another, and trials keep the names that the people gave.

    Returns
    -------
    Scores
        The tables with ``trial_id`` and ``rater`` in place of the other names.

    Raises
    ------
    InputError
        If a name belongs to no trial of the results, or to several.
    """
    tables = (scores.bouts, scores.marks, scores.totals, scores.watched)
    named = pd.concat([table[KEYS] for table in tables]).drop_duplicates()
    found = {}
    problems = []
    for row in named.to_dict("records"):
        names = {key: str(row[key]) for key in KEYS}
        trial = _own_name(names) if log is None else _trial(names, log)
        if not any(value for key, value in names.items() if key != "rater"):
            problems.append(
                Problem(
                    "a score of no animal",
                    file=f"scores of {names['rater']}",
                    expected="an animal in each row",
                    found="an empty cell",
                    fix="fill in the animal; delete the row if it is a total",
                )
            )
        elif trial is None and log is not None:
            problems.append(_unknown(names, log))
        found[tuple(names.values())] = trial
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return replace(
        scores,
        bouts=_renamed(scores.bouts, found),
        marks=_renamed(scores.marks, found),
        totals=_renamed(scores.totals, found),
        watched=_renamed(scores.watched, found),
    )


def _renamed(table: pd.DataFrame, found: dict[tuple[str, ...], str | None]) -> pd.DataFrame:
    """Return the table with trial ids in place of the names that people gave."""
    keys = table[KEYS].astype(str).itertuples(index=False, name=None)
    trials = pd.Series([found[key] for key in keys], index=table.index, dtype=object)
    rest = table.drop(columns=[key for key in KEYS if key != "rater"])
    rest.insert(0, "trial_id", trials)
    return rest.reset_index(drop=True)


def _stem(path: str) -> str:
    """Return a video's name without folder and extension."""
    return PurePosixPath(portable(path)).stem


def _own_name(names: dict[str, str]) -> str:
    """Return a name for a recording that has no results: its id, or its video and subject."""
    if names["trial"]:
        return names["trial"]
    recording = _stem(names["media"]) if names["media"] else names["observation"]
    subject = names["subject"]
    if subject.lower() in _NOBODY:
        return recording
    return f"{recording}/{subject}" if recording else subject


def _trial(names: dict[str, str], log: pd.DataFrame) -> str | None:
    """Return the trial that a row of scores belongs to; None if there is not exactly one."""
    for key in ("trial", "subject", "observation"):
        for column in ("trial_id", "animal_id"):
            hits = log.loc[log[column] == names[key], "trial_id"]
            if names[key] and len(hits) == 1:
                return str(hits.iloc[0])
    stems = log["video"].map(_stem)
    for film in _films(names):
        filmed = log[stems == film]
        if len(filmed) > 1:
            filmed = filmed[filmed["arena"] == names["subject"]]
        if len(filmed) == 1:
            return str(filmed["trial_id"].iloc[0])
    return None


def _films(names: dict[str, str]) -> Iterable[str]:
    """Return the possible names of the video."""
    return (_stem(names[key]) for key in ("media", "observation") if names[key])


def _unknown(names: dict[str, str], log: pd.DataFrame) -> Problem:
    """Return the problem for a name that does not belong to exactly one trial."""
    said = ", ".join(f"{key} '{value}'" for key, value in names.items() if value and key != "rater")
    known = [*log["trial_id"], *log["animal_id"]]
    first = next((value for key, value in names.items() if value and key != "rater"), "")
    return Problem(
        "a scored trial does not belong to exactly one trial of the results",
        file=f"scores of {names['rater']}",
        expected="a trial_id or animal_id of the results; or a video's name, with the arena as "
        "subject if the video shows several animals",
        found=said,
        fix=did_you_mean(first, dict.fromkeys(known)),
    )
