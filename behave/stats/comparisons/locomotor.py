"""The locomotor control: what the drugs did to how much the animals move.

A drug that makes animals more active can pass for one that shortens
immobility, and one that sedates for one that blocks. The same four cells are
therefore compared in a second outcome, such as the distance in an open field.
Nothing here changes the label.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from behave.model.flags import Flag
from behave.stats.options import DesignOptions, Locomotor
from behave.stats.rule.contrasts import Model
from behave.stats.rule.design import Sample, outcome_name, prepare, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import CONF_LEVEL, Ruling, judge, model_of, rule_of
from behave.stats.wording.meaning import alone, under
from behave.stats.wording.numbers import number
from behave.stats.wording.sentences import why_not_assessable
from behave.stats.wording.tidy_tables import method_name, tabulate_contrasts

FAMILY_NAME = "locomotor"


@dataclass(frozen=True)
class Locomotion:
    """The second outcome in the four cells; positive effects mean more movement.

    Parameters
    ----------
    sample
        The animals with a measured locomotion.
    model
        Their cell means and blocks.
    ruling
        The contrasts; its label is of no use but to say that nothing can be assessed.
    """

    sample: Sample
    model: Model
    ruling: Ruling

    @property
    def contrasts(self) -> pd.DataFrame:
        """The primary contrasts as rows of `behave.model.tables.CONTRASTS`."""
        table = tabulate_contrasts(self.sample, self.model, self.ruling)
        table = table[table["method"] == method_name(self.model)]
        return table.assign(
            contrast_id=f"{FAMILY_NAME}_" + table["contrast_id"],
            family=FAMILY_NAME,
            contrast=f"{self.sample.design.outcome}: " + table["contrast"],
        )


def compare_locomotion(
    measures: pd.DataFrame, design: DesignOptions, control: Locomotor
) -> Locomotion:
    """Compare the four cells in the locomotor outcome, by the contrasts of the verdict.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`, with the locomotor outcome.
    design
        The design of the main comparison: its factors and blocks.
    control
        Names the outcome.

    Raises
    ------
    InputError
        As for `behave.stats.compare`.
    """
    # Counted as an increase, so that a positive effect is more movement.
    other = design.model_copy(update={"outcome": control.outcome, "benefit": "increase"})
    sample = prepare(measures, other)
    model = model_of(sample)
    return Locomotion(sample, model, judge(model, sample.signed, rule_of(design)))


def find_locomotor_flags(
    design: DesignOptions, ruling: Ruling, locomotion: Locomotion | None
) -> list[Flag]:
    """Say where locomotion may stand behind the effects on the outcome.

    Parameters
    ----------
    design
        The design of the main comparison.
    ruling
        Its contrasts.
    locomotion
        The control; None where there is none.
    """
    if locomotion is None:
        return [
            Flag(
                "no_locomotor_control",
                0,
                "No locomotor control was analysed: a drug that makes animals more active "
                "can pass for one that acts on the outcome.",
            )
        ]
    return [
        *_unclear(locomotion),
        *_increased(design, ruling, locomotion),
        *_lowered(design, locomotion),
    ]


def _unclear(locomotion: Locomotion) -> list[Flag]:
    """Say that a control was given but decides nothing."""
    if str(locomotion.ruling.label) != "not_assessable" or not locomotion.sample.design.antagonist:
        return []
    why = why_not_assessable(locomotion.sample, locomotion.model, locomotion.ruling)
    return [
        Flag(
            "locomotor_not_assessable",
            len(locomotion.sample.cell),
            f"The locomotor control does not show all four cells: {why}.",
        )
    ]


def _increased(design: DesignOptions, ruling: Ruling, locomotion: Locomotion) -> list[Flag]:
    """Say that the agonist's effect on the outcome goes with more movement."""
    blocker = design.antagonist
    arms = {"K": "", "Kn": ""}
    if blocker:
        arms = {"K": under(blocker, blocker.control), "Kn": under(blocker, blocker.name)}
    both = [
        name
        for name in arms
        if _low(ruling.effect(name)) > 0 and _low(locomotion.ruling.effect(name)) > 0
    ]
    if not both:
        return []
    shown = " and ".join(f"{_amount(locomotion, name)} {arms[name]}".rstrip() for name in both)
    outcome, moved = outcome_name(design.outcome), outcome_name(locomotion.sample.design.outcome)
    taken = f", and what {blocker.name} took from it," if blocker else ""
    return [
        Flag(
            "locomotion_increased",
            float(locomotion.ruling.effect(both[0]).estimate),
            f"{design.agonist.name} also increased {moved}, by {shown}: its effect on "
            f"{outcome}{taken} may be a matter of activity.",
        )
    ]


def _lowered(design: DesignOptions, locomotion: Locomotion) -> list[Flag]:
    """Say that the antagonist alone makes animals move less."""
    found, blocker = locomotion.ruling.effect("A"), design.antagonist
    if blocker is None or not (found.std_error > 0 and found.interval(CONF_LEVEL)[1] < 0):
        return []
    return [
        Flag(
            "locomotion_lowered",
            float(found.estimate),
            f"{alone(blocker, design.agonist.control)} changed "
            f"{outcome_name(locomotion.sample.design.outcome)} by "
            f"{_amount(locomotion, 'A')}: animals that move less can pass for animals in which "
            f"{design.agonist.name} was blocked.",
        )
    ]


def _low(effect: Estimates) -> float:
    """Return the lower end of an interval; NaN, which is above nothing, without spread."""
    return float(effect.interval(CONF_LEVEL)[0]) if effect.std_error > 0 else np.nan


def _amount(locomotion: Locomotion, name: str) -> str:
    """Return an effect on locomotion with its interval."""
    effect = locomotion.ruling.effect(name)
    low, high = effect.interval(CONF_LEVEL)
    value = f"{number(float(effect.estimate))} {unit_of(locomotion.sample.design.outcome)}".rstrip()
    return f"{value} ({CONF_LEVEL:.0%} interval {number(float(low))} to {number(float(high))})"
