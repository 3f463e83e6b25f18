"""Linear contrasts of cell means: estimates, standard errors, degrees of freedom.

Everything works on many outcomes of the same animals at once, so that the
simulations of the verdict rule run the very code that gives the verdict.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from behave.stats.rule.design import Floats, Integers

Method = Literal["welch", "hc2_bm", "hc3", "pooled"]

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


@dataclass(frozen=True)
class Model:
    """Cell means, with additive fixed blocks where there are any.

    Parameters
    ----------
    cell
        (n,) cell of each animal.
    solution
        (cells, n) the least-squares cell means as weights of the animals.
    determined
        (cells, p) projection on what the animals determine; a contrast is
        estimable where it is left unchanged by it.
    residual_maker
        (n, n) takes an outcome to its residuals.
    leverage
        (n,) how far each animal determines its own fitted value.
    df_residual
        Animals less the rank of the model.
    blocked
        Whether there are blocks.
    """

    cell: Integers
    solution: Floats
    determined: Floats
    residual_maker: Floats
    leverage: Floats
    df_residual: int
    blocked: bool

    @property
    def primary(self) -> Method:
        """The method whose numbers enter the verdict."""
        return "hc2_bm" if self.blocked else "welch"


def build_model(cell: Integers, blocks: Integers, n_cells: int = 4) -> Model:
    """Lay out the model of the cell means.

    Parameters
    ----------
    cell
        (n,) codes from 0.
    blocks
        (n, b) codes of the columns of blocks; b may be 0.
    n_cells
        Number of cells, empty ones included.
    """
    columns = [cell[:, np.newaxis] == np.arange(n_cells)]
    columns += [column[:, np.newaxis] == np.unique(column)[1:] for column in blocks.T]
    matrix = np.hstack(columns).astype("float64")
    inverse = np.linalg.pinv(matrix, rcond=1e-10)
    hat = matrix @ inverse
    return Model(
        cell=cell,
        solution=inverse[:n_cells],
        determined=(inverse @ matrix)[:n_cells],
        residual_maker=np.eye(len(cell)) - hat,
        leverage=np.diag(hat).copy(),
        df_residual=len(cell) - round(float(np.trace(hat))),
        blocked=blocks.shape[1] > 0,
    )


def residuals(model: Model, outcome: Floats) -> Floats:
    """Return the residuals, exactly 0 where they are rounding noise.

    Parameters
    ----------
    model
        Of n animals.
    outcome
        (..., n).

    Returns
    -------
    numpy.ndarray
        (..., n).
    """
    shifted = outcome - outcome[..., :1]
    rest = shifted @ model.residual_maker
    return np.where(np.abs(rest) > NOISE * _size(shifted), rest, 0.0)


def estimate(
    model: Model, outcome: Floats, weights: Floats, method: Method | None = None
) -> Estimates:
    """Estimate contrasts of the cell means.

    Parameters
    ----------
    model
        Of n animals.
    outcome
        (..., n): one outcome, or many of the same animals.
    weights
        (k, cells); each row sums to 0.
    method
        ``welch``: each cell has its own variance, df by Welch and
        Satterthwaite over all cells of the contrast (no blocks).
        ``hc2_bm``: HC2 with the df of Bell and McCaffrey, from the model with
        independent errors of equal variance (Imbens and Kolesar, Rev Econ
        Stat 2016;98:701-712, with clusters of one animal).
        ``hc3`` and ``pooled``: residual df. None: the model's primary one.

    Returns
    -------
    Estimates
        Arrays (..., k).
    """
    method = method or model.primary
    share = weights @ model.solution
    share = np.where(np.abs(share) > NOISE, share, 0.0)
    shifted = outcome - outcome[..., :1]
    value = shifted @ share.T
    value = np.where(np.abs(value) > NOISE * _size(shifted), value, 0.0)
    error, df = _error(model, residuals(model, outcome), share, method)
    lost = ~_estimable(model, weights)
    return Estimates(
        estimate=np.where(lost, np.nan, value),
        std_error=np.where(lost, np.nan, error),
        df=np.where(lost | ~(error > 0), np.nan, df),
    )


def welch_from_moments(
    means: Floats, deviations: Floats, sizes: Floats, weights: Floats
) -> Estimates:
    """Estimate contrasts from each cell's mean, SD and n: what a paper prints.

    Parameters
    ----------
    means, deviations, sizes
        (..., cells), (..., cells), (cells,).
    weights
        (k, cells); each row sums to 0.

    Returns
    -------
    Estimates
        Arrays (..., k), as method ``welch`` of `estimate` gives them from the
        animals; the standard error is NaN where a cell has fewer than two.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(sizes > 1, deviations**2 / sizes, np.nan)[..., np.newaxis, :]
        shares = np.where(weights != 0, weights**2 * parts, 0.0)
        variance = shares.sum(axis=-1)
        free = np.where(sizes > 1, sizes - 1, 1.0)
        df = variance**2 / (shares**2 / free).sum(axis=-1)
    return Estimates(means @ weights.T, np.sqrt(variance), df)


def _size(shifted: Floats) -> Floats:
    """Return the scale of each outcome, (..., 1)."""
    return np.asarray(np.abs(shifted).max(axis=-1, keepdims=True, initial=0.0))


def _estimable(model: Model, weights: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Return which contrasts the animals determine, (k,)."""
    full = np.zeros((len(weights), model.determined.shape[1]))
    full[:, : weights.shape[1]] = weights
    return np.asarray(np.abs(weights @ model.determined - full).max(axis=1) < ESTIMABLE)


def _error(model: Model, rest: Floats, share: Floats, method: Method) -> tuple[Floats, Floats]:
    """Return standard error and df of each contrast, (..., k)."""
    df_residual = float(model.df_residual) if model.df_residual > 0 else np.nan
    if method == "pooled":
        spread = np.sum(rest**2, axis=-1, keepdims=True) / df_residual
        error = np.sqrt(spread * np.sum(share**2, axis=1))
        return error, np.full_like(error, df_residual)
    room = 1 - model.leverage
    fitted_exactly = room < NOISE
    # An animal that alone determines its fitted value has no residual to learn
    # from: a contrast that rests on it has no standard error.
    blind = (fitted_exactly & (share != 0)).any(axis=1)
    power = 2 if method == "hc3" else 1
    scale = np.where(fitted_exactly, 0.0, share**2 / np.where(fitted_exactly, 1.0, room) ** power)
    variance = np.where(blind, np.nan, rest**2 @ scale.T)
    error = np.sqrt(variance)
    if method == "hc3":
        return error, np.full_like(error, df_residual)
    if method == "hc2_bm":
        return error, np.broadcast_to(_bell_mccaffrey(model, share, scale), error.shape)
    return error, _satterthwaite(model, rest, scale)


def _bell_mccaffrey(model: Model, share: Floats, scale: Floats) -> Floats:
    """Return the df of HC2 under errors of equal variance, (k,).

    The variance estimate is a quadratic form in the errors with mean
    sum(share^2) and variance 2 sum_st scale_s scale_t M_st^2; the df are
    those of the chi-squared with the same first two moments.
    """
    spread = np.einsum("ks,st,kt->k", scale, model.residual_maker**2, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sum(share**2, axis=1) ** 2 / spread)


def _satterthwaite(model: Model, rest: Floats, scale: Floats) -> Floats:
    """Return Welch's df over all cells of each contrast, (..., k)."""
    n_cells = len(model.solution)
    total = np.zeros((*rest.shape[:-1], len(scale)))
    parts = np.zeros_like(total)
    for cell in range(n_cells):
        inside = model.cell == cell
        part = rest[..., inside] ** 2 @ scale[:, inside].T
        total += part
        if inside.sum() > 1:
            parts += part**2 / (inside.sum() - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(total**2 / parts)
