"""Where a bout begins and ends: at the step in its own motion.

Whether an animal floats is told by one threshold for all recordings. When a
float begins is better told by the float itself: where its motion steps from
the level before to the level after. A weak swimmer stops long before its
motion has fallen below a threshold made for all, and a strong one starts
before. No change of state appears or goes by that; each only finds its place.

The two ends of a float differ. At its beginning strokes cease and the body
glides on, so the step is that of the motion itself. At its end the first
stroke counts and not the strongest, so the step is that of its logarithm.
"""

import numpy as np
import numpy.typing as npt

from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED, classify

# How far a change is moved at most, and from how much time on both sides of it the
# levels are taken. Tuned on the tuning seeds of benchmarks/worlds.
REACH_S, LEVEL_S = 0.5, 0.9
# For so long after its last stroke a body still gives way.
ONSET_LEAD_S = 0.08
# Motion below this share of the threshold is stillness, however little it is.
STILL = 0.25

Floats = npt.NDArray[np.float64]
States = npt.NDArray[np.object_]


def classify_states(
    time_s: Floats, motion: Floats, immobile_below: float, switch_penalty_s: float
) -> States:
    """Give each frame a state: whether it floats by the threshold, since when by the step.

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
    """Move each change between floating and movement to the step in the motion.

    Parameters
    ----------
    time_s
        Time of each frame, shape (frames,), rising.
    motion
        Motion at each frame, shape (frames,), NaN where it was not measured.
    states
        State of each frame, shape (frames,): ``immobile``, ``mobile`` or
        ``unscored``.
    immobile_below
        The threshold that told them, in units of the motion.

    Returns
    -------
    numpy.ndarray
        States, shape (frames,), with as many changes as before. A change
        moves by at most `REACH_S`, to the frame that parts the motion near it
        into two levels with the least squared error, and not past the middle
        of its bouts.
    """
    placed = states.copy()
    in_orders = np.log(motion + STILL * immobile_below)
    changes = np.flatnonzero(states[1:] != states[:-1]) + 1
    ends = np.concatenate([[0], changes, [states.size]])
    for number, change in enumerate(changes.tolist(), start=1):
        before, after = states[change - 1], states[change]
        if UNSCORED in (before, after):
            continue
        low, high = time_s[change] - LEVEL_S, time_s[change] + LEVEL_S
        first = max(int(ends[number - 1] + change) // 2, int(np.searchsorted(time_s, low)))
        last = min(int(ends[number + 1] + change + 1) // 2, int(np.searchsorted(time_s, high)))
        near = np.abs(time_s[first:last] - time_s[change]) <= REACH_S
        signal = motion if after == IMMOBILE else in_orders
        step = _step(signal[first:last], near, rises=after == MOBILE)
        at = change if step is None else first + step
        if after == IMMOBILE:
            at = max(int(np.searchsorted(time_s, time_s[at] - ONSET_LEAD_S)), first + 1)
        placed[at:change] = after
        placed[change:at] = before
    return placed


def _step(motion: Floats, near: npt.NDArray[np.bool_], *, rises: bool) -> int | None:
    """Return where motion is best parted into two levels, none where it steps nowhere so.

    Parameters
    ----------
    motion
        Motion round a change, shape (n,).
    near
        Where the change may be, shape (n,).
    rises
        Whether the second level is the higher.
    """
    if motion.size < 2:  # noqa: PLR2004 - a step has two sides
        return None
    counts = np.arange(1, motion.size)
    left = np.cumsum(motion)[:-1]
    right = left[-1] + motion[-1] - left
    rise = right / counts[::-1] - left / counts
    # What the two means explain; the rest of the squared error is the same for all.
    explained = rise**2 * counts * counts[::-1]
    allowed = near[1:] & ((rise > 0) == rises)
    if not allowed.any():
        return None
    return 1 + int(np.argmax(np.where(allowed, explained, -1.0)))
