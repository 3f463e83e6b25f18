"""The comparisons beside the one of the verdict, each made by the same rule.

An arm is one comparison of an agonist with its control, under an antagonist
and its control where there is one: the four cells of another antagonist, of
another dose, of the animals of one sex, of one time point. Arms that answer
one question are a family. What the animals do not allow is not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from behave.stats.options import DesignOptions, Factor, TimePoints
from behave.stats.rule.columns import doses_of, text_of
from behave.stats.rule.contrasts import Model
from behave.stats.rule.design import Sample, at_time, place, sort_animals
from behave.stats.rule.verdict import Ruling, judge, model_of, rule_of


@dataclass(frozen=True)
class Subcomparison:
    """One comparison by the rule.

    Parameters
    ----------
    name
        What sets it apart in its family: an antagonist, ``10 mg/kg``, ``female``.
    sample
        Its animals; its design names its own factors.
    model
        Their cell means and blocks.
    ruling
        The contrasts and the label.
    within
        The rows of the table that may take part; None for all.
    """

    name: str
    sample: Sample
    model: Model
    ruling: Ruling
    within: "pd.Series[bool] | None" = None

    @property
    def tested(self) -> str:
        """The effect that the arm is about: I, or K where there is no antagonist."""
        return "I" if self.sample.design.antagonist else "K"


@dataclass(frozen=True)
class Family:
    """Arms that answer one question.

    Parameters
    ----------
    name
        As in the tables: ``antagonists``, ``sex``.
    title
        What the arms are, in words.
    arms
        In the order of the study file or the table of trials.
    tabulated
        The effects that are listed and adjusted over the arms, each for itself.
    compared
        Pairs of arms (first, second) whose effects are subtracted.
    """

    name: str
    title: str
    arms: tuple[Subcomparison, ...]
    tabulated: tuple[str, ...]
    compared: tuple[tuple[int, int], ...] = ()


def build_subcomparison(
    name: str,
    measures: pd.DataFrame,
    design: DesignOptions,
    within: "pd.Series[bool] | None" = None,
) -> Subcomparison:
    """Apply the rule to one comparison.

    Parameters
    ----------
    name
        Of the arm.
    measures
        As for `behave.stats.compare`.
    design
        With the factors of this comparison.
    within
        The rows that may take part; None for all.
    """
    sample = sort_animals(measures, design, within)
    model = model_of(sample)
    ruling = judge(model, sample.signed, rule_of(design))
    return Subcomparison(name, sample, model, ruling, within)


def find_families(measures: pd.DataFrame, design: DesignOptions) -> list[Family]:
    """Make every family that the design names and the animals allow.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`, its index from 0.
    design
        The study's design.

    Raises
    ------
    InputError
        As for `behave.stats.compare`.
    """
    families = [
        _antagonists(measures, design),
        _antagonist_doses(measures, design),
        _agonist_doses(measures, design),
        *(_levels(measures, design, column) for column in design.by),
        _times(measures, design, design.time) if design.time else _agonists(measures, design),
        _positive_control(measures, design),
    ]
    return [family for family in families if family.arms]


def _antagonists(measures: pd.DataFrame, design: DesignOptions) -> Family:
    """Return each antagonist with its own control."""
    factors = design.antagonists if design.other_antagonists else ()
    arms = tuple(
        build_subcomparison(factor.name, measures, design.model_copy(update={"antagonist": factor}))
        for factor in factors
    )
    genotype = bool(factors) and factors[0].kind == "genotype"
    title = "Genotypes" if genotype else "Antagonists"
    return Family("antagonists", title, arms, ("I",), _pairs(arms))


def _antagonist_doses(measures: pd.DataFrame, design: DesignOptions) -> Family:
    """Return each dose of the antagonist that has all four cells."""
    factor = design.antagonist
    arms = []
    if factor and factor.dose_column:
        for dose in sorted(doses_of(measures, factor).dropna().unique()):
            own = factor.model_copy(update={"dose": float(dose)})
            arm = build_subcomparison(
                own.name, measures, design.model_copy(update={"antagonist": own})
            )
            arms += [arm] if _whole(arm) else []
    name = factor.level if factor else ""
    return Family("antagonist_doses", f"Doses of {name}", tuple(arms), ("I",))


def _agonist_doses(measures: pd.DataFrame, design: DesignOptions) -> Family:
    """Return each dose of the agonist that has all four cells."""
    factor = design.agonist
    arms = []
    if factor.dose_column and design.antagonist:
        for dose in sorted(doses_of(measures, factor).dropna().unique()):
            own = factor.model_copy(update={"dose": float(dose)})
            arm = build_subcomparison(
                own.name, measures, design.model_copy(update={"agonist": own})
            )
            arms += [arm] if _whole(arm) else []
    return Family("agonist_doses", f"Doses of {factor.level}", tuple(arms), ("I",))


def _levels(measures: pd.DataFrame, design: DesignOptions, by: str) -> Family:
    """Return each level of a further factor; the other ones stay as blocks."""
    column = text_of(measures, by)
    present = sorted(set(column[place(measures, design).notna()]) - {""})
    arms = tuple(build_subcomparison(level, measures, design, column == level) for level in present)
    return Family(f"by_{by}", f"Levels of {by}", arms, _tested(arms), _pairs(arms))


def _agonists(measures: pd.DataFrame, design: DesignOptions) -> Family:
    """Return each agonist with its own control."""
    arms = tuple(
        _without_empty_antagonist(factor.name, measures, design.model_copy(update={"agonist": factor}))
        for factor in (design.agonists if design.other_agonists else ())
    )  # fmt: skip
    return Family("agonists", "Drugs", arms, _tested(arms), _pairs(arms))


def _times(measures: pd.DataFrame, design: DesignOptions, points: TimePoints) -> Family:
    """Return each drug at each of its time points."""
    time = text_of(measures, points.column)
    arms: list[Subcomparison] = []
    pairs: list[tuple[int, int]] = []
    for factor in design.agonists:
        first = len(arms)
        drug = text_of(measures, factor.column) == factor.level
        for level in dict.fromkeys(time[drug & (time != "")]):
            at = points.model_copy(update={"level": level})
            own = design.model_copy(update={"agonist": factor, "time": at})
            if at_time(measures, own, level).any():
                arms.append(_without_empty_antagonist(f"{factor.name}, {level}", measures, own))
        pairs += combinations(range(first, len(arms)), 2)
    return Family("times", "Time points", tuple(arms), _tested(arms), tuple(pairs))


def _positive_control(measures: pd.DataFrame, design: DesignOptions) -> Family:
    """Return the drug that is known to act, against the agonist's control."""
    arms: tuple[Subcomparison, ...] = ()
    if design.positive_control:
        factor = design.agonist.model_copy(
            update={"level": design.positive_control, "dose_column": None, "dose": None}
        )
        arms = (_without_antagonist(factor.level, measures, design, factor),)
    return Family("positive_control", "Positive control", arms, ("K",))


def _without_antagonist(
    name: str, measures: pd.DataFrame, design: DesignOptions, factor: Factor | None = None
) -> Subcomparison:
    """Return an arm of the animals that had no antagonist, with the effect K alone."""
    update: dict[str, object] = {"antagonist": None, "other_antagonists": {}}
    if factor is not None:
        update["agonist"] = factor
    within = (
        text_of(measures, design.antagonist.column) == design.antagonist.control
        if design.antagonist
        else None
    )
    return build_subcomparison(name, measures, design.model_copy(update=update), within)


def _without_empty_antagonist(
    name: str, measures: pd.DataFrame, design: DesignOptions
) -> Subcomparison:
    """Return an arm, without the antagonist where none of its animals had it."""
    arm = build_subcomparison(name, measures, design)
    if design.antagonist and arm.sample.counts.loc[[2, 3]].to_numpy().any():
        return arm
    return _without_antagonist(name, measures, design)


def _whole(arm: Subcomparison) -> bool:
    """Return whether all four cells hold animals."""
    return bool((arm.sample.counts["done"] > 0).all())


def _tested(arms: Sequence[Subcomparison]) -> tuple[str, ...]:
    """Return the effects worth listing: K, and I where there is an antagonist."""
    return ("K", "I") if any(arm.tested == "I" for arm in arms) else ("K",)


def _pairs(arms: Sequence[Subcomparison]) -> tuple[tuple[int, int], ...]:
    """Return all pairs of arms."""
    return tuple(combinations(range(len(arms)), 2))


def compared_rows(arms: Sequence[Subcomparison]) -> Iterator[int]:
    """Yield the rows of the table that stand in a cell of some arm."""
    for arm in arms:
        yield from (int(row) for row in arm.sample.rows)
