"""All animals of a video in one reading: the file is decoded once, memory stays flat."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from behave.model.flags import Flag
from behave.model.tables import MOTION
from behave.schema import conform
from behave.tracking.silhouette.background import Background, learn_background
from behave.tracking.silhouette.entry import find_entry
from behave.tracking.silhouette.flags import (
    BESIDE,
    flag_animal,
    flag_file,
    flag_light,
    share_with_two,
)
from behave.tracking.silhouette.posture import climb_signal, find_view
from behave.tracking.silhouette.series import at_frames
from behave.tracking.silhouette.tracker import SilhouetteTracker, inside_of
from behave.tracking.silhouette.travel import travel_signal
from behave.tracking.trial import Arena, Track, Trial, Video
from behave.tracking.video.camera import Camera
from behave.tracking.video.frozen import hide
from behave.tracking.video.reader import Reading, VideoReader
from behave.tracking.video.watching import needed_until, sample_arenas, watch

Made = TypeVar("Made", bound=SilhouetteTracker)

# For a camera of which nothing can be learnt: the mean (of logarithms) of each animal's best
# threshold, over five sets that no constant was fitted to: a real mouse from the side, an
# anatomical world, and the clips of two foreign renderers with a study each.
IMMOBILE_BELOW = 0.0375
# Seconds of clear evidence that outweigh a change of state: silhouettes of real mice are less
# smooth than rendered ones and tracks.
SWITCH_PENALTY_S = 0.07
# Frames from which the empty arena is learnt.
SAMPLES = 40


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
    reader, end_s, camera = VideoReader(video), needed_until(trials), Camera()
    watchers = learn(reader, trials, end_s, SilhouetteTracker, camera=camera)
    reading = watch(reader, watchers, end_s, ahead=ahead)
    moved = camera.flag()
    return [
        finish(trial, watcher, reading, moved=moved)
        for trial, watcher in zip(trials, watchers, strict=True)
    ]


def find_crowded(video: Video, arenas: Sequence[Arena]) -> list[str]:
    """Return the names of the arenas in which a few frames show two animals.

    Parameters
    ----------
    video, arenas
        The video, and where its animals are.

    Raises
    ------
    TrialError
        If the video cannot be read.
    """
    reader, trials = VideoReader(video), [Trial(arena.name, arena) for arena in arenas]
    watchers = learn(reader, trials, None, SilhouetteTracker)
    for frame in reader.sample(SAMPLES, None):
        for watcher in watchers:
            watcher.near = None  # each frame is seconds after the one before
            watcher.look(frame)
    shares = [share_with_two(np.array(watcher.series.beside)) for watcher in watchers]
    return [arena.name for arena, share in zip(arenas, shares, strict=True) if share > BESIDE]


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
    others = () if camera is None else (camera,)
    watchers: list[Made] = []
    sampled = sample_arenas(video, trials, SAMPLES, end_s, others)
    for trial, (seen, scale) in zip(trials, sampled, strict=True):
        inside = inside_of(trial.arena, seen[0].shape)
        watchers.append(make(trial.arena, learn_background(seen, inside), scale))
    return watchers


def finish(
    trial: Trial,
    watcher: SilhouetteTracker,
    reading: Reading,
    *,
    moved: Flag | None = None,
) -> Track:
    """Carry the looks over to the frames, and flag what makes the score doubtful.

    Parameters
    ----------
    trial, watcher
        The animal, and who has watched it.
    reading
        The reading in which it was watched.
    moved
        The flag of a camera that moved.
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
