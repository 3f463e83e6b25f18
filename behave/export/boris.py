"""Scores for BORIS: its table of aggregated events, and a project that BORIS can open.

Unscored time is not a behaviour, and is left out of both.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from behave import __version__, files
from behave.export.results_reader import FOLDER, Scored, read_run, read_scored
from behave.tracking import CHAPTER_MARK

TABLE_FILE = f"{FOLDER}/boris_aggregated.tsv"
PROJECT_FILE = f"{FOLDER}/scores.boris"

# Names of the columns of BORIS's 'aggregated events'.
BORIS_COLUMNS = (
    "Observation id", "Observation date", "Description", "Media file", "Total length", "FPS",
    "Subject", "Behavior", "Behavioral category", "Modifiers", "Behavior type", "Start (s)",
    "Stop (s)", "Duration (s)", "Comment start", "Comment stop",
)  # fmt: skip

# The version of the format that BORIS 8 writes, and how many players a project has.
FORMAT = "7.0"
PLAYERS = 8
KEYS = {"immobile": "i", "mobile": "m", "swimming": "s", "climbing": "c"}


def export_boris(folder: Path) -> list[Path]:
    """Write the bouts of all trials for BORIS, and return the paths of the files.

    Raises
    ------
    InputError
        If the folder holds no results.
    OutputError
        If a file cannot be written.
    """
    run = read_run(folder)
    trials = list(read_scored(folder))
    table = pd.DataFrame(_rows(trials), columns=list(BORIS_COLUMNS))
    targets = [folder / TABLE_FILE, folder / PROJECT_FILE]
    files.write_text(table.to_csv(sep="\t", index=False, lineterminator="\n"), targets[0])
    files.write_text(json.dumps(project(trials, str(run.get("started", ""))), indent=1), targets[1])
    return targets


def _rows(trials: Sequence[Scored]) -> list[dict[str, str]]:
    """Return the aggregated events, one per bout."""
    return [
        dict.fromkeys(BORIS_COLUMNS, "")
        | {
            "Observation id": trial.trial_id,
            "Description": f"scored by behave {__version__}",
            "Media file": trial.video,
            "Total length": f"{trial.frames['time_s'].iloc[-1]:.3f}",
            "FPS": f"{trial.frames_per_s:.3f}",
            "Subject": trial.animal_id,
            "Behavior": bout["state"],
            "Behavior type": "STATE",
            "Start (s)": f"{bout['start_s']:.3f}",
            "Stop (s)": f"{bout['stop_s']:.3f}",
            "Duration (s)": f"{bout['duration_s']:.3f}",
        }
        for trial in trials
        for bout in trial.seen.to_dict("records")
    ]


def project(trials: Sequence[Scored], made: str) -> dict[str, Any]:
    """Return a BORIS project: one observation per trial, with its bouts as state events.

    Videos have the names of the table of trials; BORIS looks for them in the project's
    folder.

    Parameters
    ----------
    trials
        The trials that were scored.
    made
        Date and time of the run, ISO 8601.
    """
    animals = dict.fromkeys(trial.animal_id for trial in trials)
    states = dict.fromkeys(state for trial in trials for state in trial.seen["state"])
    blank = {"category": "", "modifiers": {}, "excluded": "", "coding map": "", "color": ""}
    return {
        "time_format": "hh:mm:ss",
        "project_date": made[:19],
        "project_name": "scores",
        "project_description": f"scored by behave {__version__}",
        "project_format_version": FORMAT,
        "subjects_conf": {
            str(number): {"key": "", "name": animal, "description": ""}
            for number, animal in enumerate(animals)
        },
        "behaviors_conf": {
            str(number): {
                "type": "State event", "key": KEYS.get(state, ""), "code": state,
                "description": "", **blank,
            }
            for number, state in enumerate(states)
        },
        "behavioral_categories": [],
        "independent_variables": {},
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
        "observations": {trial.trial_id: _observation(trial, made) for trial in trials},
    }  # fmt: skip


def _observation(trial: Scored, made: str) -> dict[str, Any]:
    """Return one trial as an observation."""
    media = trial.video.split(CHAPTER_MARK)
    length_s = float(trial.frames["time_s"].iloc[-1]) + 1 / trial.frames_per_s
    # BORIS itself finds the length of each file of a split recording when it opens it.
    known = media if len(media) == 1 else []
    events = [
        # Time, subject, behaviour, modifier, comment, picture.
        [round(at_s, 3), trial.animal_id, str(bout["state"]), "", "", round(at_s * trial.frames_per_s)]
        for bout in trial.seen.to_dict("records")
        for at_s in (bout["start_s"], bout["stop_s"])
    ]  # fmt: skip
    return {
        "type": "MEDIA",
        "file": {str(player): media if player == 1 else [] for player in range(1, PLAYERS + 1)},
        "date": made[:19],
        "description": f"scored by behave {__version__}",
        "time offset": 0.0,
        "observation time interval": [0, 0],
        "independent_variables": {},
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "close_behaviors_between_videos": False,
        "media_info": {
            "length": dict.fromkeys(known, round(length_s, 3)),
            "fps": dict.fromkeys(media, round(trial.frames_per_s, 3)),
            "hasVideo": dict.fromkeys(media, True),
            "hasAudio": dict.fromkeys(media, False),
            "offset": {"1": 0.0},
        },
        "events": events,
    }
