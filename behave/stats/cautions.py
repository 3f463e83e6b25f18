"""What a careful reader should know about the comparison; none changes the label."""

import re

import numpy as np
import pandas as pd

from behave.flags import Flag
from behave.stats.arms import Family
from behave.stats.design import Floats, Sample, block_columns, outcome_name, unit_of
from behave.stats.options import DesignOptions
from behave.stats.tidy import cell_names
from behave.stats.verdict import CONF_LEVEL, Ruling
from behave.stats.wording import alone, under

# The largest cell over the smallest from which the design counts as imbalanced.
IMBALANCE = 1.5
# Share of a cell's animals at the end of the scale, and how near counts as at it.
CROWDED = 0.25
NEAR_END = 0.02
# A control cell normalised to itself has this mean, in percent or as a share.
OWN_VEHICLE = (100.0, 1.0)
# Names of outcomes that say so: pct_of_vehicle, immobility_percent_of_control.
NORMALISED = re.compile(r"(?i)_(of|to)_(own|vehicle|veh|control|saline)")
# Batches that lie across the treatments or not, whether or not they are blocks.
BATCHES = ("cohort", "experimenter")


def find_cautions(sample: Sample, ruling: Ruling) -> list[Flag]:
    """Collect the flags of a comparison.

    Parameters
    ----------
    sample
        The animals.
    ruling
        The rule's outcome for them.
    """
    return [
        *_antagonist_alone(sample, ruling),
        *_ends_of_scale(sample),
        *_zero_variance(sample),
        *_own_vehicle(sample),
        *_imbalance(sample),
        *_losses(sample),
        *_blocks(sample),
        *_kept_together(sample),
    ]


def _antagonist_alone(sample: Sample, ruling: Ruling) -> list[Flag]:
    """Say that the antagonist's own effect is not 0."""
    found = ruling.effect("A")
    low, high = found.interval(CONF_LEVEL)
    blocker = sample.design.antagonist
    if blocker is None or not (low > 0 or high < 0):
        return []
    design, unit = sample.design, unit_of(sample.design.outcome)
    direction = "same" if low > 0 else "opposite"
    return [
        Flag(
            "antagonist_alone",
            float(found.estimate),
            f"{alone(blocker, design.agonist.control)} differs from {blocker.control} by "
            f"{abs(float(found.estimate)):.3g} {unit}".rstrip()
            + f", in the {direction} direction as the benefit: the effect of "
            f"{design.agonist.name} {under(blocker, blocker.name)} starts from another level.",
        )
    ]


def _ends_of_scale(sample: Sample) -> list[Flag]:
    """Say which cells crowd at the lowest or highest possible value."""
    values = sample.outcome
    if not len(values) or np.ptp(values) == 0:
        return []
    low, high, near = _scale(sample)
    flags = []
    for name, at_end, end in (
        ("floor", values <= low + near, "lowest"),
        ("ceiling", values >= high - near, "highest"),
    ):
        shares = {
            cell: float(at_end[sample.cell == index].mean())
            for index, cell in enumerate(cell_names(sample.design))
            if at_end[sample.cell == index].sum() > 1
        }
        crowded = {cell: share for cell, share in shares.items() if share >= CROWDED}
        if crowded:
            listed = ", ".join(f"{share:.0%} of {cell}" for cell, share in crowded.items())
            flags.append(
                Flag(
                    name,
                    max(crowded.values()),
                    f"Animals lie at the {end} values of {outcome_name(sample.design.outcome)}: "
                    f"{listed}. "
                    "Differences between cells are squeezed there.",
                )
            )
    return flags


def _scale(sample: Sample) -> tuple[Floats, Floats, Floats]:
    """Return each animal's lowest and highest possible outcome, and how near is at it.

    Known for percentages and for seconds of a scored time; elsewhere the
    extremes of the data stand in, and only ties at them count.
    """
    frame, outcome = sample.frame, sample.design.outcome
    zero = np.zeros(len(frame))
    if outcome.endswith("_pct"):
        return zero, zero + 100.0, zero + NEAR_END * 100.0
    if outcome.endswith("_s") and "scored_s" in frame.columns:
        scored = pd.to_numeric(frame["scored_s"], errors="coerce").to_numpy(dtype="float64")
        if np.isfinite(scored).all():
            return zero, scored, NEAR_END * scored
    return zero + sample.outcome.min(), zero + sample.outcome.max(), zero


def _zero_variance(sample: Sample) -> list[Flag]:
    """Say which cells do not vary at all."""
    constant = [
        cell
        for index, cell in enumerate(cell_names(sample.design))
        if (sample.cell == index).sum() > 1 and np.ptp(sample.outcome[sample.cell == index]) == 0
    ]
    if not constant:
        return []
    return [
        Flag(
            "zero_variance",
            len(constant),
            f"All animals have the same value in {', '.join(constant)}: "
            "intervals that rest on such a cell are too narrow.",
        )
    ]


def _own_vehicle(sample: Sample) -> list[Flag]:
    """Say that each arm was divided by its own vehicle group, or may have been."""
    name = sample.design.outcome
    controls = [sample.outcome[sample.cell == cell] for cell in (0, 2)]
    # A cell without spread is at an end of the scale, which may well be 100 %.
    means = [float(np.mean(values)) for values in controls if len(values) and np.ptp(values) > 0]
    seen = len(means) == len(controls) and any(
        np.allclose(means, end, rtol=1e-4) for end in OWN_VEHICLE
    )
    if not seen and not NORMALISED.search(name):
        return []
    evidence = (
        f"Both control cells have a mean of {means[0]:g}: '{name}' looks as if each arm had been "
        "divided by its own vehicle group. That treats"
        if seen
        else f"'{name}' is a share of a group by its name. Dividing each arm by its own vehicle "
        "group treats"
    )
    return [
        Flag(
            "percent_of_own_vehicle",
            means[0] if means else 0.0,
            f"{evidence} the vehicle means as known and makes p-values too small (a published "
            "p of .097 became .002); analyse the measured values.",
        )
    ]


def _imbalance(sample: Sample) -> list[Flag]:
    """Say that the cells differ much in size."""
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
        level = sample.frame[name].astype(str)
        if level.nunique() < 2:  # noqa: PLR2004 - one level is no block
            flags.append(
                Flag("single_block", level.nunique(), f"'{name}' has one level and is not used.")
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
        if name not in sample.frame.columns or name in sample.design.blocks:
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
    """Say how many animals no comparison of the study uses.

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


def find_positive_control_cautions(families: list[Family]) -> list[Flag]:
    """Say that the drug that is known to act was not shown to."""
    flags = []
    for family in families:
        if family.name != "positive_control":
            continue
        (arm,) = family.arms
        found = arm.ruling.effect("K")
        if not (found.std_error > 0 and found.interval(CONF_LEVEL)[0] > 0):
            flags.append(
                Flag(
                    "positive_control_failed",
                    float(np.nan_to_num(found.estimate)),
                    f"No effect of the positive control {arm.name} was shown: that the test can "
                    "show such an effect in these animals is open.",
                )
            )
    return flags
