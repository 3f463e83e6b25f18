"""Swimming and climbing: what a mobile animal does, where its posture could be seen."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.scoring.bouts import to_bouts, to_states
from behave.scoring.states import IMMOBILE, MOBILE, classify

SWIMMING = "swimming"
CLIMBING = "climbing"

# Seconds of fully clear evidence that outweigh a change: an animal that pushes
# itself up at the wall for a moment, or sinks back between two pulls, does not
# change what it does.
CHANGE_COST_S = 0.3


def divide_mobile(bouts: pd.DataFrame, time_s: npt.ArrayLike, climb: npt.ArrayLike) -> pd.DataFrame:
    """Divide mobile bouts into swimming and climbing.

    Parameters
    ----------
    bouts
        Bouts of the recording, end to end.
    time_s
        Time stamp of each frame in s.
    climb
        How upright the animal stands at each frame; 1: as likely climbing as
        swimming; NaN: not known.

    Returns
    -------
    pandas.DataFrame
        A new table of bouts. What is mobile and of unknown posture stays
        ``mobile``; nothing else changes.
    """
    times, posture = np.asarray(time_s, np.float64), np.asarray(climb, np.float64)
    if not np.isfinite(posture).any():
        return bouts
    states = to_states(bouts, times)
    mobile = states == MOBILE
    # The same two-state path that tells movement from floating, of posture.
    held = np.where(mobile, posture, np.nan)
    upright = classify(times, held, 1.0, switch_penalty_s=CHANGE_COST_S)
    states[upright == MOBILE] = CLIMBING
    states[upright == IMMOBILE] = SWIMMING
    return to_bouts(states, times)
