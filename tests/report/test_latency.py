"""The latency on the page: curves, groups and effects, and nothing where there is none."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from behave.model import tables
from behave.report import Results
from behave.report.figures import latency_curves
from behave.report.latency import latency_sheets, latency_words
from behave.report.publish import draw
from behave.schema import conform

NAMES = ["vehicle + vehicle", "vehicle + ketamine", "NBQX + vehicle", "NBQX + ketamine"]


@pytest.fixture
def timed(blocked: Results) -> Results:
    """Return results with a latency; the ketamine group never stopped."""
    cells = pd.DataFrame(
        {
            "cell": NAMES,
            "n": 8,
            "n_censored": [0, 8, 0, 1],
            "median_s": [40.0, np.nan, 50.0, 60.0],
            "restricted_mean_s": [44.0, 240.0, 52.0, 70.5],
            "std_error": [5.0, 0.0, 6.0, 7.0],
            "until_s": 240.0,
        }
    )
    curve = pd.DataFrame(
        {"cell": NAMES[0], "time_s": [20.0, 60.0], "at_risk": [8, 4], "events": [4, 4],
         "share_without": [0.5, 0.0], "until_s": 60.0}
    )  # fmt: skip
    effects = pd.DataFrame(
        {
            "contrast_id": ["K", "K", "K"],
            "contrast": "(vehicle + ketamine) - (vehicle + vehicle)",
            "method": ["restricted mean, blocks ignored", "Cox, strata of blocks", "log-rank"],
            "estimate": [196.0, np.log(4.0), np.nan],
            "conf_low": [186.0, np.log(2.0), np.nan],
            "conf_high": [206.0, np.log(10.0), np.nan],
            "p_value": [0.0001, 0.01, 0.002],
        }
    )
    return replace(
        blocked,
        latency=conform(effects, tables.LATENCY),
        latency_cells=conform(cells, tables.LATENCY_CELLS),
        latency_curve=conform(curve, tables.LATENCY_CURVE),
    )


def test_the_three_methods_stand_side_by_side(timed: Results) -> None:
    (_, groups), (_, effects) = latency_sheets(timed)
    assert [row[0] for row in groups.rows] == NAMES
    assert groups.rows[1][2:5] == ["8", "\N{EN DASH}", "240.0"]
    (row,) = effects.rows
    assert row[0] == "K"
    # A log hazard that is lower by log 4 is a hazard ratio of a quarter.
    assert row[2:] == [
        "196.0", "[186.0, 206.0]", "< 0.001", "0.25 [0.10, 0.50]", "0.010", "0.002",
    ]  # fmt: skip
    assert "strata" in effects.caption


def test_a_group_that_never_stopped_is_a_line_at_the_top(timed: Results) -> None:
    figure = latency_curves(timed.latency_curve, timed.latency_cells, timed.design)
    lines = [line for line in figure.axes[0].lines if line.get_drawstyle() == "steps-post"]
    assert list(lines[0].get_ydata()) == [100, 50, 0, 0]
    assert list(lines[1].get_ydata()) == [100, 100]
    assert lines[1].get_xdata()[-1] == 240


def test_the_words_name_who_never_stopped(timed: Results) -> None:
    alt, _ = latency_words(timed, pd.DataFrame())
    assert "vehicle + ketamine: mean 240 s, 8 of 8 never" in alt


def test_without_latencies_there_is_no_part(
    blocked: Results, timed: Results, make_results: Callable[..., Results]
) -> None:
    assert latency_sheets(make_results()) == []
    assert "latency" not in draw(blocked)
    assert "latency" in draw(timed)


def test_animals_that_were_immobile_at_once_leave_an_axis(timed: Results) -> None:
    at_once = timed.latency_cells.assign(until_s=0.0)
    figure = latency_curves(timed.latency_curve.assign(time_s=0.0), at_once, timed.design)
    low, high = figure.axes[0].get_xlim()
    assert low < high
