"""How the animals lie over groups, batches and cages: known before any of them is scored.

None of it changes the label. `behave check` tells it before a run, the report after it.
"""

import numpy as np
import pandas as pd

from behave.model.flags import Flag
from behave.stats.options import DesignOptions
from behave.stats.rule.design import Sample, block_columns
from behave.stats.wording.meaning import alone, under
from behave.stats.wording.tidy_tables import cell_names

# The largest cell over the smallest from which the design counts as imbalanced.
IMBALANCE = 1.5
# Batches that lie across the treatments or not, whether or not they are blocks.
BATCHES = ("cohort", "experimenter", "camera")


def find_balance_flags(sample: Sample) -> list[Flag]:
    """Collect the flags of a layout.

    Parameters
    ----------
    sample
        The animals; their outcomes do not matter.
    """
    return [
        *_no_antagonist_alone(sample),
        *_imbalance(sample),
        *_losses(sample),
        *_blocks(sample),
        *_kept_together(sample),
    ]


def _no_antagonist_alone(sample: Sample) -> list[Flag]:
    """Say what it means that nobody got the antagonist without the agonist."""
    design, sizes = sample.design, sample.counts["done"]
    blocker = design.antagonist
    if blocker is None or sizes[2] or not sizes[3]:
        return []
    own = alone(blocker, design.agonist.control)
    return [
        Flag(
            "no_antagonist_alone",
            0,
            f"No animal shows {own}: {design.agonist.name} {under(blocker, blocker.name)} cannot "
            f"be compared with anything, and what looks like a block may be an effect of "
            f"{blocker.name} itself. There is no verdict without this group.",
        )
    ]


def _imbalance(sample: Sample) -> list[Flag]:
    """Flag cells that differ much in size."""
    sizes = sample.counts["done"].iloc[: len(cell_names(sample.design))]
    smallest, largest = int(sizes.min()), int(sizes.max())
    if largest < IMBALANCE * smallest or largest == 0:
        return []
    listed = ", ".join(f"{size} in {cell}" for size, cell in _per_cell(sample, sizes))
    ratio = largest / smallest if smallest else float(largest)
    return [Flag("imbalance", ratio, f"The cells differ in size: {listed}.")]


def _per_cell(sample: Sample, numbers: "pd.Series[int]") -> list[tuple[int, str]]:
    """Return each cell's number with the cell's name."""
    return [(int(n), cell) for n, cell in zip(numbers, cell_names(sample.design), strict=True)]


def _losses(sample: Sample) -> list[Flag]:
    """Say that animals were lost in some cells and not, or not as often, in others."""
    counts = sample.counts.iloc[: len(cell_names(sample.design))]
    lost = counts.drop(columns="done").sum(axis=1)
    total = counts.sum(axis=1)
    share = (lost / total.where(total > 0)).fillna(0.0)
    if lost.max() == 0 or np.ptp(share.to_numpy()) == 0:
        return []
    listed = ", ".join(
        f"{n} of {int(whole)} in {cell}"
        for (n, cell), whole in zip(_per_cell(sample, lost), total, strict=True)
    )
    reasons = "; ".join(_reasons(sample.lost))
    return [
        Flag(
            "exclusions_differ",
            float(np.ptp(share.to_numpy())),
            f"Animals that are not analysed differ by arm: {listed} ({reasons}).",
        )
    ]


def _reasons(lost: pd.DataFrame) -> list[str]:
    """Name each animal that is not analysed, with what is known of the reason."""
    words = {"alone": "alone in its block", "missing": "no measurement"}
    reasons = lost["reason"].map(lambda reason: words.get(reason, reason))
    for status, column in (("excluded", "exclude_reason"), ("failed", "message")):
        if column in lost.columns:
            given = lost[column].where(lost[column].notna(), "").map(str).str.rstrip(".")
            told = (given != "") & (lost["reason"] == status)
            reasons = reasons.where(~told, f"{status}: " + given)
    return [f"{animal} {reason}" for animal, reason in zip(lost["animal_id"], reasons, strict=True)]


def _blocks(sample: Sample) -> list[Flag]:
    """Say which blocks cannot be compared, or were of no use."""
    flags = []
    alone = sample.lost.loc[sample.lost["reason"] == "alone", "animal_id"]
    if len(alone):
        flags.append(
            Flag(
                "block_of_one",
                len(alone),
                f"Left out because alone in a block: {', '.join(map(str, alone))}.",
            )
        )
    for name in sample.design.blocks:
        levels = set(sample.frame[name].astype(str))
        if len(levels) == 1:
            flags.append(Flag("single_block", 1, f"'{name}' has one level and is not used."))
    for name in sample.design.random:
        units = sample.frame[name].astype(str)
        if not 1 < units.nunique() < len(units):
            flags.append(
                Flag(
                    "random_unit_unused",
                    units.nunique(),
                    f"'{name}' has {units.nunique()} levels for {len(units)} animals and tells "
                    "nothing of how alike its animals are: it is not used.",
                )
            )
    batches = [name for name in BATCHES if name in sample.frame.columns]
    for name in dict.fromkeys([*block_columns(sample.design), *batches]):
        flags += _one_arm(sample, name)
    return flags


def _one_arm(sample: Sample, name: str) -> list[Flag]:
    """Say which levels of a batch hold animals of one arm only, block or not."""
    level = sample.frame[name].where(sample.frame[name].notna(), "").map(str)
    arms = pd.DataFrame(
        {"level": level.to_numpy(), "antagonist": sample.cell // 2, "agonist": sample.cell % 2}
    )
    arms = arms[arms["level"] != ""]
    factors = ["antagonist", "agonist"] if sample.design.antagonist else ["agonist"]
    seen = arms.groupby("level")[factors].nunique()
    narrow = [str(item) for item in seen.index[(seen == 1).any(axis=1)]]
    if len(seen) < 2 or not narrow:  # noqa: PLR2004 - one level is no batch
        return []
    ignored = "" if name in block_columns(sample.design) else f" '{name}' is not among the blocks."
    return [
        Flag(
            "block_in_one_arm",
            len(narrow),
            f"'{name}' {', '.join(narrow)} holds animals of one arm only: there, a difference "
            f"between batches cannot be told from a difference between treatments.{ignored}",
        )
    ]


def _kept_together(sample: Sample) -> list[Flag]:
    """Say that cage mates or litter mates were all treated alike."""
    flags = []
    for name in ("cage", "litter"):
        if name not in sample.frame.columns or name in (
            *sample.design.blocks,
            *sample.design.random,
        ):
            continue
        home = sample.frame[name].where(sample.frame[name].notna(), "").map(str).to_numpy()
        groups = pd.DataFrame({"home": home, "cell": sample.cell})
        groups = groups[groups["home"] != ""]
        seen = groups.groupby("home")["cell"].agg(["nunique", "size"])
        alike = seen[(seen["nunique"] == 1) & (seen["size"] > 1)]
        if len(alike):
            flags.append(
                Flag(
                    f"{name}_treated_alike",
                    len(alike),
                    f"In {len(alike)} of {len(seen)} {name}s all animals had the same treatment; "
                    "they are analysed as independent, which makes the intervals too narrow "
                    f"where {name} mates resemble each other.",
                )
            )
    return flags


def find_left_aside(measures: pd.DataFrame, design: DesignOptions, used: set[int]) -> list[Flag]:
    """Flag how many animals no comparison of the study uses.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`.
    design
        The study's design.
    used
        Positions of the rows that stand in some comparison.
    """
    aside = len(measures) - len(used)
    if not aside:
        return []
    factors = [design.antagonist, design.agonist] if design.antagonist else [design.agonist]
    columns = " or ".join(f"'{factor.column}'" for factor in factors if factor)
    return [
        Flag(
            "left_aside",
            aside,
            f"{aside} animals have other levels of {columns} and are not part of any comparison.",
        )
    ]
