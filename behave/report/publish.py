"""Figures and page into files."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from behave.files import remove, write_bytes, write_text
from behave.model import tables
from behave.report import page, prism_and_r, style
from behave.report.figures import (
    comparisons,
    dose_series,
    estimation_plot,
    ethogram,
    immobility_per_bin,
    interaction_plot,
    latency_curves,
    motion_scale,
    outcomes,
    specification_curve,
)
from behave.report.figures.specification import grid_rows
from behave.report.groups import animals, possible_range
from behave.report.results import Results
from behave.schema import Table, conform

TABLES: dict[str, Table] = {
    "measures": tables.MEASURES,
    "bins": tables.BINS,
    "bouts": tables.BOUTS,
    "trials_log": tables.TRIALS_LOG,
    "contrasts": tables.CONTRASTS,
    "anova": tables.ANOVA,
    "cells": tables.CELLS,
    "equivalence": tables.EQUIVALENCE,
    "assumptions": tables.ASSUMPTIONS,
    "sensitivity": tables.SENSITIVITY,
    "dose_response": tables.DOSE_RESPONSE,
    "latency": tables.LATENCY,
    "latency_cells": tables.LATENCY_CELLS,
    "latency_curve": tables.LATENCY_CURVE,
    "outcomes": tables.OUTCOMES,
    "outcome_cells": tables.OUTCOME_CELLS,
    "calibration": tables.CALIBRATION,
}
FIGURES = (
    "estimation",
    "interaction",
    "immobility_per_bin",
    "latency",
    "ethogram",
    "specification_curve",
    "comparisons",
    "dose_series",
    "motion_scale",
    "outcomes",
)


def write(results: Results, folder: Path) -> None:
    """Write the figures and the page; see `behave.report.write`."""
    results = complete(results)
    drawn = draw(results)
    drawings = {name: style.svg_bytes(figure) for name, figure in drawn.items()}
    html = page.render(results, drawings)
    rows = animals(results.measures, results.trials_log, results.design)
    prism_and_r.write(rows, results.design, results.study, folder)
    for name in FIGURES:
        for suffix in ("svg", "png"):
            path = folder / "figures" / f"{name}.{suffix}"
            if name not in drawn:
                remove(path)
            elif suffix == "svg":
                write_bytes(drawings[name], path)
            else:
                write_bytes(style.png_bytes(drawn[name]), path)
    write_text(html, folder / "report.html")


def draw_main(
    measures: pd.DataFrame,
    cells: pd.DataFrame,
    verdict: Mapping[str, Any],
    design: Mapping[str, Any],
) -> Figure:
    """Draw the main figure alone; see `behave.report.draw_estimation`."""
    whole = conform(measures, tables.MEASURES)
    named = whole["trial_id"] != ""
    whole["trial_id"] = whole["trial_id"].where(named, whole["animal_id"])
    rows = animals(whole, conform(pd.DataFrame(), tables.TRIALS_LOG), design)
    return estimation_plot(rows, conform(cells, tables.CELLS), verdict, design)


def complete(results: Results) -> Results:
    """Return the results with every column of every table, empty where not given."""
    whole: dict[str, Any] = {
        name: conform(getattr(results, name), table) for name, table in TABLES.items()
    }
    measures = whole["measures"]
    # A table from elsewhere names animals only; each is then a trial of its own.
    named = measures["trial_id"] != ""
    whole["measures"] = measures.assign(
        trial_id=measures["trial_id"].where(named, measures["animal_id"])
    )
    return replace(results, **whole)


def draw(results: Results) -> dict[str, Figure]:
    """Return the figures that the tables allow, by name."""
    design, protocol = results.design, results.protocol
    rows = animals(results.measures, results.trials_log, design)
    drawn: dict[str, Figure] = {}
    drawn["estimation"] = estimation_plot(rows, results.cells, results.verdict, design)
    if design.get("antagonist"):
        drawn["interaction"] = interaction_plot(results.cells, design, possible_range(rows, design))
    if len(results.outcomes):
        drawn["outcomes"] = outcomes(results.outcomes, design)
    if results.verdict.get("families"):
        drawn["comparisons"] = comparisons(results.verdict, design)
    if results.verdict.get("dose_series"):
        drawn["dose_series"] = dose_series(rows, results.dose_response, results.verdict, design)
    if len(results.bins):
        drawn["immobility_per_bin"] = immobility_per_bin(results.bins, rows, design, protocol)
    if len(results.latency_cells):
        drawn["latency"] = latency_curves(results.latency_curve, results.latency_cells, design)
    if len(results.bouts):
        drawn["ethogram"] = ethogram(results.bouts, rows, design, protocol)
    if len(grid_rows(results.sensitivity)):
        drawn["specification_curve"] = specification_curve(
            results.sensitivity, results.verdict, design
        )
    if len(results.motion_shares):
        drawn["motion_scale"] = motion_scale(results.calibration, results.motion_shares)
    return drawn
