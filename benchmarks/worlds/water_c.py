"""World C's optics: cylinders of water, from beside and from above.

From beside, the surface is an ellipse. What is above it is seen directly; what
is below is seen twice, through the front wall (shifted and magnified) and,
flattened and fainter, through the surface, which mirrors what is above it.
"""

from copy import copy
from dataclasses import dataclass, replace
from typing import Self

import cv2
import numpy as np

from worlds.ground_c import floor, lamps
from worlds.hard_c import LookC, Slot
from worlds.rodent_c import Drawing, Picture, Rodent, View

WATER = 1.33  # refractive index
GRID = 56  # of the waves
TAIL_REACH = 1.35  # half side of a drawing, body lengths
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


class Basin:
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

    def build(self, room: Picture, rng: np.random.Generator) -> None:
        """Draw what stands still."""
        raise NotImplementedError

    def draw(self, rodent: Rodent | None, time: float, stir: float) -> Scene:
        """Draw the cylinder, with the animal as posed."""
        raise NotImplementedError

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
        return _remap(wave, columns, rows, cv2.BORDER_REPLICATE)

    def shifted(self, still: Picture, wave: Picture, far: float) -> Picture:
        """Return a still picture whose points the waves shift by up to so many px."""
        return _remap(still, self.columns + far * wave, self.rows + 0.6 * far * wave)

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
    out = _remap(both, columns, rows)
    return out[..., 0], out[..., 1]


def _remap(
    picture: Picture, columns: Picture, rows: Picture, border: int = cv2.BORDER_CONSTANT
) -> Picture:
    """Sample a picture between its points."""
    maps = columns.astype(np.float32), rows.astype(np.float32)
    return cv2.remap(picture.astype(np.float32), *maps, cv2.INTER_LINEAR, borderMode=border)


class Top(Basin):
    """A pool seen from straight above."""

    def build(self, room: Picture, rng: np.random.Generator) -> None:
        """Draw floor, wall and rim."""
        look, radius = self.look, self.slot.radius
        ground = floor(look, self.slot, rng)
        rows = slice(self.part[0].start - self.slot.top, self.part[0].stop - self.slot.top)
        columns = slice(self.part[1].start - self.slot.left, self.part[1].stop - self.slot.left)
        self.still = room[self.part].copy()
        far = np.hypot(self.right, self.up) * self.scale
        self.inside = np.clip(radius - far + 0.5, 0, 1)
        level = float(ground.mean())
        wall = level * rng.uniform(0.55, 0.9)
        shade = 1 + 0.25 * np.cos(np.arctan2(self.up, self.right) - rng.uniform(0, 6))
        rim = 1.06 * radius
        band = np.clip(rim - far + 0.5, 0, 1)
        self.still += band * (wall * shade - self.still)
        edge = np.exp(-(((far - rim) / (0.012 * radius + 1)) ** 2))
        self.still += edge * (rng.choice([60.0, 235.0]) - self.still)
        self.still += self.inside * (ground[rows, columns] - self.still)
        thick = max(look.meniscus * self.scale * 0.5, 1.2)
        ring = np.exp(-(((far - radius + thick) / thick) ** 2))
        self.still += 0.7 * ring * (min(level + 90, 245) - self.still)
        dark = np.exp(-(((far - radius + 3 * thick) / (1.3 * thick)) ** 2))
        self.still *= 1 - 0.12 * dark
        centre = (self.slot.column - self.left, self.slot.row - self.top)
        self.lamps = lamps(self.shape, centre, (radius, radius), look.lamps, rng)
        self.lamps *= self.inside * (0.35 + 0.9 * look.mirror)
        self.water = level

    def draw(self, rodent: Rodent | None, time: float, stir: float) -> Scene:
        """Draw the pool, with the animal as posed."""
        place = rodent.middle()[:2] if rodent else None
        wave = self.spread(self.wave(time, stir, place), self.right, self.up)
        empty = self.still + self.inside * wave * (3 + 0.03 * self.water)
        shine = np.minimum(self.shifted(self.lamps, wave, 0.05 * self.scale), 1)
        outline = np.zeros(self.shape, np.float32)
        dark = empty
        empty = dark + shine * (self.lit - dark)
        picture = empty.copy()
        if rodent is None or place is None:
            return Scene(picture, empty, outline)
        column = self.slot.column - self.left + place[0] * self.scale
        row = self.slot.row - self.top - place[1] * self.scale
        far = TAIL_REACH * self.scale
        part = self.near((column - far, column + far), (row - far, row + far))
        win = part.window
        picture[win], outline[win] = part._animal(dark[win], rodent, wave[win], shine[win])  # noqa: SLF001
        return Scene(picture, empty, outline)

    def _animal(
        self, empty: Picture, rodent: Rodent, wave: Picture, shine: Picture
    ) -> tuple[Picture, Picture]:
        """Draw the animal into a part of the pool."""
        view = View(np.pi / 2, min(1.05 * self.scale, 250), TAIL_REACH)
        drawing = rodent.draw(view)
        depth = np.maximum(-drawing.height, 0)
        seen = drawing.seen * np.exp(-self.look.milky * depth)
        dry = drawing.seen * (drawing.height > 0)
        toned, weight = self.put(drawing, seen, 0.03 * self.scale * wave)
        _, above = self.put(drawing, dry, None)
        picture = empty.copy()
        if self.look.milky < 2:  # noqa: PLR2004 - a shadow needs a clear view of the floor
            away = cv2.GaussianBlur(np.roll(weight, int(0.12 * self.scale), (0, 1)), (0, 0), 3)
            picture *= 1 - 0.15 * away * self.inside
        weight = np.minimum(weight, 1) * self.inside
        picture = picture * (1 - weight) + toned * self.inside
        # Lamps are mirrored by the water, not by what stands out of it.
        shining = shine * (1 - above)
        picture += shining * (self.lit - picture)
        outline = (weight > FAINT).astype(np.float32) * (shining < 0.75)  # noqa: PLR2004
        return picture, outline


class Side(Basin):
    """A cylinder seen from beside and a little above."""

    def build(self, room: Picture, rng: np.random.Generator) -> None:
        """Draw glass, water and rim, and trace the light."""
        look, radius = self.look, self.look.radius
        e = look.elevation
        self.sin, self.cos = float(np.sin(e)), float(np.cos(e))
        self.below = float(np.arcsin(self.sin / WATER))
        self.under = float(np.arccos(self.cos / WATER))
        x = np.clip(self.right, -0.999 * radius, 0.999 * radius)
        front = -np.sqrt(radius**2 - x**2)
        entry = (self.up - front * self.sin) / self.cos
        self.front = front
        hit = np.arcsin(x / radius)
        self.bent = np.tan(hit - np.arcsin(x / radius / WATER))
        self.glass = np.clip((radius - np.abs(self.right)) * self.scale + 0.5, 0, 1)
        bottom = -DEEP * radius
        self.glass *= (entry > bottom - 0.12 * radius) & (entry < RIM)
        self.wall = np.clip(-entry * self.scale + 0.5, 0, 1) * self.glass * (entry > bottom)
        self.ray = (front * np.sin(self.below) + entry * np.cos(self.below)).astype(np.float32)
        self.along = (self.up / max(self.sin, 1e-3)).astype(np.float32)
        reach = np.hypot(self.right, self.along)
        self.surface = np.clip((radius - reach) * self.scale * self.sin + 0.5, 0, 1)
        self.surface *= 1 - self.wall
        fresnel = _fresnel(np.pi / 2 - e)
        self.mirror = float(np.clip(fresnel, 0.12, 0.75)) * look.mirror * 1.2
        self.clear = (1 - fresnel) * 0.85
        self.veil = float(rng.uniform(0.12, 0.35))
        self._still(room, entry, rng)
        self._front(entry, rng)

    def _still(self, room: Picture, entry: Picture, rng: np.random.Generator) -> None:
        """Draw what is seen through glass and water."""
        ground = room[self.part].copy()
        wide = self.shape[1]
        flipped = cv2.GaussianBlur(ground[:, ::-1], (0, 0), 0.02 * wide + 1)
        stretched = cv2.resize(flipped, (2 * wide, self.shape[0]))[:, wide // 2 : wide // 2 + wide]
        edge = np.abs(self.right) / self.look.radius
        level = float(np.median(ground))
        body = 0.45 * stretched + 0.55 * cv2.GaussianBlur(ground, (0, 0), 0.12 * wide + 1)
        deep = np.clip(-entry / self.look.radius, 0, 2)
        body *= (1 - 0.05 * deep) * (1 - 0.25 * edge**8)
        body += 0.1 * (level - body)
        still = ground * (1 - 0.03 * self.glass)
        still += self.wall * (0.93 * body - still)
        over = cv2.GaussianBlur(ground[::-1], (0, 0), 0.03 * wide + 1)
        sky = 0.5 * over + 0.5 * level
        tint = rng.choice([1.1, 1.06, 0.9])
        still += self.surface * (np.minimum(tint * sky, 245) - still)
        bottom = -DEEP * self.look.radius
        flat = np.exp(-((((entry - bottom) * self.scale) / 2.5) ** 2)) * self.glass
        still += 0.6 * flat * (rng.choice([40.0, 230.0]) - still)
        base = ((entry < bottom) & (entry > bottom - 0.12 * self.look.radius)) * self.glass
        still += 0.3 * base * (rng.uniform(0.7, 1.3) * level - still)
        self.level = float(np.median(body[self.wall > 0.5])) if (self.wall > 0.5).any() else level  # noqa: PLR2004
        back = np.sqrt(np.maximum(self.look.radius**2 - self.right**2, 0)) * self.sin
        thin = max(0.3 * self.look.meniscus * self.scale, 0.8)
        arc = np.exp(-(((self.up - back) * self.scale / thin) ** 2)) * self.glass
        still += 0.45 * arc * (min(level + 70, 245) - still)
        self.still = still
        centre = (self.slot.column - self.left, self.slot.row - self.top)
        size = (self.slot.radius, max(self.slot.radius * self.sin, 2))
        self.lamps = lamps(self.shape, centre, size, self.look.lamps, rng) * self.surface

    def _front(self, entry: Picture, rng: np.random.Generator) -> None:
        """Prepare what lies before the animal: meniscus, glass edges, rim, streaks."""
        thick = max(self.look.meniscus * self.scale, 1.5)
        rise = entry * self.scale * self.cos
        # The rim is thicker on the side from which the light comes.
        lit = 0.75 + 0.35 * rng.choice([-1, 1]) * self.right / self.look.radius
        band = np.exp(-(((rise - 0.2 * thick) / (0.6 * thick * lit + 0.4)) ** 2)) * self.glass
        dark = np.exp(-(((rise + 1.1 * thick) / (0.5 * thick + 0.4)) ** 2)) * self.glass
        bright = float(np.clip(self.level + rng.uniform(40, 90), 120, 248))
        self.over = 0.75 * band
        self.overlay = self.over * bright
        self._add(0.3 * dark, 0.55 * self.level)
        out = (self.look.radius - np.abs(self.right)) * self.scale
        glass = (entry > -(DEEP + 0.12) * self.look.radius) & (entry < RIM)
        self._add(0.5 * np.exp(-((out / 1.3) ** 2)) * glass, rng.choice([50.0, 235.0]))
        self._add(0.3 * np.exp(-(((out - 4) / 1.5) ** 2)) * glass, 235.0)
        rim = np.abs(np.hypot(self.right, (self.up - RIM * self.cos) / max(self.sin * 0.9, 0.04)))
        ring = np.exp(-(((rim - self.look.radius) * self.scale * max(self.sin, 0.1) / 1.2) ** 2))
        self._add(0.4 * ring, rng.choice([60.0, 240.0]))
        for _ in range(self.look.lamps):
            place, wide = rng.uniform(-0.8, 0.8) * self.look.radius, rng.uniform(0.01, 0.035)
            low = rng.uniform(-1.2, 0.3) * self.look.radius
            streak = np.exp(-(((self.right - place) / wide) ** 2)) * np.exp(
                -(((entry - low) / (0.25 * self.look.radius)) ** 4)
            )
            self._add(rng.uniform(0.25, 0.6) * streak * self.glass, self.lit)

    def _add(self, weight: Picture, tone: float) -> None:
        """Lay a tone over what lies before the animal."""
        weight = weight.astype(np.float32)
        self.overlay = self.overlay * (1 - weight) + weight * tone
        self.over = 1 - (1 - self.over) * (1 - weight)

    def draw(self, rodent: Rodent | None, time: float, stir: float) -> Scene:
        """Draw the cylinder, with the animal as posed."""
        place = rodent.middle() if rodent else None
        coarse = self.wave(time, stir, place[:2] if place else None)
        wave = self.spread(coarse, self.right, self.along) * self.surface
        empty = self.still + wave * (4 + 0.05 * self.level)
        if self.look.lamps:
            shine = self.shifted(self.lamps, wave, 0.06 * self.scale)
            empty += np.minimum((0.4 + 0.9 * self.look.mirror) * shine, 1) * (self.lit - empty)
        picture, outline = empty.copy(), np.zeros(self.shape, np.float32)
        if rodent is not None and place is not None:
            direct = rodent.draw(View(self.look.elevation, min(1.05 * self.scale, 240), TAIL_REACH))
            # From the animal's highest point down to where its feet can be seen.
            top = float(np.argmax(direct.seen.any(axis=1))) / direct.view.scale
            high = direct.centre[1] + 0.5 * len(direct.seen) / direct.view.scale - top
            middle = self.slot.row - self.top
            low = self.look.radius * self.sin + 0.95
            rows = (middle - high * self.scale - 4, middle + low * self.scale)
            part = self.near((0, self.shape[1]), rows)
            win = part.window
            picture[win], outline[win] = part._animal(  # noqa: SLF001
                empty[win], direct, rodent, place, wave[win], (time, stir)
            )
        keep = 1 - self.over
        return Scene(picture * keep + self.overlay, empty * keep + self.overlay, outline)

    def _animal(  # noqa: PLR0917 - it is one picture
        self,
        empty: Picture,
        direct: Drawing,
        rodent: Rodent,
        place: tuple[float, float, float],
        wave: Picture,
        now: tuple[float, float],
    ) -> tuple[Picture, Picture]:
        """Draw the animal: through the surface, mirrored, through the wall, directly."""
        scale = direct.view.scale
        picture = empty
        outline = np.zeros(self.shape, np.float32)
        if self.sin > 0.03:  # noqa: PLR2004 - flatter, there is no surface to look through
            seen = rodent.draw(View(self.under, 0.7 * scale, TAIL_REACH))
            wet = (seen.height < 0) * np.exp(self.look.milky * np.minimum(seen.height, 0))
            flat = self.along * np.sin(self.under)
            down, half = (side / 2 - 0.5 for side in seen.seen.shape)
            columns = half + seen.view.scale * (self.right - seen.centre[0]) + 0.05 * scale * wave
            rows = down - seen.view.scale * (flat - seen.centre[1]) + 0.08 * scale * wave
            toned, weight = take(seen, (self.clear * wet).astype(np.float32), columns, rows)
            picture = picture * (1 - weight * self.surface) + toned * self.surface
            outline += (weight * self.surface > FAINT).astype(np.float32)
            toned, weight = self._mirrored(direct, wave)
            picture = picture * (1 - weight) + toned
        picture, wall = self._through_wall(picture, rodent, place, now)
        # A bright line where the water climbs up the fur.
        line = 0.35 * np.exp(-((direct.height / 0.012) ** 2)) * direct.seen
        tone = direct.tone + line * (min(self.level + 60, 245) / 255 - direct.tone)
        dry = (direct.height > 0).astype(np.float32)
        toned, weight = self.put(replace(direct, tone=tone), dry, None)
        weight = weight * (1 - self.wall)
        picture = picture * (1 - weight) + toned * (1 - self.wall)
        outline = np.maximum(np.minimum(outline + wall, 1), weight > 0.5)  # noqa: PLR2004
        return picture, outline.astype(np.float32)

    def _through_wall(
        self,
        picture: Picture,
        rodent: Rodent,
        place: tuple[float, float, float],
        now: tuple[float, float],
    ) -> tuple[Picture, Picture]:
        """Draw what is seen through the front wall."""
        scale = min(1.25 * self.scale, 240)
        drawing = rodent.draw(View(self.below, scale, TAIL_REACH))
        path = np.maximum(place[1] - self.front, 0.05)
        down, half = (side / 2 - 0.5 for side in drawing.seen.shape)
        sway = 0.02 * (0.1 + min(now[1], 1)) * self.look.ripple
        sway = sway * np.sin(9 * self.up + 11 * now[0]) * np.exp(2 * np.minimum(self.up, 0))
        columns = half + scale * (self.right - self.bent * path - drawing.centre[0] + sway)
        rows = down - scale * (self.ray - drawing.centre[1] + 0.5 * sway)
        toned, weight = take(drawing, np.ones_like(drawing.seen), columns, rows)
        soft = (0, 0)
        width = 0.5 + 0.006 * self.scale
        toned = cv2.GaussianBlur(toned * self.wall, soft, width)
        weight = cv2.GaussianBlur(weight * self.wall, soft, width)
        lost = 1 - (1 - self.veil) * np.exp(-self.look.milky * 0.5 * path)
        toned += lost * (self.level * weight - toned)
        return picture * (1 - weight) + toned, (weight > 0.5).astype(np.float32)  # noqa: PLR2004

    def _mirrored(self, direct: Drawing, wave: Picture) -> tuple[Picture, Picture]:
        """Return the upside-down image of what stands out of the water."""
        high = (direct.seen > 0) & (direct.height > 0)
        rows, columns = np.nonzero(high)
        down, half = (side / 2 for side in direct.seen.shape)
        x = direct.centre[0] + (columns + 0.5 - half) / direct.view.scale
        y = direct.centre[1] + (down - rows - 0.5) / direct.view.scale
        y -= 2 * direct.height[high] * self.cos
        column = (x * self.scale + self.slot.column - self.left).astype(int)
        row = (self.slot.row - self.top - y * self.scale).astype(int)
        fits = (column >= 0) & (column < self.shape[1]) & (row >= 0) & (row < self.shape[0])
        flat = np.zeros((*self.shape, 2), np.float32)
        flat[row[fits], column[fits], 0] = 255 * direct.tone[high][fits]
        flat[row[fits], column[fits], 1] = 1
        flat = cv2.GaussianBlur(flat, (0, 0), 1.0)
        tone = flat[..., 0] / np.maximum(flat[..., 1], 1e-3)
        weight = np.minimum(1.6 * flat[..., 1], 1) * self.mirror
        weight = self.shifted(weight, wave, 0.06 * self.scale) * self.surface
        return tone * weight, weight


def _fresnel(incidence: float) -> float:
    """Return the share of light that water mirrors at an angle from the vertical."""
    inside = np.arcsin(np.sin(incidence) / WATER)
    cos_i, cos_t = np.cos(incidence), np.cos(inside)
    across = ((cos_i - WATER * cos_t) / (cos_i + WATER * cos_t)) ** 2
    along = ((cos_t - WATER * cos_i) / (cos_t + WATER * cos_i)) ** 2
    return float((across + along) / 2)
