"""Where an animal hangs, and the wall behind it, learnt from a few frames.

A hanging animal never leaves its place, so the wall behind it cannot be learnt by
waiting. What is known: it hangs alone in the middle of its compartment, from above, by
something thin. A row's median is wall, floor or bar, for the body takes less than half
of a row; what stands out from it, touches neither side nor floor and is as sharp as an
outline is the body. Wall that a swing uncovers at times is then taken as it was seen,
and what is always covered is filled in from its surroundings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.video.picture import Float32, UInt8

Mask = npt.NDArray[np.bool_]
Fault = Literal["animal_not_found", "two_animals", "upside_down"]

# Single pictures that are searched, and parts of the recording whose medians are: a median
# has less noise, but loses an animal that swings; one may be hung late, or fall.
PICTURES, PARTS = 12, 4
# A find in one picture supports one in another whose area is alike within this factor and
# whose middle is no more of its roots away.
ALIKE, BESIDE = 1.6, 2.0
# Shares of the deepest difference at which bodies are sought.
LEVELS = (0.35, 0.5, 0.65)
# A body covers so much of its compartment, and no more of its height or width.
SMALLEST, LARGEST = 0.007, 0.3
TALLEST, WIDEST = 0.8, 0.75
# Least difference between body and wall, of the range from black to white.
FAINTEST = 0.03
# How many times the wall's own change a body is.
ABOVE_NOISE = 3.0
# The wall shows at a px in this share of the samples, or it is filled in.
UNCOVERED = 0.2
# A second body has at least this much of the first one's area, is no wider than it hangs
# low, by this factor, and is there in more than this share of the pictures.
SECOND, UPRIGHT, OFTEN = 0.4, 0.8, 0.25
# Half the depth of the body: it is body. Lines this much fainter are its tail.
TAIL_LEVEL = 0.3
# Roots of the body's area by which a tail stands out from it; less is a rump or a nose.
MIN_TAIL, TAIL_BELOW = 0.15, 0.5
# A tail is no wider than this, in the same unit.
TAIL_WIDTH = 0.25


@dataclass(frozen=True)
class Hanging:
    """An animal that hangs in its compartment, at the scale of the samples.

    Parameters
    ----------
    wall
        The compartment without it, black 0 to white 1, shape (rows, columns).
    tone
        Wall minus body: positive where the animal is darker.
    area
        Its body's area, px.
    centre
        Usual middle of the body, px.
    pivot
        Where it hangs from, px.
    tail_seen
        Whether a tail was seen above it; else the pivot is the body's upper end.
    at_top
        Whether the body itself reaches the compartment's upper edge.
    noise
        How much the wall changes by itself.
    """

    wall: Float32
    tone: float
    area: float
    centre: tuple[float, float]
    pivot: tuple[float, float]
    tail_seen: bool
    at_top: bool
    noise: float


@dataclass(frozen=True)
class _Candidate:
    mask: Mask
    sign: int
    depth: float
    worth: float
    view: Float32
    area: int
    centre: tuple[float, float]


def find_hanging(samples: Sequence[Float32]) -> Hanging | Fault:
    """Find the animal that hangs in a compartment.

    Parameters
    ----------
    samples
        Pictures of the compartment spread over the recording, black 0 to white 1, each of
        shape (rows, columns).

    Returns
    -------
    Hanging or str
        What is known of it, or why nothing can be scored: no animal, two of them, or one
        whose tail is below it.
    """
    stack = _in_one_light(np.stack(samples))
    views = _views(stack)
    best = _most_supported(views)
    if best is None:
        return "animal_not_found"
    view = best.view
    wall = _wall(stack, best)
    change = np.abs(stack - np.median(stack, axis=0))
    noise = float(np.median(np.mean(change, axis=0)))
    depth = best.sign * (wall - view)
    tone = float(np.median(depth[best.mask]))
    body = _opened_body(depth > tone / 2, best.mask)
    if body is None or tone < max(FAINTEST, ABOVE_NOISE * noise):
        return "animal_not_found"
    area = float(body.sum())
    doubles = [_shows_two(best.sign * (wall - one), area, tone) for one in views]
    if np.mean(doubles) > OFTEN:
        return "two_animals"
    root = np.sqrt(area)
    rows, columns = np.nonzero(body)
    centre = float(columns.mean()), float(rows.mean())
    above, below = _thin_ends(depth > TAIL_LEVEL * tone, body)
    # A nose and paws are thin as well, but shorter.
    if below > max(2 * above, TAIL_BELOW * root):
        return "upside_down"
    tail_seen = above > MIN_TAIL * root
    at_top = bool(rows.min() <= 1)
    moves = float(np.quantile(change[:, _rim(body)], 0.98)) > tone / 2
    if not (tail_seen or moves or at_top):
        return "animal_not_found"
    top = float(rows.min())
    head = columns[rows <= rows.min() + max(int(0.15 * np.ptp(rows)), 1)].mean()
    pivot = float(head), top - (above if tail_seen else 0.0)
    return Hanging(wall, best.sign * tone, area, centre, pivot, tail_seen, at_top, noise)


def _views(stack: Float32) -> list[Float32]:
    """Return the pictures in which the animal is sought."""
    chosen = np.unique(np.linspace(0, len(stack) - 1, PICTURES).round().astype(int))
    singles = [cv2.GaussianBlur(stack[index], (0, 0), 0.8) for index in chosen]
    parts = np.array_split(stack, PARTS) if len(stack) >= 2 * PARTS else [stack]
    return [*singles, *(np.median(part, axis=0).astype(np.float32) for part in parts)]


def _most_supported(views: Sequence[Float32]) -> _Candidate | None:
    """Return what may be a body in most pictures, and clearest; none if nothing is."""
    found = [(number, one) for number, view in enumerate(views) for one in _candidates(view)]
    best: tuple[float, _Candidate | None] = 0.0, None
    for _, one in found:
        reach = BESIDE * np.sqrt(one.area)
        alike = {
            number
            for number, other in found
            if other.sign == one.sign
            and 1 / ALIKE < other.area / one.area < ALIKE
            and np.hypot(*np.subtract(other.centre, one.centre)) < reach
        }
        worth = one.worth * len(alike)
        if worth > best[0]:
            best = worth, one
    return best[1]


def _in_one_light(stack: Float32) -> Float32:
    """Return pictures at the light of their median picture."""
    usual = np.maximum(np.median(stack, axis=0), 0.05)
    light = np.median((stack / usual).reshape(len(stack), -1), axis=1)
    return (stack / np.maximum(light, 0.2)[:, None, None]).astype(np.float32)


def _candidates(view: Float32) -> list[_Candidate]:
    """Return what may be a hanging body in a picture of the compartment."""
    flat = _flat(view)
    height, width = view.shape
    outlines = _outlines(view)
    found = []
    for sign in (1, -1):
        depth = sign * -flat
        deepest = float(np.quantile(depth, 0.995))
        if deepest < FAINTEST:
            continue
        for level in LEVELS:
            mask = (depth > level * deepest).astype(np.uint8)
            mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _disc(max(min(width, height) // 40, 1)))  # type: ignore[assignment]
            labels, stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[1:3]
            for label, (left, top, across, down, area) in enumerate(stats.tolist()):
                if label == 0 or not SMALLEST < area / view.size < LARGEST:
                    continue
                if left == 0 or left + across == width or top + down == height:
                    continue
                if down > TALLEST * height or across > WIDEST * width:
                    continue
                own = labels == label
                sharp = float(outlines[_rim(own)].mean())
                central = 1 - abs((left + across / 2) / width - 0.5)
                depth_of = float(np.median(depth[own]))
                worth = sharp * np.sqrt(area) * central * min(down / across, 1.5)
                middle = left + across / 2, top + down / 2
                found.append(_Candidate(own, sign, depth_of, worth, view, area, middle))
    return found


def _flat(view: Float32) -> Float32:
    """Return a picture without what is the same along its rows, and without its gradient."""
    flat = view - np.median(view, axis=1, keepdims=True)
    columns = np.median(flat, axis=0)
    third = max(columns.size // 3, 1)
    slope = (np.median(columns[-third:]) - np.median(columns[:third])) / (columns.size - third)
    flat -= slope * (np.arange(columns.size) - columns.size / 2)
    level: Float32 = (flat - np.median(flat, axis=1, keepdims=True)).astype(np.float32)
    return level


def _wall(stack: Float32, body: _Candidate) -> Float32:
    """Return the compartment without the animal."""
    shown = np.quantile(stack, 1 - UNCOVERED if body.sign > 0 else UNCOVERED, axis=0)
    shown = shown.astype(np.float32)
    middle = np.median(stack, axis=0).astype(np.float32)
    # What is still as deep as the body there, in one piece with it, is always covered.
    covered = -body.sign * _flat(shown) > body.depth * TAIL_LEVEL
    labels = cv2.connectedComponents((covered | body.mask).astype(np.uint8))[1]
    own = np.isin(labels, np.unique(labels[body.mask]))
    # Wall that is never covered is known best by its median.
    swept = cv2.dilate((np.abs(shown - middle) > body.depth / 4).astype(np.uint8), _disc(2)) > 0
    near = cv2.dilate((own | body.mask).astype(np.uint8), _disc(3)) > 0
    wall = np.where(swept | near, shown, middle)
    lacking = cv2.dilate((own & covered).astype(np.uint8), _disc(2))
    coarse = np.rint(np.clip(wall, 0, 1) * 255).astype(np.uint8)
    filled = cv2.inpaint(coarse, lacking, 4, cv2.INPAINT_TELEA).astype(np.float32) / 255
    return np.where(lacking > 0, filled, wall).astype(np.float32)


def _opened_body(clear: Mask, hint: Mask) -> Mask | None:
    """Return the body without its tail: the piece that covers most of a hint."""
    size = max(round(np.sqrt(hint.sum()) / 9), 1)
    opened = cv2.morphologyEx(clear.astype(np.uint8), cv2.MORPH_OPEN, _disc(size))
    labels = cv2.connectedComponents(opened)[1]
    counts = np.bincount(labels[hint], minlength=1)
    counts[0] = 0
    if counts.max() == 0:
        return None
    body: Mask = labels == int(counts.argmax())
    return body


def _shows_two(depth: Float32, area: float, tone: float) -> bool:
    """Return whether two bodies of one kind hang in a picture."""
    clear = _opened(depth > tone / 2, max(round(np.sqrt(area) / 9), 1))
    height, width = depth.shape
    bodies = []
    for left, top, across, down, px in cv2.connectedComponentsWithStats(clear)[2][1:].tolist():
        inside = left > 0 and left + across < width and top > 0 and top + down < height
        if inside and px > SECOND * area and down > UPRIGHT * across:
            bodies.append(px)
    return len(bodies) > 1


def _thin_ends(clear: Mask, body: Mask) -> tuple[float, float]:
    """Return how far something thin reaches above and below the body, px.

    What is wide there is a part of the body that is paler than the rest, or a shadow.
    """
    labels = cv2.connectedComponents(clear.astype(np.uint8))[1]
    own = np.isin(labels, np.unique(labels[body & clear]))
    own[labels == 0] = False
    across = (own & ~body).sum(axis=1)
    inner = np.flatnonzero(body.any(axis=1))
    thin = (across > 0) & (across <= TAIL_WIDTH * np.sqrt(body.sum()))
    ends = thin[: inner[0]], thin[inner[-1] + 1 :]
    above, below = (float(np.count_nonzero(end)) for end in ends)
    return above, below


def _opened(mask: Mask, size: int) -> UInt8:
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _disc(size))  # type: ignore[return-value]


def _disc(radius: int) -> UInt8:
    """Return a disc as a structuring element."""
    size = 2 * radius + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))  # type: ignore[return-value]


def _rim(mask: Mask) -> Mask:
    """Return the outline of a region."""
    edge = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    rim: Mask = edge > 0
    return rim


def _outlines(picture: Float32) -> Float32:
    """Return how strong a picture's brightness steps are at each px."""
    smooth = cv2.GaussianBlur(picture, (0, 0), 0.8)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return cv2.magnitude(across, down)  # type: ignore[return-value]
