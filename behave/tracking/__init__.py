"""From pixels to motion: videos in, one motion signal per animal out.

Importing this module loads neither av nor cv2; its functions do.
"""

# ruff: noqa: PLC0415 - reading a study's options must not load the video libraries
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from behave.tracking.options import TrackingOptions
from behave.tracking.trackers import Tracker, tracker_of
from behave.tracking.trial import (
    CHAPTER_MARK,
    POSE_SUFFIXES,
    SAME_SCENE,
    Arena,
    Recording,
    Track,
    Trial,
    Video,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from behave.tracking.video.reader import VideoInfo

__all__ = [
    "CHAPTER_MARK",
    "POSE_SUFFIXES",
    "SAME_SCENE",
    "Arena",
    "Recording",
    "Track",
    "Tracker",
    "TrackingOptions",
    "Trial",
    "Video",
    "count_cylinders",
    "declared_length",
    "draw_arenas",
    "draw_middle",
    "find_arenas",
    "find_crowded",
    "find_individuals",
    "fingerprint",
    "glance",
    "keypoint_files",
    "probe",
    "read_arenas",
    "require_inside",
    "scene_likeness",
    "scene_of",
    "tabulate_arenas",
    "track",
    "tracker_of",
    "use_one_thread",
]


def track(
    video: Video,
    trials: Sequence[Trial],
    options: TrackingOptions,
    tell: Callable[[float], None] | None = None,
    *,
    ahead: bool = True,
) -> list[Track]:
    """Measure the motion of every animal in a video, decoding it once.

    Parameters
    ----------
    video
        The video, or the track export for method 'ethovision'.
    trials
        Its animals.
    options
        How to measure.
    tell
        Told what share of the video is done, by a network, which takes minutes.
    ahead
        Decode in a thread of its own while a silhouette is looked at: faster, where a
        core is free.

    Returns
    -------
    list of Track
        In the order of the trials.

    Raises
    ------
    TrialError
        If the file cannot be read; then none of its trials can be scored.
    """
    return tracker_of(options).track(video, trials, tell, ahead=ahead)


def fingerprint(video: Video, options: TrackingOptions) -> str:
    """Return a hash of what makes the motion beside video and options; see `Tracker`."""
    return tracker_of(options).fingerprint(video)


def find_individuals(file: Path) -> tuple[str, ...]:
    """Return the animals named in a file of keypoints, ``("1",)`` for a lone one without a name."""
    from behave.tracking.keypoints import files

    return tuple(name or "1" for name in files.read_individuals(file))


def keypoint_files(paths: Iterable[Path]) -> list[Path]:
    """Return those that hold keypoints; see `behave.tracking.keypoints.outputs.keypoint_files`."""
    from behave.tracking.keypoints import outputs

    return outputs.keypoint_files(paths)


def find_arenas(video: Video, count: int, test: str | None = None) -> list[Arena]:
    """Find the cylinders of a video, or the compartments of a tail suspension test (``tst``).

    See `behave.tracking.arenas.layout` and `behave.tracking.suspension.compartments`.
    """
    if test == "tst":
        from behave.tracking.suspension.compartments import find_compartments

        return find_compartments(video, count)
    from behave.tracking.arenas import layout

    return layout.find_arenas(video, count)


def count_cylinders(video: Video) -> int | None:
    """Tell how many cylinders a video shows; see `behave.tracking.arenas.layout.count_cylinders`."""
    from behave.tracking.arenas import layout

    return layout.count_cylinders(video)


def glance(video: Video) -> "npt.NDArray[np.float32]":
    """Return a small frame of a video; see `behave.tracking.arenas.glance`."""
    from behave.tracking.arenas.glance import glance as look

    return look(video)


def draw_middle(video: Video, width: int) -> bytes:
    """Return a frame from the middle of a video, as JPEG; see `behave.tracking.arenas.glance`."""
    from behave.tracking.arenas import glance as glances

    return glances.draw_middle(video, width)


def same_layout(first: "npt.NDArray[np.float32]", second: "npt.NDArray[np.float32]") -> bool:
    """Return whether two glances show one layout; see `behave.tracking.arenas.glance`."""
    from behave.tracking.arenas import glance as glances

    return glances.same_layout(first, second)


def find_crowded(video: Video, arenas: Sequence[Arena], test: str | None = None) -> list[str]:
    """Return the names of the arenas in which a few frames of a video show two animals."""
    if test == "tst":
        from behave.tracking.suspension.tracks import find_crowded as find_two_hanging

        return find_two_hanging(video, arenas)
    from behave.tracking.silhouette.tracks import find_crowded as find_two

    return find_two(video, arenas)


def draw_arenas(video: Video, arenas: Sequence[Arena]) -> bytes:
    """Draw numbered arenas on a frame, as PNG; see `behave.tracking.arenas.layout.draw_arenas`."""
    from behave.tracking.arenas import layout

    return layout.draw_arenas(video, arenas)


def read_arenas(file: Path, videos: Mapping[str, Video]) -> dict[str, list[Arena]]:
    """Read the arenas of videos from a table; see `behave.tracking.arenas.layout.read_arenas`."""
    from behave.tracking.arenas import layout

    return layout.read_arenas(file, videos)


def tabulate_arenas(arenas: Mapping[str, Sequence[Arena]]) -> "pd.DataFrame":
    """Return arenas as the table they are read from; see `behave.tracking.arenas.layout`."""
    from behave.tracking.arenas import layout

    return layout.tabulate_arenas(arenas)


def require_inside(video: Video, arenas: Sequence[Arena]) -> None:
    """Refuse a video smaller than its arenas; see `behave.tracking.arenas.layout.require_inside`."""
    from behave.tracking.arenas import layout

    layout.require_inside(video, arenas)


def probe(video: Video, *, decode: bool = False) -> "VideoInfo":
    """Tell what a video file holds; see `behave.tracking.video.reader.probe`."""
    from behave.tracking.video import reader

    return reader.probe(video, decode=decode)


def declared_length(video: Video) -> float:
    """Return a video's length by its header, s; see `behave.tracking.video.container.declared_length`."""
    from behave.tracking.video import container

    return container.declared_length(video)


def scene_of(video: Video) -> "npt.NDArray[np.float32]":
    """Return what a camera always sees, small; see `behave.tracking.video.scene`."""
    from behave.tracking.video import scene
    from behave.tracking.video.browse import Browser

    return scene.scene_of(Browser(video))


def scene_likeness(first: "npt.NDArray[np.uint8]", second: "npt.NDArray[np.uint8]") -> float:
    """Return how alike two scenes of one shape are; from `SAME_SCENE` they are one."""
    import numpy as np

    from behave.tracking.video import scene

    return scene.compare_scenes(first.astype(np.float32), second.astype(np.float32)).alike


def use_one_thread() -> None:
    """Let OpenCV work in one thread here: processes are the unit of parallel work."""
    import cv2

    cv2.setNumThreads(1)
