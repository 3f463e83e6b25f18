"""Times to an event of which some were not seen to happen.

- ``kaplan_meier(time, event) -> Curve``: the share without the event over
  time, its median, and ``.restricted_mean(until)``, the mean time within a
  limit, with its standard error.
- ``logrank(time, event, group) -> (z, p)`` of two groups.
- ``fit_cox(time, event, cell, n_cells, strata) -> Cox``; ``.contrasts(weights)``
  gives `behave.stats.rule.contrasts.Estimates` of log hazards.

``event`` is False where the time is censored: the event came later, if at all.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from behave.model.arrays import Floats
from behave.stats.rule.design import Integers
from behave.stats.rule.estimates import Estimates

Booleans = npt.NDArray[np.bool_]

STEPS = 50
CONVERGED = 1e-10
# Log hazard ratio beyond which it counts as infinite: a cell without an event.
EDGE = 12.0
HALF = 0.5


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve, one entry per time at which an event was seen.

    Parameters
    ----------
    time
        (k,) increasing.
    at_risk, events
        (k,) still without the event just before, and having it then.
    without
        (k,) share without the event from then on.
    low, high
        (k,) its interval on the log-log scale; NaN where it has no end.
    last
        The longest time, seen or censored.
    """

    time: Floats
    at_risk: Integers
    events: Integers
    without: Floats
    low: Floats
    high: Floats
    last: float

    @property
    def median(self) -> float:
        """Time at which half have had the event; NaN where fewer had it."""
        down = np.flatnonzero(self.without <= HALF + CONVERGED)
        if not len(down):
            return np.nan
        first = int(down[0])
        if abs(self.without[first] - HALF) > CONVERGED:
            return float(self.time[first])
        # Exactly one half: the middle of the level stretch, as R has it.
        after = self.time[first + 1] if first + 1 < len(self.time) else self.last
        return float(self.time[first] + after) / 2

    def restricted_mean(self, until: float) -> tuple[float, float]:
        """Return the mean of min(time, until) and its standard error (Greenwood's).

        NaN where the curve is not known up to the limit.
        """
        known = until <= self.last or (len(self.without) > 0 and self.without[-1] == 0)
        if not known:
            return np.nan, np.nan
        inside = self.time < until
        edges = np.concatenate([[0.0], self.time[inside], [until]])
        levels = np.concatenate([[1.0], self.without[inside]])
        areas = np.diff(edges) * levels
        after = np.cumsum(areas[::-1])[::-1][1:]
        events, at_risk = self.events[inside], self.at_risk[inside]
        survivors = at_risk - events
        scale = np.where(survivors > 0, events / (at_risk * np.maximum(survivors, 1)), 0.0)
        return float(areas.sum()), float(np.sqrt(np.sum(after**2 * scale)))


def kaplan_meier(time: Floats, event: Booleans, level: float = 0.95) -> Curve:
    """Return the Kaplan-Meier curve of one group.

    Parameters
    ----------
    time
        (n,).
    event
        (n,) whether the event was seen.
    level
        Of the pointwise intervals.

    Notes
    -----
    Written out because `scipy.stats.ecdf` keeps no numbers at risk, which the table
    of the curves lists, and warns where an interval has no end.
    Curve, interval, mean and median are checked against R's survival 3.5.
    """
    times = np.unique(time[event])
    at_risk = (time[:, np.newaxis] >= times).sum(axis=0)
    events = (time[event][:, np.newaxis] == times).sum(axis=0)
    without = np.cumprod((at_risk - events) / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):  # where nobody is left
        error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events)))) / np.abs(
            np.log(without)
        )
        half = special.ndtri((1 + level) / 2) * error
        low, high = without ** np.exp(half), without ** np.exp(-half)
    none_left = at_risk == events
    return Curve(
        time=times,
        at_risk=at_risk,
        events=events,
        without=without,
        low=np.where(none_left, np.nan, low),
        high=np.where(none_left, np.nan, high),
        last=float(time.max()),
    )


def logrank(time: Floats, event: Booleans, group: Booleans) -> tuple[float, float]:
    """Return z and two-sided p of two groups; positive where ``group`` has it later.

    NaN where no event was seen, a group is empty, or all events came at once.
    """
    if not event.any() or group.all() or not group.any():
        return np.nan, np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        found = stats.logrank(
            _censored(time[~group], event[~group]), _censored(time[group], event[group])
        )
    return float(found.statistic), float(found.pvalue)


def _censored(time: Floats, event: Booleans) -> stats.CensoredData:
    """Return the times as scipy takes them."""
    return stats.CensoredData(time[event], right=time[~event])


@dataclass(frozen=True)
class Cox:
    """A fitted proportional-hazards model.

    Parameters
    ----------
    coefficients
        (cells,) log hazard of each cell relative to the first.
    covariance
        (cells, cells); 0 in the first row and column.
    log_likelihood
        Partial log-likelihood.
    """

    coefficients: Floats
    covariance: Floats
    log_likelihood: float

    def contrasts(self, weights: Floats) -> Estimates:
        """Estimate contrasts of the log hazards, (k, cells) to arrays (k,); z, so df infinite."""
        error = np.sqrt(np.einsum("kp,pq,kq->k", weights, self.covariance, weights))
        return Estimates(weights @ self.coefficients, error, np.full(len(weights), np.inf))


def fit_cox(
    time: Floats, event: Booleans, cell: Integers, n_cells: int, strata: Integers
) -> Cox | None:
    """Fit Cox's model of the cells by Newton's method, ties after Efron.

    Parameters
    ----------
    time, event
        (n,).
    cell
        (n,) codes from 0.
    n_cells
        Number of cells.
    strata
        (n,) codes; each has a hazard of its own.

    Returns
    -------
    Cox or None
        None where a log hazard runs off to infinity, as in a cell without an
        event, or is not determined.

    Notes
    -----
    Checked against R's ``coxph``.

    References
    ----------
    Efron B. J Am Stat Assoc 1977;72:557-565.
    """
    matrix = (cell[:, np.newaxis] == np.arange(1, n_cells)).astype("float64")
    coefficients = np.zeros(n_cells - 1)
    value = -np.inf
    for _ in range(STEPS):
        value, gradient, information = _partial_likelihood(
            time, event, matrix, strata, coefficients
        )
        if np.linalg.matrix_rank(information) < n_cells - 1:
            return None
        step = np.linalg.solve(information, gradient)
        coefficients = coefficients + step
        if np.abs(coefficients).max() > EDGE:
            return None
        if np.abs(step).max() < CONVERGED:
            break
    covariance = np.zeros((n_cells, n_cells))
    covariance[1:, 1:] = np.linalg.inv(information)
    return Cox(np.concatenate([[0.0], coefficients]), covariance, value)


def _partial_likelihood(
    time: Floats, event: Booleans, matrix: Floats, strata: Integers, coefficients: Floats
) -> tuple[float, Floats, Floats]:
    """Return the partial log-likelihood, its gradient and its information."""
    predictor = matrix @ coefficients
    hazard = np.exp(predictor)
    width = matrix.shape[1]
    value, gradient, information = 0.0, np.zeros(width), np.zeros((width, width))
    for stratum in np.unique(strata):
        inside = strata == stratum
        for moment in np.unique(time[inside & event]):
            at_risk = inside & (time >= moment)
            tied = inside & event & (time == moment)
            value += float(predictor[tied].sum())
            gradient += matrix[tied].sum(axis=0)
            sums, tied_sums = (_moments(hazard[who], matrix[who]) for who in (at_risk, tied))
            # Efron: of d tied animals, the l-th is compared with the rest of them
            # as if a share of l / d had gone before.
            for share in np.arange(tied.sum()) / tied.sum():
                total, first, second = (
                    whole - share * part for whole, part in zip(sums, tied_sums, strict=True)
                )
                mean = first / total
                value -= float(np.log(total))
                gradient -= mean
                information += second / total - np.outer(mean, mean)
    return value, gradient, information


def _moments(hazard: Floats, matrix: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the hazard's sum and its first and second moments over the matrix."""
    weighted = hazard[:, np.newaxis] * matrix
    return hazard.sum(), weighted.sum(axis=0), matrix.T @ weighted
