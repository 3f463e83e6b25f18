"""Measure what another person's rectangle does to the score: it should do nothing.

Run as ``python benchmarks/rectangles.py --seeds 0-3 --worlds a b``. All clips are SYNTHETIC
(see `worlds`). Every arena is drawn larger by 12 %, smaller by 8 %, and moved by 5 % of
its size to each side; each time the clip's animals are followed and their threshold is
learnt anew, as a run would. Printed are the animals' changes of immobility, in points of
their recordings; an animal that could not be seen for a fifth of its time counts as 100.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from worlds import draw_clip

from behave.scoring import MotionSignal
from behave.scoring.calibration import Pool, calibrate, measure_histogram
from behave.tracking import Arena, TrackingOptions, Trial, track

MOST_UNSCORED = 0.2  # the contract's limit
REFUSED = 100.0


def _scaled(by: float) -> Callable[[Arena], Arena]:
    """Return what draws an arena larger or smaller about its middle."""
    return lambda arena: replace(
        arena, x=arena.x - by / 2 * arena.width, y=arena.y - by / 2 * arena.height,
        width=(1 + by) * arena.width, height=(1 + by) * arena.height,
    )  # fmt: skip


def _moved(across: float, down: float) -> Callable[[Arena], Arena]:
    """Return what moves an arena by shares of its size."""
    return lambda arena: replace(
        arena, x=arena.x + across * arena.width, y=arena.y + down * arena.height
    )


WAYS = {
    "12 % larger": _scaled(0.12),
    "8 % smaller": _scaled(-0.08),
    "5 % to the right": _moved(0.05, 0),
    "5 % to the left": _moved(-0.05, 0),
    "5 % lower": _moved(0, 0.05),
    "5 % higher": _moved(0, -0.05),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", nargs="+", default=["a", "b"], choices=["a", "b", "c"])
    parser.add_argument("--seeds", default="1000-1003", help="first-last; below 1000: tuning")
    parser.add_argument("--keep", type=Path, help="folder that keeps the rendered clips")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for world in options.worlds:
            for seed in range(int(first), int(last or first) + 1):
                rows += _compare(world, seed, options.keep or Path(folder))
    changes = pd.DataFrame(rows)
    changes["points"] = changes["points"].abs()
    print(f"SYNTHETIC clips, seeds {options.seeds}; change of immobility, points")
    groups = changes.groupby(["world", "way"], sort=False)["points"]
    table = groups.agg(animals="size", median="median", worst="max")
    table["over 3"] = groups.apply(lambda points: int((points > 3).sum()))  # noqa: PLR2004 - the goal
    print(table.to_string(float_format="%.2f"))
    whole = changes["points"]
    print(
        f"all: median {whole.median():.2f}, 90 % {whole.quantile(0.9):.2f}, worst {whole.max():.2f}"
    )


def _compare(world: str, seed: int, keep: Path) -> list[dict[str, object]]:
    """Return how each way of drawing its arenas changes a clip's scores."""
    clip, video = draw_clip(world, seed), keep / f"{world}{seed}.mp4"
    if not video.exists():
        clip.render(video)
    arenas = [
        Arena(str(row.arena), row.x_px, row.y_px, row.width_px, row.height_px, row.shape)
        for row in clip.arenas().itertuples()
    ]
    settings = clip.settings()
    size = float(str(settings["width"])), float(str(settings["height"]))
    as_drawn = _immobile(video, arenas)
    rows: list[dict[str, object]] = []
    for way, redrawn in WAYS.items():
        scores = _immobile(video, [_within(redrawn(arena), size) for arena in arenas])
        for name, score in scores.items():
            both = np.isfinite(score) and np.isfinite(as_drawn[name])
            points = score - as_drawn[name] if both else REFUSED
            rows.append({"world": world, "way": way, "animal": f"{clip.world}{seed}.{name}",
                         "points": points})  # fmt: skip
            if abs(points) > 3:  # noqa: PLR2004 - the goal
                print(f"{world}{seed}.{name}, {way}: {points:+.1f}", file=sys.stderr)
    return rows


def _within(arena: Arena, size: tuple[float, float]) -> Arena:
    """Return an arena without what lies beyond the picture, which a study refuses."""
    left, top = max(arena.x, 0), max(arena.y, 0)
    right, bottom = min(arena.x + arena.width, size[0]), min(arena.y + arena.height, size[1])
    return replace(arena, x=left, y=top, width=right - left, height=bottom - top)


def _immobile(video: Path, arenas: list[Arena]) -> dict[str, float]:
    """Return each animal's immobility in percent; NaN where too little of it was seen."""
    tracks = track(video, [Trial(arena.name, arena) for arena in arenas], TrackingOptions())
    signals = {
        found.trial_id: MotionSignal(found.motion, found.entry_s, found.switch_penalty_s)
        for found in tracks
    }
    pooled = {name: measure_histogram(signal, np.inf) for name, signal in signals.items()}
    (learnt,) = calibrate([Pool("1", "silhouette", tracks[0].immobile_below, pooled)])
    scores = {}
    for name, signal in signals.items():
        states = signal.states(learnt.immobile_below)
        seen = states != "unscored"
        enough = seen.size and 1 - seen.mean() <= MOST_UNSCORED
        scores[name] = 100 * float((states[seen] == "immobile").mean()) if enough else np.nan
    return scores


if __name__ == "__main__":
    main()
