"""Rendered forced-swim videos with a known behaviour in every frame.

::

    swims  ->  movements  ->  pictures  ->  video and truth

`World` is the look of a video and `Swim` what each animal does; one seed makes
the same pictures and the same truth again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from behave.errors import InputError, Problem
from behave.simulate.animal import KEYPOINTS, Figure, draw_from_above, draw_from_side
from behave.simulate.encode import write_frames
from behave.simulate.scene import Basin, Water, draw_hand, draw_scene, lay_out
from behave.simulate.swim import BEHAVIOURS, Movement, Swim, check_bouts, move, states_at

HAND_COMES_S, LET_GO_S, HAND_GOES_S = 1.4, 0.3, 0.7  # before, at and after the entry
# Grey levels of water, coat and skin.
COATS = {"dark": (185, 42, 118), "light": (88, 222, 172)}

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class World:
    """The look of a video.

    Parameters
    ----------
    view
        ``side`` or ``top``.
    coat
        ``dark`` on pale water or ``light`` on dark water.
    contrast
        Difference between coat and water; 1 is ordinary.
    animal_size
        Size of the animal; 1 is ordinary.
    ripples
        Size of the ripples and of the light that plays in the water.
    reflection
        Strength of the mirror image in the glass (side) or of the lamp on the
        water (top).
    noise
        Standard deviation of the camera's noise in grey levels.
    flicker, flicker_hz
        Relative amplitude and rate of the lamp's flicker.
    light_step, light_step_s
        Relative change of the light at a time, as when a cloud passes.
    light_drift
        Relative change of the light from the first frame to the last.
    duplicates
        Share of frames that repeat the picture before them.
    variable_rate
        Whether frames come at uneven times (needs a container with a fine
        clock: mkv or mp4).
    fps, width, height
        Frame rate and size.
    arenas
        Number of cylinders.
    codec, crf, preset
        See `behave.simulate.encode.write_frames`.
    """

    view: str = "side"
    coat: str = "dark"
    contrast: float = 1.0
    animal_size: float = 1.0
    ripples: float = 1.0
    reflection: float = 0.15
    noise: float = 2.0
    flicker: float = 0.0
    flicker_hz: float = 9.0
    light_step: float = 0.0
    light_step_s: float = 30.0
    light_drift: float = 0.0
    duplicates: float = 0.0
    variable_rate: bool = False
    fps: float = 25.0
    width: int = 640
    height: int = 480
    arenas: int = 1
    codec: str = "libx264"
    crf: int = 26
    preset: str = "ultrafast"


def arena_boxes(world: World) -> pd.DataFrame:
    """Return where the arenas lie: arena, x_px, y_px, width_px, height_px, shape."""
    shape = "rectangle" if world.view == "side" else "ellipse"
    rows = [
        (basin.name, *basin.box, shape)
        for basin in lay_out(world.view, world.width, world.height, world.arenas)
    ]
    return pd.DataFrame(rows, columns=["arena", "x_px", "y_px", "width_px", "height_px", "shape"])


def render_video(path: Path, world: World, swims: Sequence[Swim], seed: int) -> pd.DataFrame:
    """Render a video and return what is true in it.

    Parameters
    ----------
    path
        Video to write; its suffix chooses the container.
    world
        The look.
    swims
        One animal per arena, in the order of the arenas' numbers. The video
        ends when the last of their bouts does.
    seed
        Source of chance.

    Returns
    -------
    pandas.DataFrame
        One row per arena and frame: ``arena``, ``frame``, ``time_s`` (from the
        first frame), ``state`` (immobile or mobile), ``behaviour`` (immobile,
        swimming or climbing), ``x_px`` and ``y_px`` (the body's centre in the
        full frame). State, behaviour and place are NaN before the entry.

    Raises
    ------
    InputError
        If the number of swims is not that of the arenas, or bouts are not in order.
    OutputError
        If the video cannot be written.
    """
    _check(world, swims)
    cast, frames = _perform(world, swims, np.random.default_rng(seed))
    write_frames(
        path,
        frames,
        fps=world.fps,
        size=(world.width, world.height),
        codec=world.codec,
        crf=world.crf,
        preset=world.preset,
        variable=world.variable_rate,
    )
    return pd.concat([actor.truth() for actor in cast], ignore_index=True)


def draw_poses(
    world: World, swims: Sequence[Swim], seed: int
) -> Iterator[tuple[float, Picture, NDArray[np.float64]]]:
    """Draw the same frames, each with where the animals' keypoints are in it.

    Parameters
    ----------
    world, swims, seed
        As for `render_video`.

    Yields
    ------
    tuple
        Time, picture, and columns and rows in the full frame of the
        `behave.simulate.animal.KEYPOINTS`, shape (arenas, keypoints, 2); NaN
        before an animal is there.
    """
    _check(world, swims)
    cast, frames = _perform(world, swims, np.random.default_rng(seed))
    for index, (time, picture) in enumerate(frames):
        yield time, picture, np.stack([actor.points[index] for actor in cast])


def _perform(
    world: World, swims: Sequence[Swim], rng: np.random.Generator
) -> tuple[list["_Actor"], Iterator[tuple[float, Picture]]]:
    """Return the animals, and the frames that are drawn as they are asked for."""
    duration = max(swim.entry_s + swim.bouts[-1].stop_s for swim in swims)
    times = _frame_times(world, duration, rng)
    basins = lay_out(world.view, world.width, world.height, world.arenas)
    cast = [
        _Actor(world, basin, swim, times, child)
        for basin, swim, child in zip(basins, swims, rng.spawn(len(swims)), strict=True)
    ]
    return cast, _frames(world, basins, cast, times, rng)


def _check(world: World, swims: Sequence[Swim]) -> None:
    """Refuse what cannot be rendered."""
    if len(swims) != world.arenas:
        raise InputError(
            Problem("one swim per arena", expected=f"{world.arenas} swims", found=str(len(swims)))
        )
    for number, swim in enumerate(swims, start=1):
        fault = check_bouts(swim.bouts)
        if fault:
            raise InputError(Problem(fault, at=f"swim {number}"))
    if world.view not in ("side", "top") or world.coat not in COATS:
        raise InputError(
            Problem(
                "unknown view or coat",
                expected="view side or top, coat dark or light",
                found=f"{world.view}, {world.coat}",
            )
        )
    if world.width % 2 or world.height % 2:
        raise InputError(
            Problem("width and height must be even", found=f"{world.width} x {world.height}")
        )


def _frame_times(world: World, duration: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the frames' times: even, or uneven round the nominal rate."""
    count = round(duration * world.fps)
    if not world.variable_rate:
        return np.arange(count) / world.fps
    gaps = rng.choice([0.6, 0.8, 1.0, 1.4, 2.0], size=count, p=[0.15, 0.25, 0.4, 0.15, 0.05])
    times = np.concatenate([[0.0], np.cumsum(gaps / world.fps)])
    # On the file's clock, so that the truth has the times that are read back.
    return np.round(times[times < duration], 3)


class _Actor:
    """One animal in its cylinder, drawn frame by frame."""

    def __init__(
        self,
        world: World,
        basin: Basin,
        swim: Swim,
        times: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> None:
        self.world, self.basin, self.swim, self.times = world, basin, swim, times
        share = 0.5 if world.view == "side" else 0.4
        self.length = share * basin.water[2] * world.animal_size
        radius = 0.5 * basin.water[2] / self.length
        self.since = times - swim.entry_s
        seconds = max(float(self.since[-1]), 0.0) + 1
        self.movement: Movement = move(swim, radius, seconds, rng).at(self.since)
        self.water = Water(world.view, basin, world.ripples, world.reflection, rng)
        water, coat, skin = COATS[world.coat]
        self.grey = round(water + world.contrast * (coat - water))
        self.skin = round(water + world.contrast * (skin - water))
        self.place = np.full((len(times), 2), np.nan)
        self.points = np.full((len(times), len(KEYPOINTS), 2), np.nan)
        left, top, _, _ = basin.slot
        box_left, box_top, across, tall = basin.water
        surface = box_top - top if world.view == "side" else box_top - top + tall / 2
        self.centre = (box_left - left + across / 2, surface)

    def draw(self, slot: Picture, empty: Picture, index: int) -> None:
        """Draw animal, water and hand of one frame into the cylinder's slot."""
        since = self.since[index]
        by_hand = self.swim.entry_s > 0 and since < HAND_GOES_S
        spot = None
        if not by_hand or since > -HAND_COMES_S:
            coming = float(np.clip((-since - LET_GO_S) / (HAND_COMES_S - LET_GO_S), 0, 1))
            spot = self._animal(slot, index, coming * by_hand)
            if by_hand:
                self._hand(slot, spot, max(float(since), 0.0) / HAND_GOES_S)
            if since >= 0:
                self.place[index] = spot + np.array(self.basin.slot[:2])
        # Before the entry the water is still but for its own small ripples.
        stir = float(self.movement.stir[index]) if since >= 0 else 0.0
        animal = None if spot is None else (spot[0], spot[1], 1.4 * self.length)
        self.water.lay(slot, empty, float(self.times[index]), stir, animal)

    def _animal(self, slot: Picture, index: int, coming: float) -> NDArray[np.float64]:
        """Draw the animal; `coming` falls from 1 to 0 while a hand lowers it."""
        figure = Figure(slot, self.movement, index, self.length, self.grey, self.skin)
        if self.world.view == "side":
            raised = (
                float(np.clip(-self.since[index] / LET_GO_S, 0, 1)) if self._held(index) else 0.0
            )
            centre = (self.centre[0], self.centre[1] * (1 - 1.3 * coming))
            spot = draw_from_side(figure, centre, raised)
        else:
            shift = self._edge() * coming * self.basin.slot[3]
            pool = np.inf if coming else self.basin.water[2] / 2
            spot = draw_from_above(figure, (self.centre[0], self.centre[1] + shift), pool)
        drawn = [figure.points[name] for name in KEYPOINTS]
        self.points[index] = np.array(drawn) + np.array(self.basin.slot[:2])
        return np.array(spot)

    def _held(self, index: int) -> bool:
        """Whether a hand still holds the animal."""
        return self.swim.entry_s > 0 and bool(self.since[index] < 0)

    def _edge(self) -> float:
        """Return where the hand comes from: -1 the upper edge, 1 the lower one.

        The nearer one, so that no neighbour is crossed.
        """
        return -1.0 if self.basin.slot[1] == 0 else 1.0

    def _hand(self, slot: Picture, spot: NDArray[np.float64], gone: float) -> None:
        """Draw the hand at the animal, or on its way back."""
        side = self.world.view == "side"
        above = side or self._edge() < 0
        root = np.array(
            [self.centre[0] + 0.3 * self.length, -10.0 if above else self.basin.slot[3] + 10.0]
        )
        reach = spot - np.array([0.0, (0.9 if side else 0.1) * self.length])
        tip = reach + gone * (root - reach)
        draw_hand(slot, (tip[0], tip[1]), (root[0], root[1]), 0.5 * self.length, 150)

    def truth(self) -> pd.DataFrame:
        """Return the behaviour and place in every frame."""
        codes = states_at(self.swim.bouts, self.since)
        names = np.array([*BEHAVIOURS, np.nan], dtype=object)
        behaviour = names[codes]
        state = np.array(["immobile", "mobile", "mobile", np.nan], dtype=object)[codes]
        return pd.DataFrame(
            {
                "arena": pd.Series([self.basin.name] * len(self.times), dtype=object),
                "frame": np.arange(len(self.times)),
                "time_s": self.times,
                "state": pd.Series(state, dtype=object),
                "behaviour": pd.Series(behaviour, dtype=object),
                "x_px": self.place[:, 0],
                "y_px": self.place[:, 1],
            }
        )


def _frames(
    world: World,
    basins: list[Basin],
    cast: list[_Actor],
    times: NDArray[np.float64],
    rng: np.random.Generator,
) -> Iterator[tuple[float, Picture]]:
    """Yield times and pictures."""
    empty = draw_scene(world.view, (world.width, world.height), basins, COATS[world.coat][0], rng)
    _caption(empty, basins)
    gains = _light(world, times, rng)
    grain = [
        np.round(rng.normal(0, max(world.noise, 1e-9), (world.height + 32, world.width + 32)))
        .clip(-100, 100)
        .astype(np.int8)
        for _ in range(12)
    ]
    repeats = rng.random(len(times)) < world.duplicates
    last: Picture | None = None
    for index, time in enumerate(times):
        scene = empty.copy()
        for basin, actor in zip(basins, cast, strict=True):
            left, top, wide, high = basin.slot
            slot = scene[top : top + high, left : left + wide]
            actor.draw(slot, empty[top : top + high, left : left + wide], index)
        if last is None or not repeats[index]:
            last = _expose(scene, gains[index], grain, rng)
        yield float(time), last


def _light(
    world: World, times: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the light of each frame relative to the first."""
    gains = 1 + world.light_drift * times / times[-1]
    gains = gains + world.flicker * np.sin(
        2 * np.pi * world.flicker_hz * times + rng.uniform(0, 6.28)
    )
    return np.asarray(gains + world.light_step * (times >= world.light_step_s))


def _expose(
    scene: Picture, gain: float, grain: list[NDArray[np.int8]], rng: np.random.Generator
) -> Picture:
    """Apply the light and the camera's noise."""
    table = np.clip(np.arange(256) * gain, 0, 255).astype(np.uint8)
    lit = scene if gain == 1 else cv2.LUT(scene, table)
    tile = grain[rng.integers(len(grain))]
    down, right = rng.integers(32), rng.integers(32)
    height, width = scene.shape
    return np.asarray(
        cv2.add(lit, tile[down : down + height, right : right + width], dtype=cv2.CV_8U), np.uint8
    )


def _caption(picture: Picture, basins: list[Basin]) -> None:
    """Write into the picture, outside the arenas, that it is synthetic."""
    text, font = "SYNTHETIC", cv2.FONT_HERSHEY_SIMPLEX
    height, width = picture.shape
    size = max(height / 1300, 0.28)
    (wide, high), _ = cv2.getTextSize(text, font, size, 1)
    corner, middle = (3, height - 4), ((width - wide) // 2, (height + high) // 2)
    free = [
        (x, y)
        for x, y in (corner, middle)
        if all(
            x + wide <= left or x >= left + across or y <= top or y - high >= top + tall
            for left, top, across, tall in (basin.box for basin in basins)
        )
    ]
    cv2.putText(picture, text, (free or [corner])[0], font, size, 235, 1, cv2.LINE_AA)
