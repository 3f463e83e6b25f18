"""JZS Bayes factors of t contrasts.

``bayes_factor(t, df, size, prior_scale(weights))`` weighs 'the contrast is not 0' against
'it is 0'; above 1 the animals speak for an effect, below 1 against one.
"""

import math

import numpy as np
from scipy import integrate

from behave.model.arrays import Floats

# Cauchy scale of the standardised difference of two groups, 'medium' in the
# field's programs, per root of the sum of squared weights (which is 2 there).
SCALE = 0.5


def prior_scale(weights: Floats) -> float:
    """Return the Cauchy scale of a contrast of group means over the SD.

    0.707 for two groups, 1 for the interaction of a 2x2: the prior that
    'medium' fixed effects have in R's BayesFactor.
    """
    return SCALE * math.sqrt(float(np.sum(weights**2)))


def bayes_factor(statistic: float, df: float, size: float, scale: float) -> float:
    """Return the Bayes factor for an effect over none.

    Parameters
    ----------
    statistic
        t of the contrast with pooled variance.
    df
        Residual degrees of freedom.
    size
        The residual variance over the squared standard error of the contrast:
        n1 n2 / (n1 + n2) for two groups.
    scale
        Of the Cauchy prior; see `prior_scale`.

    Returns
    -------
    float
        NaN where there is no t.

    Notes
    -----
    Checked against R's BayesFactor 0.9.12 (``ttestBF``). Variances are taken
    as equal.

    References
    ----------
    Rouder JN, Speckman PL, Sun D, Morey RD, Iverson G. Psychon Bull Rev
    2009;16:225-237.
    """
    if not math.isfinite(statistic) or not df >= 1:
        return math.nan
    square = statistic**2 / df

    def integrand(log_g: float) -> float:
        g = math.exp(log_g)
        grown = 1 + size * scale**2 * g
        # Likelihood relative to 'no effect', times the inverse gamma prior of g;
        # one g more for the step from g to log g.
        log_value = (
            -0.5 * math.log(grown)
            - (df + 1) / 2 * (math.log1p(square / grown) - math.log1p(square))
            - 0.5 * math.log(2 * math.pi)
            - 0.5 * log_g
            - 0.5 / g
        )
        return math.exp(log_value - shift)

    # The integrand's height, so that a t of 40 does not overflow it.
    shift = max(0.0, (df + 1) / 2 * math.log1p(square) - 100.0)
    value, _ = integrate.quad(integrand, -8, 60, limit=200, epsabs=0, epsrel=1e-10)
    try:
        return float(value) * math.exp(shift)
    except OverflowError:
        return math.inf
