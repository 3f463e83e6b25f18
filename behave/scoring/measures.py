"""Measures of one animal in one time window, from its bouts.

Windows are counted from the animal's entry into the water; bouts are counted
from the video's first frame.
"""

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from behave.scoring.behaviours import CLIMBING, SWIMMING
from behave.scoring.bouts import clip
from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED


def measure(
    bouts: pd.DataFrame,
    start_s: float,
    stop_s: float,
    *,
    entry_s: float | None = None,
    end_s: float | None = None,
    divided: bool = False,
) -> dict[str, float | bool | None]:
    """Measure one window.

    Parameters
    ----------
    bouts
        Bouts of the recording.
    start_s, stop_s
        The window, in the same time as the bouts.
    entry_s, end_s
        The animal's entry and the end of the last window, in the same time: the
        latency is looked for between them. The window's edges where left out.
    divided
        Whether swimming and climbing were distinguished in this recording.

    Returns
    -------
    dict
        The measured columns of ``tables.MEASURES``. Bouts are cut at the
        window's edges. ``immobility_s`` is what was seen, never extrapolated
        over unscored time; ``immobility_pct`` is its share of the scored
        time. ``latency_s`` runs from the entry to the first immobile moment
        after it, also where that comes before the window; if there is none, to
        the last moment that was scored, with ``latency_censored``.
        ``latency_in_epoch_s`` runs from the window's start to the first immobile
        moment in it, and is the window's length if there is none. Swimming and climbing have no
        measure if any mobile time was not divided into them. A window without
        scored time has no measures.
    """
    inside = clip(bouts, start_s, stop_s)
    length = stop_s - start_s
    unscored = float(inside.loc[inside["state"] == UNSCORED, "duration_s"].sum())
    scored = max(length - unscored, 0.0)
    measured: dict[str, float | bool | None] = {"scored_s": scored, "unscored_s": unscored}
    if not (inside["state"] != UNSCORED).any():
        return measured
    still = inside[inside["state"] == IMMOBILE]
    immobility = float(still["duration_s"].sum())
    since = start_s if entry_s is None else entry_s
    latency, censored = _latency(clip(bouts, since, stop_s if end_s is None else end_s), since)
    return measured | {
        "immobility_s": immobility,
        "immobility_pct": 100 * immobility / scored,
        "latency_s": latency,
        "latency_censored": censored,
        "latency_in_epoch_s": length if still.empty else float(still["start_s"].iloc[0]) - start_s,
        "n_bouts": len(still),
        # Without a bout there is neither a mean nor a longest duration.
        "mean_bout_s": math.nan if still.empty else float(still["duration_s"].mean()),
        "longest_bout_s": math.nan if still.empty else float(still["duration_s"].max()),
        **_divided(inside, divided=divided),
    }


def _latency(bouts: pd.DataFrame, entry_s: float) -> tuple[float, bool]:
    """Return the time from the entry to the first immobile moment, and whether none was seen.

    Without one the latency is longer than the time to the last moment that was scored.
    """
    still = bouts.loc[bouts["state"] == IMMOBILE, "start_s"]
    if len(still):
        return float(still.iloc[0]) - entry_s, False
    return float(bouts.loc[bouts["state"] != UNSCORED, "stop_s"].max()) - entry_s, True


def _divided(inside: pd.DataFrame, *, divided: bool) -> dict[str, float]:
    """Return the time spent swimming and climbing; NaN if it is not known."""
    spent = inside.groupby("state")["duration_s"].sum()
    if not divided or MOBILE in spent:
        return {"swimming_s": math.nan, "climbing_s": math.nan}
    return {f"{state}_s": float(spent.get(state, 0.0)) for state in (SWIMMING, CLIMBING)}


def measure_epochs(
    bouts: pd.DataFrame,
    epochs: Mapping[str, tuple[float, float]],
    entry_s: float,
    *,
    divided: bool = False,
) -> pd.DataFrame:
    """Measure each named window.

    Parameters
    ----------
    bouts
        Bouts of the recording, in video time.
    epochs
        Name -> (start, stop) in s from the animal's entry.
    entry_s
        Video time of the entry.
    divided
        Whether swimming and climbing were distinguished in this recording.

    Returns
    -------
    pandas.DataFrame
        One row per epoch: ``epoch, start_s, stop_s`` and the measures.
    """
    end_s = entry_s + max(stop for _, stop in epochs.values())
    rows = [
        {"epoch": name, "start_s": start, "stop_s": stop}
        | measure(
            bouts, entry_s + start, entry_s + stop, entry_s=entry_s, end_s=end_s, divided=divided
        )
        for name, (start, stop) in epochs.items()
    ]
    return pd.DataFrame(rows)


def measure_bins(bouts: pd.DataFrame, bin_s: float, stop_s: float, entry_s: float) -> pd.DataFrame:
    """Measure consecutive bins from the animal's entry.

    Parameters
    ----------
    bouts
        Bouts of the recording, in video time.
    bin_s
        Length of a bin.
    stop_s
        End of the last bin, from the entry; that bin may be shorter.
    entry_s
        Video time of the entry.

    Returns
    -------
    pandas.DataFrame
        ``bin, start_s, stop_s, immobility_s, scored_s``; immobility is empty
        in a bin in which nothing was scored.
    """
    # A recording of 360.00004 s has six minute bins, and no seventh one of 0.04 ms.
    count = max(math.ceil(stop_s / bin_s - 1e-3), 1)
    edges = np.append(bin_s * np.arange(count), stop_s)
    rows = []
    for number, (start, stop) in enumerate(pairwise(edges.tolist())):
        measured = measure(bouts, entry_s + start, entry_s + stop)
        rows.append(
            {
                "bin": number,
                "start_s": start,
                "stop_s": stop,
                "immobility_s": measured.get("immobility_s", math.nan),
                "scored_s": measured["scored_s"],
            }
        )
    return pd.DataFrame(rows)
