"""Several outcomes in one study: each judged by the rule, side by side.

The animals of the study's own outcome are often tested again: tail
suspension, sucrose preference, feeding in a new place. Each outcome gets its
own four cells, effects and label in its own unit and direction. The primary
ones are a family: the p values of the effect that is tested are adjusted over
it. As everywhere, adjusted p values never enter a label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from behave.model.labels import BLOCK_LABELS
from behave.model.tables import CONTRASTS, OUTCOME_CELLS, OUTCOMES
from behave.schema import conform
from behave.stats.comparisons.counts import describe_ratios, estimate_ratios, tabulate_ratios
from behave.stats.comparisons.families import numbers
from behave.stats.methods.multiple import ADJUSTMENTS, adjust
from behave.stats.options import DesignOptions
from behave.stats.rule.contrasts import residuals
from behave.stats.rule.design import outcome_name, prepare, unit_of
from behave.stats.rule.reversal import Reversal, estimate_reversal
from behave.stats.rule.subcomparisons import Subcomparison
from behave.stats.rule.verdict import ALPHA, FAMILY, judge, model_of, rule_of
from behave.stats.wording.outcome_flags import find_outcome_flags
from behave.stats.wording.sentences import format_verdict, headline_of, qualify
from behave.stats.wording.tidy_tables import (
    describe_cells,
    effects_in,
    method_name,
    tabulate_contrasts,
)

FAMILY_NAME = "outcomes"


@dataclass(frozen=True)
class JudgedOutcome:
    """One outcome with what the rule gave.

    Parameters
    ----------
    name
        As the study file calls it.
    primary
        Whether it belongs to the family.
    arm
        Its animals, model and ruling.
    """

    name: str
    primary: bool
    arm: Subcomparison

    @property
    def design(self) -> DesignOptions:
        """The study's design with this outcome."""
        return self.arm.sample.design

    @property
    def std_dev(self) -> float:
        """The SD within cells (after blocks), pooled; NaN where nothing is left to tell it."""
        model = self.arm.model
        rest = residuals(model, self.arm.sample.outcome)
        return float(np.sqrt(rest @ rest / model.df_residual)) if model.df_residual > 0 else np.nan

    @cached_property
    def reversal(self) -> Reversal | None:
        """The share of K that was taken away; None where K is not shown."""
        if self.design.antagonist is None:
            return None
        return estimate_reversal(self.arm.model, self.arm.sample.signed)


def judge_outcomes(
    own: Subcomparison, tables: Mapping[str, pd.DataFrame]
) -> tuple[JudgedOutcome, ...]:
    """Apply the rule to every outcome of the design, the study's own first.

    Parameters
    ----------
    own
        The comparison of the verdict.
    tables
        Of the form of the measures of `behave.stats.compare`, by the name of
        the outcome; empty where the design names no other.

    Raises
    ------
    InputError
        As for `behave.stats.compare`.
    """
    design = own.sample.design
    if not tables:
        return ()
    found = [JudgedOutcome(design.own_name, primary=True, arm=own)]
    for name, measures in tables.items():
        sample = prepare(measures.reset_index(drop=True), design.of_outcome(name))
        model = model_of(sample)
        ruling = judge(model, sample.signed, rule_of(design))
        arm = Subcomparison(name, sample, model, ruling)
        found.append(JudgedOutcome(name, design.other_outcomes[name].primary, arm))
    return tuple(found)


def adjusted_over(outcomes: Sequence[JudgedOutcome]) -> dict[str, float]:
    """Return the adjusted p of the tested effect (I; K without an antagonist) of each primary one."""
    family = [item for item in outcomes if item.primary]
    p_values = [float(item.arm.ruling.effect(item.arm.tested).p_value) for item in family]
    adjusted = adjust(np.array(p_values), outcomes[0].design.adjust)
    return {item.name: float(p) for item, p in zip(family, adjusted, strict=True)}


def tabulate_outcome_contrasts(outcomes: Sequence[JudgedOutcome]) -> list[pd.DataFrame]:
    """Tabulate the effects of the other outcomes, and the family over the primary ones.

    Rows of `behave.model.tables.CONTRASTS`. Those of an outcome are adjusted among
    themselves (family ``outcome: NAME``), the tested effect of the primary
    outcomes over the outcomes (family ``outcomes``).
    """
    if not outcomes:
        return []
    rows, family = [], []
    p_adj = adjusted_over(outcomes)
    how = ADJUSTMENTS[outcomes[0].design.adjust]
    for item in outcomes:
        sample, model = item.arm.sample, item.arm.model
        table = tabulate_contrasts(sample, model, item.arm.ruling)
        table = table[table["method"] == method_name(model)]
        table = table.assign(contrast=f"{item.design.outcome}: " + table["contrast"])
        named = table.assign(contrast_id=table["contrast_id"] + f"_{item.name}")
        if item is not outcomes[0]:
            rows.append(named.assign(family=f"outcome: {item.name}"))
            ratios = estimate_ratios(item.arm)
            rows += tabulate_ratios(ratios, f"outcome: {item.name}, ratios", f"_{item.name}")
        if item.primary:
            tested = named[table["contrast_id"] == item.arm.tested]
            family.append(tested.assign(family=FAMILY_NAME, p_adj=p_adj[item.name], adjust=how))
    return [conform(pd.concat([*rows, *family], ignore_index=True), CONTRASTS)]


def tabulate_outcomes(outcomes: Sequence[JudgedOutcome]) -> pd.DataFrame:
    """Tabulate one row per outcome (`behave.model.tables.OUTCOMES`)."""
    p_adj = adjusted_over(outcomes) if outcomes else {}
    rows = []
    for item in outcomes:
        ruling, design, share = item.arm.ruling, item.design, item.reversal
        effects = {name: numbers(ruling.effect(name)) for name in effects_in(design)}
        rows.append(
            {
                "name": item.name,
                "outcome": design.outcome,
                "unit": unit_of(design.outcome),
                "kind": design.kind,
                "benefit": design.benefit,
                "primary": item.primary,
                "n": len(item.arm.sample.cell),
                "label": str(ruling.label) if design.antagonist else "",
                **{
                    f"{name}_{part}": effect[part]
                    for name, effect in effects.items()
                    if name != "A"
                    for part in ("estimate", "conf_low", "conf_high")
                },
                "tested": item.arm.tested,
                "p_value": effects[item.arm.tested]["p_value"],
                "p_adj": p_adj.get(item.name),
                "std_dev": item.std_dev,
                **({f"reversal_{key}": value for key, value in _share(share).items()}),
            }
        )
    return conform(pd.DataFrame(rows), OUTCOMES)


def _share(found: Reversal | None) -> dict[str, float]:
    """Return the share taken away under the names of the table."""
    if found is None:
        return {}
    return {"pct": found.percent, "conf_low": found.conf_low, "conf_high": found.conf_high}


def tabulate_outcome_cells(outcomes: Sequence[JudgedOutcome]) -> pd.DataFrame:
    """Describe the cells of each outcome (`behave.model.tables.OUTCOME_CELLS`)."""
    tables = [describe_cells(item.arm.sample).assign(name=item.name) for item in outcomes]
    whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return conform(whole, OUTCOME_CELLS)


def describe_outcomes(outcomes: Sequence[JudgedOutcome]) -> dict[str, Any] | None:
    """Return the outcomes as JSON can hold them; None where there is one alone."""
    if not outcomes:
        return None
    p_adj = adjusted_over(outcomes)
    return {
        "tested": outcomes[0].arm.tested,
        "adjust": ADJUSTMENTS[outcomes[0].design.adjust],
        "outcomes": [_describe(item, p_adj.get(item.name)) for item in outcomes],
        "text": format_outcomes(outcomes),
    }


def _describe(item: JudgedOutcome, p_adj: float | None) -> dict[str, Any]:
    """Return one outcome's label, effects, flags and text."""
    sample, model, ruling = item.arm.sample, item.arm.model, item.arm.ruling
    flags = find_outcome_flags(sample, ruling)
    return {
        "name": item.name,
        "outcome": item.design.outcome,
        "unit": unit_of(item.design.outcome),
        "benefit": item.design.benefit,
        "primary": item.primary,
        "n": len(sample.cell),
        "label": str(ruling.label) if item.design.antagonist else None,
        "headline": headline_of(
            sample, ruling, qualify(sample, ruling, [flag.name for flag in flags])
        ),
        "method": method_name(model),
        **{name: numbers(ruling.effect(name)) for name in FAMILY},
        "p_adj": None if p_adj is None or not np.isfinite(p_adj) else p_adj,
        "reversal_pct": item.reversal and asdict(item.reversal),
        "flags": [asdict(flag) for flag in flags],
        "counts": describe_ratios(estimate_ratios(item.arm)),
        "text": format_verdict(sample, model, ruling, item.reversal),
    }


def format_outcomes(outcomes: Sequence[JudgedOutcome]) -> str:
    """Say what the rule gave for each outcome, and what holds over the primary ones together."""
    tested = outcomes[0].arm.tested
    told = "; ".join(_word(item) for item in outcomes)
    sentences = [f"{told[:1].upper()}{told[1:]}."]
    primary = [item for item in outcomes if item.primary]
    if len(primary) > 1:
        sentences += _word_family(outcomes, primary, tested)
    others = [item for item in outcomes if not item.primary]
    if others:
        named = ", ".join(spoken(item) for item in others)
        sentences.append(
            f"Not primary, so outside this family and not adjusted: {named}."
            if len(primary) > 1
            else f"Not primary, and not adjusted: {named}."
        )
    return " ".join(sentences)


def _word_family(
    outcomes: Sequence[JudgedOutcome], primary: Sequence[JudgedOutcome], tested: str
) -> list[str]:
    """Say which effects hold after the adjustment, and which labels do not rest on one that does."""
    p_adj, how = adjusted_over(outcomes), ADJUSTMENTS[outcomes[0].design.adjust]
    shown = [item for item in primary if p_adj[item.name] < ALPHA]
    listed = " and ".join(spoken(item) for item in shown) if len(shown) < 3 else (  # noqa: PLR2004 - two need no comma
        ", ".join(spoken(item) for item in shown[:-1]) + f" and {spoken(shown[-1])}"
    )  # fmt: skip
    sentences = [
        f"Over the {len(primary)} primary outcomes together ({how}, 5%), {tested} is "
        + (f"shown in {listed}." if shown else "shown in none.")
    ]
    resting = [
        item
        for item in primary
        if tested == "I" and str(item.arm.ruling.label) in BLOCK_LABELS and item not in shown
    ]
    if resting:
        named = " and ".join(spoken(item) for item in resting)
        sentences.append(
            f"The {'label' if len(resting) == 1 else 'labels'} of {named} would not hold after "
            "this adjustment; the rule does not use it."
        )
    return sentences


def _word(item: JudgedOutcome) -> str:
    """Return an outcome with its label, or with whether K is shown where it can have none."""
    if item.design.antagonist is None:
        effect = item.arm.ruling.effect("K")
        shown = float(effect.interval(1 - ALPHA)[0]) > 0
        return f"{spoken(item)}: an effect was {'shown' if shown else 'not shown'}"
    return f"{spoken(item)}: {str(item.arm.ruling.label).replace('_', ' ')}"


def spoken(item: JudgedOutcome) -> str:
    """Return an outcome's name as a person says it, with what was measured where that says more."""
    name, measured = item.name.replace("_", " "), outcome_name(item.design.outcome)
    return name if measured in name or name in measured else f"{name} ({measured})"
