"""Four other ways of telling floating from swimming, written from their descriptions.

They see the same frames and arenas as the scorer. Each has one threshold for
all clips: the one that is best on tuning seeds of both rendered worlds
(``accuracy.py --fit-peers``), so that none is held back by a threshold made
for another camera.

- area: change of the silhouette's total area per frame in per cent, averaged
  over 1 s (after DBscorer).
- pixels: changed grey px between frames after a blur, as a share of the arena;
  low for at least 15 frames (after ezTrack).
- overlap: px that belong to one of two silhouettes 0.1 s apart, per body area
  (after EthoVision's mobility).
- soft: difference of two contrast-normalised silhouettes 1/15 s apart, per
  body area, not laid onto each other.
"""

from collections import deque
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking import Arena
from behave.tracking.video.picture import to_grey
from behave.tracking.video.reader import read_frames, sample_frames

Float = npt.NDArray[np.float64]
METHODS = ("area", "pixels", "overlap", "soft")
CHANGED_GREY = 10 / 255
SHORTEST_FRAMES = 15
SMOOTHING_S = {"area": 1.0, "pixels": 0.0, "overlap": 0.2, "soft": 0.2}
LAG_S = {"area": 0.0, "pixels": 0.0, "overlap": 0.1, "soft": 1 / 15}


class _Peer:
    """Signals of one arena, frame by frame."""

    def __init__(self, arena: Arena, samples: Sequence[Float]) -> None:
        self.arena = arena
        self.empty = np.median(np.stack(samples), axis=0).astype(np.float32)
        depths = np.abs(np.stack(samples) - self.empty)
        scaled = np.clip(depths * 255, 0, 255).astype(np.uint8).reshape(-1, 1)
        self.level = cv2.threshold(scaled, 0, 255, cv2.THRESH_OTSU)[0] / 255
        deep = depths[depths > self.level]
        self.contrast = float(np.median(deep)) if deep.size else 1.0
        self.past: deque[tuple[float, Float, Float, Float]] = deque()
        self.signals: dict[str, list[float]] = {method: [] for method in METHODS}

    def look(self, time_s: float, grey: npt.NDArray[np.float32]) -> None:
        """Add one frame."""
        blurred = cv2.GaussianBlur(grey, (0, 0), 1.0)
        depth = np.abs(grey - self.empty)
        body = depth > self.level
        soft = np.clip(depth / self.contrast, 0, 1)
        area = max(float(body.sum()), 1.0)
        before = self.past[-1] if self.past else None
        values = dict.fromkeys(METHODS, np.nan)
        if before is not None:
            values["area"] = 100 * abs(area - before[2].sum()) / area
            values["pixels"] = float((np.abs(blurred - before[1]) > CHANGED_GREY).mean())
            values["overlap"] = float((body ^ self._earlier(time_s, "overlap")[2]).sum()) / area
            values["soft"] = float(np.abs(soft - self._earlier(time_s, "soft")[3]).sum()) / area
        for method, value in values.items():
            self.signals[method].append(value)
        self.past.append((time_s, blurred, body, soft))
        while self.past and time_s - self.past[0][0] > 0.25:  # noqa: PLR2004 - longest lag and a frame
            self.past.popleft()

    def _earlier(self, time_s: float, method: str) -> tuple[float, Float, Float, Float]:
        """Return the frame that is nearest to the method's lag."""
        return min(self.past, key=lambda past: abs(time_s - past[0] - LAG_S[method]))


def measure(video: Path, arenas: Sequence[Arena]) -> tuple[Float, list[dict[str, Float]]]:
    """Return the frames' times and each arena's signals, one per method."""
    samples: list[list[Float]] = [[] for _ in arenas]
    for frame in sample_frames(video, 30):
        for arena, seen in zip(arenas, samples, strict=True):
            seen.append(to_grey(_crop(frame.luma, arena), full_range=frame.full_range))
    peers = [_Peer(arena, seen) for arena, seen in zip(arenas, samples, strict=True)]
    times = []
    for frame in read_frames(video):
        times.append(frame.time_s)
        for peer in peers:
            part = to_grey(_crop(frame.luma, peer.arena), full_range=frame.full_range)
            peer.look(frame.time_s, part)
    time_s = np.array(times)
    return time_s, [
        {method: _smooth(time_s, np.array(values), SMOOTHING_S[method])
         for method, values in peer.signals.items()}
        for peer in peers
    ]  # fmt: skip


def immobile(signal: Float, method: str, threshold: float) -> npt.NDArray[np.bool_]:
    """Return whether a method calls each frame immobile."""
    low = np.nan_to_num(signal, nan=0.0) < threshold
    if method != "pixels":
        return low
    edges = np.flatnonzero(np.diff(np.concatenate([[0], low, [0]]))).reshape(-1, 2)
    kept = np.zeros(low.shape, bool)
    for start, stop in edges:
        kept[start:stop] = stop - start >= SHORTEST_FRAMES
    return kept


def _crop(luma: npt.NDArray[np.uint8], arena: Arena) -> npt.NDArray[np.uint8]:
    """Return the arena's part of a frame."""
    left, top = round(arena.x), round(arena.y)
    return luma[top : top + round(arena.height), left : left + round(arena.width)]


def _smooth(time_s: Float, values: Float, seconds: float) -> Float:
    """Return a running mean over some seconds."""
    count = round(seconds / float(np.median(np.diff(time_s))))
    if count < 2:  # noqa: PLR2004 - nothing to average
        return values
    kernel = np.ones(count) / count
    return np.convolve(np.nan_to_num(values), kernel, mode="same")
