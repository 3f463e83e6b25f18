"""Immobility per time bin: the course of the test, by group."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import special

from behave.report import style, words
from behave.report.groups import analysed, groups_of

WIDTH, HEIGHT = 4.3, 3.3


def bin_means(bins: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return each group's mean immobility per bin with its 95 % interval.

    Parameters
    ----------
    bins
        Table of time bins.
    rows
        Animals, from `behave.report.groups.animals`; those analysed count.

    Returns
    -------
    pandas.DataFrame
        ``group, bin, start_s, stop_s, n, mean, conf_low, conf_high``, in
        percent of the bin's scored time; a bin without scored time is left
        out. Intervals are Student's, of each mean alone, not adjusted, and cut at
        0 and 100.
    """
    joined = bins.merge(analysed(rows)[["trial_id", "group"]], on="trial_id")
    joined = joined[joined["scored_s"] > 0]
    joined = joined.assign(share=100 * joined["immobility_s"] / joined["scored_s"])
    means = (
        joined.groupby(["group", "bin"], as_index=False)
        .agg(
            start_s=("start_s", "min"),
            stop_s=("stop_s", "max"),
            n=("share", "count"),
            mean=("share", "mean"),
            spread=("share", "std"),
        )
        .astype({"group": "int64", "n": "int64"})
    )
    reach = [
        float(special.stdtrit(n - 1, 0.975)) * spread / math.sqrt(n) if n > 1 else math.nan
        for n, spread in zip(means["n"], means["spread"], strict=True)
    ]
    return means.drop(columns="spread").assign(
        conf_low=(means["mean"] - reach).clip(lower=0),
        conf_high=(means["mean"] + reach).clip(upper=100),
    )


@style.styled
def immobility_per_bin(
    bins: pd.DataFrame,
    rows: pd.DataFrame,
    design: Mapping[str, Any],
    protocol: Mapping[str, Any],
) -> Figure:
    """Draw each group's immobility over the test, with 95 % intervals.

    Parameters
    ----------
    bins
        Table of time bins.
    rows
        Animals, from `behave.report.groups.animals`.
    design, protocol
        The study file's blocks of these names.
    """
    figure = style.new_figure(WIDTH, HEIGHT)
    means = bin_means(bins, rows)
    if means.empty:
        style.note(figure, "no time bins")
        return figure
    axes = style.add_axes(figure, 0.62, 0.5, WIDTH - 0.79, HEIGHT - 1.0)
    longest = float(means["stop_s"].max())
    divide, unit = words.time_axis(longest)
    window = protocol.get("score_window_s")
    if window:
        axes.axvspan(
            window[0] / divide,
            min(window[1], longest) / divide,
            color="#f1f3f6",
            linewidth=0,
            zorder=0,
        )
    width = float(np.median(means["stop_s"] - means["start_s"]))
    for number, group in enumerate(groups_of(design)):
        course = means[means["group"] == number]
        shift = (number - 1.5) * 0.07 * width
        x = ((course["start_s"] + course["stop_s"]) / 2 + shift) / divide
        line_style = "solid" if number < 2 else (0, (5, 2))  # noqa: PLR2004 - two without, two with the antagonist
        axes.plot(
            x,
            course["mean"],
            color=group.colour,
            linewidth=1.2,
            linestyle=line_style,
            clip_on=False,
        )
        axes.vlines(
            x,
            course["conf_low"],
            course["conf_high"],
            color=group.colour,
            linewidth=1.2,
            clip_on=False,
        )
        axes.plot(
            x,
            course["mean"],
            group.marker,
            color=group.colour,
            markerfacecolor=group.face,
            markersize=5.5,
            markeredgewidth=1.2,
            label=group.short(11),
            clip_on=False,
        )
    axes.set_xlim(0, longest / divide)
    axes.set_ylim(0, 100)
    axes.set_xlabel(f"Time from entry ({unit})")
    axes.set_ylabel("Immobility (% of scored time)")
    handles, labels = axes.get_legend_handles_labels()
    order = (0, 2, 1, 3) if len(handles) == 4 else range(len(handles))  # noqa: PLR2004 - four groups
    figure.legend(
        [handles[i] for i in order],
        [labels[i] for i in order],
        loc="upper left",
        bbox_to_anchor=(0.1, 1.0),
        ncols=2,
        columnspacing=1.2,
        handletextpad=0.3,
        borderaxespad=0.2,
        fontsize=7.5,
    )
    return figure
