"""The animal's picture: a body of discs along its spine, limbs, head and tail.

All positions are in px of the picture drawn on; angles in radians, counted as
in mathematics (up is positive) although rows grow downwards.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from behave.simulate.swim import Movement

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]

SHIFT = 4  # cv2 draws with 1/16 px
ALONG = np.linspace(0, 1, 15)  # places along the spine: 0 nose, 1 tail base
HALF_WIDTH = np.interp(
    ALONG,
    [0, 0.06, 0.16, 0.26, 0.36, 0.6, 0.8, 0.93, 1],
    [0.025, 0.07, 0.115, 0.12, 0.145, 0.185, 0.18, 0.12, 0.05],
)
TAIL = np.linspace(0, 1, 10)
# Left fore, right fore, left hind, right hind; the left is nearer the camera.
LIMB_AT = (4, 4, 12, 12)  # joints along the spine
FORE, LEFT, RIGHT = (0, 1), (0, 2), (1, 3)
PAWS = ("left_fore_paw", "right_fore_paw", "left_hind_paw", "right_hind_paw")
KEYPOINTS = ("nose", "body_centre", "tail_base", *PAWS)


@dataclass(frozen=True)
class Figure:
    """An animal about to be drawn.

    Parameters
    ----------
    picture
        Drawn on in place, shape (h, w).
    movement, index
        Posture, and which of its times.
    length
        Body length in px.
    grey, skin
        Grey level of the coat, and of paws and tail.
    points
        Filled while drawing: column and row of each of the `KEYPOINTS`.
    """

    picture: Picture
    movement: Movement
    index: int
    length: float
    grey: int
    skin: int
    points: dict[str, tuple[float, float]] = field(default_factory=dict)


def draw_from_side(
    figure: Figure, centre: tuple[float, float], raised: float = 0.0
) -> tuple[float, float]:
    """Draw an animal seen through the wall of the cylinder.

    Parameters
    ----------
    figure
        What to draw, and on what.
    centre
        Column of the arena's centre and row of the water line.
    raised
        1 while a hand holds the animal by its tail above the water, 0 once it
        floats; between, the animal is being let go.

    Returns
    -------
    tuple of float
        Column and row of the body's centre.
    """
    movement, index, length = figure.movement, figure.index, figure.length
    aspect = float(np.cos(movement.heading[index]))
    pitch = float(movement.pitch[index]) * (1 - raised) - 1.15 * raised
    climb = float(movement.climbing[index])
    # The head stays nearer to level than the trunk, and the rump hangs.
    slope = pitch + (0.35 - 0.55 * pitch) * np.exp(-((ALONG / 0.22) ** 2)) + 0.18 * (ALONG - 0.5)
    slope = slope + movement.bend[index] * np.cos(np.pi * ALONG)
    step = length / (len(ALONG) - 1)
    spine = np.empty((len(ALONG), 2))
    spine[:, 0] = -np.cumsum(np.cos(slope) * aspect) * step
    spine[:, 1] = np.cumsum(np.sin(slope)) * step
    middle = spine[len(ALONG) // 2].copy()
    head_row = centre[1] - length * (0.03 + 0.2 * climb + float(movement.bob[index]))
    spine[:, 0] += centre[0] + movement.x[index] * length - middle[0]
    spine[:, 1] += head_row - spine[1, 1] - raised * length * 0.15
    width = HALF_WIDTH * length
    # The far limbs are drawn first and a little darker.
    _tail_from_side(figure, spine, aspect, raised)
    _limbs(figure, spine, slope, aspect, far=True)
    _discs(figure.picture, spine, width, figure.grey)
    back = spine + np.stack([np.zeros(len(ALONG)), -0.35 * width], axis=1)
    _discs(figure.picture, back[2:-2:2], 0.5 * width[2:-2:2], min(figure.grey + 12, 250))
    _limbs(figure, spine, slope, aspect, far=False)
    ear = spine[3] + np.array([-0.02 * aspect, -0.11]) * length
    _disc(figure.picture, ear, 0.055 * length, int(0.6 * figure.grey + 0.4 * figure.skin))
    eye = spine[1] + np.array([0.01 * aspect, -0.03]) * length
    _disc(figure.picture, eye, 0.018 * length, 10)
    return _mark(figure, spine)


def draw_from_above(
    figure: Figure, centre: tuple[float, float], pool: float = np.inf
) -> tuple[float, float]:
    """Draw an animal seen by a camera above the cylinder.

    Parameters
    ----------
    figure
        What to draw, and on what.
    centre
        Middle of the water, column and row.
    pool
        Radius of the water in px, which the tail does not leave.

    Returns
    -------
    tuple of float
        Column and row of the body's centre.
    """
    movement, index, length = figure.movement, figure.index, figure.length
    heading = float(movement.heading[index])
    climb = float(movement.climbing[index])
    seen = length * (1 - 0.4 * climb)  # an upright body is foreshortened
    slope = heading + movement.bend[index] * np.cos(np.pi * ALONG)
    step = seen / (len(ALONG) - 1)
    spine = np.stack([-np.cumsum(np.cos(slope)), np.cumsum(np.sin(slope))], axis=1) * step
    spine -= spine[len(ALONG) // 2]
    # `y` is drawn downwards, headings count upwards.
    spine[:, 0] += centre[0] + movement.x[index] * length
    spine[:, 1] += centre[1] - movement.y[index] * length
    width = HALF_WIDTH * length * 1.05
    _tail_from_above(figure, spine, np.array(centre), pool)
    for limb, side in enumerate((1, -1, 1, -1)):
        _limb_from_above(figure, spine, slope, limb, side)
    _discs(figure.picture, spine, width, figure.grey)
    _discs(figure.picture, spine[3:-2:2], 0.5 * width[3:-2:2], min(figure.grey + 10, 250))
    across = np.array([-np.sin(slope[2]), -np.cos(slope[2])]) * 0.11 * length
    for side in (1, -1):
        _disc(
            figure.picture,
            spine[3] + side * across,
            0.055 * length,
            int(0.6 * figure.grey + 0.4 * figure.skin),
        )
    return _mark(figure, spine)


def _mark(figure: Figure, spine: Array) -> tuple[float, float]:
    """Note where the body's keypoints were drawn; return the middle."""
    figure.points["nose"] = float(spine[0, 0]), float(spine[0, 1])
    figure.points["tail_base"] = float(spine[-1, 0]), float(spine[-1, 1])
    figure.points["body_centre"] = _middle(spine)
    return figure.points["body_centre"]


def _middle(spine: Array) -> tuple[float, float]:
    """Return the middle of the body: its places weighted by their width."""
    column, row = np.average(spine, axis=0, weights=HALF_WIDTH)
    return float(column), float(row)


def _limbs(figure: Figure, spine: Array, slope: Array, aspect: float, *, far: bool) -> None:
    """Draw two limbs from the side: an upper part in coat colour and a pale paw."""
    movement, index, length = figure.movement, figure.index, figure.length
    grey = int(figure.grey * (0.9 if far else 1))
    climb = float(movement.climbing[index])
    # Limbs stand out to both sides of the body: seen from its front or back,
    # where their swing is hidden, they are beside it.
    aside = (-1 if far else 1) * float(np.sin(movement.heading[index])) * length
    for limb in RIGHT if far else LEFT:
        joint = LIMB_AT[limb]
        stroke = float(movement.limbs[index, limb])
        fore = limb in FORE
        # Rest: paws hang below the body; climbing forepaws reach up the wall.
        rest = slope[joint] - (1.35 if fore else 1.75) + (0.8 * climb if fore else 0.0)
        upper = rest + 0.75 * stroke
        lower = upper + (0.5 if fore else -0.35) + 0.5 * stroke
        reach = (0.13, 0.12) if fore else (0.15, 0.17)
        start = spine[joint] + np.array([0.08 * aside, 0.07 * length])
        knee = start + reach[0] * length * np.array([np.cos(upper) * aspect, -np.sin(upper)])
        knee[0] += (0.08 + 0.03 * stroke) * aside
        paw = knee + reach[1] * length * np.array([np.cos(lower) * aspect, -np.sin(lower)])
        paw[0] += (0.03 + 0.05 * stroke) * aside
        _line(figure.picture, start, knee, 0.11 * length, grey)
        figure.points[PAWS[limb]] = float(paw[0]), float(paw[1])
        _line(figure.picture, knee, paw, 0.06 * length, int(0.5 * grey + 0.5 * figure.skin))


def _limb_from_above(figure: Figure, spine: Array, slope: Array, limb: int, side: int) -> None:
    """Draw a limb from above: a paw that sticks out beside the body."""
    length, fore = figure.length, limb in FORE
    joint = LIMB_AT[limb]
    stroke = float(figure.movement.limbs[figure.index, limb])
    way = slope[joint] + side * ((0.9 if fore else 2.2) - 0.8 * stroke)
    across = slope[joint] + side * np.pi / 2
    root = 0.1 * length
    start = spine[joint] + root * np.array([np.cos(across), -np.sin(across)])
    reach = (0.15 if fore else 0.24) * length
    paw = start + reach * np.array([np.cos(way), -np.sin(way)])
    figure.points[PAWS[limb]] = float(paw[0]), float(paw[1])
    _line(figure.picture, start, paw, 0.075 * length, figure.skin)


def _tail_from_side(figure: Figure, spine: Array, aspect: float, raised: float) -> None:
    """Draw the tail: it hangs and sways, or is held from above."""
    movement, index = figure.movement, figure.index
    turn = TAIL[1:] * 0.8
    sway = (0.12 + 0.3 * movement.activity[index]) * np.sin(
        4 * TAIL[1:] - 3 * movement.bend[index] / 0.22 + movement.heading[index]
    )
    hang = -1.2 + 0.35 * turn + sway * TAIL[1:]
    way = hang * (1 - raised) + (np.pi / 2) * raised
    steps = np.stack([-np.cos(way) * aspect * (1 - raised), -np.sin(way)], axis=1)
    _taper(figure, _chain(spine[-1], steps * 0.75 * figure.length / len(steps)))


def _tail_from_above(figure: Figure, spine: Array, centre: Array, pool: float) -> None:
    """Draw the tail trailing behind the body and beating with it."""
    movement, index = figure.movement, figure.index
    heading = movement.heading[index]
    beat = movement.bend[index] * 2.2 * np.sin(3.5 * TAIL[1:] - 0.8)
    way = heading + np.pi + beat + 0.25 * np.sin(0.7 * heading + 2 * TAIL[1:])
    steps = np.stack([np.cos(way), -np.sin(way)], axis=1)
    points = _chain(spine[-1], steps * 0.8 * figure.length / len(steps))
    away = np.hypot(*(points - centre).T)[:, None]
    _taper(figure, centre + (points - centre) * np.minimum(1, 0.97 * pool / np.maximum(away, 1)))


def _chain(root: Array, steps: Array) -> Array:
    """Return the points reached from a root by steps."""
    return np.asarray(root + np.vstack([np.zeros(2), np.cumsum(steps, axis=0)]))


def _taper(figure: Figure, points: Array) -> None:
    """Draw a tail of line segments that grow thinner."""
    fixed = np.round(points * 2**SHIFT).astype(np.int32)[:, None]
    for start, stop, thick in ((0, 4, 0.05), (3, 7, 0.037), (6, 10, 0.025)):
        size = max(round(thick * figure.length), 1)
        cv2.polylines(
            figure.picture, [fixed[start:stop]], False, figure.skin, size, cv2.LINE_AA, SHIFT
        )


def _disc(picture: Picture, point: Array, radius: float, grey: int) -> None:
    """Draw a smooth disc."""
    _discs(picture, point[None, :], np.array([radius]), grey)


def _discs(picture: Picture, points: Array, radii: Array, grey: int) -> None:
    """Draw discs that merge into one body."""
    scale = 2**SHIFT
    sizes = np.maximum(np.round(radii * scale), 1).astype(int).tolist()
    for point, size in zip(np.round(points * scale).astype(int).tolist(), sizes, strict=True):
        cv2.circle(picture, point, size, grey, -1, cv2.LINE_AA, SHIFT)


def _line(picture: Picture, start: Array, stop: Array, thick: float, grey: int) -> None:
    """Draw a line of a given thickness in px with round ends."""
    ends = np.round(np.array([start, stop]) * 2**SHIFT).astype(int).tolist()
    cv2.line(picture, ends[0], ends[1], grey, max(round(thick), 1), cv2.LINE_AA, SHIFT)
