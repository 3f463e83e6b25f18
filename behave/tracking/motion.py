"""Motion of one animal: how much its silhouette changes its own shape.

Several lags are looked back at. The short one sees fast strokes. A slow stroke
(2-3 Hz) changes little in 1/15 s and needs the longer ones, in which a fast
stroke may have come back onto itself.
"""

from collections import deque
from dataclasses import dataclass
from math import hypot, nan

import numpy as np

from behave.tracking.registration import Target, Way
from behave.tracking.video import Float32

# Weights of the shape change over one, two and three looks.
LAG_WEIGHTS = (0.5, 0.3, 0.2)
# Steps of registration for each: the longer ways start from the shorter ones.
STEPS = (2, 1, 1)
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
    """A silhouette with its place and its way to the look before it."""

    time_s: float
    silhouette: Float32
    corner: tuple[int, int]
    to_previous: Way | None = None


class ShapeChange:
    """Compares each silhouette with the ones before it.

    Parameters
    ----------
    body_px
        Root of the body's area in px.
    """

    def __init__(self, body_px: float) -> None:
        self.body_px = body_px
        self.looks: deque[_Look] = deque(maxlen=len(LAG_WEIGHTS))

    def forget(self) -> None:
        """Forget what was seen: the animal was lost."""
        self.looks.clear()

    def step(self, time_s: float, silhouette: Float32, corner: tuple[int, int]) -> float:
        """Return the motion at a new look.

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
            Share of the body's area that changed its shape, with a little of
            its turning and travelling; NaN for the first look.
        """
        if self.looks and time_s - self.looks[-1].time_s > LONGEST_STEP_S:
            self.forget()
        look = _Look(time_s, silhouette, corner)
        motion = self._compare(look) if self.looks else nan
        self.looks.append(look)
        return motion

    def _compare(self, look: _Look) -> float:
        """Lay the earlier silhouettes onto this one and weigh what remains."""
        target = Target(look.silhouette)
        area = max(float(look.silhouette.sum()), 1.0)
        before = self.looks[-1]
        apart = look.corner[0] - before.corner[0], look.corner[1] - before.corner[1]
        way = Way(*apart, 0.0)
        changes: list[float] = []
        for earlier, steps in zip(reversed(self.looks), STEPS, strict=False):
            differs, way = target.lay(earlier.silhouette, way, steps)
            changes.append(_remains(differs) / area)
            look.to_previous = look.to_previous or way
            if earlier.to_previous is None:
                break
            # First guess of the way to the look before that.
            way = way.then(earlier.to_previous)
        changes += [changes[-1]] * (len(LAG_WEIGHTS) - len(changes))
        assert look.to_previous is not None  # noqa: S101 - the loop ran at least once
        x, y, angle = look.to_previous
        step_s = look.time_s - before.time_s
        speed = hypot(x - apart[0], y - apart[1]) / self.body_px / step_s
        change = sum(w * c for w, c in zip(LAG_WEIGHTS, changes, strict=True))
        return change + TURN_WEIGHT * abs(angle) / step_s + SPEED_WEIGHT * speed


def _remains(differs: Float32) -> float:
    """Return what differs by more than noise, summed over px."""
    return float(np.maximum(np.abs(differs) - np.float32(DEAD_ZONE), 0).sum())
