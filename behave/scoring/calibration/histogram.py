"""How long an animal's motion had which strength: all that a scale is learnt from.

On one grid for all trackers and cameras, so that histograms add up. Motion varies in
proportion, so the grid is one of equal ratios.
"""

import numpy as np

from behave.model.arrays import Floats
from behave.scoring.bouts import frame_spans
from behave.scoring.signal import MotionSignal

# Width of a bin in logarithms: motion is known to a fortieth of itself.
STEP = 0.025
LOWEST, HIGHEST = 1e-5, 1e5
EDGES: Floats = np.arange(np.log(LOWEST), np.log(HIGHEST) + STEP, STEP)
# Middle of each bin, in units of the motion; the first bin is for no motion at all.
MOTION: Floats = np.concatenate([[0.0], np.exp((EDGES[1:] + EDGES[:-1]) / 2)])


def measure_histogram(signal: MotionSignal, duration_s: float) -> Floats:
    """Measure for how many seconds an animal's motion lay in each bin of strength.

    Parameters
    ----------
    signal
        Its motion; what was not seen, and what lies before the entry, does not count.
    duration_s
        Time from the entry after which the animal no longer counts; may be infinite.

    Returns
    -------
    numpy.ndarray
        Seconds per bin of `MOTION`, shape (bins,).
    """
    if len(signal.time_s) < 2:  # noqa: PLR2004 - a frame lasts until the next
        return np.zeros(MOTION.shape)
    start, stop = frame_spans(signal.time_s)
    counted = np.isfinite(signal.motion) & (signal.time_s < signal.entry_s + duration_s)
    with np.errstate(divide="ignore"):
        logs = np.log(signal.motion[counted])
    bins = np.clip(np.searchsorted(EDGES, logs, side="right"), 0, len(MOTION) - 1)
    seconds = np.bincount(bins, (stop - start)[counted], minlength=len(MOTION))
    return seconds.astype(np.float64)
