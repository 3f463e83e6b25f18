"""Measure swimming, climbing and immobility against the truth of rendered clips.

Run as ``python benchmarks/behaviours.py --seeds 1300-1304``. All clips are SYNTHETIC,
from the two worlds that the scorer is measured on (see `worlds`), seen from the
side and from above; a third of the mobile time is climbing, in stretches of some
seconds between swimming. Seeds from 1000 are for testing.

Each line is one animal: Cohen's kappa over its frames for all three behaviours;
kappa of climbing against swimming in the frames that are truly mobile and were
called mobile; the true and the measured seconds of each behaviour. Where the
program leaves climbing empty, so does the table.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from worlds import HardClip, draw_clip

from behave.scoring import MotionSignal, ScoringOptions, score
from behave.simulate.swim import Bout, join, random_bouts
from behave.tracking import Arena, TrackingOptions, Trial, track

Words = npt.NDArray[np.object_]
DURATION_S = 40.0
CLIMBING = 0.33
BEHAVIOURS = ("immobile", "swimming", "climbing")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1300-1304", help="first-last")
    parser.add_argument("--worlds", nargs="+", default=["a", "b"], choices=["a", "b"])
    parser.add_argument("--views", nargs="+", default=["side", "top"], choices=["side", "top"])
    parser.add_argument("--keep", type=Path, help="folder that keeps the rendered clips")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    print(f"SYNTHETIC clips, {'test' if seeds[0] >= 1000 else 'TUNING'} seeds {options.seeds}")  # noqa: PLR2004 - see worlds
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        rows = [
            row
            for world in options.worlds
            for view in options.views
            for seed in seeds
            for row in _measure(climbing_clip(world, view, seed), view, folder)
        ]
    table = pd.DataFrame(rows)
    print(table.round(2).to_string(index=False), end="\n\n")
    of_all = table.groupby([table["animal"].str[0], "view"])
    means = of_all[["kappa", "kappa_climb", "immobile_by", "climbing_by"]].mean()
    worst = of_all[["kappa", "kappa_climb"]].min().add_suffix("_worst")
    empty = table["climbing"].isna().groupby([table["animal"].str[0], table["view"]]).sum()
    print(means.join(worst).assign(n=of_all.size(), empty=empty).round(2).to_string())


def climbing_clip(world: str, view: str, seed: int) -> HardClip:
    """Draw the seed's clip from one view, with animals that climb."""
    clip = draw_clip(world, seed, "mixed", DURATION_S)
    rng = np.random.default_rng([seed, 33])
    swims = tuple(replace(swim, bouts=_draw_bouts(rng)) for swim in clip.drawn.swims)
    if world == "a":
        look = replace(clip.drawn.world, view=view)
        return replace(clip, drawn=replace(clip.drawn, swims=swims, world=look))
    return replace(
        clip, drawn=replace(clip.drawn, swims=swims, look=replace(clip.drawn.look, view=view))
    )


def _draw_bouts(rng: np.random.Generator) -> tuple[Bout, ...]:
    """Draw floats between swims, and divide the longer swims into swimming and climbing."""
    pieces = []
    for bout in random_bouts(rng, DURATION_S, float(rng.uniform(0.2, 0.5))):
        count = max(int((bout.stop_s - bout.start_s) / rng.uniform(1.5, 4)), 1)
        edges = np.linspace(bout.start_s, bout.stop_s, count + 1).tolist()
        for start, stop in pairwise(edges):
            up = bout.state != "immobile" and rng.random() < CLIMBING
            pieces.append(Bout(start, stop, "climbing" if up else bout.state))
    return join(pieces)


def _measure(clip: HardClip, view: str, folder: Path) -> list[dict[str, object]]:
    """Render a clip and compare all its animals with the truth."""
    video = folder / f"{clip.world}-{view}-{clip.seed}.mp4"
    kept = video.with_suffix(".csv")
    if not kept.exists():
        clip.render(video).to_csv(kept, index=False)
    truth = pd.read_csv(kept)
    arenas = arenas_of(clip)
    tracks = track(video, [Trial(arena.name, arena) for arena in arenas], TrackingOptions())
    print(video.name, file=sys.stderr)
    rows = []
    for found in tracks:
        mine = truth[truth["arena"].astype(str) == found.trial_id].reset_index(drop=True)
        scored = score(
            MotionSignal(found.motion, found.entry_s, found.switch_penalty_s), epochs={"whole": (0.0, DURATION_S)}, bin_s=60,
            immobile_below=found.immobile_below, options=ScoringOptions(),
        )  # fmt: skip
        count = min(len(mine), len(scored.states))
        states = scored.states["state"].to_numpy(object)[:count]
        true = mine["behaviour"].to_numpy(object)[:count]
        rows.append(
            {"animal": f"{clip.world}{clip.seed}.{found.trial_id}", "view": view}
            | _compared(true, states, 1 / float(clip.settings()["fps"]))
        )
    return rows


def arenas_of(clip: HardClip) -> list[Arena]:
    """Return a clip's arenas."""
    return [
        Arena(str(row.arena), row.x_px, row.y_px, row.width_px, row.height_px, row.shape)
        for row in clip.arenas().itertuples()
    ]


def _compared(true: Words, found: Words, frame_s: float) -> dict[str, object]:
    """Compare the states of one animal's frames with the truth."""
    both = np.isin(true, BEHAVIOURS) & np.isin(found, [*BEHAVIOURS, "mobile"])
    true, found = true[both], found[both]
    told = not (found == "mobile").any()
    mobile = (true != "immobile") & (found != "immobile")
    row: dict[str, object] = {
        "kappa": kappa(true, found) if told else np.nan,
        "kappa_climb": kappa(true[mobile], found[mobile]) if told else np.nan,
    }
    for name in BEHAVIOURS:
        row[f"true_{name}"] = (true == name).sum() * frame_s
        known = told or name == "immobile"
        row[name] = (found == name).sum() * frame_s if known else np.nan
        row[f"{name}_by"] = row[name] - row[f"true_{name}"]
    return row


def kappa(true: Words, found: Words) -> float:
    """Return Cohen's kappa; NaN where the truth has one behaviour only."""
    shares = [((true == name).mean(), (found == name).mean()) for name in BEHAVIOURS]
    if true.size == 0 or max(share for share, _ in shares) == 1:
        return float("nan")
    chance = sum(one * other for one, other in shares)
    return float(((true == found).mean() - chance) / (1 - chance))


if __name__ == "__main__":
    main()
