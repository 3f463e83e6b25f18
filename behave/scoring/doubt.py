"""Doubtful parts of a score: seconds whose motion is near the threshold."""

import numpy as np
import pandas as pd

from behave.scoring.quality import NEAR_THRESHOLD

MOST = 5


def doubtful_stretches(
    frames: pd.DataFrame, span_s: tuple[float, float], immobile_below: float
) -> pd.DataFrame:
    """Return the most doubtful stretches of one trial.

    A second is doubtful if its mean motion is within 20 % of the threshold.
    Neighbouring doubtful seconds form one stretch. The doubt of a second is 1 at
    the threshold and 0 at 20 % above or below it; the doubt of a stretch is the
    sum over its seconds.

    Parameters
    ----------
    frames
        One row per frame, columns as in `behave.model.tables.FRAMES`.
    span_s
        Video times between which to search.
    immobile_below
        The threshold.

    Returns
    -------
    pandas.DataFrame
        ``start_s, stop_s, motion_ratio, doubt``, at most five rows, the most
        doubtful first.
    """
    start_s, stop_s = span_s
    inside = frames[(frames["time_s"] >= start_s) & (frames["time_s"] < stop_s)]
    second = np.floor(inside["time_s"] - start_s).astype(int)
    ratio = (inside["motion"] / immobile_below).groupby(second).mean().dropna()
    away = (ratio - 1).abs() / NEAR_THRESHOLD
    near = pd.DataFrame({"ratio": ratio, "doubt": 1 - away})[away <= 1]
    number = near.index.to_numpy()
    stretch = np.cumsum(np.diff(number, prepend=-2) > 1)
    joined = (
        near.assign(second=number)
        .groupby(stretch)
        .agg(
            first=("second", "min"),
            last=("second", "max"),
            motion_ratio=("ratio", "mean"),
            doubt=("doubt", "sum"),
        )
    )
    found = pd.DataFrame(
        {
            "start_s": start_s + joined["first"],
            "stop_s": np.minimum(start_s + joined["last"] + 1, stop_s),
            "motion_ratio": joined["motion_ratio"],
            "doubt": joined["doubt"],
        }
    )
    return most_doubtful(found)


def most_doubtful(stretches: pd.DataFrame) -> pd.DataFrame:
    """Return the five most doubtful stretches, the most doubtful first."""
    order = stretches.sort_values("doubt", ascending=False, kind="stable")
    return order.head(MOST).reset_index(drop=True)
