"""When the animal enters: a hand lowers it into an empty cylinder."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from behave.tracking.trial import EntrySource

# An animal has entered when it is seen in this share of the looks over this time.
SEEN_SHARE, SEEN_FOR_S = 0.9, 2.0
# Found by then, it was there when the recording began.
FROM_THE_START_S = 0.5
# A hand carries an animal in from the arena's edge, fast (roots of its area per
# s) and straight on, and the animal is in the water when that ends. Strokes do
# not reach this speed from the first look on, and turn sooner.
CARRIED_AT, OVER_S, STRAIGHT = 2.0, 0.2, 0.7
MAX_CARRY_S = 2.0

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Entry:
    """The animal's entry.

    Parameters
    ----------
    time_s
        Video time.
    source
        Where it comes from.
    found
        Whether an entry could be told at all.
    """

    time_s: float
    source: EntrySource
    found: bool = True


def find_entry(
    time_s: Float64,
    seen: npt.NDArray[np.bool_],
    given_s: float | None,
    places: Float64 | None = None,
) -> Entry:
    """Return when the animal entered.

    Parameters
    ----------
    time_s
        Times of the looks, shape (looks,).
    seen
        Whether the animal was found by itself, without a hand, shape (looks,).
    given_s
        The entry that the trials table states, if any.
    places
        Where the animal was, in roots of its area, shape (looks, 2); NaN where
        it was not found.

    Returns
    -------
    Entry
        The given one; else the first look from which on the animal stays in
        sight for two seconds, and is no longer carried.
    """
    if given_s is not None:
        return Entry(given_s, "given")
    if time_s.size == 0:
        return Entry(0.0, "first frame", found=False)
    counts = np.concatenate([[0], np.cumsum(seen)])
    stops = np.searchsorted(time_s, time_s + SEEN_FOR_S)
    shares = (counts[stops] - counts[:-1]) / (stops - np.arange(time_s.size))
    whole = time_s + SEEN_FOR_S <= time_s[-1] + 1e-9
    steady = np.flatnonzero(seen & (shares >= SEEN_SHARE) & (whole | (time_s[-1] < SEEN_FOR_S)))
    if steady.size == 0:
        return Entry(0.0, "first frame", found=False)
    entry_s = float(time_s[steady[0]])
    if entry_s <= FROM_THE_START_S:
        return Entry(0.0, "first frame")
    if places is not None:
        entry_s = _carried_until(time_s[steady[0] :], places[steady[0] :])
    return Entry(entry_s, "detected")


def _carried_until(time_s: Float64, places: Float64) -> float:
    """Return when an animal is no longer carried: at its first look if it never was.

    Parameters
    ----------
    time_s, places
        As for `find_entry`, from the first look at the animal on.
    """
    known = np.isfinite(places).all(axis=1)
    times, at = time_s[known], places[known]
    first_way: Float64 | None = None
    for index, now in enumerate(times.tolist()):
        now_s = float(now)
        ahead = int(np.searchsorted(times, now_s + OVER_S - 1e-6))
        if ahead == times.size or times[ahead] - now_s > 2 * OVER_S:
            return now_s  # lost from sight: nothing says that it is still carried
        if now_s - times[0] > MAX_CARRY_S:
            return float(times[0])
        step = (at[ahead] - at[index]) / (times[ahead] - now_s)
        speed = float(np.hypot(*step))
        way = step / max(speed, 1e-9)
        if speed < CARRIED_AT or (first_way is not None and way @ first_way < STRAIGHT):
            return now_s
        first_way = way if first_way is None else first_way
    return float(times[0])
