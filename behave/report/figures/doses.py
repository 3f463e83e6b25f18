"""The dose series: every animal and each dose's mean against the dose."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import special

from behave.report import style, words
from behave.report.figures.swarm import swarm
from behave.report.groups import groups_of, levels_of

WIDTH, HEIGHT = 7.4, 3.4
DOT, LIMIT = 4.0, 13.0
# How far apart two series stand at one dose, so that their means do not hide each other.
DODGE = 0.09
# How far below the lowest dose the control stands, in factors of ten.
APART = 0.5


@style.styled
def dose_series(
    rows: pd.DataFrame,
    curves: pd.DataFrame,
    verdict: Mapping[str, Any],
    design: Mapping[str, Any],
) -> Figure:
    """Draw the outcome against the dose, one panel per drug.

    Parameters
    ----------
    rows
        Animals, from `behave.report.groups.animals`.
    curves
        ``stats/dose_response.csv``.
    verdict
        ``stats/verdict.json`` with its ``dose_series``.
    design
        The study file's design block.
    """
    drugs = list(dict.fromkeys(item["drug"] for item in verdict["dose_series"]))
    figure = style.new_figure(WIDTH, HEIGHT)
    across = (WIDTH - 0.1) / len(drugs)
    values = rows.loc[rows["status"] == "done", "value"].dropna()
    top = float(values.max()) if len(values) else 1.0
    bottom = min(0.0, float(values.min())) if len(values) else 0.0
    for place, drug in enumerate(drugs):
        axes = style.add_axes(figure, 0.62 + place * across, 0.55, across - 0.75, HEIGHT - 1.0)
        axes.set_ylim(bottom, top + 0.05 * (top - bottom or 1.0))
        series = [item for item in verdict["dose_series"] if item["drug"] == drug]
        _draw_drug(axes, rows, curves, series, design)
        axes.set_ylabel(words.axis_label(design["outcome"]))
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2, handletextpad=0.3
        )
    return figure


def dose_values(
    rows: pd.DataFrame, series: Mapping[str, Any], design: Mapping[str, Any]
) -> dict[float, NDArray[np.float64]]:
    """Return the outcomes of each dose of a series, the control at 0."""
    factor, other = design[series["role"]], _other(series, design)
    chosen = (rows["status"] == "done") & rows["value"].notna()
    if other:
        chosen &= pd.Series(levels_of(rows, other), index=rows.index) == series["with"]
    level = rows[factor["column"]].astype(str)
    dose = pd.to_numeric(rows[factor["dose_column"]], errors="coerce")
    dose = dose.where(level == factor["level"], 0.0)
    chosen &= level.isin([factor["level"], factor["control"]])
    return {
        value: rows.loc[chosen & (dose == value), "value"].to_numpy(dtype=float)
        for value in series["doses"]
    }


def _other(series: Mapping[str, Any], design: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the factor that the series holds at one level."""
    found: Mapping[str, Any] | None = design.get(
        "agonist" if series["role"] == "antagonist" else "antagonist"
    )
    return found


def _draw_drug(
    axes: Axes,
    rows: pd.DataFrame,
    curves: pd.DataFrame,
    series: Sequence[Mapping[str, Any]],
    design: Mapping[str, Any],
) -> None:
    """Draw the series of one drug into one panel."""
    doses = sorted({dose for item in series for dose in item["doses"]})
    control_x = math.log10(doses[1]) - APART
    ticks = [control_x, *map(math.log10, doses[1:])]
    axes.set_xlim(ticks[0] - 0.25, ticks[-1] + 0.25)
    factor = design[series[0]["role"]]
    axes.set_xticks(ticks, [factor["control"], *(f"{dose:g}" for dose in doses[1:])])
    unit = " (mg/kg, log scale)" if factor["dose_column"].endswith("_mg_per_kg") else " (log scale)"
    axes.set_xlabel(f"Dose of {series[0]['drug']}{unit}")
    low, high = axes.get_ylim()
    per_unit = (HEIGHT - 1.0) * 72 / (high - low)
    left, right = axes.get_xlim()
    box = axes.get_position().width * WIDTH * 72 / (right - left)
    for number, item in enumerate(series):
        colour, marker, filled = _look(item, design)
        shift = (number - (len(series) - 1) / 2) * DODGE
        for dose, values in dose_values(rows, item, design).items():
            x = (control_x if dose == 0 else math.log10(dose)) + shift
            offsets = swarm(values, per_unit, DOT, LIMIT) / box
            face = colour if filled else "white"
            axes.plot(
                x + offsets, values, marker, color=colour, markerfacecolor=face, alpha=0.45,
                markersize=DOT - 0.6, markeredgewidth=0.8, gid="animals",
            )  # fmt: skip
            _draw_mean(axes, x, values, colour)
        label = f"with {item['with']}" if item["with"] else item["drug"]
        axes.plot(
            [], [], marker, color=colour, markerfacecolor=colour if filled else "white", label=label
        )
        _draw_curve(axes, curves, item, shift, colour)


def _look(item: Mapping[str, Any], design: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return colour, marker and fill: those of the group with the series' other drug."""
    groups, other = groups_of(design), _other(item, design)
    with_other = bool(other) and item["with"] != (other or {})["control"]
    if item["role"] == "agonist":
        group = groups[3] if with_other else groups[1]
    else:
        group = groups[3] if with_other else groups[2]
    return group.colour, group.marker, group.filled


def _draw_mean(axes: Axes, x: float, values: NDArray[np.float64], colour: str) -> None:
    """Draw a mean with its 95 % interval."""
    if not len(values):
        return
    mean = float(values.mean())
    if len(values) > 1:
        reach = (
            float(special.stdtrit(len(values) - 1, 0.975))
            * float(values.std(ddof=1))
            / math.sqrt(len(values))
        )
        axes.plot([x, x], [mean - reach, mean + reach], color=colour, linewidth=2.2, zorder=3)
    axes.plot([x - 0.035, x + 0.035], [mean, mean], color=colour, linewidth=2.2, zorder=3)


def _draw_curve(
    axes: Axes, curves: pd.DataFrame, item: Mapping[str, Any], shift: float, colour: str
) -> None:
    """Draw the fitted curve between the lowest and the highest dose."""
    name = f"{item['drug']} with {item['with']}" if item["with"] else item["drug"]
    own = curves[curves["series"] == name].set_index("parameter")["estimate"]
    if own.empty:
        return
    x = np.linspace(math.log10(item["doses"][1]), math.log10(item["doses"][-1]), 200)
    share = special.expit(own["hill"] * (x - math.log10(own["ed50"])) * math.log(10))
    y = own["at_zero"] + (own["at_most"] - own["at_zero"]) * share
    axes.plot(x + shift, y, color=colour, linewidth=1.1, zorder=2, gid="curve")
