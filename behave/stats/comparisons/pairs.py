"""All pairs of groups, for readers who ask for them; unplanned, beside the contrasts.

Tukey-Kramer rests on one variance for all groups, Games-Howell on each pair's
own. Intervals are simultaneous: all of them hold together in 95 % of studies.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from behave.model.arrays import Floats
from behave.model.tables import CONTRASTS
from behave.schema import conform
from behave.stats.methods.multiple import tukey, tukey_quantile
from behave.stats.rule.contrasts import Method, Model, estimate
from behave.stats.rule.design import Sample, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import CONF_LEVEL
from behave.stats.wording.tidy_tables import cell_names

FAMILY = "all pairs"
LEAST = 3  # of two groups there is one pair, and that is a planned contrast


def tabulate_pairs(sample: Sample, model: Model) -> pd.DataFrame:
    """Compare every group with every other (`behave.model.tables.CONTRASTS`).

    Parameters
    ----------
    sample
        The animals.
    model
        Their cell means. With blocks, covariates or a random unit there is no
        Games-Howell, which knows none.

    Returns
    -------
    pandas.DataFrame
        No rows for fewer than three groups, or where a group is empty.
    """
    names = cell_names(sample.design)
    sizes = np.bincount(sample.cell, minlength=len(names))
    rows: list[dict[str, Any]] = []
    if len(names) >= LEAST and sizes.all():
        rows += _rows(sample, model, "pooled", "Tukey-Kramer")
        if model.primary == "welch":
            rows += _rows(sample, model, "welch", "Games-Howell")
    return conform(pd.DataFrame(rows), CONTRASTS)


def _rows(sample: Sample, model: Model, method: Method, name: str) -> Iterator[dict[str, Any]]:
    """Yield one row per pair; positive where the second group is better."""
    cells = cell_names(sample.design)
    pairs = list(combinations(range(len(cells)), 2))
    weights = np.zeros((len(pairs), len(model.solution)))
    for index, (first, second) in enumerate(pairs):
        weights[index, [first, second]] = 1, -1
    found = estimate(model, sample.signed, weights, method)
    p_adj = tukey(found.statistic, len(cells), found.df)
    reach = _reach(found, len(cells))
    sizes = np.bincount(sample.cell, minlength=len(cells))
    # The signed outcome is turned where more is benefit; words follow the numbers.
    less = sample.design.benefit == "decrease"
    for index, (first, second) in enumerate(pairs):
        plus, minus = (first, second) if less else (second, first)
        yield {
            "contrast_id": f"pair {first + 1}-{second + 1}",
            "family": FAMILY,
            "contrast": f"({cells[plus]}) - ({cells[minus]})",
            "method": f"{name}, simultaneous intervals",
            "estimate": found.estimate[index],
            "std_error": found.std_error[index],
            "df": found.df[index],
            "statistic": found.statistic[index],
            "p_value": found.p_value[index],
            "p_adj": p_adj[index],
            "adjust": name,
            "conf_low": found.estimate[index] - reach[index],
            "conf_high": found.estimate[index] + reach[index],
            "conf_level": CONF_LEVEL,
            "n1": sizes[first],
            "n2": sizes[second],
            "unit": unit_of(sample.design.outcome),
            "planned": False,
        }


def _reach(found: Estimates, groups: int) -> Floats:
    """Return half the widths of the simultaneous intervals, (k,)."""
    quantile = [
        tukey_quantile(groups, float(df), CONF_LEVEL) if np.isfinite(df) else np.nan
        for df in found.df
    ]
    return np.array(quantile) * found.std_error
