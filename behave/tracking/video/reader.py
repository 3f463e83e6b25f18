"""Frames of a video in order, each with its luma and its presentation time.

Time comes from the presentation timestamps and never
from index / rate, because rates in headers are wrong often enough.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from behave.errors import Problem, TrialError
from behave.tracking.trial import Recording, Video
from behave.tracking.video import frame_sampling
from behave.tracking.video.container import (
    Packets,
    ReadLog,
    Spared,
    decode_packets,
    list_packets,
    open_video,
)
from behave.tracking.video.frozen import Repeats
from behave.tracking.video.picture import Frame, luma_of
from behave.tracking.video.seeking import frame_size, key_frames_at
from behave.tracking.video.timeline import Clock, Timeline, find_timeline

Float64 = npt.NDArray[np.float64]

# Frame intervals that differ from the usual one by more than a fifth, in more
# than 1 % of the frames, make a variable rate; a single dropped frame does not.
UNUSUAL_STEP = 0.2
UNUSUAL_SHARE = 0.01
# With fewer key frames than this a background cannot be told from an animal.
ENOUGH_KEY_FRAMES = 12


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds.

    Parameters
    ----------
    width, height
        Size of the picture as shown, px.
    rate
        Usual frames per second: one over the median frame interval.
    average_rate
        Frames over duration.
    duration_s
        From the first frame to the end of the last.
    declared_frames
        Frames that the header states; none where it states none.
    stored_frames
        Frames that are stored in the file.
    decodable_frames
        Frames that can be decoded; none where this was not counted.
    variable_rate
        Whether more than 1 % of the frame intervals differ from the usual
        one by more than a fifth.
    """

    width: int
    height: int
    rate: float
    average_rate: float
    duration_s: float
    declared_frames: int | None
    stored_frames: int
    decodable_frames: int | None
    variable_rate: bool


class VideoReader:
    """A video that is read once or several times; what is stored in it is listed once.

    Parameters
    ----------
    video
        Any file that PyAV opens, or a recording of several.
    """

    def __init__(self, video: Video) -> None:
        self.recording = Recording.of(video)

    @cached_property
    def packets(self) -> Packets:
        """The frames as they are stored."""
        return list_packets(self.recording)

    @cached_property
    def timeline(self) -> Timeline:
        """When its frames are shown."""
        return find_timeline(self.recording, self.packets)

    @cached_property
    def info(self) -> VideoInfo:
        """What the file holds, without decoding it."""
        return _describe(self)

    def read(self, end_s: float | None = None) -> "Reading":
        """Return a reading of all frames up to a time; none: up to the end."""
        return Reading(self, end_s)

    def look(self, end_s: float | None = None) -> "Reading":
        """Return a reading that yields `frame_sampling.LOOKS_PER_S` frames a second, or more.

        The others are not decoded where no frame that is looked at is made of them.
        """
        trusted = self.timeline.by == "stamp"
        spared = frame_sampling.spare(self.packets, self.info.rate) if trusted else None
        return Reading(self, end_s, frame_sampling.pace(self.info.rate), spared)

    def sample(self, count: int, stop_s: float | None = None) -> Iterator[Frame]:
        """Yield a few frames spread over the video; see `sample_frames`."""
        return sample_frames(self, count, stop_s)


class Reading:
    """One pass through a video: its frames as they are asked for, and how it went so far.

    Parameters
    ----------
    video
        What is read.
    end_s
        Only frames up to this time are read; none: all.
    due
        Tells of each frame in turn, by its time, whether it is yielded; none: all are.
    spared
        Frames that need not be decoded; none: all are.
    """

    def __init__(
        self,
        video: VideoReader,
        end_s: float | None = None,
        due: Callable[[float], bool] | None = None,
        spared: Spared | None = None,
    ) -> None:
        self.video, self.end_s = video, end_s
        self.log = ReadLog()
        self._repeats = Repeats()
        self._due, self._spared = due, spared
        self._decoded: list[float] = []

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in order, with strictly rising times."""
        for number, (time_s, decoded) in enumerate(_decode(self.video, self.log, self._spared)):
            if self.end_s is not None and time_s > self.end_s:
                return
            self._decoded.append(time_s)
            if self._due is None or self._due(time_s):
                frame = Frame(number, time_s, *luma_of(decoded), decoded)
                self._repeats.look(time_s, frame.luma)
                yield frame

    @property
    def frozen_s(self) -> Float64:
        """Stretches in which the picture stood still, shape (stretches, 2), s.

        Each from the last live picture before to the first one after. What lies between
        was not seen.
        """
        return self._repeats.frozen_s

    @property
    def times_s(self) -> Float64:
        """The times of all frames that were read, looked at or not, rising."""
        if self._spared is None or self._spared.first is None:
            return np.array(self._decoded)
        others = np.array(self._spared.stamps) - self._spared.first
        others_s = others * self.video.packets.base
        last_s = np.inf if self.end_s is None else self.end_s
        return np.union1d(self._decoded, others_s[(others_s >= 0) & (others_s <= last_s)])


def read_frames(video: Video) -> Iterator[Frame]:
    """Decode a video once, from first to last frame.

    Yields
    ------
    Frame
        In order, with strictly rising times.

    Raises
    ------
    TrialError
        If the file is not a video or no frame of it can be decoded.
    """
    return iter(VideoReader(video).read())


def _decode(video: VideoReader, log: ReadLog, spared: Spared | None) -> Iterator[tuple[float, Any]]:
    """Yield the times and frames of a video, and log what went wrong."""
    timeline, fps = video.timeline, video.recording.fps
    with open_video(video.recording) as (container, stream):
        clock = Clock(timeline, stream, log, fps)
        size: tuple[int, int] | None = None
        for decoded in decode_packets(container, stream, log, spared):
            time_s = clock.time_of(decoded)
            size = size or (decoded.width, decoded.height)
            if (decoded.width, decoded.height) != size:
                log.resized += 1
                continue
            if decoded.is_corrupt:
                log.broken += 1
                continue
            if time_s is None:
                continue
            if spared is not None:
                spared.first = clock.first
            yield time_s, decoded
            log.frames += 1
    if log.frames == 0:
        raise TrialError(
            Problem(
                "no frame of the video can be decoded",
                file=str(video.recording),
                found=f"{log.broken} broken frames",
                fix="check that it plays to the end; copy it again from the camera",
            )
        )


def sample_frames(
    video: Video | VideoReader, count: int, stop_s: float | None = None
) -> Iterator[Frame]:
    """Yield a few frames spread over a video, without decoding all of it.

    Key frames are taken, because only they can be reached without decoding
    their neighbours. Where too few of them are found it is decoded through.

    Parameters
    ----------
    video
        The video.
    count
        How many frames are wanted.
    stop_s
        Only frames before this time; none: up to the end.

    Yields
    ------
    Frame
        At most about ``count`` frames in order, the video's first among them.
        Their ``number`` counts the samples.

    Raises
    ------
    TrialError
        If the file is not a video or no frame of it can be decoded.
    """
    reader = video if isinstance(video, VideoReader) else VideoReader(video)
    packets, last_s, number = reader.packets, -np.inf, 0
    stop_s = np.inf if stop_s is None else stop_s
    times = packets.times(key_frames=True)
    times = [time_s for time_s in times if time_s - times[0] < stop_s]
    enough = min(count, ENOUGH_KEY_FRAMES)
    if len(times) >= enough and reader.timeline.by in {"stamp", "packet"}:
        chosen = np.linspace(0, len(times) - 1, min(count, len(times))).round().astype(int)
        for frame in key_frames_at(reader.recording, [times[index] for index in chosen]):
            yield frame
            last_s, number = frame.time_s, frame.number + 1
        if number >= enough:
            return
    # Too few key frames, or a file in which they cannot be reached, as without an index.
    shown_s = reader.timeline.shown_s
    length_s = min(float(np.ptp(shown_s)) if shown_s.size else np.inf, stop_s)
    due_s = 0.0 if number == 0 else last_s + length_s / count
    for frame in reader.read():
        if number and frame.time_s >= length_s:
            break
        if frame.time_s >= due_s:
            yield frame._replace(number=number)
            number, due_s = number + 1, frame.time_s + length_s / count


def probe(video: Video, *, decode: bool = False) -> VideoInfo:
    """Tell what a video file holds, from the stored packets and not the header.

    Parameters
    ----------
    video
        The file.
    decode
        Whether to decode it to count the frames that really can be decoded.

    Returns
    -------
    VideoInfo
        Sizes, rates and counts.

    Raises
    ------
    TrialError
        If the file is not a video, no frame of it can be decoded, or it does not tell
        when its frames are shown.
    """
    reader = VideoReader(video)
    if not decode:
        return reader.info
    return replace(reader.info, decodable_frames=sum(1 for _ in reader.read()))


def _describe(reader: VideoReader) -> VideoInfo:
    """Tell what a video holds, from what is listed of it."""
    width, height = frame_size(reader.recording)
    with open_video(reader.recording) as (container, stream):
        declared, counts_ticks = stream.frames or None, container.format.name == "avi"
        nominal = float(stream.average_rate or stream.guessed_rate or 0)
    times = reader.timeline.shown_s
    steps = np.diff(times)
    steps = steps[steps > 0]
    usual = float(np.median(steps)) if steps.size else (1 / nominal if nominal else np.nan)
    duration_s = float(np.ptp(times)) + usual if times.size else np.nan
    unusual = np.abs(steps - usual) > UNUSUAL_STEP * usual
    if declared and counts_ticks and steps.size:  # of which a frame may last two, as a field would
        declared //= max(round(usual / (reader.packets.base or usual)), 1)
    return VideoInfo(
        width=width,
        height=height,
        rate=1 / usual,
        average_rate=times.size / duration_s,
        duration_s=duration_s,
        declared_frames=declared,
        stored_frames=reader.packets.count,
        decodable_frames=None,
        variable_rate=bool(unusual.mean() > UNUSUAL_SHARE) if steps.size else False,
    )
