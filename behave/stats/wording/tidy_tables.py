"""The stage's numbers as tables: cells and contrasts."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from behave.model.arrays import Floats
from behave.model.tables import CELLS, CONTRASTS
from behave.schema import conform
from behave.stats.methods.effsize import NO_EFFECT_SIZE, EffectSize, delta_g, hedges_g
from behave.stats.methods.multiple import ADJUSTMENTS, adjust
from behave.stats.options import DesignOptions
from behave.stats.rule.contrasts import Model
from behave.stats.rule.design import CELLS as CELL_ORDER
from behave.stats.rule.design import Sample, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import CONF_LEVEL, EFFECTS, FAMILY, Ruling, judge, rule_of

METHODS = {
    "welch": "Welch",
    "hc2_bm": "OLS with {terms}, HC2, Bell-McCaffrey df",
    "mixed": "mixed model, random intercept, REML, Satterthwaite df",
    "pooled": "OLS, pooled variance",
    "hc3": "OLS, HC3",
}


def method_name(model: Model) -> str:
    """Return how a model's primary contrasts are made."""
    terms = [
        name for name, used in (("blocks", model.blocked), ("covariates", model.covariates)) if used
    ]
    return METHODS[model.primary].format(terms=" and ".join(terms))


def cell_names(design: DesignOptions) -> tuple[str, ...]:
    """Return the cells as ``antagonist's level + agonist's level``; two without antagonist."""
    return tuple(f"{before} + {drug}" if before else drug for before, drug in cell_levels(design))


def cell_levels(design: DesignOptions) -> list[tuple[str, str]]:
    """Return (antagonist's level, agonist's level) of each cell."""
    blocker = design.antagonist
    return [
        (before, drug)
        for before in ((blocker.control, blocker.name) if blocker else ("",))
        for drug in (design.agonist.control, design.agonist.name)
    ]


def describe_cells(sample: Sample) -> pd.DataFrame:
    """Describe the cells (`behave.model.tables.CELLS`), with 95 % t intervals of the mean."""
    design = sample.design
    rows = []
    for cell, name in enumerate(cell_names(design)):
        values = sample.outcome[sample.cell == cell]
        counts = sample.counts.loc[cell]
        antagonist, agonist = cell_levels(design)[cell]
        rows.append(
            {
                "cell": name,
                "antagonist": antagonist,
                "agonist": agonist,
                "n": len(values),
                "n_excluded": counts["excluded"],
                "n_failed": counts["failed"],
                "n_missing": counts["missing"],
                "n_alone": counts["alone"],
                **_moments(values),
                "unit": unit_of(design.outcome),
            }
        )
    return conform(pd.DataFrame(rows), CELLS)


def _moments(values: Floats) -> dict[str, float]:
    """Describe one cell's values; what too few animals do not give is left out."""
    if not len(values):
        return {}
    found = {
        "mean": float(np.mean(values)),
        "median": float(np.median(values)),
        "minimum": float(np.min(values)),
        "maximum": float(np.max(values)),
    }
    if len(values) == 1:
        return found
    # A constant cell has no spread; the formula would return rounding noise.
    deviation = float(np.std(values, ddof=1)) if np.ptp(values) > 0 else 0.0
    error = deviation / np.sqrt(len(values))
    half = float(special.stdtrit(len(values) - 1, (1 + CONF_LEVEL) / 2)) * error
    return found | {
        "std_dev": deviation,
        "std_error": error,
        "conf_low": found["mean"] - half,
        "conf_high": found["mean"] + half,
    }


def effects_in(design: DesignOptions) -> tuple[str, ...]:
    """Return the effects that a design has: K alone where nothing could block it."""
    return FAMILY if design.antagonist else ("K",)


def tabulate_contrasts(sample: Sample, model: Model, ruling: Ruling) -> pd.DataFrame:
    """Tabulate K, Kn, I and A (`behave.model.tables.CONTRASTS`).

    The primary method, which alone enters the verdict, comes first; OLS with
    pooled variance and with HC3 follow for comparison.
    """
    rule = rule_of(sample.design)
    rows = _method_rows(sample, method_name(model), ruling.estimates, effect_sizes=True)
    for method in ("pooled", "hc3"):
        other = judge(model, sample.signed, rule, method).estimates
        rows += _method_rows(sample, METHODS[method], other, effect_sizes=False)
    return conform(pd.DataFrame(rows), CONTRASTS)


def _method_rows(
    sample: Sample, method: str, found: Estimates, *, effect_sizes: bool
) -> list[dict[str, Any]]:
    """Return one row per contrast of one method."""
    low, high = found.interval(CONF_LEVEL)
    p_value = found.p_value
    words = contrast_words(sample.design)
    p_adj = adjust(p_value[: len(words)], sample.design.adjust)
    sizes = np.bincount(sample.cell, minlength=len(CELL_ORDER))
    rows = []
    for index, (name, compared) in enumerate(words.items()):
        weights = np.array(EFFECTS[name])
        size = _standardised(sample, weights) if effect_sizes else NO_EFFECT_SIZE
        rows.append(
            {
                "contrast_id": name,
                "family": "planned",
                "contrast": compared,
                "method": method,
                "estimate": found.estimate[index],
                "std_error": found.std_error[index],
                "df": found.df[index],
                "statistic": found.statistic[index],
                "p_value": p_value[index],
                "p_adj": p_adj[index],
                "adjust": ADJUSTMENTS[sample.design.adjust],
                "conf_low": low[index],
                "conf_high": high[index],
                "conf_level": CONF_LEVEL,
                "effsize_type": size.name,
                "effsize": size.value,
                "effsize_low": size.low,
                "effsize_high": size.high,
                "n1": sizes[weights > 0].sum(),
                "n2": sizes[weights < 0].sum(),
                "unit": unit_of(sample.design.outcome),
                "planned": True,
            }
        )
    return rows


def contrast_words(design: DesignOptions) -> dict[str, str]:
    """Say which cells each contrast subtracts from which."""
    cells = [f"({name})" for name in cell_names(design)]
    order = [0, 1, 2, 3] if design.benefit == "decrease" else [1, 0, 3, 2]
    if design.antagonist is None:
        return {"K": f"{cells[order[0]]} - {cells[order[1]]}"}
    first, second, third, fourth = (cells[index] for index in order)
    alone = (cells[0], cells[2]) if design.benefit == "decrease" else (cells[2], cells[0])
    return {
        "K": f"{first} - {second}",
        "Kn": f"{third} - {fourth}",
        "I": f"[{first} - {second}] - [{third} - {fourth}]",
        "A": f"{alone[0]} - {alone[1]}",
    }


def _standardised(sample: Sample, weights: Floats) -> EffectSize:
    """Return Hedges g of a contrast of two cells, delta g of one of four."""
    cells = np.flatnonzero(weights)
    parts = [sample.signed[sample.cell == cell] for cell in cells]
    if min(map(len, parts)) < 2:  # noqa: PLR2004 - one animal has no spread
        return NO_EFFECT_SIZE
    moments = [_moments(part) for part in parts]
    difference = sum(
        float(weights[cell]) * found["mean"] for cell, found in zip(cells, moments, strict=True)
    )
    deviations = [found["std_dev"] for found in moments]
    sizes = [len(part) for part in parts]
    if len(cells) > 2:  # noqa: PLR2004 - the interaction
        return delta_g(difference, deviations, sizes, CONF_LEVEL)
    return hedges_g(difference, (deviations[0], deviations[1]), (sizes[0], sizes[1]), CONF_LEVEL)
