"""From a motion signal to a state per frame.

The state changes only if the evidence for the other state, summed over time,
is larger than the cost of a change. Evidence is counted per second, not per
frame, so that the result does not depend on the frame rate.
"""

import numpy as np
import numpy.typing as npt

IMMOBILE = "immobile"
MOBILE = "mobile"
UNSCORED = "unscored"


def classify(
    time_s: npt.NDArray[np.float64],
    motion: npt.NDArray[np.float64],
    immobile_below: float,
    *,
    switch_penalty_s: float,
    longest_gap_s: float = 0.5,
) -> npt.NDArray[np.object_]:
    """Give each frame a state: the sequence of two states with the least total cost.

    Parameters
    ----------
    time_s
        Time of each frame, shape (frames,), increasing.
    motion
        Motion at each frame, shape (frames,), 0 or more; NaN: not measured.
    immobile_below
        The motion at which both states are equally likely.
    switch_penalty_s
        Seconds of fully clear evidence that are needed for one change of state.
    longest_gap_s
        A longer time between two frames, or a longer time without a
        measurement, divides the recording into parts that are classified
        independently.

    Returns
    -------
    numpy.ndarray
        ``immobile``, ``mobile`` or ``unscored`` (motion NaN), shape (frames,).
    """
    motion = np.asarray(motion, dtype=float)
    time_s = np.asarray(time_s, dtype=float)
    states = np.full(motion.shape, UNSCORED, dtype=object)
    seen = np.flatnonzero(np.isfinite(motion))
    if seen.size == 0:
        return states
    evidence = _evidence(motion[seen], immobile_below) * _held_s(time_s, longest_gap_s)[seen]
    cuts = np.flatnonzero(np.diff(time_s[seen]) > longest_gap_s) + 1
    for part in np.split(np.arange(seen.size), cuts):
        mobile = _cheapest_path(evidence[part], switch_penalty_s)
        states[seen[part]] = np.where(mobile, MOBILE, IMMOBILE)
    return states


def _evidence(motion: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.float64]:
    """Return evidence for movement, from -1 to 1, 0 at the threshold.

    It is the logarithm of motion / threshold, because motion varies in
    proportion. It is limited to -1 and 1 (at 1/e and e times the threshold), so
    that one violent frame does not count more than a second of stillness.
    """
    ratio = np.maximum(motion, np.finfo(float).tiny) / threshold
    evidence: npt.NDArray[np.float64] = np.clip(np.log(ratio), -1.0, 1.0)
    return evidence


def _held_s(time_s: npt.NDArray[np.float64], longest_s: float) -> npt.NDArray[np.float64]:
    """Return the time in s that each frame represents: half of the time to each neighbour."""
    if time_s.size == 1:
        return np.ones(1)
    half = np.minimum(np.diff(time_s), longest_s) / 2
    held: npt.NDArray[np.float64] = np.append(half[0], half) + np.append(half, half[-1])
    return held


def _cheapest_path(evidence: npt.NDArray[np.float64], change_cost: float) -> npt.NDArray[np.bool_]:
    """Return whether each frame is mobile in the sequence of least cost (Viterbi).

    With two states only the difference of their costs matters, and it is never
    larger than the cost of a change.
    """
    lead = 0.0  # cost of the best sequence that ends immobile minus that which ends mobile
    leads = np.empty(evidence.size)
    for index, value in enumerate(evidence.tolist()):
        lead = min(max(lead, -change_cost), change_cost) + value
        leads[index] = lead
    mobile = np.empty(evidence.size, dtype=bool)
    state = bool(leads[-1] > 0)
    for index in range(evidence.size - 1, -1, -1):
        # Going back in time, the state changes only where the other one was better by
        # more than the cost of a change.
        if state and leads[index] < -change_cost:
            state = False
        elif not state and leads[index] > change_cost:
            state = True
        mobile[index] = state
    return mobile
