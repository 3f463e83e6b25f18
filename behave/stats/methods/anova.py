"""Analysis of variance of crossed factors, types II and III.

Each sum of squares is the rise of the residual sum of squares when the term
is left out of its model. Type III is taken with sum coding; with treatment
coding it would silently test something else.
"""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from behave.model.arrays import Floats
from behave.model.tables import ANOVA
from behave.schema import conform
from behave.stats.methods.effsize import partial_eta_squared
from behave.stats.rule.design import Integers
from behave.stats.rule.estimates import NOISE

Term = frozenset[str]

# The 90 % interval of partial eta squared leaves out 0 where F is significant at 5 %.
ETA_LEVEL = 0.90


def anova(
    outcome: Floats,
    factors: Mapping[str, Integers],
    blocks: Mapping[str, Integers],
    covariates: Mapping[str, Floats] | None = None,
) -> pd.DataFrame:
    """Test the factors, their interactions and the additive blocks.

    Parameters
    ----------
    outcome
        (n,).
    factors
        Codes (n,) of each crossed factor.
    blocks
        Codes (n,) of each column of additive blocks.
    covariates
        Values (n,) of each covariate, which enters with one slope.

    Returns
    -------
    pandas.DataFrame
        `behave.model.tables.ANOVA`. A term that the animals do not determine, and
        any term when nothing varies, has no F.

    Notes
    -----
    Partial omega squared is df (F - 1) / (df (F - 1) + n). Checked against
    R's car 3.1 and effectsize 0.8.3.
    """
    slopes = {
        Term({name}): (values - values.mean())[:, np.newaxis]
        for name, values in (covariates or {}).items()
    }
    matrices = _matrices(factors, blocks) | slopes
    shifted = outcome - outcome[:1]
    full, rank = _residual(shifted, list(matrices.values()))
    # A fit down to rounding error leaves nothing to test against.
    exact = full <= (NOISE * float(np.abs(shifted).max(initial=0.0))) ** 2 * len(outcome)
    df_residual = len(outcome) - rank
    rows: list[dict[str, Any]] = []
    for kind in ("II", "III"):
        for term, matrix in matrices.items():
            # Type II leaves out, on both sides, the interactions that hold the term.
            others = [
                other
                for name, other in matrices.items()
                if name != term and not (kind == "II" and name > term)
            ]
            without, rank_without = _residual(shifted, others)
            together, rank_together = _residual(shifted, [*others, matrix])
            df = rank_together - rank_without
            square = max(without - together, 0.0)
            testable = df > 0 and df_residual > 0 and not exact
            f = square / df / (full / df_residual) if testable else math.nan
            size = partial_eta_squared(f, df, df_residual, ETA_LEVEL)
            rows.append(
                {
                    "term": _name(term, factors),
                    "type": kind,
                    "sumsq": square if df else math.nan,
                    "df": df,
                    "statistic": f,
                    "p_value": special.fdtrc(df, df_residual, f),
                    "effsize_type": size.name,
                    "effsize": size.value,
                    "effsize_low": size.low,
                    "effsize_high": size.high,
                    "conf_level": ETA_LEVEL,
                    "omega_squared": df * (f - 1) / (df * (f - 1) + len(outcome)),
                }
            )
        rows.append({"term": "Residuals", "type": kind, "sumsq": full, "df": df_residual})
    return conform(pd.DataFrame(rows), ANOVA)


def _name(term: Term, factors: Mapping[str, Integers]) -> str:
    """Return a term as ``pretreatment:treatment``, factors in their order."""
    return ":".join([name for name in factors if name in term] or sorted(term))


def _matrices(
    factors: Mapping[str, Integers], blocks: Mapping[str, Integers]
) -> dict[Term, Floats]:
    """Return the sum-coded columns of each term, (n, df)."""
    matrices = {Term({name}): _sum_coded(codes) for name, codes in factors.items()}
    for order in range(2, len(factors) + 1):
        for names in combinations(factors, order):
            product = matrices[Term({names[0]})]
            for name in names[1:]:
                other = matrices[Term({name})]
                width = product.shape[1] * other.shape[1]
                product = np.einsum("ni,nj->nij", product, other).reshape(len(other), width)
            matrices[Term(names)] = product
    return matrices | {Term({name}): _sum_coded(codes) for name, codes in blocks.items()}


def _sum_coded(codes: Integers) -> Floats:
    """Return the columns of a factor that sum to 0 over its levels."""
    levels = np.unique(codes)
    indicator = (codes[:, np.newaxis] == levels).astype("float64")
    return np.asarray(indicator[:, :-1] - indicator[:, -1:])


def _residual(outcome: Floats, matrices: list[Floats]) -> tuple[float, int]:
    """Return the residual sum of squares and the rank, the mean included."""
    matrix = np.hstack([np.ones((len(outcome), 1)), *matrices])
    coefficients, _, rank, _ = np.linalg.lstsq(matrix, outcome, rcond=NOISE)
    rest = outcome - matrix @ coefficients
    return float(rest @ rest), int(rank)
