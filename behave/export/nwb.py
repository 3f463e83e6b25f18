"""Scores as files of Neurodata Without Borders, one per trial.

=============================== ==============================================
``processing/behavior``         holds
=============================== ==============================================
``bouts`` (TimeIntervals)       state, start and stop of each bout
``motion`` (TimeSeries)         the motion signal per frame; NaN: not measured
``pose`` (ndx-pose)             the animal's centre per frame, px of the picture
=============================== ==============================================

All times count from the video's first frame. It is not known when the animal
was filmed, so the start of the session is the start of the run; the file says so.
"""

import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from behave import __version__
from behave.errors import InputError, Problem
from behave.export.results_reader import FOLDER, Scored, read_run, read_scored
from behave.files import write_bytes

SPECIES = {"mouse": "Mus musculus", "rat": "Rattus norvegicus"}
DEFAULT_UNIT = "1"
TICK_S = 1e-6


def export_nwb(folder: Path) -> list[Path]:
    """Write each scored trial of a results folder as ``export/nwb/<trial_id>.nwb``.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    InputError
        If the folder holds no results, or a needed package is not installed.
    OutputError
        If a file cannot be written.
    """
    pynwb, ndx_pose = _load("pynwb"), _load("ndx_pose")
    run = read_run(folder)
    written = []
    for trial in read_scored(folder):
        target = folder / FOLDER / "nwb" / f"{trial.trial_id}.nwb"
        session = _session(trial, run, pynwb)
        module = session.create_processing_module(
            name="behavior", description="Scores made by behave."
        )
        module.add(_bouts(trial, pynwb))
        module.add(_motion(trial, pynwb))
        for part in _pose(trial, ndx_pose):
            module.add(part)
        write_bytes(_content(session, pynwb), target)
        written.append(target)
    return written


def _load(name: str) -> Any:
    """Import an optional package, only when it is needed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            Problem(
                f"{name} is not installed",
                expected="the optional packages for NWB",
                fix="pip install 'behave-fst[nwb]'",
            )
        ) from error


def _session(trial: Scored, run: Mapping[str, Any], pynwb: Any) -> Any:
    """Return the NWB file without data: what was scored, in which animal, by which program."""
    protocol = run["configuration"].get("protocol", {})
    test = {
        "fst": "Forced-swim test",
        "tst": "Tail suspension test",
        "freezing": "Freezing test",
    }.get(protocol.get("test", ""))
    # The same trial scored by the same run has the same identifier.
    made = f"{trial.trial_id} {trial.video} {run['started']}"
    return pynwb.NWBFile(
        session_description=f"{test or 'Behavioural test'}, scored from video. The session's "
        "start is when it was scored; when it was filmed is not recorded.",
        identifier=hashlib.sha256(made.encode()).hexdigest(),
        session_start_time=datetime.fromisoformat(run["started"]),
        session_id=trial.trial_id,
        source_script=" ".join(run["command"]),
        source_script_file_name="behave",
        subject=pynwb.file.Subject(
            subject_id=trial.animal_id,
            sex="U",  # unknown: the results folder does not hold it
            species=SPECIES.get(protocol.get("species", "")),
            description="Animal as named in the table of trials.",
        ),
    )


def _bouts(trial: Scored, pynwb: Any) -> Any:
    """Return the bouts as intervals."""
    table = pynwb.epoch.TimeIntervals(
        name="bouts",
        description="Consecutive bouts, [start, stop); unscored: the animal was not seen.",
    )
    table.add_column(name="state", description="What the animal did.")
    for bout in trial.bouts.to_dict("records"):
        table.add_interval(
            start_time=float(bout["start_s"]),
            stop_time=float(bout["stop_s"]),
            state=str(bout["state"]),
        )
    return table


def _clock(trial: Scored) -> dict[str, Any]:
    """Return the times of the frames: a start and a rate if they are regular."""
    times = trial.frames["time_s"].to_numpy(float)
    steps = np.diff(times)
    if steps.size and np.ptp(steps) < TICK_S:
        return {"starting_time": times[0], "rate": 1 / np.median(steps)}
    return {"timestamps": times}


def _motion(trial: Scored, pynwb: Any) -> Any:
    """Return the motion signal."""
    return pynwb.TimeSeries(
        name="motion",
        description="The tracker's motion signal; NaN where it was not measured.",
        data=trial.frames["motion"].to_numpy(float),
        **_clock(trial),
        unit=DEFAULT_UNIT,
    )


def _pose(trial: Scored, ndx_pose: Any) -> list[Any]:
    """Return the animal's centre as a skeleton of one node, and that skeleton."""
    skeleton = ndx_pose.Skeleton(name="animal", nodes=["centre"])
    centre = ndx_pose.PoseEstimationSeries(
        name="centre",
        description="Centre of the animal; NaN where it was not found.",
        data=trial.frames[["x_px", "y_px"]].to_numpy(float),
        **_clock(trial),
        unit="pixels",
        reference_frame="(0, 0) is the top left corner of the video's picture.",
    )
    pose = ndx_pose.PoseEstimation(
        name="pose",
        pose_estimation_series=[centre],
        description=f"Where the animal was in {trial.video}.",
        source_software="behave",
        source_software_version=__version__,
        skeleton=skeleton,
    )
    return [ndx_pose.Skeletons(skeletons=[skeleton]), pose]


def _content(session: Any, pynwb: Any) -> bytes:
    """Return a file's content."""
    buffer = io.BytesIO()
    with (
        _load("h5py").File(buffer, "w") as container,
        pynwb.NWBHDF5IO(file=container, mode="w") as stream,
    ):
        stream.write(session)
    return buffer.getvalue()
