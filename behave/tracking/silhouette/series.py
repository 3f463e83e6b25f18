"""What was seen of one animal, look by look, and its way back to the frames."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

# Values are carried over to frames this near to a look, and not farther.
REACH_S = 0.15


@dataclass
class Series:
    """What one animal's looks gave; one item per look, NaN where it was not found.

    Parameters
    ----------
    time_s
        Time of the look.
    motion
        See `behave.tracking.silhouette.motion`.
    x_px, y_px
        Centre of the body in the full frame.
    area_px
        Area of the body in the full frame.
    light
        Light relative to the learnt background.
    at_edge
        Whether the body reaches the arena's edge.
    across, down, slant
        Variances of the body's px from side to side and from top to bottom,
        and their covariance.
    beside
        Area of the largest other region of a body's size, in areas of the animal;
        known only where the whole arena was looked at.
    """

    time_s: list[float] = field(default_factory=list)
    motion: list[float] = field(default_factory=list)
    x_px: list[float] = field(default_factory=list)
    y_px: list[float] = field(default_factory=list)
    area_px: list[float] = field(default_factory=list)
    light: list[float] = field(default_factory=list)
    at_edge: list[bool] = field(default_factory=list)
    across: list[float] = field(default_factory=list)
    down: list[float] = field(default_factory=list)
    slant: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)


def at_frames(times: Float64, looks: Float64, values: Float64) -> Float64:
    """Return values at the frames' times, NaN where no look with a value is near."""
    known = np.flatnonzero(np.isfinite(values))
    if known.size == 0:
        return np.full(times.shape, np.nan)
    at = np.interp(times, looks[known], values[known])
    after = np.clip(np.searchsorted(looks, times), 0, looks.size - 1)
    before = np.maximum(after - 1, 0)
    far_after = np.where(np.isfinite(values[after]), np.abs(looks[after] - times), np.inf)
    far_before = np.where(np.isfinite(values[before]), np.abs(times - looks[before]), np.inf)
    nearest = np.minimum(far_after, far_before)
    # A frame counts as seen where the look nearest to it saw the animal.
    nearer = np.where(np.abs(looks[after] - times) < np.abs(times - looks[before]), after, before)
    seen = np.isfinite(values[nearer]) & (nearest <= REACH_S)
    return np.where(seen, at, np.nan)
