"""Families of comparisons as tables, as JSON and in words."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from behave.model.flags import Flag
from behave.model.tables import CONTRASTS
from behave.schema import conform
from behave.stats.comparisons.differences import Difference
from behave.stats.methods.multiple import ADJUSTMENTS, adjust
from behave.stats.rule.design import unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.subcomparisons import Family, Subcomparison
from behave.stats.rule.verdict import ALPHA, CONF_LEVEL
from behave.stats.wording.numbers import amount_of
from behave.stats.wording.outcome_flags import find_outcome_flags
from behave.stats.wording.sentences import amount, format_verdict
from behave.stats.wording.tidy_tables import effects_in, method_name, tabulate_contrasts


def tabulate_family(family: Family) -> pd.DataFrame:
    """Tabulate the effects that a family lists (`behave.model.tables.CONTRASTS`).

    Each effect is adjusted over the arms. Like any adjusted p it never enters a
    label.
    """
    parts = []
    how = family.arms[0].sample.design.adjust
    for effect in family.tabulated:
        name = family.name if len(family.tabulated) == 1 else f"{family.name}: {effect}"
        rows = [_row(arm, effect) for arm in family.arms if effect in effects_in(arm.sample.design)]
        part = pd.concat(rows, ignore_index=True).assign(family=name)
        p_values = part["p_value"].to_numpy(dtype="float64")
        named = ADJUSTMENTS[how] if len(part) > 1 else ""
        parts.append(part.assign(p_adj=adjust(p_values, how), adjust=named))
    return pd.concat(parts, ignore_index=True)


def _row(arm: Subcomparison, effect: str) -> pd.DataFrame:
    """Return one effect of an arm by the primary method."""
    table = tabulate_contrasts(arm.sample, arm.model, arm.ruling)
    primary = table["method"] == method_name(arm.model)
    row = table[primary & (table["contrast_id"] == effect)]
    return row.assign(contrast_id=f"{effect}_{arm.name}")


def tabulate_differences(family: Family, found: list[Difference]) -> pd.DataFrame:
    """Tabulate the differences between a family's arms (`behave.model.tables.CONTRASTS`)."""
    how = family.arms[0].sample.design.adjust
    adjusted = adjust(np.array([float(item.estimate.p_value) for item in found]), how)
    unit = unit_of(family.arms[0].sample.design.outcome)
    rows = []
    for item, p_adj in zip(found, adjusted, strict=True):
        effect, estimate = item.effect, item.estimate
        low, high = estimate.interval(CONF_LEVEL)
        rows.append(
            {
                "contrast_id": f"{effect}: {item.name}",
                "family": f"{family.name}: differences",
                "contrast": f"{effect} of {item.arms[0]} - {effect} of {item.arms[1]}",
                "method": item.method,
                "estimate": float(estimate.estimate),
                "std_error": float(estimate.std_error),
                "df": float(estimate.df),
                "statistic": float(estimate.statistic),
                "p_value": float(estimate.p_value),
                "p_adj": p_adj,
                "adjust": ADJUSTMENTS[how] if len(found) > 1 else "",
                "conf_low": float(low),
                "conf_high": float(high),
                "conf_level": CONF_LEVEL,
                "n1": item.sizes[0],
                "n2": item.sizes[1],
                "unit": unit,
                "planned": True,
            }
        )
    return conform(pd.DataFrame(rows), CONTRASTS)


def describe_family(family: Family, found: list[Difference]) -> dict[str, Any]:
    """Return a family as JSON can hold it."""
    return {
        "family": family.name,
        "title": family.title,
        "effects": list(family.tabulated),
        "arms": [_describe_arm(arm) for arm in family.arms],
        "differences": [
            {"effect": item.effect, "arms": item.name, **numbers(item.estimate)} for item in found
        ],
        "text": format_family(family, found),
    }


def _describe_arm(arm: Subcomparison) -> dict[str, Any]:
    """Return an arm's label, effects and flags."""
    design = arm.sample.design
    counts = arm.sample.counts["done"].iloc[: 4 if design.antagonist else 2]
    return {
        "name": arm.name,
        "agonist": design.agonist.name,
        "antagonist": design.antagonist.name if design.antagonist else None,
        "control": design.antagonist.control if design.antagonist else design.agonist.control,
        "label": str(arm.ruling.label) if design.antagonist else None,
        "method": method_name(arm.model),
        "n": [int(count) for count in counts],
        **{effect: numbers(arm.ruling.effect(effect)) for effect in effects_in(design)},
        "flags": [asdict(flag) for flag in find_outcome_flags(arm.sample, arm.ruling)],
        "text": format_verdict(arm.sample, arm.model, arm.ruling, None),
    }


def numbers(effect: Estimates) -> dict[str, float | None]:
    """Return one contrast's numbers, None where there is none."""
    low, high = effect.interval(CONF_LEVEL)
    values = {
        "estimate": effect.estimate,
        "std_error": effect.std_error,
        "conf_low": low,
        "conf_high": high,
        "df": effect.df,
        "p_value": effect.p_value,
    }
    return {name: float(value) if np.isfinite(value) else None for name, value in values.items()}


def format_family(family: Family, found: list[Difference]) -> str:
    """Say in a few words what the rule gave in each arm, and whether arms differ."""
    told = "; ".join(_word_arm(arm) for arm in family.arms)
    sentences = [f"{family.title}: {told}."]
    if len([arm for arm in family.arms if arm.tested == "I"]) > 1:
        count = len([arm for arm in family.arms if arm.tested == "I"])
        sentences.append(
            f"Each label holds by itself: if none of the {count} did anything, one or more would "
            f"get a block label in up to {100 * count * ALPHA / 2:g}% of experiments."
        )
    if found:
        sentences.append(_word_differences(family, found))
    elif len(family.arms) > 1:
        sentences.append("Different labels do not show that the effects differ.")
    return " ".join(sentences)


def find_subgroup_flags(
    own: Subcomparison, pairs: Iterable[tuple[Family, list[Difference]]]
) -> list[Flag]:
    """Say where levels of a further factor could not be told apart even if one lost all of K.

    Parameters
    ----------
    own
        The comparison of the verdict, whose K is the largest difference that a
        block in one level alone could make.
    pairs
        The families with their differences.
    """
    whole = abs(float(own.ruling.effect("K").estimate))
    unit = unit_of(own.sample.design.outcome)
    flags = []
    for family, found in pairs:
        if not family.name.startswith("by_"):
            continue
        name = family.name.removeprefix("by_")
        cells = 4 if own.sample.design.antagonist else 2
        smallest = min(int(arm.sample.counts["done"].iloc[:cells].min()) for arm in family.arms)
        limits = [item.estimate.interval(CONF_LEVEL) for item in found]
        halves = [float(high - low) / 2 for low, high in limits if np.isfinite(high)]
        told = "differences between levels cannot be estimated"
        if len(halves) == len(found) and halves:
            if max(halves) <= whole:
                continue
            told = (
                f"a difference between levels is known to within +-{amount_of(max(halves), unit)} "
                f"only, more than the whole effect K ({amount_of(whole, unit)}), so that even a "
                "block in one level alone could be missed"
            )
        if found:
            flags.append(
                Flag(
                    "subgroups_too_small",
                    smallest,
                    f"The smallest cell of a level of {name} has {smallest or 'no'} "
                    f"{'animal' if smallest == 1 else 'animals'}: {told}.",
                )
            )
    return flags


def _word_arm(arm: Subcomparison) -> str:
    """Return an arm's name with its label, or with K where it can have none."""
    design = arm.sample.design
    if design.antagonist is None:
        found = amount(arm.ruling.effect("K"), unit_of(design.outcome)) or "not estimable"
        return f"{arm.name} (against {design.agonist.control}) {found}"
    label = str(arm.ruling.label).replace("_", " ")
    own = arm.name == design.antagonist.level
    others = f" (against {design.antagonist.control})" if own else ""
    return f"{arm.name}{others} {label}"


def _word_differences(family: Family, found: list[Difference]) -> str:
    """Say which of the pairs were shown to differ; two labels alone never show it."""
    how = family.arms[0].sample.design.adjust
    adjusted = adjust(np.array([float(item.estimate.p_value) for item in found]), how)
    unit = unit_of(family.arms[0].sample.design.outcome)
    shown = [
        f"{item.effect} of {item.name} is {amount(item.estimate, unit)}"
        for item, p in zip(found, adjusted, strict=True)
        if p < 0.05 or len(found) == 1  # noqa: PLR2004 - 5 %
    ]
    if len(found) == 1:
        low, high = found[0].estimate.interval(CONF_LEVEL)
        if not np.isfinite(low):
            return "Whether the two differ cannot be estimated."
        differs = "They differ" if low > 0 or high < 0 else "They were not shown to differ"
        return f"{differs} ({shown[0]})."
    if not shown:
        return (
            f"No two of them were shown to differ ({ADJUSTMENTS[how]}, 5%), whatever their labels."
        )
    return f"Shown to differ ({ADJUSTMENTS[how]}, 5%): {'; '.join(shown)}."
