"""How many cylinders a picture shows, told without being told; None where that is not certain.

A number is certain where each outline stands out as a whole: a full circle
from above, or two long upright edges with something that moves between them.
On 60 rendered and real clips of 1, 2 and 4 cylinders seen outlines are
supported by .89 or more from the side and .99 from above, one too many by .85
or less and .73 or less.
"""

import cv2
import numpy as np

from behave.model.arrays import Floats
from behave.tracking.arenas import detection
from behave.tracking.arenas.detection import Box
from behave.tracking.video.picture import Float32

MOST = 8  # cylinders side by side that are looked for
CIRCLE = 0.9  # share of a rim that must be an edge
EDGES = 0.85  # mean of a clear edge along each side
MOVES = 0.6  # of its even share of all that moves, in each cylinder
# Fainter outlines than these do not count, and make a smaller number uncertain: cylinders
# that are not told from one another in a small picture. One too many reaches .35.
FAINT_EDGES, FAINT_MOVES = 0.7, 0.4


def count_cylinders(still: Float32, moving: Float32) -> int | None:
    """Return how many cylinders there are, None where the picture does not make it certain.

    Parameters
    ----------
    still, moving
        As for `behave.tracking.arenas.detection.detect_cylinders`.
    """
    small, busy, _ = detection.shrunk(still, moving)
    across, down = detection.edges(small)
    support, moves = {}, {}
    for count in range(1, MOST + 1):
        boxes = detection.upright(across, busy, count)[1]
        support[count] = edge_support(across, boxes)
        moves[count] = _least_share(busy, boxes) * count if boxes else 0.0
    certain = [n for n in support if support[n] >= EDGES and moves[n] >= MOVES]
    likely = [n for n in support if support[n] >= FAINT_EDGES and moves[n] >= FAINT_MOVES]
    # From above and from the side never more are certain than there are.
    seen = max([*certain, _count_circles(across, down)])
    return seen if seen and seen >= max(likely, default=0) else None


def shows(still: Float32, moving: Float32, count: int) -> bool:
    """Return whether so many outlines stand out as wholes, whether or not anything moves in them."""
    small, busy, _ = detection.shrunk(still, moving)
    across, down = detection.edges(small)
    if detection.circles(across, down, busy, count)[0] >= CIRCLE:
        return True
    return edge_support(across, detection.upright(across, busy, count)[1]) >= EDGES


def edge_support(across: Floats, boxes: list[Box]) -> float:
    """Return how clear the faintest side of upright cylinders is, 0 to 1."""
    if not boxes:
        return 0.0
    height, width = across.shape
    tall = cv2.dilate(np.abs(cv2.blur(across, (1, max(height // 6, 3)))), np.ones((1, 3)))
    sides = [
        tall[int(top) : int(top + tall_px), int(min(side, width - 1))]
        for left, top, wide_px, tall_px in boxes
        for side in (left, left + wide_px)
    ]
    return min(float(side.mean()) if side.size > 1 else 0.0 for side in sides)


def _least_share(busy: Float32, boxes: list[Box]) -> float:
    """Return the smallest share that a box has of all that moves."""
    total = max(float(busy.sum()), 1e-9)
    return min(
        float(busy[max(int(top), 0) : int(top + high) + 1,
                   max(int(left), 0) : int(left + wide) + 1].sum()) / total
        for left, top, wide, high in boxes
    )  # fmt: skip


def _count_circles(across: Floats, down: Floats) -> int:
    """Return how many whole circles of one radius there are beside one another."""
    height, width = across.shape
    smallest = max(0.25 * np.sqrt(height * width / MOST / 2), 10)
    most = 0
    for radius in np.arange(smallest, 0.52 * min(height, width), 1.5):
        field = detection.rim_support(across, down, radius)
        found = 0
        while found < MOST:
            row, column = np.unravel_index(int(field.argmax()), field.shape)
            if field[row, column] < CIRCLE:
                break
            found += 1
            cv2.circle(field, (int(column), int(row)), round(1.9 * radius), 0.0, -1)
        most = max(most, found)
    return most
