"""The files of videos: found in folders, or named in a table of trials."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from behave import tracking
from behave.errors import InputError, Problem
from behave.study.inputs.study_file import Study
from behave.tracking import Recording

VIDEO_SUFFIXES = frozenset(
    (".264", ".3gp", ".asf", ".avi", ".flv", ".h264", ".h265", ".hevc", ".m2ts", ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg",
     ".mpg", ".mts", ".ts", ".webm", ".wmv")
)  # fmt: skip


def find_videos(paths: Sequence[Path], *, keypoints: bool = False) -> dict[str, Path]:
    """Find videos in files and folders.

    Parameters
    ----------
    paths
        Files, taken as they are, and folders, which are searched.
    keypoints
        Look for files of keypoints in place of videos.

    Returns
    -------
    dict
        The path below the folder given (the name alone for a file given)
        -> the file, sorted.

    Raises
    ------
    InputError
        If a path is not there, holds no video, or a name comes twice.
    """
    suffixes = tracking.POSE_SUFFIXES if keypoints else VIDEO_SUFFIXES
    kind = "file of keypoints" if keypoints else "video"
    found: dict[str, Path] = {}
    problems = []
    for path in paths:
        if path.is_dir():
            files = [
                file
                for file in sorted(path.rglob("*"))
                if file.suffix.lower() in suffixes and not file.name.startswith(".")
            ]
            files = tracking.keypoint_files(files) if keypoints else files
            names = {file.relative_to(path).as_posix(): file for file in files}
        else:
            names = {path.name: path} if path.exists() else {}
        if not names:
            problems.append(
                Problem(
                    f"no {kind} in this folder" if path.is_dir() else "the file is not there",
                    file=str(path),
                    expected="a file or a folder of files: " + " ".join(sorted(suffixes)),
                    fix="check the path",
                )
            )
        problems += [
            Problem(
                f"two files are called {name}",
                file=str(names[name]),
                found=str(found[name]),
                fix="name the folder that contains both instead",
            )
            for name in sorted(names.keys() & found.keys())
        ]
        found |= names
    if problems:
        raise InputError(*problems)
    return found


def files_of(trials: pd.DataFrame, study: Study) -> dict[str, Recording]:
    """Return the recording of each video named in the trials; chapters are joined by ``|``."""
    below = _folder_of(study)
    allowed = [Path(os.path.normpath(folder)) for folder in (below, *study.other_folders)]
    found: dict[str, Recording] = {}
    problems = []
    filmed = trials[trials["video"] != ""]
    for row, name in filmed["video"].drop_duplicates().items():
        parts = tuple(below / part.strip() for part in name.split(tracking.CHAPTER_MARK))
        if len(parts) > 1 and os.path.exists(below / name):  # noqa: PTH110 - fails on long names
            parts = (below / name,)
        outside = [
            part
            for part in parts
            # By its words, not by where links lead: a link was laid by the folder's owner.
            if not any(Path(os.path.normpath(part)).is_relative_to(folder) for folder in allowed)
        ]
        if outside:
            problems.append(
                Problem(
                    "the video lies outside of the study's folders",
                    file=str(study.trials),
                    at=f"row {row}, column 'video'",
                    expected="a file below " + " or ".join(map(str, allowed)),
                    found=str(outside[0]),
                    fix="correct the name, or add the folder to 'other_folders' in the study file",
                )
            )
        found[name] = Recording(name, parts, study.tracking.fps)
    if problems:
        raise InputError(*problems)
    return found


def _folder_of(study: Study) -> Path:
    """Return the folder that the trials' videos are named from."""
    if study.videos is None:
        raise InputError(
            Problem(
                "missing key",
                file="the study file",
                at="videos",
                expected="the folder that the trials' videos are named from",
                fix="add 'videos: FOLDER'",
            )
        )
    if not os.path.isdir(study.videos):  # noqa: PTH112 - Path's own fails on a name too long
        raise InputError(
            Problem(
                "the folder of videos is not there",
                file="the study file",
                at="videos",
                expected="a folder, relative to the study file",
                found=str(study.videos),
                fix="correct 'videos', or connect the drive",
            )
        )
    return study.videos
