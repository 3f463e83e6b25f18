"""Standardised effect sizes with exact intervals."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy import optimize, special


@dataclass(frozen=True)
class EffectSize:
    """An effect size, its interval, and the standardiser in its name."""

    name: str
    value: float
    low: float
    high: float


NO_EFFECT_SIZE = EffectSize("", math.nan, math.nan, math.nan)


def hedges_g(
    difference: float, deviations: tuple[float, float], sizes: tuple[int, int], level: float = 0.95
) -> EffectSize:
    """Return Hedges g of two groups with its exact noncentral-t interval.

    Parameters
    ----------
    difference
        Difference of the two means.
    deviations
        Standard deviations of the two groups.
    sizes
        Animals in the two groups.
    level
        Level of the interval.

    Returns
    -------
    EffectSize
        Empty where a group has fewer than two animals or nothing varies.

    Notes
    -----
    The standardiser is the pooled standard deviation, for which the interval
    is exact under equal variances. Checked against R's effectsize 0.8.3.
    """
    return _standardised((1.0, -1.0), difference, deviations, sizes, level=level, name=PAIR)


PAIR, FOUR = "Hedges g (pooled SD of the two cells)", "delta g (pooled SD of the four cells)"


def delta_g(
    difference: float, deviations: Sequence[float], sizes: Sequence[int], level: float = 0.95
) -> EffectSize:
    """Return the standardised difference of two differences, with its exact interval.

    Parameters
    ----------
    difference
        The interaction contrast of the four means.
    deviations, sizes
        (4,) standard deviations and animals of the cells.
    level
        Level of the interval.

    Returns
    -------
    EffectSize
        Empty where a group has fewer than two animals or nothing varies.

    Notes
    -----
    The contrast over the pooled standard deviation of the four cells, corrected
    for few animals as Hedges g is; the interval inverts the noncentral t and is
    exact under equal variances. The difference of two Hedges g, each over its own
    pooled SD, would change with the spread as well as with the effects.
    """
    return _standardised(
        (1.0, -1.0, -1.0, 1.0), difference, deviations, sizes, level=level, name=FOUR
    )


def _standardised(
    weights: Sequence[float],
    difference: float,
    deviations: Sequence[float],
    sizes: Sequence[int],
    *,
    level: float,
    name: str,
) -> EffectSize:
    """Return a contrast over the pooled SD of its cells, with its noncentral-t interval."""
    df = sum(sizes) - len(sizes)
    if min(sizes) < 2:  # noqa: PLR2004 - one animal has no standard deviation
        return NO_EFFECT_SIZE
    pooled = math.sqrt(
        sum((size - 1) * deviation**2 for size, deviation in zip(sizes, deviations, strict=True))
        / df
    )
    if not pooled > 0:
        return NO_EFFECT_SIZE
    scale = math.sqrt(sum(w**2 / size for w, size in zip(weights, sizes, strict=True)))
    statistic = difference / pooled / scale
    correction = math.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(
        df / 2
    )
    low, high = (
        _solve(lambda ncp: float(special.nctdtr(df, ncp, statistic)), probability, statistic)
        for probability in ((1 + level) / 2, (1 - level) / 2)
    )
    return EffectSize(
        name,
        correction * difference / pooled,
        correction * low * scale,
        correction * high * scale,
    )


def partial_eta_squared(
    statistic: float, df: float, df_residual: float, level: float
) -> EffectSize:
    """Return partial eta squared with its exact noncentral-F interval.

    Parameters
    ----------
    statistic
        F.
    df, df_residual
        Its degrees of freedom.
    level
        Level of the interval; 90 % agrees with the 5 % F test.

    Notes
    -----
    The ends are ncp / (ncp + df_residual) at the noncentralities for which F
    lies at the interval's quantiles, as in R's effectsize 0.8.3.
    """
    if not math.isfinite(statistic):
        return NO_EFFECT_SIZE
    ends = []
    for probability in ((1 + level) / 2, (1 - level) / 2):
        if special.fdtr(df, df_residual, statistic) <= probability:
            ends.append(0.0)
            continue
        ncp = _solve(
            lambda ncp: float(special.ncfdtr(df, df_residual, ncp, statistic)),
            probability,
            df * statistic,
            at_least=0.0,
        )
        ends.append(ncp / (ncp + df_residual))
    value = statistic * df / (statistic * df + df_residual)
    return EffectSize("partial eta squared", value, ends[0], ends[1])


def _solve(
    distribution: Callable[[float], float],
    probability: float,
    start: float,
    at_least: float = -math.inf,
) -> float:
    """Return the noncentrality at which a falling distribution has the probability.

    NaN where the distribution function gives out, which it does when the
    effect is hundreds of standard deviations.
    """
    step = 1.0 + abs(start)
    for _ in range(8):
        low, high = max(start - step, at_least), start + step
        if distribution(low) > probability > distribution(high):
            break
        step *= 2
    try:
        root: float = optimize.brentq(
            lambda ncp: distribution(ncp) - probability, low, high, xtol=1e-12
        )
    except ValueError:  # no sign change, or NaN on the way
        return math.nan
    return root
