"""Polygonal arenas: their corners as text, their bounding box, and the px inside."""

import re
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.trial import Arena

Points = tuple[tuple[float, float], ...]
LEAST = 3  # corners of a polygon
# The box of the table may be rounded to whole px.
ROUNDING_PX = 1.0
SUBPIXEL_BITS = 4

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_POINT = re.compile(rf"\s*({_NUMBER})[ ,]\s*({_NUMBER})\s*")


def to_points(text: str) -> Points:
    """Return the corners written as ``x y; x y; x y``.

    Raises
    ------
    ValueError
        If the text does not hold at least three corners.
    """
    found = [_POINT.fullmatch(part) for part in text.split(";")]
    points = tuple((float(one[1]), float(one[2])) for one in found if one)
    if len(points) != len(found) or len(points) < LEAST:
        raise ValueError(f"not three corners or more: {text}")
    return points


def to_text(points: Sequence[tuple[float, float]]) -> str:
    """Return corners as text, in the form of the table."""
    return "; ".join(f"{x:g} {y:g}" for x, y in points)


def box_of(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the bounding box of corners."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def fits_box(arena: Arena) -> bool:
    """Return whether an arena's box is the bounding box of its corners, except for rounding."""
    box = arena.x, arena.y, arena.width, arena.height
    return all(
        abs(given - found) <= ROUNDING_PX
        for given, found in zip(box, box_of(arena.points), strict=True)
    )


def polygon_mask(arena: Arena, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which px of an arena's picture are inside its polygon, shape (height, width)."""
    height, width = shape
    scale = np.array([width / arena.width, height / arena.height])
    corners = (np.array(arena.points) - (arena.x, arena.y)) * scale - 0.5
    mask = np.zeros((height, width), np.uint8)
    fixed = np.round(corners * 2**SUBPIXEL_BITS).astype(np.int32)
    cv2.fillPoly(mask, [fixed], 1, shift=SUBPIXEL_BITS)
    return mask.astype(bool)
