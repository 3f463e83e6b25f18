"""The aligned rank transform: the interaction tested on ranks.

``rank_interaction(outcome, factors, blocks)`` gives F, df and p of the
2x2 interaction. Plain ranks would carry the main effects into the interaction;
here they are taken off first.
"""

import numpy as np
from scipy import stats

from behave.model.arrays import Floats
from behave.stats.methods.anova import anova
from behave.stats.rule.contrasts import build_model, residuals
from behave.stats.rule.design import Integers

# Digits to which aligned values are told apart; beyond them ties are rounding.
DIGITS = 9


def rank_interaction(
    outcome: Floats, factors: tuple[Integers, Integers], blocks: dict[str, Integers]
) -> tuple[float, int, int, float]:
    """Test the interaction of two factors on aligned ranks.

    Parameters
    ----------
    outcome
        (n,).
    factors
        Codes (n,) of the two factors, from 0.
    blocks
        Codes (n,) of each column of additive blocks.

    Returns
    -------
    tuple
        F, its two degrees of freedom, and p; F and p NaN where the animals do
        not determine the interaction or nothing varies.

    Notes
    -----
    Each value is replaced by its deviation from its cell's mean plus the
    cell's interaction effect (its mean less the means of its row and of its
    column plus the mean of all, over animals); these are ranked, and the ranks
    put through type III sums of squares. Effects of blocks, fitted beside the
    cells, are taken off first. Checked against R's answers on balanced and
    unequal 2x2, 3x2 and 4x2 tables without blocks. It tests for a shift of
    whole distributions, and its size rises where spread and n are unequal.

    References
    ----------
    Wobbrock JO, Findlater L, Gergle D, Higgins JJ. Proc CHI 2011:143-146.
    """
    first, second = factors
    shape = (int(first.max()) + 1, int(second.max()) + 1)
    cell = first * shape[1] + second
    # What stays beside the cell means once the blocks are fitted.
    model = build_model(cell, _stacked(blocks, len(cell)), n_cells=shape[0] * shape[1])
    centred = outcome - outcome.mean()
    levels = (model.solution @ centred)[cell] + residuals(model, outcome)
    effect = _means(levels, cell) - _means(levels, first) - _means(levels, second) + levels.mean()
    aligned = residuals(model, outcome) + effect
    size = float(np.abs(centred).max(initial=0.0)) or 1.0
    ranks = stats.rankdata(np.round(aligned / size, DIGITS))
    table = anova(ranks, {"first": first, "second": second}, blocks)
    table = table[table["type"] == "III"]
    row, rest = table[table["term"] == "first:second"], table[table["term"] == "Residuals"]
    return (
        float(row["statistic"].iloc[0]),
        int(row["df"].iloc[0]),
        int(rest["df"].iloc[0]),
        float(row["p_value"].iloc[0]),
    )


def _means(values: Floats, code: Integers) -> Floats:
    """Return for each animal the mean of those with the same code, (n,)."""
    sums = np.bincount(code, weights=values)
    return np.asarray((sums / np.maximum(np.bincount(code), 1))[code])


def _stacked(blocks: dict[str, Integers], n: int) -> Integers:
    """Return the blocks as columns, (n, b)."""
    return np.column_stack([np.empty((n, 0), dtype="int64"), *blocks.values()])
