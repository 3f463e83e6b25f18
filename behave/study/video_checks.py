"""What of the videos is known before a run: their lengths, pictures and cylinders."""

import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from behave import tracking
from behave.errors import BehaveError, Problem
from behave.scoring.quality import FAIL_UNSCORED_SHARE
from behave.study.inputs.plan import Plan
from behave.tracking import Recording

WORTH_SAYING = 0.05  # share of the scored window that may lie behind a video's end in silence


@dataclass(frozen=True)
class VideoFindings:
    """What was found.

    Parameters
    ----------
    problems
        What would make trials fail, each with the video as its file.
    failing
        The trials that would.
    notes
        What their owner should know.
    length_s
        Length of all readable videos.
    """

    problems: tuple[Problem, ...]
    failing: frozenset[str]
    notes: tuple[str, ...]
    length_s: float


def check_videos(plan: Plan, tell: Callable[[int, int], None] | None = None) -> VideoFindings:
    """Look at each video of a plan without scoring it.

    Its cylinders are counted, and its animals looked for, where no video before it showed
    the same picture.

    Parameters
    ----------
    plan
        What would be scored.
    tell
        Told how many videos were looked at, of how many.
    """
    known: dict[object, list[Any]] = {}
    problems: list[Problem] = []
    failing: set[str] = set()
    notes: list[str] = []
    total_s = 0.0
    videos = plan.active.groupby("video", sort=False)
    for number, (name, trials) in enumerate(videos):
        if tell is not None:
            tell(number, len(videos))
        recording = plan.videos[str(name)]
        ids = set(trials["trial_id"])
        try:
            fault = _absent(str(name), recording)
            if fault is not None:
                problems.append(fault)
                failing |= ids
                continue
            if not plan.tracker.has_picture(recording):
                continue
            length_s = tracking.probe(recording).duration_s
            total_s += length_s
            notes += _check_picture(plan, str(name), recording, known)
        except BehaveError as error:
            problems += [Problem(item.what, str(name), item.at, item.expected, item.found, item.fix)
                         for item in error.problems]  # fmt: skip
            failing |= ids
            continue
        found, lost, said = _check_times(plan, str(name), trials, length_s)
        problems += found
        failing |= lost
        notes += said
        notes += _without_animals(plan, str(name), set(trials["arena"]))
    return VideoFindings(tuple(problems), frozenset(failing), tuple(_joined(notes)), total_s)


def _absent(name: str, recording: Recording) -> Problem | None:
    """Return the problem of a file that is not there."""
    # Not the path's own question, which fails on a name that is too long.
    gone = [file for file in recording.files if not os.path.isfile(file)]  # noqa: PTH113
    if not gone:
        return None
    meant = _named_alike(Path(gone[0]))
    return Problem(
        "the file is not there",
        file=name,
        expected=str(recording),
        fix=f"did you mean '{meant.name}', in {meant.parent.name}?"
        if meant
        else "check the name in the trials table and the study's videos folder",
    )


def _named_alike(path: Path) -> Path | None:
    """Return the file whose name differs by case, or by an extension left out, alone."""
    found = Path(path.anchor)
    for part in path.parts[1:]:
        try:
            there = sorted(found.iterdir()) if not (found / part).exists() else [found / part]
        except OSError:
            return None
        wanted = part.casefold()
        alike = [one for one in there if one.name.casefold() == wanted] or [
            one for one in there if one.stem.casefold() == wanted and one.is_file()
        ]
        if len(alike) != 1:
            return None
        found = alike[0]
    return found


def _check_picture(
    plan: Plan, name: str, recording: Recording, known: dict[object, list[Any]]
) -> list[str]:
    """Refuse arenas that the picture does not have; say which of them hold two animals.

    Parameters
    ----------
    known
        Glances at the videos that were looked at closely, by their arenas; one is added.
    """
    drawn = tuple(plan.arenas.get(name, ()))
    if drawn:
        tracking.require_inside(recording, drawn)
    elif not plan.count:
        return []
    glance = tracking.glance(recording)
    alike = known.setdefault((drawn, Path(name).parent), [])
    if any(tracking.same_layout(one, glance) for one in alike):
        return []
    arenas = drawn or tracking.find_arenas(recording, plan.count, plan.tracking.test)
    alike.append(glance)
    crowded = tracking.find_crowded(recording, arenas, plan.tracking.test)
    return [
        f"{name}: two animals in arena {arena}, which must hold one; look at the picture of "
        "the arenas"
        for arena in crowded
    ]


def _check_times(
    plan: Plan, name: str, trials: pd.DataFrame, length_s: float
) -> tuple[list[Problem], set[str], list[str]]:
    """Return problems, the trials that would fail by them, and notes on a video's length."""
    problems, failing, short = [], set(), []
    start, stop = plan.epochs.get("score_window", (0.0, 0.0))
    for row, trial_id, entry_s in trials[["trial_id", "entry_s"]].itertuples():
        # An entry that is not given is at best the first frame.
        begins = 0.0 if pd.isna(entry_s) else float(entry_s)
        if begins >= length_s:
            problems.append(
                Problem(
                    "the animal enters after the video's end",
                    file=name,
                    at=f"row {row}, column 'entry_s'",
                    expected=f"less than {length_s:.0f} s, the length of {name}",
                    found=f"{begins:g} s",
                    fix="correct entry_s",
                )
            )
            failing.add(trial_id)
            continue
        beyond = max(begins + stop - max(length_s, begins + start), 0.0)
        share = beyond / (stop - start) if stop > start else 0.0
        if share > FAIL_UNSCORED_SHARE:
            failing.add(trial_id)
            short.append((share, begins))
        elif share > WORTH_SAYING:
            short.append((share, begins))
    fails = [item for item in short if item[0] > FAIL_UNSCORED_SHARE]
    if fails:
        share, begins = max(fails)
        problems.append(
            Problem(
                f"the scored window lies behind the video's end by {100 * share:.0f} %",
                file=name,
                at="protocol.score_window_s",
                expected=f"a video of {begins + stop:g} s or more for score_window_s "
                f"[{start:g}, {stop:g}]" + (f" from entry at {begins:g} s" if begins else ""),
                found=f"{length_s:.0f} s",
                fix=("correct entry_s, or " if begins else "correct ")
                + "score_window_s and duration_s in the study file, or name the whole "
                "recording (chapters are joined by |)",
            )
        )
    said = []
    if len(short) > len(fails):
        said.append(f"{name}: {length_s:.0f} s long, so that the end of score_window_s is unscored")
    elif not short and plan.duration_s is not None and length_s < plan.duration_s:
        said.append(f"{name}: {length_s:.0f} s long, shorter than the test ({plan.duration_s:g} s)")
    return problems, failing, said


def _without_animals(plan: Plan, name: str, used: Collection[str]) -> Iterable[str]:
    """Say which arenas of a video have no animal in the sheet."""
    known = (
        [arena.name for arena in plan.arenas[name]]
        if name in plan.arenas
        else [str(number + 1) for number in range(plan.count)]
    )
    everyone = {*used, *plan.trials.loc[plan.trials["video"] == name, "arena"]}
    empty = [arena for arena in known if arena not in everyone]
    if empty:
        yield f"{name}: no animal in the sheet for arena {', '.join(empty)}"


def _joined(notes: Iterable[str]) -> Iterable[str]:
    """Return notes; what several videos have in common is said once."""
    videos: dict[str, list[str]] = {}
    for note in notes:
        name, _, what = note.partition(": ")
        videos.setdefault(what, []).append(name)
    for what, names in videos.items():
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")  # noqa: PLR2004
        yield f"{shown}: {what}."
