"""How well keypoints are scored: a real mouse against a person, rendered ones against the truth.

Run from the repository: ``python benchmarks/pose_accuracy.py DATA``, where DATA
is the folder of reference data. One animal is one animal: the real figures say
how this mouse was scored, not how any other will be.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from behave.scoring.bouts import drop_short, to_bouts, to_states
from behave.scoring.states import classify
from behave.simulate.animal import KEYPOINTS
from behave.simulate.render import World, draw_poses
from behave.simulate.swim import Swim, join, random_bouts, states_at
from behave.tracking.pose_clean import Cleaned, body_length, clean_keypoints
from behave.tracking.pose_files import read_poses
from behave.tracking.pose_motion import IMMOBILE_BELOW, measure_motion

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
FPS = 50.0
SPEEDS = np.round(np.geomspace(0.01, 0.3, 10), 3)
THRESHOLDS = np.array([0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.10, 0.12])
SWIM_THRESHOLDS = np.array([0.10, 0.15, 0.20, 0.25, 0.30, 0.35])


def scored(time_s: Floats, motion: Floats, below: float) -> Bools:
    """Return which frames are immobile, by the scoring that every tracker has."""
    bouts = drop_short(to_bouts(classify(time_s, motion, below), time_s), 0.5)
    return np.asarray(to_states(bouts, time_s) == "immobile")


def f1(found: Bools, truth: Bools) -> float:
    """Return the F1 of a yes/no series."""
    return float(2 * (found & truth).sum() / max(found.sum() + truth.sum(), 1))


def kappa(found: Bools, truth: Bools) -> float:
    """Return Cohen's kappa."""
    chance = found.mean() * truth.mean() + (1 - found.mean()) * (1 - truth.mean())
    return float(((found == truth).mean() - chance) / (1 - chance))


def freezing(folder: Path) -> None:
    """Print the table of the real mouse."""
    poses = read_poses(folder / "demo1_tracking.csv")
    table = np.loadtxt(folder / "demo1_human_freezing.csv", delimiter=",", skiprows=1)
    human = table[:, 1] > 0
    time_s = np.arange(len(human)) / FPS
    ready = clean_keypoints(
        poses.xy[:, 0],
        poses.likelihood[:, 0],
        time_s,
        poses.keypoints,
        likelihood_above=0.2,
        longest_gap_s=0.2,
    )
    length = body_length(ready)
    half = round(FPS / 4)
    middle = np.pad(np.nanmean(ready.xy, axis=1), ((half, half), (0, 0)), mode="edge")
    # Smoothed over half a second: frame by frame it is all jitter (F1 below .43).
    plain = np.hypot(*(middle[2 * half :] - middle[: -2 * half]).T) / 0.5 / length
    first = np.arange(len(human)) < len(human) // 2
    print(f"One real mouse, walking; a person marked {100 * human.mean():.1f} % freezing.")
    print("\nPlain speed of the keypoints' mean over half a second (body lengths per s):")
    for below in SPEEDS:
        found = plain < below
        print(
            f"  below {below:6.3f}: F1 {f1(found, human):.3f}, accuracy {(found == human).mean():.3f}"
        )
    for every in (1, 2, 3):
        times, truth = time_s[::every], human[::every]
        motion = measure_motion(ready.xy[::every], times, length, "freezing")
        print(f"\nThis tracker at {FPS / every:.1f} frames per s:")
        for below in THRESHOLDS:
            found = scored(times, motion, below)
            mark = "  <- in use" if below == IMMOBILE_BELOW["freezing"] else ""
            halves = [f1(found[part], truth[part]) for part in (first[::every], ~first[::every])]
            print(
                f"  below {below:.2f}: F1 {f1(found, truth):.3f}, accuracy "
                f"{(found == truth).mean():.3f}; F1 of the halves {halves[0]:.3f}, {halves[1]:.3f}{mark}"
            )
    motion = measure_motion(ready.xy, time_s, length, "freezing")
    found = {below: scored(time_s, motion, below) for below in THRESHOLDS}
    best = max(found, key=lambda below: f1(found[below][first], human[first]))
    rest = found[best][~first]
    print(
        f"\nChosen on the first half ({best:.2f}), told of the second: "
        f"F1 {f1(rest, human[~first]):.3f}, accuracy {(rest == human[~first]).mean():.3f}"
    )


def swimming() -> None:
    """Print the table of rendered swimmers with jitter added to their keypoints."""
    cases = []
    for view in ("side", "top"):
        for vigour in (0.5, 1.0):
            for fps in (25, 50):
                rng = np.random.default_rng(11)
                bouts = join(random_bouts(rng, 40.0, 0.5, climbing_share=0.15))
                world = World(view=view, width=160, height=120, fps=fps, ripples=0)
                drawn = list(draw_poses(world, [Swim(bouts, vigour=vigour, drift=0.2)], 11))
                time_s = np.array([time for time, _, _ in drawn])
                xy = np.stack([points[0] for _, _, points in drawn])
                cases.append((f"{view}, vigour {vigour}, {fps}/s", time_s, xy, bouts))
    print("\nRendered swimmers (synthetic): kappa against the truth, jitter in % of the body")
    print(" " * 36 + "".join(f"{below:7.2f}" for below in SWIM_THRESHOLDS))
    for name, time_s, xy, bouts in cases:
        for noise in (0.5, 1.0, 2.0):
            truth = states_at(bouts, time_s) == 0
            length = body_length(Cleaned(KEYPOINTS, xy, np.ones(xy.shape[:2], bool)))
            shift = np.random.default_rng(1).normal(0, noise / 100 * length, xy.shape)
            motion = measure_motion(xy + shift, time_s, length, "fst")
            row = [kappa(scored(time_s, motion, below), truth) for below in SWIM_THRESHOLDS]
            print(f"  {name:<26}{noise:4.1f} %  " + "".join(f"{value:7.2f}" for value in row))


if __name__ == "__main__":
    freezing(Path(sys.argv[1]) / "freezing_pose")
    swimming()
