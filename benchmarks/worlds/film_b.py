"""World B on film: its animals, vessels, hand and camera."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from behave.simulate.encode import write_frames
from behave.simulate.swim import BEHAVIOURS, states_at
from worlds.hard_b import ClipB, LookB
from worlds.pool_b import Basin, Field, Pool, lay_out
from worlds.skeleton_b import Array, SwimB, animate, limb_points, spine_points, tail_points
from worlds.soft_b import Capsule, Pencil, draw_layer

# Half widths along the spine, nose to tail base.
WIDTHS = {
    "mouse": np.array([0.03, 0.1, 0.12, 0.14, 0.17, 0.19, 0.2, 0.17, 0.07]),
    "rat": np.array([0.035, 0.09, 0.11, 0.125, 0.135, 0.15, 0.16, 0.14, 0.07]),
}
TAIL_WIDTH = {"mouse": 0.022, "rat": 0.034}
# Share of the coat's difference from the water, by place along the spine.
COATS = {
    "dark": (175.0, -130.0, np.ones(9)),
    "light": (105.0, 110.0, np.ones(9)),
    "hooded": (120.0, -85.0, np.array([1, 1, 1, 1, 0.4, -1.0, -1.0, -1.0, -0.9])),
}
HAND_S, GONE_S = 1.3, 0.8
BODY_DEPTH = 0.15  # of its middle below the surface, body lengths


class _Actor:
    """One animal of world B in its vessel."""

    def __init__(
        self, look: LookB, basin: Basin, swim: SwimB, times: Array, rng: np.random.Generator
    ) -> None:
        self.look, self.basin, self.swim, self.rng = look, basin, swim, rng
        share = 0.95 if look.view == "side" else 0.72
        self.length = share * basin.radius * look.animal_size
        self.water, gap, tones = COATS[look.coat]
        self.tones = self.water + look.contrast * gap * tones
        self.widths = WIDTHS[look.species] * self.length
        self.pencil = Pencil(max(0.02 * self.length, 0.8), look.blur)
        self.pale = self.water + look.contrast * look.limb_contrast * gap
        seconds = max(float(times[-1]) - swim.entry_s, 0.0) + 1
        self.motion = animate(swim, basin.radius / self.length, seconds, rng)
        self.pool = Pool(look.view, basin, self.water, asdict(look), rng)
        self.place = np.full((len(times), 2), np.nan)

    def draw(self, index: int, time: float) -> Field:
        """Return the vessel's picture at a time."""
        since = time - self.swim.entry_s
        stir = self.motion.at(since)["stir"] if since >= 0 else 0.0
        slopes = self.pool.slopes(time, stir)
        picture = self.pool.floor(slopes)
        by_hand = self.swim.entry_s > 0 and since < GONE_S
        if by_hand and since < -HAND_S:
            self.pool.glitter(picture, slopes)
            return picture
        pose = self.motion.at(max(since, 0.0))
        coming = float(np.clip(-since / HAND_S, 0, 1)) if by_hand else 0.0
        spot = self._animal(picture, pose, slopes, coming)
        if since >= 0:
            self.place[index] = spot[0] + self.basin.slot[0], spot[1] + self.basin.slot[1]
            step = 1 / self.look.fps
            self.pool.splash(picture, spot, pose["activity"], step)
        self.pool.glitter(picture, slopes)
        if by_hand:
            self._hand(picture, spot, max(since, 0.0) / GONE_S)
        return picture

    def _project(self, points: Array, coming: float) -> Array:
        """Project points (n, 3) in body lengths to px of the slot."""
        size, (cx, cy) = self.length, self.basin.centre
        if self.look.view == "side":
            # A camera a little above the water line.
            column = cx + size * points[:, 0]
            row = cy - size * (points[:, 2] + self.basin.tilt * points[:, 1]) - coming * cy * 1.2
        else:
            # Nearer is larger, and the camera is not quite above the middle.
            scale = size * (1 + 0.06 * points[:, 2])
            column = cx + scale * points[:, 0] + 0.08 * size * points[:, 2]
            row = cy - scale * points[:, 1] - coming * self.basin.slot[3]
        return np.stack([column, row], axis=1)

    def _animal(
        self, picture: Field, pose: dict[str, float], slopes: tuple[Field, Field], coming: float
    ) -> tuple[float, float]:
        """Draw the animal in layers, far to near, and return its middle."""
        skeleton = spine_points(pose)
        points, forward, side = skeleton
        body = self._project(points, coming)
        shift = self.pool.shift(BODY_DEPTH * self.length)
        bend = (slopes[0] * shift, slopes[1] * shift)
        pencil = replace(self.pencil, bend=bend)
        if self.look.shadow and self.look.view == "top" and not coming:
            self._shadow(picture, body, bend)
        tail = self._project(tail_points(pose, points, forward), coming)
        behind, before = self._limbs(pose, skeleton, coming)
        draw_layer(picture, self._tail(tail) + behind, pencil)
        trunk = [
            self._capsule(body[n], body[n + 1], self.widths[n], self.widths[n + 1], n)
            for n in range(len(body) - 1)
        ]
        ears = points[1] - 0.06 * forward[1] + np.array([0, 0, 0.05])
        ears = ears + np.array([[1], [-1]]) * side[1] * 0.09
        wide = 0.05 * self.length
        trunk += [self._capsule(ear, ear + 0.5, wide, wide) for ear in self._project(ears, coming)]
        draw_layer(picture, trunk, pencil, 14.0)
        if before:
            draw_layer(picture, before, pencil)
        middle = np.average(body, axis=0, weights=self.widths)
        return float(middle[0]), float(middle[1])

    def _limbs(
        self, pose: dict[str, float], skeleton: tuple[Array, Array, Array], coming: float
    ) -> tuple[list[Capsule], list[Capsule]]:
        """Return the limbs that pass behind the body, and those that pass before it."""
        # Seen from beside, the limbs on the camera's side pass before the body.
        near = "left" if np.cos(pose["heading"]) < 0 else "right"
        behind: list[Capsule] = []
        before: list[Capsule] = []
        for name in ("left", "right", "fore_left", "fore_right"):
            joints = self._project(limb_points(pose, *skeleton, name), coming)
            width = self.length * (0.03 if name.startswith("fore") else 0.045)
            shown = before if self.look.view == "side" and name.endswith(near) else behind
            shown.append(self._capsule(joints[0], joints[1], 1.3 * width, width))
            shown.append(self._capsule(joints[1], joints[2], 0.8 * width, 0.6 * width))
        return behind, before

    def _tail(self, points: Array) -> list[Capsule]:
        """Return a tail that grows thinner along its points."""
        thick = TAIL_WIDTH[self.look.species] * self.length
        return [
            self._capsule(
                points[n], points[n + 1], thick * (1 - 0.11 * n), thick * (0.89 - 0.11 * n)
            )
            for n in range(len(points) - 1)
        ]

    def _capsule(
        self, start: Array, stop: Array, thick: float, thin: float, coat: int | None = None
    ) -> Capsule:
        """Return a capsule in the limbs' colour, or in that of a place along the spine."""
        tones = (
            (self.pale, self.pale)
            if coat is None
            else (float(self.tones[coat]), float(self.tones[coat + 1]))
        )
        ends = (float(start[0]), float(start[1])), (float(stop[0]), float(stop[1]))
        return Capsule(*ends, (float(thick), float(thin)), tones)

    def _shadow(self, picture: Field, body: Array, bend: tuple[Field, Field]) -> None:
        """Draw the animal's soft shadow on the floor."""
        away = body + 0.22 * self.length
        tone = self.water * (1 - self.look.shadow)
        parts = [
            Capsule(
                (float(away[n, 0]), float(away[n, 1])),
                (float(away[n + 1, 0]), float(away[n + 1, 1])),
                (float(self.widths[n]), float(self.widths[n + 1])),
                (tone, tone),
            )
            for n in range(1, len(away) - 1)
        ]
        soft = Pencil(self.pencil.melt, 0.18 * self.length, (3 * bend[0], 3 * bend[1]))
        draw_layer(picture, parts, soft)

    def _hand(self, picture: Field, spot: tuple[float, float], gone: float) -> None:
        """Draw the hand at the animal, or on its way back."""
        reach = np.array(spot) - np.array([0, 0.25 * self.length])
        root = np.array([self.basin.centre[0] - 0.4 * self.length, -0.4 * self.length])
        tip = reach + gone * (root - reach)
        wrist = tip + 0.45 * (root - tip) / max(np.hypot(*(root - tip)), 1) * self.length
        size, tone = 0.16 * self.length, 205.0 if self.water > 110 else 165.0  # noqa: PLR2004 - grey
        parts = [Capsule(tuple(tip), tuple(wrist), (0.6 * size, 1.4 * size), (tone, tone))]
        parts.append(
            Capsule(tuple(wrist), tuple(root), (1.2 * size, 1.5 * size), (0.75 * tone, 0.7 * tone))
        )
        for offset in (-0.12, 0.1):
            finger = tip + np.array([offset, 0.1]) * self.length
            parts.append(
                Capsule(tuple(finger), tuple(wrist), (0.35 * size, 0.6 * size), (tone, tone))
            )
        draw_layer(picture, parts, self.pencil, 10.0)

    def truth(self, times: Array) -> pd.DataFrame:
        """Return the truth in the columns of the package's renderer."""
        codes = states_at(self.swim.bouts, times - self.swim.entry_s)
        behaviour = np.array([*BEHAVIOURS, np.nan], dtype=object)[codes]
        state = np.array(["immobile", "mobile", "mobile", np.nan], dtype=object)[codes]
        return pd.DataFrame(
            {
                "arena": pd.Series([self.basin.name] * len(times), dtype=object),
                "frame": np.arange(len(times)),
                "time_s": times,
                "state": pd.Series(state, dtype=object),
                "behaviour": pd.Series(behaviour, dtype=object),
                "x_px": self.place[:, 0],
                "y_px": self.place[:, 1],
            }
        )


def render_b(path: Path, clip: ClipB, seed: int) -> pd.DataFrame:
    """Render a clip of world B and return the truth of every frame."""
    look = clip.look
    rng = np.random.default_rng([ord("b"), seed, 1])
    duration = max(swim.entry_s + swim.bouts[-1].stop_s for swim in clip.swims)
    times = np.arange(round(duration * look.fps)) / look.fps
    basins = lay_out(look.view, look.width, look.height, look.arenas)
    cast = [
        _Actor(look, basin, swim, times, child)
        for basin, swim, child in zip(basins, clip.swims, rng.spawn(len(basins)), strict=True)
    ]
    write_frames(
        path,
        _frames(look, cast, times, rng),
        fps=look.fps,
        size=(look.width, look.height),
        crf=look.crf,
        preset="superfast",
    )
    return pd.concat([actor.truth(times) for actor in cast], ignore_index=True)


def _frames(
    look: LookB, cast: list[_Actor], times: Array, rng: np.random.Generator
) -> Iterator[tuple[float, np.ndarray[tuple[int, int], np.dtype[np.uint8]]]]:
    """Yield times and pictures: vessels, rolling bands of light, the camera's blur and noise."""
    rows = np.arange(look.height)[:, None] / look.height
    fixed = rng.normal(0, 0.4 * look.noise, (look.height, look.width)).astype(np.float32)
    for index, time in enumerate(times):
        scene = np.full((look.height, look.width), 60, np.float32)
        for actor in cast:
            left, top, wide, high = actor.basin.slot
            scene[top : top + high, left : left + wide] = actor.draw(index, float(time))
        scene *= 1 + look.bands * np.sin(2 * np.pi * (1.5 * rows - look.band_hz * time))
        noise = rng.normal(0, look.noise, (look.height // 2, look.width // 2)).astype(np.float32)
        # Noise grows with light, and neighbours share it, as after a colour filter.
        grain = cv2.resize(noise, (look.width, look.height)) * np.sqrt(np.clip(scene, 0, 255) / 128)
        picture = np.clip(scene + grain + fixed, 0, 255).astype(np.uint8)
        cv2.putText(
            picture,
            "SYNTHETIC",
            (3, look.height - 4),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.3,
            235,
            1,
            cv2.LINE_AA,
        )
        yield float(time), picture
