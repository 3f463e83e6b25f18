"""Linear contrasts of cell means: estimates, standard errors, degrees of freedom.

Everything works on many outcomes of the same animals at once, so that the
simulations of the verdict rule run the very code that gives the verdict.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from behave.model.arrays import Floats
from behave.stats.rule.design import Integers
from behave.stats.rule.estimates import ESTIMABLE, NOISE, Estimates
from behave.stats.rule.mixed import fit_random_intercept

Method = Literal["welch", "hc2_bm", "mixed", "hc3", "pooled"]


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
    covariates
        How many covariates there are.
    matrix
        (n, p) the columns: cells, blocks, covariates; of full rank if the cells
        and blocks are.
    group
        (n,) codes of the random intercept; None without one.
    """

    cell: Integers
    solution: Floats
    determined: Floats
    residual_maker: Floats
    leverage: Floats
    df_residual: int
    blocked: bool
    covariates: int
    matrix: Floats
    group: Integers | None = None

    @property
    def primary(self) -> Method:
        """The method whose numbers enter the verdict."""
        if self.group is not None:
            return "mixed"
        return "hc2_bm" if self.blocked or self.covariates else "welch"


def build_model(
    cell: Integers,
    blocks: Integers,
    n_cells: int = 4,
    *,
    covariates: Floats | None = None,
    group: Integers | None = None,
) -> Model:
    """Lay out the model of the cell means.

    Parameters
    ----------
    cell
        (n,) codes from 0.
    blocks
        (n, b) codes of the columns of blocks; b may be 0.
    n_cells
        Number of cells, empty ones included.
    covariates
        (n, c); they are centred, so that the cell means are those of an average
        animal. One that does not vary tells nothing and is left out.
    group
        (n,) codes of a random intercept, such as the cage; None for none.
        Groups of one animal each, or a single group, tell nothing of it: the
        model is then the one without.
    """
    columns = [cell[:, np.newaxis] == np.arange(n_cells)]
    columns += [column[:, np.newaxis] == np.unique(column)[1:] for column in blocks.T]
    slopes = _centred(covariates, len(cell))
    matrix = np.hstack([*columns, slopes]).astype("float64")
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
        covariates=slopes.shape[1],
        matrix=matrix,
        group=group if group is not None and 1 < len(np.unique(group)) < len(group) else None,
    )


def _centred(covariates: Floats | None, n: int) -> Floats:
    """Return the covariates about their means, (n, c), those that vary, each at unit spread."""
    if covariates is None or not covariates.size:
        return np.empty((n, 0))
    centred = covariates - covariates.mean(axis=0)
    spread = np.abs(centred).max(axis=0, initial=0.0)
    varies = spread > NOISE * np.abs(covariates).max(axis=0, initial=0.0)
    return np.asarray(centred[:, varies] / spread[varies])


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
        ``mixed``: a random intercept of the model's group, REML, df by
        Satterthwaite (`behave.stats.rule.mixed`).
        ``hc3`` and ``pooled``: residual df. None: the model's primary one.

    Returns
    -------
    Estimates
        Arrays (..., k).
    """
    method = method or model.primary
    if method == "mixed":
        return _estimate_mixed(model, outcome, weights)
    share = weights @ model.solution
    share = np.where(np.abs(share) > NOISE, share, 0.0)
    shifted = outcome - outcome[..., :1]
    value = shifted @ share.T
    value = np.where(np.abs(value) > NOISE * _size(shifted), value, 0.0)
    error, df = _error(model, residuals(model, outcome), share, method)
    lost = ~is_estimable(model, weights)
    return Estimates(
        estimate=np.where(lost, np.nan, value),
        std_error=np.where(lost, np.nan, error),
        df=np.where(lost | ~(error > 0), np.nan, df),
    )


def _estimate_mixed(model: Model, outcome: Floats, weights: Floats) -> Estimates:
    """Fit the mixed model to each outcome; NaN where it says nothing."""
    kept = independent_columns(model.matrix)
    full = np.zeros((len(weights), len(kept)))
    cells = np.array(kept) < weights.shape[1]
    full[:, cells] = weights[:, np.array(kept)[cells]]
    lost = ~is_estimable(model, weights)
    flat = np.reshape(outcome, (-1, outcome.shape[-1]))
    unknown = np.full(len(weights), np.nan)
    fits = []
    for values in flat:
        fit = None
        if model.group is not None:
            fit = fit_random_intercept(values, model.matrix[:, kept], model.group)
        fits.append(fit.contrasts(full) if fit else Estimates(unknown, unknown, unknown))
    shape = (*outcome.shape[:-1], len(weights))
    parts = (
        np.where(lost, np.nan, np.array([getattr(fit, name) for fit in fits]).reshape(shape))
        for name in ("estimate", "std_error", "df")
    )
    return Estimates(*parts)


def independent_columns(matrix: Floats) -> list[int]:
    """Return the columns that say something new, the cells first.

    Blocks within blocks, and a cell without animals, say some things twice or
    nothing; a contrast that the animals determine does not depend on the choice.
    """
    kept: list[int] = []
    for column in range(matrix.shape[1]):
        if np.linalg.matrix_rank(matrix[:, [*kept, column]]) > len(kept):
            kept.append(column)
    return kept


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


def is_estimable(
    model: Model, weights: Floats
) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
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
