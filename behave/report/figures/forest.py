"""The forest of several experiments: each one's effect, and both means."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from behave.report import style, words
from behave.report.sheets import records

WIDTH, LEFT, RIGHT, ROW, UNDER, OVER = 7.4, 1.9, 2.35, 0.32, 0.55, 0.35
NAME_WIDTH = 26


@style.styled
def forest(table: pd.DataFrame, effect: str, axis: str) -> Figure:
    """Draw one effect of every experiment with its 95 % interval, and the pooled means below.

    Parameters
    ----------
    table
        ``pooled.csv``.
    effect
        ``I``, or ``K`` without an antagonist.
    axis
        The label of the axis.
    """
    rows = records(table[table["effect"] == effect])
    height = ROW * (len(rows) + 0.5)
    figure = style.new_figure(WIDTH, UNDER + height + OVER)
    axes = style.add_axes(figure, LEFT, UNDER, WIDTH - LEFT - RIGHT, height)
    ends = [0.0, *(row[key] for row in rows for key in ("conf_low", "conf_high"))]
    known = [end for end in ends if math.isfinite(end)]
    room = 0.06 * (max(known) - min(known))
    axes.set_xlim(min(known) - room, max(known) + room)
    axes.set_ylim(len(rows), -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=style.SOFT, linewidth=0.8, zorder=0)
    axes.set_xlabel(axis)
    decimals = words.decimals_for([2 * row["std_error"] for row in rows])
    _write(axes, -0.85, "", f"{effect} [95 %]", "weight", bold=True)
    for index, row in enumerate(rows):
        pooled = row["row"] != "experiment"
        y = index + (0.5 if pooled else 0.0)
        _draw(axes, row, y, pooled=pooled)
        limits = words.interval(row["conf_low"], row["conf_high"], decimals)
        value = f"{words.number(row['estimate'], decimals)} {limits}"
        weight = "" if pooled else f"{row['weight_random_pct']:.0f}{words.HELD}%"
        _write(
            axes,
            y,
            words.capital(row["name"]) if pooled else row["name"],
            value,
            weight,
            bold=pooled,
        )
    return figure


def _draw(axes: Axes, row: dict[str, float], y: float, *, pooled: bool) -> None:
    """Draw one interval: a square as large as its weight, a diamond for a mean."""
    low, high, middle = row["conf_low"], row["conf_high"], row["estimate"]
    colour = style.ALERT if pooled else style.INK
    if pooled:
        axes.fill(
            [low, middle, high, middle], [y, y - 0.25, y, y + 0.25], color=colour, linewidth=0
        )
        return
    axes.plot([low, high], [y, y], color=colour, linewidth=1.5, solid_capstyle="butt")
    size = 3 + 6 * math.sqrt(row["weight_random_pct"] / 100)
    axes.plot([middle], [y], "s", color=colour, markersize=size)


def _write(axes: Axes, y: float, name: str, value: str, weight: str, *, bold: bool) -> None:
    """Write what stands beside one line."""
    beside = axes.get_yaxis_transform()
    weighty = "bold" if bold else "normal"
    axes.text(-0.03, y, style.shortened(name, NAME_WIDTH), transform=beside, ha="right", va="center",
              weight=weighty)  # fmt: skip
    inches = WIDTH - LEFT - RIGHT
    axes.text(1 + 0.1 / inches, y, value, transform=beside, va="center", weight=weighty)
    axes.text(1 + (RIGHT - 0.08) / inches, y, weight, transform=beside, va="center", ha="right",
              weight=weighty)  # fmt: skip
