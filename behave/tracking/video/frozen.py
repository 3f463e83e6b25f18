"""Stretches in which the recorder hung: time ran on and the picture stayed the same.

A live picture never repeats to the bit, because of the sensor's noise. A recorder that
hangs repeats it, and such time was not seen. Cameras and screen recorders that store
each picture several times repeat it too, but never for longer than a few of their usual
gaps between new pictures.
"""

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Floats

UInt8 = npt.NDArray[np.uint8]

# A picture that stays longer than this, and than so many usual gaps between new pictures,
# is frozen.
FROZEN_S = 0.5
USUAL_GAPS = 4.0
# Encoders store a hung picture anew now and then, as a key frame. Such a picture differs by
# less than this share of the usual change, lasts so long at most, and stands between repeats.
RESIDUE = 0.5
RESIDUE_S = 0.2
# Share of the pictures of a frozen stretch that are the same to the bit. Strong compression
# repeats single pictures of a quiet scene. Encoders with many key frames refine each of them
# for some pictures: fewer are the same then, but all in all next to nothing changes, for long.
SAME_SHARE, SAME_AND_STILL_SHARE = 0.75, 0.5
STILL, STILL_S = 0.02, 2.0  # of the usual change; at least
# Lines and columns of a picture by which two are compared; whole ones only where these are equal.
STRIDE = 7


class Repeats:
    """Compares each picture with the one before it."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._changes: list[float] = []
        self._last: tuple[UInt8, UInt8] | None = None

    def look(self, time_s: float, luma: UInt8) -> None:
        """Compare a picture with the last one; it is kept, not copied, until the next one."""
        sparse = np.ascontiguousarray(luma[::STRIDE, ::STRIDE])
        change = np.inf  # the first picture is new
        if self._last is not None:
            before, sparse_before = self._last
            change = cv2.norm(sparse, sparse_before, cv2.NORM_L1) / sparse.size
            if change == 0 and not np.array_equal(luma, before):
                change = float(np.finfo(float).tiny)
        self._times.append(time_s)
        self._changes.append(change)
        self._last = luma, sparse

    @property
    def frozen_s(self) -> Floats:
        """The frozen stretches; see `find_frozen`."""
        return find_frozen(np.array(self._times), np.array(self._changes))


def find_frozen(times_s: Floats, changes: Floats) -> Floats:
    """Return the stretches in which a picture stood still for too long to be live.

    Parameters
    ----------
    times_s
        Times of the pictures, shape (pictures,), s, rising.
    changes
        Mean change of each from the one before; 0: the same to the bit.

    Returns
    -------
    ndarray
        Time of the last live picture before and of the first one after each stretch, shape
        (stretches, 2), s.
    """
    new = changes > 0
    if new.all():
        return np.empty((0, 2))
    fresh_s = times_s[new]
    usual = float(np.median(changes[new]))
    longest_s = max(FROZEN_S, USUAL_GAPS * float(np.median(np.diff(fresh_s, append=times_s[-1]))))
    new = _without_residue(times_s, changes, new, usual)
    starts = np.flatnonzero(new)
    stops = np.append(starts[1:], len(times_s) - 1)
    same = np.concatenate([[0], np.cumsum(changes == 0)])
    repeats = same[stops] - same[starts]
    held = (times_s[stops] - times_s[starts] > longest_s) & (repeats > 1)
    inside = np.maximum(stops - starts - 1, 1)
    changed = np.concatenate([[0], np.cumsum(np.where(np.isfinite(changes), changes, 0))])
    still = changed[stops] - changed[starts + 1] < STILL * usual * inside
    still &= times_s[stops] - times_s[starts] >= STILL_S
    held &= repeats >= np.where(still, SAME_AND_STILL_SHARE, SAME_SHARE) * inside
    starts = np.array([_first_of(at, times_s, changes, usual) for at in starts[held]], dtype=int)
    return np.stack([times_s[starts], times_s[stops[held]]], axis=1)


def _first_of(at: int, times_s: Floats, changes: Floats, usual: float) -> int:
    """Return the picture that hung: encoders refine it for a moment before they repeat it."""
    first = at
    while first and changes[first] < RESIDUE * usual and times_s[at] - times_s[first] < FROZEN_S:
        first -= 1
    return first


def _without_residue(
    times_s: Floats, changes: Floats, new: npt.NDArray[np.bool_], usual: float
) -> npt.NDArray[np.bool_]:
    """Return which pictures are new, without the few that were stored anew amid repeats."""
    runs = np.flatnonzero(np.diff(new.astype(np.int8), prepend=new[0] - 1))
    edges = [*runs.tolist(), len(new)]
    found = new.copy()
    for start, stop in pairwise(edges[1:-1]):
        brief = times_s[stop - 1] - times_s[start] <= RESIDUE_S
        if new[start] and brief and changes[start:stop].max() < RESIDUE * usual:
            found[start:stop] = False
    return found


def hide(motion: pd.DataFrame, stretches: Floats) -> pd.DataFrame:
    """Return a table of motion in which nothing was seen in the frozen stretches.

    Parameters
    ----------
    motion
        As `behave.model.tables.MOTION`.
    stretches
        As from `find_frozen`. The first live picture after a stretch shows where the animal
        is, but not how it moved since the last one.
    """
    hidden = motion.copy()
    time_s = motion["time_s"].to_numpy(np.float64)
    for start_s, stop_s in stretches:
        within = (time_s > start_s) & (time_s < stop_s)
        hidden.loc[within, list(motion.columns.drop(["frame", "time_s"]))] = np.nan
        hidden.loc[time_s == stop_s, "motion"] = np.nan
    return hidden


def frozen_within(stretches: Floats, start_s: float, stop_s: float) -> float:
    """Return how many seconds of a window were frozen."""
    return float(np.diff(np.clip(stretches, start_s, stop_s), axis=1).sum())
