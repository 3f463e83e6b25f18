"""Linear mixed models with one random intercept (cohort, litter, cage, animal).

``fit_random_intercept(outcome, design_matrix, group) -> RandomIntercept`` fits
by REML; ``model.contrasts(weights) -> Estimates`` gives estimates, standard
errors and Satterthwaite df of linear contrasts of the coefficients, of the
same class as `behave.stats.rule.contrasts.estimate` gives, with its p-values and
intervals. ``cell_means(cell, n_cells)`` makes the matrix whose coefficients
are the cell means.

With a single random intercept, REML is a search in one dimension: after the
fixed effects are taken out, the groups' matrix has eigenvalues w, and only the
ratio t of the two variances is unknown. So this is done here in full; the
libraries at hand give z-tests and no Satterthwaite df.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from behave.model.arrays import Floats
from behave.stats.rule.design import Integers
from behave.stats.rule.estimates import ESTIMABLE, NOISE, Estimates

# How the tables name it where the animal is measured repeatedly.
MIXED = "mixed model, random intercept of the animal, Satterthwaite df"
# The ratio of the variances is looked for between these, in steps of 0.25 in log10.
LOG10_RATIOS = np.arange(-8, 8.01, 0.25)


@dataclass(frozen=True)
class RandomIntercept:
    """A fitted model.

    Parameters
    ----------
    coefficients
        (p,) of the fixed effects.
    covariance
        (p, p) of the coefficients.
    sensitivity
        (2, p, p) how the covariance changes with the two parameters of
        variance: the ratio of the SDs (group over residual), and the residual
        SD.
    parameter_covariance
        (2, 2) of these two parameters.
    group_sd
        SD between groups; 0 where the groups do not differ more than animals do.
    residual_sd
        SD within groups.
    groups
        How many groups there are.
    log_likelihood
        The restricted log-likelihood at its maximum.
    """

    coefficients: Floats
    covariance: Floats
    sensitivity: Floats
    parameter_covariance: Floats
    group_sd: float
    residual_sd: float
    groups: int
    log_likelihood: float

    @property
    def icc(self) -> float:
        """Share of the variance that lies between groups."""
        return self.group_sd**2 / (self.group_sd**2 + self.residual_sd**2)

    def contrasts(self, weights: Floats) -> Estimates:
        """Estimate linear contrasts of the coefficients.

        Parameters
        ----------
        weights
            (k, p).

        Returns
        -------
        Estimates
            Arrays (k,), the df by Satterthwaite: twice the squared variance
            of the contrast over the variance of that variance.
        """
        variance = np.einsum("kp,pq,kq->k", weights, self.covariance, weights)
        gradient = np.einsum("kp,mpq,kq->km", weights, self.sensitivity, weights)
        uncertainty = np.einsum("km,mn,kn->k", gradient, self.parameter_covariance, gradient)
        with np.errstate(divide="ignore", invalid="ignore"):
            df = 2 * variance**2 / uncertainty
        return Estimates(weights @ self.coefficients, np.sqrt(variance), np.asarray(df))


def cell_means(cell: Integers, n_cells: int) -> Floats:
    """Return the matrix (n, cells) whose coefficients are the cell means."""
    return np.asarray(cell[:, np.newaxis] == np.arange(n_cells), dtype="float64")


def repeated_matrix(
    cell: Integers, n_cells: int, blocks: Integers, covariates: Floats | None = None
) -> Floats:
    """Return the matrix of cell means, additive blocks and covariates, (n, p)."""
    dummies = [column[:, np.newaxis] == np.unique(column)[1:] for column in blocks.T]
    slopes = []
    if covariates is not None and covariates.size:
        slopes = [covariates - covariates.mean(axis=0)]
    return np.hstack([cell_means(cell, n_cells), *dummies, *slopes]).astype("float64")


def fit_random_intercept(
    outcome: Floats, design_matrix: Floats, group: Integers
) -> RandomIntercept | None:
    """Fit outcome = design_matrix @ coefficients + intercept of the group + error by REML.

    Parameters
    ----------
    outcome
        (n,).
    design_matrix
        (n, p) of full rank.
    group
        (n,) codes of the groups.

    Returns
    -------
    RandomIntercept or None
        None where the model says nothing: the fixed effects are not all
        determined, nothing varies about them, there is one group only, or
        each group has one row.

    Notes
    -----
    Checked against R's lmerTest 3.1.3: standard errors and variances to 1e-5,
    df to 1e-4. A variance between groups of 0 is a result, not a failure; the
    df are then the residual ones.

    References
    ----------
    Kuznetsova A, Brockhoff PB, Christensen RHB. J Stat Softw 2017;82(13).
    """
    n, p = design_matrix.shape
    members = group[:, np.newaxis] == np.unique(group)
    scale = float(np.abs(outcome - outcome.mean()).max(initial=0.0)) if n else 0.0
    orthogonal, triangle = np.linalg.qr(design_matrix, mode="complete")
    diagonal = np.abs(np.diag(triangle[:p]))
    determined = p < n and diagonal.min(initial=np.inf) > ESTIMABLE * diagonal.max(initial=0.0)
    if not determined or not 1 < members.shape[1] < n:
        return None
    # The outcome and the groups in the space that the fixed effects leave free.
    free = orthogonal[:, p:]
    if np.abs(free.T @ outcome).max() <= NOISE * scale:
        return None
    projected = free.T @ members
    eigenvalues, vectors = np.linalg.eigh(projected @ projected.T)
    eigenvalues = np.maximum(eigenvalues, 0.0)
    squares = (vectors.T @ (free.T @ outcome)) ** 2
    if eigenvalues.max() <= NOISE:  # the groups are made of the fixed effects
        return None
    ratio = _best_ratio(eigenvalues, squares)
    df_residual = n - p
    variance = float(np.sum(squares / (1 + ratio * eigenvalues))) / df_residual
    inverse = np.linalg.inv(np.eye(n) + ratio * (members @ members.T))
    unscaled = np.linalg.inv(design_matrix.T @ inverse @ design_matrix)
    carried = members.T @ inverse @ design_matrix @ unscaled
    slope_ratio = variance * carried.T @ carried * 2 * np.sqrt(ratio)
    slope_sd = 2 * np.sqrt(variance) * unscaled
    hessian = _hessian(eigenvalues, squares, ratio, variance)
    return RandomIntercept(
        coefficients=unscaled @ design_matrix.T @ inverse @ outcome,
        covariance=variance * unscaled,
        sensitivity=np.array([slope_ratio, slope_sd]),
        parameter_covariance=np.asarray(2 * np.linalg.pinv(hessian, hermitian=True)),
        group_sd=float(np.sqrt(ratio * variance)),
        residual_sd=float(np.sqrt(variance)),
        groups=members.shape[1],
        log_likelihood=-0.5
        * (
            df_residual * (np.log(2 * np.pi * variance) + 1)
            + float(np.sum(np.log1p(ratio * eigenvalues)))
            + 2 * float(np.sum(np.log(diagonal)))
        ),
    )


def _best_ratio(eigenvalues: Floats, squares: Floats) -> float:
    """Return the ratio of the variances with the least REML deviance, 0 included."""

    def deviance(ratio: Floats) -> Floats:
        grown = 1 + np.multiply.outer(ratio, eigenvalues)
        rest = np.log(np.sum(squares / grown, axis=-1))
        return np.asarray(len(squares) * rest + np.sum(np.log(grown), axis=-1))

    def slope(log_ratio: float) -> float:
        grown = 1 + 10**log_ratio * eigenvalues
        down = np.sum(squares * eigenvalues / grown**2) / np.sum(squares / grown)
        return float(np.sum(eigenvalues / grown) - len(squares) * down)

    ratios = np.concatenate([[0.0], 10**LOG10_RATIOS])
    best = int(np.argmin(deviance(ratios)))
    if best == 0:
        return 0.0
    low = LOG10_RATIOS[max(best - 2, 0)]
    high = LOG10_RATIOS[min(best, len(LOG10_RATIOS) - 1)]
    if not slope(low) < 0 < slope(high):
        return float(ratios[best])
    return float(10 ** optimize.brentq(slope, low, high, xtol=1e-13))


def _hessian(eigenvalues: Floats, squares: Floats, ratio: float, variance: float) -> Floats:
    """Return the second derivatives of the REML deviance, (2, 2).

    In the ratio of the SDs and the residual SD, as R's lmerTest takes them; at
    a ratio of 0 the first one decides nothing, because the covariance of the
    coefficients does not change with it there.
    """
    grown = 1 + ratio * eigenvalues
    sd, root = np.sqrt(variance), np.sqrt(ratio)
    # First and second derivatives in the ratio of the variances.
    first = np.sum(eigenvalues / grown) - np.sum(squares * eigenvalues / grown**2) / variance
    second = (
        -np.sum((eigenvalues / grown) ** 2)
        + 2 * np.sum(squares * eigenvalues**2 / grown**3) / variance
    )
    mixed = 2 * np.sum(squares * eigenvalues / grown**2) / sd**3
    return np.array(
        [
            [2 * first + 4 * ratio * second, 2 * root * mixed],
            [2 * root * mixed, 4 * len(squares) / variance],
        ]
    )
