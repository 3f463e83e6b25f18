"""All animals of a video in one reading: the file is decoded once, memory stays flat."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import cv2
import numpy as np
import pandas as pd

from behave.model.flags import Flag
from behave.model.tables import MOTION
from behave.schema import conform
from behave.tracking.silhouette.background import Background, learn_background
from behave.tracking.silhouette.entry import find_entry
from behave.tracking.silhouette.flags import flag_animal, flag_file, flag_light
from behave.tracking.silhouette.posture import climb_signal, find_view
from behave.tracking.silhouette.series import at_frames
from behave.tracking.silhouette.tracker import SilhouetteTracker, inside_of, resize
from behave.tracking.silhouette.travel import travel_signal
from behave.tracking.trial import SWITCH_PENALTY_S, Arena, Track, Trial, Video
from behave.tracking.video.ahead import read_ahead
from behave.tracking.video.camera import Camera
from behave.tracking.video.frozen import hide
from behave.tracking.video.picture import Float32, UInt8, to_grey
from behave.tracking.video.reader import Reading, VideoReader

Made = TypeVar("Made", bound=SilhouetteTracker)

# For a camera of which nothing can be learnt; on the tuning seeds of the two rendered worlds
# in benchmarks/ the best of .05, .06 and .075. From above less is seen of the same stroke, and
# in each camera another share: see `behave.scoring.calibration`.
IMMOBILE_BELOW = 0.05
# Frames from which the empty arena is learnt, and px of an arena while learning.
SAMPLES = 40
LEARNING_AREA = 16_000


def track(video: Video, trials: Sequence[Trial], *, ahead: bool = True) -> list[Track]:
    """Measure the motion of every animal in a video by its silhouette.

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
        In the order of the trials. Motion is the share of the body's area
        that changed its shape, NaN where the animal was not found.

    Raises
    ------
    TrialError
        If the video cannot be read.
    """
    # An arena's pictures are done before a second thread has woken up to help.
    cv2.setNumThreads(1)
    reader, end_s, camera = VideoReader(video), needed_until(trials), Camera()
    watchers = learn(reader, trials, end_s, SilhouetteTracker, camera=camera)
    # Frames that nobody looks at never leave the decoder's thread.
    reading = reader.look(end_s)
    for frame in read_ahead(iter(reading)) if ahead else reading:
        for watcher in watchers:
            watcher.look(frame)
    moved = camera.remark()
    return [
        finish(trial, watcher, reading, moved=moved)
        for trial, watcher in zip(trials, watchers, strict=True)
    ]


def needed_until(trials: Sequence[Trial]) -> float | None:
    """Return the video time after which no trial needs frames; none if unknown."""
    ends = [
        trial.entry_s + trial.duration_s
        for trial in trials
        if trial.entry_s is not None and trial.duration_s is not None
    ]
    return max(ends) + 1.0 if len(ends) == len(trials) > 0 else None


def learn(
    video: VideoReader,
    trials: Sequence[Trial],
    end_s: float | None,
    make: Callable[[Arena, Background | None, float], Made],
    *,
    camera: Camera | None = None,
) -> list[Made]:
    """Learn the empty arenas from a few frames and be ready to watch the animals.

    Parameters
    ----------
    video, trials
        The video and its animals.
    end_s
        Only frames before this time; none: up to the end.
    make
        Makes the one who watches: a `SilhouetteTracker`, or a kind of it.
    camera
        Looks at the same frames as a whole.
    """
    samples: list[list[Float32]] = [[] for _ in trials]
    scales: list[float] = []
    for frame in video.sample(SAMPLES, end_s):
        if camera is not None:
            camera.look(frame)
        for trial, seen in zip(trials, samples, strict=True):
            stored = _crop(frame.luma, trial.arena)
            scale = min(1.0, float(np.sqrt(LEARNING_AREA / max(stored.size, 1))))
            size = round(stored.shape[1] * scale), round(stored.shape[0] * scale)
            small = resize(stored, size)
            seen.append(to_grey(small, full_range=frame.full_range))
            scales.append(scale)
    watchers: list[Made] = []
    for trial, seen, scale in zip(trials, samples, scales, strict=False):
        inside = inside_of(trial.arena, seen[0].shape)
        watchers.append(make(trial.arena, learn_background(seen, inside), scale))
    return watchers


def _crop(luma: UInt8, arena: Arena) -> UInt8:
    """Return the arena's part of a frame, cut where it reaches beyond the frame."""
    left, top = max(round(arena.x), 0), max(round(arena.y), 0)
    right, bottom = round(arena.x + arena.width), round(arena.y + arena.height)
    return luma[top:bottom, left:right]


def finish(
    trial: Trial,
    watcher: SilhouetteTracker,
    reading: Reading,
    *,
    moved: Flag | None = None,
) -> Track:
    """Carry the looks over to the frames and say what was remarkable.

    Parameters
    ----------
    trial, watcher
        The animal, and who has watched it.
    reading
        The reading in which it was watched.
    moved
        What is to be said of a camera that moved.
    """
    series, times = watcher.series, reading.times_s
    looks = np.array(series.time_s)
    found = np.isfinite(np.array(series.x_px))
    places = np.stack([series.x_px, series.y_px], axis=1)
    if found.any():
        places /= np.sqrt(np.nanmedian(series.area_px))
    entry = find_entry(looks, found, trial.entry_s, places)
    during = (looks >= entry.time_s) & (looks < entry.time_s + (trial.duration_s or np.inf))
    view = find_view(series, trial.arena, during)
    root = np.sqrt(np.nanmedian(series.area_px)) if found.any() else np.nan
    travel = travel_signal(looks, np.stack([series.x_px, series.y_px], axis=1), root)
    shape = np.array(series.motion)
    columns = {
        "motion": at_frames(times, looks, shape + travel),
        "x_px": at_frames(times, looks, np.array(series.x_px)),
        "y_px": at_frames(times, looks, np.array(series.y_px)),
        "area_px": at_frames(times, looks, np.array(series.area_px)),
        "climb": at_frames(times, looks, climb_signal(series, view, during)),
    }
    motion = pd.DataFrame({"frame": np.arange(times.size), "time_s": times, **columns})
    return Track(
        trial_id=trial.trial_id,
        motion=conform(hide(motion, reading.frozen_s), MOTION),
        entry_s=entry.time_s,
        entry_source=entry.source,
        immobile_below=IMMOBILE_BELOW,
        switch_penalty_s=SWITCH_PENALTY_S,
        flags=(
            *flag_file(looks[during], reading),
            *((moved,) if moved else ()),
            *flag_animal(series, watcher.background, entry, during),
            *flag_light(looks[during], np.array(series.light)[during]),
        ),
    )
