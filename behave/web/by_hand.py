"""Tables of bouts that people made, in ``by_hand/``: one trial's rows exchanged at a time."""

from pathlib import Path

import pandas as pd

from behave.files import csv_bytes, read_table
from behave.model.tables import BY_HAND
from behave.schema import conform
from behave.study.cache.provenance import now

_TEXT = tuple(column.name for column in BY_HAND.columns if column.kind == "text")


def read_by_hand(path: Path) -> pd.DataFrame:
    """Return a table of bouts made by people; without the file it has no rows."""
    if not path.exists():
        return conform(pd.DataFrame(columns=list(BY_HAND.names)), BY_HAND)
    return conform(read_table(path, _TEXT), BY_HAND)


def exchanged(path: Path, trial: dict[str, str], scorer: str, bouts: pd.DataFrame) -> bytes:
    """Return a table with one trial's rows exchanged for new ones, as CSV.

    Parameters
    ----------
    path
        The table.
    trial
        ``trial_id`` and ``animal_id``.
    scorer
        Who scored it.
    bouts
        ``state, start_s, stop_s``.
    """
    old = read_by_hand(path)
    new = bouts[["state", "start_s", "stop_s"]].assign(
        **trial,
        source="manual",
        scorer=scorer,
        duration_s=bouts["stop_s"] - bouts["start_s"],
        scored_at=now(),
    )
    same = ["trial_id", "state", "start_s", "stop_s"]
    new = conform(new, BY_HAND).merge(
        old[[*same, "scorer", "scored_at"]], "left", same, suffixes=("", "_before")
    )
    for name in ("scorer", "scored_at"):  # a bout that stays keeps who made it, and when
        before = new.pop(f"{name}_before")
        new[name] = before.where(before.notna(), new[name])
    kept = old[old["trial_id"] != trial["trial_id"]]
    parts = [part.astype(object) for part in (kept, new) if len(part)]
    return csv_bytes(conform(pd.concat(parts) if parts else old.iloc[:0], BY_HAND))
