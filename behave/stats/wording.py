"""The verdict in plain words."""

import math

import numpy as np

from behave.stats.contrasts import Estimates, Model
from behave.stats.design import Sample, unit_of
from behave.stats.reversal import Reversal
from behave.stats.tidy import cell_names
from behave.stats.verdict import CONF_LEVEL, FAMILY, Ruling


def word_verdict(sample: Sample, model: Model, ruling: Ruling, reversal: Reversal | None) -> str:
    """Say in one paragraph what was found and what the label means and does not mean."""
    label = str(ruling.label)
    meaning = (
        f"Not assessable: {why_not_assessable(sample, model, ruling)}. "
        "These animals decide nothing about the antagonist."
        if label == "not_assessable"
        else _meaning(sample, ruling)[label]
    )
    return " ".join([*_effects(sample, ruling, reversal), meaning, _scope(sample, label)]).strip()


def _effects(sample: Sample, ruling: Ruling, reversal: Reversal | None) -> list[str]:
    """Return the sentences with the estimates, as far as there are any."""
    design = sample.design
    unit = unit_of(design.outcome)
    agonist = design.agonist.level
    under, without = design.antagonist.level, design.antagonist.control
    found = {name: _amount(ruling.effect(name), unit) for name in FAMILY}
    sentences = []
    if found["K"] and found["Kn"]:
        sentences.append(
            f"The effect of {agonist} on {design.outcome}, counted as a {design.benefit}, was "
            f"{found['K']} under {without} and {found['Kn']} under {under}."
        )
    if found["I"]:
        sentences.append(
            f"The difference between these two effects, which is what tests {under}, "
            f"was {found['I']}{_share(reversal, agonist)}."
        )
    if found["A"]:
        sentences.append(
            f"{under} alone, against {without}, gave {found['A']} counted the same way."
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


def _amount(found: Estimates, unit: str) -> str:
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


def _meaning(sample: Sample, ruling: Ruling) -> dict[str, str]:
    """Return what each label means and does not mean."""
    design = sample.design
    agonist, under = design.agonist.level, design.antagonist.level
    without, rho = design.antagonist.control, f"{design.residual_fraction:.0%}"
    most = f"{1 - design.residual_fraction:.0%}"
    opposite = ruling.effect("K").interval(CONF_LEVEL)[1] < 0
    shown = (
        f"{agonist} acted against the expected direction"
        if opposite
        else f"no effect of {agonist} was shown (its interval does not lie above 0)"
    )
    return {
        "no_agonist_effect": (
            f"No agonist effect: under {without}, {shown}, so there was nothing that {under} "
            f"could block. This says nothing about {under}, and it does not show that "
            f"{agonist} has no effect."
        ),
        "enhanced": (
            f"Enhanced: the effect of {agonist} was larger under {under} than under {without}. "
            "This is the opposite of a block."
        ),
        "partially_blocked": (
            f"Partially blocked: the effect of {agonist} was smaller under {under}, and part of "
            "it remained (its interval there lies above 0). How large a part is told only by "
            "the intervals."
        ),
        "blocked": (
            f"Blocked: the effect of {agonist} was smaller under {under}, and what remained was "
            f"within {rho} of the effect under {without}, in either direction (two one-sided 5% "
            "tests). This does not mean that nothing remained."
        ),
        "attenuated": (
            f"Attenuated: the effect of {agonist} was smaller under {under}, but these animals "
            f"do not settle how much remained: neither that some did nor that it was less "
            f"than {rho}. This is not a complete block."
        ),
        "not_blocked": (
            f"Not blocked: more than {most} of the effect of {agonist} remained under {under} "
            f"(one-sided 5% test). This does not mean that {under} did nothing: a smaller loss "
            "is not excluded."
        ),
        "inconclusive": (
            f"Inconclusive: these animals show neither that the effect of {agonist} was smaller "
            f"under {under} nor that more than {most} of it remained. An effect that is clear "
            "in one arm and not in the other is not evidence of a block."
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
        blocks = ", ".join(sample.design.blocks)
        return (
            f"the blocks ({blocks}) lie so across the treatments that {', '.join(broken)} cannot "
            "be told from a difference between blocks"
        )
    return f"{sample.design.outcome} does not vary within the cells"


def _scope(sample: Sample, label: str) -> str:
    """Say what no label can tell."""
    if label == "not_assessable":
        return ""
    return (
        f"The label describes {sample.design.outcome} in these animals under these doses and "
        "times; it does not tell how either drug acts."
    )
