"""An animal's body as one look found it, and its soft silhouette."""

from math import ceil
from typing import NamedTuple

import cv2
import numpy as np

from behave.tracking.silhouette.motion import Silhouette
from behave.tracking.video.picture import UInt8

Window = tuple[slice, slice]  # rows and columns

# A square that holds a stretched body with its limbs and most of the tail.
PATCH_PX = 64
# Limbs reach this far from the body's outline.
LIMB_PX = 6
# Seams between a coat's tones are narrower than this, and lamps with their halo than that.
SEAM, LAMP = np.ones((5, 5), np.uint8), np.ones((9, 9), np.uint8)
REACH = np.ones((2 * LIMB_PX + 1, 2 * LIMB_PX + 1), np.uint8)


class Body(NamedTuple):
    """The animal's body as found in a part of its arena.

    Parameters
    ----------
    body
        Its mask, 0 or 1, in a box round it, shape (rows, columns).
    soft
        How much each px is of an animal, 0 to 255, same shape.
    hidden
        Which px a lamp hides, same shape; none if none.
    box
        The box's rows and columns in the arena.
    corner
        Column and row of its upper left px in the arena.
    x, y, area
        Centre and area in px of the looks.
    across, down, slant
        Variances of its px from side to side and from top to bottom, and their
        covariance, in px of the looks.
    edges
        Its left, top, right and bottom edge in the arena.
    cut
        Whether the window may have cut off a part of it.
    """

    body: UInt8
    soft: UInt8
    hidden: UInt8 | None
    box: Window
    corner: tuple[int, int]
    x: float
    y: float
    area: float
    across: float
    down: float
    slant: float
    edges: tuple[int, int, int, int]
    cut: bool

    def silhouette(self) -> Silhouette:
        """Return the soft silhouette in a square round the body."""
        near: UInt8 = cv2.dilate(self.body, REACH)  # type: ignore[assignment]
        # Seams are filled by degrees: what is half a shadow does not become body at once.
        soft: UInt8 = closed(self.soft, SEAM)
        corner = round(self.x) - PATCH_PX // 2, round(self.y) - PATCH_PX // 2
        hidden = None
        if self.hidden is not None:
            soft = np.where(self.hidden, self.body * np.uint8(255), soft)
            if (self.hidden & near).any():
                hidden = self._square(self.hidden, corner).astype(bool)
        left, top, right, bottom = self.edges
        across, down = max(self.x - left, right - self.x), max(self.y - top, bottom - self.y)
        return Silhouette(
            soft=self._square(soft, corner),
            near=self._square(near, corner),
            hidden=hidden,
            corner=corner,
            reach=(ceil(down) + LIMB_PX, ceil(across) + LIMB_PX),
        )

    def _square(self, picture: UInt8, corner: tuple[int, int]) -> UInt8:
        """Return the square at a corner, zero beyond the box."""
        left, top = corner[0] - self.corner[0], corner[1] - self.corner[1]
        part = picture[max(top, 0) : max(top + PATCH_PX, 0), max(left, 0) : max(left + PATCH_PX, 0)]
        square = np.zeros((PATCH_PX, PATCH_PX), np.uint8)
        down, right = max(-top, 0), max(-left, 0)
        square[down : down + part.shape[0], right : right + part.shape[1]] = part
        return square


def closed(picture: UInt8, gap: UInt8) -> UInt8:
    """Return a mask, or a soft silhouette, with the gaps filled that are narrower than this."""
    return cv2.morphologyEx(picture, cv2.MORPH_CLOSE, gap)  # type: ignore[return-value]
