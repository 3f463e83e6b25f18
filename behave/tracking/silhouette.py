"""From pixels to motion, for all animals of a video in one reading.

::

    frame -> arena, scaled so that every body has one size
          -> depth below the empty arena, in units of the animal's contrast
          -> soft silhouette of the one body
          -> shape change against earlier silhouettes = motion

Everything that differs between laboratories is divided out on the way: zoom
(body size), coat and lamp (contrast, light), frame rate (looks are taken
about 15 times a second). So one threshold serves all.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.schema import conform
from behave.tables import MOTION
from behave.tracking.background import Background, learn_background
from behave.tracking.entry import find_entry
from behave.tracking.motion import LATENESS_S, ShapeChange
from behave.tracking.remarks import remark_animal, remark_file, remark_light
from behave.tracking.series import Series, at_frames
from behave.tracking.trial import Arena, Track, Trial
from behave.tracking.video import (
    Float32,
    Frame,
    ReadLog,
    UInt8,
    VideoInfo,
    probe,
    read_ahead,
    read_frames,
    sample_frames,
    to_grey,
)

Float64 = npt.NDArray[np.float64]

IMMOBILE_BELOW = 0.02
# Looks per second. More changed the scored immobility by at most 1.2 points.
LOOKS_PER_S = 15
# Frames from which the empty arena is learnt, and px of an arena while learning.
SAMPLES = 40
LEARNING_AREA = 16_000
# Every body is scaled to this root of its area in px: limbs are then 3-5 px wide.
BODY_PX = 22
# A square that holds a stretched body with its limbs and most of the tail.
PATCH_PX = 64
# Depths in units of contrast: below the first is water (ripples, mirror
# images), above the second is body.
WATER, BODY = 0.2, 0.5
# Limbs reach this far from the body's outline.
LIMB_PX = 6
# Areas outside this range are no single animal (a hand, a shadow, a splash).
AREA_RANGE = (0.3, 2.5)
# Light outside this range of the usual one is a lamp that is off, or a lid.
LIGHT_RANGE = (0.3, 3.0)


def track(video: Path, trials: Sequence[Trial]) -> list[Track]:
    """Measure the motion of every animal in a video by its silhouette.

    Parameters
    ----------
    video
        The video.
    trials
        Its animals.

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
    info = probe(video)
    end_s = _needed_until(trials)
    watchers = _learn(video, trials, end_s)
    log = ReadLog()
    times: list[float] = []
    pause_s = (max(round(info.rate / LOOKS_PER_S), 1) - 0.5) / info.rate
    last_s = -np.inf
    for frame in read_ahead(read_frames(video, log)):
        if end_s is not None and frame.time_s > end_s:
            break
        times.append(frame.time_s)
        if frame.time_s - last_s >= pause_s:
            last_s = frame.time_s
            for watcher in watchers:
                watcher.look(frame)
    return [
        _finish(trial, watcher, np.array(times), info, log)
        for trial, watcher in zip(trials, watchers, strict=True)
    ]


def _needed_until(trials: Sequence[Trial]) -> float | None:
    """Return the video time after which no trial needs frames; none if unknown."""
    ends = [
        trial.entry_s + trial.duration_s
        for trial in trials
        if trial.entry_s is not None and trial.duration_s is not None
    ]
    return max(ends) + 1.0 if len(ends) == len(trials) > 0 else None


def _learn(video: Path, trials: Sequence[Trial], end_s: float | None) -> list["_Watcher"]:
    """Learn the empty arenas from a few frames and be ready to watch the animals."""
    samples: list[list[Float32]] = [[] for _ in trials]
    scales: list[float] = []
    for frame in sample_frames(video, SAMPLES, end_s):
        for trial, seen in zip(trials, samples, strict=True):
            stored = _crop(frame.luma, trial.arena)
            scale = min(1.0, float(np.sqrt(LEARNING_AREA / max(stored.size, 1))))
            small = _resize(stored, scale)
            seen.append(to_grey(small, full_range=frame.full_range))
            scales.append(scale)
    watchers = []
    for trial, seen, scale in zip(trials, samples, scales, strict=False):
        inside = _inside(trial.arena, seen[0].shape)
        watchers.append(_Watcher(trial.arena, learn_background(seen, inside), scale))
    return watchers


class _Watcher:
    """Follows one animal from look to look.

    Parameters
    ----------
    arena
        Its arena.
    background
        The empty arena; none where no animal was told from it.
    scale
        Px of the background per px of the frame.
    """

    def __init__(self, arena: Arena, background: Background | None, scale: float) -> None:
        self.arena, self.background = arena, background
        self.series = Series()
        self.change = ShapeChange()
        if background is None:
            return
        # Px of the looks per px of the frame: the body gets its one size.
        self.scale = BODY_PX / np.sqrt(background.area_px) * scale
        height, width = background.grey.shape
        factor = self.scale / scale
        size = max(round(width * factor), 8), max(round(height * factor), 8)
        self.empty = cv2.resize(background.grey, size, interpolation=cv2.INTER_LINEAR)
        self.inside = _inside(arena, self.empty.shape)
        self.sparse = np.zeros_like(self.inside)
        self.sparse[::4, ::4] = True
        self.sparse &= self.inside & (self.empty > 0.05)  # noqa: PLR2004 - black tells nothing of light
        self.sign = (1 if background.darker else -1) / background.contrast

    def look(self, frame: Frame) -> None:
        """Take a look at the animal."""
        series = self.series
        series.time_s.append(frame.time_s)
        found = None
        if self.background is None:
            series.light.append(float("nan"))
        else:
            found = self._find(frame)
        if found is None:
            self.change.forget()
            for values in (series.motion, series.x_px, series.y_px, series.area_px):
                values.append(float("nan"))
            series.at_edge.append(False)
            return
        body, depth, (x, y), area = found
        silhouette, corner = self._silhouette(body, depth, x, y)
        series.motion.append(self.change.step(frame.time_s, silhouette, corner, BODY_PX))
        series.x_px.append((x + 0.5) / self.scale + round(self.arena.x) - 0.5)
        series.y_px.append((y + 0.5) / self.scale + round(self.arena.y) - 0.5)
        series.area_px.append(area / self.scale**2)
        series.at_edge.append(self._touches_edge(body))

    def _find(self, frame: Frame) -> tuple[UInt8, Float32, tuple[float, float], float] | None:
        """Find the body: its mask, the depth of every px, its centre and area."""
        stored = _resize(_crop(frame.luma, self.arena), self.scale, self.empty.shape)
        grey = to_grey(stored, full_range=frame.full_range)
        light = float(np.median(grey[self.sparse] / self.empty[self.sparse]))
        self.series.light.append(light)
        if not LIGHT_RANGE[0] < light < LIGHT_RANGE[1]:
            return None
        raw = (self.empty - grey / np.float32(light)) * np.float32(self.sign) * self.inside
        depth = cv2.GaussianBlur(raw, (0, 0), 0.8).astype(np.float32, copy=False)
        count, labels, stats, centres = cv2.connectedComponentsWithStats(
            (depth > BODY).astype(np.uint8)
        )
        if count == 1:
            return None
        label = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        area = float(stats[label, cv2.CC_STAT_AREA])
        if not AREA_RANGE[0] < area / BODY_PX**2 < AREA_RANGE[1]:
            return None
        body: UInt8 = (labels == label).astype(np.uint8)
        return body, depth, (float(centres[label, 0]), float(centres[label, 1])), area

    def _silhouette(
        self, body: UInt8, depth: Float32, x: float, y: float
    ) -> tuple[Float32, tuple[int, int]]:
        """Return the soft silhouette in a square round the body, and the square's corner."""
        near = cv2.dilate(body, np.ones((2 * LIMB_PX + 1, 2 * LIMB_PX + 1), np.uint8))
        soft = np.clip((depth - WATER) / (1 - WATER), 0, 1) * near
        left, top = round(x) - PATCH_PX // 2, round(y) - PATCH_PX // 2
        patch = np.zeros((PATCH_PX, PATCH_PX), np.float32)
        height, width = soft.shape
        rows = slice(max(top, 0), min(top + PATCH_PX, height))
        columns = slice(max(left, 0), min(left + PATCH_PX, width))
        patch[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = (
            soft[rows, columns]
        )
        return patch, (left, top)

    def _touches_edge(self, body: UInt8) -> bool:
        """Return whether the body reaches the arena's edge."""
        rim = self.inside & ~cv2.erode(
            self.inside.astype(np.uint8), np.ones((3, 3)), borderValue=0
        ).astype(bool)
        return bool(body[rim].any())


def _crop(luma: UInt8, arena: Arena) -> UInt8:
    """Return the arena's part of a frame, cut where it reaches beyond the frame."""
    left, top = max(round(arena.x), 0), max(round(arena.y), 0)
    right, bottom = round(arena.x + arena.width), round(arena.y + arena.height)
    return luma[top:bottom, left:right]


def _resize(stored: UInt8, scale: float, shape: tuple[int, ...] | None = None) -> UInt8:
    """Return a picture at another scale."""
    height, width = stored.shape
    size = (
        (shape[1], shape[0])
        if shape is not None
        else (max(round(width * scale), 8), max(round(height * scale), 8))
    )
    # Averaging when shrinking keeps noise and ripples from aliasing.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(stored), size, interpolation=how).astype(np.uint8)


def _inside(arena: Arena, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which px of a picture of the arena belong to it."""
    height, width = shape
    if arena.shape == "rectangle":
        return np.ones((height, width), bool)
    rows, columns = np.ogrid[:height, :width]
    across = (columns + 0.5) / width * 2 - 1
    down = (rows + 0.5) / height * 2 - 1
    within: npt.NDArray[np.bool_] = across**2 + down**2 <= 1
    return within


def _finish(
    trial: Trial, watcher: _Watcher, times: Float64, info: VideoInfo, log: ReadLog
) -> Track:
    """Carry the looks over to the frames and say what was remarkable."""
    series = watcher.series
    looks = np.array(series.time_s)
    found = np.isfinite(np.array(series.x_px))
    entry = find_entry(looks, found, trial.entry_s)
    during = (looks >= entry.time_s) & (looks < entry.time_s + (trial.duration_s or np.inf))
    columns = {
        "motion": at_frames(times, looks - LATENESS_S, np.array(series.motion)),
        "x_px": at_frames(times, looks, np.array(series.x_px)),
        "y_px": at_frames(times, looks, np.array(series.y_px)),
        "area_px": at_frames(times, looks, np.array(series.area_px)),
    }
    motion = pd.DataFrame({"frame": np.arange(times.size), "time_s": times, **columns})
    return Track(
        trial_id=trial.trial_id,
        motion=conform(motion, MOTION),
        entry_s=entry.time_s,
        entry_source=entry.source,
        immobile_below=IMMOBILE_BELOW,
        flags=(
            *remark_file(looks[during], info, log),
            *remark_animal(series, watcher.background, entry, during),
            *remark_light(looks[during], np.array(series.light)[during]),
        ),
    )
