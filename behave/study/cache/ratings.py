"""A trial's score, and how it is kept for reuse: as JSON, with hashes of its tables of frames."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from behave import files
from behave.model.flags import Flag
from behave.study.cache import store
from behave.tracking.trial import EntrySource


@dataclass(frozen=True)
class Rating:
    """One trial's score without its frames, which are in files.

    Parameters
    ----------
    entry_s, entry_source
        Video time at which the animal entered, and the source of that time.
    kept
        Share of the frames in which each keypoint was used.
    flags
        Flags on the recording and on the score.
    immobile_below
        The threshold that was used.
    switch_penalty_s
        Seconds of clear evidence that were needed for a change of state.
    bouts, measures, bins, samples
        Tables of the same names in `behave.model.tables`, without the ids.
    rescored
        The trial's immobility with other settings of the scoring.
    agreement, disagreements
        Tables of `behave.model.tables.TRACKERS` and `DISAGREEMENTS` without the
        ids; None if there is one tracker only.
    prepared
        Name of a file of frames below the results folder -> its temporary name,
        which it has until all results are written.
    """

    entry_s: float
    entry_source: EntrySource
    kept: Mapping[str, float]
    flags: tuple[Flag, ...]
    immobile_below: float
    switch_penalty_s: float
    bouts: pd.DataFrame
    measures: pd.DataFrame
    bins: pd.DataFrame
    samples: pd.DataFrame
    rescored: pd.DataFrame
    agreement: pd.DataFrame | None
    disagreements: pd.DataFrame | None
    prepared: Mapping[str, str] = field(default_factory=dict)

    def frames(self, folder: Path, name: str) -> Path:
        """Return the present path of a file of frames."""
        return folder / self.prepared.get(name, name)


TABLES = ("bouts", "measures", "bins", "samples", "rescored", "agreement", "disagreements")
NUMBERS = ("entry_s", "entry_source", "kept", "immobile_below", "switch_penalty_s")


def save_rating(
    folder: Path, key: str, trial_id: str, rating: Rating, frames: Mapping[str, pd.DataFrame]
) -> Rating:
    """Keep a trial's score and prepare its frames; return it with the frames' temporary names.

    Parameters
    ----------
    folder
        The results folder.
    key
        The key of the score.
    trial_id
        Name of the trial.
    rating
        The score.
    frames
        Its tables of frames, by the file name in their definition.
    """
    prepared, hashes = {}, {}
    for pattern, table in frames.items():
        name = pattern.replace("<trial_id>", trial_id)
        written = files.table_bytes(table, folder / name)
        prepared[name] = files.prepare(written, folder / name).relative_to(folder).as_posix()
        hashes[name] = hashlib.sha256(written).hexdigest()
    content = {
        "key": key,
        "layout": store.layout(),
        "frames": hashes,
        **{name: getattr(rating, name) for name in NUMBERS},
        "flags": [asdict(flag) for flag in rating.flags],
        **{name: _plain(getattr(rating, name)) for name in TABLES},
    }
    store.write_sealed(content, store.score_file(folder, trial_id))
    return replace(rating, prepared=prepared)


def load_rating(folder: Path, key: str, trial_id: str) -> Rating | None:
    """Return the score kept under a key; None if there is none or its frames have changed."""
    try:
        content = store.read_sealed(store.score_file(folder, trial_id))
        if content["key"] != key or content["layout"] != store.layout():
            return None
        for name, sha256 in content["frames"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256:
                return None
        return Rating(
            **{name: content[name] for name in NUMBERS},
            flags=tuple(Flag(**flag) for flag in content["flags"]),
            **{name: _table(content[name]) for name in TABLES},
        )
    except store.DAMAGE:
        return None  # absent or damaged: it is computed again


def _plain(table: pd.DataFrame | None) -> dict[str, Any] | None:
    """Return a table as JSON values, NaN for empty cells."""
    if table is None:
        return None
    cells = table.astype(object).where(table.notna(), math.nan)
    return {"columns": list(table.columns), "rows": cells.to_numpy().tolist()}


def _table(content: Mapping[str, Any] | None) -> Any:
    """Return the table for JSON values."""
    if content is None:
        return None
    return pd.DataFrame(content["rows"], columns=content["columns"], dtype=object)
