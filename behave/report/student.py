"""Student's t distribution: the curve and the quantile that figures need.

A dozen lines here spare the report scipy, which belongs to the statistics.
"""

import math

import numpy as np
from numpy.typing import NDArray

# Gauss-Legendre nodes integrate the smooth density to rounding error.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)


def density(x: NDArray[np.float64], df: float) -> NDArray[np.float64]:
    """Return the density of t at x.

    Parameters
    ----------
    x
        Values of t.
    df
        Degrees of freedom, above 0.
    """
    log_scale = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    return np.asarray(np.exp(log_scale - (df + 1) / 2 * np.log1p(x * x / df)))


def half_width(level: float, df: float) -> float:
    """Return the t that holds a central share of the distribution.

    With ``t = sqrt(df) tan(a)`` the density is proportional to
    ``cos(a) ** (df - 1)``; the share is integrated and `a` found by bisection.

    Parameters
    ----------
    level
        Central share, .95 for a 95 % interval.
    df
        Degrees of freedom, at least 1.
    """
    whole = _cosine_integral(math.pi / 2, df)
    low, high = 0.0, math.pi / 2
    for _ in range(80):
        middle = (low + high) / 2
        if _cosine_integral(middle, df) < level * whole:
            low = middle
        else:
            high = middle
    return math.sqrt(df) * math.tan(low)


def _cosine_integral(angle: float, df: float) -> float:
    """Return the integral of ``cos(a) ** (df - 1)`` from 0 to the angle."""
    a = (NODES + 1) * angle / 2
    return float(np.sum(WEIGHTS * np.cos(a) ** (df - 1)) * angle / 2)
