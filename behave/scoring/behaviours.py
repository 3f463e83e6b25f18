"""Swimming and climbing: mobile time divided by posture, if that could be seen."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.scoring.bouts import to_bouts, to_states
from behave.scoring.states import IMMOBILE, MOBILE, classify

SWIMMING = "swimming"
CLIMBING = "climbing"

# Seconds of fully clear evidence that are needed for a change: an animal that pushes
# itself up at the wall for a moment, or sinks back between two pulls, does not
# change its behaviour.
CHANGE_COST_S = 0.3


def divide_mobile(bouts: pd.DataFrame, time_s: npt.ArrayLike, climb: npt.ArrayLike) -> pd.DataFrame:
    """Divide mobile bouts into swimming and climbing.

    Parameters
    ----------
    bouts
        Consecutive bouts of the recording.
    time_s
        Time stamp of each frame in s, shape (frames,).
    climb
        How upright the animal is at each frame, shape (frames,); 1: climbing
        and swimming are equally likely; NaN: unknown.

    Returns
    -------
    pandas.DataFrame
        A new table of bouts. Mobile time with unknown posture stays
        ``mobile``; other states do not change.
    """
    times, posture = np.asarray(time_s, np.float64), np.asarray(climb, np.float64)
    if not np.isfinite(posture).any():
        return bouts
    states = to_states(bouts, times)
    mobile = states == MOBILE
    # The method that separates movement from floating, applied to posture.
    mobile_posture = np.where(mobile, posture, np.nan)
    upright = classify(times, mobile_posture, 1.0, switch_penalty_s=CHANGE_COST_S)
    states[upright == MOBILE] = CLIMBING
    states[upright == IMMOBILE] = SWIMMING
    return to_bouts(states, times)
