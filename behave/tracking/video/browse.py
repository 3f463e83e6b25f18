"""Single frames of a video by number, for people who jump to and fro in it.

The same decoder as the tracker's reads them, and the number of a frame is its
place among the presentation time stamps, so that what is shown is what was
scored. Frames are reached from the key frame before them; those passed on the
way are kept for a while, because the next one wanted is usually near.
"""

import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from threading import RLock
from typing import Any, NamedTuple

import av
import cv2
import numpy as np
import numpy.typing as npt

from behave.errors import Problem, TrialError
from behave.tracking.trial import Video
from behave.tracking.video.container import ReadLog, decode_packets, open_video
from behave.tracking.video.picture import Frame, UInt8, colours, luma_of
from behave.tracking.video.reader import VideoReader, read_frames

# Decoded pictures kept per video: some 280 frames of 640 x 480 px.
KEPT_BYTES = 128 * 2**20
QUALITY = 82  # of the JPEG pictures, of 100

Box = tuple[int, int, int, int]


class Picture(NamedTuple):
    """One frame as it is handed out.

    Parameters
    ----------
    number, time_s
        Which frame it is, and its time from the video's first frame.
    jpeg
        The picture.
    """

    number: int
    time_s: float
    jpeg: bytes


@dataclass(frozen=True)
class FrameTimes:
    """When the frames of a video are shown.

    Parameters
    ----------
    stamps
        Time stamps of the frames, rising, in the file's own unit.
    keys
        Those of the key frames, rising.
    times_s
        Times from the first frame.
    jumpable
        Whether a frame can be reached by its stamp; else the file is read
        from its start.
    """

    stamps: tuple[int, ...]
    keys: tuple[int, ...]
    times_s: npt.NDArray[np.float64]
    jumpable: bool


def read_times(video: Video) -> FrameTimes:
    """Return when the frames of a video are shown.

    The stored packets tell it without decoding. Where their stamps are
    missing, repeated or start anew, the file is decoded once, as the tracker
    does.

    Raises
    ------
    TrialError
        If the file is not a video or no frame of it can be decoded.
    """
    reader = VideoReader(video)
    packets = reader.packets
    stamps, keys = np.sort(packets.stamps), np.sort(packets.stamps[packets.key_frames])
    if reader.timeline.by == "stamp" and packets.orderly and keys[:1] == stamps[:1]:
        times = (stamps - stamps[0]) * packets.base
        return FrameTimes(tuple(stamps.tolist()), tuple(keys.tolist()), times, jumpable=True)
    return FrameTimes((), (), np.array([frame.time_s for frame in reader.read()]), jumpable=False)


class Browser:
    """Hands out the frames of one video by number; several threads may ask.

    Parameters
    ----------
    video
        The video.
    kept_bytes
        Memory for decoded pictures.

    Raises
    ------
    TrialError
        If the file is not a video or no frame of it can be decoded.
    """

    def __init__(self, video: Video, kept_bytes: int = KEPT_BYTES) -> None:
        self.video, self.kept_bytes = video, kept_bytes
        self.frame_times = read_times(video)
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._lock = RLock()
        self._files = ExitStack()
        self._opened: tuple[Any, Any] | None = None
        self._coming: Iterator[tuple[int, Any]] = iter(())
        self._next: int | None = None
        first = self._frame(0)
        picture = colours(Frame(0, 0.0, np.empty((0, 0), np.uint8), True, first))
        self.height, self.width = picture.shape[:2]

    @property
    def times_s(self) -> npt.NDArray[np.float64]:
        """Times of the frames from the first one, rising."""
        return self.frame_times.times_s

    def picture(
        self,
        number: int,
        *,
        box: Box | None = None,
        width: int | None = None,
        within_s: float | None = None,
    ) -> Picture:
        """Return a frame as JPEG.

        Parameters
        ----------
        number
            Which frame; one beyond the ends is the first or last.
        box
            Left, top, width and height of the part that is wanted, px.
        width
            Width to shrink to, px.
        within_s
            Time to be spent on decoding. Where it is too short the nearest
            frame that was reached is returned, under its own number.
        """
        number = min(max(number, 0), len(self.times_s) - 1)
        with self._lock:
            decoded = self._frame(number, within_s)
            number = next(n for n, kept in self._kept.items() if kept is decoded)
        shown = Frame(number, 0.0, np.empty((0, 0), np.uint8), True, decoded)
        jpeg = _jpeg(colours(shown), box, width)
        return Picture(number, float(self.times_s[number]), jpeg)

    def frame(self, number: int) -> Frame:
        """Return a frame as the tracker sees it."""
        with self._lock:
            decoded = self._frame(number)
        return Frame(number, float(self.times_s[number]), *luma_of(decoded), decoded)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._files.close()
            self._kept.clear()
            self._opened = self._next = None

    def _frame(self, number: int, within_s: float | None = None) -> Any:
        """Return the decoder's frame of a number, or the nearest that the time allows."""
        if number not in self._kept:
            until = np.inf if within_s is None else time.monotonic() + within_s
            self._reach(number, until)
        nearest = min(self._kept, key=lambda kept: abs(kept - number), default=None)
        if nearest is None:
            raise TrialError(Problem("no frame of the video can be decoded", file=str(self.video)))
        self._kept.move_to_end(nearest)
        return self._kept[nearest]

    def _reach(self, number: int, until: float) -> None:
        """Decode up to a frame and keep what is passed on the way."""
        key = self._key_before(number)
        if self._next is None or not key <= self._next <= number:
            self._open_at(key)
        for at, decoded in self._coming:
            self._keep(at, decoded)
            self._next = at + 1
            if at >= number or time.monotonic() > until:
                return
        self._next = None  # the end of the file: the next one starts anew

    def _key_before(self, number: int) -> int:
        """Return the number of the key frame from which a frame is reached."""
        times = self.frame_times
        if not times.jumpable:
            return 0
        key = times.keys[max(bisect_right(times.keys, times.stamps[number]) - 1, 0)]
        return bisect_left(times.stamps, key)

    def _open_at(self, number: int) -> None:
        """Move the decoder to a key frame."""
        self._next = number
        if not self.frame_times.jumpable:
            frames = read_frames(self.video)
            self._coming = ((frame.number, frame.decoded) for frame in frames)
            return
        if self._opened is None:
            self._opened = self._files.enter_context(open_video(self.video))
        container, stream = self._opened
        try:
            # It also forgets what the decoder still holds of the place before.
            container.seek(self.frame_times.stamps[number], stream=stream)
        except av.FFmpegError:  # a container that cannot jump is read from its start
            self._files.close()
            self._opened = container, stream = self._files.enter_context(open_video(self.video))
        self._coming = self._numbered(container, stream)

    def _numbered(self, container: Any, stream: Any) -> Iterator[tuple[int, Any]]:
        """Yield decoded frames with their numbers."""
        stamps = self.frame_times.stamps
        for decoded in decode_packets(container, stream, ReadLog()):
            if decoded.pts is None or decoded.is_corrupt:
                continue
            at = bisect_left(stamps, decoded.pts)
            if at < len(stamps) and stamps[at] == decoded.pts:
                yield at, decoded

    def _keep(self, number: int, decoded: Any) -> None:
        """Keep a frame, and drop those that were used least recently."""
        self._kept[number] = decoded
        self._kept.move_to_end(number)
        size = max(decoded.width * decoded.height * 3 // 2, 1)
        while len(self._kept) > max(self.kept_bytes // size, 2):
            self._kept.popitem(last=False)


def _jpeg(picture: UInt8, box: Box | None, width: int | None) -> bytes:
    """Return a picture, or a part of it, as JPEG."""
    if box is not None:
        left, top = max(box[0], 0), max(box[1], 0)
        part = picture[top : max(box[1] + box[3], top + 1), left : max(box[0] + box[2], left + 1)]
        picture = part if part.size else picture
    if width is not None and width < picture.shape[1]:
        height = max(round(picture.shape[0] * width / picture.shape[1]), 1)
        picture = cv2.resize(  # type: ignore[assignment]
            np.ascontiguousarray(picture), (max(width, 1), height), interpolation=cv2.INTER_AREA
        )
    swapped = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR)
    encoded: bytes = cv2.imencode(".jpg", swapped, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    return encoded
