"""Immobility from the same motion with other thresholds, minimum bouts and windows."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from behave.scoring.bouts import counts_immobile, to_bouts
from behave.scoring.signal import MotionSignal
from behave.scoring.states import UNSCORED


def rescore(
    signal: MotionSignal,
    *,
    windows: Mapping[str, tuple[float, float]],
    thresholds: Sequence[float],
    min_bouts_s: Sequence[float],
) -> pd.DataFrame:
    """Measure immobility for each combination of threshold, minimum bout and window.

    Parameters
    ----------
    signal
        The trial's motion.
    windows
        Name -> (start, stop) in s from the entry.
    thresholds
        Motion below which the animal counts as immobile.
    min_bouts_s
        Shortest immobile bouts that count.

    Returns
    -------
    pandas.DataFrame
        ``immobile_below, min_bout_s, window, immobility_s, scored_s``, one row
        per combination.
    """
    rows = []
    for threshold in thresholds:
        bouts = to_bouts(signal.states(threshold), signal.time_s)
        seen = bouts["state"].to_numpy(object) != UNSCORED
        scored = _overlaps_s(bouts[seen], signal.entry_s, windows)
        for min_bout_s in min_bouts_s:
            still = _overlaps_s(bouts[counts_immobile(bouts, min_bout_s)], signal.entry_s, windows)
            rows += [(threshold, min_bout_s, name, still[name], scored[name]) for name in windows]
    columns = ["immobile_below", "min_bout_s", "window", "immobility_s", "scored_s"]
    return pd.DataFrame(rows, columns=columns)


def _overlaps_s(
    bouts: pd.DataFrame, entry_s: float, windows: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """Return the total time of the bouts inside each window, in s."""
    start = bouts["start_s"].to_numpy(np.float64) - entry_s
    stop = bouts["stop_s"].to_numpy(np.float64) - entry_s
    return {
        name: float((np.clip(stop, first, last) - np.clip(start, first, last)).sum())
        for name, (first, last) in windows.items()
    }
