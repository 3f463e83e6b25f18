"""Time sampling: the predominant behaviour in each short interval, counted.

Rats are often scored by hand like this: every 5 s of a 300-s test the rater
writes down whether the animal was mostly immobile, swimming or climbing
(Detke and Lucki). Counts are comparable with such scores, seconds are not.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from behave.scoring.behaviours import CLIMBING, SWIMMING
from behave.scoring.bouts import clip
from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED

# In this order ties are settled; they are as rare as equal times.
BEHAVIOURS = (IMMOBILE, SWIMMING, CLIMBING, MOBILE)
_TOLERANCE_S = 1e-6


def sample_epochs(
    bouts: pd.DataFrame,
    epochs: Mapping[str, tuple[float, float]],
    entry_s: float,
    interval_s: float,
    *,
    divided: bool,
) -> pd.DataFrame:
    """Count each epoch's intervals by their predominant behaviour.

    Parameters
    ----------
    bouts
        Bouts of the recording, on the video's clock.
    epochs
        Name -> (start, stop) in s from the animal's entry.
    entry_s
        Video time of the entry.
    interval_s
        Length of an interval. What is left at an epoch's end is not counted.
    divided
        Whether swimming and climbing were told apart in this trial.

    Returns
    -------
    pandas.DataFrame
        One row per epoch, columns of `behave.model.tables.SAMPLES` without the ids.
        Where swimming and climbing were not told apart they are empty.
    """
    rows = []
    for name, (start, stop) in epochs.items():
        count = int((stop - start + _TOLERANCE_S) // interval_s)
        edges = entry_s + start + interval_s * np.arange(count + 1)
        found = [
            predominant(clip(bouts, first, last))
            for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        ]
        rows.append(
            {"epoch": name, "start_s": start, "stop_s": stop, "interval_s": interval_s}
            | _counts(found, divided=divided)
        )
    return pd.DataFrame(rows)


def predominant(inside: pd.DataFrame) -> str:
    """Return what an animal did for most of an interval's scored time.

    Parameters
    ----------
    inside
        Bouts that fill the interval end to end.

    Returns
    -------
    str
        ``unscored`` where more than half of the interval was not seen.
    """
    spent = inside.groupby("state")["duration_s"].sum()
    if spent.get(UNSCORED, 0.0) > spent.sum() / 2:
        return UNSCORED
    return max(BEHAVIOURS, key=lambda state: round(float(spent.get(state, 0.0)), 6))


def _counts(found: list[str], *, divided: bool) -> dict[str, float]:
    """Return how many intervals are of each behaviour."""
    number = {state: float(found.count(state)) for state in (*BEHAVIOURS, UNSCORED)}
    # Intervals that could not be divided would make a count of either a guess.
    known = divided and not number[MOBILE]
    return {
        "n_intervals": float(len(found)),
        "n_immobile": number[IMMOBILE],
        "n_mobile": number[MOBILE] + number[SWIMMING] + number[CLIMBING],
        "n_swimming": number[SWIMMING] if known else math.nan,
        "n_climbing": number[CLIMBING] if known else math.nan,
        "n_unscored": number[UNSCORED],
    }
