"""The motion of one trial, with all that is needed to find its states."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Floats
from behave.scoring.boundaries import classify_states


@dataclass(frozen=True)
class MotionSignal:
    """One trial's motion. There are no defaults, so that no caller can forget a value.

    Parameters
    ----------
    frames
        One row per frame, with ``time_s`` and ``motion`` at least; columns as in
        `behave.model.tables.MOTION`.
    entry_s
        Video time at which the animal entered.
    switch_penalty_s
        Seconds of fully clear evidence that are needed for one change of state;
        depends on the tracker.
    """

    frames: pd.DataFrame
    entry_s: float
    switch_penalty_s: float

    @cached_property
    def time_s(self) -> Floats:
        """Time of each frame from the video's first, shape (frames,)."""
        return self.frames["time_s"].to_numpy(np.float64)

    @cached_property
    def motion(self) -> Floats:
        """Motion of each frame, shape (frames,); NaN before the entry and where not measured."""
        measured = self.frames["motion"].to_numpy(np.float64)
        return np.where(self.time_s < self.entry_s, np.nan, measured)

    def states(self, immobile_below: float) -> npt.NDArray[np.object_]:
        """Return the state of each frame, shape (frames,): immobile, mobile or unscored."""
        return classify_states(self.time_s, self.motion, immobile_below, self.switch_penalty_s)
