"""Motion of one animal: how much its silhouette changes its own shape.

Two steps. Between two looks (about 1/15 s) the earlier silhouette is laid onto
the present one; what remains per body area, with a share of the body's turning
and travelling, is the raw motion. Over time it is then made steady: a stroke
turns back twice in its cycle, and a float begins when the strokes end, although
the body still settles.
"""

from math import hypot, nan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from behave.tracking.registration import Target, Way
from behave.tracking.video import Float32

Float64 = npt.NDArray[np.float64]

# Steps of registration; a third one changes nothing at this scale.
STEPS = 2
# Remains of less than a fifth of the contrast are noise, ripples, compression.
DEAD_ZONE = 0.2
# What turning (rad/s) and travelling (body roots/s) add. An animal that swims
# with its limbs hidden, or whose slow strokes change little in 1/15 s, travels;
# a drifting one is slower. Without them weak swimmers are called floating.
TURN_WEIGHT, SPEED_WEIGHT = 0.0096, 0.025
# After a longer step the earlier look says nothing of the present.
LONGEST_STEP_S = 0.25
# A lull shorter than this is the turning point of a slow stroke (2-3 Hz).
LULL_S = 0.2
# For so long after its last stroke a body glides and settles. Tuned on rendered
# clips: without it each float begins 0.2 s late.
SETTLING_S = 0.2


class _Look(NamedTuple):
    """A silhouette with its time and place."""

    time_s: float
    silhouette: Float32
    corner: tuple[int, int]


class ShapeChange:
    """Compares each silhouette with the one before it.

    Parameters
    ----------
    body_px
        Root of the body's area in px.
    """

    def __init__(self, body_px: float) -> None:
        self.body_px = body_px
        self.last: _Look | None = None

    def forget(self) -> None:
        """Forget what was seen: the animal was lost."""
        self.last = None

    def step(self, time_s: float, silhouette: Float32, corner: tuple[int, int]) -> float:
        """Return the raw motion at a new look.

        Parameters
        ----------
        time_s
            Its time.
        silhouette
            Soft silhouette, shape (n, n), 0 to 1.
        corner
            Column and row of its upper left px in the arena.

        Returns
        -------
        float
            Share of the body's area that changed its shape, with a share of
            its turning and travelling; NaN for the first look.
        """
        before, self.last = self.last, _Look(time_s, silhouette, corner)
        if before is None or time_s - before.time_s > LONGEST_STEP_S:
            return nan
        apart = corner[0] - before.corner[0], corner[1] - before.corner[1]
        target = Target(silhouette)
        differs, way = target.lay(before.silhouette, Way(*apart, 0.0), STEPS)
        step_s = time_s - before.time_s
        speed = hypot(way.x - apart[0], way.y - apart[1]) / self.body_px / step_s
        change = _remains(differs) / max(float(silhouette.sum()), 1.0)
        return change + TURN_WEIGHT * abs(way.angle) / step_s + SPEED_WEIGHT * speed


def _remains(differs: Float32) -> float:
    """Return what differs by more than noise, summed over px."""
    return float(np.maximum(np.abs(differs) - np.float32(DEAD_ZONE), 0).sum())


def steady(time_s: Float64, motion: Float64) -> Float64:
    """Fill the lulls within swimming, and let floats begin where the strokes end.

    Lulls shorter than `LULL_S` are closed (a running maximum, then a running
    minimum, which leaves longer floats as they are); then each look takes the
    least motion of the `SETTLING_S` that follow it. A burst shorter than that,
    such as a balancing stroke, goes with it.

    Parameters
    ----------
    time_s
        Times of the looks, shape (looks,).
    motion
        Raw motion, NaN where the animal was not found, shape (looks,).

    Returns
    -------
    numpy.ndarray
        Steady motion, NaN where the raw motion is.
    """
    if time_s.size < 2:  # noqa: PLR2004 - a step needs two looks
        return motion
    step_s = float(np.median(np.diff(time_s)))
    lull, settling = round(LULL_S / step_s), round(SETTLING_S / step_s)
    known = np.isfinite(motion)
    ahead = lull - lull // 2
    closed = _running(np.where(known, motion, -np.inf), lull // 2, ahead, highest=True)
    closed = _running(closed, ahead, lull // 2, highest=False)
    least = _running(np.where(known, closed, np.inf), 0, settling, highest=False)
    return np.where(known, least, np.nan)


def _running(values: Float64, back: int, ahead: int, *, highest: bool) -> Float64:
    """Return the highest or lowest value from some looks back to some ahead."""
    edge = -np.inf if highest else np.inf
    padded = np.pad(values, (back, ahead), constant_values=edge)
    windows = np.lib.stride_tricks.sliding_window_view(padded, back + ahead + 1)
    found: Float64 = windows.max(axis=1) if highest else windows.min(axis=1)
    return found
