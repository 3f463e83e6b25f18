"""What a report is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Results:
    """All that a report is made of.

    Parameters
    ----------
    study
        Name of the study.
    design, protocol
        The study file's blocks of these names, as plain mappings.
    methods
        Every parameter with its value, by section (``tracking``,
        ``scoring``, ...); the section ``versions`` names the software.
    verdict
        The content of ``stats/verdict.json``.
    measures
        One row per trial and epoch, whatever became of the trial, with the
        design's columns; in a table from elsewhere one row per animal.
    bins, bouts, trials_log
        Tables of `behave.model.tables`; empty where only statistics were run.
    contrasts, anova, cells, equivalence, assumptions, sensitivity, dose_response
        Tables of the statistics; the last is empty without a dose series.
    outcomes, outcome_cells
        The outcomes side by side; empty where there is one alone.
    trials
        The trials table as read, for what it recorded of the animals; may
        be empty.
    lock
        What ``run.json`` says of the analysis locked beforehand; None where
        none was.
    synthetic
        Whether the data are made up; the page says so at its top.
    source
        What the numbers came from, in sentences.
    pictures
        Arena pictures: what each shows, and its path from the results folder.
    overlays
        Videos that show the score: the path of each from the results
        folder, by trial; empty where none were asked for.
    doubtful
        The stretches to look at first, columns as in
        `behave.model.tables.DOUBTFUL`.
    calibration
        How each camera's motion was read, columns as in
        `behave.model.tables.CALIBRATION`; empty where only statistics were run.
    motion_shares
        ``camera, tracker, motion, share``: the share of time that the pooled animals of
        a camera had a motion; empty where only statistics were run.
    trackers, disagreements
        How far two trackers agree and where they do not, columns as in
        `behave.model.tables.TRACKERS` and `DISAGREEMENTS`; empty with one tracker.
    """

    study: str
    design: Mapping[str, Any]
    protocol: Mapping[str, Any]
    methods: Mapping[str, Mapping[str, Any]]
    verdict: Mapping[str, Any]
    measures: pd.DataFrame
    bins: pd.DataFrame
    bouts: pd.DataFrame
    trials_log: pd.DataFrame
    contrasts: pd.DataFrame
    anova: pd.DataFrame
    cells: pd.DataFrame
    equivalence: pd.DataFrame
    assumptions: pd.DataFrame
    sensitivity: pd.DataFrame
    dose_response: pd.DataFrame = field(default_factory=pd.DataFrame)
    latency: pd.DataFrame = field(default_factory=pd.DataFrame)
    latency_cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    latency_curve: pd.DataFrame = field(default_factory=pd.DataFrame)
    outcomes: pd.DataFrame = field(default_factory=pd.DataFrame)
    outcome_cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    trials: pd.DataFrame = field(default_factory=pd.DataFrame)
    lock: Mapping[str, Any] | None = None
    synthetic: bool = False
    source: Sequence[str] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    overlays: Mapping[str, str] = field(default_factory=dict)
    doubtful: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    motion_shares: pd.DataFrame = field(default_factory=pd.DataFrame)
    trackers: pd.DataFrame = field(default_factory=pd.DataFrame)
    disagreements: pd.DataFrame = field(default_factory=pd.DataFrame)
