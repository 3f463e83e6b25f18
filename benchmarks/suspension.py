"""Measure tail suspension scores against the truth of rendered clips that are hard on purpose.

Run as ``python benchmarks/suspension.py --seeds 1000-1029``. All clips are SYNTHETIC.
Seeds below 1000 are for tuning; the documentation's figures are from those above, which
were scored once. Each line is one animal: Cohen's kappa over its frames, the same for
two other ways with the threshold that suits each best over all animals (area change
per second, changed px), the error of immobility in points, and the share of the swinging
rest (its first second after each struggle) that was called mobile.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import peers
from worlds.suspended import draw_suspended

from behave.scoring import MotionSignal
from behave.scoring.bouts import drop_short, to_bouts, to_states
from behave.scoring.calibration import Pool, calibrate, measure_histogram
from behave.tracking import Arena, Track, TrackingOptions, Trial, track

Bools = npt.NDArray[np.bool_]
HAND_S = 0.8  # the hand leaves; nothing is scored while it is in the picture
SWINGS_S = 1.0
MIN_BOUT_S = 0.5


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1000-1029", help="first-last")
    parser.add_argument("--keep", type=Path, help="folder that keeps the rendered clips")
    parser.add_argument("--no-peers", action="store_true", help="leave the other ways out")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    rows, signals = [], []
    for seed in range(int(first), int(last or first) + 1):
        for row, theirs in _measure(seed, options.keep, with_peers=not options.no_peers):
            rows.append(row)
            signals.append(theirs)
    table = pd.DataFrame(rows)
    for name in () if options.no_peers else ("area", "pixels"):
        table[name] = _best_of(name, signals)
    print(f"SYNTHETIC clips, {'TUNING' if int(first) < 1000 else 'test'} seeds {options.seeds}")  # noqa: PLR2004
    print(table.to_string(index=False, float_format="%.3f"))
    numbers = table.select_dtypes("number")
    print(numbers.agg(["mean", "min", "max"]).to_string(float_format="%.3f"))


def _measure(
    seed: int, keep: Path | None, *, with_peers: bool
) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Render and score one clip: a row per animal, and what the other ways saw of it."""
    clip = draw_suspended(seed)
    with tempfile.TemporaryDirectory() as name:
        video = (keep or Path(name)) / f"{seed}.mp4"
        kept = video.with_suffix(".csv")
        truth = pd.read_csv(kept) if kept.exists() else clip.render(video)
        truth.to_csv(kept, index=False)
        arenas = [Arena(str(n), *box) for n, box in enumerate(clip.boxes(), 1)]
        tracks = track(video, [Trial(a.name, a) for a in arenas], TrackingOptions(test="tst"))
        others = peers.measure(video, arenas)[1] if with_peers else [{} for _ in arenas]
    print(f"{seed} {clip.kind}", file=sys.stderr)
    below = _learn(tracks)
    found = []
    for hang, one, theirs in zip(clip.hangs, tracks, others, strict=True):
        mine = truth[truth["arena"].astype(str) == one.trial_id].reset_index(drop=True)
        times = mine["time_s"].to_numpy()
        known = mine["state"].notna().to_numpy() & (
            times >= hang.entry_s + HAND_S * (hang.entry_s > 0)
        )
        still = (mine["state"] == "immobile").to_numpy()
        frames = one.motion.assign(motion=one.motion["motion"].where(known))
        state = MotionSignal(frames, one.entry_s, one.switch_penalty_s).states(below)
        state = to_states(drop_short(to_bouts(state, times), MIN_BOUT_S), times)
        mine_still = state == "immobile"
        begins = np.flatnonzero(still & ~np.roll(still, 1))
        swings = np.zeros(times.size, bool)
        for start in begins.tolist():
            swings |= (times >= times[start] + 0.2) & (times < times[start] + SWINGS_S)
        swings &= still & known
        row = {
            "animal": f"{seed}.{one.trial_id}",
            "kind": clip.kind[:22],
            "kappa": _kappa(still[known], mine_still[known]),
            "accuracy": float((still[known] == mine_still[known]).mean()),
            "error_points": 100 * float(mine_still[known].mean() - still[known].mean()),
            "swing_mobile": float(1 - mine_still[swings].mean()) if swings.any() else np.nan,
            "unscored": float((state[known] == "unscored").mean()),
            "entry_error": one.entry_s - hang.entry_s,
            "flags": " ".join(flag.name for flag in one.flags),
        }
        count = {name: values[: times.size][known] for name, values in theirs.items()}
        found.append((row, {"still": still[known], **count}))
    return found


def _learn(tracks: list[Track]) -> float:
    """Return the threshold that a study of this one clip would learn."""
    histograms = {
        one.trial_id: measure_histogram(
            MotionSignal(one.motion, one.entry_s, one.switch_penalty_s), np.inf
        )
        for one in tracks
    }
    default = tracks[0].immobile_below
    (learnt,) = calibrate([Pool("1", "silhouette", default, histograms, at_crossing=True)])
    return learnt.immobile_below


def _kappa(truth: Bools, score: Bools) -> float:
    """Return Cohen's kappa; NaN where the animal has one state only, in which it means nothing."""
    agree = float((truth == score).mean())
    chance = float(truth.mean() * score.mean() + (1 - truth.mean()) * (1 - score.mean()))
    return (agree - chance) / (1 - chance) if 0 < truth.mean() < 1 else np.nan


def _best_of(name: str, signals: list[dict[str, object]]) -> list[float]:
    """Return each animal's kappa under the one threshold that is best for all."""
    pooled = np.concatenate([np.asarray(one[name]) for one in signals])
    best: tuple[float, list[float]] = (-np.inf, [])
    for below in np.nanquantile(pooled, np.linspace(0.1, 0.95, 60)):
        kappas = [
            _kappa(np.asarray(one["still"]), np.asarray(one[name]) < below) for one in signals
        ]
        best = max(best, (float(np.nanmean(kappas)), kappas))
    return best[1]


if __name__ == "__main__":
    main()
