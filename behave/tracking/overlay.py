"""Small videos to look at: the animal, its state, and its motion against the threshold.

From top to bottom: the arena with the animal's outline, a bar in the state's
colour with the time, the motion of the seconds before and after, and the
states of those seconds. The clock is the video's own, so a time in a table is
found at that time in the overlay.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction
from typing import Any, cast

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange

from behave.errors import OutputError, Problem
from behave.tracking.silhouette.outline import Outliner, Points
from behave.tracking.silhouette.tracks import learn
from behave.tracking.trial import Scene, Video
from behave.tracking.video.ahead import read_ahead
from behave.tracking.video.frame_sampling import LOOKS_PER_S
from behave.tracking.video.picture import LIMITED_BLACK, LIMITED_WHITE, Frame, UInt8
from behave.tracking.video.reader import VideoReader
from behave.tracking.video.seeking import frame_size
from behave.tracking.video.watching import needed_until

Colour = tuple[int, int, int]

# Okabe and Ito's palette: told apart with every kind of colour blindness.
COLOURS: dict[str, Colour] = {
    "immobile": (213, 94, 0),
    "mobile": (86, 180, 233),
    "swimming": (86, 180, 233),
    "climbing": (240, 228, 66),
    "unscored": (153, 153, 153),
}
PAPER, INK, FAINT = (255, 255, 255), (20, 20, 20), (170, 170, 170)
# Even numbers: the colours of H.264 are stored for 2 x 2 px.
WIDTH_PX, TALLEST_PX = 320, 400
BAR_PX, TRACE_PX, RIBBON_PX = 24, 62, 10
# Seconds of motion in view, now being in the middle, and its scale in thresholds.
IN_VIEW_S, IN_VIEW_MOTION = 10.0, 4.0
TICKS = 90_000
# A key frame every two seconds, so that a player can jump to any of them.
ENCODER = {"crf": "25", "preset": "veryfast", "bf": "0", "g": str(2 * LOOKS_PER_S)}
# Time stamps in tables are rounded to 0.1 ms.
ROUNDING_S = 1e-3
# Stored luma of the limited range as grey levels; the full range needs no table.
STRETCHED = np.clip(
    (np.arange(256) - LIMITED_BLACK) * 255 / (LIMITED_WHITE - LIMITED_BLACK), 0, 255
).astype(np.uint8)


def draw_overlays(video: Video, scenes: Sequence[Scene]) -> None:
    """Write an overlay of each trial of a video, decoding it once.

    Parameters
    ----------
    video
        The video.
    scenes
        What to show; memory does not grow with the video's length beyond
        their tables.

    Raises
    ------
    TrialError
        If the video cannot be read.
    OutputError
        If an overlay cannot be written.
    """
    size, reader = frame_size(video), VideoReader(video)
    watched = [scene.trial for scene in scenes if scene.outlined]
    outliners = (
        iter(learn(reader, watched, needed_until(watched), Outliner)) if watched else iter(())
    )
    painters = [
        Painter(scene, size, next(outliners) if scene.outlined else None) for scene in scenes
    ]
    end_s = max(painter.end_s for painter in painters)
    with ExitStack() as stack:
        films = [stack.enter_context(_film(painter)) for painter in painters]
        for frame in read_ahead(iter(reader.look(end_s))):
            for painter, film in zip(painters, films, strict=True):
                if frame.time_s <= painter.end_s:
                    film.add(painter.paint(frame), frame.time_s)


class Painter:
    """Paints one trial's overlay, frame by frame.

    Parameters
    ----------
    scene
        What to show.
    size
        Width and height of the video's frame.
    outliner
        Finds the animal's outline; none: its centre is marked.
    """

    def __init__(self, scene: Scene, size: tuple[int, int], outliner: Outliner | None) -> None:
        self.scene, self.outliner = scene, outliner
        arena = scene.trial.arena
        self.left, self.top = max(round(arena.x), 0), max(round(arena.y), 0)
        self.right = min(round(arena.x + arena.width), size[0])
        self.bottom = min(round(arena.y + arena.height), size[1])
        wide, high = self.right - self.left, self.bottom - self.top
        self.scale = min(WIDTH_PX / wide, TALLEST_PX / high)
        self.shown = round(wide * self.scale), round(high * self.scale)
        self.margin = (WIDTH_PX - self.shown[0]) // 2
        self.height = self.shown[1] + self.shown[1] % 2 + BAR_PX + TRACE_PX + RIBBON_PX
        frames = scene.frames
        self.times = frames["time_s"].to_numpy(np.float64)
        self.states = frames["state"].to_numpy(object)
        self.colours = np.array([COLOURS[state] for state in self.states], np.uint8).reshape(-1, 3)
        self.motion = frames["motion"].to_numpy(np.float64) / scene.immobile_below
        self.centres = frames[["x_px", "y_px"]].to_numpy(np.float64)
        self.end_s = float(self.times[-1]) + ROUNDING_S if self.times.size else -np.inf
        # What stays the same is painted once: the sheet round the arena, and the
        # ground on which the motion is drawn.
        self.sheet = np.full((self.height, WIDTH_PX, 3), INK, np.uint8)
        self.ground = self._paint_ground()

    def paint(self, frame: Frame) -> UInt8:
        """Return the overlay of a frame as RGB, shape (height, width, 3).

        It is painted on the same sheet each time.
        """
        row = max(int(np.searchsorted(self.times, frame.time_s + ROUNDING_S)) - 1, 0)
        sheet = self.sheet
        inside = slice(self.margin, self.margin + self.shown[0])
        self._paint_arena(sheet[: self.shown[1], inside], frame, row)
        bar = self.height - BAR_PX - TRACE_PX - RIBBON_PX
        self._paint_bar(sheet[bar : bar + BAR_PX], frame.time_s, row)
        self._paint_motion(sheet[bar + BAR_PX : bar + BAR_PX + TRACE_PX], frame.time_s)
        self._paint_states(sheet[-RIBBON_PX:], frame.time_s)
        return sheet

    def _paint_arena(self, part: UInt8, frame: Frame, row: int) -> None:
        """Paint the arena, and in it the animal's outline or a mark at its centre."""
        seen = frame.luma[self.top : self.bottom, self.left : self.right]
        how = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(np.ascontiguousarray(seen), self.shown, interpolation=how)
        picture = small if frame.full_range else cv2.LUT(small, STRETCHED)
        part[:] = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
        colour = COLOURS[self.states[row]]
        outlines = self.outliner.outlines(frame) if self.outliner is not None else []
        for outline in outlines:
            _draw_line(part, self._placed(outline), colour, closed=True)
        if not outlines and np.isfinite(self.centres[row]).all():
            x, y = (round(float(value)) for value in self._placed(self.centres[row]))
            cv2.drawMarker(part, (x, y), colour, cv2.MARKER_CROSS, 15, 2)

    def _placed(self, points: Points) -> Points:
        """Return points of the frame as points of the arena's picture."""
        across = (points[..., 0] - self.left + 0.5) * self.scale - 0.5
        down = (points[..., 1] - self.top + 0.5) * self.scale - 0.5
        return np.stack([across, down], axis=-1)

    def _paint_bar(self, part: UInt8, time_s: float, row: int) -> None:
        """Paint the state's colour, its name and the time."""
        part[:] = COLOURS[self.states[row]]
        _write(part, str(self.states[row]), 6, 17)
        _write(part, clock(time_s), WIDTH_PX - 6, 17, to_left=True)

    def _paint_ground(self) -> UInt8:
        """Return what the motion is drawn on: paper, the threshold, and now."""
        ground = np.full((TRACE_PX, WIDTH_PX, 3), PAPER, np.uint8)
        level = round((TRACE_PX - 1) * (1 - 1 / IN_VIEW_MOTION))
        ground[level, (np.arange(WIDTH_PX) // 4) % 2 == 0] = INK
        ground[:, WIDTH_PX // 2] = FAINT
        return ground

    def _paint_motion(self, part: UInt8, time_s: float) -> None:
        """Paint the motion round now, with its threshold."""
        part[:] = self.ground
        height = part.shape[0] - 1
        view = slice(*np.searchsorted(self.times, time_s + np.array([-0.5, 0.5]) * IN_VIEW_S))
        across = WIDTH_PX * ((self.times[view] - time_s) / IN_VIEW_S + 0.5)
        up = np.clip(self.motion[view], 0, IN_VIEW_MOTION) / IN_VIEW_MOTION
        points = np.stack([across, height * (1 - up)], axis=1)
        unseen = np.flatnonzero(~np.isfinite(up))
        for piece in np.split(points, unseen):
            seen = piece[np.isfinite(piece[:, 1])]
            if len(seen) > 1:
                _draw_line(part, seen, INK, closed=False)
        level = round(height * (1 - 1 / IN_VIEW_MOTION))
        part[level - 13 : level - 1, :62] = PAPER  # the word stays legible over the trace
        _write(part, "threshold", 4, level - 4, size=0.36)

    def _paint_states(self, part: UInt8, time_s: float) -> None:
        """Paint the states round now."""
        seconds = time_s + ((np.arange(WIDTH_PX) + 0.5) / WIDTH_PX - 0.5) * IN_VIEW_S
        rows = np.searchsorted(self.times, seconds + ROUNDING_S, side="right") - 1
        known = (rows >= 0) & (seconds <= self.end_s)
        part[:] = np.where(known[:, None], self.colours[np.maximum(rows, 0)], PAPER)
        part[:, WIDTH_PX // 2] = INK


def clock(time_s: float) -> str:
    """Return a video time as the overlay shows it: in seconds, as the tables do."""
    return f"{time_s:.1f} s"


def _draw_line(part: UInt8, points: Points, colour: Colour, *, closed: bool) -> None:
    """Draw a smooth line through points given in px and parts of px."""
    fixed = np.round(points * 16).astype(np.int32)[:, None]
    cv2.polylines(part, [fixed], closed, colour, 1, cv2.LINE_AA, shift=4)


def _write(
    part: UInt8, text: str, x: int, y: int, *, size: float = 0.5, to_left: bool = False
) -> None:
    """Write a text that begins, or ends, at x."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    start = x - cv2.getTextSize(text, font, size, 1)[0][0] if to_left else x
    cv2.putText(part, text, (start, y), font, size, INK, 1, cv2.LINE_AA)


class _Film:
    """A video file that pictures are added to.

    Parameters
    ----------
    container, stream
        PyAV's, open for writing.
    """

    def __init__(self, container: Any, stream: Any) -> None:
        self.container, self.stream = container, stream

    def add(self, picture: UInt8, time_s: float) -> None:
        """Add a picture with its time."""
        # OpenCV's conversion costs a tenth of the one that comes with the encoder.
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.time_base = Fraction(1, TICKS)
        frame.pts = round(time_s * TICKS)
        self.container.mux(self.stream.encode(frame))


@contextmanager
def _film(painter: Painter) -> Iterator[_Film]:
    """Open an overlay's file; it gets its name when it is whole."""
    path = painter.scene.file
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The index goes to the front, so that a browser can jump at once.
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = cast("Any", container.add_stream("libx264", rate=LOOKS_PER_S, options=ENCODER))
            stream.width, stream.height, stream.pix_fmt = WIDTH_PX, painter.height, "yuv420p"
            context = stream.codec_context
            context.time_base = Fraction(1, TICKS)
            context.thread_count = 1  # processes are the unit of parallel work
            context.color_range = ColorRange.MPEG
            yield _Film(container, stream)
            container.mux(stream.encode(None))
        part.replace(path)
    except (OSError, av.FFmpegError) as error:
        raise OutputError(
            Problem("the overlay cannot be written", file=str(path), found=str(error))
        ) from error
    finally:
        # Whatever went wrong is told above; nothing half-written stays.
        with suppress(OSError):
            part.unlink()
