"""How often each flag on a recording is raised without its cause, and not with it.

Run as ``python benchmarks/flags.py --seed 1000``. Clips are SYNTHETIC: rendered by
`behave.simulate` at 240 px and 25 frames per second, from the side and from above, with
one, two and four animals. Each is scored as it is, and again with one fault at a time put
into its pictures or arenas.

One line per flag: on how many of the sound clips some animal had it (a false alarm), and on
how many of the clips with its cause no animal had it (a miss).
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.simulate.encode import write_frames
from behave.simulate.plan import Plan, draw_swim
from behave.simulate.render import World, arena_boxes, render_video
from behave.tracking import Arena, TrackingOptions, Trial, track
from behave.tracking.video.picture import to_grey
from behave.tracking.video.reader import read_frames

Picture = npt.NDArray[np.uint8]
Film = list[tuple[float, Picture]]
Fault = Callable[[Film, list[Arena], np.random.Generator], tuple[Film, list[Arena]]]

FPS, SIZE, TEST_S = 25, (240, 180), 10.0
LATE = 0.7  # share of the film after which the light changes, all animals being in the water
VIEWS, COUNTS = ("side", "top"), (1, 2, 4)


def pictures_only(change: Callable[[Film, np.random.Generator], Film]) -> Fault:
    """Return a fault that leaves the arenas as they are."""
    return lambda film, arenas, rng: (change(film, rng), arenas)


def arenas_only(change: Callable[[Arena], Arena]) -> Fault:
    """Return a fault that leaves the pictures as they are."""
    return lambda film, arenas, _: (film, [change(arena) for arena in arenas])


def lit(gain: Callable[[float], float]) -> Fault:
    """Return a fault of the light, whose strength depends on the share of the film that is over."""

    def change(film: Film, _: np.random.Generator) -> Film:
        end_s = film[-1][0]
        return [
            (time_s, np.clip(picture * gain(time_s / end_s), 0, 255).astype(np.uint8))
            for time_s, picture in film
        ]

    return pictures_only(change)


def pushed(film: Film, rng: np.random.Generator) -> Film:
    """Push the camera by 1.6 to 6.3 % of the picture's width halfway through."""
    far, angle = rng.uniform(0.016, 0.063) * SIZE[0], rng.uniform(0, 2 * np.pi)
    by = np.array([[1, 0, far * np.cos(angle)], [0, 1, far * np.sin(angle)]])
    half = len(film) // 2
    return film[:half] + [
        (time_s, np.asarray(cv2.warpAffine(one, by, SIZE, borderMode=cv2.BORDER_REPLICATE), np.uint8))
        for time_s, one in film[half:]
    ]  # fmt: skip


def hung(film: Film, rng: np.random.Generator) -> Film:
    """Let the recorder hang for 1 to 4 s before the film's end."""
    stop = len(film) - FPS
    start = stop - round(rng.uniform(1, 4) * FPS)
    held = [(time_s, film[start][1]) for time_s, _ in film[start:stop]]
    return film[:start] + held + film[stop:]


def pale(film: Film, _: np.random.Generator) -> Film:
    """Take nine tenths of what stands out from the scene; the camera's noise stays less."""
    scene = np.median(np.stack([picture for _, picture in film[::5]]), axis=0)
    return [
        (time_s, np.round(scene + 0.1 * (one - scene)).astype(np.uint8)) for time_s, one in film
    ]


def empty(film: Film, rng: np.random.Generator) -> Film:
    """Take the animals out."""
    scene = np.median(np.stack([picture for _, picture in film[::5]]), axis=0)
    noise = rng.normal(0, 2, (8, *scene.shape))
    return [
        (time_s, np.clip(scene + noise[number % 8], 0, 255).astype(np.uint8))
        for number, (time_s, _) in enumerate(film)
    ]


def uneven(film: Film, rng: np.random.Generator) -> Film:
    """Move every time stamp by up to a third of a frame."""
    return [(max(time_s + rng.uniform(-1, 1) / 3 / FPS, 0.0), one) for time_s, one in film]


def shrunk(arena: Arena) -> Arena:
    """Draw an arena with half of its sides."""
    return replace(
        arena, x=arena.x + arena.width / 4, y=arena.y + arena.height / 4,
        width=arena.width / 2, height=arena.height / 2,
    )  # fmt: skip


def shared(film: Film, arenas: list[Arena], _: np.random.Generator) -> tuple[Film, list[Arena]]:
    """Draw each arena so wide that it reaches into the next one."""
    wide = [replace(one, x=one.x - 0.4 * one.width, width=1.8 * one.width) for one in arenas]
    return film, [
        replace(one, x=max(one.x, 0), width=min(one.width, SIZE[0] - max(one.x, 0))) for one in wide
    ]


def joined(film: Film, arenas: list[Arena], _: np.random.Generator) -> tuple[Film, list[Arena]]:
    """Draw one arena round the first two animals."""
    first, second = arenas[:2]
    left, top = min(first.x, second.x), min(first.y, second.y)
    right = max(first.x + first.width, second.x + second.width)
    bottom = max(first.y + first.height, second.y + second.height)
    return film, [Arena("1", left, top, right - left, bottom - top)]


# They need a neighbour.
SIDE_BY_SIDE = {"arena_overlaps", "two_animals"}
FAULTS: dict[str, Fault] = {
    "camera_moved": pictures_only(pushed),
    "frozen_picture": pictures_only(hung),
    "light_step": lit(lambda over: 1.0 if over < LATE else 0.8),
    "light_drift": lit(lambda over: 1.0 - 0.6 * over),
    "low_contrast": pictures_only(pale),
    "animal_not_found": pictures_only(empty),
    "few_frames": pictures_only(lambda film, _: film[::3]),
    "variable_rate": pictures_only(uneven),
    "edge_contact": arenas_only(shrunk),
    "arena_overlaps": shared,
    "two_animals": joined,
}


def films(folder: Path, seed: int) -> Iterator[tuple[str, Film, list[Arena]]]:
    """Render the sound clips; yield the name, pictures and arenas of each."""
    for number, (view, count) in enumerate((view, count) for view in VIEWS for count in COUNTS):
        rng = np.random.default_rng(seed + number)
        plan = Plan(duration_s=TEST_S, window_start_s=2.0)
        world = World(view=view, arenas=count, width=SIZE[0], height=SIZE[1], codec="ffv1")
        swims = [draw_swim(rng, plan, 0.5, place) for place in range(count)]
        video = folder / f"master_{number}.mkv"
        render_video(video, world, swims, seed + number)
        film: Film = []
        for frame in read_frames(video):
            grey = np.clip(255 * to_grey(frame.luma, full_range=frame.full_range), 0, 255)
            film.append((frame.time_s, np.round(grey).astype(np.uint8)))
        arenas = [
            Arena(str(box.arena), box.x_px, box.y_px, box.width_px, box.height_px, box.shape)
            for box in arena_boxes(world).itertuples()
        ]
        yield f"{view}_{count}", film, arenas


def flags_on(video: Path, film: Film, arenas: list[Arena]) -> set[str]:
    """Return the flags that any animal of a film has."""
    start_s = film[0][0]
    frames = ((time_s - start_s, picture) for time_s, picture in film)
    write_frames(video, frames, fps=FPS, size=SIZE, variable=True, crf=23)
    trials = [Trial(arena.name, arena) for arena in arenas]
    found = track(video, trials, TrackingOptions())
    return {flag.name for one in found for flag in one.flags}


def measure(seed: int) -> tuple[pd.DataFrame, set[str]]:
    """Return false alarms and misses per flag, and the other flags raised on sound clips."""
    alarms = dict.fromkeys(FAULTS, 0)
    misses = dict.fromkeys(FAULTS, 0)
    tried = dict.fromkeys(FAULTS, 0)
    sound, others = 0, set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for clip, film, arenas in films(folder, seed):
            raised = flags_on(folder / f"{clip}.mp4", film, arenas)
            sound += 1
            others |= raised - set(FAULTS)
            for flag, fault in FAULTS.items():
                alarms[flag] += flag in raised
                if flag in SIDE_BY_SIDE and len(arenas) == 1:
                    continue
                rng = np.random.default_rng(seed)
                faulty = fault(film, arenas, rng)
                misses[flag] += flag not in flags_on(folder / f"{clip}_{flag}.mp4", *faulty)
                tried[flag] += 1
    rows = [
        (flag, f"{alarms[flag]} of {sound}", f"{misses[flag]} of {tried[flag]}") for flag in FAULTS
    ]
    return pd.DataFrame(rows, columns=["flag", "false alarms", "misses"]), others


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1000)
    table, others = measure(parser.parse_args().seed)
    print(table.to_string(index=False))
    print("other flags on sound clips:", ", ".join(sorted(others)) or "none")


if __name__ == "__main__":
    main()
