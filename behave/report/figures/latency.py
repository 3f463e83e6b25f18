"""The latency to the first immobile bout: which share of each group had not stopped yet."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from behave.report import style
from behave.report.groups import groups_of

WIDTH, HEIGHT = 4.3, 3.3


@style.styled
def latency_curves(curves: pd.DataFrame, cells: pd.DataFrame, design: Mapping[str, Any]) -> Figure:
    """Draw the Kaplan-Meier curves of the groups.

    Parameters
    ----------
    curves
        ``stats/latency_curve.csv``.
    cells
        ``stats/latency_cells.csv``.
    design
        The study file's design block.
    """
    figure = style.new_figure(WIDTH, HEIGHT)
    axes = style.add_axes(figure, 0.62, 0.5, WIDTH - 0.79, HEIGHT - 1.0)
    until = float(cells["until_s"].max())
    for number, group in enumerate(groups_of(design)):
        steps = curves[curves["cell"] == group.name]
        time = np.concatenate([[0.0], steps["time_s"], [until]])
        share = np.concatenate([[1.0], steps["share_without"], steps["share_without"].tail(1)])
        if not len(steps):
            time, share = np.array([0.0, until]), np.array([1.0, 1.0])
        axes.step(
            time,
            100 * share,
            where="post",
            color=group.colour,
            linewidth=1.4,
            linestyle="solid" if number < 2 else (0, (5, 2)),  # noqa: PLR2004 - two without, two with the antagonist
        )
        axes.plot(
            steps["time_s"],
            100 * steps["share_without"],
            group.marker,
            color=group.colour,
            markerfacecolor=group.face,
            markersize=4.5,
            markeredgewidth=1.1,
            label=group.short(11),
        )
    # Where all animals were immobile at once there is no time to show.
    # The last step and its marker stand inside the frame.
    axes.set_xlim(0, 1.03 * until or 1.0)
    axes.set_ylim(0, 102)
    axes.set_xlabel("Time from the window's start (s)")
    axes.set_ylabel("Not yet immobile (% of animals)")
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
