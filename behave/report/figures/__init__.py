"""Figures of a study, each a function from tables to a matplotlib figure."""

from behave.report.figures.bins import immobility_per_bin
from behave.report.figures.comparisons import comparisons
from behave.report.figures.doses import dose_series
from behave.report.figures.estimation import estimation_plot
from behave.report.figures.ethogram import ethogram
from behave.report.figures.interaction import interaction_plot
from behave.report.figures.latency import latency_curves
from behave.report.figures.motion_scale import motion_scale
from behave.report.figures.outcomes import outcomes
from behave.report.figures.specification import specification_curve

__all__ = [
    "comparisons",
    "dose_series",
    "estimation_plot",
    "ethogram",
    "immobility_per_bin",
    "interaction_plot",
    "latency_curves",
    "motion_scale",
    "outcomes",
    "specification_curve",
]
