"""Families of comparisons: p-values and critical values that hold for all at once.

- ``holm(p)``, ``sidak(p)``: any family, from its p-values alone.
- ``tukey(t, groups, df)``: all pairs of group means. With pooled variance and
  the sizes that are there it is Tukey-Kramer; with each pair's own error and
  df it is Games-Howell.
- ``dunnett(t, sizes, control_size, df)``: several groups against one control.

All take arrays, one entry per comparison, and give arrays. Where there is one
comparison alone, each of them is the plain t test.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy import optimize, special

from behave.model.arrays import Floats
from behave.stats.rule.design import Integers

# Nodes of the two integrals of each distribution. With these the values differ
# from those with twice as many by less than 1e-12.
NODES = 96
# Share of a distribution that is left out at either end of its integral.
TAIL = 1e-15


def holm(p_values: Floats) -> Floats:
    """Adjust a family of p-values by Holm's step-down method.

    Parameters
    ----------
    p_values
        (k,); NaN stays NaN and does not count.

    Returns
    -------
    numpy.ndarray
        (k,).

    References
    ----------
    Holm S. Scand J Stat 1979;6:65-70.
    """
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    steps = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def sidak(p_values: Floats) -> Floats:
    """Adjust a family of p-values by Sidak's single step, 1 - (1 - p)^k.

    Parameters
    ----------
    p_values
        (k,); NaN stays NaN and does not count.

    Returns
    -------
    numpy.ndarray
        (k,).
    """
    count = np.isfinite(p_values).sum()
    with np.errstate(divide="ignore"):  # p = 1 stays 1
        # Written so that a p of 1e-17 is not lost in 1 - p.
        return np.asarray(-np.expm1(count * np.log1p(-p_values)))


# What `design.adjust` may name, and how the tables and texts call it.
ADJUSTMENTS = {"holm": "Holm", "sidak": "Sidak"}


def adjust(p_values: Floats, how: str) -> Floats:
    """Adjust a family of p-values by one of `ADJUSTMENTS`."""
    return sidak(p_values) if how == "sidak" else holm(p_values)


def tukey(statistic: Floats, groups: int, df: Floats | float) -> Floats:
    """Adjust the t of pairs of means by the studentised range.

    Parameters
    ----------
    statistic
        (k,) t of each pair.
    groups
        How many groups the pairs were taken from.
    df
        Of each t, or of all: the residual df for Tukey-Kramer, Welch's df of
        each pair for Games-Howell.

    Returns
    -------
    numpy.ndarray
        (k,) p-values.

    Notes
    -----
    The distribution is integrated as Dunnett's is, because
    `scipy.stats.studentized_range`, to which it agrees, takes half a second
    for each critical value. Checked against R's emmeans 1.8.4
    (``adjust="tukey"``) and PMCMRplus (Games-Howell).
    """
    shape = np.shape(statistic)
    t, own_df = np.broadcast_arrays(np.abs(statistic), np.asarray(df, dtype="float64"))
    found = np.full(shape, np.nan)
    for index in np.ndindex(shape):
        if np.isfinite(t[index]) and own_df[index] > 0:
            within = _range_within(float(t[index]), groups, float(own_df[index]))
            found[index] = min(max(1 - within, 0.0), 1.0)
    return found


def tukey_quantile(groups: int, df: float, level: float = 0.95) -> float:
    """Return what to multiply standard errors with for simultaneous intervals."""
    pairs = groups * (groups - 1) // 2
    return _solve(lambda t: _range_within(t, groups, df), pairs, df, level)


def _range_within(bound: float, groups: int, df: float) -> float:
    """Return the probability that all pairs' |t| lie below a bound."""
    spread, spread_weight = _spread(df)
    highest, weight = _normal()
    # The highest of the means is at a node, the others within the range below it.
    reach = np.sqrt(2) * bound * spread[:, np.newaxis]
    below = special.ndtr(highest) - special.ndtr(highest - reach)
    return float(groups * spread_weight @ (below ** (groups - 1)) @ weight)


def dunnett(statistic: Floats, sizes: Integers, control_size: int, df: float) -> Floats:
    """Adjust the two-sided t of several groups against one control.

    Parameters
    ----------
    statistic
        (k,) t of each group, with the pooled variance of the whole model; NaN
        stays NaN.
    sizes
        (k,) animals of each group.
    control_size
        Animals of the control.
    df
        Residual degrees of freedom.

    Returns
    -------
    numpy.ndarray
        (k,) p-values, always the same for the same numbers: no random draws.

    Notes
    -----
    The t of groups i and j correlate by lambda_i lambda_j with lambda_i^2 =
    n_i / (n_i + n_control), so that the probability is a double integral of a
    product of normal probabilities (Dunnett CW. J Am Stat Assoc
    1955;50:1096-1121), taken by Gauss-Legendre quadrature. Checked to 5e-7
    against values that were computed to higher precision.
    """
    found = np.full(np.shape(statistic), np.nan)
    known = np.isfinite(statistic)
    within = _dunnett_within(np.abs(np.asarray(statistic)[known]), sizes, control_size, df)
    found[known] = np.clip(1 - within, 0.0, 1.0)
    return found


def dunnett_quantile(sizes: Integers, control_size: int, df: float, level: float = 0.95) -> float:
    """Return what to multiply standard errors with for simultaneous intervals.

    Parameters
    ----------
    sizes, control_size, df
        As for `dunnett`.
    level
        Of all intervals together.
    """
    return _solve(
        lambda t: float(_dunnett_within(np.array([t]), sizes, control_size, df)[0]),
        len(sizes),
        df,
        level,
    )


def _solve(within: Callable[[float], float], comparisons: int, df: float, level: float) -> float:
    """Return the bound within which all comparisons lie with the probability."""
    # Between one comparison and as many independent ones (Sidak's bound).
    low = float(special.stdtrit(df, (1 + level) / 2))
    high = float(special.stdtrit(df, (1 + level ** (1 / comparisons)) / 2))
    if comparisons == 1:
        return low
    root: float = optimize.brentq(lambda t: within(t) - level, low, high + 1e-6, xtol=1e-9)
    return root


def _dunnett_within(bounds: Floats, sizes: Integers, control_size: int, df: float) -> Floats:
    """Return the probability that all |t| lie below each bound, (k,)."""
    loading = np.sqrt(np.asarray(sizes) / (np.asarray(sizes) + control_size))
    free = np.sqrt(1 - loading**2)
    common, common_weight = _normal()
    spread, spread_weight = _spread(df)
    reach = bounds[:, np.newaxis, np.newaxis] * spread[:, np.newaxis]
    product = np.ones((len(bounds), len(spread), len(common)))
    for shift, scale in zip(loading, free, strict=True):
        centre = shift * common
        product *= special.ndtr((centre + reach) / scale) - special.ndtr((centre - reach) / scale)
    return np.asarray(np.einsum("bsc,s,c->b", product, spread_weight, common_weight))


def _normal() -> tuple[Floats, Floats]:
    """Return nodes and weights of an integral over the normal distribution."""
    edge = float(special.ndtri(TAIL))
    nodes, weights = _legendre(edge, -edge)
    return nodes, weights * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)


def _spread(df: float) -> tuple[Floats, Floats]:
    """Return nodes and weights over the estimated SD relative to the true one."""
    nodes, weights = _legendre(
        np.sqrt(special.chdtri(df, 1 - TAIL) / df), np.sqrt(special.chdtri(df, TAIL) / df)
    )
    log_density = (
        np.log(2) + df / 2 * np.log(df / 2) - special.gammaln(df / 2)
        + (df - 1) * np.log(nodes) - df / 2 * nodes**2
    )  # fmt: skip
    return nodes, weights * np.exp(log_density)


def _legendre(low: float, high: float) -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss-Legendre quadrature between two ends."""
    nodes, weights = _legendre_rule()
    half = (high - low) / 2
    return low + half * (nodes + 1), half * weights


@cache
def _legendre_rule() -> tuple[Floats, Floats]:
    """Return the rule between -1 and 1, which takes longer to make than to use."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights
