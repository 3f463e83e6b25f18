"""What a person corrected in the browser, laid over a run's scores before they are compared."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from behave.files import read_table
from behave.model.tables import BY_HAND, CORRECTED
from behave.schema import conform
from behave.scoring.manual import correct, differing_s
from behave.scoring.measures import measure, measure_bins

FILE = Path("by_hand") / "corrections.csv"
_TEXT = tuple(column.name for column in BY_HAND.columns if column.kind == "text")


@dataclass(frozen=True)
class Corrected:
    """Scores with a person's corrections in them.

    Parameters
    ----------
    measures
        As `behave.model.tables.CORRECTED`, all trials.
    bins
        The time bins, likewise.
    told
        How many seconds of which animals were corrected, and by whom, in a sentence.
    """

    measures: pd.DataFrame
    bins: pd.DataFrame
    told: str


def apply_corrections(
    folder: Path, measures: pd.DataFrame, bins: pd.DataFrame, bouts: pd.DataFrame,
    trials_log: pd.DataFrame,
) -> Corrected | None:  # fmt: skip
    """Lay the corrections beside a study over its scores; None where there are none.

    Parameters
    ----------
    folder
        The study file's folder.
    measures, bins, bouts, trials_log
        The run's tables.
    """
    if not (folder / FILE).is_file():
        return None
    table = conform(read_table(folder / FILE, _TEXT), BY_HAND).sort_values("start_s")
    log = trials_log[trials_log["status"] == "done"].set_index("trial_id")
    mine = table[table["trial_id"].isin(log.index)]
    if mine.empty:
        return None
    whole: dict[str, pd.DataFrame] = {}
    for trial_id, manual in mine.groupby("trial_id", sort=False):
        own = bouts[bouts["trial_id"] == trial_id].reset_index(drop=True)
        whole[str(trial_id)] = correct(own, manual.reset_index(drop=True))
    ends = measures.groupby("trial_id")["stop_s"].max().to_dict()
    rows = [_row(row, bouts, whole, log, ends) for row in measures.to_dict("records")]
    corrected = pd.DataFrame(rows, columns=[*measures.columns, "corrected_s"], dtype=object)
    changed = corrected[corrected["epoch"] == "score_window"].set_index("trial_id")["corrected_s"]
    animals = dict(zip(log.index, log["animal_id"], strict=True))
    told = [
        f"{animals[trial_id]} {float(changed[trial_id]):.1f} s"
        for trial_id in whole
        if float(changed[trial_id] or 0) > 0
    ]
    by = ", ".join(dict.fromkeys(name for name in mine["scorer"] if name)) or "somebody"
    said = ", ".join(told) or "nothing in the scored window"
    return Corrected(
        conform(corrected, CORRECTED), _bins(bins, whole, log), f"Corrected by {by}: {said}."
    )


def _row(
    row: dict[Any, Any], bouts: pd.DataFrame, whole: dict[str, pd.DataFrame], log: pd.DataFrame,
    ends: dict[Any, float],
) -> dict[Any, Any]:  # fmt: skip
    """Return a row of the measures with the corrections in it; `ends` are those of all epochs."""
    trial_id = str(row["trial_id"])
    if trial_id not in whole:
        return row | {"corrected_s": 0.0 if row["status"] == "done" else None}
    entry_s = float(log.loc[trial_id].to_dict()["entry_s"])
    start_s, stop_s = entry_s + float(row["start_s"]), entry_s + float(row["stop_s"])
    auto = bouts[bouts["trial_id"] == trial_id].reset_index(drop=True)
    divided = not pd.isna(row["swimming_s"])
    return (
        row
        | measure(
            whole[trial_id],
            start_s,
            stop_s,
            entry_s=entry_s,
            end_s=entry_s + float(ends[row["trial_id"]]),
            divided=divided,
        )
        | {"corrected_s": differing_s(auto, whole[trial_id], start_s, stop_s)}
    )


def _bins(bins: pd.DataFrame, whole: dict[str, pd.DataFrame], log: pd.DataFrame) -> pd.DataFrame:
    """Return the time bins with the corrections in them."""
    parts = []
    for trial_id, own in bins.groupby("trial_id", sort=False):
        if str(trial_id) in whole:
            facts = log.loc[str(trial_id)].to_dict()
            width = float(own["stop_s"].iloc[0] - own["start_s"].iloc[0])
            stop = float(own["stop_s"].iloc[-1])
            again = measure_bins(whole[str(trial_id)], width, stop, float(facts["entry_s"]))
            again = again.assign(trial_id=trial_id, animal_id=facts["animal_id"])
            parts.append(again[list(bins.columns)])
        else:
            parts.append(own)
    return pd.concat([part.astype(object) for part in parts], ignore_index=True).astype(bins.dtypes)
