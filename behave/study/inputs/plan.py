"""What is to be scored: the trials, their files, and all that scoring is told."""

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from behave import tracking
from behave.errors import BehaveError, InputError, Problem, did_you_mean
from behave.files import MAX_NAME
from behave.scoring import EarlierCalibration, ScoringOptions
from behave.study.alternatives import RESCORED, windows
from behave.study.inputs.calibration_file import read_calibration
from behave.study.inputs.study_file import SCORED_TESTS, Study
from behave.study.inputs.trials import design_columns
from behave.tracking import Arena, Recording, Tracker, TrackingOptions

VIDEO_SUFFIXES = frozenset(
    (".264", ".3gp", ".asf", ".avi", ".flv", ".h264", ".h265", ".hevc", ".m2ts", ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg",
     ".mpg", ".mts", ".ts", ".webm", ".wmv")
)  # fmt: skip
BIN_S = 60.0


@dataclass(frozen=True)
class Plan:
    """The trials and what scoring them takes.

    Parameters
    ----------
    trials
        One row per trial: ``trial_id, animal_id, video, arena, entry_s,
        exclude, exclude_reason`` and the design's columns.
    videos
        The recording of each video named in the trials.
    arenas
        The arenas of each video where a table gives them.
    count
        How many arenas to find in each of the other videos.
    epochs
        The named time windows, from the animal's entry.
    duration_s
        The length of a trial; none: to the recording's end.
    bin_s
        Width of the time bins.
    tracking, scoring
        The stages' options.
    extra
        The design's columns, which follow the measures.
    windows
        Windows for the sensitivity of the verdict; none where there is no verdict.
    arenas_file
        The table that the arenas were read from, if there is one.
    given
        Thresholds that are not learnt, by camera (none: all) and tracker.
    """

    trials: pd.DataFrame
    videos: Mapping[str, Recording]
    arenas: Mapping[str, Sequence[Arena]]
    count: int
    epochs: Mapping[str, tuple[float, float]]
    duration_s: float | None
    bin_s: float
    tracking: TrackingOptions
    scoring: ScoringOptions
    extra: tuple[str, ...] = ()
    windows: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    arenas_file: Path | None = None
    given: Mapping[tuple[str | None, str], float] = field(default_factory=dict)

    @property
    def tracker(self) -> Tracker:
        """What measures the motion."""
        return tracking.tracker_of(self.tracking)

    @property
    def cameras(self) -> dict[str, str]:
        """The camera of each video of which the trials say it."""
        return named_cameras(self.trials)

    @property
    def pictured(self) -> bool:
        """Whether arenas lie in pictures; a track export or a file of keypoints has none."""
        return bool(self.count or self.arenas)

    @property
    def active(self) -> pd.DataFrame:
        """The trials that are neither excluded nor without a video."""
        return self.trials[~self.trials["exclude"] & (self.trials["video"] != "")]


def plan_study(study: Study, trials: pd.DataFrame) -> Plan:
    """Plan the scoring of a study.

    Parameters
    ----------
    study
        The study file.
    trials
        The table of trials, indexed by its rows in the file.

    Raises
    ------
    InputError
        With one problem for each video or arena that cannot be told.
    """
    require_scored_test(study)
    videos = files_of(trials, study)
    arenas: Mapping[str, Sequence[Arena]] = {}
    count = 0
    tracker = tracking.tracker_of(study.how)
    needs_arenas = tracker.needs_arenas(
        given=study.arenas is not None, per_video=_most_arenas(trials)
    )
    if needs_arenas:
        if study.arenas is None:
            raise InputError(
                Problem(
                    "no 'arenas': it is not known where the animals are",
                    file=str(study.trials.name),
                    at="arenas",
                    expected="arenas: {count: N} or arenas: {file: arenas.csv}",
                    fix="say in the study file how many cylinders each video shows",
                )
            )
        count = study.arenas.count or 0
        if study.arenas.file is not None:
            arenas = tracking.read_arenas(study.arenas.file, videos)
    tracker.check(videos)
    _check_arenas(trials, arenas, count, str(study.trials), named=not needs_arenas)
    _check_windows(trials, study.protocol.duration_s, str(study.trials))
    _check_cameras(trials, str(study.trials))
    return Plan(
        trials=trials,
        videos=videos,
        arenas=arenas,
        count=count,
        epochs=study.protocol.epochs,
        duration_s=study.protocol.duration_s,
        bin_s=study.protocol.bin_s,
        tracking=study.how,
        scoring=study.scoring,
        extra=tuple(design_columns(study.design)),
        windows=windows(study.protocol.epochs) if study.design.outcome in RESCORED else {},
        given=given_thresholds(study.scoring, tracker, trials),
    )


def require_scored_test(study: Study) -> None:
    """Refuse to score a test that no tracker knows.

    Raises
    ------
    InputError
        With the tests that are scored.
    """
    if study.protocol.test not in SCORED_TESTS:
        raise InputError(
            Problem(
                f"test '{study.protocol.test}' cannot be scored from video",
                at="protocol.test",
                expected=" or ".join(SCORED_TESTS),
                fix="name one of these, or analyse a table of its outcome: behave analyze STUDY.yaml --measures FILE",
            )
        )


def given_thresholds(
    scoring: ScoringOptions, tracker: Tracker, trials: pd.DataFrame
) -> Mapping[tuple[str | None, str], float]:
    """Return the thresholds that are not learnt, by camera (none: all) and tracker.

    A number is that of the tracker whose motion is scored; the one beside it is learnt.

    Raises
    ------
    InputError
        If an earlier calibration is named that cannot be used.
    """
    threshold = scoring.immobile_below
    if threshold is None:
        return {}
    if isinstance(threshold, EarlierCalibration):
        active = trials[~trials["exclude"] & (trials["video"] != "")]
        videos = list(dict.fromkeys(active["video"]))
        return read_calibration(threshold.file, tracker.signals, named_cameras(trials), videos)
    return {(None, tracker.signals[0]): threshold}


def named_cameras(trials: pd.DataFrame) -> dict[str, str]:
    """Return the camera of each video of which the trials say it."""
    if "camera" not in trials:
        return {}
    told = trials[(trials["camera"] != "") & (trials["video"] != "")]
    return dict(zip(told["video"], told["camera"], strict=True))


def _check_cameras(trials: pd.DataFrame, file: str) -> None:
    """Refuse a video that is said to be of two cameras."""
    if "camera" not in trials:
        return
    told = trials[(trials["camera"] != "") & (trials["video"] != "")]
    seen = told.groupby("video", sort=False)["camera"].unique()
    problems = [
        Problem(
            f"two cameras for the one video {video}",
            file=file,
            at="column 'camera'",
            expected="one camera for all trials of a video",
            found=", ".join(names),
            fix="correct the camera, or the video",
        )
        for video, names in seen.items()
        if len(names) > 1
    ]
    if problems:
        raise InputError(*problems)


def _most_arenas(trials: pd.DataFrame) -> int:
    """Return the largest number of arenas that the trials name in one video."""
    counts = trials[trials["video"] != ""].groupby("video")["arena"].nunique()
    return 0 if counts.empty else int(counts.max())


def files_of(trials: pd.DataFrame, study: Study) -> dict[str, Recording]:
    """Return the recording of each video named in the trials; chapters are joined by ``|``."""
    below = _video_files(study)
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


def _video_files(study: Study) -> Path:
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


def _check_arenas(
    trials: pd.DataFrame,
    arenas: Mapping[str, Sequence[Arena]],
    count: int,
    file: str,
    *,
    named: bool,
) -> None:
    """Refuse a trial whose arena its video does not have; one that is a name may be any."""
    problems = []
    filmed = trials[trials["video"] != ""]
    for row, video, name in filmed[["video", "arena"]].itertuples():
        if named:
            known = [name]  # a sheet of the export, or an individual: seen when it is read
        elif video in arenas:
            known = [arena.name for arena in arenas[video]]
        else:
            known = [str(number + 1) for number in range(count)]
        if not name or name not in known:
            problems.append(
                Problem(
                    "no such arena" if name else "an empty cell",
                    file=file,
                    at=f"row {row}, column 'arena'",
                    expected=f"an arena of {video}: {', '.join(known)}" if known else "an arena",
                    found=repr(name),
                    fix=did_you_mean(name, known) if name else "fill in the arena",
                )
            )
    if problems:
        raise InputError(*problems)


def _check_windows(trials: pd.DataFrame, duration_s: float, file: str) -> None:
    """Refuse trials that share a video and an arena at the same time."""
    problems = []
    used = trials[(trials["video"] != "") & ~trials["exclude"]]
    for (video, arena), group in used.groupby(["video", "arena"], sort=False):
        entries = group["entry_s"].sort_values()
        for (row, entry), (other, later) in pairwise(entries.items()):
            if np.isnan(entry) or np.isnan(later) or later < entry + duration_s:
                problems.append(
                    Problem(
                        f"arena '{arena}' of {video} is used twice at the same time",
                        file=file,
                        at=f"rows {row} and {other}",
                        expected=f"one animal, or entry_s at least {duration_s:g} s apart",
                        found=f"entry_s {_shown(entry)} and {_shown(later)}",
                        fix="correct the video, the arena or entry_s",
                    )
                )
    if problems:
        raise InputError(*problems)


def _shown(entry_s: float) -> str:
    return "empty" if np.isnan(entry_s) else f"{entry_s:g}"


def plan_videos(
    paths: Sequence[Path], arenas_file: Path | None, count: int, tracking_options: TrackingOptions,
    scoring_options: ScoringOptions,
) -> Plan:  # fmt: skip
    """Plan the scoring of videos without a study: each arena of each is a trial.

    Parameters
    ----------
    paths
        Videos, or folders that are searched for videos; with method
        ``deeplabcut`` and no project, files of keypoints.
    arenas_file
        The table of arenas, if there is one; its ``video`` is relative to the folder.
    count
        How many arenas to find in each video otherwise.

    Raises
    ------
    InputError
        If there is no video, or two would give trials of the same name.
    """
    tracker = tracking.tracker_of(tracking_options)
    keypoints = tracker.reads_keypoint_files
    found = find_videos(paths, keypoints=keypoints)
    videos = {name: Recording(name, (file,), tracking_options.fps) for name, file in found.items()}
    tracker.check(videos)
    arenas = tracking.read_arenas(arenas_file, videos) if arenas_file else {}
    numbered = [str(number + 1) for number in range(count)]
    stems = Counter(_stem(name) for name in videos)
    rows = [
        {"trial_id": _short(f"{label}_arena{arena}"), "video": name, "arena": arena}
        for name in videos
        for label in [_stem(name) if stems[_stem(name)] == 1 else name.replace("/", "__")]
        for arena in (
            _individuals(videos[name].first)
            if keypoints
            else [a.name for a in arenas[name]]
            if name in arenas
            else numbered
        )
    ]
    trials = pd.DataFrame(rows, columns=["trial_id", "video", "arena"], dtype=object)
    trials["animal_id"] = trials["trial_id"]
    trials["entry_s"] = np.nan
    trials["exclude"] = False
    trials["exclude_reason"] = ""
    return Plan(
        trials=trials,
        videos=videos,
        arenas=arenas,
        count=count,
        epochs={"whole": (0.0, np.inf)},
        duration_s=None,
        bin_s=BIN_S,
        tracking=tracking_options,
        scoring=scoring_options,
        arenas_file=arenas_file,
        given=given_thresholds(scoring_options, tracker, trials),
    )


def _stem(name: str) -> str:
    """Return a video's name below its folder as a label: no extension, no slashes."""
    return str(Path(name).with_suffix("").as_posix()).replace("/", "__")


def _short(trial_id: str) -> str:
    """Return an id that can name files; the rest of one that is too long becomes a hash."""
    if len(trial_id.encode("utf-8", "surrogateescape")) <= MAX_NAME:
        return trial_id
    rest = hashlib.sha256(trial_id.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"{trial_id[: MAX_NAME // 5]}~{rest}"


def _individuals(file: Path) -> Sequence[str]:
    """Return the animals in a file of keypoints; one where it cannot be read, and so fails."""
    try:
        return tracking.find_individuals(file)
    except BehaveError:
        return ("1",)


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
