"""Finding DeepLabCut's file of keypoints for each video."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from behave.errors import InputError, Problem, TrialError
from behave.tracking.keypoints.crop_offset import meta_file
from behave.tracking.keypoints.files import can_read_hdf
from behave.tracking.options import TrackingOptions
from behave.tracking.trial import POSE_SUFFIXES, Recording, Video

# What DeepLabCut's versions add to a video's name.
_MARKS = ("DLC", "DeepCut", "_superanimal")
# Endings of its other files, which have the same beginning.
_OTHERS = ("_skeleton", "_bodyparts", "_likelihood", "_labeled", "_meta", "_full")


def is_pose_file(path: Path) -> bool:
    """Return whether a file's name ends as files of keypoints do."""
    return path.suffix.lower() in POSE_SUFFIXES


def find_outputs(videos: Mapping[str, Video], outputs: Path) -> dict[str, tuple[Path, ...]]:
    """Find each video's files of keypoints by the video's name.

    Parameters
    ----------
    videos
        Name in the trials -> the video.
    outputs
        The folder of DeepLabCut's files, searched with its subfolders; or a
        folder and a pattern of names, such as ``dlc/*_filtered.h5``.

    Returns
    -------
    dict
        Name in the trials -> a file for each of the video's chapters. Of
        files of the same name, the one in a folder with the same name as the
        video's is taken; see also `keypoint_files`.

    Raises
    ------
    InputError
        With one problem for each video that has no file or several, and for
        each file that belongs to two videos.
    """
    folder, pattern = (outputs.parent, outputs.name) if "*" in outputs.name else (outputs, "*")
    if not folder.is_dir():
        raise InputError(
            Problem(
                "the folder of DeepLabCut's files does not exist",
                file="the study file",
                at="tracking.outputs",
                expected="a folder, relative to the study file",
                found=str(folder),
                fix="correct 'tracking.outputs', or connect the drive",
            )
        )
    files = sorted(path for path in folder.rglob(pattern) if is_pose_file(path))
    kind = ".h5 or .csv" if pattern == "*" else f"file {pattern}"
    found: dict[str, tuple[Path, ...]] = {}
    owners: dict[Path, Path] = {}
    problems = []
    for name, video in videos.items():
        mine = []
        for chapter in Recording.of(video).files:
            fitting = _nearest((path for path in files if _belongs(path, chapter.stem)), chapter)
            fitting = keypoint_files(fitting)
            if len(fitting) != 1:
                wanted = f"one {kind} in {folder} named {chapter.stem}DLC_... or {chapter.stem}"
                problems.append(_not_one(name, fitting, wanted, len(files)))
            elif owners.setdefault(fitting[0], chapter) != chapter:
                problems.append(_shared(name, owners[fitting[0]], fitting[0].relative_to(folder)))
            mine += fitting
        found[name] = tuple(mine)
    if problems:
        raise InputError(*problems)
    return found


def keypoint_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that hold keypoints, each table once.

    DeepLabCut's other tables in the same folder are left out. Of an HDF5 and a
    CSV file of the same name, the HDF5 file is taken if it can be read.
    """
    chosen: dict[Path, Path] = {}
    for path in paths:
        name = path.with_suffix("")
        better = (path.suffix.lower() != ".csv") == can_read_hdf()
        if not _is_other(path) and (better or name not in chosen):
            chosen[name] = path
    return list(chosen.values())


def check_named(video: Path) -> None:
    """Raise InputError for a video if neither keypoints nor a network are given.

    Raises
    ------
    InputError
        Unless the path of the video is itself that of a file of keypoints.
    """
    if not is_pose_file(video):
        raise InputError(
            Problem(
                "neither files of keypoints nor a network are given",
                file=str(video),
                expected="tracking.outputs, a folder of DeepLabCut's files, or tracking.project, "
                "a trained project",
                fix="add one of them to the study file",
            )
        )


def pose_files(video: Video, options: TrackingOptions) -> tuple[Path, ...]:
    """Return the file of keypoints of each of a video's chapters.

    The path of a video may itself be that of a file of keypoints.

    Raises
    ------
    TrialError
        If no folder of files is given, or it does not hold exactly one file for
        the video.
    """
    first = Recording.of(video).first
    try:
        if options.outputs is None:
            check_named(first)
            return (first,)
        if is_pose_file(first):
            return (first,)
        return find_outputs({video.name: video}, options.outputs)[video.name]
    except InputError as error:
        raise TrialError(*error.problems) from error


def fingerprint(video: Video, options: TrackingOptions) -> str:
    """Return a hash of a video's files of keypoints and of their meta files."""
    parts = [part for path in pose_files(video, options) for part in (path, meta_file(path))]
    return _hash(tuple((str(part), part.stat().st_mtime_ns) for part in parts if part.is_file()))


@lru_cache
def _hash(parts: tuple[tuple[str, int], ...]) -> str:
    """Return the hash of files; with other modification times it is computed again."""
    digest = hashlib.sha256()
    for name, _ in parts:
        digest.update(Path(name).read_bytes())
    return digest.hexdigest()


def _belongs(path: Path, stem: str) -> bool:
    """Return whether a file's name is a video's name with what DeepLabCut adds to it."""
    rest = path.stem[len(stem) :]
    return path.stem.startswith(stem) and (not rest or rest.startswith(_MARKS))


def _is_other(path: Path) -> bool:
    """Return whether a file's name says that it does not hold keypoints."""
    return path.stem.endswith(_OTHERS) and any(mark in path.stem for mark in _MARKS)


def _nearest(paths: Iterable[Path], video: Path) -> list[Path]:
    """Return the files whose folders are named as the video's folders; all files if there are none.

    For example, ``cam1/001DLC.h5`` belongs to ``cam1/001.mp4`` and not to ``cam2/001.mp4``.
    """
    listed = list(paths)
    near = [_folders_shared(path, video) for path in listed]
    return [path for path, shared in zip(listed, near, strict=True) if shared == max(near)]


def _folders_shared(path: Path, video: Path) -> int:
    """Return how many of the innermost folders of two paths have the same names."""
    pairs = zip(reversed(path.parent.parts), reversed(video.parent.parts), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _not_one(name: str, found: Sequence[Path], expected: str, searched: int) -> Problem:
    """Return the problem for a video that has no file of keypoints, or several."""
    if not found:
        return Problem(
            "no file of keypoints for this video",
            file=name,
            at="tracking.outputs",
            expected=expected,
            found=f"{searched} files with other names",
            fix="analyse the video with DeepLabCut, or correct 'tracking.outputs'",
        )
    names = [path.name for path in found]
    columns = zip(*names, strict=False)
    alike = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, columns))
    end = max(names, key=len)[alike:]
    return Problem(
        "more than one file of keypoints for this video",
        file=name,
        at="tracking.outputs",
        expected=expected,
        found=", ".join(names if end else map(str, found)),
        fix=(f"choose by a pattern of names, such as 'outputs: FOLDER/*{end}', or " if end else "")
        + "move all but one to another folder",
    )


def _shared(name: str, other: Path, file: Path) -> Problem:
    """Return the problem for a file of keypoints that belongs to two videos."""
    return Problem(
        "two videos have the same file of keypoints",
        file=name,
        at="tracking.outputs",
        expected="a file of its own",
        found=f"{file.as_posix()}, whose name also fits {other}",
        fix="put the files into folders with the same names as the videos' folders, or give the "
        "videos different names",
    )
