"""Resampling: Freedman-Lane permutation and the BCa bootstrap, both seeded.

- ``permute(model, outcome, reduced, weights, blocks, seed=...) -> p``: the
  contrast tested by permuting what the model without it leaves unexplained,
  within blocks.
- ``bootstrap(cell, matrix, outcome, weights, seed=...) -> Bootstrap``: animals
  drawn anew within their cells; ``.interval(level)`` gives BCa intervals.

The same numbers and the same seed give the same answer.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from behave.model.arrays import Floats
from behave.stats.rule.contrasts import Method, Model, estimate
from behave.stats.rule.design import Integers
from behave.stats.rule.estimates import NOISE

DRAWS = 9999


def permute(
    model: Model,
    outcome: Floats,
    weights: Floats,
    blocks: Integers,
    *,
    seed: int,
    method: Method | None = None,
    draws: int = DRAWS,
) -> float:
    """Test a contrast of the cell means by Freedman and Lane's permutation.

    Parameters
    ----------
    model
        Of n animals.
    outcome
        (n,).
    weights
        (cells,) of the contrast, summing to 0.
    blocks
        (n, b) codes; animals are exchanged only within the same blocks.
    seed
        Of the random draws.
    method
        Of the t that is compared; None is the model's primary one, with which
        the test holds asymptotically where the cells differ in spread
        (``pooled`` would not).
    draws
        How many permutations.

    Returns
    -------
    float
        Two-sided p, the order found counting as one of the draws; NaN where
        the contrast has no t.

    Notes
    -----
    Residuals of the model in which the contrast is 0 are permuted and added
    to its fitted values. Checked by complete enumeration of a small table,
    and with the pooled t within Monte-Carlo error of R's answer.

    References
    ----------
    Freedman D, Lane D. J Bus Econ Stat 1983;1:292-298.
    """
    found = float(estimate(model, outcome, weights[np.newaxis], method).statistic[0])
    if not np.isfinite(found):
        return np.nan
    # The residuals under 'the contrast is 0' are those of the full model plus
    # the one direction in which the contrast lies.
    share = weights @ model.solution
    direction = share / float(np.sum(share**2))
    rest = model.residual_maker @ outcome + direction * float(share @ outcome)
    fitted = outcome - rest
    rng = np.random.default_rng(seed)
    permuted = fitted + rest[_orders(blocks, len(outcome), draws, rng)]
    values = estimate(model, permuted, weights[np.newaxis], method).statistic[:, 0]
    # A permutation that leaves no residual at all (t of NaN) counts as extreme.
    as_far = ~(np.abs(values) < abs(found) * (1 - NOISE))
    return (1 + int(as_far.sum())) / (draws + 1)


def _orders(blocks: Integers, n: int, draws: int, rng: np.random.Generator) -> Integers:
    """Return random orders of the animals within their blocks, (draws, n)."""
    if not blocks.shape[1]:
        group = np.zeros(n, dtype="int64")
    else:
        group = np.unique(blocks, axis=0, return_inverse=True)[1].reshape(-1)
    orders = np.empty((draws, n), dtype="int64")
    for code in np.unique(group):
        members = np.flatnonzero(group == code)
        orders[:, members] = members[np.argsort(rng.random((draws, len(members))), axis=1)]
    return orders


@dataclass(frozen=True)
class Bootstrap:
    """Contrasts of resampled animals.

    Parameters
    ----------
    estimate
        (k,) of the animals as they are.
    draws
        (b, k) of the resampled ones.
    acceleration
        (k,) from leaving out one animal at a time.
    """

    estimate: Floats
    draws: Floats
    acceleration: Floats

    @property
    def std_error(self) -> Floats:
        """Standard deviation of the resampled contrasts, (k,)."""
        return np.asarray(self.draws.std(axis=0, ddof=1))

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the ends of the two-sided BCa interval, each (k,)."""
        return self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)

    def bound(self, side: Literal["lower", "upper"], alpha: float = 0.05) -> Floats:
        """Return the one-sided BCa bound, (k,)."""
        return self._quantile(alpha if side == "lower" else 1 - alpha)

    def _quantile(self, probability: float) -> Floats:
        """Return the bound below which the contrast lies with the probability, (k,)."""
        below = np.mean(self.draws < self.estimate, axis=0)
        # Half of what is tied counts as below: means of rounded seconds do tie.
        below = below + 0.5 * np.mean(self.draws == self.estimate, axis=0)
        shift = special.ndtri(np.clip(below, 0.5 / len(self.draws), 1 - 0.5 / len(self.draws)))
        moved = shift + special.ndtri(probability)
        share = special.ndtr(shift + moved / (1 - self.acceleration * moved))
        return np.array(
            [
                np.quantile(column, part) if np.isfinite(part) else np.nan
                for column, part in zip(self.draws.T, share, strict=True)
            ]
        )


def bootstrap(
    cell: Integers,
    matrix: Floats,
    outcome: Floats,
    weights: Floats,
    *,
    seed: int,
    draws: int = DRAWS,
) -> Bootstrap | None:
    """Bootstrap contrasts of the cell means; animals are drawn within cells.

    Parameters
    ----------
    cell
        (n,) codes from 0.
    matrix
        (n, p) of full rank, fitted anew to each draw: a column for each cell,
        then those of the blocks.
    outcome
        (n,).
    weights
        (k, cells), each row summing to 0.
    seed
        Of the random draws.
    draws
        How many; those in which the blocks leave a contrast undetermined are
        left out.

    Returns
    -------
    Bootstrap or None
        None where the matrix is not of full rank, a cell has fewer than two animals, nothing varies, or more than one draw
        in ten is lost to the blocks.

    Notes
    -----
    Without blocks this is `scipy.stats.bootstrap` of four samples, and is
    checked against it; that function fits no blocks and takes one statistic at
    a time. With few animals BCa intervals are too short, which is why they do
    not enter the verdict: in 1500 simulated experiments with normal data and 8
    per cell, 95 % intervals of K and I covered the truth in 92 %.

    References
    ----------
    Efron B. J Am Stat Assoc 1987;82:171-185.
    """
    n_cells = weights.shape[1]
    sizes = np.bincount(cell, minlength=n_cells)
    if (sizes < 2).any() or np.ptp(outcome) <= 0:  # noqa: PLR2004 - one animal has no spread
        return None
    shifted = outcome - outcome.mean()
    rng = np.random.default_rng(seed)
    counts = np.zeros((draws, len(cell)))
    for code in range(n_cells):
        members = np.flatnonzero(cell == code)
        even = np.full(len(members), 1 / len(members))
        counts[:, members] = rng.multinomial(len(members), even, size=draws)
    whole = _contrasts(np.ones((1, len(cell))), matrix, shifted, weights)
    found = _contrasts(counts, matrix, shifted, weights)
    left_out = _contrasts(1 - np.eye(len(cell)), matrix, shifted, weights)
    kept = found[np.isfinite(found).all(axis=1)]
    if not np.isfinite(whole).all() or len(kept) < 0.9 * draws:
        return None
    return Bootstrap(whole[0], kept, _acceleration(left_out, cell, sizes))


def _contrasts(counts: Floats, matrix: Floats, outcome: Floats, weights: Floats) -> Floats:
    """Return the contrasts with each animal counted so often, (b, k); NaN where undetermined."""
    width = matrix.shape[1]
    squares = (matrix[:, :, np.newaxis] * matrix[:, np.newaxis, :]).reshape(len(matrix), -1)
    cross = (counts @ squares).reshape(-1, width, width)
    target = counts @ (matrix * outcome[:, np.newaxis])
    # The determinant relative to that of columns without overlap: 0 where one of
    # them is lost, whatever the number of animals.
    own = np.diagonal(cross, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.linalg.slogdet(cross)[1] - np.log(own).sum(axis=1)
    lost = ~(share > np.log(NOISE))
    cross[lost] = np.eye(width)
    means = np.linalg.solve(cross, target[..., np.newaxis])[..., : weights.shape[1], 0]
    means[lost] = np.nan
    return np.asarray(means @ weights.T)


def _acceleration(left_out: Floats, cell: Integers, sizes: Integers) -> Floats:
    """Return BCa's acceleration from the contrasts with one animal left out, (k,)."""
    cubes, squares = np.zeros(left_out.shape[1]), np.zeros(left_out.shape[1])
    for code, size in enumerate(sizes):
        part = left_out[cell == code]
        pull = (size - 1) * (part.mean(axis=0) - part)
        cubes += np.sum(pull**3, axis=0) / size**3
        squares += np.sum(pull**2, axis=0) / size**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(squares > 0, cubes / squares**1.5 / 6, 0.0)
