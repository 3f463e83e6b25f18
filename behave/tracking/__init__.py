"""From pixels to motion: videos in, one motion signal per animal out.

Importing this module loads neither av nor cv2; its functions do.
"""

# ruff: noqa: PLC0415 - reading a study's options must not load the video libraries
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from behave.tracking.options import TrackingOptions
from behave.tracking.trial import Arena, Track, Trial

if TYPE_CHECKING:
    from behave.tracking.video import VideoInfo

__all__ = [
    "Arena",
    "Track",
    "TrackingOptions",
    "Trial",
    "draw_arenas",
    "find_arenas",
    "probe",
    "read_arenas",
    "track",
]


def track(video: Path, trials: Sequence[Trial], options: TrackingOptions) -> list[Track]:
    """Measure the motion of every animal in a video, decoding it once.

    Parameters
    ----------
    video
        The video, or the track export for method 'ethovision'.
    trials
        Its animals.
    options
        How to measure.

    Returns
    -------
    list of Track
        In the order of the trials.

    Raises
    ------
    TrialError
        If the file cannot be read; then none of its trials can be scored.
    """
    if options.method == "ethovision":
        from behave.tracking import ethovision

        return ethovision.track(video, trials)
    from behave.tracking import watch

    return watch.track(video, trials)


def find_arenas(video: Path, count: int) -> list[Arena]:
    """Find the cylinders of a video; see `behave.tracking.arena.find_arenas`."""
    from behave.tracking import arena

    return arena.find_arenas(video, count)


def draw_arenas(video: Path, arenas: Sequence[Arena]) -> bytes:
    """Draw numbered arenas on a frame, as PNG; see `behave.tracking.arena.draw_arenas`."""
    from behave.tracking import arena

    return arena.draw_arenas(video, arenas)


def read_arenas(file: Path, videos: Mapping[str, Path]) -> dict[str, list[Arena]]:
    """Read the arenas of videos from a table; see `behave.tracking.arena.read_arenas`."""
    from behave.tracking import arena

    return arena.read_arenas(file, videos)


def probe(video: Path, *, decode: bool = False) -> "VideoInfo":
    """Tell what a video file holds; see `behave.tracking.video.probe`."""
    from behave.tracking import video as reader

    return reader.probe(video, decode=decode)
