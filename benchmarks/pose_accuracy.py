"""How well keypoints are scored: a real mouse against a person, rendered ones against the truth.

Run from the repository: ``python benchmarks/pose_accuracy.py DATA``, where DATA
is the folder of reference data. One animal is one animal: the real figures say
how this mouse was scored, not how any other will be.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from behave.model.arrays import Bools, Floats
from behave.scoring.boundaries import classify_states
from behave.scoring.bouts import drop_short, to_bouts, to_states
from behave.simulate.animal import KEYPOINTS, PAWS
from behave.simulate.render import World, draw_poses
from behave.simulate.swim import Swim, join, random_bouts, states_at
from behave.tracking.keypoints.cleaning import Cleaned, body_length, clean_keypoints
from behave.tracking.keypoints.files import read_poses
from behave.tracking.keypoints.motion import CHANGE_COST_S, IMMOBILE_BELOW, measure_motion

FPS = 50.0
SPEEDS = np.round(np.geomspace(0.01, 0.3, 10), 3)
THRESHOLDS = np.array([0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.10, 0.12])
SWIM_THRESHOLDS = np.array([0.20, 0.25, 0.30, 0.35, 0.40])
# A swimmer of which a keypoint is faster than this (body lengths per s) strokes; the
# network's error is then another one after FORGETS_S; what is lost is so for LOST_S.
# With these, errors change from frame to frame as the demo network's do.
FAST, FORGETS_S, LOST_S = 2.0, 0.067, 0.2


@dataclass(frozen=True)
class Network:
    """How a network errs: in % of the body, and in what share of the time it sees nothing.

    Parameters
    ----------
    name
        What to call it.
    body_pct, paws_pct
        Error of nose, body and tail base, and of paws.
    rest_pct
        Jitter from frame to frame while nothing moves.
    lost
        Share of the frames in which a keypoint has a likelihood below the cut.
    """

    name: str
    body_pct: float
    paws_pct: float
    rest_pct: float
    lost: float


# The second is the demo network of configs/deeplabcut, measured on rendered animals it
# had not seen. In three real recordings the jitter at rest was 0.03 to 0.44 %, and up to
# 17 % of a keypoint's positions were lost.
NETWORKS = (
    Network("careful", 1, 3, 0.1, 0.01),
    Network("as the demo's", 4, 14, 0.3, 0.05),
    Network("wavering, losing", 4, 14, 1.0, 0.15),
)


def scored(time_s: Floats, motion: Floats, below: float) -> Bools:
    """Return which frames are immobile, by the scoring that every tracker has."""
    states = classify_states(time_s, motion, below, CHANGE_COST_S)
    bouts = drop_short(to_bouts(states, time_s), 0.5)
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


def render(view: str, vigour: float, seed: int) -> tuple[Floats, Floats, Bools, float]:
    """Return time, keypoints, whether immobile, and body length of a rendered swimmer."""
    rng = np.random.default_rng(seed)
    bouts = join(random_bouts(rng, 40.0, 0.5, climbing_share=0.15))
    world = World(view=view, width=160, height=120, fps=FPS, ripples=0)
    drawn = list(draw_poses(world, [Swim(bouts, vigour=vigour, drift=0.2)], seed))
    time_s = np.array([time for time, _, _ in drawn])
    xy = np.stack([points[0] for _, _, points in drawn])
    length = body_length(Cleaned(KEYPOINTS, xy, np.ones(xy.shape[:2], bool)))
    return time_s, xy, states_at(bouts, time_s) == 0, length


def seen_by(network: Network, time_s: Floats, xy: Floats, length: float) -> tuple[Floats, Floats]:
    """Return the keypoints as a network would give them, and its likelihood.

    A network's error depends on the posture: it stays as it is while the
    animal rests, and changes within two frames while it strokes.
    """
    rng = np.random.default_rng(1)
    step_s = float(np.median(np.diff(time_s)))
    posture = xy - xy.mean(axis=1, keepdims=True)
    speed = np.hypot(*np.moveaxis(np.gradient(posture, time_s, axis=0), -1, 0)) / length
    moving = np.clip(speed / FAST, 0, 1).max(axis=1) ** 4
    paws = np.array([name in PAWS for name in KEYPOINTS])
    spread = np.where(paws, network.paws_pct, network.body_pct)[:, None] / 100 * length
    error = rng.normal(0, 1, xy.shape)
    for frame in range(1, len(xy)):
        stays = np.exp(-moving[frame] * step_s / FORGETS_S)
        error[frame] = stays * error[frame - 1] + np.sqrt(1 - stays**2) * error[frame]
    found = xy + spread * error + rng.normal(0, network.rest_pct / 100 * length, xy.shape)
    begins = rng.random(xy.shape[:2]) < network.lost * step_s / LOST_S
    frames = round(LOST_S / step_s)
    lost = np.stack([np.convolve(one, np.ones(frames))[: len(xy)] > 0 for one in begins.T], axis=1)
    return found, np.where(lost, 0.05, 0.9)


def swimming() -> None:
    """Print the tables of rendered swimmers, seen as networks see them."""
    cases = [
        render(view, vigour, seed)
        for view in ("side", "top")
        for vigour in (0.5, 1.0)
        for seed in (11, 12)
    ]
    print(
        f"\nRendered swimmers (synthetic), {len(cases)} clips of 40 s, side and top, weak and "
        "ordinary:\nkappa against the truth, mean (worst), by threshold"
    )
    print(" " * 34 + "".join(f"{below:>13.2f}" for below in SWIM_THRESHOLDS))
    shares = {}
    for network in NETWORKS:
        for every in (1, 2, 3):
            row = []
            for time_s, xy, truth, length in cases:
                found, likelihood = seen_by(network, time_s, xy, length)
                ready = clean_keypoints(
                    found[::every], likelihood[::every], time_s[::every], KEYPOINTS,
                    likelihood_above=0.2, longest_gap_s=0.2,
                )  # fmt: skip
                motion = measure_motion(ready.xy, time_s[::every], body_length(ready), "fst")
                states = [scored(time_s[::every], motion, below) for below in SWIM_THRESHOLDS]
                row.append([kappa(state, truth[::every]) for state in states])
                used = states[int(np.flatnonzero(IMMOBILE_BELOW["fst"] == SWIM_THRESHOLDS)[0])]
                shares.setdefault((network.name, every), []).append(100 * used.mean())
            means, worst = np.mean(row, axis=0), np.min(row, axis=0)
            cells = "".join(
                f"{mean:>7.2f} ({low:.2f})" for mean, low in zip(means, worst, strict=True)
            )
            print(f"  {network.name:<20}{FPS / every:6.1f}/s   {cells}")
    print("\nImmobile share at the threshold in use, against 50 frames per s (points of 100):")
    for network in NETWORKS:
        for every in (2, 3):
            apart = np.array(shares[network.name, every]) - np.array(shares[network.name, 1])
            print(
                f"  {network.name:<20}{FPS / every:6.1f}/s: mean {apart.mean():+.1f}, "
                f"largest {np.abs(apart).max():.1f}"
            )


if __name__ == "__main__":
    freezing(Path(sys.argv[1]) / "freezing_pose")
    swimming()
