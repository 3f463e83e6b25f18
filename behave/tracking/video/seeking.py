"""Single frames of a video, reached without decoding what lies before them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import av
import numpy as np

from behave.errors import Problem, TrialError
from behave.tracking.trial import Video
from behave.tracking.video.container import ReadLog, declared_length, decode_packets, open_video
from behave.tracking.video.picture import Frame, UInt8, luma_of


def key_frames_at(video: Video, times: Sequence[float]) -> Iterator[Frame]:
    """Yield the key frames at these stamped times, those that can be reached."""
    number, first, last_s = 0, 0, -np.inf
    size: tuple[int, int] | None = None
    with open_video(video) as (container, stream):
        base = float(stream.time_base)
        stream.codec_context.skip_frame = "NONKEY"
        for stamp_s in times:
            try:
                if number:
                    container.seek(round(stamp_s / base), stream=stream)
                decoded = next(decode_packets(container, stream, ReadLog()), None)
            except av.FFmpegError:
                continue
            stamp = None if decoded is None else decoded.pts
            if decoded is None or stamp is None:
                continue
            size = size or (decoded.width, decoded.height)
            first = stamp if number == 0 else first
            time_s = (stamp - first) * base
            if time_s > last_s and (decoded.width, decoded.height) == size:
                yield Frame(number, time_s, *luma_of(decoded))
                number, last_s = number + 1, time_s


def middle_frame(video: Video) -> Frame:
    """Return a frame from about the middle of a video, its first where it cannot be sought in.

    Raises
    ------
    TrialError
        If the file is not a video or its first frame cannot be decoded.
    """
    half_s = declared_length(video) / 2
    with open_video(video) as (container, stream), suppress(av.FFmpegError):
        half = round(half_s / float(stream.time_base)) + (stream.start_time or 0)
        container.seek(half, stream=stream)
        decoded = next(decode_packets(container, stream, ReadLog()), None)
        if decoded is not None:
            return Frame(0, half_s, *luma_of(decoded))
    return Frame(0, 0.0, *_first_picture(video))


def frame_size(video: Video) -> tuple[int, int]:
    """Return the width and height of a video's picture as it is shown, px.

    Raises
    ------
    TrialError
        If the file is not a video or its first frame cannot be decoded.
    """
    height, width = _first_picture(video)[0].shape
    return width, height


def _first_picture(video: Video) -> tuple[UInt8, bool]:
    """Return the first frame's luma and whether it is full range; no time is needed for it."""
    with open_video(video) as (container, stream):
        first = next(decode_packets(container, stream, ReadLog()), None)
        if first is None:
            raise TrialError(Problem("no frame of the video can be decoded", file=str(video)))
        return luma_of(first)
