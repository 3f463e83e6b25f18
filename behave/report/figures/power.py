"""The planning figure: power and the verdict's labels against the animals per group."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator, PercentFormatter

from behave.report import style

WIDTH, HEIGHT = 7.4, 3.3
LEFT, BOTTOM, TOP, GUTTER, RIGHT = 0.75, 0.5, 0.3, 0.65, 1.45
TICKS = (4, 8, 16, 32, 64, 128)
# Labels in the order in which they are stacked, from what decides least to what decides most.
STACK = {
    "no_agonist_effect": "#e4e7ec",
    "inconclusive": "#c9d0d9",
    "enhanced": "#b3400d",
    "not_blocked": "#e0a458",
    "attenuated": "#bcd2c4",
    "partially_blocked": "#7fae93",
    "blocked": "#2f6b4f",
    "reversed": "#16395c",
}
# A band thinner than this everywhere is not seen and not named.
SEEN = 0.01


@style.styled
def power_plot(table: pd.DataFrame, power: float) -> Figure:
    """Draw what a number of animals per group buys.

    Parameters
    ----------
    table
        As in `behave.model.tables.POWER`.
    power
        The wanted power; drawn as a line.
    """
    figure = style.new_figure(WIDTH, HEIGHT)
    across = (WIDTH - LEFT - GUTTER - RIGHT) / 2
    up = HEIGHT - BOTTOM - TOP
    contrasts = style.add_axes(figure, LEFT, BOTTOM, across, up)
    labels = style.add_axes(figure, LEFT + across + GUTTER, BOTTOM, across, up)
    _draw_power(contrasts, table, power)
    _draw_labels(labels, table)
    for axes in (contrasts, labels):
        _scale(axes, table["n_per_cell"].to_numpy(dtype=np.float64))
    return figure


def _draw_power(axes: Axes, table: pd.DataFrame, power: float) -> None:
    """Draw the power of the two contrasts."""
    n = table["n_per_cell"]
    axes.axhline(power, color=style.SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    for column, name, line_style in (
        ("K_power", "agonist's effect, K", "solid"),
        ("I_power", "interaction, I", (0, (5, 2))),
    ):
        axes.plot(
            n, table[column], color=style.INK, linewidth=1.4, linestyle=line_style, label=name,
            marker="o", markersize=3, clip_on=False,
        )  # fmt: skip
    axes.legend(loc="lower right", handlelength=2.4)
    axes.set_title("Interval above 0", loc="left")
    axes.set_ylabel("Experiments")


def _draw_labels(axes: Axes, table: pd.DataFrame) -> None:
    """Stack the shares of the labels, named at the right in the same order."""
    n = table["n_per_cell"].to_numpy(dtype=np.float64)
    shares = table[list(STACK)].to_numpy(dtype=np.float64).T
    areas = axes.stackplot(n, shares, colors=list(STACK.values()), linewidth=0)
    seen = [
        (area, label.replace("_", " "))
        for area, label, share in zip(areas, STACK, shares, strict=True)
        if share.max() >= SEEN
    ]
    handles, names = zip(*reversed(seen), strict=True)
    axes.legend(handles, names, loc="upper left", bbox_to_anchor=(1.0, 1.02), handlelength=1.2)
    axes.set_title("Verdict (simulated)", loc="left")


def _scale(axes: Axes, n: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> None:
    """Give an axes a doubling scale of animals and percent upwards."""
    axes.set_xscale("log", base=2)
    axes.set_xlim(n.min(), n.max())
    axes.set_xticks([tick for tick in TICKS if n.min() <= tick <= n.max()])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_xlabel("Animals per group")
