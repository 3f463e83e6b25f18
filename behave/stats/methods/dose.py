"""Dose series: the trend over doses and the four-parameter curve.

- ``trend_weights(doses, scale) -> (k,)``: weights of the cell means whose
  contrast is the least-squares slope per unit of the scale (``dose`` or ``log``); give them to
  `behave.stats.rule.contrasts.estimate` as one more row of weights.
- ``fit_dose_curve(dose, outcome) -> DoseCurve``: response at dose 0 and at
  doses without end, Hill slope and ED50 with its profile interval;
  ``ed50_identified`` says whether the ED50 means anything.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from scipy import optimize, special

from behave.model.arrays import Floats
from behave.stats.rule.estimates import NOISE

Scale = Literal["dose", "log"]

# The Hill slope is looked for in this range: below it a curve is a straight
# line over all doses that one can give, above it a step between two of them.
HILL = (0.3, 20.0)
# The ED50 is looked for this far beyond the lowest and the highest dose.
BEYOND = 10.0
GRID = (161, 61)  # ED50 and slope
MIN_DOSES = 4


def slope_weights(scores: Floats) -> Floats:
    """Return the weights of the cell means whose contrast is the slope over the scores.

    (k,), summing to 0: the least-squares slope of the cell means, each cell
    counting alike, in units of the outcome per unit of the scores.
    """
    centred = scores - scores.mean()
    size = float(np.sum(centred**2))
    return np.asarray(centred / size) if size > 0 else np.full(len(scores), np.nan)


def trend_weights(doses: Floats, scale: Scale = "dose") -> Floats:
    """Return the weights of the cell means whose contrast is the trend over the doses.

    Parameters
    ----------
    doses
        (k,) dose of each cell, rising, 0 being allowed.
    scale
        ``dose``: the doses as given, the control as dose 0. ``log``: their
        logarithm, the control apart with no weight, because it has none. Neither
        depends on the unit of the dose but by a factor, so that the test does
        not (over log(1 + dose) it would).
    """
    if scale == "dose":
        return slope_weights(np.asarray(doses, dtype="float64"))
    given = doses > 0
    weights = np.zeros(len(doses))
    if given.sum() > 1:
        weights[given] = slope_weights(np.log(doses[given]))
    else:
        weights[:] = np.nan
    return weights


@dataclass(frozen=True)
class DoseCurve:
    """A fitted curve, at_zero + (at_most - at_zero) / (1 + (ed50 / dose)^hill).

    Parameters
    ----------
    at_zero, at_most
        The response without the drug, and the one that it nears at high doses.
    ed50
        The dose of half the change, in the unit of the doses.
    hill
        The slope; the one given where it was fixed.
    std_error
        (4,) or (3,) of at_zero, at_most, ed50 and hill, from the curvature at
        the solution; NaN where it does not determine them.
    ed50_low, ed50_high
        The profile interval; 0 or infinite where the data set no end to it.
    conf_level
        Level of the interval.
    rss
        Residual sum of squares.
    df
        Animals less parameters.
    p_value
        F test of the curve against one mean for all doses.
    ed50_identified
        Whether the ED50 may be quoted.
    text
        The same in words.
    """

    at_zero: float
    at_most: float
    ed50: float
    hill: float
    std_error: Floats
    ed50_low: float
    ed50_high: float
    conf_level: float
    rss: float
    df: int
    p_value: float
    ed50_identified: bool
    text: str

    def __call__(self, dose: Floats) -> Floats:
        """Return the curve at the doses."""
        share = _share(np.asarray(dose, dtype="float64"), np.log(self.ed50), self.hill)
        return np.asarray(self.at_zero + (self.at_most - self.at_zero) * share)


def fit_dose_curve(
    dose: Floats,
    outcome: Floats,
    *,
    hill: float | None = None,
    level: float = 0.95,
    unit: str = "",
) -> DoseCurve | None:
    """Fit the four-parameter curve by least squares.

    Parameters
    ----------
    dose
        (n,) dose of each animal; 0 is the vehicle.
    outcome
        (n,).
    hill
        Fixes the slope (3 parameters); None: it is fitted.
    level
        Of the profile interval of the ED50.
    unit
        Of the doses, with a blank in front, for the text.

    Returns
    -------
    DoseCurve or None
        None where there is nothing to fit: fewer than four doses (three with a
        fixed slope), no more animals than parameters, or an outcome that does
        not vary.

    Notes
    -----
    For a given ED50 and slope the curve is a straight line in the share of the
    effect, so that the search has two dimensions, and the whole of them is
    looked at: no starting values. The ED50 counts as identified where the
    curve fits better than one mean (F test, 5 %), the ED50 lies within the
    doses above 0, and its profile interval ends within a factor of ten of
    them. Checked against R's ``nls``.
    """
    dose, outcome = np.asarray(dose, dtype="float64"), np.asarray(outcome, dtype="float64")
    parameters = 4 if hill is None else 3
    positive = np.unique(dose[dose > 0])
    df = len(outcome) - parameters
    needed = MIN_DOSES - (hill is not None)
    if len(np.unique(dose)) < needed or df < 1 or np.ptp(outcome) <= 0:
        return None
    shifted = outcome - outcome.mean()
    ed50s = np.linspace(np.log(positive[0] / BEYOND), np.log(positive[-1] * BEYOND), GRID[0])
    hills = np.geomspace(*HILL, GRID[1]) if hill is None else np.array([hill])
    squares = _rss(dose, shifted, ed50s[:, np.newaxis], hills[np.newaxis, :])
    log_ed50, slope, rss = _refine(dose, shifted, ed50s, hills, squares)
    share = _share(dose, np.array(log_ed50), np.array(slope))
    centred = share - share.mean()
    spread = float(np.sum(centred**2))
    rise = float(centred @ shifted) / spread if spread > NOISE**2 else 0.0
    at_zero = float(outcome.mean()) - rise * float(share.mean())
    total = float(np.sum(shifted**2))
    exact = rss <= (NOISE * float(np.abs(shifted).max())) ** 2 * len(outcome)
    f = math.inf if exact else (total - rss) / (parameters - 1) / (rss / df)
    p_value = float(special.fdtrc(parameters - 1, df, f)) if not exact else 0.0
    limit = rss * (1 + float(special.fdtri(1, df, level)) / df)
    low, high = _profile_interval(
        ed50s, squares.min(axis=1), partial(_profile, dose, shifted, hills), limit, log_ed50
    )
    ed50 = math.exp(log_ed50)
    reason = _why_not_identified(p_value, ed50, (low, high), positive)
    return DoseCurve(
        at_zero=at_zero,
        at_most=at_zero + rise,
        ed50=ed50,
        hill=slope,
        std_error=_std_error(dose, rise, log_ed50, slope, rss / df, fixed=hill is not None),
        ed50_low=low,
        ed50_high=high,
        conf_level=level,
        rss=rss,
        df=df,
        p_value=p_value,
        ed50_identified=not reason,
        text=f"ED50 not identified: {reason}."
        if reason
        else _word_ed50(ed50, (low, high), positive, level, unit),
    )


def _share(dose: Floats, log_ed50: Floats | float, hill: Floats | float) -> Floats:
    """Return the share of the effect at each dose, 0 at dose 0."""
    with np.errstate(divide="ignore"):
        distance = np.log(dose) - log_ed50
    return np.asarray(special.expit(hill * distance))


def _rss(dose: Floats, shifted: Floats, log_ed50: Floats, hill: Floats) -> Floats:
    """Return the least residual sum of squares for each pair of ED50 and slope."""
    share = _share(dose, log_ed50[..., np.newaxis], hill[..., np.newaxis])
    centred = share - share.mean(axis=-1, keepdims=True)
    spread = np.sum(centred**2, axis=-1)
    explained = (centred @ shifted) ** 2 / np.where(spread > NOISE**2, spread, np.inf)
    return np.asarray(np.maximum(np.sum(shifted**2) - explained, 0.0))


def _refine(
    dose: Floats, shifted: Floats, ed50s: Floats, hills: Floats, squares: Floats
) -> tuple[float, float, float]:
    """Return log ED50, slope and residual sum of squares, started from the grid's best."""
    row, column = np.unravel_index(int(np.argmin(squares)), squares.shape)
    start = np.array([ed50s[row], np.log(hills[column])])
    fixed = len(hills) == 1

    def loss(point: Floats) -> float:
        slope = start[1] if fixed else point[1]
        return float(_rss(dose, shifted, np.array(point[0]), np.exp(slope)))

    bounds = [(ed50s[0], ed50s[-1]), (math.log(HILL[0]), math.log(HILL[1]))]
    found = optimize.minimize(
        loss,
        start[:1] if fixed else start,
        method="Nelder-Mead",
        bounds=bounds[: 1 if fixed else 2],
        options={"xatol": 1e-9, "fatol": 1e-12 * float(squares.max()), "maxiter": 2000},
    )
    slope = start[1] if fixed else found.x[1]
    return float(found.x[0]), float(np.exp(slope)), float(found.fun)


def _profile(dose: Floats, shifted: Floats, hills: Floats, log_ed50: float) -> float:
    """Return the least residual sum of squares over the slopes for one ED50."""
    at = np.array(log_ed50)
    squares = _rss(dose, shifted, at, hills)
    best = int(np.argmin(squares))
    if len(hills) == 1:
        return float(squares[0])
    ends = np.log(hills[[max(best - 1, 0), min(best + 1, len(hills) - 1)]])
    found = optimize.minimize_scalar(
        lambda log_hill: float(_rss(dose, shifted, at, np.exp(log_hill))),
        bounds=tuple(ends),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return min(float(found.fun), float(squares[best]))


def _profile_interval(
    ed50s: Floats, grid: Floats, profile: Callable[[float], float], limit: float, log_ed50: float
) -> tuple[float, float]:
    """Return the ends between which the profile stays below its limit.

    The grid, which lies on the profile or just above it, says roughly where
    they are; from there the profile is walked outwards until it excludes.
    """
    inside = [log_ed50, *ed50s[grid <= limit]]
    ends = []
    for within, outward in (
        (min(inside), ed50s[ed50s < min(inside)][::-1]),
        (max(inside), ed50s[ed50s > max(inside)]),
    ):
        last, end = within, math.nan
        for at in outward:
            if profile(at) > limit:
                end = float(optimize.brentq(lambda x: profile(x) - limit, last, at))
                break
            last = at
        ends.append(end)
    low, high = (math.exp(end) for end in ends)
    return (0.0 if math.isnan(low) else low), (math.inf if math.isnan(high) else high)


def _std_error(
    dose: Floats, rise: float, log_ed50: float, hill: float, variance: float, *, fixed: bool
) -> Floats:
    """Return the standard errors of at_zero, at_most, ed50 and hill."""
    share = _share(dose, log_ed50, hill)
    steep = rise * share * (1 - share)
    with np.errstate(divide="ignore"):
        distance = np.log(dose) - log_ed50
    columns = [1 - share, share, -steep * hill / math.exp(log_ed50)]
    if not fixed:
        columns.append(np.where(steep == 0, 0.0, steep * np.where(dose > 0, distance, 0.0)))
    jacobian = np.column_stack(columns)
    scale = np.sqrt(np.sum(jacobian**2, axis=0))
    if (scale == 0).any():
        return np.full(len(columns), np.nan)
    information = (jacobian / scale).T @ (jacobian / scale)
    if np.linalg.cond(information) > 1 / NOISE:
        return np.full(len(columns), np.nan)
    return np.asarray(np.sqrt(variance * np.diag(np.linalg.inv(information))) / scale)


def _why_not_identified(
    p_value: float, ed50: float, interval: tuple[float, float], positive: Floats
) -> str:
    """Return why the ED50 may not be quoted, nothing where it may."""
    low, high = interval
    if not p_value < 0.05:  # noqa: PLR2004 - 5 %
        return f"no dependence on the dose is shown (p = {p_value:.2g})"
    if not positive[0] <= ed50 <= positive[-1]:
        return "half the effect lies outside the doses given"
    if low <= 0 or math.isinf(high):
        return "the doses given set no end to its interval"
    return ""


def _word_ed50(
    ed50: float, interval: tuple[float, float], positive: Floats, level: float, unit: str
) -> str:
    """Return an ED50 with its interval in words."""
    low, high = interval
    beyond = low < positive[0] or high > positive[-1]
    return f"ED50 {ed50:.3g}{unit} ({level:.0%} profile interval {low:.3g} to {high:.3g}{unit}" + (
        "; it reaches beyond the doses given)." if beyond else ")."
    )
