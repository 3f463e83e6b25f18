"""Motion of one animal: how much its silhouette changes its own shape, and jerks.

Two steps. Between two looks (about 1/15 s) the earlier silhouette is laid onto
the present one; what remains per body area, with a share of the body's turning
and of its acceleration, is the raw motion. Over time it is then made steady: a
stroke turns back twice in its cycle, and a float begins when the strokes end,
although the body still settles.
"""

from math import hypot, nan
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.registration import Target, Way
from behave.tracking.video import Float32

Float64 = npt.NDArray[np.float64]

# Waves bend the image of a body that floats: where the water's own changes are more
# than this share of the animal's contrast, all motion counts less in proportion.
CALM = 0.06
# Steps of registration from the centres' shift; more change little.
STEPS = 2
# Remains below a share of the contrast are noise and compression: more of it where
# the water's own changes are large in comparison with the animal's contrast.
DEAD_ZONE, PER_NOISE, DEAD_MOST = 0.1, 1.5, 0.25
# What the body's turning (rad/s) and its acceleration add (change of its velocity
# between looks, in body roots/s). An animal that swims with its limbs hidden, as
# from above, still moves in jerks; one that drifts with the water does not,
# however far it goes. Tuned on the tuning seeds of benchmarks/worlds.
TURN_WEIGHT, JERK_WEIGHT = 0.03, 0.09
# Round bodies show no turn: faster ones are errors.
FASTEST_TURN = 3.0
# After a longer step the earlier look says nothing of the present.
LONGEST_STEP_S = 0.25
# With less of the body in sight nothing is said of it.
LEAST_SEEN = 0.5
# A lull shorter than this is the turning point of a stroke.
LULL_S = 0.13
# For so long after its last stroke a body glides and settles.
SETTLING_S = 0.13


class Silhouette(NamedTuple):
    """The soft silhouette of a body in a square round it.

    Parameters
    ----------
    soft
        0 water to 1 body, shape (n, n).
    hidden
        Which px a lamp hides, shape (n, n); none if none.
    corner
        Column and row of the square's upper left px in the arena.
    centre
        The body's centre in the arena, px.
    """

    soft: Float32
    hidden: npt.NDArray[np.bool_] | None
    corner: tuple[int, int]
    centre: tuple[float, float]


class ShapeChange:
    """Compares each silhouette with the one before it.

    Parameters
    ----------
    body_px
        Root of the body's area in px.
    noise
        The water's own changes as a share of the animal's contrast.
    """

    def __init__(self, body_px: float, noise: float) -> None:
        self.body_px = body_px
        self.scale = 1 / max(1.0, noise / CALM)
        self.dead_zone = np.float32(min(DEAD_ZONE + PER_NOISE * noise, DEAD_MOST))
        self.last: tuple[float, Silhouette] | None = None
        self.velocity: tuple[float, float] | None = None

    def forget(self) -> None:
        """Forget what was seen: the animal was lost."""
        self.last = self.velocity = None

    def step(self, time_s: float, silhouette: Silhouette) -> float:
        """Return the raw motion at a new look.

        Parameters
        ----------
        time_s
            Its time.
        silhouette
            What was seen.

        Returns
        -------
        float
            Share of the body's area that changed its shape, with a share of
            its turning and acceleration; NaN for the first look, and where
            lamps hide half of the body.
        """
        before, self.last = self.last, (time_s, silhouette)
        if before is None or time_s - before[0] > LONGEST_STEP_S:
            self.velocity = None
            return nan
        step_s, earlier = time_s - before[0], before[1]
        apart = (
            silhouette.corner[0] - earlier.corner[0],
            silhouette.corner[1] - earlier.corner[1],
        )
        hidden = _hidden_in_either(silhouette, earlier, apart)
        start = Way(
            apart[0] + earlier.centre[0] - silhouette.centre[0],
            apart[1] + earlier.centre[1] - silhouette.centre[1],
            0.0,
        )
        target = Target(silhouette.soft, hidden)
        differs, way = target.lay(earlier.soft, start, STEPS)
        area = float(silhouette.soft.sum())
        seen = area if hidden is None else float(silhouette.soft[~hidden].sum())
        if seen < LEAST_SEEN * area:
            self.velocity = None
            return nan
        turn = min(abs(way.angle) / step_s, FASTEST_TURN)
        return self.scale * (
            self._remains(differs) / max(seen, 1.0)
            + TURN_WEIGHT * turn
            + JERK_WEIGHT * self._jerk(way.x - apart[0], way.y - apart[1], step_s)
        )

    def _remains(self, differs: Float32) -> float:
        """Return what differs by more than noise, summed over px."""
        return float(np.maximum(np.abs(differs) - self.dead_zone, 0).sum())

    def _jerk(self, x: float, y: float, step_s: float) -> float:
        """Return the change of velocity since the look before, body roots/s."""
        per_s = 1 / (self.body_px * step_s)
        before, self.velocity = self.velocity, (x * per_s, y * per_s)
        if before is None:
            return 0.0
        return hypot(self.velocity[0] - before[0], self.velocity[1] - before[1])


def _hidden_in_either(
    present: Silhouette, earlier: Silhouette, apart: tuple[int, int]
) -> npt.NDArray[np.bool_] | None:
    """Return which px a lamp hides in one of two silhouettes, in the present one's square."""
    if earlier.hidden is None:
        return present.hidden
    # Lamps stay where they are in the arena, whatever way the body went.
    shift = np.array([[1.0, 0.0, -apart[0]], [0.0, 1.0, -apart[1]]])
    moved = cv2.warpAffine(earlier.hidden.view(np.uint8), shift, earlier.hidden.shape).astype(bool)
    return moved if present.hidden is None else moved | present.hidden


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
