"""The outcomes of one study side by side: effects in SDs, the share taken away, the label."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from behave.report import style, words
from behave.report.groups import groups_of
from behave.report.sheets import records

WIDTH, LEFT, LABELS, GAP, UNDER, OVER = 7.4, 2.1, 1.35, 0.3, 0.55, 0.5
ROW = 0.5
NAME_WIDTH, LABEL_WIDTH = 27, 18
# Shares outside are cut: an effect that was doubled, or turned round in full.
SHARE_LIMITS = (-100.0, 200.0)
BLOCKED = 50.0


@style.styled
def outcomes(table: pd.DataFrame, design: Mapping[str, Any]) -> Figure:
    """Draw K and Kn of each outcome in SDs within groups, and how much of K was taken away.

    Parameters
    ----------
    table
        ``stats/outcomes.csv``.
    design
        The study file's design block.
    """
    ruled = bool(design.get("antagonist"))
    height = ROW * len(table)
    figure = style.new_figure(WIDTH, UNDER + height + OVER)
    inner = WIDTH - LEFT - (LABELS + GAP if ruled else 0.1)
    width = 0.55 * inner if ruled else inner
    left = style.add_axes(figure, LEFT, UNDER, width, height)
    axes = [left]
    if ruled:
        axes.append(style.add_axes(figure, LEFT + width + GAP, UNDER, inner - width, height))
    for place in axes:
        place.set_ylim(len(table) - 0.5, -0.5)
        place.set_yticks([])
        place.spines["left"].set_visible(False)
    left.axvline(0, color=style.SOFT, linewidth=0.8, zorder=0)
    left.set_xlabel("Benefit in SDs within groups")
    _name_effects(left, design, height)
    for y, row in enumerate(records(table)):
        _draw_effects(left, row, y, design)
        if ruled:
            _draw_share(axes[1], row, y)
    if ruled:
        _frame_shares(axes[1])
    return figure


def _name_effects(axes: Axes, design: Mapping[str, Any], height: float) -> None:
    """Write above the effects, whose axes are so many inches high, what each mark stands for."""
    meanings = words.effects(design)
    for inches, name, marker in ((0.36, "K", "o"), (0.14, "Kn", "s")):
        if name not in meanings:
            continue
        colour, y = _colour(name, design), 1.0 + inches / height
        where: dict[str, Any] = {"transform": axes.transAxes}
        axes.plot([0.015], [y], marker, color=colour, markersize=5, clip_on=False, **where)
        said = style.shortened(words.capital(meanings[name]), 44)
        axes.text(0.05, y, said, va="center", color=colour, **where)


def _colour(name: str, design: Mapping[str, Any]) -> str:
    """Return the colour of the group that was given the agonist, without and with antagonist."""
    return groups_of(design)[1 if name == "K" else 3].colour


def _draw_effects(axes: Axes, row: Mapping[str, Any], y: float, design: Mapping[str, Any]) -> None:
    """Draw one outcome's name and its effects in SDs."""
    beside = axes.get_yaxis_transform()
    name = style.shortened(row["name"].replace("_", " "), NAME_WIDTH)
    measured = words.axis_label(row["outcome"]) + ("" if row["primary"] else ", not primary")
    axes.text(-0.03, y - 0.14, name, transform=beside, ha="right", va="center", weight="bold")
    told = style.shortened(measured, 36)
    axes.text(-0.03, y + 0.2, told, transform=beside, ha="right", va="center", fontsize=7.5,
              color=style.SOFT)  # fmt: skip
    scale = row["std_dev"]
    for shift, effect, marker in ((-0.14, "K", "o"), (0.14, "Kn", "s")):
        values = [row[f"{effect}_{part}"] for part in ("estimate", "conf_low", "conf_high")]
        if words.missing(values[0]) or words.missing(scale) or not scale > 0:
            continue
        middle, low, high = (float(value) / scale for value in values)
        colour = _colour(effect, design)
        if math.isfinite(low):
            axes.plot([low, high], [y + shift] * 2, color=colour, linewidth=2,
                      solid_capstyle="butt", label=f"{row['name']} {effect}")  # fmt: skip
        axes.plot([middle], [y + shift], marker, color=colour, markersize=5)


def _draw_share(axes: Axes, row: Mapping[str, Any], y: float) -> None:
    """Draw how much of one outcome's K was taken away, and its label."""
    label = style.wrapped(words.capital(row["label"].replace("_", " ")), LABEL_WIDTH, 2)
    axes.text(1.06, y, label, transform=axes.get_yaxis_transform(), va="center")
    values = [row[f"reversal_{part}"] for part in ("pct", "conf_low", "conf_high")]
    least, most = SHARE_LIMITS
    if any(map(words.missing, values)):
        axes.text(0.5 * (least + most), y, "K not shown: no share", va="center", ha="center",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
                  fontsize=7.5, color=style.SOFT)  # fmt: skip
        return
    middle, low, high = map(float, values)
    axes.plot([max(low, least), min(high, most)], [y, y], color=style.INK, linewidth=2,
              solid_capstyle="butt", label=f"{row['name']} share")  # fmt: skip
    for end, beyond, marker in ((least, low < least, "<"), (most, high > most, ">")):
        if beyond:
            axes.plot([end], [y], marker, color=style.INK, markersize=4, clip_on=False)
    if least <= middle <= most:
        axes.plot([middle], [y], "D", color=style.INK, markersize=4.5)


def _frame_shares(axes: Axes) -> None:
    """Set the axis of the shares."""
    axes.set_xlim(*SHARE_LIMITS)
    axes.axvspan(BLOCKED, SHARE_LIMITS[1], color=style.BAND, linewidth=0, zorder=-1)
    axes.axvline(0, color=style.SOFT, linewidth=0.8, zorder=0)
    axes.axvline(100, color=style.SOFT, linewidth=0.8, linestyle=(0, (3, 3)), zorder=0)
    axes.set_xticks([-100, 0, 50, 100, 200])
    axes.set_xlabel("% of the effect taken away")
