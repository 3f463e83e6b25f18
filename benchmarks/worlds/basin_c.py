"""World C's cylinders of water: what the view from beside and from above share."""

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from worlds.hard_c import LookC, Slot
from worlds.rodent_c import Drawing, Picture, Rodent

GRID = 56  # of the waves
TAIL_REACH = 1.35  # half width of a drawing, body lengths
FAINT = 0.3  # what is fainter is not called visible
DEEP = 1.45  # of the water, in radii
RIM = 1.0  # of the glass above the water, body lengths


@dataclass(frozen=True)
class Scene:
    """A cylinder at a time.

    Parameters
    ----------
    picture
        With the animal.
    empty
        Without it.
    outline
        Where the animal is visible, above and below, without mirror images.
    """

    picture: Picture
    empty: Picture
    outline: Picture


class Basin(ABC):
    """A cylinder of water, drawn in a part of the frame.

    Parameters
    ----------
    look, slot
        The clip's look and the cylinder's place.
    room
        The frame without cylinders; the cylinder is drawn into it.
    rng
        Source of chance.
    """

    def __init__(self, look: LookC, slot: Slot, room: Picture, rng: np.random.Generator) -> None:
        self.look, self.slot = look, slot
        self.scale = float(slot.radius / look.radius)
        above = 1.15 * self.scale + 4 if look.view == "side" else 1.12 * slot.radius
        wide = 1.12 * slot.radius
        below = (DEEP + 0.5) * slot.radius if look.view == "side" else 1.12 * slot.radius
        if look.view == "side":
            above += slot.radius * np.sin(look.elevation)
        self.left = max(int(slot.column - wide), slot.left)
        # A hand comes in from the frame's edge.
        self.top = slot.top if look.hand else max(int(slot.row - above), slot.top)
        right = min(int(slot.column + wide), slot.left + slot.width)
        bottom = min(int(slot.row + below), slot.top + slot.height)
        self.part = (slice(self.top, bottom), slice(self.left, right))
        self.shape = (bottom - self.top, right - self.left)
        rows, columns = np.indices(self.shape, np.float32)
        self.columns, self.rows = columns, rows
        self.right = (columns + self.left + 0.5 - slot.column) / self.scale
        self.up = (slot.row - rows - self.top - 0.5) / self.scale
        self.waves = rng.uniform(0, 2 * np.pi, (6, 2))
        self.long = rng.uniform(2.0, 9.0, 6)
        self.lit = float(rng.uniform(225, 255))
        line = np.linspace(-1, 1, GRID, dtype=np.float32) * look.radius
        self.grid = np.meshgrid(line, line)
        self.build(room, rng)
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray) and value.shape == self.shape:
                setattr(self, name, value.astype(np.float32))

    window: tuple[slice, slice]

    @abstractmethod
    def build(self, room: Picture, rng: np.random.Generator) -> None:
        """Draw what stands still."""

    @abstractmethod
    def draw(self, rodent: Rodent | None, time: float, stir: float) -> Scene:
        """Draw the cylinder, with the animal as posed."""

    def wave(self, time: float, stir: float, place: tuple[float, float] | None) -> Picture:
        """Return the height of the waves on a coarse grid, about -1 to 1 when stirred."""
        x, y = self.grid
        sum_ = np.zeros_like(x)
        for (way, start), number in zip(self.waves, self.long, strict=True):
            run = float(np.cos(way)) * x + float(np.sin(way)) * y
            shift = float(start - 5.5 * np.sqrt(number) * time)
            sum_ += np.sin(float(number) * run + shift)
        sum_ *= self.look.ripple * (0.06 + 0.22 * min(stir, 1.2))
        if place is not None:
            far = np.hypot(x - place[0], y - place[1])
            rings = np.sin(16 * far - 22 * time) * np.exp(-1.6 * far)
            sum_ += self.look.ripple * 0.7 * min(stir, 1.2) * rings
        return sum_

    def spread(self, wave: Picture, across: Picture, along: Picture) -> Picture:
        """Return the waves at places of the picture; across and along in body lengths."""
        half = (GRID - 1) / 2
        columns = (across / self.look.radius + 1) * half
        rows = (along / self.look.radius + 1) * half
        return remap(wave, columns, rows, cv2.BORDER_REPLICATE)

    def shifted(self, still: Picture, wave: Picture, far: float) -> Picture:
        """Return a still picture whose points the waves shift by up to so many px."""
        return remap(still, self.columns + far * wave, self.rows + 0.6 * far * wave)

    def near(self, columns: tuple[float, float], rows: tuple[float, float]) -> Self:
        """Return the part of the cylinder between columns and rows, in px of its picture."""
        left, right = (int(np.clip(value, 0, self.shape[1])) for value in columns)
        top, bottom = (int(np.clip(value, 0, self.shape[0])) for value in rows)
        part = copy(self)
        part.window = (slice(top, max(bottom, top + 2)), slice(left, max(right, left + 2)))
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray) and value.shape == self.shape:
                setattr(part, name, value[part.window])
        part.columns, part.rows = part.columns - left, part.rows - top
        part.left, part.top = self.left + left, self.top + top
        part.shape = part.columns.shape
        return part

    def put(
        self, drawing: Drawing, weight: Picture, wave: Picture | None
    ) -> tuple[Picture, Picture]:
        """Lay a drawing's weighted skin over the picture: tone times weight, and weight."""
        high, wide = drawing.seen.shape
        columns = wide / 2 - 0.5 + drawing.view.scale * (self.right - drawing.centre[0])
        rows = high / 2 - 0.5 - drawing.view.scale * (self.up - drawing.centre[1])
        if wave is not None:
            columns, rows = columns + wave, rows + 0.7 * wave
        return take(drawing, weight, columns, rows)


def take(
    drawing: Drawing, weight: Picture, columns: Picture, rows: Picture
) -> tuple[Picture, Picture]:
    """Sample a drawing: grey level times weight, and weight."""
    both = np.dstack([255 * drawing.tone * weight, drawing.seen * weight]).astype(np.float32)
    out = remap(both, columns, rows)
    return out[..., 0], out[..., 1]


def remap(
    picture: Picture, columns: Picture, rows: Picture, border: int = cv2.BORDER_CONSTANT
) -> Picture:
    """Sample a picture between its points."""
    maps = columns.astype(np.float32), rows.astype(np.float32)
    return cv2.remap(picture.astype(np.float32), *maps, cv2.INTER_LINEAR, borderMode=border)
