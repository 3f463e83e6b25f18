"""Matching the rows of a file of keypoints to the frames of its video, and to their times.

A recording that the camera split into chapters has a file of keypoints for each
chapter. Each file is matched to the frames of its chapter, and then they are joined.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from behave.errors import Problem, TrialError
from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.tracking.keypoints.files import Poses, read_poses
from behave.tracking.keypoints.outputs import is_pose_file, pose_files
from behave.tracking.options import TrackingOptions
from behave.tracking.trial import Recording, Video

# A file may have this many rows more than the video has frames: not every program counts
# a damaged last frame.
SPARE_ROWS = 2


def read_timed(video: Video, options: TrackingOptions) -> tuple[Poses, Floats, tuple[Flag, ...]]:
    """Read the keypoints of a video, or of a file of keypoints without one.

    Parameters
    ----------
    video
        The video, or the file of keypoints itself.
    options
        ``outputs`` for a video, ``fps`` for a file without one.

    Returns
    -------
    poses
        One row per frame of the video.
    time_s
        Time of each row in s from the first, shape (frames,).
    flags
        Flags on rows that are missing or left over.

    Raises
    ------
    TrialError
        If the file cannot be read or does not fit the video.
    """
    recording = Recording.of(video)
    if is_pose_file(recording.first):
        if options.fps is None:
            raise TrialError(
                Problem(
                    "a file of keypoints does not hold the frame rate of its video",
                    file=str(video),
                    expected="the video's frames per second",
                    fix="give --fps, or 'tracking: {fps: ...}' in the study file",
                )
            )
        poses = read_poses(recording.first)
        return poses, np.arange(len(poses.xy)) / options.fps, ()
    # Needs the video library, which a file of keypoints alone does not.
    from behave.tracking.video.reader import VideoReader  # noqa: PLC0415

    chapters, files = recording.files, pose_files(recording, options)
    times = _filled(VideoReader(video).timeline.times_s)
    lengths = (
        [VideoReader(chapter).packets.count for chapter in chapters]
        if len(chapters) > 1
        else [len(times)]
    )
    matched = [
        match_frames(read_poses(file), frames, chapter)
        for file, frames, chapter in zip(files, lengths, chapters, strict=True)
    ]
    poses = join_poses([poses for poses, _ in matched])
    if len(poses.xy) != len(times):
        raise TrialError(
            Problem(
                "the chapters of the recording do not add up",
                file=str(video),
                expected=f"{len(times)} frames, as in the recording as a whole",
                found=f"{len(poses.xy)} in its files",
                fix="join the files to one video, and analyse that with DeepLabCut",
            )
        )
    flags = tuple(flag for _, found in matched for flag in found)
    return poses, times - times[:1], flags


def _filled(times_s: Floats) -> Floats:
    """Return the times of all frames: a pose file has a row for those that are left out too."""
    known = np.isfinite(times_s)
    return np.interp(np.arange(len(times_s)), np.flatnonzero(known), times_s[known])


def match_frames(poses: Poses, frames: int, video: Path) -> tuple[Poses, tuple[Flag, ...]]:
    """Match the rows of a file of keypoints to the frames of its video.

    Parameters
    ----------
    poses
        The keypoints of the file.
    frames
        Number of frames of the video.
    video
        The video, for messages.

    Returns
    -------
    poses
        One row per frame; NaN where the file has none.
    flags
        A flag if rows are missing or left over.

    Raises
    ------
    TrialError
        If the file has more rows than the video has frames: it was made from
        another video.
    """
    rows = len(poses.xy)
    if rows > frames + SPARE_ROWS:
        raise TrialError(
            Problem(
                "the file of keypoints is longer than the video",
                file=str(video),
                expected=f"{frames} rows in {poses.file}, one per frame",
                found=f"{rows} rows",
                fix="check that the file was made from this video, not from a longer cut of it",
            )
        )
    if rows == frames:
        return poses, ()
    flag = Flag(
        "pose_rows",
        rows - frames,
        f"{poses.file} has {rows} rows, its video {frames} frames; "
        + ("the last rows are left out." if rows > frames else "the last frames are unscored."),
    )
    xy = np.full((frames, *poses.xy.shape[1:]), np.nan)
    likelihood = np.zeros((frames, *poses.likelihood.shape[1:]))
    both = min(rows, frames)
    xy[:both], likelihood[:both] = poses.xy[:both], poses.likelihood[:both]
    return Poses(poses.file, poses.individuals, poses.keypoints, xy, likelihood), (flag,)


def join_poses(parts: Sequence[Poses]) -> Poses:
    """Join the keypoints of a recording's chapters, in order.

    Raises
    ------
    TrialError
        If the chapters have different keypoints or animals.
    """
    first = parts[0]
    for part in parts[1:]:
        if (part.individuals, part.keypoints) != (first.individuals, first.keypoints):
            raise TrialError(
                Problem(
                    "the chapters of a recording have different keypoints",
                    file=part.file,
                    expected=f"as {first.file}: " + ", ".join(first.individuals + first.keypoints),
                    found=", ".join(part.individuals + part.keypoints),
                    fix="analyse all chapters with the same network",
                )
            )
    if len(parts) == 1:
        return first
    return Poses(
        first.file,
        first.individuals,
        first.keypoints,
        np.concatenate([part.xy for part in parts]),
        np.concatenate([part.likelihood for part in parts]),
    )
