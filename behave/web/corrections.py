"""What people corrected: manual bouts beside the automatic ones, and measures that say so."""

from pathlib import Path
from typing import Any

import pandas as pd

from behave.files import csv_bytes, read_table, write_bytes
from behave.model.tables import BOUTS, BY_HAND, CORRECTED, MEASURES
from behave.schema import conform
from behave.scoring.manual import correct, differing_s
from behave.scoring.measures import measure
from behave.web.by_hand import read_by_hand
from behave.web.saved import held
from behave.web.workspace import Workspace


def corrections_path(workspace: Workspace) -> Path:
    """Return the table of corrections."""
    return workspace.by_hand / "corrections.csv"


def corrections_of(workspace: Workspace) -> dict[str, pd.DataFrame]:
    """Return the corrections of each trial that has some, in order of time."""
    table = read_by_hand(corrections_path(workspace)).sort_values("start_s")
    return {
        str(trial_id): rows.reset_index(drop=True)
        for trial_id, rows in table.groupby("trial_id", sort=False)
    }


def manual_bouts(workspace: Workspace, trial_id: str) -> pd.DataFrame:
    """Return a trial's corrections, in order of time."""
    nothing = conform(pd.DataFrame(columns=list(BY_HAND.names)), BY_HAND)
    return corrections_of(workspace).get(trial_id, nothing)


def auto_bouts(workspace: Workspace, trial_id: str) -> pd.DataFrame:
    """Return a trial's bouts as the program scored them."""
    path = workspace.results / BOUTS.file
    if not path.exists():
        return conform(pd.DataFrame(columns=list(BOUTS.names)), BOUTS)
    table = read_table(path, ("trial_id", "animal_id", "source", "state"))
    return table[(table["trial_id"] == trial_id) & (table["source"] == "auto")].reset_index(
        drop=True
    )


def read_measures(workspace: Workspace) -> pd.DataFrame:
    """Return ``measures.csv`` of the results; without results it has no rows."""
    path = workspace.results / MEASURES.file
    if not path.exists():
        return pd.DataFrame(columns=list(MEASURES.names))
    design = tuple(workspace.trials.columns)
    text = tuple(column.name for column in MEASURES.columns if column.kind == "text")
    return read_table(path, (*text, *design))


def corrected_row(
    workspace: Workspace, row: dict[str, Any], manual: pd.DataFrame | None
) -> dict[str, Any]:
    """Return a row of the measures with a person's corrections in it, where there are some."""
    trial_id = str(row["trial_id"])
    if manual is None or manual.empty or row["status"] != "done":
        return row | {"corrected_s": 0.0 if row["status"] == "done" else None}
    auto = auto_bouts(workspace, trial_id)
    corrected = correct(auto, manual)
    entry_s = workspace.entry_s(trial_id)
    start_s, stop_s = entry_s + float(row["start_s"]), entry_s + float(row["stop_s"])
    epochs = read_measures(workspace)
    end_s = entry_s + float(epochs.loc[epochs["trial_id"] == trial_id, "stop_s"].max())
    empty = dict.fromkeys(("immobility_s", "immobility_pct", "latency_s", "latency_in_epoch_s"))
    divided = not pd.isna(row["swimming_s"])
    return (
        row
        | empty
        | measure(corrected, start_s, stop_s, entry_s=entry_s, end_s=end_s, divided=divided)
        | {"corrected_s": differing_s(auto, corrected, start_s, stop_s)}
    )


def write_corrected(workspace: Workspace) -> None:
    """Write the measures of all trials with what people corrected, beside the automatic ones."""
    measures = read_measures(workspace)
    if measures.empty:
        return
    manual = corrections_of(workspace)
    rows = [
        corrected_row(
            workspace,
            {str(name): value for name, value in row.items()},
            manual.get(row["trial_id"]),
        )
        for row in measures.to_dict("records")
    ]
    path = workspace.results / CORRECTED.file
    with held(path):
        table = pd.DataFrame(rows, columns=[*measures.columns, "corrected_s"], dtype=object)
        write_bytes(csv_bytes(conform(table, CORRECTED)), path)
