"""Motion and arenas that are kept for reuse, each with a key made from everything it depends on.

A kept result is used again if and only if its key is the same. The key is made from the
content of the video, the stage's inputs and options, and the version of its method.
Nothing is unpickled from a results folder.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from behave import files
from behave.errors import Problem, TrialError
from behave.model.flags import Flag
from behave.model.tables import BINS, BOUTS, FRAMES, MEASURES, MOTION, SAMPLES
from behave.schema import conform
from behave.tracking import Arena, Recording, Track, Video

FOLDER = "cache"
# Folder of the pictures of arenas, and of the arenas that they show.
PICTURES = "arenas"
# Folder of the scenes of cameras.
SCENES = "scenes"
# Folder of a secondary tracker's motion.
SECONDARY = "motion_secondary"
# Exceptions from reading a file that is absent, incomplete or damaged.
DAMAGE = (
    OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, OverflowError, zlib.error,
)  # fmt: skip


def content_hash(video: Video) -> str:
    """Return the SHA-256 of a video's content, of all files if the recording has several.

    Raises
    ------
    TrialError
        If the file cannot be read.
    """
    chapters = Recording.of(video).files
    if len(chapters) > 1:
        return key_of(*map(content_hash, chapters))
    path = chapters[0]
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
                else "check that no other program uses the file, and its permissions",
            )
        ) from error


def file_state(video: Video) -> str:
    """Return a key of a video's size, times and place on disk; the same key means no change.

    It is empty if the file system cannot be read.
    """
    try:
        stats = [chapter.stat() for chapter in Recording.of(video).files]
    except OSError:
        return ""
    return key_of([(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in stats])


def check_unchanged(video: Video, sha256: str, state: str = "") -> None:
    """Check that a video's content has not changed since it was hashed.

    Parameters
    ----------
    video, sha256
        The video, and its hash from before.
    state
        Its `file_state` before it was hashed: the content is read again only if the
        state has changed.

    Raises
    ------
    TrialError
        If the content has changed, or cannot be read any more.
    """
    if state and state == file_state(video):
        return
    if content_hash(video) != sha256:
        raise TrialError(
            Problem(
                "the video changed while it was read",
                file=str(video),
                fix="run again when it is no longer being copied or edited",
            )
        )


def key_of(*parts: Any) -> str:
    """Return a key made from everything that a result depends on, as JSON values."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def layout() -> str:
    """Return a key of the columns that kept tables have in this version of the code.

    An earlier version may have kept a table that lacks a column under the same key: what is
    kept with another layout counts as not kept.
    """
    return key_of([table.names for table in (MOTION, FRAMES, BOUTS, MEASURES, BINS, SAMPLES)])


def write_sealed(content: Mapping[str, Any], path: Path) -> None:
    """Write values as JSON with a hash of the content, so that damage is detected."""
    plain = json.loads(json.dumps(content, default=lambda number: number.item()))
    files.write_text(json.dumps({**plain, "seal": key_of(plain)}, indent=1), path)


def read_sealed(path: Path) -> dict[str, Any]:
    """Read what `write_sealed` wrote; raise one of `DAMAGE` if it is missing or damaged."""
    content = json.loads(path.read_text("utf-8"))
    seal = content.pop("seal")
    if seal != key_of(content):
        raise ValueError("the content does not fit its hash")
    plain: dict[str, Any] = content
    return plain


def save_track(folder: Path, key: str, track: Track) -> None:
    """Keep a trial's motion, and remove a score that was made from earlier motion.

    The file with the key is removed first and written last, so that an incomplete result
    never has a key.
    """
    score_file(folder, track.trial_id).unlink(missing_ok=True)
    _facts(folder, track.trial_id).unlink(missing_ok=True)
    facts = {"key": key, "layout": layout(), **_keep(track, _motion(folder, track.trial_id))}
    if track.secondary is not None:
        facts["secondary"] = _keep(track.secondary, _motion(folder, track.trial_id, SECONDARY))
    write_sealed(facts, _facts(folder, track.trial_id))


def motion_key(folder: Path, trial_id: str) -> str | None:
    """Return the key under which a trial's motion is kept; None if it is not kept."""
    try:
        return str(read_sealed(_facts(folder, trial_id))["key"])
    except DAMAGE:
        return None


def load_track(folder: Path, key: str, trial_id: str) -> Track | None:
    """Return a trial's kept motion, or None if there is none under that key."""
    try:
        facts = read_sealed(_facts(folder, trial_id))
        if facts["key"] != key or facts["layout"] != layout():
            return None
        track = _read(trial_id, facts, _motion(folder, trial_id))
        kept = facts.get("secondary")
        secondary = kept and _read(trial_id, kept, _motion(folder, trial_id, SECONDARY))
        return replace(track, secondary=secondary)
    except DAMAGE:
        return None  # absent or damaged: it is measured again


def _keep(track: Track, motion: Path) -> dict[str, Any]:
    """Write a track's motion; return the hash of its file, and the rest as JSON values."""
    content = files.table_bytes(track.motion, motion)
    files.write_bytes(content, motion)
    return {
        "motion": hashlib.sha256(content).hexdigest(),
        "entry_s": track.entry_s,
        "entry_source": track.entry_source,
        "immobile_below": track.immobile_below,
        "flags": [asdict(flag) for flag in track.flags],
        "kept": dict(track.kept),
        "switch_penalty_s": track.switch_penalty_s,
    }


def _read(trial_id: str, facts: Mapping[str, Any], motion: Path) -> Track:
    """Return a track from what was kept of it."""
    if hashlib.sha256(motion.read_bytes()).hexdigest() != facts["motion"]:
        raise ValueError("the motion does not fit its hash")
    return Track(
        trial_id=trial_id,
        motion=conform(files.read_table(motion), MOTION),
        entry_s=facts["entry_s"],
        entry_source=facts["entry_source"],
        immobile_below=facts["immobile_below"],
        flags=tuple(Flag(**flag) for flag in facts["flags"]),
        kept=facts["kept"],
        switch_penalty_s=facts["switch_penalty_s"],
    )


def save_arenas(folder: Path, key: str, arenas: Sequence[Arena]) -> None:
    """Keep the arenas found in a video."""
    found = [asdict(arena) for arena in arenas]
    write_sealed({"arenas": found}, folder / FOLDER / PICTURES / f"{key[:32]}.json")


def load_arenas(folder: Path, key: str) -> list[Arena] | None:
    """Return the arenas kept under a key, or None."""
    try:
        found = read_sealed(folder / FOLDER / PICTURES / f"{key[:32]}.json")["arenas"]
        # JSON has no tuples: corners are read as lists.
        return [Arena(**arena | {"points": tuple(map(tuple, arena["points"]))}) for arena in found]
    except DAMAGE:
        return None


def save_scene(folder: Path, key: str, scene: Sequence[object]) -> None:
    """Keep the scene of a camera."""
    write_sealed({"scene": scene}, folder / FOLDER / SCENES / f"{key[:32]}.json")


def load_scene(folder: Path, key: str) -> tuple[int, int, str] | None:
    """Return the scene kept under a key, or None."""
    try:
        height, width, packed = read_sealed(folder / FOLDER / SCENES / f"{key[:32]}.json")["scene"]
        return int(height), int(width), str(packed)
    except DAMAGE:
        return None


def save_picture(folder: Path, name: str, key: str, content: bytes) -> None:
    """Keep a picture of arenas, and then the key of the arenas that it shows."""
    files.write_bytes(content, folder / PICTURES / name)
    files.write_text(key, _shown(folder, name))


def shows(folder: Path, name: str, key: str) -> bool:
    """Return whether a picture exists and shows the arenas of a key."""
    try:
        return (folder / PICTURES / name).is_file() and _shown(folder, name).read_text() == key
    except DAMAGE:
        return False


def _shown(folder: Path, name: str) -> Path:
    return folder / FOLDER / PICTURES / f"{name}.txt"


def score_file(folder: Path, trial_id: str) -> Path:
    """Return the file that keeps a trial's score."""
    return folder / FOLDER / "scores" / f"{trial_id}.json"


def _motion(folder: Path, trial_id: str, kind: str = "motion") -> Path:
    return folder / FOLDER / kind / f"{trial_id}.csv.gz"


def _facts(folder: Path, trial_id: str) -> Path:
    return folder / FOLDER / "motion" / f"{trial_id}.json"
