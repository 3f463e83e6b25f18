"""What people saw: keys pressed while watching, and corrections laid over a score. Pure."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.scoring.behaviours import CLIMBING, SWIMMING
from behave.scoring.bouts import Floats, States, clip
from behave.scoring.states import MOBILE

Press = tuple[float, str]
BOUT = ["state", "start_s", "stop_s", "duration_s"]


def bouts_of(
    presses: Sequence[Press], start_s: float, stop_s: float, first: str = MOBILE
) -> pd.DataFrame:
    """Return the bouts that a person keyed.

    Parameters
    ----------
    presses
        (time, state): the state from that time on, times in s of the video.
        Of several at one time the last counts.
    start_s, stop_s
        What was watched.
    first
        The state before the first key.

    Returns
    -------
    pandas.DataFrame
        ``state, start_s, stop_s, duration_s``, end to end over what was watched.
    """
    ordered = sorted(presses, key=lambda press: press[0])
    starts = np.array([start_s, *(max(time_s, start_s) for time_s, _ in ordered)], np.float64)
    states = [first, *(state for _, state in ordered)]
    held = pd.DataFrame(
        {"state": states, "start_s": starts, "stop_s": np.append(starts[1:], stop_s)}
    )
    return clip(held[held["stop_s"] > held["start_s"]], start_s, stop_s)


def correct(bouts: pd.DataFrame, manual: pd.DataFrame) -> pd.DataFrame:
    """Lay a person's bouts over a score; the score itself stays as it is.

    Parameters
    ----------
    bouts
        The score: ``state, start_s, stop_s``, end to end.
    manual
        The person's bouts, same columns; none overlap.

    Returns
    -------
    pandas.DataFrame
        ``state, start_s, stop_s, duration_s``, end to end over the score's
        time; where the person said something, that. ``mobile`` said of
        swimming or climbing changes nothing.
    """
    if manual.empty or bouts.empty:
        return bouts[BOUT].reset_index(drop=True)
    start_s, stop_s = float(bouts["start_s"].min()), float(bouts["stop_s"].max())
    edges = np.unique(np.concatenate([part[["start_s", "stop_s"]].to_numpy(np.float64).ravel()
                                      for part in (bouts, manual)]))  # fmt: skip
    edges = edges[(edges >= start_s) & (edges <= stop_s)]
    middle = (edges[:-1] + edges[1:]) / 2
    scored, said = _state_at(bouts, middle), _state_at(manual, middle)
    # Swimming and climbing are mobile: who says mobile of them says nothing else.
    finer = (said == MOBILE) & np.isin(scored.astype(str), (SWIMMING, CLIMBING))
    states = np.where(_within(manual, middle) & ~finer, said, scored)
    pieces = pd.DataFrame({"state": states, "start_s": edges[:-1], "stop_s": edges[1:]})
    return clip(pieces, start_s, stop_s)


def differing_s(bouts: pd.DataFrame, others: pd.DataFrame, start_s: float, stop_s: float) -> float:
    """Return for how long two scores of one recording differ within a window, in s."""
    first, second = clip(bouts, start_s, stop_s), clip(others, start_s, stop_s)
    edges = np.unique(np.concatenate([first["start_s"], second["start_s"], [stop_s]]))
    middle = (edges[:-1] + edges[1:]) / 2
    apart = _state_at(first, middle) != _state_at(second, middle)
    return float(np.diff(edges)[apart].sum())


def _rows_at(bouts: pd.DataFrame, times: Floats) -> npt.NDArray[np.intp]:
    """Return the last bout that began before each time."""
    starts = bouts["start_s"].to_numpy(np.float64)
    return np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)


def _state_at(bouts: pd.DataFrame, times: Floats) -> States:
    """Return the state of the bout that each time lies in."""
    states: States = bouts["state"].to_numpy(object)[_rows_at(bouts, times)]
    return states


def _within(bouts: pd.DataFrame, times: Floats) -> npt.NDArray[np.bool_]:
    """Return whether each time lies in one of the bouts."""
    rows = _rows_at(bouts, times)
    start = bouts["start_s"].to_numpy(np.float64)[rows]
    within: npt.NDArray[np.bool_] = times >= start
    return within & (times < bouts["stop_s"].to_numpy(np.float64)[rows])
