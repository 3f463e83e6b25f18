"""Motion of one animal: how much its silhouette changes its own shape, and jerks.

Between two looks (about 1/15 s) the earlier silhouette is laid onto the
present one; what remains per body area, with a share of the body's turning and
of its acceleration, is the motion between them.
"""

from math import hypot, nan
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.silhouette.registration import RigidTransform, Target
from behave.tracking.video.picture import UInt8

Part = tuple[slice, slice]  # rows and columns

TO_SHARE = np.float32(1 / 255)

# Steps of registration from the centres' shift; more change little.
STEPS = 2
# Laid onto one another, two silhouettes reach this much farther than the larger one.
SLIPS_PX = 3
# Remains below this share of the contrast are noise and compression.
DEAD_ZONE = np.float32(0.1)
# What the body's turning (rad/s) and its acceleration add (change of its velocity
# between looks, in body roots/s). An animal that swims with its limbs hidden, as
# from above, still moves in jerks; one that drifts with the water does not,
# however far it goes. Tuned on the tuning seeds of benchmarks/worlds.
TURN_WEIGHT, JERK_WEIGHT = 0.025, 0.09
# Round bodies show no turn: faster ones are errors.
MAX_TURN = 3.0
# After a longer step the earlier look says nothing of the present.
MAX_STEP_S = 0.25
# With less of the body in sight nothing is said of it.
MIN_SEEN = 0.5


class Silhouette(NamedTuple):
    """The soft silhouette of a body in a square round it.

    Parameters
    ----------
    soft
        0 water to 255 body, shape (n, n).
    near
        Which px are the animal or near to it, 0 or 1, shape (n, n).
    hidden
        Which px a lamp hides, shape (n, n); none if none.
    corner
        Column and row of the square's upper left px in the arena.
    reach
        Px from the square's middle, up and down and to the sides, beyond which there
        is only water.
    """

    soft: UInt8
    near: UInt8
    hidden: npt.NDArray[np.bool_] | None
    corner: tuple[int, int]
    reach: tuple[int, int]


class ShapeChange:
    """Compares each silhouette with the one before it.

    Parameters
    ----------
    body_px
        Root of the body's area in px.
    """

    def __init__(self, body_px: float) -> None:
        self.body_px = body_px
        self.last: tuple[float, Silhouette] | None = None
        self.velocity: tuple[float, float] | None = None

    def forget(self) -> None:
        """Start anew: the animal was lost."""
        self.last = self.velocity = None

    def step(self, time_s: float, silhouette: Silhouette) -> float:
        """Return the motion from the look before to a new one.

        Parameters
        ----------
        time_s
            Its time.
        silhouette
            What was seen.

        Returns
        -------
        float
            Share of the body's area that changed its shape since the look
            before, with a share of its turning and acceleration; NaN for the
            first look, and where lamps hide half of the body.
        """
        before, self.last = self.last, (time_s, silhouette)
        if before is None or time_s - before[0] > MAX_STEP_S:
            self.velocity = None
            return nan
        step_s, earlier = time_s - before[0], before[1]
        apart = (
            silhouette.corner[0] - earlier.corner[0],
            silhouette.corner[1] - earlier.corner[1],
        )
        hidden = _hidden_in_either(silhouette, earlier, apart)
        present, before_it = _same_parts(silhouette, earlier, apart)
        there, here = _centre(before_it), _centre(present)
        start = RigidTransform(there[0] - here[0], there[1] - here[1], 0.0)
        # The water round both is the same in both: most silhouettes need half of the square.
        middle = silhouette.soft.shape[0] // 2
        rows, columns = (
            slice(max(middle - far, 0), middle + far)
            for far in (
                max(one, other) + abs(by) + SLIPS_PX
                for one, other, by in zip(
                    silhouette.reach, earlier.reach, reversed(apart), strict=True
                )
            )
        )
        soft = present[rows, columns] * TO_SHARE
        hidden = None if hidden is None else hidden[rows, columns]
        target = Target(soft, hidden)
        differs, transform = target.align(before_it[rows, columns] * TO_SHARE, start, STEPS)
        area = cv2.sumElems(soft)[0]
        seen = area if hidden is None else float(soft[~hidden].sum())
        if seen < MIN_SEEN * area:
            self.velocity = None
            return nan
        turn = min(abs(transform.angle) / step_s, MAX_TURN)
        np.abs(differs, out=differs)
        differs -= DEAD_ZONE
        remains = cv2.sumElems(np.maximum(differs, 0, out=differs))[0]
        jerk = self._jerk(transform.x - apart[0], transform.y - apart[1], step_s)
        return remains / max(seen, 1.0) + TURN_WEIGHT * turn + JERK_WEIGHT * jerk

    def _jerk(self, x: float, y: float, step_s: float) -> float:
        """Return the change of velocity since the look before, body roots/s."""
        per_s = 1 / (self.body_px * step_s)
        before, self.velocity = self.velocity, (x * per_s, y * per_s)
        if before is None:
            return 0.0
        return hypot(self.velocity[0] - before[0], self.velocity[1] - before[1])


def _same_parts(
    present: Silhouette, earlier: Silhouette, apart: tuple[int, int]
) -> tuple[UInt8, UInt8]:
    """Return what is to be compared: all that is near the animal in either look, in both.

    A part that the surface cuts off may be found in one look and missed in the next; it
    was there in both.
    """
    here, there = _overlap(apart, present.near.shape)
    near = present.near.copy()
    near[here] |= earlier.near[there]
    before = np.zeros_like(earlier.soft)
    before[there] = earlier.soft[there] * near[here]
    return present.soft * near, before


def _centre(soft: UInt8) -> tuple[float, float]:
    """Return the centre of a soft silhouette, px of its square."""
    spread = cv2.moments(soft)
    mass = max(spread["m00"], 1.0)
    return spread["m10"] / mass, spread["m01"] / mass


def _overlap(apart: tuple[int, int], shape: tuple[int, ...]) -> tuple[Part, Part]:
    """Return the rows and columns that two squares have in common, in the one and the other.

    The corner of the first lies so many columns and rows right of and below the second's.
    """
    sides = [
        (slice(max(-by, 0), max(size - by, 0)), slice(max(by, 0), max(size + by, 0)))
        for size, by in zip(shape, reversed(apart), strict=True)
    ]
    (rows, rows_there), (columns, columns_there) = sides
    return (rows, columns), (rows_there, columns_there)


def _hidden_in_either(
    present: Silhouette, earlier: Silhouette, apart: tuple[int, int]
) -> npt.NDArray[np.bool_] | None:
    """Return which px a lamp hides in one of two silhouettes, in the present one's square."""
    if earlier.hidden is None:
        return present.hidden
    # Lamps stay where they are in the arena, whatever way the body went.
    here, there = _overlap(apart, earlier.hidden.shape)
    moved = np.zeros_like(earlier.hidden)
    moved[here] = earlier.hidden[there]
    return moved if present.hidden is None else moved | present.hidden
