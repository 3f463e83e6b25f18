"""Measure what the statistics of one study cost, its specification curve included.

Run as ``python benchmarks/statistics_stage.py [--animals N] [--runs N]``. The study is
synthetic: four groups in three cohorts, cages of three, latencies with
censoring, and for each animal 360 s of motion at 15 looks a second whose
threshold, minimum bout and window are varied over the grid that a run uses.
CPU is user plus system time of this process, wall time what passes meanwhile;
importing is not counted.
"""

import argparse
import platform
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from behave.scoring import MotionSignal
from behave.scoring.rescore import rescore
from behave.stats import Comparison, DesignOptions, compare
from behave.study.alternatives import MIN_BOUTS_S, THRESHOLD_FACTORS, alternatives, windows
from behave.tracking.trial import SWITCH_PENALTY_S

LIMIT_STAGE_S, LIMIT_CURVE_S = 3, 10
DURATION_S, RATE = 360.0, 15
WINDOWS = windows({"whole": (0.0, DURATION_S), "score_window": (120.0, DURATION_S)})
# Share of the time immobile in each of the four groups.
SHARES = {
    ("vehicle", "vehicle"): 0.62,
    ("vehicle", "ketamine"): 0.35,
    ("NBQX", "vehicle"): 0.62,
    ("NBQX", "ketamine"): 0.58,
}


def make_study(animals: int, seed: int) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the measures of a synthetic study and each animal's motion."""
    rng = np.random.default_rng(seed)
    rows, motions = [], []
    frames = np.arange(int(DURATION_S * RATE)) / RATE
    for index in range(animals):
        before, drug = list(SHARES)[index % 4]
        share = np.clip(SHARES[before, drug] + rng.normal(0, 0.12), 0.02, 0.98)
        # Bouts of exponential length, the longer the state is the likelier.
        still, states = False, []
        while len(states) < len(frames):
            mean = 4 * (share if still else 1 - share)
            states += [still] * max(1, round(rng.exponential(mean) * RATE))
            still = not still
        held = np.array(states[: len(frames)])
        motion = np.where(held, 0.5, 2.0) * np.exp(rng.normal(0, 0.4, len(frames)))
        motions.append(pd.DataFrame({"time_s": frames, "motion": motion}))
        inside = held[int(120 * RATE) :]
        latency = float(rng.exponential(300 * (1 - share)))
        rows.append(
            {
                "animal_id": f"m{index:03d}",
                "trial_id": f"m{index:03d}",
                "pretreatment": before,
                "treatment": drug,
                "cohort": f"c{index // 4 % 3}",
                "cage": f"k{index // 12}_{index % 4}",
                "status": "done",
                "immobility_s": inside.sum() / RATE,
                "immobility_pct": 100 * inside.mean(),
                "latency_s": min(latency, 240.0),
                "latency_censored": latency >= 240,  # noqa: PLR2004 - the window's length
            }
        )
    return pd.DataFrame(rows), motions


def rescore_all(motions: list[pd.DataFrame]) -> pd.DataFrame:
    """Return every animal's immobility over the grid."""
    factors = np.repeat(THRESHOLD_FACTORS, len(MIN_BOUTS_S) * len(WINDOWS))
    parts = [
        rescore(
            MotionSignal(motion, 0.0, SWITCH_PENALTY_S), windows=WINDOWS, thresholds=THRESHOLD_FACTORS,
            min_bouts_s=MIN_BOUTS_S,
        ).assign(trial_id=f"m{index:03d}", factor=factors)
        for index, motion in enumerate(motions)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def measure(what: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the least CPU and wall time of several runs in s."""
    times = []
    for _ in range(runs):
        cpu, wall = time.process_time(), time.perf_counter()
        what()
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    return min(cpu for cpu, _ in times), min(wall for _, wall in times)


def main() -> None:
    """Print the table of times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--animals", type=int, default=48)
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the fastest is shown")
    options = parser.parse_args()
    design = DesignOptions(
        agonist={"column": "treatment", "control": "vehicle", "level": "ketamine"},
        antagonist={"column": "pretreatment", "control": "vehicle", "level": "NBQX"},
        blocks=("cohort",),
        equivalence_bound=25.0,
    )
    measures, motions = make_study(options.animals, seed=1)
    rescored = rescore_all(motions)

    def stage() -> Comparison:
        return compare(measures, design)

    def curve() -> Comparison:
        return compare(
            measures, design, alternatives=alternatives(measures, rescored, design.outcome)
        )

    steps: dict[str, tuple[Callable[[], object], str]] = {
        "statistics": (stage, f"limit {LIMIT_STAGE_S} s"),
        "with the specification curve": (curve, ""),
        "rescoring over the grid": (lambda: rescore_all(motions), ""),
    }
    print(f"Python {platform.python_version()}, {options.animals} animals, synthetic; s")
    print(f"{'step':<32} {'CPU':>6} {'wall':>6}")
    found = {name: measure(what, options.runs) for name, (what, _) in steps.items()}
    for name, (cpu, wall) in found.items():
        print(f"{name:<32} {cpu:6.2f} {wall:6.2f}  {steps[name][1]}".rstrip())
    both = [sum(found[name][part] for name in list(steps)[1:]) for part in (0, 1)]
    print(f"{'curve and rescoring together':<32} {both[0]:6.2f} {both[1]:6.2f}  "
          f"limit {LIMIT_CURVE_S} s")  # fmt: skip
    table = curve()
    print(f"\n{len(table.sensitivity)} sensitivity analyses, {len(table.contrasts)} contrasts")


if __name__ == "__main__":
    main()
