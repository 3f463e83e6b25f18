"""Score the same swim from many recordings of it: the answer must be the same.

Run as ``python benchmarks/invariance.py --seed 1000``. Master clips are SYNTHETIC,
rendered at 60 frames per second and 640x480 by two renderers that differ in kind (see
`worlds`), from the side and from above, two animals each. Every master is
re-encoded with one thing changed at a time and scored as `behave score` would.

Each line of the first table is one re-encoding: the largest and the mean change
of immobility, in points of the scored window; the largest change of latency in that
window and from the entry, of the detected entry, and the largest share that was not
scored. ``unlike`` counts the animals that miss a limit: 1.5 points, 1 s (of either
latency), 2 %. The second table names them.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from worlds import HardClip, draw_clip

from behave.errors import TrialError
from behave.scoring import MotionSignal, ScoringOptions, score
from behave.simulate.encode import write_frames
from behave.tracking import Arena, TrackingOptions, Trial, track
from behave.tracking.video.reader import read_frames

Picture = npt.NDArray[np.uint8]
Boxes = list[Arena]

FPS, SIZE = 60.0, (640, 480)
DURATION_S, WINDOW_S = 75.0, (15.0, 75.0)
MOST_POINTS, MOST_LATENCY_S, MOST_UNSCORED = 1.5, 1.0, 2.0
MASTER_CRF = 14
STRETCHED = np.clip((np.arange(256) - 16) * 255 / 219, 0, 255).round().astype(np.uint8)
CROP = (13, 7, 9, 5)  # px cut off left, above, right, below


@dataclass(frozen=True)
class Recording:
    """One way of recording the master.

    Parameters
    ----------
    name
        What is different.
    suffix, codec, crf
        The file.
    every
        Of so many frames one is kept; 0: uneven steps, and a variable rate.
    size
        Width and height relative to the master's.
    picture
        What is done to each picture.
    arena
        What that does to an arena, in px of the master.
    """

    name: str
    suffix: str = ".mp4"
    codec: str = "libx264"
    crf: int = 20
    every: int = 2
    size: float = 1.0
    picture: Callable[[Picture], Picture] = lambda picture: picture
    arena: Callable[[Arena], Arena] = lambda arena: arena


def _toned(gain: float, offset: float) -> Callable[[Picture], Picture]:
    """Return what makes a picture lighter or flatter."""
    table = np.clip(gain * (np.arange(256) - 128.0) + 128 + offset, 0, 255).round()
    return lambda picture: np.asarray(cv2.LUT(picture, table.astype(np.uint8)), np.uint8)


def _mirrored(arena: Arena) -> Arena:
    """Return an arena in the mirrored picture."""
    return replace(arena, x=SIZE[0] - arena.x - arena.width)


def _cropped(picture: Picture) -> Picture:
    """Return a picture with its edges cut off."""
    left, above, right, below = CROP
    return np.ascontiguousarray(picture[above : SIZE[1] - below, left : SIZE[0] - right])


def _in_crop(arena: Arena) -> Arena:
    """Return an arena in the cropped picture, as far as it is still there."""
    left, above = max(arena.x - CROP[0], 0), max(arena.y - CROP[1], 0)
    right = min(arena.x + arena.width, SIZE[0] - CROP[2]) - CROP[0]
    below = min(arena.y + arena.height, SIZE[1] - CROP[3]) - CROP[1]
    return replace(arena, x=left, y=above, width=right - left, height=below - above)


def _widened(arena: Arena) -> Arena:
    """Return an arena drawn more generously, as another person would."""
    by = 0.02 * arena.width
    return replace(
        arena, x=arena.x - by, y=arena.y - by, width=arena.width + 2 * by,
        height=arena.height + 2 * by,
    )  # fmt: skip


RECORDINGS = (
    Recording("60 frames/s", every=1),
    Recording("30 frames/s"),
    Recording("15 frames/s", every=4),
    Recording("half size", size=0.5),
    Recording("half size, 15 frames/s", every=4, size=0.5),
    Recording("lighter by 30 grey levels", picture=_toned(1.0, 30)),
    Recording("darker by 30 grey levels", picture=_toned(1.0, -30)),
    Recording("contrast x 0.6", picture=_toned(0.6, 0)),
    Recording("H.264 mp4, strong compression", crf=32),
    Recording("MPEG-4 avi", ".avi", "mpeg4", 20),
    Recording("MJPEG avi", ".avi", "mjpeg", 20),
    Recording("variable rate mkv, 20 to 60 frames/s", ".mkv", every=0),
    Recording("cropped", picture=_cropped, arena=_in_crop),
    Recording("mirrored", picture=lambda picture: cv2.flip(picture, 1), arena=_mirrored),
    Recording("arenas drawn 4 % larger", arena=_widened),
)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1000, help="from 1000: test seeds")
    parser.add_argument("--worlds", nargs="+", default=["a", "b"], choices=["a", "b"])
    parser.add_argument("--views", nargs="+", default=["side", "top"], choices=["side", "top"])
    parser.add_argument("--only", nargs="+", help="recordings whose name holds one of these words")
    parser.add_argument("--keep", type=Path, help="folder that keeps the masters")
    options = parser.parse_args()
    chosen = [
        one for one in RECORDINGS if not options.only or any(w in one.name for w in options.only)
    ]
    kind = "test" if options.seed >= 1000 else "TUNING"  # noqa: PLR2004 - see worlds
    print(f"SYNTHETIC masters, {kind} seed {options.seed}")
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for world in options.worlds:
            for view in options.views:
                keep = options.keep or Path(folder)
                rows += _compare(_clip(world, view, options.seed), chosen, Path(folder), keep)
    _print(pd.DataFrame(rows))


def _clip(world: str, view: str, seed: int) -> HardClip:
    """Draw a master: the seed's animals in an ordinary recording."""
    clip = draw_clip(world, seed, "mixed", DURATION_S)
    for number in range(100):
        # A master has two animals; seeds draw other numbers as well.
        if len(clip.drawn.swims) == 2:  # noqa: PLR2004 - see above
            break
        clip = draw_clip(world, seed + 10 * (number + 1), "mixed", DURATION_S)
    common = {"view": view, "fps": FPS, "width": SIZE[0], "height": SIZE[1], "crf": MASTER_CRF}
    if world == "a":
        usual = {"contrast": 0.8, "animal_size": 0.9, "ripples": 1.0, "noise": 2.0}
        plain = {"codec": "libx264", "variable_rate": False, "duplicates": 0.0}
        light = {"flicker": 0.0, "light_step": 0.0, "light_drift": 0.0}
        look = replace(clip.drawn.world, **common, **usual, **plain, **light)
        return replace(clip, drawn=replace(clip.drawn, world=look))
    usual = {"contrast": 0.8, "animal_size": 1.0, "ripple": 0.6, "glare": 0.4, "noise": 2.0}
    look = replace(clip.drawn.look, **common, **usual, bands=0.0, limb_contrast=0.5)
    return replace(clip, drawn=replace(clip.drawn, look=look))


def _compare(
    clip: HardClip, recordings: list[Recording], folder: Path, keep: Path
) -> list[dict[str, object]]:
    """Render a master, re-encode it and score it each time."""
    view = str(clip.settings()["view"])
    name = f"{clip.world}-{view}-{clip.seed}"
    master = keep / f"{name}.mp4"
    if not master.exists():
        clip.render(master)
    arenas = [
        Arena(str(row.arena), row.x_px, row.y_px, row.width_px, row.height_px, row.shape)
        for row in clip.arenas().itertuples()
    ]
    rows = [{"master": name, "recording": "master", **one} for one in _scores(master, arenas)]
    for one in recordings:
        path = folder / f"again{one.suffix}"
        _record(master, path, one)
        changed = [_at_size(one.arena(arena), one.size) for arena in arenas]
        rows += [{"master": name, "recording": one.name, **row} for row in _scores(path, changed)]
        print(f"{name}: {one.name}", file=sys.stderr)
    return rows


def _at_size(arena: Arena, size: float) -> Arena:
    """Return an arena in a picture of another size."""
    return replace(
        arena, x=size * arena.x, y=size * arena.y, width=size * arena.width,
        height=size * arena.height,
    )  # fmt: skip


def _record(master: Path, path: Path, how: Recording) -> None:
    """Encode the master anew."""
    first = next(iter(_pictures(master, how)))[1]
    write_frames(
        path, _pictures(master, how), fps=FPS / max(how.every, 1),
        size=(first.shape[1], first.shape[0]), codec=how.codec, crf=how.crf,
        variable=how.every == 0,
    )  # fmt: skip


def _pictures(master: Path, how: Recording) -> Iterator[tuple[float, Picture]]:
    """Yield the times and pictures of a recording of the master."""
    steps = np.random.default_rng(0).choice([1, 2, 3], size=100_000, p=[0.3, 0.5, 0.2])
    kept = set(np.cumsum(steps).tolist()) | {0}
    for frame in read_frames(master):
        if frame.number not in kept if how.every == 0 else frame.number % how.every:
            continue
        # A master is H.264: its luma is stored in the limited range.
        picture = how.picture(np.asarray(cv2.LUT(np.ascontiguousarray(frame.luma), STRETCHED)))
        if how.size != 1:
            wide, high = (2 * round(how.size * side / 2) for side in picture.shape[::-1])
            picture = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
        yield frame.time_s, picture


def _scores(video: Path, arenas: Boxes) -> Iterator[dict[str, object]]:
    """Yield what is measured of each animal."""
    trials = [Trial(arena.name, arena) for arena in arenas]
    for found in track(video, trials, TrackingOptions()):
        try:
            scored = score(
                MotionSignal(found.motion, found.entry_s, found.switch_penalty_s), bin_s=60,
                epochs={"whole": (0.0, DURATION_S), "score_window": WINDOW_S},
                immobile_below=found.immobile_below, options=ScoringOptions(),
            )  # fmt: skip
        except TrialError as error:  # too little was seen: the worst that can happen
            print(f"{video.name}, animal {found.trial_id}: {error}", file=sys.stderr)
            yield {"animal": found.trial_id, "entry_s": found.entry_s, "unscored_pct": 100.0}
            continue
        whole, window = (
            scored.measures.set_index("epoch").loc[["whole", "score_window"]].itertuples()
        )
        yield {
            "animal": found.trial_id,
            "entry_s": found.entry_s,
            "immobile_pct": window.immobility_pct,
            "latency_s": window.latency_s,
            "latency_from_entry_s": whole.latency_s,
            "unscored_pct": 100 * window.unscored_s / (WINDOW_S[1] - WINDOW_S[0]),
        }


def _print(rows: pd.DataFrame) -> None:
    """Print both tables."""
    of_master = rows[rows["recording"] == "master"].set_index(["master", "animal"])
    print(of_master.drop(columns="recording").round(2).to_string(), end="\n\n")
    others = rows[rows["recording"] != "master"]
    before = of_master.loc[pd.MultiIndex.from_frame(others[["master", "animal"]])]
    change = others.assign(
        points=others["immobile_pct"].to_numpy() - before["immobile_pct"].to_numpy(),
        latency_by_s=others["latency_s"].to_numpy() - before["latency_s"].to_numpy(),
        first_by_s=others["latency_from_entry_s"].to_numpy()
        - before["latency_from_entry_s"].to_numpy(),
        entry_by_s=others["entry_s"].to_numpy() - before["entry_s"].to_numpy(),
    )
    unlike = (
        (change["points"].abs() > MOST_POINTS)
        | (change[["latency_by_s", "first_by_s"]].abs() > MOST_LATENCY_S).any(axis=1)
        | (change["unscored_pct"] > MOST_UNSCORED)
    )
    lines = [
        {
            "recording": name,
            "points, most": part["points"].abs().max(),
            "points, mean": part["points"].mean(),
            "latency_s": part["latency_by_s"].abs().max(),
            "from_entry_s": part["first_by_s"].abs().max(),
            "entry_s": part["entry_by_s"].abs().max(),
            "unscored_pct": part["unscored_pct"].max(),
            "unlike": f"{unlike[part.index].sum()} of {len(part)}",
        }
        for name, part in change.groupby("recording", sort=False)
    ]
    print(pd.DataFrame(lines).to_string(index=False, float_format="%.2f"), end="\n\n")
    shown = ["master", "animal", "recording", "points", "latency_by_s", "first_by_s", "entry_by_s"]
    print(change.loc[unlike, [*shown, "unscored_pct"]].round(2).to_string(index=False))


if __name__ == "__main__":
    main()
