"""How well a run of the sample study agrees with its truth, frame by frame.

Run from the repository: ``behave run configs/deeplabcut.yaml``, then
``python benchmarks/dlc_accuracy.py results/nbqx-ketamine-deeplabcut``. Animals and
network are SYNTHETIC. With ``tracking: {method: both}`` the keypoints are shown beside
the silhouette.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Bools

TRUTH = Path(__file__).parents[1] / "videos_sample" / "truth" / "bouts.csv"


def kappa(found: Bools, truth: Bools) -> float:
    """Return Cohen's kappa."""
    chance = found.mean() * truth.mean() + (1 - found.mean()) * (1 - truth.mean())
    return float(((found == truth).mean() - chance) / (1 - chance))


def true_states(bouts: pd.DataFrame, time_s: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Return the true state at each time."""
    row = np.searchsorted(bouts["start_s"].to_numpy(), time_s, side="right") - 1
    found: npt.NDArray[np.object_] = bouts["state"].to_numpy(object)[np.maximum(row, 0)]
    return found


def main() -> None:
    """Print a line per animal and kind of frames, then the means."""
    results = Path(sys.argv[1])
    truth = pd.read_csv(TRUTH)
    kinds = [name for name in ("frames", "frames_keypoints") if (results / name).is_dir()]
    for kind in kinds:
        rows = []
        for path in sorted((results / kind).glob("*.csv.gz")):
            frames = pd.read_csv(path)
            frames = frames[frames["state"] != "unscored"]
            bouts = truth[truth["trial_id"] == path.name.removesuffix(".csv.gz")]
            true = true_states(bouts, frames["time_s"].to_numpy(np.float64)) == "immobile"
            found = (frames["state"] == "immobile").to_numpy()
            rows.append((kappa(found, true), 100 * (found.mean() - true.mean())))
            print(f"{kind:<17}{path.name:<16} kappa {rows[-1][0]:.2f}, {rows[-1][1]:+5.1f} points")
        agreed, bias = np.array(rows).T
        print(
            f"{kind}: {len(rows)} animals, kappa mean {agreed.mean():.3f}, worst {agreed.min():.3f}; "
            f"immobile share off by {bias.mean():+.1f} points, at most {np.abs(bias).max():.1f}"
        )


if __name__ == "__main__":
    main()
