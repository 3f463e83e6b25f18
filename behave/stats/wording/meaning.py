"""What each label means and does not mean, in words that no test contradicts.

Every sentence is chosen by what the rule's intervals and tests show (`Shown`),
not by the label alone: the label says which sentence leads, the tests say what
may stand beside it.
"""

from dataclasses import dataclass

from behave.model.labels import BLOCK_LABELS, share_name
from behave.stats.options import Antagonist, DesignOptions
from behave.stats.rule.verdict import Rule, Shown


@dataclass(frozen=True)
class Names:
    """How a study's drugs stand in a sentence.

    Parameters
    ----------
    agonist, antagonist
        The drugs, or the genotype.
    there, without
        ``under NBQX``, ``under vehicle``.
    control
        The antagonist's control.
    alone
        What the effect A compares: ``NBQX alone``.
    subject
        What the verdict is about.
    bred
        Whether the antagonist is a genotype.
    """

    agonist: str
    antagonist: str
    there: str
    without: str
    control: str
    alone: str
    subject: str
    bred: bool


def names_of(design: DesignOptions, blocker: Antagonist) -> Names:
    """Return the names of a study's drugs."""
    return Names(
        agonist=design.agonist.name,
        antagonist=blocker.name,
        there=under(blocker, blocker.name),
        without=under(blocker, blocker.control),
        control=blocker.control,
        alone=alone(blocker, design.agonist.control),
        subject=subject_of(blocker),
        bred=blocker.kind == "genotype",
    )


def under(antagonist: Antagonist, level: str) -> str:
    """Return where an effect was seen: ``under NBQX``, ``in knock-out animals``."""
    return f"in {level} animals" if antagonist.kind == "genotype" else f"under {level}"


def alone(antagonist: Antagonist, agonist_control: str) -> str:
    """Return what the effect A compares: ``NBQX alone``, or the genotype untreated."""
    if antagonist.kind == "genotype":
        return f"{antagonist.name} with {agonist_control}"
    return f"{antagonist.name} alone"


def subject_of(antagonist: Antagonist) -> str:
    """Return what the verdict is about: the drug, or the genotype."""
    if antagonist.kind == "genotype":
        return f"the genotype {antagonist.name}"
    return antagonist.name


def explain(label: str, shown: Shown, rule: Rule, names: Names, remainder: str) -> str:
    """Return what a label means, beside what else was shown.

    Parameters
    ----------
    label
        Any but ``not_assessable``.
    shown
        What the intervals and tests show, of one experiment.
    rule
        The rule.
    names
        Of the drugs.
    remainder
        From how much to how much of the effect may remain, ``""`` where unknown.
    """
    told = {
        "no_agonist_effect": _no_agonist_effect,
        "enhanced": _enhanced,
        "reversed": _reversed,
        "partially_blocked": _partially_blocked,
        "blocked": _blocked,
        "attenuated": _attenuated,
        "not_blocked": _not_blocked,
        "inconclusive": _inconclusive,
    }[label](shown, rule, names)
    if label == "attenuated" and remainder:
        told.append(f"What remained lies between {remainder}.")
    return " ".join(told)


def _no_agonist_effect(shown: Shown, _: Rule, names: Names) -> list[str]:
    """Say that there was nothing to block, and what was seen under the antagonist."""
    if shown.opposes:
        lead = f"{names.agonist} acted against the expected direction"
    else:
        lead = (
            f"an effect of {names.agonist} was not shown (its interval includes 0 or lies below it)"
        )
    asked = "whether it depends on the genotype" if names.bred else f"a block by {names.subject}"
    told = [f"No agonist effect: {names.without}, {lead}, so {asked} cannot be judged."]
    if shown.remains:
        told.append(f"{_start(names.there)}, an effect of {names.agonist} was shown.")
    if shown.turned and not shown.opposes:
        told.append(f"{_start(names.there)}, it acted against the expected direction.")
    if shown.less or shown.more:
        told.append("The two effects differ (the interval of I does not include 0).")
    if not shown.opposes:
        told.append(f"It does not show that {names.agonist} has no effect.")
    return told


def _enhanced(_: Shown, __: Rule, names: Names) -> list[str]:
    """Say that the effect became larger."""
    return [
        f"Enhanced: the effect of {names.agonist} was larger {names.there} than {names.without}.",
        "This is the opposite of a block.",
    ]


def _reversed(_: Shown, rule: Rule, names: Names) -> list[str]:
    """Say that the effect went the other way."""
    return [
        (
            f"Reversed: {names.there}, {names.agonist} acted in the other direction (the interval of "
            f"Kn lies below 0), and that this was less than {share_name(rule.rho)} of its effect "
            f"{names.without} was not shown."
        ),
    ]


def _partially_blocked(shown: Shown, rule: Rule, names: Names) -> list[str]:
    """Say that a part went and a part remained."""
    most = share_name(1 - rule.rho)
    told = [
        (
            f"Partially blocked: the effect of {names.agonist} was smaller {names.there}, and part of "
            "it remained (its interval there lies above 0)."
        )
    ]
    if shown.mostly_gone:
        told.append(f"At least {most} of it was taken away (one-sided 5% test).")
    elif shown.mostly_left:
        told.append(f"More than {most} of it remained (one-sided 5% test).")
    else:
        told.append(f"Whether at least {most} of it was taken away is not settled.")
    return told


def _blocked(shown: Shown, rule: Rule, names: Names) -> list[str]:
    """Say that most went, and whether it may have been turned round."""
    most = share_name(1 - rule.rho)
    told = [
        (
            f"Blocked: the effect of {names.agonist} was smaller {names.there}, and at least {most} "
            "of it was taken away (one-sided 5% test)."
        )
    ]
    if shown.turned:
        told.append(
            f"{_start(names.there)}, it went a little in the other direction "
            "(the interval of Kn lies below 0)."
        )
    elif shown.turn_is_small:
        told.append("This does not mean that nothing remained.")
    else:
        told.append("This does not mean that nothing remained; a reversal is not excluded either.")
    return told


def _attenuated(shown: Shown, rule: Rule, names: Names) -> list[str]:
    """Say that some went, and what is not settled."""
    most = share_name(1 - rule.rho)
    lead = f"Attenuated: the effect of {names.agonist} was smaller {names.there}"
    if shown.turned:
        return [f"{lead} and went in the other direction there (the interval of Kn lies below 0)."]
    if shown.mostly_gone:
        return [
            (
                f"{lead}, and at least {most} of it was taken away (one-sided 5% test), but a "
                "reversal is not excluded."
            )
        ]
    return [
        (
            f"{lead}, but how much of it was taken away is not resolved: neither that at least {most} "
            "was, nor that some of it remained."
        ),
    ]


def _not_blocked(_: Shown, rule: Rule, names: Names) -> list[str]:
    """Say that most remained, and that less may have gone."""
    most = share_name(1 - rule.rho)
    idle = "the genotype makes no difference" if names.bred else f"{names.antagonist} did nothing"
    return [
        (
            f"Not blocked: more than {most} of the effect of {names.agonist} remained {names.there} "
            "(one-sided 5% test)."
        ),
        f"This does not mean that {idle}: a smaller loss is not excluded.",
    ]


def _inconclusive(shown: Shown, rule: Rule, names: Names) -> list[str]:
    """Say what was not shown; one of the tests may hold without the others."""
    most = share_name(1 - rule.rho)
    arm = "genotype" if names.bred else "arm"
    lead = (
        f"Inconclusive: that the effect of {names.agonist} was smaller {names.there} was not shown "
        "(the interval of I includes 0)"
    )
    if shown.mostly_left:
        lead += (
            f"; more than {most} of it remained by a one-sided 5% test, but {names.there} no "
            "effect was shown by itself."
        )
    elif shown.mostly_gone:
        lead += (
            f"; a one-sided 5% test puts the loss at {most} or more, which does not count without "
            "the interval of I."
        )
    else:
        lead += f", nor that more than {most} of it remained."
    return [
        lead,
        f"An effect that is clear in one {arm} and not in the other is not evidence of a block.",
    ]


# {N}: the antagonist, {A}: the agonist, {o}: the outcome, {C}: the antagonist's control.
HEADLINES = {
    "blocked": "{N} blocked the effect of {A} on {o}: at least {most} of it was taken away",
    "partially_blocked": "{N} took away part of the effect of {A} on {o}; part of it remained",
    "attenuated": "{N} weakened the effect of {A} on {o}; by how much is not resolved",
    "reversed": "{N} turned the effect of {A} on {o} into its opposite",
    "not_blocked": "{N} did not block the effect of {A} on {o}: more than {most} of it remained",
    "enhanced": "{N} strengthened the effect of {A} on {o}",
    "inconclusive": "These data do not decide whether {N} blocked the effect of {A} on {o}",
    "not_assessable": "Whether {N} blocked the effect of {A} on {o} cannot be assessed from these data",
}
# The same for a genotype, which is not given and blocks nothing by itself.
GENOTYPE_HEADLINES = {
    "blocked": "In {N} animals the effect of {A} on {o} was blocked: at least {most} of it was gone",
    "partially_blocked": "In {N} animals part of the effect of {A} on {o} was gone; part of it remained",
    "attenuated": "In {N} animals the effect of {A} on {o} was weaker; by how much is not resolved",
    "reversed": "In {N} animals {A} had the opposite effect on {o}",
    "not_blocked": "In {N} animals the effect of {A} on {o} was not blocked: more than {most} of it remained",
    "enhanced": "In {N} animals the effect of {A} on {o} was stronger",
    "inconclusive": "These data do not decide whether the effect of {A} on {o} was blocked in {N} animals",
    "not_assessable": "Whether the effect of {A} on {o} was blocked in {N} animals cannot be assessed from these data",
}
# What the label rests on, where it is doubtful; in the headline, never changing the label.
QUALIFIERS = {
    "floor": (
        "but {alone} helps too and animals lie at the {end}, where two effects that only add up "
        "look like a block"
    ),
    "antagonist_alone": "and {alone} differs from {control}",
}


def format_headline(
    label: str,
    names: Names,
    outcome: str,
    rule: Rule,
    *,
    opposes: bool = False,
    qualifier: str = "",
) -> str:
    """Return the label as one sentence in plain words.

    Parameters
    ----------
    label
        Of the verdict.
    names
        Of the drugs.
    outcome
        In words.
    rule
        The rule.
    opposes
        Whether the agonist was shown to act against the expected direction.
    qualifier
        A clause that ends the sentence; ``""`` for none.
    """
    if label == "no_agonist_effect":
        lead = (
            "{A} acted on {o} against the expected direction"
            if opposes
            else "An effect of {A} on {o} was not shown"
        )
        where = " in {C} animals" if names.bred else ""
        text = f"{lead}{where}, so a block by {{N}} cannot be judged"
        if names.bred:
            text = f"{lead}{where}, so whether it depends on {{N}} cannot be judged"
    else:
        text = (GENOTYPE_HEADLINES if names.bred else HEADLINES)[label]
    told = _start(
        text.format(
            N=names.antagonist,
            A=names.agonist,
            o=outcome,
            C=names.control,
            most=share_name(1 - rule.rho),
        )
    )
    return f"{told}, {qualifier}." if qualifier else f"{told}."


def _start(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]


def find_qualifiers(
    label: str, *, alone_helps: bool, alone_differs: bool, floor: bool
) -> list[str]:
    """Return which qualifiers a label needs, the weightier one first.

    Parameters
    ----------
    label
        Of the verdict.
    alone_helps, alone_differs
        Whether A's interval lies above 0, or leaves out 0.
    floor
        Whether animals crowd at the end of the scale to which benefit leads.
    """
    found = []
    if label in BLOCK_LABELS and alone_helps and floor:
        found.append("floor")
    if alone_differs and label not in {"not_assessable", "no_agonist_effect"}:
        found.append("antagonist_alone")
    return found
