"""Trials that cannot be planned: no such arena, a place taken twice, two cameras."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from behave.errors import InputError, Problem, did_you_mean
from behave.tracking import Arena


def check_cameras(trials: pd.DataFrame, file: str) -> None:
    """Refuse a video that is said to be of two cameras."""
    if "camera" not in trials:
        return
    told = trials[(trials["camera"] != "") & (trials["video"] != "")]
    seen = told.groupby("video", sort=False)["camera"].unique()
    problems = [
        Problem(
            f"two cameras for the one video {video}",
            file=file,
            at="column 'camera'",
            expected="one camera for all trials of a video",
            found=", ".join(names),
            fix="correct the camera, or the video",
        )
        for video, names in seen.items()
        if len(names) > 1
    ]
    if problems:
        raise InputError(*problems)


def check_arenas(
    trials: pd.DataFrame,
    arenas: Mapping[str, Sequence[Arena]],
    count: int,
    file: str,
    *,
    named: bool,
) -> None:
    """Refuse a trial whose arena its video does not have; one that is a name may be any."""
    problems = []
    filmed = trials[trials["video"] != ""]
    for row, video, name in filmed[["video", "arena"]].itertuples():
        if named:
            known = [name]  # a sheet of the export, or an individual: seen when it is read
        elif video in arenas:
            known = [arena.name for arena in arenas[video]]
        else:
            known = [str(number + 1) for number in range(count)]
        if not name or name not in known:
            problems.append(
                Problem(
                    "no such arena" if name else "an empty cell",
                    file=file,
                    at=f"row {row}, column 'arena'",
                    expected=f"an arena of {video}: {', '.join(known)}" if known else "an arena",
                    found=repr(name),
                    fix=did_you_mean(name, known) if name else "fill in the arena",
                )
            )
    if problems:
        raise InputError(*problems)


def check_windows(trials: pd.DataFrame, duration_s: float, file: str) -> None:
    """Refuse trials that share a video and an arena at the same time."""
    problems = []
    used = trials[(trials["video"] != "") & ~trials["exclude"]]
    for (video, arena), group in used.groupby(["video", "arena"], sort=False):
        entries = group["entry_s"].sort_values()
        for (row, entry), (other, later) in pairwise(entries.items()):
            if np.isnan(entry) or np.isnan(later) or later < entry + duration_s:
                problems.append(
                    Problem(
                        f"arena '{arena}' of {video} is used twice at the same time",
                        file=file,
                        at=f"rows {row} and {other}",
                        expected=f"one animal, or entry_s at least {duration_s:g} s apart",
                        found=f"entry_s {_shown(entry)} and {_shown(later)}",
                        fix="correct the video, the arena or entry_s",
                    )
                )
    if problems:
        raise InputError(*problems)


def _shown(entry_s: float) -> str:
    return "empty" if np.isnan(entry_s) else f"{entry_s:g}"
