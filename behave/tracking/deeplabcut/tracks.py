"""Running a trained DeepLabCut network on the arenas of a video, with our own video reader.

The video is decoded once; each arena is cut out and given to the network
(`behave.tracking.deeplabcut.inference`) as a picture of one animal. In this way the
times are those of the video, every lost frame is reported, and nothing is written to
the project.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from behave.errors import Problem, TrialError
from behave.model.arrays import Floats
from behave.tracking.deeplabcut.inference import load
from behave.tracking.keypoints.files import Poses
from behave.tracking.keypoints.tracks import make_track
from behave.tracking.options import TrackingOptions
from behave.tracking.silhouette.flags import flag_file
from behave.tracking.trial import Arena, Recording, Track, Trial, Video
from behave.tracking.video.ahead import read_ahead
from behave.tracking.video.frozen import hide
from behave.tracking.video.picture import Frame, UInt8, colours
from behave.tracking.video.reader import VideoReader
from behave.tracking.video.seeking import frame_size
from behave.tracking.video.watching import needed_until


def track(
    video: Video,
    trials: Sequence[Trial],
    options: TrackingOptions,
    tell: Callable[[float], None] | None = None,
) -> list[Track]:
    """Measure the motion of every animal in a video with a trained network.

    Parameters
    ----------
    video
        The video.
    trials
        Its animals. An arena without a size is the whole picture.
    options
        The network and how it is run.
    tell
        Told what share of the video is done.

    Returns
    -------
    list of Track
        In the order of the trials.

    Raises
    ------
    TrialError
        If the video cannot be read or the network gave another number of rows.
    InputError
        If the network does not exist or cannot be loaded.
    """
    reader, end_s = VideoReader(video), needed_until(trials)
    reading = reader.read(end_s)
    frames = read_ahead(iter(reading))
    told = telling(frames, end_s or reader.info.duration_s, tell)
    poses, time_s = find_poses(video, trials, options, told)
    flags = tuple(flag_file(time_s, reading))
    found = [
        make_track(mine, time_s, trial, options, flags)
        for trial, mine in zip(trials, poses, strict=True)
    ]
    return [replace(one, motion=hide(one.motion, reading.frozen_s)) for one in found]


def find_poses(
    video: Video, trials: Sequence[Trial], options: TrackingOptions, frames: Iterable[Frame]
) -> tuple[list[Poses], Floats]:
    """Find the keypoints of every animal in the frames of a video.

    Parameters
    ----------
    video, trials, options
        As for `track`.
    frames
        The video's frames, read one by one as the network needs them.

    Returns
    -------
    poses
        Those of each trial, in px of the full frame.
    time_s
        Time of each frame.
    """
    network = load(options)
    width, height = frame_size(video)
    boxes = [_box(trial.arena, width, height) for trial in trials]
    times: list[float] = []

    def timed() -> Iterator[Frame]:
        for frame in frames:
            times.append(frame.time_s)
            yield frame

    found = network.follow(cut_arenas(timed(), boxes), len(boxes))
    if len(found) != len(times):
        raise TrialError(
            Problem(
                "the network gave another number of rows than the video has frames",
                file=str(video),
                expected=str(len(times)),
                found=str(len(found)),
                fix="run again; report it if it happens again",
            )
        )
    poses = [
        _in_frame(found[:, number], box, network.keypoints, video)
        for number, box in enumerate(boxes)
    ]
    return poses, np.array(times)


def telling(
    frames: Iterable[Frame], length_s: float, tell: Callable[[float], None] | None
) -> Iterator[Frame]:
    """Yield frames and tell, with each, what share of the video's length is done."""
    for frame in frames:
        if tell is not None and length_s > 0:
            tell(frame.time_s / length_s)
        yield frame


def cut_arenas(
    frames: Iterator[Frame], boxes: Sequence[tuple[int, int, int, int]]
) -> Iterator[UInt8]:
    """Yield each arena of each frame as an RGB picture, all of one size.

    Parameters
    ----------
    frames
        Frames in order.
    boxes
        Left, top, width and height of each arena in px. Smaller arenas are
        padded with black on the right and below.
    """
    width, height = (max(box[axis] for box in boxes) for axis in (2, 3))
    for frame in frames:
        picture = colours(frame)
        for left, top, across, tall in boxes:
            part = picture[top : top + tall, left : left + across]
            if part.shape[:2] != (height, width):
                filled = np.zeros((height, width, 3), np.uint8)
                filled[: part.shape[0], : part.shape[1]] = part
                part = filled
            yield np.ascontiguousarray(part)


def _box(arena: Arena, width: int, height: int) -> tuple[int, int, int, int]:
    """Return an arena's left, top, width and height within the frame, in whole px."""
    if not arena.width:
        return 0, 0, width, height
    left, top = max(round(arena.x), 0), max(round(arena.y), 0)
    right = min(round(arena.x + arena.width), width)
    bottom = min(round(arena.y + arena.height), height)
    return left, top, right - left, bottom - top


def _in_frame(
    found: Floats, box: tuple[int, int, int, int], keypoints: tuple[str, ...], video: Video
) -> Poses:
    """Return one arena's keypoints in px of the full frame."""
    xy = found[:, None, :, :2] + np.array(box[:2])
    likelihood = np.where(np.isfinite(xy).all(axis=-1), found[:, None, :, 2], 0.0)
    return Poses(Recording.of(video).name, ("",), keypoints, xy, np.nan_to_num(likelihood))
