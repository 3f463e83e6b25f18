"""World C on film: its animals, cylinders, hand and camera, and what is true in each frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Bools
from worlds.basin_c import Basin, Scene
from worlds.ground_c import room
from worlds.hard_c import ClipC, LookC, Slot, lay_out
from worlds.pose_c import Array
from worlds.rodent_c import Picture, Rodent
from worlds.side_c import Side
from worlds.swim_c import SwimC, held, perform
from worlds.top_c import Top

HAND_S, GONE_S = 1.3, 0.8
STEP = 4  # px of the frame to one of the kept outlines
CLEAR = 14.0  # grey levels that a person sees as a difference
CLEAR_SHARE = 0.3  # of the outline that must differ for the animal to be found
SMALLEST = 0.04  # of a squared body length
STATES = {"float": "immobile", "paddle": "mobile", "travel": "mobile", "climb": "mobile"}
BEHAVIOURS = {
    "float": "immobile",
    "paddle": "swimming",
    "travel": "swimming",
    "climb": "climbing",
}


@dataclass
class _Seen:
    """What is visible of an animal in one frame, in px of the full frame."""

    area: float = 0.0
    x: float = float("nan")
    y: float = float("nan")
    box: tuple[float, float, float, float] = (float("nan"),) * 4
    contrast: float = float("nan")
    findable: bool = False


class _Actor:
    """One animal in its cylinder."""

    def __init__(
        self, look: LookC, basin: Basin, swim: SwimC, times: Array, rng: np.random.Generator
    ) -> None:
        self.look, self.basin, self.swim = look, basin, swim
        self.rodent = Rodent(look.coat, rng, look.stoutness)
        self.acts = perform(swim, rng)
        self.seen = [_Seen() for _ in times]
        size = (-(-look.height // STEP), -(-look.width // STEP))
        self.size = size
        self.outlines = np.zeros((len(times), -(-size[0] * size[1] // 8)), np.uint8)
        self.glove = float(rng.choice([70.0, 175.0, 215.0]))
        self.arm = float(rng.uniform(-0.5, 0.5))

    def draw(self, index: int, time: float) -> Picture:
        """Return the cylinder's picture at a time, and note what is visible."""
        since = time - self.swim.entry_s
        by_hand = self.swim.entry_s > 0 and since < GONE_S
        if by_hand and since < -HAND_S:
            return self.basin.draw(None, time, 0.0).picture
        pose = self.acts.at(max(since, 0.0))
        if since < 0:
            pose = held(pose, -1.1 * since / HAND_S)
        self.rodent.pose(pose)
        scene = self.basin.draw(self.rodent, time, self.acts.stirred(max(since, 0.0)))
        hand = None
        if by_hand:
            hand = self._hand(scene, max(since, 0.0) / GONE_S)
        if since >= 0:
            self._note(index, scene, hand)
        return scene.picture

    def _hand(self, scene: Scene, gone: float) -> Picture:
        """Draw a gloved hand that holds the animal or goes away; return its weight."""
        basin = self.basin
        x, y, z = self.rodent.middle()
        sin, cos = np.sin(self.look.elevation), np.cos(self.look.elevation)
        spot = np.array([x - 0.1, y * sin + (z + 0.18) * cos]) * basin.scale
        tip = spot * [1, -1] + [basin.slot.column - basin.left, basin.slot.row - basin.top]
        root = np.array([(0.5 + self.arm) * basin.shape[1], -0.5 * basin.shape[0]])
        tip = tip + gone * 1.1 * (root - tip)
        way = (root - tip) / max(float(np.hypot(*(root - tip))), 1)
        across = np.array([-way[1], way[0]])
        size = 0.22 * basin.scale
        weight = np.zeros(basin.shape, np.float32)
        shade = np.zeros(basin.shape, np.float32)
        ends = [(0.0, 1.1, 0.55, 0.75), (0.9, 9.0, 0.8, 1.2)]
        for low, high, thin, thick in ends:
            first, last = tip + way * size * low * 2, tip + way * size * high * 2
            corners = [
                first + across * size * thin,
                first - across * size * thin,
                last - across * size * thick,
                last + across * size * thick,
            ]
            cv2.fillPoly(weight, [np.array(corners, np.int32)], 1.0, cv2.LINE_AA)
        for offset in (-0.4, 0.0, 0.4):
            finger = tip - way * size * (0.7 - abs(offset)) + across * size * offset
            ends_px = [tuple(np.round(p).astype(int).tolist()) for p in (finger, tip + way * size)]
            cv2.line(weight, *ends_px, 1.0, max(int(0.35 * size), 1), cv2.LINE_AA)
            cv2.line(shade, *ends_px, 1.0, 1, cv2.LINE_AA)
        weight = cv2.GaussianBlur(weight, (0, 0), 0.8)
        side = (basin.columns - tip[0]) * across[0] + (basin.rows - tip[1]) * across[1]
        tone = self.glove * (1 - 0.18 * np.clip(side / size, -1, 1) - 0.2 * shade)
        scene.picture[:] += weight * (tone - scene.picture)
        return weight

    def _note(self, index: int, scene: Scene, hand: Picture | None) -> None:
        """Note what of the animal is visible."""
        outline = scene.outline
        if hand is not None:
            outline = outline * (hand < 0.5)  # noqa: PLR2004 - half covered
        visible = outline > 0
        area = int(visible.sum())
        small = cv2.resize(self._framed(outline), self.size[::-1], interpolation=cv2.INTER_AREA)
        self.outlines[index] = np.packbits(small > 0.3)  # noqa: PLR2004 - thin parts stay
        if not area:
            return
        apart = np.abs(scene.picture - scene.empty)[visible]
        rows, columns = np.nonzero(visible)
        left, top = self.basin.left, self.basin.top
        clear = float((apart > max(CLEAR, 2.5 * self.look.noise)).mean())
        self.seen[index] = _Seen(
            area=float(area),
            x=float(columns.mean()) + left,
            y=float(rows.mean()) + top,
            box=(
                float(columns.min()) + left,
                float(rows.min()) + top,
                float(np.ptp(columns)) + 1,
                float(np.ptp(rows)) + 1,
            ),
            contrast=float(apart.mean()),
            findable=clear >= CLEAR_SHARE and area >= SMALLEST * self.basin.scale**2,
        )

    def _framed(self, outline: Picture) -> Picture:
        """Return the outline in the full frame, padded to a multiple of the step."""
        frame = np.zeros((self.size[0] * STEP, self.size[1] * STEP), np.float32)
        frame[self.basin.part] = outline
        return frame

    def truth(self, times: Array) -> pd.DataFrame:
        """Return the truth in the columns of the package's renderer, and what is visible."""
        since = times - self.swim.entry_s
        stops = np.array([bout.stop_s for bout in self.swim.bouts])
        which = np.clip(np.searchsorted(stops, since, side="right"), 0, len(stops) - 1)
        manners = [self.swim.bouts[number].manner for number in which]
        there = since >= 0
        boxes = np.array([seen.box for seen in self.seen])
        return pd.DataFrame(
            {
                "arena": pd.Series([self.basin.slot.name] * len(times), dtype=object),
                "frame": np.arange(len(times)),
                "time_s": times,
                "state": _told([STATES[manner] for manner in manners], there),
                "behaviour": _told([BEHAVIOURS[manner] for manner in manners], there),
                "x_px": [seen.x for seen in self.seen],
                "y_px": [seen.y for seen in self.seen],
                "area_px": [seen.area for seen in self.seen],
                "left_px": boxes[:, 0],
                "top_px": boxes[:, 1],
                "box_width_px": boxes[:, 2],
                "box_height_px": boxes[:, 3],
                "contrast": [seen.contrast for seen in self.seen],
                "findable": [seen.findable for seen in self.seen],
            }
        )


def _told(words: list[str], there: Bools) -> pd.Series:
    """Return the words where the animal is there, else NaN."""
    values = [word if known else np.nan for word, known in zip(words, there, strict=True)]
    return pd.Series(values, dtype=object)


def render_c(path: Path, clip: ClipC, seed: int) -> pd.DataFrame:
    """Render a clip of world C and return the truth of every frame.

    The outlines are written beside the video: ``NAME.outlines.npz`` (see
    `read_outlines`).

    Parameters
    ----------
    path
        Video to write, ``.mp4`` or ``.mkv``.
    clip
        As drawn by `worlds.hard_c.draw_c`.
    seed
        Source of chance.

    Returns
    -------
    pandas.DataFrame
        One row per arena and frame: the columns of
        `behave.simulate.render.render_video`, with ``x_px`` and ``y_px`` the
        centre of what is visible; then ``area_px``, the box ``left_px,
        top_px, box_width_px, box_height_px`` of what is visible, ``contrast``
        (mean difference from the ground without the animal, grey levels) and
        ``findable`` (whether a person would find the animal in the frame).
    """
    look = clip.look
    rng = np.random.default_rng([ord("c"), seed, 1])
    duration = max(swim.entry_s + swim.bouts[-1].stop_s for swim in clip.swims)
    times = np.arange(round(duration * look.fps)) / look.fps
    still = room(look, rng)
    cast = [
        _Actor(look, _basin(look, slot, still, seed), swim, times, child)
        for slot, swim, child in zip(
            lay_out(look), clip.swims, rng.spawn(len(clip.swims)), strict=True
        )
    ]
    _write(path, _frames(look, cast, still, times, rng), look)
    kept = {f"arena_{actor.basin.slot.name}": actor.outlines for actor in cast}
    np.savez_compressed(
        path.with_suffix(".outlines.npz"), shape=np.array(cast[0].size), step=STEP, **kept
    )
    return pd.concat([actor.truth(times) for actor in cast], ignore_index=True)


def read_outlines(path: Path) -> dict[str, Bools]:
    """Return the visible outlines of a clip by arena.

    Parameters
    ----------
    path
        The ``.outlines.npz`` file beside a clip.

    Returns
    -------
    dict
        For each arena a boolean array of shape (frames, rows, columns); one of
        its points is 4 x 4 px of the frame.
    """
    with np.load(path) as kept:
        rows, columns = (int(size) for size in kept["shape"])
        return {
            name.removeprefix("arena_"): np.unpackbits(kept[name], axis=1, count=rows * columns)
            .reshape(-1, rows, columns)
            .astype(bool)
            for name in kept.files
            if name.startswith("arena_")
        }


def _basin(look: LookC, slot: Slot, still: Picture, seed: int) -> Basin:
    """Return a cylinder of the clip's view, all alike, and draw it into the still frame."""
    rng = np.random.default_rng([ord("c"), seed, 2])
    basin = (Top if look.view == "top" else Side)(look, slot, still, rng)
    still[basin.part] = basin.draw(None, 0.0, 0.0).picture
    return basin


def _frames(
    look: LookC, cast: list[_Actor], still: Picture, times: Array, rng: np.random.Generator
) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield pictures as the camera records them."""
    shape = (look.height, look.width)
    fine = rng.normal(0, look.noise, (4, *shape)).astype(np.float32)
    soft = np.stack([cv2.GaussianBlur(grain, (0, 0), 0.7) * 1.8 for grain in fine])
    fixed = rng.normal(0, 0.3 * look.noise, shape).astype(np.float32)
    beat = rng.uniform(3, 11)
    for index, time in enumerate(times):
        scene = still.copy()
        for actor in cast:
            scene[actor.basin.part] = actor.draw(index, float(time))
        scene = cv2.GaussianBlur(scene, (0, 0), look.blur)
        scene *= 1 + look.flicker * float(np.sin(2 * np.pi * beat * time))
        grain = np.roll(soft[index % len(soft)], tuple(rng.integers(0, 200, 2)), (0, 1))
        scene += grain + fixed
        picture = np.clip(scene, 0, 255).astype(np.uint8)
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
        yield picture


def _write(path: Path, frames: Iterator[npt.NDArray[np.uint8]], look: LookC) -> None:
    """Write grey frames as H.264 of limited range."""
    rate = Fraction(look.fps).limit_denominator(1001)
    table = np.round(16 + np.arange(256) * 219 / 255).astype(np.uint8)
    options = {"crf": str(look.crf), "preset": "superfast"}
    with av.open(str(path), "w") as container:
        container.metadata["comment"] = "SYNTHETIC: rendered; no animal was filmed"
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = look.width, look.height, "yuv420p"
        stream.codec_context.thread_count = 1
        chroma = np.full((look.height // 2, look.width), 128, np.uint8)
        for picture in frames:
            planes = np.vstack([table[picture], chroma])
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
