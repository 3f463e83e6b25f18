"""The animals of a video watched in one reading: decoded once, memory stays flat."""

from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np

from behave.tracking.trial import Arena, Trial
from behave.tracking.video.ahead import read_ahead
from behave.tracking.video.picture import Float32, Frame, UInt8, to_grey
from behave.tracking.video.reader import Reading, VideoReader

# px of an arena while the empty arena, or the wall, is learnt.
LEARNING_AREA = 16_000
# An arena is at least so many px wide and high then.
SMALLEST = 8


class Watcher(Protocol):
    """Who looks at the frames of a video: at one arena of them, or at the whole."""

    def look(self, frame: Frame) -> None:
        """Look at the next frame."""


def needed_until(trials: Sequence[Trial]) -> float | None:
    """Return the video time after which no trial needs frames; none if unknown."""
    ends = [
        trial.entry_s + trial.duration_s
        for trial in trials
        if trial.entry_s is not None and trial.duration_s is not None
    ]
    return max(ends) + 1.0 if len(ends) == len(trials) > 0 else None


def watch(
    video: VideoReader, watchers: Sequence[Watcher], end_s: float | None, *, ahead: bool
) -> Reading:
    """Show every watcher the frames that are looked at.

    Parameters
    ----------
    video
        What is read.
    watchers
        Those who look at its frames.
    end_s
        Only frames up to this time; none: up to the end.
    ahead
        Decode in a thread of its own. Frames that nobody looks at never leave it.

    Returns
    -------
    Reading
        The reading, at its end.
    """
    reading = video.look(end_s)
    for frame in read_ahead(iter(reading)) if ahead else reading:
        for watcher in watchers:
            watcher.look(frame)
    return reading


def sample_arenas(
    video: VideoReader,
    trials: Sequence[Trial],
    count: int,
    end_s: float | None,
    others: Sequence[Watcher] = (),
) -> list[tuple[list[Float32], float]]:
    """Return small grey pictures of each trial's arena, spread over the video.

    Parameters
    ----------
    video, trials
        The video and its animals.
    count
        How many pictures.
    end_s
        Only frames before this time; none: up to the end.
    others
        Those who look at the same frames as a whole.

    Returns
    -------
    list
        Of each trial, its pictures and their px per px of the frame.
    """
    # An arena's pictures are done before a second thread of OpenCV has woken up to help.
    cv2.setNumThreads(1)
    samples: list[list[Float32]] = [[] for _ in trials]
    scales = [1.0] * len(trials)
    for frame in video.sample(count, end_s):
        for other in others:
            other.look(frame)
        for number, trial in enumerate(trials):
            stored = _crop(frame.luma, trial.arena)
            scale = min(1.0, float(np.sqrt(LEARNING_AREA / max(stored.size, 1))))
            height, width = (max(round(side * scale), SMALLEST) for side in stored.shape)
            # Averaging when shrinking keeps noise and ripples from aliasing.
            how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
            small = cv2.resize(stored, (width, height), interpolation=how)
            samples[number].append(to_grey(small, full_range=frame.full_range))
            scales[number] = scale
    return list(zip(samples, scales, strict=True))


def _crop(luma: UInt8, arena: Arena) -> UInt8:
    """Return the arena's part of a frame, cut where it reaches beyond the frame."""
    left, top = max(round(arena.x), 0), max(round(arena.y), 0)
    return luma[top : round(arena.y + arena.height), left : round(arena.x + arena.width)]
