"""The forest of further comparisons: each arm's effects, and the differences."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from behave.report import style, words
from behave.report.groups import groups_of

WIDTH, LEFT, RIGHT = 7.4, 2.15, 1.25
LINE_HEIGHT, TITLE_HEIGHT, UNDER = 0.2, 0.3, 0.55
NAME_WIDTH = 26


@dataclass(frozen=True)
class Line:
    """One line of the forest.

    Parameters
    ----------
    name
        Of the arm or the pair; that of the family on a title's line.
    effect
        ``K``, ``I``, ``difference``, or "" on a title's line.
    values
        ``estimate, conf_low, conf_high``; empty on a title's line.
    label
        The rule's label, "" where there is none.
    """

    name: str
    effect: str
    values: Mapping[str, Any]
    label: str


def forest_lines(verdict: Mapping[str, Any]) -> list[Line]:
    """Return the lines from top to bottom: title, arms, differences of each family."""
    lines = []
    for family in verdict.get("families") or ():
        lines.append(Line(family["title"], "", {}, ""))
        for arm in family["arms"]:
            label = (arm["label"] or "").replace("_", " ")
            shown = [name for name in family["effects"] if name in arm]
            for name in shown:
                first = name == shown[0]
                said = label if name == "I" or len(shown) == 1 else ""
                lines.append(Line(arm["name"] if first else "", name, arm[name], said))
        lines += [
            Line(item["arms"].replace(" - ", f" {words.MINUS} "), f"\N{GREEK CAPITAL LETTER DELTA}{item['effect']}", item, "")
            for item in family["differences"]
        ]  # fmt: skip
    return lines


@style.styled
def comparisons(verdict: Mapping[str, Any], design: Mapping[str, Any]) -> Figure:
    """Draw the effects of every arm with their 95 % intervals.

    Parameters
    ----------
    verdict
        ``stats/verdict.json`` with its ``families``.
    design
        The study file's design block.
    """
    lines = forest_lines(verdict)
    heights = [LINE_HEIGHT if line.effect else TITLE_HEIGHT for line in lines]
    height = sum(heights)
    figure = style.new_figure(WIDTH, UNDER + height + 0.1)
    axes = style.add_axes(figure, LEFT, UNDER, WIDTH - LEFT - RIGHT, height)
    axes.set_ylim(height, 0)
    axes.set_xlim(*_limits(lines))
    axes.axvline(0, color=style.SOFT, linewidth=0.8, zorder=0)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    y = 0.0
    for line, step in zip(lines, heights, strict=True):
        _draw_line(axes, line, y + step - LINE_HEIGHT / 2, design)
        y += step
    axes.set_xlabel(words.benefit_label(design))
    return figure


def _draw_line(axes: Axes, line: Line, y: float, design: Mapping[str, Any]) -> None:
    """Draw one line of the forest."""
    beside = axes.get_yaxis_transform()
    if not line.effect:
        axes.text(
            -0.52, y, style.shortened(line.name, 60), transform=beside, va="center", weight="bold"
        )
        return
    colour = {"K": groups_of(design)[1].colour, "I": style.INK}.get(line.effect, style.ALERT)
    name = style.shortened(line.name, NAME_WIDTH)
    axes.text(-0.5, y, name, transform=beside, va="center", fontsize=8)
    symbol = {**style.SYMBOL, "fontsize": 9}
    axes.text(
        -0.03, y, line.effect, transform=beside, va="center", ha="right", color=colour, **symbol
    )
    axes.text(1.03, y, line.label, transform=beside, va="center", fontsize=8)
    middle = line.values["estimate"]
    if middle is None:
        axes.text(0, y, " not estimable", va="center", fontsize=7.5, color=style.SOFT)
        return
    low, high = line.values["conf_low"], line.values["conf_high"]
    if low is not None and high is not None:
        axes.plot(
            [low, high],
            [y, y],
            color=colour,
            linewidth=2,
            solid_capstyle="butt",
            label=f"{line.name} {line.effect}",
        )
    marker = "o" if line.effect == "K" else "D"
    axes.plot([middle], [y], marker, color=colour, markersize=4.5)


def _limits(lines: list[Line]) -> tuple[float, float]:
    """Return the limits of the axis: all intervals, and 0."""
    keys = ("estimate", "conf_low", "conf_high")
    ends = [0.0, *(line.values.get(key) for line in lines for key in keys)]
    known = [end for end in ends if end is not None and math.isfinite(end)]
    span = (max(known) - min(known)) or 1.0
    return min(known) - 0.05 * span, max(known) + 0.05 * span
