"""Synthetic tail suspension videos: animals side by side on a bar, between partitions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from behave.simulate.encode import write_frames
from behave.simulate.suspension import Hang, Poses, pose

Picture = NDArray[np.float32]
Array = NDArray[np.float64]

# Half the body's width along it, from tail base to nose, in body lengths.
ALONG = np.linspace(0, 1, 15)
OUTLINE = np.interp(
    ALONG, [0, 0.1, 0.35, 0.62, 0.72, 0.85, 1], [0.07, 0.13, 0.165, 0.13, 0.105, 0.09, 0.03]
)
SUBPIXEL = 4
HAND_COMES_S, HAND_LOWERS_S, HAND_GOES_S = 1.6, 1.0, 0.8


@dataclass(frozen=True)
class SuspensionWorld:
    """The look of a recording.

    Parameters
    ----------
    width, height, fps
        Of the video.
    arenas
        Compartments side by side.
    view
        ``side``: limbs to one side; ``front`` or ``back``: to both.
    coat, wall
        Grey of the animal and of the wall behind it, 0 to 1.
    body
        Body length as a share of the picture's height.
    bar
        Height of the bar as a share of the picture's height; negative: above the picture.
    gradient
        Change of light from left to right.
    shadow
        How much a neighbour darkens the wall beside it.
    noise
        Standard deviation of the camera's noise, of 255.
    blur_px
        Blur of the lens.
    light_step, light_step_s
        Relative change of the light, and when.
    crf
        Compression.
    upside_down
        The camera was mounted the wrong way up.
    """

    width: int = 640
    height: int = 480
    fps: float = 25.0
    arenas: int = 3
    view: str = "side"
    coat: float = 0.12
    wall: float = 0.75
    body: float = 0.3
    bar: float = 0.08
    gradient: float = 0.1
    shadow: float = 0.0
    noise: float = 2.0
    blur_px: float = 0.8
    light_step: float = 0.0
    light_step_s: float = 20.0
    crf: int = 26
    upside_down: bool = False


def render_suspension(
    path: Path, world: SuspensionWorld, hangs: Sequence[Hang], seed: int, duration_s: float
) -> pd.DataFrame:
    """Render a video and return what is true in every frame.

    Parameters
    ----------
    path
        Video to write.
    world
        Its look.
    hangs
        The animals, one per compartment from left to right.
    seed
        Source of chance.
    duration_s
        Length of the video.

    Returns
    -------
    pandas.DataFrame
        ``frame, time_s, arena, state`` (immobile, mobile or climbing; empty while the
        animal does not hang) and ``x_px, y_px`` of the middle of the body.
    """
    times = np.arange(round(duration_s * world.fps)) / world.fps
    # The hand makes the animal's first swing; what it did before that is nobody's truth.
    poses = [
        pose(hang, times - hang.entry_s, seed * 64 + number) for number, hang in enumerate(hangs)
    ]
    centres = np.full((len(hangs), times.size, 2), np.nan)
    frames = _frames(world, hangs, poses, times, seed, centres)
    write_frames(path, frames, fps=world.fps, size=(world.width, world.height), crf=world.crf)
    tables = []
    for number, hang in enumerate(hangs):
        table = {
            "frame": np.arange(times.size),
            "time_s": times,
            "arena": number + 1,
            "state": true_states(hang, times),
            "x_px": centres[number, :, 0],
            "y_px": centres[number, :, 1],
        }
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def true_states(hang: Hang, times: Array) -> NDArray[np.object_]:
    """Return the state at video times; none before the entry and after a fall."""
    since = times - hang.entry_s
    state = np.full(times.size, None, dtype=object)
    for bout in hang.bouts:
        kind = bout.state if bout.state in ("immobile", "climbing") else "mobile"
        state[(since >= bout.start_s) & (since < bout.stop_s)] = kind
    if hang.bouts:
        last = hang.bouts[-1]
        state[since >= last.stop_s] = last.state if last.state == "immobile" else "mobile"
    if hang.falls_s is not None:
        state[since >= hang.falls_s] = None
    return state


def compartments(world: SuspensionWorld) -> list[tuple[float, float, float, float]]:
    """Return left, top, width and height of each compartment, px."""
    width = world.width / world.arenas
    return [
        (float(round(n * width)), 0.0, float(int(width)), float(world.height))
        for n in range(world.arenas)
    ]


def _frames(  # noqa: PLR0917 - private, called once
    world: SuspensionWorld,
    hangs: Sequence[Hang],
    poses: Sequence[Poses],
    times: Array,
    seed: int,
    centres: Array,
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield the frames, and note where the animals' middles are."""
    rng = np.random.default_rng(seed)
    empty = _scene(world, rng)
    # Fresh noise for each px takes longer than all else: one large sheet is shifted about.
    sheet = rng.standard_normal((world.height + 64, world.width + 64), dtype=np.float32)
    wide = world.width / world.arenas
    for index, time_s in enumerate(times.tolist()):
        picture = empty.copy()
        for number, one in enumerate(poses):
            if world.shadow > 0 and time_s > hangs[number].entry_s:
                _cast_shadow(picture, world, number, one.swing[index] + one.bend[index])
        for number, (hang, one) in enumerate(zip(hangs, poses, strict=True)):
            at = _draw_animal(picture, world, hang, one, (index, time_s), (number + 0.5) * wide)
            if at is not None:
                centres[number, index] = at
        if world.light_step and time_s >= world.light_step_s:
            picture *= 1 + world.light_step
        if world.blur_px > 0:
            picture = cv2.GaussianBlur(picture, (0, 0), world.blur_px)  # type: ignore[assignment]
        grey = 255 * picture
        if world.noise:
            down, across = rng.integers(0, 64, 2)
            grey += world.noise * sheet[down : down + world.height, across : across + world.width]
        stored = np.clip(grey, 0, 255).astype(np.uint8)
        yield time_s, np.ascontiguousarray(stored[::-1]) if world.upside_down else stored


def _draw_animal(  # noqa: PLR0917 - private, called once
    picture: Picture,
    world: SuspensionWorld,
    hang: Hang,
    poses: Poses,
    now: tuple[int, float],
    middle: float,
) -> tuple[float, float] | None:
    """Draw an animal, and the hand that hangs it; return its middle, px, once it hangs."""
    index, time_s = now
    lifted = _hand_lift(hang, time_s)
    at = None
    if time_s >= hang.entry_s - HAND_LOWERS_S:
        up = lifted if lifted is not None and time_s < hang.entry_s else 0.0
        at = _draw_body(picture, world, hang, poses, index, middle, up)
    if lifted is not None:
        _draw_hand(picture, world, middle, lifted)
    return at if time_s >= hang.entry_s else None


def _scene(world: SuspensionWorld, rng: np.random.Generator) -> Picture:
    """Return the empty box: wall, floor, partitions and bar."""
    height, width = world.height, world.width
    wall = np.full((height, width), world.wall, np.float32)
    texture = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 8)
    wall *= 1 + 0.1 * texture
    wall *= 1 + world.gradient * np.linspace(-0.5, 0.5, width, dtype=np.float32)
    wall[int(0.94 * height) :] *= 0.85
    thick = max(width // 160, 2)
    for number in range(world.arenas + 1):
        at = round(number * width / world.arenas)
        wall[:, max(at - thick, 0) : at + thick] *= 0.7
    row = world.bar * height
    if row > 0:
        wall[int(row - thick) : int(row + thick)] = 0.45
    return wall


def _cast_shadow(picture: Picture, world: SuspensionWorld, number: int, lean: float) -> None:
    """Darken the wall beside an animal, in its neighbours' compartments, as it moves."""
    wide = world.width / world.arenas
    rows = np.arange(world.height, dtype=np.float32)[:, None] / world.height - 0.5
    for side in (-1, 1):
        beside = (number + 0.5 + side * 0.85) * wide + 0.3 * wide * lean
        columns = (np.arange(world.width, dtype=np.float32) - np.float32(beside)) / wide
        fall = np.exp(-((columns / 0.16) ** 2) - (rows / 0.25) ** 2)
        picture *= 1 - np.float32(world.shadow) * fall.astype(np.float32)


def _hand_lift(hang: Hang, time_s: float) -> float | None:
    """Return how far above its place the hand is, in picture heights; none: out of sight."""
    if hang.entry_s <= 0:
        return None
    since = time_s - hang.entry_s
    if -HAND_COMES_S <= since < 0:
        return 0.5 * min(-since / HAND_LOWERS_S, 1.0)
    if 0 <= since < HAND_GOES_S:
        return 0.5 * since / HAND_GOES_S
    return None


def _draw_hand(picture: Picture, world: SuspensionWorld, middle: float, lifted: float) -> None:
    """Draw an arm from above that ends in a hand at the bar."""
    wide = world.width / world.arenas
    at = round(middle), round((max(world.bar, 0.02) - lifted + 0.02) * world.height)
    mask = np.zeros(picture.shape, np.uint8)
    cv2.line(mask, (at[0] + round(0.2 * wide), -world.height), at, 255, round(0.22 * wide))
    cv2.ellipse(mask, at, (round(0.2 * wide), round(0.16 * wide)), 20, 0, 360, 255, -1)
    picture[mask > 0] = 0.55


def _draw_body(  # noqa: PLR0917 - private, called once
    picture: Picture,
    world: SuspensionWorld,
    hang: Hang,
    poses: Poses,
    index: int,
    middle: float,
    lifted: float,
) -> tuple[float, float]:
    """Draw tail, body and limbs; return the middle of the body, px."""
    length = world.body * world.height
    pivot = np.array([middle, (world.bar - lifted) * world.height])
    swing = float(poses.swing[index])
    tail = hang.tail * float(poses.reach[index]) * length
    base = pivot + tail * np.array([np.sin(swing), np.cos(swing)])
    lean = swing + float(poses.sag[index]) + ALONG * float(poses.bend[index])
    lean = lean + float(poses.curl[index]) * np.clip(1.4 * ALONG, 0, 1)
    drop = float(poses.drop[index]) * length
    floor = 0.93 * world.height
    lying = drop > 0 and base[1] + drop + 0.3 * length > floor
    if lying:  # on the floor it lies along it
        lean = np.full(ALONG.size, np.pi / 2)
        base = np.array([middle - 0.4 * length, floor - 0.15 * length])
    elif drop > 0:
        base = base + np.array([0.0, drop])
    step = length / (ALONG.size - 1)
    ways = np.stack([np.sin(lean), np.cos(lean)], axis=1)
    spine = base + np.vstack([np.zeros(2), np.cumsum(ways[1:] * step, axis=0)])
    twist = float(poses.twist[index])
    wide = 1.0 if world.view == "side" else 1.15
    wide *= (1 + float(poses.breath[index])) * (1 - 0.25 * abs(twist))
    radii = OUTLINE * length * wide
    mask = np.zeros(picture.shape, np.uint8)
    for at, radius in zip(spine, radii, strict=True):
        _disc(mask, at, float(radius), 255)
    _draw_limbs(mask, world, spine, ways, poses.limbs[index], twist, length)
    if drop == 0:
        _line(mask, pivot, base, max(0.035 * length, 1.0))
    if world.bar > 0 and drop == 0:  # the tape
        cv2.rectangle(
            picture, _whole(pivot - 0.07 * length), _whole(pivot + 0.09 * length), 0.85, -1
        )
    left, top, across, down = cv2.boundingRect(mask)
    part = slice(top, top + down), slice(left, left + across)
    share = mask[part].astype(np.float32) / 255
    coat = world.coat + 0.04 * np.sin(np.arange(across, dtype=np.float32) / (0.15 * length))
    picture[part] += share * (coat - picture[part])
    return float(spine[7, 0]), float(spine[7, 1])


def _draw_limbs(  # noqa: PLR0917 - private, called once
    mask: NDArray[np.uint8],
    world: SuspensionWorld,
    spine: Array,
    ways: Array,
    strokes: Array,
    twist: float,
    length: float,
) -> None:
    """Draw four limbs and the ears."""
    for leg in range(4):
        hind = leg >= 2  # noqa: PLR2004 - the order of the limbs
        joint = 2 if hind else 9
        long = (0.3 if hind else 0.2) * length
        side = 1.0 if world.view == "side" else (1.0, -1.0)[leg % 2]
        turn = side * (0.8 + 0.3 * twist + 0.75 * float(strokes[leg]))
        c, s = np.cos(turn), np.sin(turn)
        way = np.array(
            [c * ways[joint, 0] + s * ways[joint, 1], c * ways[joint, 1] - s * ways[joint, 0]]
        )
        out = side * np.array([ways[joint, 1], -ways[joint, 0]]) * 0.1 * length
        hip = spine[joint] + out
        _line(mask, hip, hip + long * way, 0.06 * length)
    for side in (-1, 1):
        at = spine[11] + side * np.array([ways[11, 1], -ways[11, 0]]) * 0.1 * length
        _disc(mask, at, 0.045 * length, 255)


def _whole(at: Array) -> tuple[int, int]:
    """Return a place on whole px."""
    return round(float(at[0])), round(float(at[1]))


def _fixed(at: Array) -> tuple[int, int]:
    """Return a place in sixteenths of a px, as OpenCV draws."""
    return round(float(at[0]) * 2**SUBPIXEL), round(float(at[1]) * 2**SUBPIXEL)


def _disc(mask: NDArray[np.uint8], at: Array, radius: float, value: int) -> None:
    """Draw a disc."""
    scaled = max(round(radius * 2**SUBPIXEL), 1)
    cv2.circle(mask, _fixed(at), scaled, value, -1, cv2.LINE_AA, SUBPIXEL)


def _line(mask: NDArray[np.uint8], start: Array, stop: Array, thick: float) -> None:
    """Draw a line."""
    cv2.line(mask, _fixed(start), _fixed(stop), 255, max(round(thick), 1), cv2.LINE_AA, SUBPIXEL)
