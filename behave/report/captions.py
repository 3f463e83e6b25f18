"""What each figure shows and how to read it, in words."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd

from behave.report import words
from behave.report.effects import effects_of
from behave.report.figures.specification import grid_rows
from behave.report.latency import latency_words
from behave.report.prose import group_names
from behave.report.results import Results
from behave.report.statistics_sheets import agreement

Words = tuple[str, str]


def captions(results: Results, rows: pd.DataFrame, drawn: Collection[str]) -> dict[str, Words]:
    """Return (alternative text, caption) of each figure, by its name.

    Parameters
    ----------
    results
        What is reported.
    rows
        Animals, from `behave.report.groups.animals`.
    drawn
        Names of the figures that there are.
    """
    written: Mapping[str, Callable[[Results, pd.DataFrame], Words]] = {
        "estimation": _estimation,
        "interaction": _interaction,
        "immobility_per_bin": _bins,
        "latency": latency_words,
        "ethogram": _ethogram,
        "specification_curve": _specification,
        "comparisons": _comparisons,
        "dose_series": _doses,
        "motion_scale": _scale,
        "outcomes": _outcomes,
    }
    return {name: write(results, rows) for name, write in written.items() if name in drawn}


def _scale(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the cameras' motion."""
    told = "; ".join(
        f"camera {row['camera']} ({row['tracker']}): threshold {row['immobile_below']:.3g}"
        for row in results.calibration.to_dict("records")
    )
    alt = f"Histogram of the motion of all animals of each camera. {told}."
    return alt, (
        "The motion of all animals of a camera after their entry, each animal with the same weight, and "
        "the threshold (red): to its left an animal counts as immobile. Two hills with a valley "
        "between them are floating and movement. The threshold was set without knowledge of "
        "the groups."
    )


def _estimation(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the estimation plot."""
    outcome, decimals = _outcome(results)
    effects = "; ".join(
        f"{name} {words.number(effect.estimate, decimals)} "
        f"{words.interval(effect.conf_low, effect.conf_high, decimals)}"
        for name, effect in effects_of(results.verdict).items()
    )
    rho = words.rho_of(results.verdict, results.design)
    alt = (
        f"Estimation plot of {outcome}. {_means(results)}. "
        f"Effects with 95 % intervals: {effects or 'not estimable'}."
    )
    above = "Above, every animal; beside each group its mean and standard deviation. "
    drug, blocker = words.level_name(results.design["agonist"]), results.design.get("antagonist")
    if not blocker:
        return alt, (
            f"{above}Below, the effect of {drug} with its 95 % interval; the tinted curve is the "
            "estimate's t distribution. Positive means benefit."
        )
    caption = (
        f"{above}Below, the effect of {drug} without and with {words.level_name(blocker)}, and "
        "their difference I, and the effect A of the antagonist itself, each with its 95 % interval; the tinted curve is the estimate's t "
        f"distribution. The band around 0 at Kn reaches {rho:g} times the estimated K to either "
        "side; the rule's own tests allow for K being an estimate. Positive means benefit."
    )
    return alt, caption


def _interaction(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the interaction plot."""
    drug = words.level_name(results.design["agonist"])
    blocker = words.level_name(results.design["antagonist"])
    alt = f"Interaction plot of mean {_outcome(results)[0]} with 95 % intervals. {_means(results)}."
    caption = (
        f"Group means with 95 % intervals, drawn only as far as the outcome can go. The dotted line shows where {blocker} with {drug} "
        f"would lie if {blocker} left the effect of {drug} as it is; the step from its end to the "
        "mean is I."
    )
    return alt, caption


def _bins(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the course over time bins."""
    bins = results.bins[["start_s", "stop_s"]].drop_duplicates()
    alt = (
        f"Immobility of the groups in {len(bins)} time bins, in percent of the scored time, "
        "with 95 % intervals."
    )
    caption = (
        "Group means per time bin with 95 % intervals (unadjusted, drawn from 0 to 100 % at most). "
        "Shaded: the scored window."
    )
    return alt, caption


def _ethogram(results: Results, rows: pd.DataFrame) -> Words:
    """Return the words of the ethogram, with the trials that it does not show."""
    drawn = rows["trial_id"].isin(set(results.bouts["trial_id"])) & (rows["status"] == "done")
    absent = rows[~drawn]
    listed = ", ".join(
        f"{animal} ({status if status != 'done' else 'no bouts'})"
        for animal, status in zip(absent["animal_id"], absent["status"], strict=True)
    )
    alt = f"Ethogram: states over time of {int(drawn.sum())} animals, ordered by group."
    caption = "One row per scored animal, the most immobile of each group first. " + (
        f"Not drawn: {listed}." if listed else "No trial is absent."
    )
    return alt, caption


def _specification(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the specification curve."""
    grid = grid_rows(results.sensitivity)
    alt = f"Specification curve over {len(grid)} scorings: {agreement(grid)} with the verdict."
    caption = (
        f"The verdict rule over a grid of {len(grid)} scorings: {agreement(grid)} with the "
        "verdict. Dark: the same label; orange: another. Dashed: the reported estimate. The "
        "squares tell how each scoring was made."
    )
    return alt, caption


def _comparisons(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the forest of further comparisons."""
    told = " ".join(family["text"] for family in results.verdict["families"])
    caption = (
        "The further comparisons, each with the 95 % interval of its effect; none is adjusted "
        "for the others here. Positive means benefit."
    )
    return words.typeset(told), caption


def _outcomes(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the outcomes side by side."""
    told = words.typeset(results.verdict["outcomes"]["text"])
    caption = (
        "Each outcome's effects with 95 % intervals, divided by its standard deviation within "
        "groups so that they share an axis; positive means benefit."
    )
    if results.design.get("antagonist"):
        caption += (
            " Right: the share of the effect that was taken away, with its 95 % interval; "
            "shaded, at least half. Beside it the label, which rests on the outcome's own unit."
        )
    return told, caption


def _doses(results: Results, _: pd.DataFrame) -> Words:
    """Return the words of the dose series."""
    told = " ".join(series["text"] for series in results.verdict["dose_series"])
    caption = (
        "Every animal, and the mean of each dose with its 95 % interval; doses on a log scale, "
        "the control apart. The line is the fitted curve; there is none where its ED50 is not "
        "identified."
    )
    return words.typeset(told), caption


def _outcome(results: Results) -> tuple[str, int]:
    """Return the outcome's name and how many decimals show it."""
    spreads: list[Any] = results.cells["std_dev"].tolist()
    return words.quantity(results.design["outcome"])[0], words.decimals_for(spreads)


def _means(results: Results) -> str:
    """Return mean and n of every group."""
    cells, decimals = results.cells, _outcome(results)[1]
    return "; ".join(
        f"{name} mean {words.number(mean, decimals)}, n = {n}"
        for name, mean, n in zip(group_names(cells), cells["mean"], cells["n"], strict=True)
    )
