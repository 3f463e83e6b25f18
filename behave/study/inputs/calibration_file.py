"""A calibration of an earlier run, named in the study file and used again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from behave import sheets
from behave.errors import InputError, Problem
from behave.model.tables import CALIBRATION
from behave.schema import parse


def read_calibration(
    path: Path, trackers: Sequence[str], cameras: Mapping[str, str], videos: Sequence[str]
) -> dict[tuple[str | None, str], float]:
    """Read the thresholds of an earlier run.

    Parameters
    ----------
    path
        Its ``calibration.csv``.
    trackers
        Whose motion is read now.
    cameras
        The camera of each video, where the trials say it.
    videos
        The videos to be scored.

    Returns
    -------
    dict
        Threshold by camera and tracker. An earlier run with a single camera has no name
        of a camera here: it was the same one.

    Raises
    ------
    InputError
        If the file is no calibration, is of another tracker, or does not tell the
        threshold of some camera.
    """
    # A person who set a threshold may have written who and why beside it.
    table = parse(sheets.read_sheet(path), replace(CALIBRATION, more=True), str(path))
    unusable = table.index[~(pd.to_numeric(table["immobile_below"]) > 0)]
    if len(unusable) or table.empty:
        raise InputError(
            Problem(
                "this calibration has no threshold",
                file=str(path),
                at=f"row {unusable[0]}, column 'immobile_below'" if len(unusable) else None,
                expected="the motion below which an animal counts as immobile, above 0",
                fix="name a calibration.csv as a run has written it",
            )
        )
    main = table[table["tracker"] == trackers[0]]
    if main.empty:
        raise InputError(
            Problem(
                "this calibration is of another tracker, whose motion has another unit",
                file=str(path),
                at="column 'tracker'",
                expected=trackers[0],
                found=", ".join(dict.fromkeys(table["tracker"])),
                fix="name the calibration of a run with the same tracking method",
            )
        )
    known = table[table["tracker"].isin(list(trackers))]
    values = zip(known["camera"], known["tracker"], known["immobile_below"], strict=True)
    single = len(set(main["camera"])) == 1
    given = {
        (None if single else str(camera), str(tracker)): float(value)
        for camera, tracker, value in values
    }
    if not single:
        _require_all(path, sorted(set(main["camera"])), cameras, videos)
    return given


def _require_all(
    path: Path, known: Sequence[str], cameras: Mapping[str, str], videos: Sequence[str]
) -> None:
    """Refuse videos of which it is not known with which camera's threshold they are scored."""
    without = [video for video in videos if cameras.get(video) not in known]
    if without:
        found = cameras.get(without[0])
        raise InputError(
            Problem(
                "it is not known which camera of the earlier calibration filmed this video",
                file=str(path),
                at=f"video {without[0]}",
                expected="a column 'camera' in the table of trials with one of: "
                + ", ".join(known),
                found=f"camera {found!r}" if found else "no camera",
                fix="name the camera of each trial as that calibration names it",
            )
        )


def decisions_in(path: Path) -> tuple[str, ...]:
    """Return what people decided in a calibration, one sentence for each threshold.

    Parameters
    ----------
    path
        A ``calibration.csv``. Where a person set a threshold on the pages, it also says who
        (``scorer``), why (``reason``) and when (``decided_at``).
    """
    table = sheets.read_sheet(path)
    if not {"scorer", "reason", "decided_at"} <= set(table.columns):
        return ()
    made = table[table["scorer"] != ""]
    return tuple(
        f"The threshold of camera {row['camera'] or '1'} was set to {row['immobile_below']} by "
        f"{row['scorer']} ({row['decided_at'][:10]}): {row['reason']}"
        for _, row in made.iterrows()
    )
