"""How much of the agonist's effect the antagonist took away, in percent."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from behave.model.arrays import Floats
from behave.stats.rule.contrasts import Method, Model, estimate
from behave.stats.rule.verdict import CONF_LEVEL, EFFECTS

# Shares of K beyond which the search for an end gives up: K's interval all but touches 0.
FAR = 1e6


@dataclass(frozen=True)
class Reversal:
    """100 I / K with its interval, in percent of K."""

    percent: float
    conf_low: float
    conf_high: float


def estimate_reversal(
    model: Model, outcome: Floats, method: Method | None = None
) -> Reversal | None:
    """Return the percent reversal with Fieller's interval.

    The interval holds each share whose linear contrast I - share * K is not
    rejected by its two-sided 5 % test, the contrast's own standard error and
    df included; with a pooled variance this is Fieller's closed form.

    Parameters
    ----------
    model
        Of n animals in four cells.
    outcome
        (n,), turned so that less of it is benefit.
    method
        Of the contrasts; None is the model's primary one.

    Returns
    -------
    Reversal or None
        None where K's interval does not lie above 0, or all but touches it: a share of an effect
        that may be nothing has no finite interval, and of a negative one no
        meaning. None as well where K has no interval because nothing varies.

    References
    ----------
    Fieller EC. J R Stat Soc B 1954;16:175-185.
    """
    effects = np.array([EFFECTS["K"], EFFECTS["I"]], dtype=np.float64)
    found = estimate(model, outcome, effects, method)
    agonist, interaction = found.estimate
    shown = found[0].std_error > 0 and found[0].interval(CONF_LEVEL)[0] > 0
    if not (shown and np.isfinite(found.std_error).all()):
        return None

    def excess(share: float) -> float:
        """Return how far the contrast lies beyond its critical value, squared."""
        contrast = estimate(model, outcome, effects[1:] - share * effects[:1], method)[0]
        if not contrast.std_error > 0:
            return float(contrast.estimate**2)
        critical = special.stdtrit(contrast.df, (1 + CONF_LEVEL) / 2)
        return float(contrast.estimate**2 - (critical * contrast.std_error) ** 2)

    middle = float(interaction / agonist)
    low, high = (_beyond(excess, middle, side) for side in (-1.0, 1.0))
    if not math.isfinite(high - low):
        return None
    return Reversal(100 * middle, 100 * low, 100 * high)


def _beyond(excess: Callable[[float], float], middle: float, side: float) -> float:
    """Return the end of the interval on one side of its middle.

    It exists: far out the contrast is K's own, whose interval leaves out 0.
    """
    step = 0.5
    while excess(middle + side * step) <= 0:
        step *= 2
        if step > FAR:
            return side * math.inf
    end: float = optimize.brentq(excess, middle, middle + side * step, xtol=1e-12)
    return end
