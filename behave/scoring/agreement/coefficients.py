"""Coefficients of agreement: on single frames, and on the animals' totals.

For two raters of the same frames, ``counts`` has the shape (..., 2, 2), and
``counts[i, j]`` is the number of frames to which the first gave state i and the
second state j (1: immobile, 0: not). Functions of totals work along the last
axis, so that each bootstrap draw is a row.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from behave.model.arrays import Floats

CONF_LEVEL = 0.95
DRAWS = 2000


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval; NaN for what cannot be computed."""

    value: float
    low: float
    high: float


UNKNOWN = Estimate(math.nan, math.nan, math.nan)


def count_pairs(first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    """Count the states that two raters gave the same frames.

    Parameters
    ----------
    first, second
        1 immobile, 0 not immobile, NaN not scored; shape (frames,). A frame that
        one of them did not score is not counted.

    Returns
    -------
    numpy.ndarray
        Counts, shape (2, 2).
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    both = np.isfinite(one) & np.isfinite(two)
    cell = (2 * one[both] + two[both]).astype(np.int64)
    return np.bincount(cell, minlength=4).reshape(2, 2).astype(np.float64)


def accuracy(counts: Floats) -> Floats:
    """Return the share of frames with the same state from both raters, shape (...)."""
    with np.errstate(invalid="ignore"):
        share: Floats = np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1))
    return share


def cohen_kappa(counts: Floats) -> Floats:
    """Return Cohen's kappa, shape (...); NaN if both raters gave one and the same state only.

    Source: Cohen 1960, Educ Psychol Meas 20:37.
    """
    total = counts.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        first, second = counts.sum(axis=-1), counts.sum(axis=-2)
        chance = (first * second).sum(axis=-1) / total**2
        kappa: Floats = (accuracy(counts) - chance) / (1 - chance)
    return np.where(chance < 1, kappa, np.nan)


def pooled_kappa(counts: Floats) -> Floats:
    """Return kappa over the frames of all animals, ``counts`` of shape (..., animals, 2, 2)."""
    return cohen_kappa(counts.sum(axis=-3))


def pooled_accuracy(counts: Floats) -> Floats:
    """Return accuracy over the frames of all animals, ``counts`` of shape (..., animals, 2, 2)."""
    return accuracy(counts.sum(axis=-3))


def mean_kappa(counts: Floats) -> Floats:
    """Return the mean of the kappas of single animals, without undefined ones."""
    kappa = cohen_kappa(counts)
    known = np.isfinite(kappa)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(known, kappa, 0.0).sum(-1) / known.sum(-1)
    return mean


def pearson(first: Floats, second: Floats) -> Floats:
    """Return Pearson's r along the last axis."""
    one = first - first.mean(axis=-1, keepdims=True)
    two = second - second.mean(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        r: Floats = (one * two).sum(-1) / np.sqrt((one**2).sum(-1) * (two**2).sum(-1))
    return r


def concordance(first: Floats, second: Floats) -> Floats:
    """Return Lin's concordance correlation along the last axis.

    Source: Lin 1989, Biometrics 45:255 (variances divided by n).
    """
    apart = first.mean(-1) - second.mean(-1)
    covariance = ((first - first.mean(-1, keepdims=True)) * second).mean(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ccc: Floats = 2 * covariance / (first.var(-1) + second.var(-1) + apart**2)
    return ccc


def bias(first: Floats, second: Floats) -> Floats:
    """Return the mean difference, first minus second, along the last axis."""
    difference: Floats = (first - second).mean(-1)
    return difference


def limit_low(first: Floats, second: Floats) -> Floats:
    """Return the lower 95 % limit of agreement (Bland & Altman 1986)."""
    return bias(first, second) - 1.96 * _spread(first, second)


def limit_high(first: Floats, second: Floats) -> Floats:
    """Return the upper 95 % limit of agreement (Bland & Altman 1986)."""
    return bias(first, second) + 1.96 * _spread(first, second)


def _spread(first: Floats, second: Floats) -> Floats:
    """Return the standard deviation of the differences."""
    difference = first - second
    if difference.shape[-1] < 2:  # noqa: PLR2004 - one difference has no spread
        return np.full(difference.shape[:-1], np.nan)
    return np.asarray(difference.std(-1, ddof=1))


def bootstrap(
    statistic: Callable[..., Floats], *data: Floats, seed: int, draws: int = DRAWS
) -> Estimate:
    """Return a statistic with its percentile interval from a bootstrap over animals.

    Animals are drawn, not frames: a further study would have other animals.

    Parameters
    ----------
    statistic
        Takes arrays of shape (draws, animals, ...).
    data
        One row per animal, shape (animals, ...).
    seed
        Seed of the draws.
    draws
        Number of draws. Draws in which the statistic is undefined are left
        out; if they are more than 5 %, there is no interval.
    """
    count = len(data[0])
    value = float(statistic(*data)) if count else math.nan
    if count < 3:  # noqa: PLR2004 - two animals give only three different draws
        return Estimate(value, math.nan, math.nan)
    rows = np.random.default_rng(seed).integers(count, size=(draws, count))
    values = np.asarray(statistic(*(part[rows] for part in data)), dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) < 0.95 * draws:
        return Estimate(value, math.nan, math.nan)
    tail = (1 - CONF_LEVEL) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))


def mean_interval(values: Floats) -> Estimate:
    """Return the mean with its t interval."""
    count = len(values)
    mean = float(np.mean(values)) if count else math.nan
    if count < 2:  # noqa: PLR2004 - one value has no spread
        return Estimate(mean, math.nan, math.nan)
    half = float(stats.t.ppf((1 + CONF_LEVEL) / 2, count - 1) * values.std(ddof=1) / count**0.5)
    return Estimate(mean, mean - half, mean + half)


def slope_interval(values: Floats) -> Estimate:
    """Return the least-squares slope per step along the values, with its t interval."""
    count = len(values)
    if count < 3:  # noqa: PLR2004 - a line through two points has no residuals
        return UNKNOWN
    step = np.arange(count) - (count - 1) / 2
    square = float((step**2).sum())
    slope = float((step * values).sum()) / square
    rest = values - values.mean() - slope * step
    error = float(np.sqrt((rest**2).sum() / (count - 2) / square))
    half = float(stats.t.ppf((1 + CONF_LEVEL) / 2, count - 2)) * error
    return Estimate(slope, slope - half, slope + half)


def intraclass(ratings: npt.ArrayLike) -> tuple[Estimate, Estimate]:
    """Return ICC(A,1) and ICC(C,1): absolute agreement and consistency of single raters.

    Two-way model with random raters: ICC(2,1) and ICC(3,1) of Shrout & Fleiss. The
    formulas and intervals are those of McGraw & Wong 1996, Psychol Methods
    1:30; checked with the example of Shrout & Fleiss 1979, Psychol Bull 86:420.

    Parameters
    ----------
    ratings
        Shape (animals, raters), without missing values.

    Returns
    -------
    absolute, consistent
        NaN with fewer than two animals or raters, or without any variance.
    """
    table = np.asarray(ratings, dtype=np.float64)
    rows, raters = table.shape
    if min(rows, raters) < 2:  # noqa: PLR2004 - nothing to compare
        return UNKNOWN, UNKNOWN
    grand = table.mean()
    by_row, by_rater = table.mean(1) - grand, table.mean(0) - grand
    rest = table - grand - by_row[:, None] - by_rater[None, :]
    ms_rows = raters * float((by_row**2).sum()) / (rows - 1)
    ms_raters = rows * float((by_rater**2).sum()) / (raters - 1)
    ms_rest = float((rest**2).sum()) / ((rows - 1) * (raters - 1))
    # A variance of 0 may come out as a very small number because of rounding.
    if ms_rest <= 1e-12 * max(ms_rows, ms_raters):
        ms_rest = 0.0
    if ms_rows == 0 and ms_rest == 0:
        return UNKNOWN, UNKNOWN
    return (
        _absolute(ms_rows, ms_raters, ms_rest, rows, raters),
        _consistent(ms_rows, ms_rest, rows, raters),
    )


def _consistent(ms_rows: float, ms_rest: float, rows: int, raters: int) -> Estimate:
    """Return ICC(C,1) from the mean squares."""
    if ms_rest == 0:
        return Estimate(1.0, 1.0, 1.0)
    tail, df1, df2 = (1 + CONF_LEVEL) / 2, rows - 1, (rows - 1) * (raters - 1)
    ratio = ms_rows / ms_rest
    low = ratio / float(stats.f.ppf(tail, df1, df2))
    high = ratio * float(stats.f.ppf(tail, df2, df1))
    return Estimate(*((f - 1) / (f + raters - 1) for f in (ratio, low, high)))


def _absolute(ms_rows: float, ms_raters: float, ms_rest: float, rows: int, raters: int) -> Estimate:
    """Return ICC(A,1) from the mean squares."""
    extra = raters * (ms_raters - ms_rest) / rows
    icc = (ms_rows - ms_rest) / (ms_rows + (raters - 1) * ms_rest + extra)
    if icc >= 1:
        return Estimate(1.0, 1.0, 1.0)
    a = raters * icc / (rows * (1 - icc))
    b = 1 + raters * icc * (rows - 1) / (rows * (1 - icc))
    parts = (a * ms_raters) ** 2 / (raters - 1) + (b * ms_rest) ** 2 / ((rows - 1) * (raters - 1))
    if parts == 0:
        return Estimate(icc, math.nan, math.nan)
    df = (a * ms_raters + b * ms_rest) ** 2 / parts
    tail = (1 + CONF_LEVEL) / 2
    f_low = float(stats.f.ppf(tail, rows - 1, df))
    f_high = float(stats.f.ppf(tail, df, rows - 1))
    noise = raters * ms_raters + (raters * rows - raters - rows) * ms_rest
    low = rows * (ms_rows - f_low * ms_rest) / (f_low * noise + rows * ms_rows)
    high = rows * (f_high * ms_rows - ms_rest) / (noise + rows * f_high * ms_rows)
    return Estimate(icc, low, high)
