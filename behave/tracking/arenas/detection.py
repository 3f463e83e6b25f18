"""Finding cylinders in a picture: glass cylinders from the side, or round pools from above.

All cylinders of a recording have the same size, so one size is searched for all of
them together; this helps to find a cylinder with faint edges. Movement (animals,
water) is inside them, which distinguishes cylinders from bench and wall.
"""

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from behave.model.arrays import Floats
from behave.tracking.video.picture import Float32

Box = tuple[float, float, float, float]  # left, top, width, height

SMALL = 160  # px of the picture's shorter side while searching
MIN_SUPPORT = 0.35  # share of an outline that must be seen as an edge


def detect_cylinders(
    still: Float32, moving: Float32, count: int
) -> tuple[Literal["rectangle", "ellipse"], list[Box]] | None:
    """Find cylinders.

    Parameters
    ----------
    still
        The picture without what moves, shape (height, width), 0 to 1.
    moving
        How much each pixel usually changes, same shape.
    count
        Number of cylinders.

    Returns
    -------
    tuple or None
        The shape in which they appear and their boxes in px of the picture;
        None if this number of cylinders is not found.
    """
    small, busy, scale = shrunk(still, moving)
    across, down = edges(small)
    round_ones = circles(across, down, busy, count)
    found = max((round_ones, upright(across, busy, count)), key=lambda result: result[0])
    if found[0] < MIN_SUPPORT:
        return None
    boxes = [tuple(float(edge / scale) for edge in box) for box in found[1]]
    height, width = still.shape
    inside = [_clipped(box, width, height) for box in boxes]
    return ("ellipse" if found is round_ones else "rectangle"), inside


def shrunk(still: Float32, moving: Float32) -> tuple[Float32, Float32, float]:
    """Return the picture and its movement at the smaller size of the search, and the scale."""
    scale = min(1.0, SMALL / min(still.shape))
    size = (round(still.shape[1] * scale), round(still.shape[0] * scale))
    small = cv2.resize(still, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    busy = cv2.resize(moving, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return small, np.clip(busy - np.median(busy), 0, None), scale


def _clipped(box: Sequence[float], width: int, height: int) -> Box:
    """Return a box limited to the picture, in whole px."""
    left, top = max(round(box[0]), 0), max(round(box[1]), 0)
    right = min(round(box[0] + box[2]), width)
    bottom = min(round(box[1] + box[3]), height)
    return float(left), float(top), float(right - left), float(bottom - top)


def edges(small: Float32) -> tuple[Floats, Floats]:
    """Return brightness steps along x and y, in units of a clear edge, -1 to 1.

    They are relative to the usual strength of edges in the picture, so that a faint
    glass wall on a bright bench counts as much as a dark rim.
    """
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0)
    across = cv2.Sobel(smooth, cv2.CV_64F, 1, 0, scale=0.125)
    down = cv2.Sobel(smooth, cv2.CV_64F, 0, 1, scale=0.125)
    clear = 2.5 * float(np.median(np.hypot(across, down))) + 0.004
    return np.clip(across / clear, -1, 1), np.clip(down / clear, -1, 1)


def upright(across: Floats, busy: Float32, count: int) -> tuple[float, list[Box]]:
    """Find cylinders seen from the side: pairs of long vertical edges one width apart."""
    height, width = across.shape
    # A long upright edge has one sign over many rows; noise and animals do not.
    tall = np.abs(cv2.blur(across, (1, max(height // 6, 3))))
    line = cv2.dilate(tall, np.ones((1, 3))).mean(axis=0)
    motion = np.cumsum(np.append(0, busy.sum(axis=0))) / max(float(busy.sum()), 1e-9)
    narrowest = max(round(0.12 * width / np.sqrt(count)), 6)
    best: tuple[float, list[int], int] = (-1.0, [], 0)
    for across_px in range(narrowest, round(0.98 * width / count) + 1):
        starts = np.arange(width - across_px)
        # Both sides must be visible: a single strong edge, such as a shelf, is not a cylinder.
        worth = np.sqrt(line[starts] * line[starts + across_px]) / count
        worth = worth + 0.5 * (motion[starts + across_px] - motion[starts])
        total, chosen = _best_places(worth, across_px, count)
        if total > best[0]:
            best = total, chosen, across_px
    _, lefts, across_px = best
    if not lefts:
        return -1.0, []
    sides = [*lefts, *(left + across_px for left in lefts)]
    rows = np.mean([cv2.dilate(tall, np.ones((1, 3)))[:, side] for side in sides], axis=0)
    top, bottom = _longest_run(rows > 0.5 * np.quantile(rows, 0.8))
    support = float(rows[top:bottom].mean()) if bottom > top else 0.0
    return support, [(left, top, across_px, bottom - top) for left in lefts]


def _best_places(worth: Floats, across: int, count: int) -> tuple[float, list[int]]:
    """Choose places that do not overlap and have the largest total score.

    Dynamic programming: the best way to place the first n cylinders up to
    each column extends the best way to place n - 1 of them.
    """
    size = worth.size
    if size < (count - 1) * across + 1:
        return -1.0, []
    total = np.zeros(size)
    choices = []
    for number in range(count):
        before = np.full(size, -np.inf)
        if number == 0:
            before[:] = 0
        else:
            before[across:] = total[:-across]
        here = before + worth
        where = np.maximum.accumulate(
            np.where(here == np.maximum.accumulate(here), np.arange(size), 0)
        )
        total = np.maximum.accumulate(here)
        choices.append(where)
    at, lefts = size - 1, []
    for where in reversed(choices):
        left = int(where[at])
        lefts.append(left)
        at = max(left - across, 0)
    return float(total[-1]), lefts[::-1]


def _longest_run(flags: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return start and stop of the longest run; small gaps are closed."""
    gap = max(flags.size // 12, 1)
    closed = cv2.morphologyEx(
        np.pad(flags.astype(np.uint8), gap)[:, None], cv2.MORPH_CLOSE, np.ones((gap, 1), np.uint8)
    )[gap:-gap, 0]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], closed, [0]])))
    runs = edges.reshape(-1, 2)
    if runs.size == 0:
        return 0, 0
    start, stop = runs[np.argmax(runs[:, 1] - runs[:, 0])]
    return int(start), int(stop)


def circles(across: Floats, down: Floats, busy: Float32, count: int) -> tuple[float, list[Box]]:
    """Find pools seen from above: circles of one radius whose whole rim is an edge."""
    height, width = across.shape
    largest = 0.52 * min(height, width)
    smallest = max(0.25 * np.sqrt(height * width / count / 2), 10)
    best: tuple[float, float, list[Box]] = (-1.0, 0.0, [])
    total = max(float(busy.sum()), 1e-9)
    for radius in np.arange(smallest, largest, 1.5):
        support = rim_support(across, down, radius)
        boxes, supports, inside = [], [], 0.0
        field = support.copy()
        for _ in range(count):
            row, column = np.unravel_index(int(field.argmax()), field.shape)
            if field[row, column] <= 0:
                break
            supports.append(float(support[row, column]))
            disc = np.zeros_like(busy)
            cv2.circle(disc, (int(column), int(row)), round(radius), 1.0, -1)
            inside += float((busy * disc).sum()) / total
            boxes.append((column - radius, row - radius, 2 * radius, 2 * radius))
            # The next circle may touch this one, but not overlap it.
            cv2.circle(field, (int(column), int(row)), round(1.9 * radius), 0.0, -1)
        if len(boxes) < count:
            continue
        worth = min(supports) + 0.5 * inside
        if worth > best[0]:
            best = worth, min(supports), boxes
    return best[1], best[2]


def rim_support(across: Floats, down: Floats, radius: float) -> Floats:
    """Return for each centre the share of a circle's rim at which there is an edge.

    The rim may be darker than the outside in one part and brighter in another, so
    both directions count.
    """
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    height, width = across.shape
    votes = np.zeros((height, width))
    for angle in angles:
        cosine, sine = np.cos(angle), np.sin(angle)
        facing = np.abs(across * cosine + down * sine).astype(np.float32)
        shift = np.array([[1, 0, -radius * cosine], [0, 1, -radius * sine]])
        votes += np.clip(cv2.warpAffine(facing, shift, (width, height)), 0, 1)
    return votes / angles.size
