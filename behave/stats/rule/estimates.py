"""Estimates of contrasts with their uncertainty, however they were made."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from behave.model.arrays import Floats

# Relative size below which a residual or an estimate is rounding noise.
NOISE = 1e-10
# Departure from the row space above which a contrast counts as not determined.
ESTIMABLE = 1e-8


@dataclass(frozen=True)
class Estimates:
    """Contrasts with their uncertainty; all arrays have the same shape (..., k).

    Parameters
    ----------
    estimate
        Value of the contrast; NaN where the animals do not determine it.
    std_error
        Its standard error; NaN where it cannot be had.
    df
        Degrees of freedom of its t; NaN where the standard error is 0.
    """

    estimate: Floats
    std_error: Floats
    df: Floats

    def __getitem__(self, index: int) -> "Estimates":
        """Return one contrast of all outcomes."""
        return Estimates(self.estimate[..., index], self.std_error[..., index], self.df[..., index])

    @property
    def statistic(self) -> Floats:
        """T of each contrast against 0; NaN where the standard error is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.std_error > 0, self.estimate / self.std_error, np.nan)

    @property
    def p_value(self) -> Floats:
        """Two-sided p."""
        return 2 * self.p_greater_than(np.abs(self.statistic))

    def p_greater_than(self, statistic: Floats) -> Floats:
        """Return the probability of a t above the one given."""
        return np.asarray(special.stdtr(self.df, -statistic))

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the ends of the two-sided interval; a point where the error is 0."""
        half = self._half_width((1 + level) / 2)
        return self.estimate - half, self.estimate + half

    def bound(self, side: Literal["lower", "upper"], alpha: float = 0.05) -> Floats:
        """Return the one-sided bound; beyond 0 where a one-sided test rejects."""
        half = self._half_width(1 - alpha)
        return self.estimate - half if side == "lower" else self.estimate + half

    def _half_width(self, probability: float) -> Floats:
        """Return the quantile of t times the standard error."""
        quantile = special.stdtrit(np.where(self.std_error > 0, self.df, 1.0), probability)
        return np.asarray(quantile * self.std_error)
