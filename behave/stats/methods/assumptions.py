"""Diagnostics of spread and shape. They are reported and never choose the test."""

import numpy as np
import pandas as pd
from scipy import stats

from behave.model.arrays import Floats
from behave.model.tables import ASSUMPTIONS
from behave.schema import conform
from behave.stats.rule.contrasts import Model, residuals

SHAPIRO_MINIMUM = 3

# Differences smaller than this share are rounding noise.
ROUNDING = 1e-9


def check_assumptions(model: Model, outcome: Floats) -> pd.DataFrame:
    """Describe how far spread and shape depart from the textbook.

    Parameters
    ----------
    model
        Of n animals.
    outcome
        (n,).

    Returns
    -------
    pandas.DataFrame
        `behave.model.tables.ASSUMPTIONS`: Brown-Forsythe over the cells and
        Shapiro-Wilk on the residuals; a test that the animals do not allow
        has no statistic.
    """
    rows = [_brown_forsythe(model, outcome), _shapiro(residuals(model, outcome))]
    rows += [_common_slope(model, outcome)] if model.covariates else []
    return conform(pd.DataFrame(rows), ASSUMPTIONS)


def _common_slope(model: Model, outcome: Floats) -> dict[str, object]:
    """Test whether the covariates' slopes differ between the cells."""
    p = slopes_differ(model, outcome)
    row: dict[str, object] = {"check": "Covariates, one slope in all groups"}
    if p is None:
        return row | {"text": "Not computed: too few animals or no variation."}
    statistic, df, rest, value = p
    word = "differ" if value < 0.05 else "do not detectably differ"  # noqa: PLR2004 - 5 %
    return row | {
        "statistic": statistic,
        "df": f"{df}, {rest}",
        "p_value": value,
        "text": f"The slopes on the covariates {word} between the groups (p = {value:.3g}); "
        "the planned contrasts take one slope.",
    }


def slopes_differ(model: Model, outcome: Floats) -> tuple[float, int, int, float] | None:
    """Test a slope per cell against one slope.

    Parameters
    ----------
    model
        With covariates.
    outcome
        (n,).

    Returns
    -------
    tuple or None
        F, its two df and p, with pooled variance; None where the animals do not
        allow it.
    """
    slopes = model.matrix[:, model.matrix.shape[1] - model.covariates :]
    cells = np.unique(model.cell)[1:]
    own = [slopes * (model.cell == cell)[:, np.newaxis] for cell in cells]
    whole = np.hstack([model.matrix, *own])
    shifted = outcome - outcome.mean()
    small, rank_small = _rest(model.matrix, shifted)
    large, rank_large = _rest(whole, shifted)
    df, free = rank_large - rank_small, len(outcome) - rank_large
    if df < 1 or free < 1 or not large > ROUNDING * float(shifted @ shifted):
        return None
    statistic = (small - large) / df / (large / free)
    return statistic, df, free, float(stats.f.sf(statistic, df, free))


def _rest(matrix: Floats, outcome: Floats) -> tuple[float, int]:
    """Return the residual sum of squares and the rank."""
    found, _, rank, _ = np.linalg.lstsq(matrix, outcome, rcond=None)
    rest = outcome - matrix @ found
    return float(rest @ rest), int(rank)


def _brown_forsythe(model: Model, outcome: Floats) -> dict[str, object]:
    """Compare the cells' spread round their medians."""
    groups = [outcome[model.cell == cell] for cell in np.unique(model.cell)]
    groups = [group for group in groups if len(group) > 1]
    # Two animals lie equally far from their median, but for rounding: nothing to compare.
    far = [np.abs(group - np.median(group)) for group in groups]
    spread = any(np.ptp(distance) > ROUNDING * np.max(distance) for distance in far)
    row: dict[str, object] = {"check": "Brown-Forsythe, equal spread in the cells"}
    if len(groups) < 2 or not spread:  # noqa: PLR2004 - two groups make a comparison
        return row | {"text": "Not computed: too few animals or no variation."}
    statistic, p = stats.levene(*groups, center="median")
    df = f"{len(groups) - 1}, {sum(map(len, groups)) - len(groups)}"
    word = "differs" if p < 0.05 else "does not detectably differ"  # noqa: PLR2004 - 5 %
    return row | {
        "statistic": statistic,
        "df": df,
        "p_value": p,
        "text": f"The spread {word} between the cells (p = {p:.3g}); "
        "the primary contrasts do not need it to be equal.",
    }


def _shapiro(rest: Floats) -> dict[str, object]:
    """Test the residuals for normality."""
    row: dict[str, object] = {"check": "Shapiro-Wilk, normal residuals"}
    if len(rest) < SHAPIRO_MINIMUM or not (rest != 0).any():
        return row | {"text": "Not computed: too few animals or no variation."}
    statistic, p = stats.shapiro(rest)
    word = "depart" if p < 0.05 else "do not detectably depart"  # noqa: PLR2004 - 5 %
    return row | {
        "statistic": statistic,
        "p_value": p,
        "text": f"The residuals {word} from a normal distribution (p = {p:.3g}).",
    }
