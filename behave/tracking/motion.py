"""Motion of one animal: how much its silhouette changes its own shape.

Several lags are looked back at. The short one sees fast strokes. A slow stroke
(2-3 Hz) changes little in 1/15 s and needs the longer ones, in which a fast
stroke may have come back onto itself.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from behave.tracking.registration import Target, motion_matrix
from behave.tracking.video import Float32

Float64 = npt.NDArray[np.float64]

# Weights of the shape change over one, two and three looks.
LAG_WEIGHTS = (0.5, 0.3, 0.2)
# Remains of less than a fifth of the contrast are noise, ripples, compression.
DEAD_ZONE = 0.2
# What turning (rad/s) and travelling (body roots/s) add: an animal that swims
# straight on with its limbs hidden still moves.
TURN_WEIGHT, SPEED_WEIGHT = 0.01, 0.003
# The motion of a look belongs half way to the earlier looks it is made from.
LATENESS_S = 0.067
# After a longer step the earlier looks say nothing of the present.
LONGEST_STEP_S = 0.25


@dataclass
class _Look:
    """A silhouette with its place and its way from the look before it."""

    time_s: float
    silhouette: Float32
    corner: tuple[int, int]
    to_previous: Float64 | None = None


class ShapeChange:
    """Compares each silhouette with the ones before it."""

    def __init__(self) -> None:
        self.looks: deque[_Look] = deque(maxlen=len(LAG_WEIGHTS))

    def forget(self) -> None:
        """Forget what was seen: the animal was lost."""
        self.looks.clear()

    def step(
        self, time_s: float, silhouette: Float32, corner: tuple[int, int], body_px: float
    ) -> float:
        """Return the motion at a new look.

        Parameters
        ----------
        time_s
            Its time.
        silhouette
            Soft silhouette, shape (n, n), 0 to 1.
        corner
            Column and row of its upper left px in the arena.
        body_px
            Root of the body's area in px.

        Returns
        -------
        float
            Share of the body's area that changed shape, with a little of its
            turning and travelling; NaN for the first look.
        """
        if self.looks and time_s - self.looks[-1].time_s > LONGEST_STEP_S:
            self.forget()
        look = _Look(time_s, silhouette, corner)
        motion = self._compare(look, body_px) if self.looks else float("nan")
        self.looks.append(look)
        return motion

    def _compare(self, look: _Look, body_px: float) -> float:
        """Lay the earlier silhouettes onto this one and weigh what remains."""
        target = Target(look.silhouette)
        size = look.silhouette.shape[0]
        area = max(float(look.silhouette.sum()), 1.0)
        before = self.looks[-1]
        way = motion_matrix(
            look.corner[0] - before.corner[0], look.corner[1] - before.corner[1], 0.0, size
        )
        changes = []
        for lag in range(1, len(self.looks) + 1):
            earlier = self.looks[-lag]
            laid, way = target.lay(earlier.silhouette, way)
            if lag == 1:
                look.to_previous = way
            changes.append(_remains(laid, look.silhouette) / area)
            if earlier.to_previous is None:
                break
            # The way to the look before that, as a first guess.
            way = way @ earlier.to_previous
        while len(changes) < len(LAG_WEIGHTS):
            changes.append(changes[-1])
        change = float(np.dot(LAG_WEIGHTS, changes))
        turn, speed = self._travel(look, size, body_px)
        return change + TURN_WEIGHT * turn + SPEED_WEIGHT * speed

    def _travel(self, look: _Look, size: int, body_px: float) -> tuple[float, float]:
        """Return the turn (rad/s) and speed (body roots/s) since the last look."""
        before = self.looks[-1]
        assert look.to_previous is not None  # noqa: S101 - set by the first comparison
        step_s = look.time_s - before.time_s
        middle = np.array([(size - 1) / 2, (size - 1) / 2, 1.0])
        moved = (look.to_previous @ middle - middle)[:2]
        moved = moved - np.subtract(look.corner, before.corner)
        angle = np.arctan2(look.to_previous[1, 0], look.to_previous[0, 0])
        return abs(float(angle)) / step_s, float(np.hypot(*moved)) / body_px / step_s


def _remains(laid: Float32, present: Float32) -> float:
    """Return what differs by more than noise, summed over px."""
    return float(np.maximum(np.abs(laid - present) - DEAD_ZONE, 0).sum())
