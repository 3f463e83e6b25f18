"""States and bouts: two ways to describe the same recording.

A state is what an animal does in one frame; a bout is a run of frames in one
state. Bouts are half-open, ``[start_s, stop_s)``, and consecutive: time in which
nothing was seen is a bout of state ``unscored``, so that the bouts of a window
always add up to its length.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Floats
from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED

# The state of a frame holds until the next frame, but not longer than this: a
# longer gap counts as not seen.
MAX_GAP_S = 0.5

# Time stamps are kept to 0.1 ms, so a bout of exactly the minimum duration may
# come out this much shorter.
_TOLERANCE_S = 1e-3

States = npt.NDArray[np.object_]


def frame_spans(time_s: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the interval of time that each frame covers.

    Parameters
    ----------
    time_s
        Time stamps in s, increasing, at least two.

    Returns
    -------
    start_s, stop_s
        A frame covers ``[t_i, t_i+1)``. The last frame, and a frame before a
        gap of more than 0.5 s, covers one median frame interval.
    """
    start = np.asarray(time_s, dtype=np.float64)
    step = np.diff(start)
    typical = min(float(np.median(step)), MAX_GAP_S)
    length = np.append(np.where(step > MAX_GAP_S, typical, step), typical)
    # The time stamp of the next frame, not start + step: rounding must leave no gap.
    following = np.append(start[1:], np.inf)
    whole = np.append(step <= MAX_GAP_S, False)
    return start, np.where(whole, following, start + length)


def to_bouts(state: Sequence[str] | States, time_s: npt.ArrayLike) -> pd.DataFrame:
    """Join frames of one state into bouts.

    Parameters
    ----------
    state
        State of each frame.
    time_s
        Time stamp of each frame in s.

    Returns
    -------
    pandas.DataFrame
        ``state, start_s, stop_s, duration_s``: consecutive bouts from the first
        frame to the end of the last one; gaps of more than 0.5 s are ``unscored``.
    """
    start, stop = frame_spans(time_s)
    gap = np.flatnonzero(start[1:] > stop[:-1])
    states = np.concatenate([np.asarray(state, dtype=object), np.full(len(gap), UNSCORED)])
    starts = np.concatenate([start, stop[gap]])
    stops = np.concatenate([stop, start[gap + 1]])
    order = np.argsort(starts, kind="stable")
    return _joined(states[order], starts[order], stops[order])


def _joined(state: States, start_s: Floats, stop_s: Floats) -> pd.DataFrame:
    """Return a table in which neighbouring intervals of the same state are one bout."""
    first = np.ones(len(state), dtype=bool)
    first[1:] = state[1:] != state[:-1]
    last = np.append(first[1:], True) if len(state) else first
    start, stop = start_s[first], stop_s[last]
    return pd.DataFrame(
        {
            "state": state[first].astype(object),
            "start_s": start,
            "stop_s": stop,
            "duration_s": stop - start,
        }
    )


def to_states(bouts: pd.DataFrame, time_s: npt.ArrayLike) -> States:
    """Return the state at each time stamp; ``unscored`` outside all bouts."""
    times = np.asarray(time_s, dtype=np.float64)
    row = np.searchsorted(bouts["start_s"].to_numpy(np.float64), times, side="right") - 1
    if bouts.empty:
        return np.full(len(times), UNSCORED, dtype=object)
    inside = (row >= 0) & (times < bouts["stop_s"].to_numpy(np.float64)[row])
    found: States = np.where(inside, bouts["state"].to_numpy(object)[row], UNSCORED).astype(object)
    return found


def counts_immobile(bouts: pd.DataFrame, min_bout_s: float) -> npt.NDArray[np.bool_]:
    """Return which bouts are immobile and at least as long as the minimum, shape (bouts,)."""
    long_enough = bouts["duration_s"].to_numpy(np.float64) >= min_bout_s - _TOLERANCE_S
    immobile: npt.NDArray[np.bool_] = (bouts["state"].to_numpy(object) == IMMOBILE) & long_enough
    return immobile


def drop_short(bouts: pd.DataFrame, min_bout_s: float) -> pd.DataFrame:
    """Change immobile bouts that are shorter than the minimum to mobile.

    Only immobile bouts have a minimum duration: even a short stroke ends a
    float. Of a bout next to unscored time or at the recording's end, the
    part that was seen is compared with the minimum.

    Parameters
    ----------
    bouts
        Consecutive bouts.
    min_bout_s
        Shortest immobile bout that counts.

    Returns
    -------
    pandas.DataFrame
        A new table of bouts.
    """
    state = bouts["state"].to_numpy(object)
    short = (state == IMMOBILE) & ~counts_immobile(bouts, min_bout_s)
    kept = np.where(short, MOBILE, state).astype(object)
    return _joined(
        kept, bouts["start_s"].to_numpy(np.float64), bouts["stop_s"].to_numpy(np.float64)
    )


def clip(bouts: pd.DataFrame, start_s: float, stop_s: float) -> pd.DataFrame:
    """Cut bouts to a window.

    Parameters
    ----------
    bouts
        Bouts in order of time; none overlap.
    start_s, stop_s
        The window.

    Returns
    -------
    pandas.DataFrame
        Consecutive bouts that fill the window. Time that no given bout covers
        is ``unscored``.
    """
    start = np.clip(bouts["start_s"].to_numpy(np.float64), start_s, stop_s)
    stop = np.clip(bouts["stop_s"].to_numpy(np.float64), start_s, stop_s)
    inside = stop > start
    start, stop = start[inside], stop[inside]
    edges_before, edges_after = np.append(start_s, stop), np.append(start, stop_s)
    hole = edges_after > edges_before
    states = np.concatenate(
        [bouts["state"].to_numpy(object)[inside], np.full(hole.sum(), UNSCORED)]
    )
    starts = np.concatenate([start, edges_before[hole]])
    stops = np.concatenate([stop, edges_after[hole]])
    order = np.argsort(starts, kind="stable")
    return _joined(states[order], starts[order], stops[order])
