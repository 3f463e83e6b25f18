"""The two modes of a pool of motion, floating and moving, and the valley between them.

A cut halves the pool of logarithms so that the two halves differ most (Otsu 1979, IEEE
Trans. Syst. Man Cybern. 9:62-66). Otsu's method halves any pool, also one of animals that
only float or only swim, so the halves count as modes only where a valley lies between their
peaks and the peaks are far enough apart. Otsu's cut leans towards the wider mode. That is
mostly the one of floating, from noise to balancing, and then the cut is too low: the threshold
is the middle of the valley's floor, where animals spend the least time. Where the floor lies
below the cut, as with keypoints whose stillness is no motion at all, the cut stays.
"""

from dataclasses import dataclass

import numpy as np

from behave.model.arrays import Floats
from behave.scoring.calibration.histogram import MOTION, STEP

# Of the strongest motion of the pool (its 95 % quantile), this share is as good as none:
# below it, differences of motion are the recording's noise.
STRONGEST, NOISE = 0.95, 0.005
# Width over which the pool is smoothed before its peaks are looked for, in logarithms.
SMOOTH = 0.2
# A valley that lies by this share below the lower peak is one.
VALLEY = 0.2
# Up to this share of the way from its lowest point to the lower peak, a valley is floor.
FLOOR = 0.1
# Rounds after which two normal modes stand still, and how narrow one may become, in logarithms.
ROUNDS, LEAST_SPREAD = 100, 0.1
# Peaks count in full where they are e times apart, so that evidence is clear on one side of
# the threshold at least (`behave.scoring.states`), and not at all at half that distance.
NEAR, FAR = 0.5, 1.0


@dataclass(frozen=True)
class Modes:
    """The threshold that best divides a pool of motion in two, and how clearly it does.

    Parameters
    ----------
    threshold
        The motion that halves it.
    crossing
        The motion at which rest and movement are equally likely, each taken for a normal
        distribution of logarithms: for rest that spreads far, and movement that does not.
    clarity
        From 0 (one mode, nothing to learn) to 1 (two modes).
    """

    threshold: float
    crossing: float
    clarity: float


def find_modes(shares: Floats) -> Modes:
    """Find the two modes of a pool.

    Parameters
    ----------
    shares
        Share of the time in each bin of `behave.scoring.calibration.histogram.MOTION`,
        shape (bins,), with a sum of 1.

    Returns
    -------
    Modes
        Multiplied motion gives the threshold multiplied, and the same clarity.
    """
    strongest = MOTION[np.searchsorted(np.cumsum(shares), STRONGEST).clip(max=len(MOTION) - 1)]
    if strongest == 0:  # nothing ever moved
        return Modes(float("nan"), float("nan"), 0.0)
    noise = NOISE * strongest
    logs = np.log(MOTION + noise)
    count = int(np.ceil((logs[-1] - logs[0]) / STEP)) + 1
    places = logs[0] + STEP * np.arange(count)
    bins = np.round((logs - logs[0]) / STEP).astype(int)
    density: Floats = np.bincount(bins, shares, minlength=count).astype(np.float64)
    half = _halve(density, places)
    valley = _valley(density, half)
    if valley is None:
        return Modes(float("nan"), float("nan"), 0.0)
    floor, clarity = valley
    threshold, crossing = (
        float(np.exp(place) - noise)
        for place in (
            places[0] + STEP * max(floor, half + 0.5),
            _crossing(density, places, half),
        )
    )
    return Modes(threshold, crossing, clarity)


def _halve(density: Floats, places: Floats) -> int:
    """Return the last bin of the lower half of those two that differ most (Otsu)."""
    below = np.cumsum(density)
    sums = np.cumsum(density * places)
    inside = (below > 0) & (below < 1)
    spread = np.zeros(density.shape)
    spread[inside] = (sums[-1] * below[inside] - sums[inside]) ** 2 / (
        below[inside] * (1 - below[inside])
    )
    best = np.flatnonzero(spread >= spread.max() * (1 - 1e-9))
    # Where nothing lies between the halves all places are as good: the middle one.
    return int(best[len(best) // 2])


def _valley(density: Floats, half: int) -> tuple[float, float] | None:
    """Return the middle of the floor between the peaks of two halves, in bins, and its clarity.

    None where one of the halves is empty.
    """
    reach = round(4 * SMOOTH / STEP)
    kernel = np.exp(-0.5 * (STEP * np.arange(-reach, reach + 1) / SMOOTH) ** 2)
    # What lies beyond the ends is not cut off: a peak at the noise is a whole one.
    smooth = np.convolve(np.pad(density, reach), kernel / kernel.sum(), mode="same")
    middle = half + reach + 1
    low, high = int(np.argmax(smooth[:middle])), middle + int(np.argmax(smooth[middle:]))
    peak = min(smooth[low], smooth[high])
    if peak <= 0:
        return None
    between = smooth[low : high + 1]
    lowest = float(between.min())
    higher = np.flatnonzero(between > lowest + FLOOR * (peak - lowest))
    bottom = int(np.argmin(between))
    first = int(max(higher[higher < bottom], default=-1)) + 1
    last = int(min(higher[higher > bottom], default=between.size)) - 1
    depth = 1 - lowest / peak
    apart = (STEP * (high - low) - NEAR) / (FAR - NEAR)
    clarity = float(np.clip(depth / VALLEY, 0, 1) * np.clip(apart, 0, 1))
    return low + (first + last) / 2 - reach, clarity


def _crossing(density: Floats, places: Floats, half: int) -> float:
    """Return the logarithm at which two normal modes are equally high, between their means.

    They are fitted by expectation and maximization, from the two halves on, and compared at
    equal areas: how much the animals rest does not move the threshold.
    """
    upper = (np.arange(density.size) > half).astype(np.float64)
    shares = np.stack([1 - upper, upper])
    for _ in range(ROUNDS):
        weights = shares * density
        total = np.maximum(weights.sum(axis=1), np.finfo(float).tiny)
        means = weights @ places / total
        squares = (places - means[:, None]) ** 2
        spreads = np.maximum(np.sqrt((weights * squares).sum(axis=1) / total), LEAST_SPREAD)
        heights = np.exp(-0.5 * squares / spreads[:, None] ** 2) / spreads[:, None]
        likely = heights * total[:, None]
        shares = likely / np.maximum(likely.sum(axis=0), np.finfo(float).tiny)
    between = (places > means[0]) & (places <= means[1]) & (heights[1] > heights[0])
    found = np.flatnonzero(between)
    return float(places[found[0]] if found.size else places[half])
