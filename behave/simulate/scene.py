"""The scene round the animal: cylinder, water, light, and the hand."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Basin:
    """Where one cylinder lies in the picture, in px.

    Parameters
    ----------
    name
        Number of the arena, as text.
    slot
        Left, top, width and height of the part of the picture that belongs to
        the cylinder and to nobody else.
    box
        Left, top, width and height of the arena within the frame.
    water
        Seen from the side: left, top, width and height of the water. Seen from
        above: the box round the circle of water.
    """

    name: str
    slot: tuple[int, int, int, int]
    box: tuple[int, int, int, int]
    water: tuple[int, int, int, int]


def lay_out(view: str, width: int, height: int, count: int) -> list[Basin]:
    """Place cylinders: side by side, or from above in rows of two.

    Returns
    -------
    list of Basin
        Numbered from 1, left to right, then top to bottom.
    """
    columns = count if view == "side" or count % 2 or count < 4 else count // 2  # noqa: PLR2004 - two rows from four cylinders on
    rows = count // columns
    wide, high = width // columns, height // rows
    basins = []
    for number in range(count):
        left, top = (number % columns) * wide, (number // columns) * high
        if view == "side":
            across = int(min(0.8 * wide, 0.5 * height))
            x = left + (wide - across) // 2
            box = (x, int(0.1 * high), across, int(0.84 * high))
            surface = box[1] + int(0.3 * box[3])
            water = (x, surface, across, box[1] + box[3] - surface)
        else:
            across = int(0.9 * min(wide, high))
            x, y = left + (wide - across) // 2, top + (high - across) // 2
            box = (x, y, across, across)
            rim = int(0.05 * across)
            water = (x + rim, y + rim, across - 2 * rim, across - 2 * rim)
        basins.append(Basin(str(number + 1), (left, top, wide, high), box, water))
    return basins


def soft_noise(
    rng: np.random.Generator, height: int, width: int, grain: float, stretch: float = 1.0
) -> Array:
    """Return smooth noise of unit variance whose blobs are some px high and may be wider."""
    down, across = max(int(height / grain), 2) + 2, max(int(width / grain / stretch), 2) + 2
    small = rng.normal(size=(down, across))
    noise = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(noise / noise.std())


def draw_scene(
    view: str, size: tuple[int, int], basins: list[Basin], water: int, rng: np.random.Generator
) -> Picture:
    """Draw the empty scene: bench, cylinders and still water.

    Parameters
    ----------
    view
        ``side`` or ``top``.
    size
        Width and height.
    basins
        The cylinders.
    water
        Grey level of the water.
    rng
        Source of chance.

    Returns
    -------
    array of uint8
        Shape (h, w).
    """
    width, height = size
    rows, columns = np.mgrid[0:height, 0:width]
    wall = (
        0.82 * water
        + 5 * soft_noise(rng, height, width, 90)
        + 1.2 * soft_noise(rng, height, width, 3)
    )
    if view == "side":
        wall[rows > 0.93 * height] *= 0.72  # the bench the cylinders stand on
    scene = wall.astype(np.float64)
    for basin in basins:
        if view == "side":
            _cylinder_from_side(scene, basin, water, rng)
        else:
            _cylinder_from_above(scene, basin, water, rng)
    fall = 1 - 0.13 * (((columns / width - 0.5) ** 2 + (rows / height - 0.5) ** 2) / 0.5)
    return np.asarray(np.clip(scene * fall, 0, 255), np.uint8)


def _cylinder_from_side(scene: Array, basin: Basin, water: int, rng: np.random.Generator) -> None:
    """Draw a glass cylinder with water, seen from beside it."""
    left, top, across, _ = basin.box
    surface, bottom = basin.water[1], basin.water[1] + basin.water[3]
    curve = np.linspace(-1, 1, across)
    shade = 1 - 0.16 * np.abs(curve) ** 3  # glass is darker towards its edges
    scene[top:surface, left : left + across] *= 1.02 * shade
    depth = np.linspace(1.0, 0.86, bottom - surface)[:, None]
    scene[surface:bottom, left : left + across] = (
        water * depth * shade + soft_noise(rng, bottom - surface, across, 40) * 1.5
    )
    for column in (left, left + across - 2):
        scene[top:bottom, column : column + 2] = 0.6 * water
    scene[bottom - 3 : bottom, left : left + across] = 0.55 * water
    scene[top : top + 2, left : left + across] = 0.75 * water
    glint = left + int(0.12 * across)
    scene[top:bottom, glint : glint + max(across // 40, 1)] += 14
    scene[surface - 1 : surface + 1, left : left + across] = 0.8 * water


def _cylinder_from_above(scene: Array, basin: Basin, water: int, rng: np.random.Generator) -> None:
    """Draw a bucket of water, seen from above it."""
    rows, columns = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]]
    left, top, across, high = basin.box
    middle = left + across / 2, top + high / 2
    distance = np.hypot(columns - middle[0], rows - middle[1])
    height, width = scene.shape
    rim, pool = across / 2, basin.water[2] / 2
    scene[distance < rim] = 1.12 * water
    scene[(distance < rim) & (distance > rim - 2)] = 0.7 * water
    wet = distance < pool
    shade = water * (1 - 0.12 * (distance / pool) ** 4) + 1.5 * soft_noise(rng, height, width, 45)
    scene[wet] = shade[wet]
    scene[(distance < pool + 1.2) & (distance > pool - 1.2)] = 0.78 * water


class Water:
    """The moving water of one cylinder: ripples, glints and reflections."""

    def __init__(
        self, view: str, basin: Basin, ripples: float, reflection: float, rng: np.random.Generator
    ) -> None:
        self.view, self.ripples, self.reflection = view, ripples, reflection
        left, top, _, _ = basin.slot
        self.left, self.top = basin.water[0] - left, basin.water[1] - top
        self.wide, self.high = basin.water[2], basin.water[3]
        self.waves = rng.uniform([2, 1.5, 0], [7, 4.0, 6.28], size=(3, 3))
        # Two tiles of soft noise that slide over each other look like caustics.
        # They are drawn at half size: light in water has no sharp edges.
        self.half = (self.wide + 1) // 2, (self.high + 1) // 2
        grain = max(self.wide / 24, 3)
        stretch = 2.2 if view == "side" else 1.0
        self.tiles = [
            soft_noise(rng, self.half[1] + 64, self.half[0] + 64, grain, stretch).astype(np.float32)
            for _ in range(2)
        ]
        self.slides = rng.uniform(0.15, 0.5, size=(2, 2))
        if view == "side":
            ramp = np.abs(np.linspace(-1, 1, self.wide))
            self.mirror = np.clip(ramp - 0.25, 0, 1).astype(np.float32)[None, :]
        else:
            self._prepare_top(rng)

    def _prepare_top(self, rng: np.random.Generator) -> None:
        """Prepare the lamp's reflection and the rings round the animal."""
        rows, columns = np.mgrid[0 : self.high, 0 : self.wide]
        away = np.hypot(2 * columns / self.wide - 1, 2 * rows / self.high - 1)
        self.inside = (away < 1).astype(np.float32)
        at = rng.uniform(0.3, 0.7, size=2)
        square = (columns / self.wide - at[0]) ** 2 + (rows / self.high - at[1]) ** 2
        self.lamp = np.exp(-square / 0.006).astype(np.float32)
        # Distance from the centre of a field twice as large, in 256 steps: the
        # rings round an animal anywhere are a window of it through a table.
        rows, columns = np.mgrid[0 : 2 * self.high, 0 : 2 * self.wide]
        distance = np.hypot(columns - self.wide, rows - self.high)
        self.distance = np.clip(distance * 255 / self.wide, 0, 255).astype(np.uint8)

    def surface(self, time: float, stir: float) -> Array:
        """Return the water line's rise in px for each column of the water."""
        along = np.linspace(0, 1, self.wide)[:, None]
        waves, speeds, phases = self.waves.T
        size = self.ripples * (0.25 + 0.6 * stir) * self.wide / 120
        return np.asarray(
            size * np.sin(6.28 * waves * along + 2 * speeds * time + phases).sum(axis=1)
        )

    def lay(
        self,
        slot: Picture,
        empty: Picture,
        time: float,
        stir: float,
        animal: tuple[float, float, float] | None,
    ) -> None:
        """Lay the water over a cylinder's picture, in place.

        Parameters
        ----------
        slot
            Picture of the cylinder's slot with the animal, shape (h, w).
        empty
            The same without an animal.
        time
            Video time in s.
        stir
            How stirred the water is.
        animal
            Column and row of the animal's centre in the slot, and the distance
            its picture reaches from there; None while the cylinder is empty.
        """
        window = (slice(self.top, self.top + self.high), slice(self.left, self.left + self.wide))
        light = self._caustics(time, stir)
        if self.view == "side":
            if animal is not None:
                self._veil(slot[window], empty[window], time, stir, animal)
            _add(slot[window], light)
            self._draw_line(slot, empty, time, stir)
        else:
            light *= 1.6
            if animal is not None:
                light += self._rings(time, stir, animal)
            if self.reflection:
                light += (260 * self.reflection * self.lamp) * np.clip(1 + 0.12 * light, 0, 2)
            light *= self.inside
            if animal is not None:
                # The back rises above the water: no light plays on it.
                bare = cv2.absdiff(slot[window], empty[window]) < 24  # noqa: PLR2004 - grey levels
                light *= np.maximum(bare, np.float32(0.25))
            _add(slot[window], light)

    def _caustics(self, time: float, stir: float) -> NDArray[np.float32]:
        """Return the brightness that the moving surface adds, shape (h, w)."""
        parts = []
        for tile, (down, right) in zip(self.tiles, self.slides, strict=True):
            # A slide back and forth never leaves the tile.
            row = 32 + 31 * np.sin(down * time)
            column = 32 + 31 * np.sin(right * time + 1)
            shift = np.array([[1, 0, column], [0, 1, row]], np.float32)
            flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
            parts.append(cv2.warpAffine(tile, shift, self.half, flags=flags))
        size = self.ripples * (1.6 + 1.4 * stir)
        light = cv2.multiply(parts[0], parts[1], scale=float(size))
        return np.asarray(cv2.resize(light, (self.wide, self.high)), np.float32)

    def _veil(
        self,
        view: Picture,
        still: Picture,
        time: float,
        stir: float,
        animal: tuple[float, float, float],
    ) -> None:
        """Pale and waver the animal's picture under water, and mirror it in the glass."""
        column, row, reach = animal[0] - self.left, animal[1] - self.top, animal[2]
        x0, x1 = max(int(column - reach), 0), min(int(column + reach), self.wide)
        y0, y1 = max(int(row - reach), 0), min(int(row + reach), self.high)
        if x1 - x0 < 2 or y1 - y0 < 2:  # noqa: PLR2004 - the animal is above the water
            return
        rows = np.arange(y0, y1, dtype=np.float32)
        waver = self.ripples * (0.35 + 0.5 * stir) * np.sin(rows * 0.22 + 5.0 * time)
        map_x = np.arange(x1 - x0, dtype=np.float32)[None, :] + waver[:, None].astype(np.float32)
        map_y = np.repeat((rows - y0)[:, None], x1 - x0, axis=1)
        part, empty = view[y0:y1, x0:x1], still[y0:y1, x0:x1]
        seen = cv2.remap(part, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        part[:] = cv2.addWeighted(seen, 0.86, empty, 0.14, 0)
        if self.reflection:
            m0, m1 = self.wide - x1, self.wide - x0
            gone = cv2.subtract(part, empty, dtype=cv2.CV_32F)[:, ::-1]
            _add(view[y0:y1, m0:m1], gone * self.mirror[:, m0:m1] * np.float32(self.reflection))

    def _draw_line(self, slot: Picture, empty: Picture, time: float, stir: float) -> None:
        """Draw the water line before the animal."""
        line = self.top + self.surface(time, stir)
        points = np.stack([np.arange(self.wide) + self.left, line], axis=1)
        fixed = np.round(points * 16).astype(np.int32)[:, None]
        bright = int(min(float(empty[self.top + 4, self.left + 8]) + 24, 250))
        cv2.polylines(slot, [fixed], False, bright, 1, cv2.LINE_AA, 4)
        fixed[..., 1] += 20
        cv2.polylines(slot, [fixed], False, int(0.8 * bright), 1, cv2.LINE_AA, 4)

    def _rings(
        self, time: float, stir: float, animal: tuple[float, float, float]
    ) -> NDArray[np.float32]:
        """Return the light of the rings that run outwards from the animal."""
        column = round(min(max(animal[0] - self.left, 0), self.wide))
        row = round(min(max(animal[1] - self.top, 0), self.high))
        steps = np.arange(256) / 255  # distance in widths of the water
        wave = np.sin(6.28 * (9 * steps - 2.5 * time)) * np.exp(-3 * steps)
        table = (self.ripples * (1.0 + 7 * stir) * wave).astype(np.float32)
        down, right = self.high - row, self.wide - column
        window = self.distance[down : down + self.high, right : right + self.wide]
        return np.asarray(cv2.LUT(window, table), np.float32)


def _add(view: Picture, light: NDArray[np.float32]) -> None:
    """Add light to a picture in place, within the range of grey levels."""
    view[:] = cv2.add(view, light, dtype=cv2.CV_8U)


def draw_hand(
    slot: Picture, tip: tuple[float, float], root: tuple[float, float], thick: float, grey: int
) -> None:
    """Draw a gloved hand and forearm that reach from outside the slot to a tip.

    Parameters
    ----------
    slot
        Drawn on in place.
    tip
        Where the fingers are, px in the slot.
    root
        Where the forearm comes from.
    thick
        Thickness of the forearm in px.
    grey
        Grey level of the glove.
    """
    start, stop = np.array(tip), np.array(root)
    way = (stop - start) / max(float(np.hypot(*(stop - start))), 1e-6)
    across = np.array([-way[1], way[0]])
    palm = start + way * thick * 0.9

    def fixed(point: Array) -> tuple[int, int]:
        return round(float(point[0]) * 16), round(float(point[1]) * 16)

    cv2.line(slot, fixed(palm), fixed(stop), grey - 18, round(thick), cv2.LINE_AA, 4)
    cv2.circle(slot, fixed(palm), round(thick * 0.62 * 16), grey, -1, cv2.LINE_AA, 4)
    for offset in (-0.4, -0.1, 0.2, 0.45):
        knuckle = palm + across * offset * thick
        end = start + across * offset * thick * 0.3
        cv2.line(
            slot, fixed(knuckle), fixed(end), grey + 8, max(round(thick * 0.24), 1), cv2.LINE_AA, 4
        )
