"""Silhouette and keypoints of the same animals, from one reading of the video.

The score is the silhouette's. The keypoints stand beside it, for the seconds in
which the two disagree.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from behave.tracking.deeplabcut import tracks as networks
from behave.tracking.keypoints import tracks as keypoint_files
from behave.tracking.options import TrackingOptions
from behave.tracking.silhouette import tracks as silhouettes
from behave.tracking.silhouette.tracker import SilhouetteTracker
from behave.tracking.trial import Track, Trial, Video
from behave.tracking.video.ahead import read_ahead
from behave.tracking.video.camera import Camera
from behave.tracking.video.frame_sampling import pace
from behave.tracking.video.frozen import hide
from behave.tracking.video.picture import Frame
from behave.tracking.video.reader import VideoReader
from behave.tracking.video.watching import needed_until


def track(
    video: Video,
    trials: Sequence[Trial],
    options: TrackingOptions,
    tell: Callable[[float], None] | None = None,
) -> list[Track]:
    """Measure the motion of every animal in a video by its silhouette and by its keypoints.

    Parameters
    ----------
    video
        The video.
    trials
        Its animals.
    options
        Where the keypoints come from.
    tell
        Told what share of the video is done, by a network.

    Returns
    -------
    list of Track
        In the order of the trials: the silhouette's, each with the keypoints'
        as ``secondary``.

    Raises
    ------
    TrialError
        If the video or its file of keypoints cannot be read.
    InputError
        If the network is not there or cannot be loaded.
    """
    if options.project is None:
        # Files of keypoints need no frames: the silhouette alone reads the video.
        by_file = keypoint_files.track(video, trials, options)
        return _joined(silhouettes.track(video, trials), by_file)
    reader, end_s, camera = VideoReader(video), needed_until(trials), Camera()
    watchers = silhouettes.learn(reader, trials, end_s, SilhouetteTracker, camera=camera)
    reading = reader.read(end_s)

    def looked_at() -> Iterator[Frame]:
        due = pace(reader.info.rate)
        for frame in read_ahead(iter(reading)):
            if due(frame.time_s):
                for watcher in watchers:
                    watcher.look(frame)
            yield frame

    frames = networks.telling(looked_at(), end_s or reader.info.duration_s, tell)
    poses, time_s = networks.find_poses(video, trials, options, frames)
    moved = camera.flag()
    by_silhouette = [
        silhouettes.finish(trial, watcher, reading, moved=moved)
        for trial, watcher in zip(trials, watchers, strict=True)
    ]
    by_network = [
        keypoint_files.make_track(mine, time_s, trial, options)
        for trial, mine in zip(trials, poses, strict=True)
    ]
    seen = [replace(one, motion=hide(one.motion, reading.frozen_s)) for one in by_network]
    return _joined(by_silhouette, seen)


def _joined(silhouettes: Sequence[Track], keypoints: Sequence[Track]) -> list[Track]:
    """Return the silhouettes' tracks with the keypoints' beside them."""
    return [
        replace(one, secondary=two, kept=two.kept)
        for one, two in zip(silhouettes, keypoints, strict=True)
    ]
