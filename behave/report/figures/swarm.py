"""Placing dots beside each other so that each animal is seen."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DOT = 5.4
LIMIT = 22.0


def swarm(
    values: Sequence[float] | NDArray[np.float64],
    points_per_unit: float,
    diameter: float = DOT,
    limit: float = LIMIT,
) -> NDArray[np.float64]:
    """Return how far each dot moves aside so that dots do not cover each other.

    Parameters
    ----------
    values
        The dots' heights, in any order.
    points_per_unit
        Points of the page per unit of the values.
    diameter, limit
        Size of a dot and the farthest offset, in points; a swarm that needs
        more is squeezed, and its dots overlap.

    Returns
    -------
    numpy.ndarray
        Offsets in points, in the order of the values.
    """
    heights = np.asarray(values, dtype=float) * points_per_unit
    offsets = np.zeros(len(heights))
    placed: list[int] = []
    for index in np.argsort(heights, kind="stable"):
        near = [other for other in placed if heights[index] - heights[other] < diameter]
        reach = [math.sqrt(diameter**2 - (heights[index] - heights[other]) ** 2) for other in near]
        spots = [0.0] + [
            offsets[other] + side * away
            for other, away in zip(near, reach, strict=True)
            for side in (1, -1)
        ]
        free = [
            spot
            for spot in spots
            if all(abs(spot - offsets[o]) >= a - 1e-9 for o, a in zip(near, reach, strict=True))
        ]
        offsets[index] = min(free, key=lambda spot: (round(abs(spot), 6), -spot))
        placed.append(int(index))
    widest = float(np.max(np.abs(offsets), initial=0))
    return offsets * (limit / widest) if widest > limit else offsets
