"""World B's pool: floor, waves that bend the light, glare, splashes and foam."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


RIM = 1.06  # outer radius of the vessel over that of its water
# Slopes are drawn in units of a strong wave's, because glints are; water that does not
# break is no steeper than .44 (Stokes), and these are .1 when calm, .3 under strokes.
STEEPNESS = 0.16
# Seen from above through a slope, what lies at a depth moves by a quarter of depth
# times slope (refraction, n = 1.33). Through a flat wall of glass nothing moves.
REFRACTION = 0.25
FLOOR_DEPTH = 1.5  # radii


@dataclass(frozen=True)
class Basin:
    """Where one vessel lies.

    Parameters
    ----------
    name
        Number of the arena, as text.
    slot
        Left, top, width and height of its part of the picture.
    box
        Left, top, width and height of the arena.
    centre
        Middle of the water's surface in the slot.
    radius
        Half the surface's width in px.
    tilt
        Height of the surface's ellipse over its width; 1 seen from above.
    """

    name: str
    slot: tuple[int, int, int, int]
    box: tuple[int, int, int, int]
    centre: tuple[float, float]
    radius: float
    tilt: float


@dataclass
class Drop:
    """A drop or bubble: place in px, upward speed, life and age in s."""

    x: float
    y: float
    speed: float
    life: float
    age: float = 0.0


def lay_out(view: str, width: int, height: int, count: int) -> list[Basin]:
    """Place the vessels side by side, numbered from 1."""
    wide = width // count
    basins = []
    for number in range(count):
        left = number * wide
        if view == "side":
            radius = min(0.42 * wide, 0.3 * height)
            across, tall = int(2 * radius), int(0.86 * height)
            box = (left + (wide - across) // 2, int(0.08 * height), across, tall)
            centre, tilt = (wide / 2, 0.38 * height), 0.13
        else:
            radius = 0.44 * min(wide, height)
            across = int(2 * radius)
            box = (left + (wide - across) // 2, (height - across) // 2, across, across)
            centre, tilt = (wide / 2, height / 2), 1.0
        basins.append(Basin(str(number + 1), (left, 0, wide, height), box, centre, radius, tilt))
    return basins


class Pool:
    """The moving water of one vessel."""

    def __init__(
        self,
        view: str,
        basin: Basin,
        water: float,
        look: dict[str, float],
        rng: np.random.Generator,
    ) -> None:
        self.view, self.basin, self.look = view, basin, look
        _, _, wide, high = basin.slot
        self.size = (wide, high)
        self.rng = rng
        self.coarse = (max(wide // 4, 8), max(high // 4, 8))
        rows, columns = np.mgrid[0 : self.coarse[1], 0 : self.coarse[0]].astype(np.float32)
        self.x = columns * (wide / self.coarse[0]) / basin.radius
        self.y = rows * (high / self.coarse[1]) / basin.radius
        way = rng.uniform(0, 2 * np.pi, 5)
        pitch = 2 * np.pi / rng.uniform(0.25, 0.9, 5)
        self.waves = np.stack([pitch * np.cos(way), pitch * np.sin(way), 1.6 * np.sqrt(pitch)])
        self.phases = rng.uniform(0, 2 * np.pi, 5)
        full_rows, full_columns = np.mgrid[0:high, 0:wide].astype(np.float32)
        self.rows, self.columns = full_rows, full_columns
        nx = (full_columns - basin.centre[0]) / basin.radius
        ny = (full_rows - basin.centre[1]) / (basin.radius * basin.tilt)
        self.surface = np.clip((1 - np.hypot(nx, ny)) * basin.radius * basin.tilt / 2, 0, 1)
        below = np.clip(full_rows - basin.centre[1], 0, 1) * (np.abs(nx) < 1)
        bottom = basin.box[1] + basin.box[3]
        self.wet = self.surface if view == "top" else np.maximum(self.surface, below)
        self.wet = self.wet * (full_rows < bottom)
        self.empty = self._draw_empty(water, nx, ny)
        self.lamps = self._draw_lamps(nx, ny)
        self.stripe = self._draw_stripe(nx)
        self.foam: list[Drop] = []

    def _draw_empty(self, water: float, nx: Field, ny: Field) -> Field:
        """Draw the vessel without waves and animal."""
        high, wide = nx.shape
        patches = cv2.resize(
            self.rng.normal(size=(5, 6)), (wide, high), interpolation=cv2.INTER_CUBIC
        )
        scene = 0.7 * water + 9 * patches + 4 * self.rng.normal(size=(high, wide))
        left, top, across, tall = self.basin.box
        left -= self.basin.slot[0]
        if self.view == "top":
            # A tiled floor seen through the water, and the vessel's bright rim.
            tiles = np.minimum(np.abs(np.sin(5 * nx + 0.4)), np.abs(np.sin(5 * ny + 0.2)))
            inside = water * (1 + 0.1 * np.clip(tiles * 5 - 0.5, -1, 0)) * (1 - 0.1 * (nx * ny))
            away = np.hypot(nx, ny)
            scene = np.where(away < RIM, 1.2 * water, scene)
            scene = np.where(away < 1, inside, scene)
        else:
            glass = (np.abs(nx) < 1) & (self.rows > top) & (self.rows < top + tall)
            shade = 1 - 0.25 * nx**4
            scene = np.where(glass, 0.85 * water * shade, scene)
            deep = 1 - 0.12 * (self.rows - self.basin.centre[1]) / tall
            scene = np.where(glass & (self.wet > 0), water * deep * shade, scene)
            scene = np.where(self.surface > 0, 1.08 * water, scene)
            for column in (left, left + across - 2):
                scene[top : top + tall, max(column, 0) : column + 2] = 0.5 * water
        return scene.astype(np.float32)

    def _draw_lamps(self, nx: Field, ny: Field) -> Field:
        """Draw the strip lights that the water mirrors."""
        lamps = np.zeros_like(nx)
        for _ in range(int(self.rng.integers(1, 4))):
            cx, cy = self.rng.uniform(-0.5, 0.5, 2)
            turn = self.rng.uniform(0, np.pi)
            u = (nx - cx) * np.cos(turn) + (ny - cy) * np.sin(turn)
            v = -(nx - cx) * np.sin(turn) + (ny - cy) * np.cos(turn)
            lamps += np.exp(-((u / 0.4) ** 4) - (v / 0.07) ** 2)
        return np.asarray(lamps * self.surface, np.float32)

    def _draw_stripe(self, nx: Field) -> Field:
        """Draw the lamp that the glass mirrors beside the camera: waves do not move it."""
        if self.view == "top":
            return np.zeros_like(nx)
        stripe = np.exp(-(((nx - self.rng.uniform(-0.7, 0.7)) / 0.04) ** 2))
        return np.asarray(0.7 * stripe * self.wet, np.float32)

    def slopes(self, time: float, stir: float) -> tuple[Field, Field]:
        """Return the water's slopes in x and y, shape (h, w) each."""
        grid = (self.coarse[1], self.coarse[0])
        slope_x, slope_y = np.zeros(grid, np.float32), np.zeros(grid, np.float32)
        for number, ((kx, ky, speed), phase) in enumerate(
            zip(self.waves.T, self.phases, strict=True)
        ):
            size = self.look["ripple"] * (0.3 + (0.9 * stir if number % 2 else 0.3 * stir))
            swell = size * np.cos(kx * self.x + ky * self.y - speed * 2 * time + phase)
            slope_x += (kx / 12 * swell).astype(np.float32)
            slope_y += (ky / 12 * swell).astype(np.float32)
        return cv2.resize(slope_x, self.size), cv2.resize(slope_y, self.size)  # type: ignore[return-value]

    def shift(self, depth: float) -> float:
        """Return by how many px waves move what is seen at a depth in px, per unit of slope."""
        return REFRACTION * STEEPNESS * depth if self.view == "top" else 0.0

    def floor(self, slopes: tuple[Field, Field]) -> Field:
        """Return the vessel seen through the waves."""
        bend = self.shift(FLOOR_DEPTH * self.basin.radius)
        seen = cv2.remap(
            self.empty,
            self.columns + bend * slopes[0] * self.wet,
            self.rows + bend * slopes[1] * self.wet,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(seen + 5 * slopes[0] * self.wet, np.float32)

    def glitter(self, picture: Field, slopes: tuple[Field, Field]) -> None:
        """Mirror the lamps in the waves and in the glass, in place."""
        tilt = np.clip(0.8 + 1.4 * slopes[0] + 0.8 * slopes[1], 0, 2.5)
        picture += self.look["glare"] * 120 * (self.lamps * tilt**2 + self.stripe)

    def splash(
        self, picture: Field, spot: tuple[float, float], strength: float, step: float
    ) -> None:
        """Throw drops and leave foam that outlives the strokes, in place.

        Parameters
        ----------
        picture
            Grey levels, shape (h, w).
        spot
            Middle of the animal, px.
        strength
            How strongly it strokes.
        step
            Time since the last picture in s.
        """
        radius, falls = self.basin.radius, self.view == "side"
        if self.rng.random() < 30 * step * self.look["splash"] * strength:
            way, far = self.rng.uniform(0, 2 * np.pi), self.rng.uniform(0.2, 0.6) * radius
            row = self.basin.centre[1] if falls else spot[1]
            life = float(self.rng.uniform(0.3, 0.6) if falls else self.rng.uniform(0.5, 1.8))
            speed = float(self.rng.uniform(0.5, 1.3)) * radius
            place = spot[0] + far * np.cos(way), row + far * self.basin.tilt * np.sin(way)
            self.foam.append(Drop(*place, speed, life))
        if not self.foam:
            return
        layer = np.zeros(picture.shape, np.uint8)
        for drop in self.foam:
            part = drop.age / drop.life
            # Seen from beside, drops fly and fall; from above, bubbles spread.
            row = drop.y - (drop.speed * drop.age - 3 * radius * drop.age**2 if falls else 0)
            size = radius * (0.015 if falls else 0.012 + 0.03 * part)
            fixed = (round(drop.x * 16), round(row * 16))
            cv2.circle(
                layer, fixed, max(round(size * 16), 12), int(110 * (1 - part)), -1, cv2.LINE_AA, 4
            )
            drop.age += step
        picture += layer
        self.foam = [drop for drop in self.foam if drop.age < drop.life]
