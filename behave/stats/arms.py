"""The comparisons beside the one of the verdict, each made by the same rule.

An arm is one comparison of an agonist with its control, under an antagonist
and its control where there is one: the four cells of another antagonist, of
another dose, of the animals of one sex, of one time point. Arms that answer
one question are a family. What the animals do not allow is not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from behave.stats.contrasts import Estimates, Model, build_model, estimate
from behave.stats.design import (
    Floats,
    Integers,
    Sample,
    at_time,
    block_columns,
    doses_of,
    place,
    sort_animals,
    text_of,
    varying,
)
from behave.stats.mixed import MIXED, RandomIntercept, fit_random_intercept, repeated_matrix
from behave.stats.options import DesignOptions, Factor, TimePoints
from behave.stats.tidy import METHODS
from behave.stats.verdict import EFFECTS, Ruling, judge

UNKNOWN = Estimates(*np.full((3, 1), np.nan))[0]
Membership = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Arm:
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
    arms: tuple[Arm, ...]
    tabulated: tuple[str, ...]
    compared: tuple[tuple[int, int], ...] = ()


def build_arm(
    name: str,
    measures: pd.DataFrame,
    design: DesignOptions,
    within: "pd.Series[bool] | None" = None,
) -> Arm:
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
    model = build_model(sample.cell, sample.blocks)
    ruling = judge(model, sample.signed, design.residual_fraction)
    return Arm(name, sample, model, ruling, within)


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
        _levels(measures, design),
        _times(measures, design, design.time) if design.time else _agonists(measures, design),
        _positive_control(measures, design),
    ]
    return [family for family in families if family.arms]


def _antagonists(measures: pd.DataFrame, design: DesignOptions) -> Family:
    """Return each antagonist with its own control."""
    factors = design.antagonists if design.other_antagonists else ()
    arms = tuple(
        build_arm(factor.name, measures, design.model_copy(update={"antagonist": factor}))
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
            arm = build_arm(own.name, measures, design.model_copy(update={"antagonist": own}))
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
            arm = build_arm(own.name, measures, design.model_copy(update={"agonist": own}))
            arms += [arm] if _whole(arm) else []
    return Family("agonist_doses", f"Doses of {factor.level}", tuple(arms), ("I",))


def _levels(measures: pd.DataFrame, design: DesignOptions) -> Family:
    """Return each level of the third factor."""
    if not design.by:
        return Family("by", "", (), ())
    column = text_of(measures, design.by)
    present = sorted(set(column[place(measures, design).notna()]) - {""})
    arms = tuple(build_arm(level, measures, design, column == level) for level in present)
    title = f"Levels of {design.by}"
    return Family(f"by_{design.by}", title, arms, _tested(arms), _pairs(arms))


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
    arms: list[Arm] = []
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
    arms: tuple[Arm, ...] = ()
    if design.positive_control:
        factor = design.agonist.model_copy(
            update={"level": design.positive_control, "dose_column": None, "dose": None}
        )
        arms = (_without_antagonist(factor.level, measures, design, factor),)
    return Family("positive_control", "Positive control", arms, ("K",))


def _without_antagonist(
    name: str, measures: pd.DataFrame, design: DesignOptions, factor: Factor | None = None
) -> Arm:
    """Return an arm of the animals that had no antagonist, with the effect K alone."""
    update: dict[str, object] = {"antagonist": None, "other_antagonists": {}}
    if factor is not None:
        update["agonist"] = factor
    within = (
        text_of(measures, design.antagonist.column) == design.antagonist.control
        if design.antagonist
        else None
    )
    return build_arm(name, measures, design.model_copy(update=update), within)


def _without_empty_antagonist(name: str, measures: pd.DataFrame, design: DesignOptions) -> Arm:
    """Return an arm, without the antagonist where none of its animals had it."""
    arm = build_arm(name, measures, design)
    if design.antagonist and arm.sample.counts.loc[[2, 3]].to_numpy().any():
        return arm
    return _without_antagonist(name, measures, design)


def _whole(arm: Arm) -> bool:
    """Return whether all four cells hold animals."""
    return bool((arm.sample.counts["done"] > 0).all())


def _tested(arms: Sequence[Arm]) -> tuple[str, ...]:
    """Return the effects worth listing: K, and I where there is an antagonist."""
    return ("K", "I") if any(arm.tested == "I" for arm in arms) else ("K",)


def _pairs(arms: Sequence[Arm]) -> tuple[tuple[int, int], ...]:
    """Return all pairs of arms."""
    return tuple(combinations(range(len(arms)), 2))


@dataclass(frozen=True)
class Difference:
    """An effect of one arm less that of another.

    Parameters
    ----------
    effect
        ``I`` or ``K``.
    arms
        Their names, first less second.
    estimate
        The difference; positive where the first has the larger effect.
    sizes
        Animals that enter with a plus and with a minus.
    method
        How it is estimated.
    """

    effect: str
    arms: tuple[str, str]
    estimate: Estimates
    sizes: tuple[int, int]
    method: str

    @property
    def name(self) -> str:
        """The pair in words, what both are named once: ``ketamine: 24 h - 7 d``."""
        (first, one), (second, other) = (name.rpartition(", ")[::2] for name in self.arms)
        return f"{first}: {one} - {other}" if first == second != "" else " - ".join(self.arms)


def differences(measures: pd.DataFrame, design: DesignOptions, family: Family) -> list[Difference]:
    """Subtract the effects of a family's arms from each other.

    All arms enter one model of all their cells (a shared control is one cell),
    with the blocks, so that what they share is counted once. With cells of
    their own this is the contrast I1 - I2 with Welch's df over all cells.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`, its index from 0.
    design
        The study's design.
    family
        Whose pairs are compared.

    Returns
    -------
    list of Difference
    """
    if not family.compared:
        return []
    joint = _joint(measures, design, family.arms)
    members = joint.members
    sizes = np.bincount(joint.cell, minlength=len(members))
    found = []
    for first, second in family.compared:
        one, other = family.arms[first], family.arms[second]
        effect = "I" if one.tested == other.tested == "I" else "K"
        weights = _joint_weights(members, effect, first) - _joint_weights(members, effect, second)
        found.append(
            Difference(
                effect,
                (one.name, other.name),
                joint.estimate(weights),
                (int(sizes[weights > 0].sum()), int(sizes[weights < 0].sum())),
                joint.method,
            )
        )
    return found


@dataclass(frozen=True)
class Joint:
    """All animals of a family's arms in one model.

    Parameters
    ----------
    outcome, cell, blocks
        (n,), (n,) and (n, b) as in a `Sample`; cells are those of ``members``.
    animal
        (n,) codes of the animals.
    members
        What each cell is: the set of (arm, cell of the arm) that its animals
        stand in.
    repeated
        Whether animals come again.
    """

    outcome: Floats
    cell: Integers
    blocks: Integers
    animal: Integers
    members: list[Membership]
    repeated: bool

    @property
    def method(self) -> str:
        """How a contrast is estimated."""
        return MIXED if self.repeated else METHODS["hc2_bm" if self.blocks.shape[1] else "welch"]

    @cached_property
    def _mixed(self) -> RandomIntercept | None:
        matrix = repeated_matrix(self.cell, len(self.members), self.blocks)
        return fit_random_intercept(self.outcome, matrix, self.animal)

    def estimate(self, weights: Floats) -> Estimates:
        """Estimate a contrast of the cells, (cells,); NaN where a cell has no animal."""
        if not np.isfinite(weights).all() or not len(weights):
            return UNKNOWN
        if not self.repeated:
            model = build_model(self.cell, self.blocks, n_cells=len(self.members))
            return estimate(model, self.outcome, weights[np.newaxis])[0]
        if self._mixed is None:
            return UNKNOWN
        padded = np.zeros((1, len(self._mixed.coefficients)))
        padded[0, : len(weights)] = weights
        return self._mixed.contrasts(padded)[0]


def _joint(measures: pd.DataFrame, design: DesignOptions, arms: Sequence[Arm]) -> Joint:
    """Put the animals of all arms into one model."""
    member: dict[int, set[tuple[int, int]]] = {}
    value: dict[int, float] = {}
    for number, arm in enumerate(arms):
        rows = arm.sample.frame.index
        for row, cell, signed in zip(rows, arm.sample.cell, arm.sample.signed, strict=True):
            member.setdefault(int(row), set()).add((number, int(cell)))
            value[int(row)] = float(signed)
    rows_used = sorted(member)
    cells = list(dict.fromkeys(frozenset(member[row]) for row in rows_used))
    codes = [cells.index(frozenset(member[row])) for row in rows_used]
    columns = [name for name in block_columns(design) if name != design.by]
    levels = measures.loc[rows_used, columns].astype(str)
    blocks = [pd.factorize(levels[name], sort=True)[0] for name in columns]
    return Joint(
        outcome=np.array([value[row] for row in rows_used]),
        cell=np.array(codes, dtype="int64"),
        blocks=varying(np.array(blocks, dtype="int64").reshape(len(columns), len(rows_used)).T),
        animal=pd.factorize(measures.loc[rows_used, "animal_id"])[0].astype("int64"),
        members=cells,
        repeated=bool(design.time and design.time.repeated),
    )


def _joint_weights(members: Sequence[Membership], effect: str, arm: int) -> Floats:
    """Return an arm's effect as weights of the joint cells."""
    weights = np.zeros(len(members))
    for cell, weight in enumerate(EFFECTS[effect]):
        holding = [index for index, item in enumerate(members) if (arm, cell) in item]
        if weight and not holding:
            return np.full(len(members), np.nan)
        for index in holding:
            weights[index] = weight / len(holding)
    return weights


def compared_rows(arms: Sequence[Arm]) -> Iterator[int]:
    """Yield the rows of the table that stand in a cell of some arm."""
    for arm in arms:
        yield from (int(row) for row in arm.sample.rows)
