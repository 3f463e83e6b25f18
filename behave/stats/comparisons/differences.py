"""Differences between the arms of a family, all arms in one model.

That two labels differ does not show that two effects do; the difference of
the effects, with its own interval, does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from behave.model.arrays import Floats
from behave.stats.options import DesignOptions
from behave.stats.rule.columns import codes_of
from behave.stats.rule.contrasts import Model, build_model, estimate
from behave.stats.rule.design import (
    Integers,
    block_columns,
    covariates_of,
    group_of,
    varying,
)
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.mixed import MIXED, RandomIntercept, fit_random_intercept, repeated_matrix
from behave.stats.rule.subcomparisons import Family, Subcomparison
from behave.stats.rule.verdict import EFFECTS
from behave.stats.wording.tidy_tables import method_name

UNKNOWN = Estimates(*np.full((3, 1), np.nan))[0]
Membership = frozenset[tuple[int, int]]


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
    joint = _joint(measures, design, family.arms, family.name)
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
    covariates, group
        (n, c) and (n,) or None, as in a `Sample`.
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
    covariates: Floats
    group: Integers | None
    animal: Integers
    members: list[Membership]
    repeated: bool

    @property
    def method(self) -> str:
        """How a contrast is estimated."""
        return MIXED if self.repeated else method_name(self._model)

    @cached_property
    def _model(self) -> Model:
        return build_model(
            self.cell,
            self.blocks,
            n_cells=len(self.members),
            covariates=self.covariates,
            group=self.group,
        )

    @cached_property
    def _mixed(self) -> RandomIntercept | None:
        matrix = repeated_matrix(self.cell, len(self.members), self.blocks, self.covariates)
        return fit_random_intercept(self.outcome, matrix, self.animal)

    def estimate(self, weights: Floats) -> Estimates:
        """Estimate a contrast of the cells, (cells,); NaN where a cell has no animal."""
        if not np.isfinite(weights).all() or not len(weights):
            return UNKNOWN
        if not self.repeated:
            return estimate(self._model, self.outcome, weights[np.newaxis])[0]
        if self._mixed is None:
            return UNKNOWN
        padded = np.zeros((1, len(self._mixed.coefficients)))
        padded[0, : len(weights)] = weights
        return self._mixed.contrasts(padded)[0]


def _joint(
    measures: pd.DataFrame, design: DesignOptions, arms: Sequence[Subcomparison], family: str
) -> Joint:
    """Put the animals of all arms into one model; the factor that parts them is no block."""
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
    columns = [name for name in block_columns(design) if family != f"by_{name}"]
    return Joint(
        outcome=np.array([value[row] for row in rows_used]),
        cell=np.array(codes, dtype="int64"),
        blocks=varying(codes_of(measures.loc[rows_used], columns)),
        covariates=covariates_of(measures.loc[rows_used], design),
        group=group_of(measures.loc[rows_used], design),
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
