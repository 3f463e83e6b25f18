"""The fractional logit, for an outcome between 0 and 1 with floor and ceiling.

``fit_fractional_logit(share, matrix) -> FractionalLogit``; its
``.contrasts(weights)`` gives `behave.stats.rule.contrasts.Estimates` of contrasts on
the log-odds scale, where 95 % against 90 % is as far as 20 % against 10 %.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from behave.model.arrays import Floats
from behave.stats.rule.estimates import ESTIMABLE, NOISE, Estimates

STEPS = 100
CONVERGED = 1e-12
# Log odds beyond which a cell counts as all floor or all ceiling.
EDGE = 15.0


@dataclass(frozen=True)
class FractionalLogit:
    """A fitted model.

    Parameters
    ----------
    coefficients
        (p,) log odds.
    covariance
        (p, p), robust (HC2).
    df
        Residual degrees of freedom.
    """

    coefficients: Floats
    covariance: Floats
    df: int

    def contrasts(self, weights: Floats) -> Estimates:
        """Estimate linear contrasts of the log odds, (k, p) to arrays (k,)."""
        error = np.sqrt(np.einsum("kp,pq,kq->k", weights, self.covariance, weights))
        return Estimates(
            weights @ self.coefficients,
            error,
            np.where(error > 0, float(self.df), np.nan),
        )


def fit_fractional_logit(share: Floats, matrix: Floats) -> FractionalLogit | None:
    """Fit a logistic mean to shares by quasi-likelihood.

    Parameters
    ----------
    share
        (n,) within [0, 1]; 0 and 1 are allowed.
    matrix
        (n, p) of full rank.

    Returns
    -------
    FractionalLogit or None
        None where a coefficient is not determined or runs off to infinity (a
        cell that is all 0 or all 1), or where nothing varies.

    Notes
    -----
    Standard errors are sandwich errors with HC2's weights, so that the
    variance need not be the binomial's; without blocks they are those of
    Welch carried over to log odds. The t has the residual df. Checked against
    R's ``glm(quasibinomial)`` and ``sandwich::vcovHC``.

    References
    ----------
    Papke LE, Wooldridge JM. J Appl Econom 1996;11:619-632.
    """
    n, p = matrix.shape
    if n <= p or np.linalg.matrix_rank(matrix) < p or np.ptp(share) <= 0:
        return None
    # From shares pulled towards one half, as R's glm starts.
    predictor = special.logit((share + 0.5) / 2)
    coefficients: Floats = np.zeros(p)
    for _ in range(STEPS):
        mean = special.expit(predictor)
        weight = mean * (1 - mean)
        working = predictor + (share - mean) / weight
        before = coefficients
        root = np.sqrt(weight)[:, np.newaxis]
        solved = np.linalg.lstsq(root * matrix, root[:, 0] * working, rcond=None)
        coefficients = np.asarray(solved[0], dtype="float64")
        predictor = matrix @ coefficients
        if np.abs(predictor).max() > EDGE:
            return None
        if np.abs(coefficients - before).max() < CONVERGED * (1 + np.abs(coefficients).max()):
            break
    mean = special.expit(predictor)
    weight = mean * (1 - mean)
    bread = np.linalg.inv(matrix.T @ (weight[:, np.newaxis] * matrix))
    room = 1 - weight * np.einsum("np,pq,nq->n", matrix, bread, matrix)
    rest = share - mean
    if room.min() < ESTIMABLE or np.abs(rest).max() < NOISE:
        return None
    meat = matrix.T @ ((rest**2 / room)[:, np.newaxis] * matrix)
    return FractionalLogit(coefficients, bread @ meat @ bread, n - p)
