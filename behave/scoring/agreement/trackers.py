"""Two trackers of one animal: how well they agree, and which seconds a person should look at.

Seconds are counted from the animal's entry. The trackers disagree in a second
if their states differ in more than half of it, so that a bout which one of them
begins or ends some tenths of a second later is not a disagreement. Neighbouring
seconds are one stretch as long as the same tracker says immobile.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Floats
from behave.model.tables import FRAMES
from behave.schema import conform
from behave.scoring.bouts import drop_short, frame_spans, to_bouts, to_states
from behave.scoring.signal import MotionSignal
from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED

# A second in which the states differ for longer than this is a disagreement.
DISAGREE_S = 0.5


def score_secondary(signal: MotionSignal, immobile_below: float, min_bout_s: float) -> pd.DataFrame:
    """Return the states of a secondary tracker; unlike the main one, it never fails a trial.

    Parameters
    ----------
    signal
        The secondary tracker's motion.
    immobile_below
        The threshold of that motion.
    min_bout_s
        Shortest immobile bout that counts.

    Returns
    -------
    pandas.DataFrame
        One row per frame, columns as in `behave.model.tables.FRAMES`.
    """
    bouts = drop_short(to_bouts(signal.states(immobile_below), signal.time_s), min_bout_s)
    kept = [column.name for column in FRAMES.columns if column.name in signal.frames]
    return conform(signal.frames[kept].assign(state=to_states(bouts, signal.time_s)), FRAMES)


def agreement_of_trackers(
    silhouette: pd.DataFrame,
    keypoints: pd.DataFrame,
    entry_s: float,
    epochs: Mapping[str, tuple[float, float]],
) -> pd.DataFrame:
    """Measure how far two trackers agree on one trial.

    Parameters
    ----------
    silhouette, keypoints
        One row per frame, columns as in `behave.model.tables.FRAMES`; the two may have
        different frames.
    entry_s
        Video time at which the animal entered.
    epochs
        Name -> (start, stop) in s from entry.

    Returns
    -------
    pandas.DataFrame
        One row per epoch, columns of `behave.model.tables.TRACKERS` without the ids.
    """
    start, stop, first, second = _side_by_side(silhouette, keypoints)
    seconds = _seconds(silhouette, keypoints, entry_s)
    rows = []
    for name, (begin, end) in epochs.items():
        inside = np.clip(
            np.minimum(stop, entry_s + end) - np.maximum(start, entry_s + begin), 0, None
        )
        weight = np.where(_both(first, second), inside, 0.0)
        one, two = first == IMMOBILE, second == IMMOBILE
        differ_s = float(weight[one != two].sum())
        numbers = seconds["second"].to_numpy(np.float64)
        rows.append(
            {
                "epoch": name,
                "both_s": float(weight.sum()),
                "silhouette_s": float(weight[one].sum()),
                "keypoints_s": float(weight[two].sum()),
                "differ_s": differ_s,
                "n_seconds": int(((numbers >= begin) & (numbers < end)).sum()),
                "kappa": _kappa(weight, one, two),
            }
        )
    return pd.DataFrame(rows)


def disagreements(
    silhouette: pd.DataFrame,
    keypoints: pd.DataFrame,
    entry_s: float,
    immobile_below: tuple[float, float],
) -> pd.DataFrame:
    """Find the stretches of one trial in which two trackers disagree.

    Parameters
    ----------
    silhouette, keypoints, entry_s
        As for `agreement_of_trackers`.
    immobile_below
        The thresholds of silhouette and keypoints.

    Returns
    -------
    pandas.DataFrame
        Columns of `behave.model.tables.DISAGREEMENTS` without the ids, in order of
        time.
    """
    seconds = _seconds(silhouette, keypoints, entry_s)
    number = seconds["second"].to_numpy(np.int64)
    still = seconds["silhouette_immobile"].to_numpy(bool)
    new = (np.diff(number, prepend=-2) > 1) | np.append(True, still[1:] != still[:-1])[: len(still)]
    rows = []
    for _, part in seconds.groupby(np.cumsum(new)):
        begin = entry_s + int(part["second"].iloc[0])
        end = entry_s + int(part["second"].iloc[-1]) + 1
        states = (IMMOBILE, MOBILE) if part["silhouette_immobile"].iloc[0] else (MOBILE, IMMOBILE)
        rows.append(
            {
                "start_s": begin,
                "stop_s": end,
                "silhouette": states[0],
                "keypoints": states[1],
                "differ_s": float(part["differ_s"].sum()),
                "silhouette_ratio": _ratio(silhouette, begin, end, immobile_below[0]),
                "keypoints_ratio": _ratio(keypoints, begin, end, immobile_below[1]),
            }
        )
    return pd.DataFrame(rows)


def _side_by_side(
    one: pd.DataFrame, two: pd.DataFrame
) -> tuple[Floats, Floats, npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Return start and stop of each frame of the first tracker, and both states in it."""
    time_s = one["time_s"].to_numpy(np.float64)
    start, stop = frame_spans(time_s)
    bouts = to_bouts(two["state"].to_numpy(object), two["time_s"].to_numpy(np.float64))
    return start, stop, one["state"].to_numpy(object), to_states(bouts, time_s)


def _seconds(silhouette: pd.DataFrame, keypoints: pd.DataFrame, entry_s: float) -> pd.DataFrame:
    """Return the seconds from entry in which the trackers disagree."""
    start, stop, first, second = _side_by_side(silhouette, keypoints)
    one, two = (
        first == IMMOBILE,
        second == IMMOBILE,
    )  # mobile time may be divided into swimming and climbing
    differ = _both(first, second) & (one != two) & (start >= entry_s)
    length = stop - start
    table = pd.DataFrame(
        {
            "second": np.floor(start[differ] - entry_s).astype(np.int64),
            "differ_s": length[differ],
            "still_s": length[differ] * one[differ],
        }
    )
    summed = table.groupby("second", as_index=False).sum()
    summed["silhouette_immobile"] = summed["still_s"] > summed["differ_s"] / 2
    return summed[summed["differ_s"] > DISAGREE_S].reset_index(drop=True)


def _both(first: npt.NDArray[np.object_], second: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Return whether both trackers have a state, shape (frames,)."""
    both: npt.NDArray[np.bool_] = (first != UNSCORED) & (second != UNSCORED)
    return both


def _ratio(frames: pd.DataFrame, start_s: float, stop_s: float, immobile_below: float) -> float:
    """Return mean motion of a stretch / threshold; NaN if no motion was measured."""
    inside = frames["time_s"].between(start_s, stop_s, inclusive="left")
    return float(frames.loc[inside, "motion"].mean() / immobile_below)


def _kappa(weight: Floats, one: npt.NDArray[np.bool_], two: npt.NDArray[np.bool_]) -> float:
    """Return Cohen's kappa, weighted by time; NaN if both gave one and the same state only."""
    total = float(weight.sum())
    if total == 0:
        return float("nan")
    agreed = float(weight[one == two].sum()) / total
    first, second = float(weight[one].sum()) / total, float(weight[two].sum()) / total
    chance = first * second + (1 - first) * (1 - second)
    return (agreed - chance) / (1 - chance) if chance < 1 else float("nan")
