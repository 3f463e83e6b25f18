"""Which of DeepLabCut's files belongs to which video."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from behave.errors import InputError, Problem, TrialError
from behave.tracking.options import TrackingOptions
from behave.tracking.pose_files import POSE_SUFFIXES
from behave.tracking.pose_meta import meta_file

# What DeepLabCut puts behind a video's name, in all its versions.
_MARKS = ("DLC", "DeepCut", "_superanimal")
# Tables of other things that it writes with the same beginning.
_OTHERS = ("_skeleton", "_bodyparts", "_likelihood", "_labeled", "_meta", "_full")


def is_pose_file(path: Path) -> bool:
    """Return whether a file's name ends as files of keypoints do."""
    return path.suffix.lower() in POSE_SUFFIXES


def find_outputs(videos: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Find the file of keypoints of each video by the video's name.

    Parameters
    ----------
    videos
        Name in the trials -> the video.
    folder
        The folder of DeepLabCut's files, searched with its folders.

    Returns
    -------
    dict
        Name in the trials -> the file. Of an ``.h5`` and a ``.csv`` of the
        same name the ``.h5`` is taken.

    Raises
    ------
    InputError
        With one problem for each video that has no file or several.
    """
    if not folder.is_dir():
        raise InputError(
            Problem(
                "the folder of DeepLabCut's files is not there",
                file="the study file",
                at="tracking.outputs",
                expected="a folder, relative to the study file",
                found=str(folder),
                fix="correct 'tracking.outputs', or connect the drive",
            )
        )
    files = sorted(path for path in folder.rglob("*") if is_pose_file(path))
    found: dict[str, Path] = {}
    problems = []
    for name, video in videos.items():
        mine = _one_per_name(path for path in files if _belongs(path, video.stem))
        if len(mine) == 1:
            found[name] = mine[0]
            continue
        listed = ", ".join(path.relative_to(folder).as_posix() for path in mine)
        problems.append(
            Problem(
                "more than one file of keypoints for this video" if mine
                else "no file of keypoints for this video",
                file=name,
                expected=f"one .h5 or .csv in {folder} named {video.stem}DLC_... or {video.stem}",
                found=listed or f"{len(files)} files of other names",
                fix="keep the file to be scored in this folder and move the others away" if mine
                else "analyse the video with DeepLabCut, or correct 'tracking.outputs'",
            )
        )  # fmt: skip
    if problems:
        raise InputError(*problems)
    return found


def check_named(video: Path) -> None:
    """Refuse a video for which neither keypoints nor a network are named.

    Raises
    ------
    InputError
        Unless the video's place is itself a file of keypoints.
    """
    if not is_pose_file(video):
        raise InputError(
            Problem(
                "it is not said where the keypoints are",
                file=str(video),
                expected="tracking.outputs, a folder of DeepLabCut's files, or tracking.project, "
                "a trained project",
                fix="add one of them to the study file",
            )
        )


def pose_file(video: Path, options: TrackingOptions) -> Path:
    """Return a video's file of keypoints, which may be the video's own place.

    Raises
    ------
    TrialError
        If no folder of files is named, or not one file in it is the video's.
    """
    try:
        if options.outputs is None:
            check_named(video)
            return video
        if is_pose_file(video):
            return video
        return find_outputs({video.name: video}, options.outputs)[video.name]
    except InputError as error:
        raise TrialError(*error.problems) from error


def fingerprint(video: Path, options: TrackingOptions) -> str:
    """Return a hash of a video's file of keypoints and of the meta file beside it."""
    path = pose_file(video, options)
    parts = [path, meta_file(path)]
    return _hash(tuple((str(part), part.stat().st_mtime_ns) for part in parts if part.is_file()))


@lru_cache
def _hash(parts: tuple[tuple[str, int], ...]) -> str:
    """Return the hash of files; the times say when a kept answer is too old."""
    digest = hashlib.sha256()
    for name, _ in parts:
        digest.update(Path(name).read_bytes())
    return digest.hexdigest()


def _belongs(path: Path, stem: str) -> bool:
    """Return whether a file's name is a video's, with what DeepLabCut puts behind it."""
    rest = path.stem[len(stem) :]
    return (
        path.stem.startswith(stem)
        and (not rest or rest.startswith(_MARKS))
        and not path.stem.endswith(_OTHERS)
    )


def _one_per_name(paths: Iterable[Path]) -> list[Path]:
    """Return the files, without a CSV that stands beside an HDF5 file of its name."""
    listed = list(paths)
    with_hdf = {path.with_suffix("") for path in listed if path.suffix.lower() != ".csv"}
    return [
        path
        for path in listed
        if path.suffix.lower() != ".csv" or path.with_suffix("") not in with_hdf
    ]
