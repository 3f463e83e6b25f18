"""A trial's score, and how it is kept for reuse: as plain JSON, beside the frames it belongs to."""

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
    """One trial's score without its frames, which lie in files by now.

    Parameters
    ----------
    entry_s, entry_source
        When the animal entered, and where that is known from.
    kept
        Share of the frames in which each keypoint was trusted.
    flags
        Remarks on the recording and on the score.
    immobile_below
        The threshold that was used.
    switch_penalty_s
        Seconds of clear evidence that outweighed a change of state.
    bouts, measures, bins, samples
        Tables of the same names in `behave.model.tables`, without the ids.
    rescored
        The trial's immobility under other choices.
    agreement, disagreements
        Tables of `behave.model.tables.TRACKERS` and `DISAGREEMENTS` without the
        ids; none where there is one tracker.
    prepared
        Files of frames by their names below the results folder, and the
        temporary names that they have until all results get theirs.
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
        """Return where a file of frames lies at present."""
        return folder / self.prepared.get(name, name)


TABLES = ("bouts", "measures", "bins", "samples", "rescored", "agreement", "disagreements")
NUMBERS = ("entry_s", "entry_source", "kept", "immobile_below", "switch_penalty_s")


def save_rating(
    folder: Path, key: str, trial_id: str, rating: Rating, frames: Mapping[str, pd.DataFrame]
) -> Rating:
    """Keep a trial's score and prepare its frames; return it with where these lie.

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
        Its frames, by the file of their table.
    """
    prepared, hashes = {}, {}
    for pattern, table in frames.items():
        name = pattern.replace("<trial_id>", trial_id)
        written = files.table_bytes(table, folder / name)
        prepared[name] = files.prepare(written, folder / name).relative_to(folder).as_posix()
        hashes[name] = hashlib.sha256(written).hexdigest()
    content = {
        "key": key,
        "frames": hashes,
        **{name: getattr(rating, name) for name in NUMBERS},
        "flags": [asdict(flag) for flag in rating.flags],
        **{name: _plain(getattr(rating, name)) for name in TABLES},
    }
    store.write_sealed(content, store.score_file(folder, trial_id))
    return replace(rating, prepared=prepared)


def load_rating(folder: Path, key: str, trial_id: str) -> Rating | None:
    """Return the score kept under a key; none where its frames are not those that lie there."""
    try:
        content = store.read_sealed(store.score_file(folder, trial_id))
        if content["key"] != key:
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
        return None  # absent or damaged: made again


def _plain(table: pd.DataFrame | None) -> dict[str, Any] | None:
    """Return a table as plain values, NaN for empty."""
    if table is None:
        return None
    cells = table.astype(object).where(table.notna(), math.nan)
    return {"columns": list(table.columns), "rows": cells.to_numpy().tolist()}


def _table(content: Mapping[str, Any] | None) -> Any:
    """Return a table of plain values."""
    if content is None:
        return None
    return pd.DataFrame(content["rows"], columns=content["columns"], dtype=object)
