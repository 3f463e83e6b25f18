"""Several antagonists of one agonist, each with its own control, by the same rule.

Each antagonist is a 2x2 of its own and keeps its own verdict. What they share
is the family of their interactions, over which p is adjusted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from behave.stats.contrasts import Model, build_model
from behave.stats.design import DesignOptions, Sample, prepare
from behave.stats.tidy import METHODS, holm, tabulate_contrasts
from behave.stats.verdict import Ruling, judge

FAMILY_NAME = "antagonists"


@dataclass(frozen=True)
class Arm:
    """The 2x2 of one antagonist.

    Parameters
    ----------
    sample
        Its animals, those of its control included.
    model
        Their cell means and blocks.
    ruling
        The contrasts and the label.
    """

    sample: Sample
    model: Model
    ruling: Ruling

    @property
    def name(self) -> str:
        """The antagonist."""
        return self.sample.design.antagonist.level


def compare_others(measures: pd.DataFrame, design: DesignOptions) -> list[Arm]:
    """Apply the rule to each of the design's other antagonists.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`.
    design
        The design of the main comparison.

    Raises
    ------
    InputError
        As for `behave.stats.compare`.
    """
    arms = []
    for factor in design.antagonists[1:]:
        others = {item.level: item.control for item in design.antagonists if item != factor}
        own = design.model_copy(update={"antagonist": factor, "other_antagonists": others})
        sample = prepare(measures, own)
        model = build_model(sample.cell, sample.blocks)
        arms.append(Arm(sample, model, judge(model, sample.signed, own.residual_fraction)))
    return arms


def tabulate_antagonists(arms: Sequence[Arm]) -> pd.DataFrame:
    """Tabulate the interaction of each antagonist (`behave.tables.CONTRASTS`).

    Parameters
    ----------
    arms
        All antagonists, that of the main comparison included. p is adjusted
        over them by Holm's method; like any adjusted p it never enters a label.
    """
    rows = []
    for arm in arms:
        table = tabulate_contrasts(arm.sample, arm.model, arm.ruling)
        primary = table["method"] == METHODS[arm.model.primary]
        row = table[primary & (table["contrast_id"] == "I")]
        rows.append(row.assign(contrast_id=f"I_{arm.name}", family=FAMILY_NAME))
    family = pd.concat(rows, ignore_index=True)
    return family.assign(p_adj=holm(family["p_value"].to_numpy(dtype="float64")))


def word_antagonists(arms: Sequence[Arm]) -> str:
    """Say in one sentence what the rule gave for the other antagonists."""
    if not arms:
        return ""
    told = "; ".join(
        f"{arm.name} (against {arm.sample.design.antagonist.control}) "
        f"{str(arm.ruling.label).replace('_', ' ')}"
        for arm in arms
    )
    return (
        f" Other antagonists, each with its own four groups and the same rule: {told}. "
        "These labels are not adjusted for their number, and they do not compare the "
        "antagonists with each other."
    )
