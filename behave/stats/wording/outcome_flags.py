"""What a careful reader should know about the outcomes compared; none changes the label."""

import re

import numpy as np
import pandas as pd
from scipy import stats

from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.stats.methods.assumptions import slopes_differ
from behave.stats.rule.contrasts import build_model
from behave.stats.rule.design import Sample, outcome_name, unit_of
from behave.stats.rule.subcomparisons import Family
from behave.stats.rule.verdict import CONF_LEVEL, Ruling
from behave.stats.wording.design_balance import find_balance_flags
from behave.stats.wording.meaning import alone, under
from behave.stats.wording.tidy_tables import cell_names

# Where slopes are said to differ, and where groups that chance made are said not to be alike.
SLOPES, UNEQUAL = 0.05, 0.01
# Share of a cell's animals at the end of the scale, and how near counts as at it.
CROWDED = 0.25
NEAR_END = 0.02
# A control cell normalised to itself has this mean, in percent or as a share.
OWN_VEHICLE = (100.0, 1.0)
# Names of outcomes that say so: pct_of_vehicle, immobility_percent_control, fold_vehicle.
NORMALISED = re.compile(
    r"(?i)(_(of|to)_(own_)?|(pct|percent|fold|ratio|norm(ali[sz]ed)?)_(own_)?)"
    r"(vehicle|veh|control|ctrl|saline|baseline)|_(of|to)_own"
)
# Rounded values have means that miss 100 by so many standard errors of the rounding.
ROUNDING = 4.0


def find_outcome_flags(sample: Sample, ruling: Ruling) -> list[Flag]:
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
        *_covariates(sample),
        *find_balance_flags(sample),
    ]


def _covariates(sample: Sample) -> list[Flag]:
    """Say that a covariate differs between groups, or acts differently in them."""
    flags = []
    for name, values in zip(sample.design.covariates, sample.covariates.T, strict=True):
        if np.ptp(values) == 0:
            flags.append(Flag("covariate_constant", 1, f"'{name}' has one value and is not used."))
            continue
        model = build_model(sample.cell, sample.blocks[:, :0], covariates=values[:, np.newaxis])
        differ = slopes_differ(model, sample.outcome)
        if differ and differ[3] < SLOPES:
            flags.append(
                Flag(
                    "covariate_slopes_differ",
                    differ[3],
                    f"The slope on '{name}' differs between the groups (p = {differ[3]:.2g}): the "
                    f"effects are those of an animal with the average '{name}'.",
                )
            )
        groups = [values[sample.cell == cell] for cell in np.unique(sample.cell)]
        usable = len(groups) > 1 and all(len(group) > 1 for group in groups)
        p = float(stats.f_oneway(*groups).pvalue) if usable else 1.0
        if p < UNEQUAL:
            flags.append(
                Flag(
                    "covariate_differs",
                    p,
                    f"'{name}' differs between the groups (p = {p:.2g}): was it measured before "
                    "the treatment, and were the animals allocated at random?",
                )
            )
    return flags


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
    """Return each animal's lowest and highest possible outcome, and the distance that counts as at it.

    Known where the study file bounds it, for percentages and for seconds of a scored time; elsewhere the
    extremes of the data stand in, and only ties at them count.
    """
    frame, outcome = sample.frame, sample.design.outcome
    zero = np.zeros(len(frame))
    least, most = sample.design.bounds
    if least is not None and most is not None:
        return zero + least, zero + most, zero + NEAR_END * (most - least)
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
    seen = len(means) == len(controls) and _at_own_vehicle(sample, controls, means)
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


def _at_own_vehicle(sample: Sample, controls: list[Floats], means: list[float]) -> bool:
    """Return whether both control cells have the mean that dividing by it gives them."""
    slack = ROUNDING * _step(sample.outcome) / np.sqrt(12 * min(map(len, controls)))
    return any(np.allclose(means, end, rtol=1e-4, atol=slack) for end in OWN_VEHICLE)


def _step(values: Floats) -> float:
    """Return what values were rounded to, 1 down to 0.0001; 0 where they were not.

    >>> _step(np.array([99.5, 101.0]))
    0.1
    """
    for digits in range(5):
        if np.allclose(values, np.round(values, digits), rtol=0, atol=1e-9):
            return float(10.0**-digits)
    return 0.0


def find_positive_control_flags(families: list[Family]) -> list[Flag]:
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
