"""Which of the regions of a look are the animal: its parts, near to where it was."""

from typing import NamedTuple

import cv2
import numpy as np

from behave.tracking.silhouette.body import Body
from behave.tracking.video.picture import UInt8

# Every body is scaled to this root of its area in px: limbs are then 3-5 px wide.
BODY_PX = 22
# Parts of one animal are at most so far apart, px, less one.
PARTS_MEET = np.ones((7, 7), np.uint8)
# Areas outside this range are no single animal (a hand, a shadow, a splash). A real
# mouse that crouched came down to 0.29 without its thin parts.
AREA_RANGE = (0.2, 2.5)
# An animal does not vanish: within a body of where it was last seen so much of it is enough.
LEAST_KNOWN = 0.05


class Choice(NamedTuple):
    """What of a look is the animal.

    Parameters
    ----------
    body
        Its px, 0 or 1; none if it is not found.
    beside
        Area of the largest other region of an animal's size, relative to it; NaN if it
        is not found.
    """

    body: UInt8 | None
    beside: float


NOTHING = Choice(None, float("nan"))


def choose(clear: UInt8, corner: tuple[int, int], last: Body | None, *, followed: bool) -> Choice:
    """Return the region that is the animal: large, and near to where it was.

    Parameters
    ----------
    clear
        Which px are of a body, 0 or 1.
    corner
        Column and row of its upper left px in the arena.
    last
        The animal as it was last seen; none if it never was.
    followed
        Whether that was in the look before.
    """
    # Mostly there is one region, and following its outline takes a fifth of the time.
    if len(cv2.findContours(clear, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]) == 1:
        return Choice(clear, 0.0) if _likely(clear, corner, last) else NOTHING
    # What the surface, the rim or a reflection cuts off lies beside the rest: parts
    # that meet when both are widened belong together.
    # On pictures this small this way takes half as long as the usual one.
    widened: UInt8 = cv2.dilate(clear, PARTS_MEET)  # type: ignore[assignment]
    linked = _linked(widened, corner, last) if followed else widened
    count, labels = cv2.connectedComponentsWithAlgorithm(linked, 8, cv2.CV_32S, cv2.CCL_SAUF)
    if count == 2:  # noqa: PLR2004 - the water and one animal
        return Choice(clear, 0.0) if _likely(clear, corner, last) else NOTHING
    labels[clear == 0] = 0
    rows, columns = np.nonzero(labels)
    of = labels[rows, columns]
    areas = np.bincount(of, minlength=count)
    filled = np.maximum(areas, 1)
    centres = np.stack(
        [np.bincount(of, at, minlength=count) / filled for at in (columns, rows)], axis=1
    )
    # There are two or three regions: arrays would take ten times as long.
    best: tuple[float, int | None] = 0.0, None
    bodies: dict[int, int] = {}
    for label, (area, (x, y)) in enumerate(zip(areas.tolist(), centres.tolist(), strict=True)):
        worth = area / BODY_PX**2
        away = _away(last, x + corner[0], y + corner[1])
        if label == 0 or not _least(away) < worth < AREA_RANGE[1]:  # 0 is the water
            continue
        if worth > AREA_RANGE[0]:
            bodies[label] = area
        if followed:
            worth /= 1 + away
        if worth > best[0]:
            best = worth, label
    if best[1] is None:
        return NOTHING
    bodies.pop(best[1], None)
    beside = max(bodies.values(), default=0) / int(areas[best[1]])
    return Choice((labels == best[1]).view(np.uint8), beside)


def _likely(clear: UInt8, corner: tuple[int, int], last: Body | None) -> bool:
    """Return whether the only region there is has an animal's size."""
    spread = cv2.moments(clear, binaryImage=True)
    area = spread["m00"]
    if not area:
        return False
    away = _away(last, spread["m10"] / area + corner[0], spread["m01"] / area + corner[1])
    return bool(_least(away) < area / BODY_PX**2 < AREA_RANGE[1])


def _away(last: Body | None, x: float, y: float) -> float:
    """Return the squared way, in roots of the body, from where the animal was last seen."""
    if last is None:
        return np.inf
    return ((x - last.x) ** 2 + (y - last.y) ** 2) / BODY_PX**2


def _linked(widened: UInt8, corner: tuple[int, int], last: Body | None) -> UInt8:
    """Return widened parts with what links them in time: the body of the look before.

    So parts at the edge of their reach do not come and go from look to look.
    """
    if last is None:
        return widened
    left, top = last.corner[0] - corner[0], last.corner[1] - corner[1]
    height, width = widened.shape
    rows = slice(max(top, 0), max(min(top + last.body.shape[0], height), 0))
    columns = slice(max(left, 0), max(min(left + last.body.shape[1], width), 0))
    there = widened[rows, columns]
    if there.size:
        there |= last.body[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
    return widened


def _least(away: float) -> float:
    """Return how much of an animal has to be seen so far from where it was, bodies squared."""
    return LEAST_KNOWN if away < 1 else AREA_RANGE[0]
