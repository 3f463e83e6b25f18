"""Counts of events: ratios of group means by a quasi-Poisson model.

``fit_quasi_poisson(count, matrix) -> QuasiPoisson``; its ``.contrasts(weights)``
gives `behave.stats.rule.estimates.Estimates` of contrasts of log means, so that a
difference of two groups is the logarithm of their ratio.
"""

from dataclasses import dataclass

import numpy as np

from behave.model.arrays import Floats
from behave.stats.rule.estimates import Estimates


@dataclass(frozen=True)
class QuasiPoisson:
    """A fitted model.

    Parameters
    ----------
    coefficients
        (p,) on the log scale.
    covariance
        (p, p), times the dispersion.
    dispersion
        Variance over mean: 1 for a Poisson count, above it for most counts of behaviour.
    df
        Residual degrees of freedom.
    """

    coefficients: Floats
    covariance: Floats
    dispersion: float
    df: int

    def contrasts(self, weights: Floats) -> Estimates:
        """Estimate linear contrasts of the log means, (k, p) to arrays (k,)."""
        error = np.sqrt(np.einsum("kp,pq,kq->k", weights, self.covariance, weights))
        return Estimates(weights @ self.coefficients, error, np.full(len(weights), float(self.df)))


def fit_quasi_poisson(count: Floats, matrix: Floats, cell: Floats) -> QuasiPoisson | None:
    """Fit log means to counts whose variance is proportional to their mean.

    Parameters
    ----------
    count
        (n,) whole numbers of at least 0.
    matrix
        (n, p) of full rank.
    cell
        (n,) the group of each animal.

    Returns
    -------
    QuasiPoisson or None
        None where a group has no event at all, whose log mean is not finite, or
        where nothing is left to tell the dispersion.

    Notes
    -----
    The dispersion is Pearson's chi-squared over the residual df, which are
    also those of the t. Checked against R's ``glm(family = quasipoisson)``.

    References
    ----------
    Wedderburn RWM. Biometrika 1974;61:439-447.
    """
    from statsmodels.genmod.families import Poisson  # noqa: PLC0415 - slow, and for counts alone
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415 - the same

    empty = any(count[cell == code].sum() == 0 for code in np.unique(cell))
    if empty or len(count) <= matrix.shape[1]:
        return None
    found = GLM(count, matrix, family=Poisson()).fit(scale="X2", tol=1e-12)
    if not found.scale > 0:
        return None
    return QuasiPoisson(
        np.asarray(found.params),
        np.asarray(found.cov_params()),
        float(found.scale),
        int(found.df_resid),
    )
