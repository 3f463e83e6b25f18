"""What is kept for reuse: motion and arenas, each under the key of all that made it.

A kept result is used again if and only if its key is the same: the contents
of the video, what the stage was told, the options it declares, and the
version of its method. Nothing is unpickled from a results folder.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from behave import files, tracking
from behave.errors import Problem, TrialError
from behave.flags import Flag
from behave.schema import conform
from behave.tables import MOTION
from behave.tracking import Arena, Track

FOLDER = "cache"
# The folder of a second tracker's motion.
BESIDE = "motion_beside"


def content_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content; of a recording in chapters, of all of theirs.

    Raises
    ------
    TrialError
        If the file cannot be read.
    """
    chapters = tracking.chapters_of(path)
    if len(chapters) > 1:
        return key_of(*map(content_hash, chapters))
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise TrialError(
            Problem(
                "the file is not there" if missing else "the file cannot be read",
                file=str(path),
                found=None if missing else error.strerror or str(error),
                fix="check the name in the trials table and the study's videos folder"
                if missing
                else "check that the file is not in use and may be read",
            )
        ) from error


def check_unchanged(path: Path, sha256: str) -> None:
    """Refuse a file whose content is no longer that of the hash.

    Raises
    ------
    TrialError
        If it was replaced, or cannot be read any more.
    """
    if content_hash(path) != sha256:
        raise TrialError(
            Problem(
                "the video changed while it was read",
                file=str(path),
                fix="run again when it is no longer being copied or edited",
            )
        )


def key_of(*parts: Any) -> str:
    """Return the key of what made a result; the parts are plain JSON values."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def save_track(folder: Path, key: str, track: Track) -> None:
    """Keep a trial's motion; the key goes first and comes back last, so half a result has none."""
    _facts(folder, track.trial_id).unlink(missing_ok=True)
    files.write_table(track.motion, _motion(folder, track.trial_id))
    facts = {"key": key, **_told(track)}
    if track.beside is not None:
        files.write_table(track.beside.motion, _motion(folder, track.trial_id, BESIDE))
        facts["beside"] = _told(track.beside)
    files.write_text(json.dumps(facts, indent=1), _facts(folder, track.trial_id))


def load_track(folder: Path, key: str | None, trial_id: str) -> Track | None:
    """Return a trial's kept motion, or None if there is none under that key.

    With ``key`` None whatever is kept for the trial is returned.
    """
    try:
        facts = json.loads(_facts(folder, trial_id).read_text("utf-8"))
        if key is not None and facts["key"] != key:
            return None
        track = _read(trial_id, facts, _motion(folder, trial_id))
        told = facts.get("beside")
        beside = told and _read(trial_id, told, _motion(folder, trial_id, BESIDE))
        return replace(track, beside=beside)
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None  # absent or damaged: made again


def _told(track: Track) -> dict[str, Any]:
    """Return all of a track but its motion, as plain JSON values."""
    return {
        "entry_s": track.entry_s,
        "entry_source": track.entry_source,
        "immobile_below": track.immobile_below,
        "flags": [asdict(flag) for flag in track.flags],
        "kept": dict(track.kept),
        "change_cost_s": track.change_cost_s,
    }


def _read(trial_id: str, facts: Mapping[str, Any], motion: Path) -> Track:
    """Return a track from what was kept of it."""
    return Track(
        trial_id=trial_id,
        motion=conform(files.read_table(motion), MOTION),
        entry_s=facts["entry_s"],
        entry_source=facts["entry_source"],
        immobile_below=facts["immobile_below"],
        flags=tuple(Flag(**flag) for flag in facts["flags"]),
        kept=facts["kept"],
        change_cost_s=facts["change_cost_s"],
    )


def save_arenas(folder: Path, key: str, arenas: Sequence[Arena]) -> None:
    """Keep the arenas found in a video."""
    text = json.dumps([asdict(arena) for arena in arenas], indent=1)
    files.write_text(text, folder / FOLDER / "arenas" / f"{key[:32]}.json")


def load_arenas(folder: Path, key: str) -> list[Arena] | None:
    """Return the arenas kept under a key, or None."""
    try:
        text = (folder / FOLDER / "arenas" / f"{key[:32]}.json").read_text("utf-8")
        # JSON knows no tuples, and an outline comes back as lists.
        return [
            Arena(**arena | {"points": tuple(map(tuple, arena["points"]))})
            for arena in json.loads(text)
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _motion(folder: Path, trial_id: str, kind: str = "motion") -> Path:
    return folder / FOLDER / kind / f"{trial_id}.csv.gz"


def _facts(folder: Path, trial_id: str) -> Path:
    return folder / FOLDER / "motion" / f"{trial_id}.json"
