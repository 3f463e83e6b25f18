"""Reading a results folder for export; only its tables are read, no videos."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from behave import files
from behave.errors import InputError, Problem
from behave.files import is_file_name
from behave.model.tables import BOUTS, FRAMES, TRIALS_LOG
from behave.schema import Table, conform

FOLDER = "export"

# The columns that are read, by table.
EXPORTED = {
    TRIALS_LOG.file: ("trial_id", "animal_id", "video", "status"),
    BOUTS.file: ("trial_id", "state", "start_s", "stop_s", "duration_s"),
    FRAMES.file: ("time_s", "motion", "state", "x_px", "y_px"),
}


@dataclass(frozen=True)
class Scored:
    """One scored trial of a results folder.

    Parameters
    ----------
    trial_id, animal_id, video
        Trial, animal and video, as in the log of trials.
    bouts
        One row per bout, columns of `behave.model.tables.BOUTS`.
    frames
        One row per frame, columns of `behave.model.tables.FRAMES`.
    """

    trial_id: str
    animal_id: str
    video: str
    bouts: pd.DataFrame
    frames: pd.DataFrame

    @property
    def frames_per_s(self) -> float:
        """Frame rate: 1 / median frame interval; NaN with fewer than two frames."""
        return float(1 / self.frames["time_s"].diff().median())

    @property
    def seen(self) -> pd.DataFrame:
        """The bouts without unscored time."""
        return self.bouts[self.bouts["state"] != "unscored"]


def read_run(folder: Path) -> dict[str, Any]:
    """Return the content of a results folder's ``run.json``.

    Raises
    ------
    InputError
        If the folder holds no results.
    """
    try:
        content: dict[str, Any] = dict(json.loads((folder / "run.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            Problem(
                "the folder holds no results",
                file=str(folder),
                expected="the results folder of 'behave run' or 'behave score'",
                found=str(error),
                fix="give the folder that holds run.json",
            )
        ) from error
    return content


def read_scored(folder: Path) -> Iterator[Scored]:
    """Yield the scored trials of a results folder, in the order of its log.

    Raises
    ------
    InputError
        If a table of the results is missing or cannot be read.
    """
    log = _read(folder / TRIALS_LOG.file, TRIALS_LOG)
    bouts = _read(folder / BOUTS.file, BOUTS)
    for row in log[log["status"] == "done"].to_dict("records"):
        trial_id = str(row["trial_id"])
        if not is_file_name(trial_id):
            continue  # not written by this package: its frames would be in another place
        yield Scored(
            trial_id,
            str(row["animal_id"]),
            str(row["video"]),
            bouts[bouts["trial_id"] == trial_id],
            _read(folder / FRAMES.file.replace("<trial_id>", trial_id), FRAMES),
        )


def _read(path: Path, table: Table) -> pd.DataFrame:
    """Read those columns of a table of the results that are exported."""
    text = tuple(column.name for column in table.columns if column.kind == "text")
    needed = replace(table, columns=tuple(table[name] for name in EXPORTED[table.file]))
    try:
        content = conform(files.read_table(path, text)[list(needed.names)], needed)
        _check_times(content)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise InputError(
            Problem(
                "a table of the results cannot be read",
                file=str(path),
                found=str(error),
                fix="run the study again; its measurements are kept and used again",
            )
        ) from error
    return content


def _check_times(content: pd.DataFrame) -> None:
    """Raise ValueError if a time is empty, or if there are fewer than two frames."""
    times = content[
        [name for name in ("start_s", "stop_s", "duration_s", "time_s") if name in content]
    ]
    if not np.isfinite(times.to_numpy(float)).all():
        raise ValueError("a time is empty")
    if "time_s" in times and not times["time_s"].diff().median() > 0:
        raise ValueError("fewer than two frames")
