"""All hanging animals of a video in one reading."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.flags import Flag
from behave.model.tables import MOTION
from behave.schema import conform
from behave.tracking.silhouette.entry import Entry, find_entry
from behave.tracking.silhouette.flags import FAINT, flag_file, flag_light
from behave.tracking.silhouette.series import at_frames
from behave.tracking.suspension.hanging import Fault, Hanging, find_hanging
from behave.tracking.suspension.tracker import SuspensionTracker
from behave.tracking.trial import SWITCH_PENALTY_S, Arena, Track, Trial, Video
from behave.tracking.video.frozen import hide
from behave.tracking.video.reader import Reading, VideoReader
from behave.tracking.video.watching import needed_until, sample_arenas, watch

Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# For a camera of which nothing can be learnt: the mean (of logarithms) of each animal's best
# threshold in the clips of two renderers lies between .07 and .09.
IMMOBILE_BELOW = 0.07
SAMPLES = 60
# Shorter than this share of its usual length from the pivot, for so long, an animal has
# climbed its tail; a body that only bends up is shorter for a moment.
CLIMBED, CLIMBED_FOR_S = 0.7, 1.0
# What holding on to the tail adds to the motion, as much as an ordinary struggle: it is no rest.
HOLDING = 0.2
# A body that is out of sight for less than this, between two looks that found it, is there.
BRIEF_S = 0.5
# Farther than this from the pivot, or out of sight for so long, it does not hang any more.
FALLEN, GONE_S = 1.35, 2.0
UNSEEN = 0.05
# An animal hangs when it is this low, of its usual way from the pivot.
LOW = 0.75

FAULTS: dict[Fault, Flag] = {
    "animal_not_found": Flag("animal_not_found", 0, "No animal hangs in this arena."),
    "two_animals": Flag("two_animals", 2, "Two animals hang in this arena; it must hold one."),
    "upside_down": Flag(
        "upside_down", 0, "The tail is below the animal: the picture is upside down."
    ),
}


def track(video: Video, trials: Sequence[Trial], *, ahead: bool = True) -> list[Track]:
    """Measure the motion of every animal that hangs by its tail in a video.

    Parameters
    ----------
    video
        The video.
    trials
        Its animals.
    ahead
        Decode in a thread of its own.

    Returns
    -------
    list of Track
        In the order of the trials. Motion is the share of the body's area that changed
        its shape, NaN where the animal was not found and after it fell.

    Raises
    ------
    TrialError
        If the video cannot be read.
    """
    reader, end_s = VideoReader(video), needed_until(trials)
    found = _learn(reader, trials, end_s)
    watchers = [
        SuspensionTracker(trial.arena, one if isinstance(one, Hanging) else None, scale)
        for trial, (one, scale) in zip(trials, found, strict=True)
    ]
    reading = watch(reader, watchers, end_s, ahead=ahead)
    return [
        _finish(trial, watcher, one, reading)
        for trial, watcher, (one, _) in zip(trials, watchers, found, strict=True)
    ]


def find_crowded(video: Video, arenas: Sequence[Arena]) -> list[str]:
    """Return the names of the arenas in which two animals hang.

    Parameters
    ----------
    video, arenas
        The video, and where its animals are.

    Raises
    ------
    TrialError
        If the video cannot be read.
    """
    found = _learn(VideoReader(video), [Trial(arena.name, arena) for arena in arenas], None)
    return [
        arena.name for arena, (one, _) in zip(arenas, found, strict=True) if one == "two_animals"
    ]


def _learn(
    video: VideoReader, trials: Sequence[Trial], end_s: float | None
) -> list[tuple[Hanging | Fault, float]]:
    """Return what hangs in each arena, and the px of its pictures per px of the frame."""
    sampled = sample_arenas(video, trials, SAMPLES, end_s)
    return [(find_hanging(seen), scale) for seen, scale in sampled]


def _finish(
    trial: Trial, watcher: SuspensionTracker, hanging: Hanging | Fault, reading: Reading
) -> Track:
    """Carry the looks over to the frames and say what makes the score doubtful."""
    looks, times = watcher.looks, reading.times_s
    at = np.array(looks.time_s)
    length = np.array(looks.length)
    found = np.isfinite(length)
    usual = float(np.nanmedian(length)) if found.any() else np.nan
    hangs = found & (length < FALLEN * usual) if found.any() else found
    crowded = np.array(looks.crowded, dtype=bool)
    # A hand that lowers an animal has not hung it.
    low = np.array(looks.below) > LOW * usual
    entry = find_entry(at, _without_gaps(at, hangs & low) & ~crowded, trial.entry_s)
    during = (at >= entry.time_s) & (at < entry.time_s + (trial.duration_s or np.inf))
    ends_s = _ends(at, hangs, entry)
    hung = during & (at < ends_s)
    climbs = _climbs(at, length / usual if found.any() else length, hung)
    motion = np.array(looks.motion) + np.where(climbs, HOLDING, 0.0)
    motion[~hangs | (at >= ends_s)] = np.nan
    columns = {
        "motion": motion,
        "x_px": np.array(looks.x_px),
        "y_px": np.array(looks.y_px),
        "area_px": np.array(looks.area_px),
    }
    at_each = {name: at_frames(times, at, values) for name, values in columns.items()}
    at_each["motion"][times >= ends_s] = np.nan
    table = pd.DataFrame({"frame": np.arange(times.size), "time_s": times, **at_each})
    fell = _fell(at, ends_s, crowded)
    return Track(
        trial_id=trial.trial_id,
        motion=conform(hide(table.assign(climb=np.nan), reading.frozen_s), MOTION),
        entry_s=entry.time_s,
        entry_source=entry.source,
        immobile_below=IMMOBILE_BELOW,
        switch_penalty_s=SWITCH_PENALTY_S,
        flags=(
            *flag_file(at[during], reading),
            *_flag_animal(hanging, entry, hangs[hung], climbs[hung], ends_s if fell else np.inf),
            *flag_light(at[during], np.array(looks.light)[during]),
        ),
    )


def _without_gaps(at: Float64, seen: Bools) -> Bools:
    """Return what was seen, brief gaps filled."""
    filled = seen.copy()
    known = np.flatnonzero(seen)
    for before, after in pairwise(known.tolist()):
        if at[after] - at[before] < BRIEF_S:
            filled[before:after] = True
    return filled


def _ends(at: Float64, hangs: Bools, entry: Entry) -> float:
    """Return when the animal last hung; infinite where it hangs up to the end."""
    last = np.flatnonzero(hangs & (at >= entry.time_s))
    if not entry.found or last.size == 0 or at[-1] - at[last[-1]] < GONE_S:
        return np.inf
    return float(at[last[-1]])


def _fell(at: Float64, ends_s: float, crowded: Bools) -> bool:
    """Return whether no hand was there when the animal ceased to hang."""
    if not np.isfinite(ends_s):
        return False
    return not crowded[(at > ends_s - GONE_S) & (at < ends_s + GONE_S)].any()


def _climbs(at: Float64, length: Float64, hung: Bools) -> Bools:
    """Return at which looks the animal holds on to its tail, for a while and not for a moment."""
    up = hung & (length < CLIMBED)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], up.astype(int), [0]])))
    climbs = np.zeros(up.size, dtype=bool)
    for start, stop in edges.reshape(-1, 2).tolist():
        if at[stop - 1] - at[start] >= CLIMBED_FOR_S:
            climbs[start:stop] = True
    return climbs


def _flag_animal(
    hanging: Hanging | Fault, entry: Entry, hangs: Bools, climbs: Bools, fell_s: float
) -> Iterator[Flag]:
    """Remarks on the animal: whether it hung, climbed or fell, and how well it was seen."""
    if not isinstance(hanging, Hanging):
        yield FAULTS[hanging]
        return
    if not entry.found:
        yield Flag("entry_not_found", 0, "The animal's entry was not found; time counts from 0 s.")
    if hanging.at_top:
        yield Flag(
            "suspension_not_seen",
            0,
            "The animal reaches the arena's upper edge: the bar is out of the picture or the arena.",
        )
    if abs(hanging.tone) < FAINT:
        yield Flag(
            "low_contrast",
            abs(hanging.tone),
            f"The animal differs from the wall by {100 * abs(hanging.tone):.0f} % of the range "
            f"from black to white; the wall itself changes by {100 * hanging.noise:.1f} %.",
        )
    if np.isfinite(fell_s):
        yield Flag(
            "animal_fell",
            fell_s,
            f"The animal does not hang any more from {fell_s:.0f} s on; nothing is scored after.",
        )
    if hangs.size and 1 - hangs.mean() > UNSEEN:
        share = float(1 - hangs.mean())
        yield Flag(
            "animal_lost", share, f"The animal was not found in {100 * share:.0f} % of the time."
        )
    if climbs.any():
        share = float(climbs.mean())
        yield Flag(
            "tail_climbing",
            share,
            f"The animal climbed its tail in {100 * share:.0f} % of the time, which counts as "
            "mobile; many laboratories exclude such animals.",
        )
