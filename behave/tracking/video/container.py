"""Video files opened, their packets and time stamps: all that deals with containers."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import av
import numpy as np
import numpy.typing as npt

from behave.errors import Problem, TrialError
from behave.tracking.trial import Recording, Video

# Containers by which ffmpeg 'plays' a text file or a picture.
NOT_MOVING = ("tty", "image2", "png_pipe", "jpeg_pipe", "bmp_pipe", "tiff_pipe", "webp_pipe")
# ffmpeg's mark of a container that stores no times: a bare stream of pictures.
NO_TIMES = 0x80
# Containers in which a packet is a frame, not a field of it; the second ones tell the
# presentation time of frames that are stored in another order.
FRAME_BY_FRAME, IN_ANY_ORDER = ("mov", "matroska", "avi"), ("mov", "matroska")
# Among so many packets of a file with several streams a stream that moves shows.
SEARCHED_PACKETS = 200


@dataclass
class ReadLog:
    """What went wrong while a video was read, counted as it goes on.

    Parameters
    ----------
    frames
        Frames decoded.
    broken
        Frames or packets that could not be decoded.
    out_of_order
        Frames left out because their time stamp was before the last one's.
    repeated
        Frames left out because their time stamp was the last one's again.
    restarts
        Jumps back in time by more than a second; time was made to go on.
    packets
        Stored frames that were given to the decoder.
    resized
        Frames left out because their picture has another size than the first.
    cut_short
        Whether reading stopped at a fault of the container.
    """

    frames: int = 0
    broken: int = 0
    out_of_order: int = 0
    repeated: int = 0
    restarts: int = 0
    packets: int = 0
    resized: int = 0
    cut_short: bool = False


def _open(video: Video) -> Any:
    """Open a file, or the chapters of a recording as one file with one time line."""
    chapters = Recording.of(video).files
    if len(chapters) == 1:
        return av.open(str(chapters[0]), metadata_errors="ignore")
    lines = ["ffconcat version 1.0"]
    for chapter in chapters:
        path = str(chapter).replace("'", "'\\''")
        # Without the length of each the joined file cannot be sought in.
        lines += [f"file 'file:{path}'", f"duration {declared_length(chapter):.6f}"]
    listed = io.BytesIO("\n".join(lines).encode())
    options = {"safe": "0", "protocol_whitelist": "file"}
    return av.open(listed, format="concat", metadata_errors="ignore", options=options)


@contextmanager
def open_video(video: Video) -> Iterator[tuple[Any, Any]]:
    """Open a video and its first moving stream with one decoder thread."""
    try:
        container = _open(video)
    except FileNotFoundError as error:
        raise TrialError(
            Problem("the video does not exist", file=str(video), fix="check its name and folder")
        ) from error
    except (av.FFmpegError, OSError, ValueError) as error:
        raise TrialError(_unreadable(video, error)) from error
    with container:
        streams: Sequence[Any] = container.streams.video
        kinds = {stream.type for stream in container.streams}
        if not kinds - {"data"}:
            raise TrialError(_unreadable(video, ValueError("no stream")))
        if not streams or container.format.name in NOT_MOVING:
            raise TrialError(
                Problem(
                    "the file is not a video",
                    file=str(video),
                    expected="a video such as .mp4, .avi, .mov, .mkv, .wmv or .mpg",
                    found=f"{container.format.long_name}, holding {', '.join(sorted(kinds))}",
                    fix="name the video itself",
                )
            )
        stream = _moving(video, streams)
        # One thread is the reference for speed, and leaves the other cores to
        # other videos.
        stream.thread_type = "NONE"
        yield container, stream


def _moving(video: Video, streams: Sequence[Any]) -> Any:
    """Return the first stream of pictures that move: a cover is a stream of one picture."""
    if len(streams) == 1:
        return streams[0]
    with _open(video) as container:
        seen: dict[int, int] = {}
        with suppress(av.FFmpegError):
            for packet in container.demux(video=list(range(len(streams)))):
                seen[packet.stream.index] = seen.get(packet.stream.index, 0) + bool(packet.size)
                if seen.get(streams[0].index, 0) > 1 or sum(seen.values()) > SEARCHED_PACKETS:
                    break
    moving = [stream for stream in streams if seen.get(stream.index, 0) > 1]
    return moving[0] if moving else streams[0]


def _unreadable(video: Video, error: Exception) -> Problem:
    """Say why a file could not be opened as a video."""
    try:
        size = sum(file.stat().st_size for file in Recording.of(video).files)
    except OSError:
        size = -1
    if size == 0:
        return Problem(
            "the video is empty",
            file=str(video),
            found="0 bytes",
            fix="copy it again from the camera",
        )
    return Problem(
        "the file cannot be read as a video",
        file=str(video),
        expected="a whole video such as .mp4, .avi, .mov, .mkv, .wmv or .mpg",
        found=f"{size} bytes; {getattr(error, 'strerror', None) or error}",
        fix="play it to the end; a recording that was cut off lacks its index: copy it again "
        "from the camera",
    )


@dataclass
class Spared:
    """Frames that need not be decoded.

    Parameters
    ----------
    wanted
        Presentation stamps of the frames that are needed.
    apart
        Whether each frame is decoded without the others, as in MJPEG.
    stamps
        Given the stamps of the others as the file is read, decoded or not.
    first
        Given the stamp from which the times of the frames count.
    """

    wanted: frozenset[int]
    apart: bool
    stamps: list[int] = field(default_factory=list)
    first: int | None = None

    def decode(self, packet: Any, stream: Any) -> Sequence[Any]:
        """Decode a packet, unless nobody needs its frame and no other frame is made of it."""
        if packet.pts in self.wanted or not packet.size:
            stream.codec_context.skip_frame = "DEFAULT"
            return packet.decode()  # type: ignore[no-any-return]
        stream.codec_context.skip_frame = "NONREF"
        frames = () if self.apart else packet.decode()
        self.stamps.append(packet.pts)
        return frames


def decode_packets(
    container: Any, stream: Any, log: ReadLog, spared: Spared | None = None
) -> Iterator[Any]:
    """Yield decoded frames, skipping and counting what cannot be decoded."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            log.cut_short = True
            return
        log.packets += bool(packet.size)
        try:
            frames = packet.decode() if spared is None else spared.decode(packet, stream)
        except av.FFmpegError:
            log.broken += 1
            continue
        yield from frames


def declared_length(video: Video) -> float:
    """Return a video's length as its header states it, s; 0 where it states none.

    Good enough to say which video will take longest, and where the next chapter begins.

    Raises
    ------
    TrialError
        If the file is not a video.
    """
    with open_video(video) as (container, stream):
        # The picture's own length first: a sound track may go on for longer.
        if stream.duration:
            return max(float(stream.duration * stream.time_base), 0.0)
        return max(float(container.duration or 0) / av.time_base, 0.0)


@dataclass(frozen=True)
class Packets:
    """The stored frames of a video, in the order in which they are stored.

    Parameters
    ----------
    stamps
        Their presentation stamps, shape (frames,).
    key_frames
        Which of them need no other to be decoded, shape (frames,).
    base
        Seconds per unit of the stamps.
    spare
        Which frames can be left out without a change to any other: ``all``,
        those to which no other frame refers, or none.
    count
        How many there are, with those that have no stamp.
    reorders
        Whether frames may be stored in another order than they are shown.
    timeless
        Whether the container stores no times at all.
    orderly
        Whether each frame has a presentation stamp of its own and they are stored in the
        order of decoding.
    """

    stamps: npt.NDArray[np.int64]
    key_frames: npt.NDArray[np.bool_]
    base: float
    spare: Literal["all", "unreferenced", "none"]
    count: int
    reorders: bool
    timeless: bool
    orderly: bool

    def times(self, *, key_frames: bool = False) -> list[float]:
        """Return the stamped times, s, rising."""
        stamps = self.stamps[self.key_frames] if key_frames else self.stamps
        return np.sort(stamps * self.base).tolist()  # type: ignore[no-any-return]


def list_packets(video: Video) -> Packets:
    """List the stored frames of a video without decoding them."""
    with open_video(video) as (container, stream):
        stamps: list[int] = []
        keys: list[bool] = []
        orderly, decoded_at, count = True, -np.inf, 0
        try:
            for packet in container.demux(stream):
                stamp = packet.pts if packet.pts is not None else packet.dts
                count += bool(packet.size)
                if stamp is not None and packet.size:
                    stamps.append(stamp)
                    keys.append(packet.is_keyframe)
                    orderly &= packet.pts is not None and not packet.is_discard
                    orderly &= not packet.is_corrupt
                    if packet.dts is not None:
                        orderly &= packet.dts > decoded_at
                        decoded_at = packet.dts
        except av.FFmpegError:
            pass  # what could be read up to the fault still counts
        orderly &= len(set(stamps)) == len(stamps) > 0 and stamps[0] == min(stamps)
        return Packets(
            np.array(stamps, np.int64),
            np.array(keys, bool),
            float(stream.time_base or 0),
            _spare(container, stream) if orderly else "none",
            count,
            bool(stream.codec_context.has_b_frames) and not stream.codec_context.codec.intra_only,
            bool(container.format.flags & NO_TIMES),
            orderly,
        )


def _spare(container: Any, stream: Any) -> Literal["all", "unreferenced", "none"]:
    """Return which frames of an orderly file can be left out."""
    codec = stream.codec_context.codec
    if codec.intra_only and container.format.name.startswith(FRAME_BY_FRAME):
        return "all"
    # Other codecs' decoders tell less surely to which frames no other refers.
    if codec.name == "h264" and container.format.name.startswith(IN_ANY_ORDER):
        return "unreferenced"
    return "none"
