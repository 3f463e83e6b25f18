"""The specification curve: the same verdict rule over a grid of scorings."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from behave.report import style, words
from behave.report.effects import effects_of

GRID = "scoring grid"
WIDTH, LEFT, RIGHT = 7.4, 1.45, 0.12
EFFECT_HEIGHT, GAP = 1.0, 0.14
CHOICE = 0.165
PARTS = ("K", "Kn", "I")
# The columns that say how a scoring was made, and how their values read.
CHOICES = {
    "threshold": ("threshold_factor", "x{:g}"),
    "bouts from": ("min_bout_s", "{:g} s"),
    "window": ("window", "{}"),
}


def grid_rows(sensitivity: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the scoring grid, from the smallest I to the largest."""
    grid = sensitivity[(sensitivity["analysis"] == GRID) & (sensitivity["comparison"] == "")]
    return grid.sort_values(["I_estimate", "setting"], kind="stable").reset_index(drop=True)


def choices(grid: pd.DataFrame) -> dict[str, dict[str, "pd.Series[bool]"]]:
    """Return each choice's name, its values in order, and which scorings took them.

    Parameters
    ----------
    grid
        Rows of the scoring grid.
    """
    return {
        name: {form.format(value): grid[column] == value for value in sorted(grid[column].unique())}
        for name, (column, form) in CHOICES.items()
    }


@style.styled
def specification_curve(
    sensitivity: pd.DataFrame, verdict: Mapping[str, Any], design: Mapping[str, Any]
) -> Figure:
    """Draw K, Kn and I under every scoring of the grid, and what each was.

    Dark: the label is the verdict's; orange and hollow: it is another. The
    line across each panel is the verdict's own estimate.

    Parameters
    ----------
    sensitivity
        ``stats/sensitivity.csv``; its rows of the analysis 'scoring grid'.
    verdict
        ``stats/verdict.json``.
    design
        The study file's design block.
    """
    grid = grid_rows(sensitivity)
    if grid.empty:
        figure = style.new_figure(WIDTH, 1.0)
        style.note(figure, "no scoring grid")
        return figure
    parts = {**choices(grid), "verdict": _labels(grid, verdict)}
    lines = sum(len(values) + 0.6 for values in parts.values())
    matrix_height = CHOICE * lines
    effects_height = len(PARTS) * (EFFECT_HEIGHT + GAP)
    figure = style.new_figure(WIDTH, 0.3 + effects_height + matrix_height + 0.42)
    across = WIDTH - LEFT - RIGHT
    for number, name in enumerate(reversed(PARTS)):
        bottom = 0.42 + matrix_height + number * (EFFECT_HEIGHT + GAP)
        axes = style.add_axes(figure, LEFT, bottom, across, EFFECT_HEIGHT)
        _draw_effect(axes, grid, name, verdict)
    axes.annotate(
        words.benefit_label(design),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 5),
        textcoords="offset points",
        fontsize=7.5,
        color=style.SOFT,
    )
    matrix = style.add_axes(figure, LEFT, 0.42, across, matrix_height)
    _draw_choices(matrix, grid, parts, lines)
    matrix.set_xlabel(f"{len(grid)} scorings, ordered by I", color=style.SOFT)
    return figure


def _draw_effect(axes: Axes, grid: pd.DataFrame, name: str, verdict: Mapping[str, Any]) -> None:
    """Draw one effect with its interval under every scoring."""
    _set_x(axes, len(grid))
    axes.axhline(0, color=style.SOFT, linewidth=0.8)
    if effect := effects_of(verdict).get(name):
        axes.axhline(
            effect.estimate,
            color=style.BAND_EDGE,
            linewidth=0.8,
            linestyle=(0, (3, 2)),
            label="verdict",
        )
    width = max(0.6, min(2.0, 150 / len(grid)))
    size = max(2.0, min(5.0, 260 / len(grid)))
    for agrees, colour, face in ((True, style.INK, style.INK), (False, style.ALERT, "white")):
        rows = grid[grid["agrees"].fillna(False).astype(bool) == agrees]
        axes.vlines(
            rows.index,
            rows[f"{name}_conf_low"],
            rows[f"{name}_conf_high"],
            color=colour,
            linewidth=width,
            alpha=0.55,
        )
        axes.plot(
            rows.index,
            rows[f"{name}_estimate"],
            "o",
            color=colour,
            markerfacecolor=face,
            markersize=size,
            label="agrees" if agrees else "differs",
        )
    axes.set_ylabel(name, rotation=0, ha="right", va="center", labelpad=6, **style.SYMBOL)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _draw_choices(
    axes: Axes,
    grid: pd.DataFrame,
    parts: Mapping[str, Mapping[str, "pd.Series[bool]"]],
    lines: float,
) -> None:
    """Draw under each scoring which value of each setting it took."""
    _set_x(axes, len(grid))
    axes.set_ylim(lines, -0.3)
    agrees = grid["agrees"].fillna(False).astype(bool)
    size = max(1.6, min(4.5, 240 / len(grid)))
    y = 0.3
    for name, values in parts.items():
        axes.annotate(
            style.shortened(words.capital(name), 18),
            (-LEFT * 72 + 2, y + (len(values) - 1) / 2),
            xycoords=("axes points", "data"),
            va="center",
            fontsize=7.5,
            color=style.SOFT,
            annotation_clip=False,
        )
        for value, taken in values.items():
            axes.text(
                -0.012,
                y,
                style.shortened(value.replace("_", " "), 17),
                ha="right",
                va="center",
                fontsize=7,
                transform=axes.get_yaxis_transform(),
            )
            axes.axhline(y, color=style.FAINT, linewidth=0.5, zorder=0)
            for same, colour in ((True, style.INK), (False, style.ALERT)):
                xs = grid.index[taken & (agrees == same)]
                axes.plot(
                    xs, [y] * len(xs), "s", color=colour, markersize=size, label=f"{name} {value}"
                )
            y += 1
        y += 0.6
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _labels(grid: pd.DataFrame, verdict: Mapping[str, Any]) -> dict[str, "pd.Series[bool]"]:
    """Return the labels that occur, the verdict's own first, and which scorings have them."""
    order = sorted(set(grid["label"]), key=lambda label: (label != verdict.get("label"), label))
    return {label: grid["label"] == label for label in order}


def _set_x(axes: Axes, count: int) -> None:
    """Give the panels one x axis: a place for each scoring."""
    axes.set_xlim(-0.8, count - 0.2)
