"""When the animal enters: a hand lowers it into an empty cylinder."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from behave.tracking.trial import EntrySource

# An animal has entered when it is seen in this share of the looks over this time.
SEEN_SHARE, SEEN_FOR_S = 0.9, 2.0
# Found by then, it was there when the recording began.
FROM_THE_START_S = 0.5


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
    time_s: npt.NDArray[np.float64], seen: npt.NDArray[np.bool_], given_s: float | None
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

    Returns
    -------
    Entry
        The given one; else the first look from which on the animal stays in
        sight for two seconds.
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
    return Entry(entry_s, "detected")
