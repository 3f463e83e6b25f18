"""World C's cylinder seen from beside and a little above.

The surface is an ellipse. What is above it is seen directly; what is below is
seen twice, through the front wall (shifted and magnified) and, flattened and
fainter, through the surface, which mirrors what is above it.
"""

from dataclasses import replace

import cv2
import numpy as np

from worlds.basin_c import DEEP, FAINT, RIM, TAIL_REACH, Basin, Scene, take
from worlds.ground_c import lamps
from worlds.rodent_c import Drawing, Picture, Rodent, View

WATER = 1.33  # refractive index


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
