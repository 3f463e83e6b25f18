"""From a plan to scores: all trials are tracked and scored, even if some of them fail."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from behave import files, tracking
from behave.errors import BehaveError, OutputError
from behave.files import is_file_name
from behave.model import tables
from behave.model.tables import TRIALS_LOG
from behave.study.cache.ratings import Rating
from behave.study.cameras import name_cameras, read_scales
from behave.study.execution.processes import Execution, Result, Task
from behave.study.inputs.plan import Plan
from behave.study.overlays import Overlay, Rated, draw, find_stale
from behave.study.score_tables import Scores, lay_together
from behave.study.stages import Follow, Followed, LayOut, Layout, Rate, follow, lay_out, rate
from behave.tracking import Arena, Recording, Trial

# Processes take a second or more to start, in which so many trials are scored, or the arenas
# of so many videos drawn.
FEW_RATES, FEW_LAYOUTS = 16, 4


def score_trials(plan: Plan, folder: Path, execution: Execution) -> Scores:
    """Score every trial of a plan.

    Parameters
    ----------
    plan
        What is to be scored.
    folder
        The results folder; pictures of the arenas, frames and what is kept
        for reuse are written below it.
    execution
        How.

    Returns
    -------
    Scores
        A trial that fails is a row with its reason.
    """
    # Another process, and another computer, may have another working folder.
    folder = files.absolute(folder)
    plan = replace(plan, videos={name: _placed(one) for name, one in plan.videos.items()})
    execution.check_shared(folder, plan.videos)
    earlier = _earlier_trials(folder)
    layouts, unread = _lay_out(plan, folder, execution)
    followed, untracked = _follow(plan, layouts, folder, execution)
    video_of = dict(zip(plan.active["trial_id"], plan.active["video"], strict=True))
    failed = untracked | {
        trial_id: unread[video] for trial_id, video in video_of.items() if video in unread
    }
    scales = read_scales(
        plan,
        name_cameras(
            plan,
            {name: layout.sha256 for name, layout in layouts.items()},
            folder,
            lambda function, tasks: _each(execution, function, tasks, "cameras", FEW_LAYOUTS),
        ),
        {trial: found for one in followed.values() for trial, found in one.measured.items()},
    )
    rates = [
        Rate(
            trial_id,
            plan.epochs,
            plan.bin_s,
            plan.scoring,
            folder,
            plan.windows,
            scales.immobile_below(trial_id),
        )
        for trial_id in video_of
        if trial_id not in failed
    ]
    ratings: dict[str, Rating] = {}
    for task, result in _each(execution, rate, rates, "scoring", FEW_RATES):
        if isinstance(result, BehaveError):
            failed[task.trial_id] = _sentence(result)
        else:
            ratings[task.trial_id] = result
    hashes = {name: layout.sha256 for name, layout in sorted(layouts.items())}
    tasks = _overlays(plan, layouts, ratings, folder, force=execution.force)
    unpictured = () if plan.pictured else tuple(ratings)
    overlays = draw(tasks, unpictured, execution) if execution.overlay else None
    if overlays is not None:
        ratings |= {
            name: replace(ratings[name], flags=(*ratings[name].flags, flag))
            for name, flag in overlays.faults.items()
        }
    used = {name: layout.arenas for name, layout in sorted(layouts.items())}
    seconds = {name: spent for one in followed.values() for name, spent in one.seconds.items()}
    return replace(
        lay_together(plan, ratings, failed, seconds=seconds, hashes=hashes, scales=scales),
        keypoints={name: one.keypoints for name, one in sorted(followed.items()) if one.keypoints},
        overlays=overlays,
        arenas=tracking.tabulate_arenas(used) if plan.pictured else None,
        prepared={
            folder / name: folder / temporary
            for rating in ratings.values()
            for name, temporary in rating.prepared.items()
        },
        stale=(*find_stale(folder, tasks), *_frames_of(folder, earlier - ratings.keys())),
    )


def _placed(recording: Recording) -> Recording:
    """Return a recording by its files' whole paths."""
    return replace(recording, files=tuple(map(files.absolute, recording.files)))


def _each(
    execution: Execution,
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    stage: str,
    few: int = 1,
) -> Iterator[tuple[Task, Result | BehaveError]]:
    """Run a stage; see `Execution.each`.

    Raises
    ------
    OutputError
        If a task could not write: that is no fault of its trial, and a row
        that says so would take the place of an earlier result.
    """
    for task, result in execution.each(function, tasks, stage, few):
        if isinstance(result, OutputError):
            raise result
        yield task, result


def _earlier_trials(folder: Path) -> set[str]:
    """Return the trials that an earlier run has logged in a results folder."""
    try:
        log = files.read_table(folder / TRIALS_LOG.file, TRIALS_LOG.names)
    except (OSError, ValueError):
        return set()
    return {name for name in log.get("trial_id", ()) if is_file_name(name)}


def _frames_of(folder: Path, trials: Collection[str]) -> Iterator[Path]:
    """Yield the files of frames of an earlier run's trials that have no score now."""
    for table in (tables.FRAMES, tables.KEYPOINT_FRAMES):
        for trial_id in trials:
            yield folder / table.file.replace("<trial_id>", trial_id)


def _overlays(
    plan: Plan,
    layouts: Mapping[str, Layout],
    ratings: Mapping[str, Rating],
    folder: Path,
    *,
    force: bool,
) -> list[Overlay]:
    """Return what overlays there are to draw, one task per video."""
    tasks = []
    for name, layout in layouts.items() if plan.pictured else ():
        shown = tuple(
            _rated(trial, ratings[trial.trial_id], folder)
            for trial in _trials(plan, name, layout)
            if trial.trial_id in ratings
        )
        if shown:
            video = plan.videos[name]
            tasks.append(
                Overlay(video, layout.sha256, shown, plan.tracker.is_outlined, folder, force)
            )
    return tasks


def _rated(trial: Trial, rating: Rating, folder: Path) -> Rated:
    """Return what an overlay is told of a scored trial."""
    entry_s = rating.entry_s
    end_s = entry_s + float(rating.measures["stop_s"].max())
    frames = rating.frames(folder, tables.FRAMES.file.replace("<trial_id>", trial.trial_id))
    return Rated(trial, rating.immobile_below, (entry_s, end_s), frames)


def _lay_out(
    plan: Plan, folder: Path, execution: Execution
) -> tuple[dict[str, Layout], dict[str, str]]:
    """Return the layout of each video, and why others have none."""
    tasks = [
        LayOut(
            plan.videos[name],
            name,
            tuple(plan.arenas.get(name, ())) if plan.pictured else None,
            plan.count,
            folder,
            plan.tracking.test,
        )
        for name in dict.fromkeys(plan.active["video"])
    ]
    layouts: dict[str, Layout] = {}
    failed: dict[str, str] = {}
    for task, result in _each(execution, lay_out, tasks, "arenas", FEW_LAYOUTS):
        if isinstance(result, BehaveError):
            failed[task.name] = _sentence(result)
        else:
            layouts[task.name] = result
    return layouts, failed


def _follow(
    plan: Plan, layouts: Mapping[str, Layout], folder: Path, execution: Execution
) -> tuple[dict[str, Followed], dict[str, str]]:
    """Measure the motion in each video; return what came of it, and why other trials failed."""
    # The longest first: a long video that starts last would keep all others waiting.
    names = sorted(layouts, key=lambda name: layouts[name].length_s, reverse=True)
    tasks = [
        Follow(
            plan.videos[name],
            layouts[name].sha256,
            _trials(plan, name, layouts[name]),
            plan.tracking,
            folder,
            execution.force,
            layouts[name].state,
            ahead=execution.has_spare_core(len(names)),
        )
        for name in names
    ]
    name_of = {id(task): name for task, name in zip(tasks, names, strict=True)}
    followed: dict[str, Followed] = {}
    failed: dict[str, str] = {}
    for task, result in _each(execution, follow, tasks, "tracking"):
        if isinstance(result, BehaveError):
            failed |= {trial.trial_id: _sentence(result) for trial in task.trials}
        else:
            followed[name_of[id(task)]] = result
    return followed, failed


def _trials(plan: Plan, video: str, layout: Layout) -> tuple[Trial, ...]:
    """Return what tracking is told of a video's trials: never the group.

    They come by entry and arena, so that rows moved about in a spreadsheet change nothing.
    """
    arenas = {arena.name: arena for arena in layout.arenas}
    rows = plan.active.loc[plan.active["video"] == video, ["trial_id", "arena", "entry_s"]]
    rows = rows.sort_values(["entry_s", "arena"])
    return tuple(
        Trial(
            trial_id,
            # A track export has no picture, only the name of a sheet.
            arenas.get(name) or Arena(name, 0, 0, 0, 0),
            None if pd.isna(entry_s) else float(entry_s),
            plan.duration_s,
        )
        for trial_id, name, entry_s in rows.itertuples(index=False)
    )


def _sentence(error: BehaveError) -> str:
    """Return an error on one line, for a cell of a table."""
    return " / ".join(
        "; ".join(
            part
            for part in (
                problem.what,
                problem.expected and f"expected {problem.expected}",
                problem.found and f"found {problem.found}",
                problem.fix,
            )
            if part
        )
        for problem in error.problems
    )
