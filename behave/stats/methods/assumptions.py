"""Diagnostics of spread and shape. They are reported and never choose the test."""

import numpy as np
import pandas as pd
from scipy import stats

from behave.model.tables import ASSUMPTIONS
from behave.schema import conform
from behave.stats.rule.contrasts import Model, residuals
from behave.stats.rule.design import Floats

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
    return conform(
        pd.DataFrame([_brown_forsythe(model, outcome), _shapiro(residuals(model, outcome))]),
        ASSUMPTIONS,
    )


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
