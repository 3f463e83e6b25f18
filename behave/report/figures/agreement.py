"""Figures of agreement: totals against each other, their differences, and who saw what when."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from behave.report import style

PANEL, GUTTER = 2.5, 1.25
LEFT, BOTTOM, TOP = 0.75, 0.6, 0.4
ACROSS = 3
ROW, GAP = 0.16, 0.14
WIDTH = 7.4
UNIT = "immobility (s)"


def _pair(ratings: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Return both raters' immobility of the trials that both scored."""
    table = ratings.pivot_table(
        index="trial_id", columns="rater", values="immobility_s", sort=False
    )
    return table[[first, second]].dropna()


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with square panels, three in a row."""
    rows = math.ceil(count / ACROSS)
    tall = BOTTOM + PANEL + TOP
    figure = style.new_figure(LEFT + min(count, ACROSS) * (PANEL + GUTTER), rows * tall)
    places = [divmod(index, ACROSS) for index in range(count)]
    panels = [
        style.add_axes(
            figure, LEFT + column * (PANEL + GUTTER), (rows - 1 - row) * tall + BOTTOM, PANEL, PANEL
        )
        for row, column in places
    ]
    return figure, panels


@style.styled
def identity_plot(ratings: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> Figure:
    """Draw each pair's totals against each other, with the line of identity.

    Parameters
    ----------
    ratings
        As in `behave.model.tables.RATINGS`.
    pairs
        (first, second): the first is on the y axis.
    """
    figure, panels = _panels(len(pairs))
    for axes, (first, second) in zip(panels, pairs, strict=True):
        both = _pair(ratings, first, second)
        top = max(1.08 * float(both.to_numpy(np.float64).max(initial=0.0)), 1.0)
        axes.plot([0, top], [0, top], color=style.SOFT, linewidth=0.8, zorder=1)
        axes.scatter(both[second], both[first], s=22, color=style.INK, alpha=0.75, linewidth=0)
        axes.set(xlim=(0, top), ylim=(0, top), aspect="equal")
        axes.set_xlabel(style.shortened(f"{second}: {UNIT}", 44))
        axes.set_ylabel(style.shortened(f"{first}: {UNIT}", 44))
        axes.set_title(f"{len(both)} animals; line: identity", loc="left", color=style.SOFT)
    return figure


@style.styled
def bland_altman_plot(
    ratings: pd.DataFrame, comparisons: pd.DataFrame, pairs: Sequence[tuple[str, str]]
) -> Figure:
    """Draw each pair's differences over their means, with bias and limits of agreement.

    Parameters
    ----------
    ratings, comparisons
        As in `behave.model.tables.RATINGS` and `behave.model.tables.AGREEMENT`.
    pairs
        (first, second): the difference is first minus second.
    """
    figure, panels = _panels(len(pairs))
    for axes, (first, second) in zip(panels, pairs, strict=True):
        both = _pair(ratings, first, second)
        axes.axhline(0, color=style.FAINT, linewidth=0.8, zorder=0)
        for name, dashes in (("bias", "-"), ("limit_low", "--"), ("limit_high", "--")):
            value = _estimate(comparisons, first, second, name)
            if np.isfinite(value):
                axes.axhline(value, color=style.ALERT, linestyle=dashes, linewidth=0.9)
                axes.annotate(
                    f"{value:+.1f}",
                    (1, value),
                    xycoords=axes.get_yaxis_transform(),
                    xytext=(3, 0),
                    textcoords="offset points",
                    va="center",
                    color=style.ALERT,
                    fontsize=8,
                )
        axes.scatter(both.mean(axis=1), both[first] - both[second],
                     s=22, color=style.INK, alpha=0.75, linewidth=0)  # fmt: skip
        axes.margins(x=0.12, y=0.15)
        axes.set_xlabel("mean of both (s)")
        axes.set_ylabel(style.shortened(f"{first} - {second} (s)", 44))
        axes.set_title("bias and 95 % limits of agreement", loc="left", color=style.SOFT)
    return figure


def _estimate(comparisons: pd.DataFrame, first: str, second: str, name: str) -> float:
    """Return one statistic of a pair's immobility."""
    rows = comparisons[
        (comparisons["rater_1"] == first)
        & (comparisons["rater_2"] == second)
        & (comparisons["quantity"] == "immobility_s")
        & (comparisons["statistic"] == name)
    ]
    return float(rows["estimate"].iloc[0]) if len(rows) else np.nan


@style.styled
def ethogram_plot(bouts: pd.DataFrame) -> Figure:
    """Draw what each rater saw in each trial, the raters of a trial under one another.

    Parameters
    ----------
    bouts
        ``trial_id, rater, state, start_s, stop_s``, times from the start of
        what all watched.
    """
    groups = [(str(trial), rows) for trial, rows in bouts.groupby("trial_id", sort=False)]
    if not groups:
        figure = style.new_figure(WIDTH, 1.0)
        style.note(figure, "only totals were scored: there are no bouts to draw")
        return figure
    lines = sum(rows["rater"].nunique() for _, rows in groups)
    height = lines * ROW + len(groups) * GAP
    figure = style.new_figure(WIDTH, height + BOTTOM + TOP)
    axes = style.add_axes(figure, 1.6, BOTTOM, WIDTH - 1.75, height)
    y, ticks, names = 0.0, [], []
    for trial, rows in groups:
        axes.annotate(style.shortened(trial, 18), (0, y + ROW / 2), xytext=(-107, 0),
                      textcoords="offset points", va="center", fontsize=7.5, annotation_clip=False)  # fmt: skip
        for rater, own in rows.groupby("rater", sort=False):
            _draw_row(axes, own, y)
            ticks.append(y + ROW / 2)
            names.append(style.shortened(str(rater), 14))
            y += ROW
        y += GAP
    axes.set_ylim(y - GAP / 2, -GAP / 2)
    axes.set_xlim(0, float(bouts["stop_s"].max()))
    axes.set_yticks(ticks, names, fontsize=6.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("time from the start of what all watched (s)")
    figure.legend(
        handles=[
            Patch(facecolor=style.STATE_COLOURS[state], edgecolor=style.SOFT, linewidth=0.4, label=label)
            for state, label in (
                ("immobile", "immobile"),
                ("mobile", "mobile"),
                ("unscored", "not seen"),
            )
        ],
        loc="upper right",
        ncols=3,
        handlelength=1.2,
        borderaxespad=0.2,
    )  # fmt: skip
    return figure


def _draw_row(axes: Axes, bouts: pd.DataFrame, y: float) -> None:
    """Draw one rater's bouts of one trial as a bar."""
    for state, own in bouts.groupby("state", sort=False):
        spans = list(zip(own["start_s"], own["stop_s"] - own["start_s"], strict=True))
        axes.broken_barh(
            spans, (y, 0.86 * ROW), facecolor=style.STATE_COLOURS[str(state)], linewidth=0
        )
