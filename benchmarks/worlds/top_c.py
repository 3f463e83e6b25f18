"""World C's pool seen from straight above."""

import cv2
import numpy as np

from worlds.basin_c import FAINT, TAIL_REACH, Basin, Scene
from worlds.ground_c import floor, lamps
from worlds.rodent_c import Picture, Rodent, View


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
