"""World C's still pictures: what stands behind and around the cylinders."""

import cv2
import numpy as np

from worlds.hard_c import LookC, Slot
from worlds.rodent_c import Picture

TONES = {"white": (200, 228), "grey": (112, 150), "dark": (34, 60), "cluttered": (110, 165)}


def room(look: LookC, rng: np.random.Generator) -> Picture:
    """Return the frame without cylinders."""
    low, high = TONES[look.ground]
    tone = rng.uniform(low, high)
    rows = np.linspace(-1, 1, look.height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, look.width, dtype=np.float32)[None]
    slopes = rng.uniform(-0.1, 0.1, 3)
    light = 1 + slopes[0] * rows + slopes[1] * columns - abs(slopes[2]) * (rows**2 + columns**2)
    picture = tone * light
    if look.ground == "cluttered":
        _shelves(picture, rng, 26 if look.view == "side" else 10)
    else:
        _shelves(picture, rng, 3, faint=0.25)
    if look.view == "side":
        edge = int(look.height * rng.uniform(0.82, 0.93))
        bench = np.clip(tone * rng.uniform(0.6, 1.15), 25, 235)
        picture[edge:] = 0.25 * picture[edge:] + 0.75 * bench
        cv2.line(picture, (0, edge), (look.width, edge), float(0.75 * bench), 2)
    return cv2.GaussianBlur(picture, (0, 0), 0.9 + 0.002 * look.width)


def floor(look: LookC, slot: Slot, rng: np.random.Generator) -> Picture:
    """Return what is seen through the water from above, in the slot."""
    low, high = TONES[look.ground]
    tone = rng.uniform(low, high)
    shape = (slot.height, slot.width)
    picture = np.full(shape, tone, np.float32)
    rows, columns = np.indices(shape, np.float32)
    lit = rng.uniform(-1, 1, 2) / slot.radius
    across = (columns - slot.column + slot.left) * lit[0] + (rows - slot.row + slot.top) * lit[1]
    picture *= 1 + 0.08 * across
    if look.ground == "cluttered":
        _tiles(picture, slot, rng)
        _shelves(picture, rng, 8, faint=0.5)
    for _ in range(3):
        centre = slot.radius * rng.uniform(0.4, 1.6, 2)
        size = int(slot.radius * rng.uniform(0.1, 0.25))
        stain = np.zeros(shape, np.float32)
        corner = (int(centre[0]), int(centre[1]))
        cv2.rectangle(stain, corner, (corner[0] + size, corner[1] + size), 1.0, -1)
        stain = cv2.GaussianBlur(stain, (0, 0), 0.04 * slot.radius + 1)
        picture *= 1 - stain * rng.uniform(-0.05, 0.08)
    return cv2.GaussianBlur(picture, (0, 0), 1.0 + 0.01 * slot.radius)


def _tiles(picture: Picture, slot: Slot, rng: np.random.Generator) -> None:
    """Draw a floor of tiles, with a drain."""
    step = int(slot.radius * rng.uniform(0.3, 0.5))
    base = float(picture.mean())
    for left in range(0, picture.shape[1], step):
        for top in range(0, picture.shape[0], step):
            tone = base * rng.uniform(0.8, 1.2)
            picture[top : top + step - 2, left : left + step - 2] = tone
            picture[top + step - 2 : top + step] = 0.6 * base
    spot = (int(slot.width * rng.uniform(0.35, 0.65)), int(slot.height * rng.uniform(0.35, 0.65)))
    cv2.circle(picture, spot, max(int(0.1 * slot.radius), 3), 0.35 * base, -1)


def _shelves(picture: Picture, rng: np.random.Generator, count: int, faint: float = 1.0) -> None:
    """Draw boxes, bottles, cables and labels."""
    height, width = picture.shape
    for _ in range(count):
        wide, high = width * rng.uniform(0.02, 0.2), height * rng.uniform(0.03, 0.35)
        left, top = rng.uniform(-0.05, 1) * width, rng.uniform(-0.1, 0.95) * height
        box = (slice(max(int(top), 0), int(top + high)), slice(max(int(left), 0), int(left + wide)))
        tone = rng.uniform(25, 235)
        shade = np.linspace(1, rng.uniform(0.75, 1.2), picture[box].shape[1], dtype=np.float32)
        picture[box] += faint * (tone * shade[None] - picture[box])
        if rng.random() < 0.4:  # noqa: PLR2004 - a share
            middle = (int(left + wide / 2), int(top + high / 2))
            axes = (max(int(wide / 4), 1), max(int(high / 6), 1))
            mark = float(np.clip(tone + faint * rng.uniform(-120, 120), 10, 245))
            cv2.ellipse(picture, middle, axes, 0, 0, 360, mark, -1)
    for _ in range(count // 5):
        points = (rng.uniform(0, 1, (5, 2)) * [width, height]).astype(np.int32)
        tone = float(rng.uniform(20, 230))
        if faint == 1:
            cv2.polylines(picture, [points], False, tone, int(rng.integers(1, 4)), cv2.LINE_AA)


def lamps(
    shape: tuple[int, int], centre: tuple[float, float], size: tuple[float, float],
    count: int, rng: np.random.Generator,
) -> Picture:  # fmt: skip
    """Return the weight of mirrored lamps, 0 to 1: tubes and bulbs in an ellipse."""
    picture = np.zeros(shape, np.float32)
    for _ in range(count):
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.8)
        column = centre[0] + far * size[0] * np.cos(angle)
        row = centre[1] + far * size[1] * np.sin(angle)
        tube = rng.random() < 0.5  # noqa: PLR2004 - a share
        long = size[0] * (rng.uniform(0.2, 0.4) if tube else rng.uniform(0.04, 0.09))
        wide = size[1] * (rng.uniform(0.03, 0.06) if tube else rng.uniform(0.04, 0.1))
        box = cv2.boxPoints(((column, row), (long, max(wide, 1.2)), rng.uniform(-25, 25)))
        blob = np.zeros(shape, np.float32)
        cv2.fillPoly(blob, [(box * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
        blob = cv2.GaussianBlur(blob, (0, 0), 0.015 * size[0] + 0.6)
        picture = np.maximum(picture, rng.uniform(0.6, 1) * blob / max(float(blob.max()), 1e-6))
    return picture
