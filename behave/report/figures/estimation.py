"""The Cumming estimation plot: every animal above, K, Kn, I and A below.

Without an antagonist there are two groups and K alone.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from scipy import stats

from behave.report import style, words
from behave.report.effects import Effect, effects_of
from behave.report.figures.swarm import DOT, swarm
from behave.report.groups import Group, analysed, groups_of

GROUP_X = (0.0, 1.0, 2.35, 3.35)
EFFECT_X = {"K": 1.0, "Kn": 3.35, "I": 4.95, "A": 6.35}
# By the number of groups: where the x axis ends, and where the key stands.
X_ENDS, KEY_X = {4: 7.1, 2: 3.2}, {4: 4.9, 2: 2.1}
X_START = -0.55
WIDTH, LEFT, RIGHT = 8.2, 1.0, 0.1
TOP_HEIGHT = 2.75
SHARES = (0.6, 1.3)
CURVE_WIDTH = 0.42
# A square of a circle's width would reach over its neighbours' corners.
SIZES = {"o": 1.0, "s": 0.83}
CURVE_REACH = 1.35
LINE, SMALL_LINE = 11.5, 10.0

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


@style.styled
def estimation_plot(
    rows: pd.DataFrame,
    cells: pd.DataFrame,
    verdict: Mapping[str, Any],
    design: Mapping[str, Any],
) -> Figure:
    """Draw every animal of the groups, and the effects K, Kn, I and A.

    Above: one dot per animal; beside each swarm its mean (the gap) and one
    standard deviation to either side (the bars). Below: each effect with its
    95 % interval and its t distribution; round 0 at Kn the band of rho times
    the estimated K. Both panels have one scale, except where intervals are
    so wide that the lower one would outgrow the upper.

    Parameters
    ----------
    rows
        Animals, from `behave.report.groups.animals`.
    cells
        ``stats/cells.csv``: the means and standard deviations.
    verdict
        ``stats/verdict.json``: the estimates and their intervals.
    design
        The study file's design block.
    """
    shown = analysed(rows)
    top = _value_limits(shown["value"], cells)
    bottom = _effect_limits(verdict, design)
    share = (bottom[1] - bottom[0]) / (top[1] - top[0])
    if share < SHARES[0]:
        bottom = _widened(bottom, SHARES[0] * (top[1] - top[0]))
    lower_height = TOP_HEIGHT * min(SHARES[1], max(SHARES[0], share))
    lines = max(style.wrapped(group.agonist, 14).count("\n") for group in groups_of(design))
    between = 0.84 + lines * LINE / 72
    under = 0.64 + SMALL_LINE * _lines(_effect_words(design)) / 72
    figure = style.new_figure(WIDTH, 0.12 + TOP_HEIGHT + between + lower_height + under)
    across = WIDTH - LEFT - RIGHT
    upper = style.add_axes(figure, LEFT, under + lower_height + between, across, TOP_HEIGHT)
    lower = style.add_axes(figure, LEFT, under, across, lower_height)
    for axes, limits in ((upper, top), (lower, bottom)):
        axes.set_xlim(X_START, X_ENDS[len(groups_of(design))])
        axes.set_ylim(limits)
        style.clear_x(axes)
    _draw_animals(upper, shown, cells, design)
    _label_groups(upper, shown, cells, design)
    _draw_key(upper, KEY_X[len(groups_of(design))])
    _draw_effects(lower, verdict, design)
    upper.set_ylabel(words.axis_label(design["outcome"]))
    lower.set_ylabel(words.benefit_label(design))
    return figure


def _draw_animals(
    axes: Axes, shown: pd.DataFrame, cells: pd.DataFrame, design: Mapping[str, Any]
) -> None:
    """Draw the swarms, with mean and standard deviation beside them."""
    low, high = axes.get_ylim()
    points_per_unit = TOP_HEIGHT * 72 / (high - low)
    points_per_x = (WIDTH - LEFT - RIGHT) * 72 / (axes.get_xlim()[1] - X_START)
    for number, (group, x) in enumerate(zip(groups_of(design), GROUP_X, strict=False)):
        values = shown.loc[shown["group"] == number, "value"].to_numpy(dtype=float)
        offsets = swarm(values, points_per_unit) / points_per_x
        axes.plot(
            x + offsets,
            values,
            group.marker,
            # A white rim keeps filled neighbours apart.
            markeredgecolor="white" if group.filled else group.colour,
            markerfacecolor=group.face,
            markersize=(DOT + 0.5 if group.filled else DOT - 0.6) * SIZES[group.marker],
            markeredgewidth=0.6 if group.filled else 1,
            clip_on=False,
            label=group.name,
        )
        cell = _cell(cells, group)
        if cell is not None:
            _gapped_bar(axes, x + 0.42, cell["mean"], cell["std_dev"], color=group.colour)


def _gapped_bar(axes: Axes, x: float, mean: float, spread: float, **how: Any) -> None:
    """Draw one standard deviation to either side of a gap at the mean."""
    if not math.isfinite(spread):
        return
    low, high = axes.get_ylim()
    gap = min(0.009 * (high - low), spread)
    settings = {
        "linewidth": 2,
        "solid_capstyle": "butt",
        "clip_on": False,
        "gid": "mean and SD",
        **how,
    }
    for side in (1, -1):
        axes.plot([x, x], [mean + side * gap, mean + side * spread], **settings)


def _label_groups(
    axes: Axes, shown: pd.DataFrame, cells: pd.DataFrame, design: Mapping[str, Any]
) -> None:
    """Write the levels of both factors under the swarms, and n."""
    groups = groups_of(design)
    names = [style.wrapped(group.agonist, 14) for group in groups]
    down = 18 + LINE * max(name.count("\n") for name in names)
    for number, (group, x, name) in enumerate(zip(groups, GROUP_X, names, strict=False)):
        n = _n_text(int((shown["group"] == number).sum()), _cell(cells, group))
        style.below(axes, x + 0.12, 5, name, color=group.colour, weight="bold")
        style.below(axes, x + 0.12, down, n, color=style.SOFT, fontsize=7.5)
    ruler = -(down + 13) / (TOP_HEIGHT * 72)
    factors = {"agonist": 5} | ({"antagonist": down + 16} if design.get("antagonist") else {})
    for first in (0, 2) if "antagonist" in factors else ():
        ends = [GROUP_X[first] - 0.33, GROUP_X[first + 1] + 0.57]
        place = axes.get_xaxis_transform()
        axes.plot(
            ends, [ruler] * 2, color=style.SOFT, linewidth=0.8, clip_on=False, transform=place
        )
        style.below(axes, sum(ends) / 2, down + 16, style.shortened(groups[first].antagonist, 32))
    for part, points in factors.items():
        name = style.shortened(design[part]["column"], 14)
        style.below(axes, X_START - 0.06, points, name, ha="right", color=style.SOFT, fontsize=7.5)


def _n_text(dots: int, cell: "pd.Series[Any] | None") -> str:
    """Return n; an animal alone in its block is drawn but not analysed."""
    n = dots if cell is None or cell["n"] is pd.NA else int(cell["n"])
    return f"n = {n}" if n == dots else f"n = {n} of {dots}"


def _draw_key(axes: Axes, x: float) -> None:
    """Say what dots, gap and bars are, in the empty corner."""
    low, high = axes.get_ylim()
    span = high - low
    y = high - 0.1 * span
    axes.plot(
        [x], [y], "o", color=style.SOFT, markerfacecolor="white", markersize=DOT - 0.6, gid="key"
    )
    axes.text(x + 0.15, y, "one animal", va="center", fontsize=7.5, color=style.SOFT)
    _gapped_bar(axes, x, y - 0.2 * span, 0.075 * span, color=style.SOFT, gid="key")
    axes.text(
        x + 0.15,
        y - 0.2 * span,
        "gap: mean\nbars: 1 SD either side",
        va="center",
        fontsize=7.5,
        color=style.SOFT,
    )


def _draw_effects(axes: Axes, verdict: Mapping[str, Any], design: Mapping[str, Any]) -> None:
    """Draw K, Kn, I and A with intervals, curves, the zero line and the band at Kn."""
    groups = groups_of(design)
    colours = {
        "K": groups[1].colour,
        "Kn": groups[-1].colour,
        "I": style.INK,
        "A": groups[-2].colour,
    }
    known = effects_of(verdict)
    names = _effect_words(design)
    curves = {name: _curve(effect) for name, effect in known.items() if name in EFFECT_X}
    peak = max((float(curve[1].max()) for curve in curves.values() if curve), default=1.0)
    decimals = words.decimals_for([2 * effect.std_error for effect in known.values()])
    _draw_band(axes, known, words.rho_of(verdict, design))
    axes.axhline(0, color=style.SOFT, linewidth=0.8, zorder=1)
    for name in names:
        x = EFFECT_X[name]
        style.below(axes, x, 4, name, color=colours[name], **style.SYMBOL)
        style.below(axes, x, 19, names[name], fontsize=7.5, color=style.SOFT)
        if name not in known:
            axes.text(x, 0, "not estimable", ha="center", va="bottom", color=style.SOFT)
            continue
        effect, curve = known[name], curves[name]
        if curve:
            side = x + curve[1] / peak * CURVE_WIDTH
            axes.fill_betweenx(curve[0], x, side, color=colours[name], alpha=0.2, linewidth=0)
        _draw_interval(axes, x, effect, name, colours[name])
        limits = words.interval(effect.conf_low, effect.conf_high, decimals)
        text = f"{words.number(effect.estimate, decimals)}  {limits}"
        style.below(axes, x, 23 + SMALL_LINE * _lines(names), text, fontsize=8)


def _effect_words(design: Mapping[str, Any]) -> dict[str, str]:
    """Return what each effect is, in short lines."""
    names = words.short_effects(design)
    return {name: style.wrapped(names[name], 19) for name in EFFECT_X if name in names}


def _lines(names: Mapping[str, str]) -> int:
    """Return how many lines the longest words take."""
    return max(text.count("\n") + 1 for text in names.values())


def _draw_interval(axes: Axes, x: float, effect: Effect, name: str, colour: str) -> None:
    """Draw an estimate and its interval."""
    ends = [effect.conf_low, effect.conf_high]
    line = {"linewidth": 2, "solid_capstyle": "butt", "label": f"{name} interval"}
    axes.plot([x, x], ends, color=colour, **line)  # type: ignore[arg-type] # a line's own settings
    marker = "D" if name == "I" else "o"
    axes.plot([x], [effect.estimate], marker, color=colour, markersize=6, label=name)


def _draw_band(axes: Axes, known: Mapping[str, Effect], rho: float) -> None:
    """Draw the band of rho times K round 0 where Kn stands."""
    if "Kn" not in known or "K" not in known or known["K"].estimate <= 0:
        return
    reach = rho * known["K"].estimate
    left, width = EFFECT_X["Kn"] - 0.5, 1.0
    box = Rectangle((left, -reach), width, 2 * reach, facecolor=style.BAND, label="band", zorder=0)
    axes.add_patch(box)
    for side, sign in ((1, "+"), (-1, words.MINUS)):
        y = side * reach
        axes.plot(
            [left, left + width],
            [y, y],
            color=style.BAND_EDGE,
            linewidth=0.8,
            linestyle=(0, (3, 2)),
        )
        axes.text(
            left - 0.06,
            y,
            f"{sign}{rho:g} K",
            ha="right",
            va="center",
            fontsize=7.5,
            color=style.SOFT,
        )


def _curve(effect: Effect) -> Curve | None:
    """Return heights and density of an estimate's t distribution, if it has one."""
    if not (effect.std_error > 0 and effect.df > 0):
        return None
    reach = CURVE_REACH * (effect.conf_high - effect.estimate) / effect.std_error
    t = np.linspace(-reach, reach, 161)
    heights = np.asarray(effect.estimate + t * effect.std_error)
    return heights, stats.t.pdf(t, effect.df) / effect.std_error


def _cell(cells: pd.DataFrame, group: Group) -> "pd.Series[Any] | None":
    """Return a group's row of the cells table, None where it has no mean."""
    found = cells[(cells["antagonist"] == group.antagonist) & (cells["agonist"] == group.agonist)]
    return None if found.empty or math.isnan(found["mean"].iloc[0]) else found.iloc[0]


def _value_limits(values: "pd.Series[float]", cells: pd.DataFrame) -> tuple[float, float]:
    """Return the limits of the animals' axis: from 0 unless there are negatives."""
    ends = [*values, *(cells["mean"] + cells["std_dev"]), *(cells["mean"] - cells["std_dev"])]
    known = [end for end in ends if math.isfinite(end)] or [0.0, 1.0]
    low = min(0.0, float(values.min()) if len(values) else 0.0)
    high = max(0.0, *known)
    span = (high - low) or 1.0
    return low - (0.04 * span if low < 0 else 0.0), high + 0.04 * span


def _effect_limits(verdict: Mapping[str, Any], design: Mapping[str, Any]) -> tuple[float, float]:
    """Return the limits of the effects' axis: all intervals, 0 and the band."""
    known = effects_of(verdict)
    ends = [0.0]
    for name in EFFECT_X:
        if name in known:
            middle = known[name].estimate
            ends.append(middle)
            ends += [
                middle + CURVE_REACH * (end - middle)
                for end in (known[name].conf_low, known[name].conf_high)
            ]
    if "K" in known and design.get("antagonist"):
        reach = words.rho_of(verdict, design) * abs(known["K"].estimate)
        ends += [-reach, reach]
    ends = [end for end in ends if math.isfinite(end)]
    span = (max(ends) - min(ends)) or 1.0
    return min(ends) - 0.04 * span, max(ends) + 0.04 * span


def _widened(limits: tuple[float, float], span: float) -> tuple[float, float]:
    """Return limits round the same middle with a wider span."""
    middle = (limits[0] + limits[1]) / 2
    return middle - span / 2, middle + span / 2
