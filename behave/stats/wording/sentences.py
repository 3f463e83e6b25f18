"""The verdict in plain words."""

import math
from collections.abc import Collection, Sequence

import numpy as np

from behave.stats.rule.contrasts import Model
from behave.stats.rule.design import Sample, block_columns, outcome_name, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.reversal import Reversal
from behave.stats.rule.verdict import (
    CONF_LEVEL,
    FAMILY,
    Ruling,
    find_shown,
    probability_half_gone,
    rule_of,
)
from behave.stats.wording.meaning import (
    QUALIFIERS,
    alone,
    explain,
    find_qualifiers,
    format_headline,
    names_of,
    subject_of,
    under,
)
from behave.stats.wording.numbers import amount_of, number, percent_of
from behave.stats.wording.tidy_tables import cell_names


def format_verdict(sample: Sample, model: Model, ruling: Ruling, reversal: Reversal | None) -> str:
    """Say in one paragraph what the label means, what was found, and what no label tells."""
    return " ".join(
        [
            *format_meaning(sample, model, ruling),
            *(format_effects(sample, ruling, reversal) if sample.design.antagonist else []),
            *unknown_alone(sample, ruling),
            _scope(sample, str(ruling.label)),
        ]
    ).strip()


def format_meaning(sample: Sample, model: Model, ruling: Ruling) -> list[str]:
    """Return what the label means and does not mean, as sentences."""
    label, blocker = str(ruling.label), sample.design.antagonist
    if blocker is None:
        return [*format_effects(sample, ruling, None), NO_ANTAGONIST]
    if label == "not_assessable":
        return [
            f"Not assessable: {why_not_assessable(sample, model, ruling)}.",
            f"These animals decide nothing about {subject_of(blocker)}.",
        ]
    unit = unit_of(sample.design.outcome)
    low, high = (float(end) for end in ruling.effect("Kn").interval(CONF_LEVEL))
    whole = amount_of(float(ruling.effect("K").estimate), unit)
    rule = rule_of(sample.design)
    told = explain(
        label,
        find_shown(ruling.estimates, rule),
        rule,
        names_of(sample.design, blocker),
        f"{number(low)} and {amount_of(high, unit)}, of {whole}",
    )
    return [told, *_odds(sample, model, label)]


NO_ANTAGONIST = (
    "The design names nothing that could have blocked this effect, so there is no verdict to give."
)


def headline_of(sample: Sample, ruling: Ruling, qualifiers: Sequence[str]) -> str:
    """Return the verdict, or the one effect of a design without an antagonist, as a sentence.

    Parameters
    ----------
    sample, ruling
        Of the verdict.
    qualifiers
        From `qualify`; the first one ends the sentence.
    """
    design, outcome = sample.design, outcome_name(sample.design.outcome)
    low, high = ruling.effect("K").interval(CONF_LEVEL)
    if design.antagonist is None:
        if low > 0:
            told = f"{design.agonist.name} {design.benefit}d {outcome}."
        elif high < 0:
            told = f"{design.agonist.name} acted on {outcome} against the expected direction."
        else:
            told = f"An effect of {design.agonist.name} on {outcome} was not shown."
        return told[:1].upper() + told[1:]
    names = names_of(design, design.antagonist)
    end = "floor" if design.benefit == "decrease" else "ceiling"
    clause = QUALIFIERS[qualifiers[0]] if qualifiers else ""
    return format_headline(
        str(ruling.label),
        names,
        outcome,
        rule_of(design),
        opposes=bool(high < 0),
        qualifier=clause.format(alone=names.alone, control=names.control, end=end),
    )


def qualify(sample: Sample, ruling: Ruling, raised: Collection[str]) -> list[str]:
    """Return what the headline says of the label's footing, the weightier one first.

    Parameters
    ----------
    sample, ruling
        Of the verdict.
    raised
        Names of the flags.
    """
    if sample.design.antagonist is None:
        return []
    low, high = ruling.effect("A").interval(CONF_LEVEL)
    end = "floor" if sample.design.benefit == "decrease" else "ceiling"
    return find_qualifiers(
        str(ruling.label),
        alone_helps=bool(low > 0),
        alone_differs=bool(low > 0 or high < 0),
        floor=end in raised,
    )


def _odds(sample: Sample, model: Model, label: str) -> list[str]:
    """Say how probable it is that more than half of the effect is gone."""
    if label in {"not_assessable", "no_agonist_effect"}:
        return []
    gone = probability_half_gone(model, sample.signed)
    if not math.isfinite(gone):
        return []
    return [
        (
            f"The probability that more than half of the effect is gone is {percent_of(gone)} (from "
            "these animals only, with a flat prior; the label does not use it)."
        )
    ]


def unknown_alone(sample: Sample, ruling: Ruling) -> list[str]:
    """Say that A cannot be estimated, which stops no label."""
    blocker = sample.design.antagonist
    if blocker is None or str(ruling.label) == "not_assessable":
        return []
    if np.isfinite(ruling.effect("A").std_error):
        return []
    blocks = ", ".join(block_columns(sample.design))
    return [
        (
            f"The effect of {alone(blocker, sample.design.agonist.control)} (A) is unknown: it cannot "
            f"be told from differences between blocks ({blocks}). The label does not need it."
        )
    ]


def format_effects(sample: Sample, ruling: Ruling, reversal: Reversal | None) -> list[str]:
    """Return the sentences with the estimates, as far as there are any."""
    design = sample.design
    unit, outcome = unit_of(design.outcome), outcome_name(design.outcome)
    outcome += f" at {design.time.level}" if design.time else ""
    agonist, blocker = design.agonist.name, design.antagonist
    way = {"decrease": "a decrease", "increase": "an increase"}[design.benefit]
    found = {name: amount(ruling.effect(name), unit) for name in FAMILY}
    if blocker is None:
        if not found["K"]:
            return []
        effect = f"The effect of {agonist} on {outcome}, counted as {way} against "
        return [f"{effect}{design.agonist.control}, was {found['K']}."]
    sentences = []
    if found["K"]:
        with_both = f" and {found['Kn']} {under(blocker, blocker.name)}" if found["Kn"] else ""
        sentences.append(
            f"The effect of {agonist} on {outcome}, counted as {way}, was "
            f"{found['K']} {under(blocker, blocker.control)}{with_both}."
        )
    if found["I"]:
        sentences.append(
            "The difference between these two effects, the interaction (delta-delta) contrast that "
            f"tests {subject_of(blocker)}, was {found['I']}{_share(reversal, agonist)}."
        )
    if found["A"]:
        own = alone(blocker, design.agonist.control)
        sentences.append(
            f"{own}, against {blocker.control}, gave {found['A']} counted the same way."
        )
    return sentences


def _share(reversal: Reversal | None, agonist: str) -> str:
    """Return the interaction as a share of the agonist's effect, where it has one."""
    if reversal is None:
        return ""
    return (
        f", or {reversal.percent:.0f}% of the effect of {agonist} "
        f"({CONF_LEVEL:.0%} interval {reversal.conf_low:.0f} to {reversal.conf_high:.0f}%)"
    )


def amount(found: Estimates, unit: str) -> str:
    """Return an estimate with its interval, or nothing where it is not known."""
    if not math.isfinite(found.estimate):
        return ""
    value = amount_of(float(found.estimate), unit)
    low, high = found.interval(CONF_LEVEL)
    if not math.isfinite(low):
        return f"{value} (no interval: too few animals)"
    if found.std_error == 0:
        return f"{value} (no interval: nothing varies)"
    return f"{value} ({CONF_LEVEL:.0%} interval {number(float(low))} to {number(float(high))})"


def why_not_assessable(sample: Sample, model: Model, ruling: Ruling) -> str:
    """Say why the rule cannot be applied."""
    sizes = sample.counts["done"]
    small = [
        f"{cell} has {int(size) or 'no'} {'animal' if size == 1 else 'animals'}"
        for cell, size in zip(cell_names(sample.design), sizes, strict=True)
        if size < 2  # noqa: PLR2004 - the rule's own number
    ]
    if small:
        return "each cell needs at least two animals, and " + ", ".join(small)
    needed = FAMILY if rule_of(sample.design).version == 1 else ("K", "Kn", "I")
    broken = [name for name in needed if not np.isfinite(ruling.effect(name).std_error)]
    if broken and model.primary != "welch":
        design = sample.design
        blocks = ", ".join([*block_columns(design), *design.covariates, *design.random])
        return (
            f"the blocks ({blocks}) lie so across the treatments that {', '.join(broken)} cannot "
            "be told from a difference between blocks"
        )
    return f"{outcome_name(sample.design.outcome)} does not vary within the cells"


def _scope(sample: Sample, label: str) -> str:
    """Say what no label can tell."""
    if label == "not_assessable":
        return ""
    blocker = sample.design.antagonist
    bred = blocker is not None and blocker.kind == "genotype"
    acts = "how the drug or the gene acts" if bred else "how either drug acts"
    return (
        f"The label describes {outcome_name(sample.design.outcome)} in these animals under these "
        f"doses and times; it does not tell {acts}."
    )
