"""Scores by people: bouts from keys pressed while watching, and corrections of a score."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Floats
from behave.scoring.behaviours import CLIMBING, SWIMMING
from behave.scoring.bouts import States, clip
from behave.scoring.states import MOBILE

Press = tuple[float, str]
BOUT = ["state", "start_s", "stop_s", "duration_s"]


def bouts_of(
    presses: Sequence[Press], start_s: float, stop_s: float, first: str = MOBILE
) -> pd.DataFrame:
    """Return the bouts that a person scored by pressing keys.

    Parameters
    ----------
    presses
        (time, state): the state from that time on, in s of the video. Of
        several at the same time the last counts.
    start_s, stop_s
        The part of the video that was watched.
    first
        The state before the first key.

    Returns
    -------
    pandas.DataFrame
        ``state, start_s, stop_s, duration_s``: consecutive bouts over the watched part.
    """
    ordered = sorted(presses, key=lambda press: press[0])
    starts = np.array([start_s, *(max(time_s, start_s) for time_s, _ in ordered)], np.float64)
    states = [first, *(state for _, state in ordered)]
    held = pd.DataFrame(
        {"state": states, "start_s": starts, "stop_s": np.append(starts[1:], stop_s)}
    )
    return clip(held[held["stop_s"] > held["start_s"]], start_s, stop_s)


def correct(bouts: pd.DataFrame, manual: pd.DataFrame) -> pd.DataFrame:
    """Return a score in which a person's bouts replace what they cover.

    Parameters
    ----------
    bouts
        The score: ``state, start_s, stop_s``, consecutive. It is not changed.
    manual
        The person's bouts, same columns; none overlap.

    Returns
    -------
    pandas.DataFrame
        ``state, start_s, stop_s, duration_s``: consecutive bouts over the score's
        time, with the person's states where there are any. A person's ``mobile``
        does not replace swimming or climbing.
    """
    if manual.empty or bouts.empty:
        return bouts[BOUT].reset_index(drop=True)
    start_s, stop_s = float(bouts["start_s"].min()), float(bouts["stop_s"].max())
    edges = np.unique(np.concatenate([part[["start_s", "stop_s"]].to_numpy(np.float64).ravel()
                                      for part in (bouts, manual)]))  # fmt: skip
    edges = edges[(edges >= start_s) & (edges <= stop_s)]
    middle = (edges[:-1] + edges[1:]) / 2
    scored, said = _state_at(bouts, middle), _state_at(manual, middle)
    # Swimming and climbing are mobile: 'mobile' does not contradict them.
    finer = (said == MOBILE) & np.isin(scored.astype(str), (SWIMMING, CLIMBING))
    states = np.where(_within(manual, middle) & ~finer, said, scored)
    pieces = pd.DataFrame({"state": states, "start_s": edges[:-1], "stop_s": edges[1:]})
    return clip(pieces, start_s, stop_s)


def differing_s(bouts: pd.DataFrame, others: pd.DataFrame, start_s: float, stop_s: float) -> float:
    """Return how many seconds of a window two scores of one recording differ."""
    first, second = clip(bouts, start_s, stop_s), clip(others, start_s, stop_s)
    edges = np.unique(np.concatenate([first["start_s"], second["start_s"], [stop_s]]))
    middle = (edges[:-1] + edges[1:]) / 2
    apart = _state_at(first, middle) != _state_at(second, middle)
    return float(np.diff(edges)[apart].sum())


def _rows_at(bouts: pd.DataFrame, times: Floats) -> npt.NDArray[np.intp]:
    """Return the index of the last bout that began before each time, shape (times,)."""
    starts = bouts["start_s"].to_numpy(np.float64)
    return np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)


def _state_at(bouts: pd.DataFrame, times: Floats) -> States:
    """Return the state at each time, shape (times,)."""
    states: States = bouts["state"].to_numpy(object)[_rows_at(bouts, times)]
    return states


def _within(bouts: pd.DataFrame, times: Floats) -> npt.NDArray[np.bool_]:
    """Return whether each time is in one of the bouts, shape (times,)."""
    rows = _rows_at(bouts, times)
    start = bouts["start_s"].to_numpy(np.float64)[rows]
    within: npt.NDArray[np.bool_] = times >= start
    return within & (times < bouts["stop_s"].to_numpy(np.float64)[rows])
