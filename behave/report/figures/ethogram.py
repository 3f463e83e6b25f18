"""The ethogram: what every animal did, second by second, ordered by group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from behave.report import style, words
from behave.report.groups import groups_of

WIDTH, LEFT, RIGHT = 7.4, 1.0, 0.17
ROW, LARGEST = 0.125, 8.4
HEADER = 1.5
SMALLEST_FONT = 4.8


@dataclass(frozen=True)
class Row:
    """One animal's place in the ethogram: its height in rows, from the top."""

    trial_id: str
    animal_id: str
    group: int
    y: float


def place(rows: pd.DataFrame, bouts: pd.DataFrame) -> list[Row]:
    """Return the rows of trials that have bouts, group by group.

    Inside a group the most immobile animal comes first. A header of
    `HEADER` rows' height precedes each group.
    """
    seen = rows[rows["trial_id"].isin(set(bouts["trial_id"])) & (rows["status"] == "done")]
    placed: list[Row] = []
    y = 0.0
    for number in (0, 1, 2, 3, 4):
        members = seen[seen["group"].fillna(4) == number]
        if members.empty:
            continue
        y += HEADER
        members = members.sort_values("value", ascending=False, kind="stable")
        for trial_id, animal_id in zip(members["trial_id"], members["animal_id"], strict=True):
            placed.append(Row(trial_id, animal_id, number, y))
            y += 1
    return placed


@style.styled
def ethogram(
    bouts: pd.DataFrame,
    rows: pd.DataFrame,
    design: Mapping[str, Any],
    protocol: Mapping[str, Any],
) -> Figure:
    """Draw the states of all scored animals over time, ordered by group.

    Time counts from the animal's entry (from the video's first frame where
    the entry is unknown). Trials that are not done are absent.

    Parameters
    ----------
    bouts
        Table of bouts, all states; where both scored an animal, the
        program's are drawn.
    rows
        Animals, from `behave.report.groups.animals`, with ``entry_s``.
    design, protocol
        The study file's blocks of these names.
    """
    placed = place(rows, bouts)
    if not placed:
        figure = style.new_figure(WIDTH, 1.0)
        style.note(figure, "no bouts")
        return figure
    total = placed[-1].y + 1
    row_height = min(ROW, LARGEST / total)
    height = total * row_height
    figure = style.new_figure(WIDTH, height + 0.92)
    axes = style.add_axes(figure, LEFT, 0.5, WIDTH - LEFT - RIGHT, height)
    spans = _spans(bouts, rows, {row.trial_id: row.y for row in placed}, protocol)
    longest = float(spans["stop_s"].max()) if len(spans) else 1.0
    divide, unit = words.time_axis(longest)
    axes.set_xlim(0, longest / divide)
    axes.set_ylim(total, 0)
    _draw_states(axes, spans, divide)
    _label_rows(axes, placed, design, row_height * 72)
    _mark_window(axes, placed, protocol, divide)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.set_xlabel(f"Time from entry ({unit})")
    _draw_key(figure, set(spans["state"]))
    return figure


def _spans(
    bouts: pd.DataFrame,
    rows: pd.DataFrame,
    heights: Mapping[str, float],
    protocol: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the bouts drawn: ``y, state, start_s, stop_s`` from the entry on."""
    drawn = bouts[bouts["trial_id"].isin(list(heights))]
    automatic = set(drawn.loc[drawn["source"] == "auto", "trial_id"])
    drawn = drawn[(drawn["source"] == "auto") | ~drawn["trial_id"].isin(automatic)]
    entry_of = dict(zip(rows["trial_id"], _entries(rows), strict=True))
    entry = drawn["trial_id"].map(entry_of)
    end = float(protocol.get("duration_s") or float("inf"))
    spans = pd.DataFrame(
        {
            "y": drawn["trial_id"].map(heights),
            "state": drawn["state"],
            "start_s": (drawn["start_s"] - entry).clip(lower=0),
            "stop_s": (drawn["stop_s"] - entry).clip(upper=end),
        }
    )
    return spans[spans["stop_s"] > spans["start_s"]].reset_index(drop=True)


def _entries(rows: pd.DataFrame) -> "pd.Series[float]":
    """Return the video times of entry, 0 where unknown."""
    known = rows["entry_s"] if "entry_s" in rows.columns else pd.Series(0.0, index=rows.index)
    return pd.to_numeric(known).astype("float64").fillna(0.0)


def _draw_states(axes: Axes, spans: pd.DataFrame, divide: float) -> None:
    """Draw the states as boxes: all scored time light, and over it what else it was."""
    layers = {"mobile": _scored_runs(spans)}
    layers |= {
        state: spans[spans["state"] == state] for state in ("climbing", "unscored", "immobile")
    }
    for state, part in layers.items():
        if part.empty:
            continue
        unseen = state == "unscored"
        patch = PathPatch(
            _boxes(part["start_s"] / divide, part["stop_s"] / divide, part["y"]),
            facecolor=style.STATE_COLOURS[state],
            edgecolor=style.SOFT if unseen else "none",
            linewidth=0.3 if unseen else 0,
            hatch="//////" if unseen else None,
            label=state,
        )
        axes.add_patch(patch)


def _scored_runs(spans: pd.DataFrame) -> pd.DataFrame:
    """Return the scored time as runs without a gap: ``y, start_s, stop_s``.

    One box under all states keeps the page small and leaves no hairlines
    between neighbours.
    """
    scored = spans[spans["state"] != "unscored"].sort_values(["y", "start_s"], kind="stable")
    before = scored["stop_s"].shift(), scored["y"].shift()
    starts = (scored["y"] != before[1]) | (scored["start_s"] > before[0] + 1e-3)
    runs = scored.assign(run=starts.cumsum()).groupby("run", as_index=False)
    return runs.agg(y=("y", "first"), start_s=("start_s", "first"), stop_s=("stop_s", "max"))


def _boxes(start: "pd.Series[float]", stop: "pd.Series[float]", y: "pd.Series[float]") -> Path:
    """Return one path of a box per bout; as one object it stays small in the page."""
    corners = np.stack(
        [
            np.stack([x, y + inset], axis=1)
            for x, inset in (
                (start, 0.08),
                (stop, 0.08),
                (stop, 0.92),
                (start, 0.92),
                (start, 0.08),
            )
        ],
        axis=1,
    )
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(corners.reshape(-1, 2), codes * len(start))


def _label_rows(axes: Axes, placed: list[Row], design: Mapping[str, Any], points: float) -> None:
    """Name the groups above their rows and the animals beside theirs."""
    groups = groups_of(design)
    size = min(7.0, 0.86 * points)
    for number in sorted({row.group for row in placed}):
        members = [row for row in placed if row.group == number]
        top, bottom = members[0].y, members[-1].y + 1
        colour = groups[number].colour if number < len(groups) else style.SOFT
        name = groups[number].short(34) if number < len(groups) else "other groups"
        axes.annotate(
            f"{name}   n = {len(members)}",
            (0, top),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, 1.5),
            textcoords="offset points",
            va="bottom",
            color=colour,
            weight="bold",
            fontsize=min(8.5, 1.2 * points),
        )
        axes.plot(
            [-0.012] * 2,
            [top, bottom],
            color=colour,
            linewidth=2.5,
            clip_on=False,
            solid_capstyle="butt",
            transform=axes.get_yaxis_transform(),
        )
        for row in members:
            if size >= SMALLEST_FONT:
                _name_row(axes, row, size)


def _name_row(axes: Axes, row: Row, size: float) -> None:
    """Write an animal's id beside its row."""
    axes.text(
        -0.022,
        row.y + 0.5,
        style.shortened(row.animal_id, 15, keep_end=True),
        ha="right",
        va="center_baseline",
        fontsize=size,
        transform=axes.get_yaxis_transform(),
        gid="animal",
    )


def _mark_window(axes: Axes, placed: list[Row], protocol: Mapping[str, Any], divide: float) -> None:
    """Mark the scored window: a bar above all rows, a line through them at each end."""
    window = protocol.get("score_window_s")
    if not window:
        return
    start, stop = (value / divide for value in window)
    for number in sorted({row.group for row in placed}):
        heights = [row.y for row in placed if row.group == number]
        axes.vlines(
            [start, stop],
            min(heights),
            max(heights) + 1,
            color=style.ALERT,
            linewidth=1,
            linestyle=(0, (4, 2)),
            label="score window",
            clip_on=False,
        )
    across = axes.get_xaxis_transform()
    axes.plot(
        [start, stop], [1, 1], color=style.ALERT, linewidth=2, clip_on=False, transform=across
    )
    axes.annotate(
        "scored window",
        ((start + stop) / 2, 1),
        xycoords=across,
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=7.5,
        color=style.ALERT,
    )


def _draw_key(figure: Figure, states: Iterable[str]) -> None:
    """Name the states that occur."""
    present = [
        state
        for state in ("immobile", "mobile", "swimming", "climbing", "unscored")
        if state in set(states)
    ]
    handles = [
        Patch(
            facecolor=style.STATE_COLOURS[state],
            edgecolor=style.SOFT if state == "unscored" else style.STATE_COLOURS[state],
            hatch="//////" if state == "unscored" else None,
            linewidth=0.4,
            label=state,
        )
        for state in present
    ]
    figure.legend(
        handles=handles,
        loc="upper right",
        ncols=len(handles),
        bbox_to_anchor=(1 - RIGHT / WIDTH, 1),
        borderaxespad=0.1,
        columnspacing=1.2,
        handlelength=1.4,
        fontsize=7.5,
    )
