"""Whether the verdict survives other ways of analysing the same experiment.

None of them changes the label; they are listed beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from behave.model.labels import LEFT_OUT
from behave.model.tables import SENSITIVITY
from behave.schema import conform
from behave.stats.options import DesignOptions
from behave.stats.rule.design import Sample, accompanied, sort_animals, unit_of
from behave.stats.rule.verdict import Ruling, judge, model_of, rule_of
from behave.stats.sensitivity.robustness import check_robustness, effect_columns
from behave.stats.wording.numbers import number
from behave.stats.wording.tidy_tables import METHODS

# What a scoring is a choice of: the columns, and their values in words.
CHOICES = {
    "threshold_factor": ("threshold", "x{:g}"),
    "min_bout_s": ("shortest bout", "{:g} s"),
    "window": ("window", "{}"),
}
# Animals that are named one by one where the label rests on each of them.
NAMED = 5


@dataclass(frozen=True)
class Alternative:
    """The same experiment, scored or timed otherwise.

    Parameters
    ----------
    analysis, setting
        What was done otherwise, and how.
    measures
        As for `behave.stats.compare`.
    choices
        What the setting consists of, by columns of `behave.model.tables.SENSITIVITY`
        (`CHOICES`).
    """

    analysis: str
    setting: str
    measures: pd.DataFrame
    choices: Mapping[str, object] = field(default_factory=dict)


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
        As for `behave.stats.compare`.
    within
        The rows of the measures that may take part; None for all.
    seed
        Of the methods of `behave.stats.sensitivity.robustness`; None leaves them out.

    Returns
    -------
    pandas.DataFrame
        `behave.model.tables.SENSITIVITY`: other standard errors, other methods and
        each animal left out in turn (all where the main analysis was
        assessable), and the alternatives in their order.
    """
    label = str(ruling.label)
    rows: list[dict[str, Any]] = []
    if label != "not_assessable":
        rows += [_row(*other, label) for other in _other_methods(sample)]
        if seed is not None and sample.design.antagonist:
            model = model_of(sample)
            rows += check_robustness(sample, model, ruling, seed)
        rows += [_row(*other, label) for other in _leave_one_out(sample)]
    for other in alternatives:
        found = _judge_measures(other.measures, sample.design, within)
        rows.append({**_row(other.analysis, other.setting, found, label), **other.choices})
    return conform(pd.DataFrame(rows), SENSITIVITY)


def add_ruling(
    table: pd.DataFrame, analysis: str, setting: str, ruling: Ruling, label: str
) -> pd.DataFrame:
    """Return the table with one more alternative, ruled elsewhere."""
    row = conform(pd.DataFrame([_row(analysis, setting, ruling, label)]), SENSITIVITY)
    return pd.concat([table, row], ignore_index=True) if len(table) else row


def summarise_sensitivity(table: pd.DataFrame, design: DesignOptions) -> dict[str, Any]:
    """Say how many alternatives agree with the verdict: in all, by analysis, by choice.

    Leaving out one animal at a time is counted apart: it has as many rows as
    animals, which would drown the other analyses. A test of the interaction where the
    agonist did nothing can neither agree nor disagree, and is not counted.
    """
    judged = table[table["agrees"].notna()]
    left_out = judged["analysis"] == LEFT_OUT
    others, lacking = judged.loc[~left_out, "agrees"], judged.loc[left_out, "agrees"]
    return {
        "agree": int(others.sum()),
        "of": len(others),
        "left_out": {"agree": int(lacking.sum()), "of": len(lacking)},
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
        "by_choice": list(_by_choice(judged)),
        "text": _words(judged, unit_of(design.outcome)),
    }


def _by_choice(judged: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield for each value of each choice of scoring how many of its settings agree."""
    grid = judged[judged["window"] != ""]
    for column, (name, form) in CHOICES.items():
        for value, part in grid.groupby(column, sort=column != "window"):
            yield {
                "choice": name,
                "value": form.format(value),
                "agree": int(part["agrees"].sum()),
                "of": len(part),
            }


def _words(judged: pd.DataFrame, unit: str) -> str:
    """Say where the label of the verdict gives way, in a few sentences."""
    return " ".join(part for part in (_word_grid(judged), _word_left_out(judged, unit)) if part)


def _word_grid(judged: pd.DataFrame) -> str:
    """Say how many scorings keep the label, and with which choice it flips most."""
    found = pd.DataFrame(_by_choice(judged))
    if found.empty:
        return ""
    one = found[found["choice"] == found["choice"].iloc[0]]
    kept, of = int(one["agree"].sum()), int(one["of"].sum())
    told = f"The label is the same in {kept} of {of} scorings"
    if kept == of:
        return f"{told}."
    share = found["agree"] / found["of"]
    spread = share.groupby(found["choice"], sort=False).agg(lambda part: part.max() - part.min())
    most = str(spread.idxmax())
    if not spread.max() > 0:
        return f"{told}, and no single choice decides when it changes."
    parts = found[found["choice"] == most]
    values = ", ".join(f"{row.value} {row.agree} of {row.of}" for row in parts.itertuples())
    return f"{told}; what changes it most is the {most} ({values})."


def _word_left_out(judged: pd.DataFrame, unit: str) -> str:
    """Say how far the tested effect moves when any one animal is left out."""
    rows = judged[judged["analysis"] == LEFT_OUT]
    if rows["I_estimate"].isna().all():
        return ""
    ends = f"{number(rows['I_estimate'].min())} and {number(rows['I_estimate'].max())} {unit}"
    told = f"Leaving out any one animal, I lies between {ends.strip()}, "
    changed = rows.loc[~rows["agrees"].astype(bool), "setting"].tolist()
    if not changed:
        return f"{told}and the label stays the same."
    named = ", ".join(changed[:NAMED])
    more = f" and {len(changed) - NAMED} others" if len(changed) > NAMED else ""
    return f"{told}and the label changes without {named}{more}."


def _or_none(value: float) -> float | None:
    """Return a number that JSON can hold."""
    return float(value) if np.isfinite(value) else None


def _other_methods(sample: Sample) -> Iterator[tuple[str, str, Ruling]]:
    """Apply the rule with other standard errors, and without the blocks."""
    model, rule = model_of(sample), rule_of(sample.design)
    for method in ("pooled", "hc3"):
        yield "standard error", METHODS[method], judge(model, sample.signed, rule, method)
    if model.primary != "welch":
        adjusted = [
            name
            for name, used in (
                ("blocks", model.blocked),
                ("covariates", model.covariates),
                ("random unit", model.group is not None),
            )
            if used
        ]
        told = f"Welch, {' and '.join(adjusted)} ignored"
        yield "standard error", told, judge(model_of(sample, plain=True), sample.signed, rule)


def _leave_one_out(sample: Sample) -> Iterator[tuple[str, str, Ruling]]:
    """Apply the rule without each animal in turn."""
    for index, animal in enumerate(sample.frame["animal_id"]):
        others = np.arange(len(sample.cell)) != index
        others[others] = accompanied(sample.blocks[others])
        model = model_of(sample, others)
        ruling = judge(model, sample.signed[others], rule_of(sample.design))
        yield LEFT_OUT, str(animal), ruling


def _judge_measures(
    measures: pd.DataFrame, design: DesignOptions, within: "pd.Series[bool] | None"
) -> Ruling:
    """Apply the rule to another table of the same experiment."""
    sample = sort_animals(measures, design, within)
    model = model_of(sample)
    return judge(model, sample.signed, rule_of(design))


def _row(analysis: str, setting: str, ruling: Ruling, label: str) -> dict[str, Any]:
    """Return one alternative's row."""
    return {
        "analysis": analysis,
        "setting": setting,
        "label": str(ruling.label),
        "agrees": str(ruling.label) == label,
        **effect_columns(ruling.estimates),
    }
