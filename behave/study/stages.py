"""The stages of a run, each a function of one task that any process can do.

======== ============ ============================== ===========================
stage    one task is  reads                          writes
======== ============ ============================== ===========================
lay_out  a video      the video                      ``arenas/*.png``, the cache
follow   a video      the video                      the cache (motion)
rate     a trial      the cache (motion)             frames, the cache (score)
======== ============ ============================== ===========================

None of them is told a group: they see video, arena and start alone. Frames do
not get their names here but with all other results, so that a run that cannot
be finished leaves those of the one before.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from behave import __version__, tracking
from behave.errors import Problem, TrialError
from behave.model.tables import FRAMES, KEYPOINT_FRAMES
from behave.scoring import MotionSignal, Score, ScoringOptions, score
from behave.scoring.agreement.trackers import agreement_of_trackers, disagreements, score_secondary
from behave.scoring.calibration import measure_histogram
from behave.scoring.rescore import rescore
from behave.study.alternatives import MIN_BOUTS_S, THRESHOLD_FACTORS
from behave.study.cache import ratings, store
from behave.study.cache.ratings import Rating
from behave.study.cameras import Measured
from behave.study.execution.progress import report_share
from behave.tracking import Arena, Recording, Track, TrackingOptions, Trial

# Flags that say why nothing of an animal was measured.
UNSEEN = {"animal_not_found", "two_animals", "upside_down"}


@dataclass(frozen=True)
class LayOut:
    """Find or take the arenas of one video and draw them.

    Parameters
    ----------
    video, name
        The file, and its name in the trials table.
    arenas
        Those that a table gives; empty: to be found; none: the file is a
        track export and has no picture.
    count
        How many to find.
    folder
        The results folder.
    test
        The kind of test; none: a swim.
    """

    video: Recording
    name: str
    arenas: tuple[Arena, ...] | None
    count: int
    folder: Path
    test: str | None = None


@dataclass(frozen=True)
class Layout:
    """What `lay_out` found.

    Parameters
    ----------
    sha256
        The hash of the video's content.
    arenas
        Its arenas.
    length_s
        About how long it is.
    state
        The file's state when it was hashed; see `store.file_state`.
    """

    sha256: str
    arenas: tuple[Arena, ...]
    length_s: float = 0.0
    state: str = ""


def picture_name(video: str) -> str:
    """Return the file name of the picture of a video's arenas."""
    return f"{video.replace('/', '__').replace('|', '+')}.png"


def lay_out(task: LayOut) -> Layout:
    """Return a video's arenas, and write a numbered picture of them.

    Raises
    ------
    TrialError
        If the video cannot be read or the arenas are not found.
    """
    state = store.file_state(task.video)
    sha256 = store.content_hash(task.video)
    if task.arenas is None:
        return Layout(sha256, (), state=state)
    picture = picture_name(task.name)
    key = arenas_key(sha256, task.arenas, task.count, task.test)
    arenas = store.load_arenas(task.folder, key)
    if arenas is None or not store.shows(task.folder, picture, key):
        tracking.require_inside(task.video, task.arenas)
        arenas = list(task.arenas) or tracking.find_arenas(task.video, task.count, task.test)
        drawn = tracking.draw_arenas(task.video, arenas)
        store.check_unchanged(task.video, sha256, state)
        store.save_picture(task.folder, picture, key, drawn)
        store.save_arenas(task.folder, key, arenas)
    return Layout(sha256, tuple(arenas), tracking.declared_length(task.video), state)


def arenas_key(sha256: str, given: Sequence[Arena], count: int, test: str | None) -> str:
    """Return the key of a video's arenas: its content, those given, and which and how many to find."""
    return store.key_of(__version__, sha256, [asdict(arena) for arena in given], count, test)


@dataclass(frozen=True)
class Follow:
    """Measure the motion of a video's animals.

    Parameters
    ----------
    video, sha256
        The file and the hash of its content.
    trials
        Those that were filmed in it.
    options
        How motion is measured.
    folder
        The results folder.
    force
        Measure again what is kept already.
    state
        The file's state when it was hashed; see `store.file_state`.
    ahead
        Decode on a second core while earlier frames are looked at.
    """

    video: Recording
    sha256: str
    trials: tuple[Trial, ...]
    options: TrackingOptions
    folder: Path
    force: bool
    state: str = ""
    ahead: bool = False

    def key(self, trial: Trial) -> str:
        """Return the key of a trial's motion: all that makes it, and nothing else.

        The other trials of the video are part of it: until when it is read, and which
        arenas reach into one another, depends on all of them.
        """
        told = [asdict(replace(one, trial_id="")) for one in (trial, *self.trials)]
        # Not where keypoints or a network lie, but what is in their files.
        places = {"outputs", "project", "snapshot", "device", "batch_size", "trust_snapshot"}
        options = self.options.model_dump(mode="json", exclude=places)
        return store.key_of(__version__, self.sha256, told, options, self.keypoints)

    @property
    def keypoints(self) -> str:
        """Hash of the file of keypoints or of the network; "" where there is neither."""
        return tracking.fingerprint(self.video, self.options)


@dataclass(frozen=True)
class Followed:
    """What came of `follow`.

    Parameters
    ----------
    seconds
        How long it took, per trial.
    keypoints
        Hash of the keypoints' origin.
    measured
        What the camera's scale is learnt from: of each trial, by each tracker.
    """

    seconds: Mapping[str, float]
    keypoints: str
    measured: Mapping[str, Sequence[Measured]]


def follow(task: Follow) -> Followed:
    """Keep the motion of a video's animals.

    Raises
    ------
    TrialError
        If the video cannot be scored at all.
    """
    began = time.perf_counter()
    keys = {trial.trial_id: task.key(trial) for trial in task.trials}
    kept = _kept(task.folder, keys)
    if task.force or len(kept) < len(keys):
        # All of them again, even where one is missing: they are measured together.
        tracks = tracking.track(
            task.video, task.trials, task.options, report_share, ahead=task.ahead
        )
        store.check_unchanged(task.video, task.sha256, task.state)
        for track in tracks:
            store.save_track(task.folder, keys[track.trial_id], track)
        # As it is read again, so that a later run learns from the same digits.
        kept = _kept(task.folder, keys)
    length = {trial.trial_id: trial.duration_s or math.inf for trial in task.trials}
    measured = {track.trial_id: _measured(track, length[track.trial_id]) for track in kept}
    spent = (time.perf_counter() - began) / len(task.trials)
    return Followed({trial.trial_id: spent for trial in task.trials}, task.keypoints, measured)


def _kept(folder: Path, keys: Mapping[str, str]) -> list[Track]:
    """Return the tracks that are kept under their keys."""
    found = (store.load_track(folder, key, trial_id) for trial_id, key in keys.items())
    return [track for track in found if track is not None]


def _measured(track: Track, duration_s: float) -> tuple[Measured, ...]:
    """Return what a camera's scale is learnt from, by each tracker."""
    return tuple(
        Measured(
            measure_histogram(
                MotionSignal(one.motion, track.entry_s, one.switch_penalty_s), duration_s
            ),
            one.immobile_below,
        )
        for one in (track, track.secondary)
        if one is not None
    )


@dataclass(frozen=True)
class Rate:
    """Score one trial from its kept motion.

    Parameters
    ----------
    trial_id
        Name of the trial.
    epochs
        The named time windows, from the animal's entry.
    bin_s
        Width of the time bins.
    options
        How motion becomes immobility.
    folder
        The results folder.
    windows
        Windows in which the trial is scored again under other choices, for
        the sensitivity of the verdict; none for scores alone.
    immobile_below
        The threshold of each tracker's motion; NaN: it is not known.
    """

    trial_id: str
    epochs: Mapping[str, tuple[float, float]]
    bin_s: float
    options: ScoringOptions
    folder: Path
    windows: Mapping[str, tuple[float, float]]
    immobile_below: tuple[float, ...]

    def key(self, motion_key: str) -> str:
        """Return the key of a trial's score: its motion's, and all that is made of it."""
        # Not where the threshold comes from, but what it is.
        options = self.options.model_dump(mode="json", exclude={"immobile_below"})
        below = list(self.immobile_below)
        told = (dict(self.epochs), self.bin_s, options, dict(self.windows), below)
        return store.key_of(__version__, motion_key, *told)


def rate(task: Rate) -> Rating:
    """Score one trial and prepare its frames, or return the score that was kept.

    Raises
    ------
    TrialError
        If too much of it was not seen.
    """
    motion_key = store.motion_key(task.folder, task.trial_id)
    track = None
    if motion_key is not None:
        kept = ratings.load_rating(task.folder, task.key(motion_key), task.trial_id)
        if kept is not None:
            return kept
        track = store.load_track(task.folder, motion_key, task.trial_id)
    if motion_key is None or track is None:
        raise TrialError(
            Problem(
                "the motion kept for this trial is gone",
                file=str(task.folder / store.FOLDER),
                fix="run again; do not change the folder during a run",
            )
        )
    rating, frames = _rate(task, track)
    return ratings.save_rating(task.folder, task.key(motion_key), task.trial_id, rating, frames)


def _rate(task: Rate, track: Track) -> tuple[Rating, dict[str, pd.DataFrame]]:
    """Return a trial's score, and its frames by the names of their files."""
    # In a file of several trials the next animal comes after this one's time. A second more,
    # as in a file of its own, lets the state at the end be told from what follows.
    ends_s = track.entry_s + max(stop_s for _, stop_s in task.epochs.values()) + 1.0
    track = replace(track, motion=track.motion[track.motion["time_s"] <= ends_s])
    _refuse_unseen(track)
    signal = MotionSignal(track.motion, track.entry_s, track.switch_penalty_s)
    used, *secondary_below = task.immobile_below
    scored: Score = score(
        signal,
        epochs=_until_fall(task.epochs, track),
        bin_s=task.bin_s,
        immobile_below=used,
        options=task.options,
    )
    frames = {FRAMES.file: scored.states}
    agreement, differences = None, None
    if track.secondary is not None:
        frames[KEYPOINT_FRAMES.file], agreement, differences = _compare_secondary(
            task, track, track.secondary, scored.states, (used, *secondary_below)
        )
    rating = Rating(
        entry_s=track.entry_s,
        entry_source=track.entry_source,
        kept=track.kept,
        flags=(*track.flags, *(track.secondary.flags if track.secondary else ()), *scored.flags),
        immobile_below=used,
        switch_penalty_s=track.switch_penalty_s,
        bouts=scored.bouts,
        measures=scored.measures,
        bins=scored.bins,
        samples=scored.samples,
        rescored=_rescored(task, signal, used),
        agreement=agreement,
        disagreements=differences,
    )
    return rating, frames


def _refuse_unseen(track: Track) -> None:
    """Refuse a trial of which nothing was measured, with the tracker's own reason if it has one."""
    if track.motion["motion"].notna().any():
        return
    for flag in track.flags:
        if flag.name in UNSEEN:
            raise TrialError(
                Problem(
                    flag.text.removesuffix("."),
                    expected="one animal in the arena",
                    fix="look at the numbered picture of the arenas and at the video",
                )
            )


def _until_fall(
    epochs: Mapping[str, tuple[float, float]], track: Track
) -> Mapping[str, tuple[float, float]]:
    """Return the windows, those that end with the recording closed where the animal fell."""
    fell_s = next((flag.value for flag in track.flags if flag.name == "animal_fell"), math.inf)
    if math.isinf(fell_s):
        return epochs
    return {
        name: (start, fell_s - track.entry_s if math.isinf(stop) else stop)
        for name, (start, stop) in epochs.items()
    }


def _compare_secondary(
    task: Rate, track: Track, other: Track, states: pd.DataFrame, used: Sequence[float]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Score the second tracker: its frames, how far the two agree, and where they do not."""
    frames = score_secondary(
        MotionSignal(other.motion, track.entry_s, other.switch_penalty_s),
        used[1],
        task.options.min_bout_s,
    )
    return (
        frames,
        agreement_of_trackers(states, frames, track.entry_s, task.epochs),
        disagreements(states, frames, track.entry_s, (used[0], used[1])),
    )


def _rescored(task: Rate, signal: MotionSignal, used: float) -> pd.DataFrame:
    """Return the trial's immobility under other choices; empty where none are asked for."""
    rescored = rescore(
        signal,
        windows=task.windows,
        thresholds=[used * factor for factor in THRESHOLD_FACTORS] if task.windows else [],
        min_bouts_s=MIN_BOUTS_S,
    )
    factors = np.repeat(THRESHOLD_FACTORS, len(MIN_BOUTS_S) * len(task.windows))
    return rescored.assign(trial_id=task.trial_id, factor=factors)
