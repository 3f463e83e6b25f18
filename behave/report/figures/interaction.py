"""The interaction plot: whether the antagonist changes the agonist's step."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from behave.report import style, words
from behave.report.groups import groups_of

WIDTH, HEIGHT = 4.3, 3.3
DODGE = 0.03


@style.styled
def interaction_plot(
    cells: pd.DataFrame,
    design: Mapping[str, Any],
    possible: tuple[float, float] = (-math.inf, math.inf),
) -> Figure:
    """Draw the cell means with 95 % intervals, a line per level of the antagonist.

    The dotted line starts at the antagonist's own control and runs parallel
    to the line without antagonist: where it ends, the fourth group would lie
    if the antagonist changed nothing of the agonist's effect.

    Parameters
    ----------
    cells
        ``stats/cells.csv``.
    design
        The study file's design block.
    possible
        The lowest and the highest value that the outcome can have; intervals
        are cut there.
    """
    cells = cells.assign(
        conf_low=cells["conf_low"].clip(lower=possible[0]),
        conf_high=cells["conf_high"].clip(upper=possible[1]),
    )
    figure = style.new_figure(WIDTH, HEIGHT)
    axes = style.add_axes(figure, 0.62, 0.62, WIDTH - 0.62 - 1.15, HEIGHT - 0.75)
    lines = []
    for first in (0, 2):
        pair = groups_of(design)[first : first + 2]
        shift = -DODGE if first == 0 else DODGE
        found = [_row(cells, group.antagonist, group.agonist) for group in pair]
        means = [row["mean"] if row is not None else math.nan for row in found]
        line_style = "solid" if first == 0 else (0, (5, 2))
        axes.plot(
            [shift, 1 + shift],
            means,
            color=style.SOFT,
            linewidth=1.2,
            linestyle=line_style,
            zorder=1,
            label=pair[0].antagonist,
        )
        for x, group, row in zip((0, 1), pair, found, strict=True):
            if row is None:
                continue
            axes.plot(
                [x + shift] * 2,
                [row["conf_low"], row["conf_high"]],
                color=group.colour,
                linewidth=1.8,
                solid_capstyle="butt",
                label=f"{group.name} interval",
            )
            axes.plot(
                [x + shift],
                [row["mean"]],
                group.marker,
                color=group.colour,
                markerfacecolor=group.face,
                markersize=7,
                markeredgewidth=1.4,
                label=group.name,
            )
        lines.append((pair[0].antagonist, means, shift))
    (_, without, _), (_, under, shift) = lines
    parallel = [under[0], under[0] + without[1] - without[0]]
    if all(map(math.isfinite, parallel)):
        axes.plot(
            [shift, 1 + shift],
            parallel,
            color=style.SOFT,
            linewidth=0.9,
            linestyle=(0, (1, 2)),
            zorder=0,
            label="no interaction",
        )
    _finish(axes, cells, design, [(name, means[1]) for name, means, _ in lines])
    return figure


def _finish(
    axes: Axes, cells: pd.DataFrame, design: Mapping[str, Any], ends: list[tuple[str, float]]
) -> None:
    """Set limits and write the names of axes, levels and lines."""
    axes.set_xlim(-0.25, 1.2)
    bounds = pd.concat([cells["conf_low"], cells["conf_high"], cells["mean"]]).dropna()
    low, high = min(0.0, bounds.min() if len(bounds) else 0.0), bounds.max() if len(bounds) else 1.0
    span = (high - low) or 1.0
    axes.set_ylim(low - (0.04 * span if low < 0 else 0), high + 0.05 * span)
    axes.set_xticks(
        [0, 1], [style.wrapped(group.agonist, 18, 2) for group in groups_of(design)[:2]]
    )
    axes.set_xlabel(style.shortened(design["agonist"]["column"], 30), color=style.SOFT)
    axes.set_ylabel("Mean " + words.axis_label(design["outcome"]).lower())
    known = [(name, y) for name, y in ends if math.isfinite(y)]
    heights = spread_apart([y for _, y in known], 0.15 * (axes.get_ylim()[1] - axes.get_ylim()[0]))
    for (name, _), height in zip(known, heights, strict=True):
        axes.text(
            1.22, height, style.wrapped(name, 13, 3), va="center", linespacing=1.05, clip_on=False
        )
    axes.annotate(
        style.shortened(design["antagonist"]["column"], 15),
        (1.22, 1.01),
        xycoords=axes.get_xaxis_transform(),
        fontsize=7.5,
        color=style.SOFT,
        va="bottom",
        annotation_clip=False,
    )


def spread_apart(heights: list[float], least: float) -> list[float]:
    """Return one or two heights moved apart to at least a distance."""
    if len(heights) < 2 or abs(heights[0] - heights[1]) >= least:  # noqa: PLR2004 - a pair
        return heights
    middle = sum(heights) / 2
    up = 1 if heights[0] >= heights[1] else -1
    return [middle + up * least / 2, middle - up * least / 2]


def _row(cells: pd.DataFrame, antagonist: str, agonist: str) -> "pd.Series[Any] | None":
    """Return the row of a cell, None where it is absent or empty."""
    found = cells[(cells["antagonist"] == antagonist) & (cells["agonist"] == agonist)]
    return None if found.empty or math.isnan(found["mean"].iloc[0]) else found.iloc[0]
