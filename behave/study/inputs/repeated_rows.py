"""Tables with several rows per trial that a design names: people's scores and time bins."""

from pathlib import Path

import pandas as pd

from behave import sheets
from behave.errors import InputError
from behave.model.tables import BINS
from behave.schema import Column, Table, examine
from behave.study.inputs.measures import recognise, unknown_ids
from behave.study.inputs.outcomes import bounds_of, impossible
from behave.study.inputs.study_file import ProtocolOptions, Study
from behave.study.inputs.trials import in_order


def read_human_scores(study: Study, trials: pd.DataFrame) -> pd.DataFrame | None:
    """Read people's scores; None where the design names none.

    Parameters
    ----------
    study
        The study file.
    trials
        The table of trials.

    Returns
    -------
    pandas.DataFrame or None
        ``trial_id`` or ``animal_id``, and the outcome, averaged over raters.

    Raises
    ------
    InputError
        With one problem for each row that belongs to no trial or has no score.
    """
    scores = study.design.human_scores
    if scores is None:
        return None
    outcome = Column(study.design.outcome, "number", "The outcome.", required=True)
    table = _read_rows(scores.file, trials, (outcome,), study.protocol)
    return table.groupby(table.columns[0], sort=False)[[outcome.name]].mean().reset_index()


def read_bins(study: Study, trials: pd.DataFrame) -> pd.DataFrame | None:
    """Read the table of time bins that the design names; None where it names none.

    Parameters
    ----------
    study
        The study file.
    trials
        The table of trials.

    Raises
    ------
    InputError
        With one problem for each row that belongs to no trial or is no bin.
    """
    course = study.design.time_course
    if course is None or course.file is None:
        return None
    columns = tuple(
        Column(name, BINS[name].kind, BINS[name].description, required=True)
        for name in ("start_s", "stop_s", "immobility_s", "scored_s")
    )
    bins = _read_rows(course.file, trials, columns, study.protocol)
    return inside_window(bins, study)


def inside_window(bins: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the bins that lie in the scored window."""
    start, stop = study.protocol.score_window_s
    return bins[(bins["start_s"] >= start) & (bins["stop_s"] <= stop)]


def _read_rows(
    path: Path, trials: pd.DataFrame, columns: tuple[Column, ...], protocol: ProtocolOptions
) -> pd.DataFrame:
    """Read rows that each belong to a trial: its id first, then the columns."""
    wanted = ("trial_id", "animal_id", *(column.name for column in columns))
    text = sheets.read_sheet(path, sheets.holding(wanted))
    file = sheets.place_of(text, path)
    text, key = recognise(text, trials, columns[0].name, file)
    id_column = Column(key, "text", "The id that the trials table gives.", required=True)
    table, problems = examine(text, Table(path.name, "row", (id_column, *columns), more=True), file)
    if key not in table or any(column.name not in table for column in columns):
        raise InputError(*problems)
    problems += unknown_ids(table, trials, key, file)
    if len(columns) == 1:  # an outcome; bins have windows of their own
        bounds = bounds_of(columns[0].name, protocol)
        problems += impossible(table[columns[0].name], bounds, file)
    if problems:
        raise InputError(*in_order(problems))
    return table[[key, *(column.name for column in columns)]]
