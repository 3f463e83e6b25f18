"""Whether the verdict survives other ways of analysing the same experiment.

None of them changes the label; they are listed beside it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from behave.schema import conform
from behave.stats.contrasts import build_model
from behave.stats.design import Sample, accompanied, sort_animals, varying
from behave.stats.options import DesignOptions
from behave.stats.robustness import check_robustness, effect_columns
from behave.stats.tidy import METHODS
from behave.stats.verdict import Ruling, judge
from behave.tables import SENSITIVITY

Alternative = tuple[str, str, pd.DataFrame]


def analyse_sensitivity(
    sample: Sample,
    ruling: Ruling,
    alternatives: Iterable[Alternative],
    within: "pd.Series[bool] | None" = None,
    *,
    seed: int | None = None,
) -> pd.DataFrame:
    """Apply the rule to every alternative.

    Parameters
    ----------
    sample
        The animals of the main analysis.
    ruling
        Its outcome.
    alternatives
        ``(analysis, setting, measures)`` as for `behave.stats.compare`.
    within
        The rows of the measures that may take part; None for all.
    seed
        Of the methods of `behave.stats.robustness`; None leaves them out.

    Returns
    -------
    pandas.DataFrame
        `behave.tables.SENSITIVITY`: other standard errors, other methods and
        each animal left out in turn (all where the main analysis was
        assessable), and the alternatives in their order.
    """
    label = str(ruling.label)
    rows: list[dict[str, Any]] = []
    if label != "not_assessable":
        rows += [_row(*other, label) for other in _other_methods(sample)]
        if seed is not None and sample.design.antagonist:
            model = build_model(sample.cell, sample.blocks)
            rows += check_robustness(sample, model, ruling, seed)
        rows += [_row(*other, label) for other in _leave_one_out(sample)]
    rows += [
        _row(analysis, setting, _judge_measures(measures, sample.design, within), label)
        for analysis, setting, measures in alternatives
    ]
    return conform(pd.DataFrame(rows), SENSITIVITY)


def add_ruling(
    table: pd.DataFrame, analysis: str, setting: str, ruling: Ruling, label: str
) -> pd.DataFrame:
    """Return the table with one more alternative, ruled elsewhere."""
    row = conform(pd.DataFrame([_row(analysis, setting, ruling, label)]), SENSITIVITY)
    return pd.concat([table, row], ignore_index=True) if len(table) else row


def summarise_sensitivity(table: pd.DataFrame) -> dict[str, Any]:
    """Say how many alternatives agree with the verdict, in all and by analysis.

    What can neither agree nor disagree, such as a Bayes factor, is not counted.
    """
    judged = table[table["agrees"].notna()]
    return {
        "agree": int(judged["agrees"].sum()),
        "of": len(judged),
        "by_analysis": [
            {
                "analysis": analysis,
                "agree": int(part["agrees"].sum()),
                "of": len(part),
                "I_min": _or_none(part["I_estimate"].min()),
                "I_max": _or_none(part["I_estimate"].max()),
            }
            for analysis, part in judged.groupby("analysis", sort=False)
        ],
    }


def _or_none(value: float) -> float | None:
    """Return a number that JSON can hold."""
    return float(value) if np.isfinite(value) else None


def _other_methods(sample: Sample) -> Iterator[tuple[str, str, Ruling]]:
    """Apply the rule with other standard errors, and without the blocks."""
    model, rho = build_model(sample.cell, sample.blocks), sample.design.residual_fraction
    for method in ("pooled", "hc3"):
        yield "standard error", METHODS[method], judge(model, sample.signed, rho, method)
    if model.blocked:
        plain = build_model(sample.cell, sample.blocks[:, :0])
        yield "standard error", "Welch, blocks ignored", judge(plain, sample.signed, rho)


def _leave_one_out(sample: Sample) -> Iterator[tuple[str, str, Ruling]]:
    """Apply the rule without each animal in turn."""
    for index, animal in enumerate(sample.frame["animal_id"]):
        others = np.arange(len(sample.cell)) != index
        others[others] = accompanied(sample.blocks[others])
        model = build_model(sample.cell[others], varying(sample.blocks[others]))
        ruling = judge(model, sample.signed[others], sample.design.residual_fraction)
        yield "leave one animal out", str(animal), ruling


def _judge_measures(
    measures: pd.DataFrame, design: DesignOptions, within: "pd.Series[bool] | None"
) -> Ruling:
    """Apply the rule to another table of the same experiment."""
    sample = sort_animals(measures, design, within)
    model = build_model(sample.cell, sample.blocks)
    return judge(model, sample.signed, design.residual_fraction)


def _row(analysis: str, setting: str, ruling: Ruling, label: str) -> dict[str, Any]:
    """Return one alternative's row."""
    return {
        "analysis": analysis,
        "setting": setting,
        "label": str(ruling.label),
        "agrees": str(ruling.label) == label,
        **effect_columns(ruling.estimates),
    }
