"""World B's pencil: shapes as soft distance fields.

A shape is a chain of capsules with radii of their own that melt into each
other. Each layer collects, in every pixel, the capsules' weights and colours;
the outline is where the melted distance is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


@dataclass(frozen=True)
class Capsule:
    """A line with a thickness and colour at either end, in px of the picture."""

    start: tuple[float, float]
    stop: tuple[float, float]
    radii: tuple[float, float]
    tones: tuple[float, float]


@dataclass(frozen=True)
class Pencil:
    """How shapes are drawn.

    Parameters
    ----------
    melt
        Distance over which capsules melt into each other, px.
    edge
        Width of the soft outline, px.
    bend
        By how many px the water shifts what is seen, in x and in y; none in air.
    """

    melt: float
    edge: float
    bend: tuple[Field, Field] | None = None


def draw_layer(
    picture: Field, capsules: Sequence[Capsule], pencil: Pencil, shine: float = 0.0
) -> None:
    """Draw capsules that melt into each other, in place.

    Parameters
    ----------
    picture
        Grey levels, shape (h, w).
    capsules
        The shape.
    pencil
        How it is drawn.
    shine
        Brightness that the middle of the shape gains over its rim.
    """
    melt, bend = pencil.melt, pencil.bend
    height, width = picture.shape
    margin = 5 * melt + pencil.edge
    ends = np.array([[*capsule.start, *capsule.stop] for capsule in capsules])
    thick = max(max(capsule.radii) for capsule in capsules) + margin
    left = max(int(ends[:, ::2].min() - thick), 0)
    top = max(int(ends[:, 1::2].min() - thick), 0)
    right = min(int(ends[:, ::2].max() + thick) + 2, width)
    bottom = min(int(ends[:, 1::2].max() + thick) + 2, height)
    if right - left < 2 or bottom - top < 2:  # noqa: PLR2004 - nothing of it is in the picture
        return
    rows, columns = np.mgrid[top:bottom, left:right].astype(np.float32)
    if bend is not None:
        columns = columns + bend[0][top:bottom, left:right]
        rows = rows + bend[1][top:bottom, left:right]
    weight = np.full(rows.shape, 1e-12, np.float32)
    tone = np.zeros(rows.shape, np.float32)
    for capsule in capsules:
        _collect(capsule, (left, top), (columns, rows), (weight, tone), melt)
    distance = -melt * np.log(weight)
    cover = np.clip(0.5 - distance / pencil.edge, 0, 1)
    depth = np.clip(-distance / (0.35 * thick), 0, 1)
    colour = tone / weight + shine * (np.sqrt(depth) - 0.6)
    view = picture[top:bottom, left:right]
    view += cover * (colour - view)


def _collect(
    capsule: Capsule,
    corner: tuple[int, int],
    places: tuple[Field, Field],
    sums: tuple[Field, Field],
    melt: float,
) -> None:
    """Add one capsule's weight and colour in the pixels near it."""
    (ax, ay), (bx, by) = capsule.start, capsule.stop
    reach = max(capsule.radii) + 6 * melt
    height, width = sums[0].shape
    x0 = max(int(min(ax, bx) - reach) - corner[0], 0)
    x1 = min(int(max(ax, bx) + reach) + 2 - corner[0], width)
    y0 = max(int(min(ay, by) - reach) - corner[1], 0)
    y1 = min(int(max(ay, by) + reach) + 2 - corner[1], height)
    if x1 <= x0 or y1 <= y0:
        return
    px, py = places[0][y0:y1, x0:x1] - np.float32(ax), places[1][y0:y1, x0:x1] - np.float32(ay)
    dx, dy = np.float32(bx - ax), np.float32(by - ay)
    square = max(float(dx * dx + dy * dy), 1e-6)
    along = np.clip((px * dx + py * dy) / np.float32(square), 0, 1)
    radius = np.float32(capsule.radii[0]) + np.float32(capsule.radii[1] - capsule.radii[0]) * along
    distance = np.hypot(px - along * dx, py - along * dy) - radius
    share = np.exp(np.clip(-distance / np.float32(melt), -20, 20))
    shade = np.float32(capsule.tones[0]) + np.float32(capsule.tones[1] - capsule.tones[0]) * along
    sums[0][y0:y1, x0:x1] += share
    sums[1][y0:y1, x0:x1] += share * shade
