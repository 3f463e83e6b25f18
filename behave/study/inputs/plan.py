"""What is to be scored: the trials, their files, and all that scoring is told."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from behave import tracking
from behave.errors import BehaveError, InputError, Problem
from behave.files import MAX_NAME
from behave.scoring import EarlierCalibration, ScoringOptions
from behave.study.alternatives import RESCORED, windows
from behave.study.inputs.calibration_file import read_calibration
from behave.study.inputs.plan_checks import check_arenas, check_cameras, check_windows
from behave.study.inputs.study_file import SCORED_TESTS, Study
from behave.study.inputs.trials import design_columns
from behave.study.inputs.video_files import files_of, find_videos
from behave.tracking import Arena, Recording, Tracker, TrackingOptions

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
    tracker = tracking.tracker_of(study.tracking_options)
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
    check_arenas(trials, arenas, count, str(study.trials), named=not needs_arenas)
    check_windows(trials, study.protocol.duration_s, str(study.trials))
    check_cameras(trials, str(study.trials))
    return Plan(
        trials=trials,
        videos=videos,
        arenas=arenas,
        count=count,
        epochs=study.protocol.epochs,
        duration_s=study.protocol.duration_s,
        bin_s=study.protocol.bin_s,
        tracking=study.tracking_options,
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


def _most_arenas(trials: pd.DataFrame) -> int:
    """Return the largest number of arenas that the trials name in one video."""
    counts = trials[trials["video"] != ""].groupby("video")["arena"].nunique()
    return 0 if counts.empty else int(counts.max())


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
