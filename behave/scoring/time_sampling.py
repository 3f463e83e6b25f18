"""Time sampling: counts of short intervals by their predominant behaviour.

Rats are often scored by hand in this way: every 5 s of a 300-s test the rater
notes whether the animal was mostly immobile, swimming or climbing (Detke and
Lucki). The counts can be compared with such scores; seconds cannot.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from behave.scoring.behaviours import CLIMBING, SWIMMING
from behave.scoring.bouts import clip
from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED

# If two behaviours took exactly the same time, the first one in this order counts.
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
        Bouts of the recording, in video time.
    epochs
        Name -> (start, stop) in s from the animal's entry.
    entry_s
        Video time of the entry.
    interval_s
        Length of an interval. A shorter rest at an epoch's end is not counted.
    divided
        Whether swimming and climbing were distinguished in this trial.

    Returns
    -------
    pandas.DataFrame
        One row per epoch, columns of `behave.model.tables.SAMPLES` without the ids.
        If swimming and climbing were not distinguished, their counts are empty.
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
    """Return the predominant behaviour in an interval.

    Parameters
    ----------
    inside
        Consecutive bouts that fill the interval.

    Returns
    -------
    str
        The behaviour with most of the scored time; ``unscored`` if the animal was
        not seen in more than half of the interval.
    """
    spent = inside.groupby("state")["duration_s"].sum()
    if spent.get(UNSCORED, 0.0) > spent.sum() / 2:
        return UNSCORED
    return max(BEHAVIOURS, key=lambda state: round(float(spent.get(state, 0.0)), 6))


def _counts(found: list[str], *, divided: bool) -> dict[str, float]:
    """Return how many intervals are of each behaviour."""
    number = {state: float(found.count(state)) for state in (*BEHAVIOURS, UNSCORED)}
    # If an interval is 'mobile' only, the number of swimming intervals is not known.
    known = divided and not number[MOBILE]
    return {
        "n_intervals": float(len(found)),
        "n_immobile": number[IMMOBILE],
        "n_mobile": number[MOBILE] + number[SWIMMING] + number[CLIMBING],
        "n_swimming": number[SWIMMING] if known else math.nan,
        "n_climbing": number[CLIMBING] if known else math.nan,
        "n_unscored": number[UNSCORED],
    }
