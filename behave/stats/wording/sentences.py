"""The verdict in plain words."""

import math

import numpy as np

from behave.stats.options import Antagonist, DesignOptions
from behave.stats.rule.contrasts import Estimates, Model
from behave.stats.rule.design import Sample, block_columns, outcome_name, unit_of
from behave.stats.rule.reversal import Reversal
from behave.stats.rule.verdict import CONF_LEVEL, FAMILY, Ruling
from behave.stats.wording.tidy_tables import cell_names


def format_verdict(sample: Sample, model: Model, ruling: Ruling, reversal: Reversal | None) -> str:
    """Say in one paragraph what was found and what the label means and does not mean."""
    label = str(ruling.label)
    if sample.design.antagonist is None:
        return " ".join([*format_effects(sample, ruling, reversal), NO_ANTAGONIST])
    meaning = (
        f"Not assessable: {why_not_assessable(sample, model, ruling)}. "
        f"These animals decide nothing about {_subject(sample.design.antagonist)}."
        if label == "not_assessable"
        else _meaning(sample.design, sample.design.antagonist, ruling)[label]
    )
    return " ".join(
        [*format_effects(sample, ruling, reversal), meaning, _scope(sample, label)]
    ).strip()


NO_ANTAGONIST = (
    "The design names nothing that could have blocked this effect, so the rule gives no verdict "
    "(not assessable)."
)


def under(antagonist: Antagonist, level: str) -> str:
    """Return where an effect was seen: ``under NBQX``, ``in knock-out animals``."""
    return f"in {level} animals" if antagonist.kind == "genotype" else f"under {level}"


def alone(antagonist: Antagonist, agonist_control: str) -> str:
    """Return what the effect A compares: ``NBQX alone``, or the genotype untreated."""
    if antagonist.kind == "genotype":
        return f"{antagonist.name} with {agonist_control}"
    return f"{antagonist.name} alone"


def _subject(antagonist: Antagonist) -> str:
    """Return what the verdict is about: the drug, or the genotype."""
    if antagonist.kind == "genotype":
        return f"the genotype {antagonist.name}"
    return antagonist.name


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
            f"The difference between these two effects, which is what tests {_subject(blocker)}, "
            f"was {found['I']}{_share(reversal, agonist)}."
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
    value = f"{number(float(found.estimate))} {unit}".rstrip()
    low, high = found.interval(CONF_LEVEL)
    if not math.isfinite(low):
        return f"{value} (no interval: too few animals)"
    if found.std_error == 0:
        return f"{value} (no interval: nothing varies)"
    return f"{value} ({CONF_LEVEL:.0%} interval {number(float(low))} to {number(float(high))})"


def number(value: float) -> str:
    """Return a number with one decimal, or with two significant digits below 1.

    >>> number(61.25), number(0.0123)
    ('61.2', '0.012')
    """
    return f"{value:.1f}" if abs(value) >= 1 or value == 0 else f"{value:.2g}"


def _meaning(design: DesignOptions, blocker: Antagonist, ruling: Ruling) -> dict[str, str]:
    """Return what each label means and does not mean."""
    agonist = design.agonist.name
    there, without = under(blocker, blocker.name), under(blocker, blocker.control)
    rho, most = f"{design.residual_fraction:.0%}", f"{1 - design.residual_fraction:.0%}"
    subject = _subject(blocker)
    bred = blocker.kind == "genotype"
    nothing = "could depend on the genotype" if bred else f"{blocker.name} could block"
    idle = "that the genotype makes no difference" if bred else f"that {blocker.name} did nothing"
    arm = "genotype" if bred else "arm"
    opposite = ruling.effect("K").interval(CONF_LEVEL)[1] < 0
    shown = (
        f"{agonist} acted against the expected direction"
        if opposite
        else f"no effect of {agonist} was shown (its interval does not lie above 0)"
    )
    return {
        "no_agonist_effect": (
            f"No agonist effect: {without}, {shown}, so there was nothing that {nothing}. "
            f"This says nothing about {subject}, and it does not show that "
            f"{agonist} has no effect."
        ),
        "enhanced": (
            f"Enhanced: the effect of {agonist} was larger {there} than {without}. "
            "This is the opposite of a block."
        ),
        "partially_blocked": (
            f"Partially blocked: the effect of {agonist} was smaller {there}, and part of "
            "it remained (its interval there lies above 0). How large a part is told only by "
            "the intervals."
        ),
        "blocked": (
            f"Blocked: the effect of {agonist} was smaller {there}, and what remained was "
            f"within {rho} of the effect {without}, in either direction (two one-sided 5% "
            "tests). This does not mean that nothing remained."
        ),
        "attenuated": (
            f"Attenuated: the effect of {agonist} was smaller {there}, but these animals "
            f"do not settle how much remained: neither that some did nor that it was less "
            f"than {rho}. This is not a complete block."
        ),
        "not_blocked": (
            f"Not blocked: more than {most} of the effect of {agonist} remained {there} "
            f"(one-sided 5% test). This does not mean {idle}: a smaller loss "
            "is not excluded."
        ),
        "inconclusive": (
            f"Inconclusive: these animals show neither that the effect of {agonist} was smaller "
            f"{there} nor that more than {most} of it remained. An effect that is clear "
            f"in one {arm} and not in the other is not evidence of a block."
        ),
    }


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
    broken = [name for name in FAMILY if not np.isfinite(ruling.effect(name).std_error)]
    if broken and model.blocked:
        blocks = ", ".join(block_columns(sample.design))
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
