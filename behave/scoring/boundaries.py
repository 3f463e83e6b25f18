"""When a bout begins and ends: at the step in the motion near the change of state.

One threshold decides whether an animal floats. The time at which a float
begins or ends is taken from the motion around it: from the frame at which the
motion steps from its level before the change to its level after it. With a
fixed threshold, weak swimmers would be scored immobile too late and strong
swimmers too early. The number of changes of state stays the same; only their
times move.

The beginning and the end of a float are treated differently. At the
beginning, strokes cease while the body still glides, and the step is searched
in the motion itself. At the end, the first stroke matters, even if later ones
are stronger; the step is therefore searched in the logarithm of the motion.
"""

import numpy as np
import numpy.typing as npt

from behave.model.arrays import Floats
from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED, classify

# Largest time by which a change of state is moved, and the time on each side of it from
# which the two levels are estimated. Tuned on the tuning seeds of benchmarks/worlds.
MAX_SHIFT_S, LEVEL_WINDOW_S = 0.5, 0.9
# After its last stroke a body still moves for about this time.
ONSET_LEAD_S = 0.08
# Added to the motion before the logarithm, as a share of the threshold: differences far
# below the threshold are noise.
STILL = 0.25

States = npt.NDArray[np.object_]


def classify_states(
    time_s: Floats, motion: Floats, immobile_below: float, switch_penalty_s: float
) -> States:
    """Give each frame a state: by the threshold, with changes moved to steps in the motion.

    Parameters
    ----------
    time_s, motion, immobile_below, switch_penalty_s
        See `behave.scoring.states.classify`.

    Returns
    -------
    numpy.ndarray
        ``immobile``, ``mobile`` or ``unscored``, shape (frames,).
    """
    states = classify(time_s, motion, immobile_below, switch_penalty_s=switch_penalty_s)
    return place_boundaries(time_s, motion, states, immobile_below)


def place_boundaries(
    time_s: Floats, motion: Floats, states: States, immobile_below: float
) -> States:
    """Move each change between immobile and mobile to the step in the motion near it.

    Parameters
    ----------
    time_s
        Time of each frame, shape (frames,), increasing.
    motion
        Motion at each frame, shape (frames,), NaN where it was not measured.
    states
        State of each frame, shape (frames,): ``immobile``, ``mobile`` or
        ``unscored``.
    immobile_below
        The threshold by which they were found, in units of the motion.

    Returns
    -------
    numpy.ndarray
        States, shape (frames,), with as many changes as before. A change
        moves by at most `MAX_SHIFT_S`, and not beyond the middle of the bouts
        before and after it, to the frame that divides the motion near it into
        two levels with the least squared error.
    """
    placed = states.copy()
    log_motion = np.log(motion + STILL * immobile_below)
    changes = np.flatnonzero(states[1:] != states[:-1]) + 1
    ends = np.concatenate([[0], changes, [states.size]])
    for number, change in enumerate(changes.tolist(), start=1):
        before, after = states[change - 1], states[change]
        if UNSCORED in (before, after):
            continue
        low, high = time_s[change] - LEVEL_WINDOW_S, time_s[change] + LEVEL_WINDOW_S
        first = max(int(ends[number - 1] + change) // 2, int(np.searchsorted(time_s, low)))
        last = min(int(ends[number + 1] + change + 1) // 2, int(np.searchsorted(time_s, high)))
        near = np.abs(time_s[first:last] - time_s[change]) <= MAX_SHIFT_S
        signal = motion if after == IMMOBILE else log_motion
        step = _step(signal[first:last], near, rises=after == MOBILE)
        at = change if step is None else first + step
        if after == IMMOBILE:
            at = max(int(np.searchsorted(time_s, time_s[at] - ONSET_LEAD_S)), first + 1)
        placed[at:change] = after
        placed[change:at] = before
    return placed


def _step(motion: Floats, near: npt.NDArray[np.bool_], *, rises: bool) -> int | None:
    """Return the index that best divides the motion into two levels.

    Parameters
    ----------
    motion
        Motion around a change of state, shape (n,).
    near
        Frames to which the change may be moved, shape (n,).
    rises
        Whether the second level must be the higher one.

    Returns
    -------
    int or None
        First frame of the second level; None if no allowed frame has a step
        in this direction.
    """
    if motion.size < 2:  # noqa: PLR2004 - a step has two sides
        return None
    counts = np.arange(1, motion.size)
    left = np.cumsum(motion)[:-1]
    right = left[-1] + motion[-1] - left
    rise = right / counts[::-1] - left / counts
    # Sum of squares between the two levels: the largest one leaves the least squared error.
    explained = rise**2 * counts * counts[::-1]
    allowed = near[1:] & ((rise > 0) == rises)
    if not allowed.any():
        return None
    return 1 + int(np.argmax(np.where(allowed, explained, -1.0)))
