"""The silhouette of one animal, look by look: the step from pixels to motion.

::

    frame -> arena, scaled so that every body has one size
          -> depth below the empty arena, in units of the animal's contrast
          -> soft silhouette of the one body
          -> shape change against earlier silhouettes = motion

Everything that differs between laboratories is divided out on the way: zoom
(body size), coat and lamp (contrast, light), frame rate (looks are taken
about 15 times a second). So one threshold serves all.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.background import Background
from behave.tracking.motion import ShapeChange
from behave.tracking.series import Series
from behave.tracking.trial import Arena
from behave.tracking.video import Float32, Frame, UInt8, to_grey

Window = tuple[slice, slice]  # rows and columns
Mask = npt.NDArray[np.bool_]

# Every body is scaled to this root of its area in px: limbs are then 3-5 px wide.
BODY_PX = 22
# A square that holds a stretched body with its limbs and most of the tail.
PATCH_PX = 64
# Depths in units of contrast: below the first is water (ripples, mirror
# images), above the second is body.
WATER, BODY = 0.2, 0.5
# Limbs reach this far from the body's outline.
LIMB_PX = 6
NEAR = np.ones((2 * LIMB_PX + 1, 2 * LIMB_PX + 1), np.uint8)
SEAM = np.ones((7, 7), np.uint8)
# The part of the arena looked at while the animal is followed, a multiple of 8.
WINDOW_PX = 88
FULL_LOOK_EVERY_S = 1.0
# Darker than this, the background tells nothing of the light.
BLACK = 0.05
# Areas outside this range are no single animal (a hand, a shadow, a splash).
AREA_RANGE = (0.3, 2.5)
# Light outside this range of the usual one is a lamp that is off, or a lid.
LIGHT_RANGE = (0.3, 3.0)


class Watcher:
    """Follows one animal from look to look.

    Parameters
    ----------
    arena
        Its arena.
    background
        The empty arena; none where no animal was told from it.
    scale
        Px of the background per px of the frame.
    """

    def __init__(self, arena: Arena, background: Background | None, scale: float) -> None:
        self.arena, self.background = arena, background
        self.series = Series()
        self.change = ShapeChange(BODY_PX)
        self.near: tuple[float, float] | None = None  # where the animal was last seen
        self.full_look_s = -np.inf
        if background is None:
            return
        # Px of the frame per px of a look: the body gets its one size. Eighths,
        # so that windows that start at a multiple of 8 px start on a whole px
        # of the frame and show the same px as the whole arena does.
        body_px = np.sqrt(background.area_px) / scale
        self.zoom = max(round(8 * body_px / BODY_PX), 1) / 8
        width, height = round(arena.width), round(arena.height)
        size = max(int(width / self.zoom), 8), max(int(height / self.zoom), 8)
        covered = (
            slice(round(size[1] * self.zoom * scale)),
            slice(round(size[0] * self.zoom * scale)),
        )
        self.empty: Float32 = cv2.resize(  # type: ignore[assignment]
            background.grey[covered], size, interpolation=cv2.INTER_LINEAR
        )
        self.inside = inside_of(arena, self.empty.shape)
        self.rim = _rim(self.inside)
        self.glare = (
            cv2.resize(background.glare[covered].astype(np.uint8), size).astype(bool)
            if background.glare.any()
            else None
        )
        self.shown = self.inside.astype(np.float32)
        self.darker_by, self.lighter_by = background.darker_by, background.lighter_by
        self.hooded = bool(np.isfinite(self.darker_by) and np.isfinite(self.lighter_by))

    def look(self, frame: Frame) -> None:
        """Take a look at the animal."""
        series = self.series
        series.time_s.append(frame.time_s)
        series.light.append(float("nan"))
        found = self._find(frame) if self.background is not None else None
        if found is None:
            self.near = None
            self.change.forget()
            for values in (series.motion, series.x_px, series.y_px, series.area_px):
                values.append(float("nan"))
            series.at_edge.append(False)
            return
        self.near = found.x, found.y
        silhouette, corner = found.silhouette()
        series.motion.append(self.change.step(frame.time_s, silhouette, corner))
        series.x_px.append((found.x + 0.5) * self.zoom + round(self.arena.x) - 0.5)
        series.y_px.append((found.y + 0.5) * self.zoom + round(self.arena.y) - 0.5)
        series.area_px.append(found.area * self.zoom**2)
        rim = self.rim[found.window]
        series.at_edge.append(bool((found.body.astype(bool) & rim).any()))

    def _find(self, frame: Frame) -> "_Body | None":
        """Find the body near its last place, or in the whole arena where it is lost.

        A look at a window costs a fifth of one at the arena. Once a second the
        whole arena is looked at, so that nothing is followed by mistake.
        """
        if self.near is not None and frame.time_s - self.full_look_s < FULL_LOOK_EVERY_S:
            found = self._find_in(frame, self._window())
            if found is not None and not found.cut:
                return found
        self.full_look_s = frame.time_s
        return self._find_in(frame, (slice(0, self.empty.shape[0]), slice(0, self.empty.shape[1])))

    def _window(self) -> Window:
        """Return the part of the arena round the animal's last place."""
        assert self.near is not None  # noqa: S101 - asked for only when it was seen
        height, width = self.empty.shape
        left = max(8 * round((self.near[0] - WINDOW_PX / 2) / 8), 0)
        top = max(8 * round((self.near[1] - WINDOW_PX / 2) / 8), 0)
        return slice(top, min(top + WINDOW_PX, height)), slice(left, min(left + WINDOW_PX, width))

    def _find_in(self, frame: Frame, window: Window) -> "_Body | None":
        """Find the body in a part of the arena."""
        empty = self.empty[window]
        stored = self._seen(frame.luma, window)
        grey = to_grey(stored, full_range=frame.full_range)
        sparse = np.s_[::4, ::4]
        light = float(np.median(grey[sparse] / np.maximum(empty[sparse], BLACK)))
        self.series.light[-1] = light
        if not LIGHT_RANGE[0] < light < LIGHT_RANGE[1]:
            return None
        grey *= np.float32(-1 / light)
        grey += empty
        grey *= self.shown[window]
        if self.glare is not None:
            np.maximum(grey, 0, out=grey, where=self.glare[window])
        depth = self._depth(cv2.GaussianBlur(grey, (5, 5), 0.8))  # type: ignore[arg-type]
        clear = (depth > BODY).view(np.uint8)
        if self.hooded:  # the seam between the tones is as grey as the water
            clear = cv2.morphologyEx(clear, cv2.MORPH_CLOSE, SEAM)  # type: ignore[assignment]
        count, labels, stats, centres = cv2.connectedComponentsWithStats(clear)
        if count == 1:
            return None
        label = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        area = float(stats[label, cv2.CC_STAT_AREA])
        if not AREA_RANGE[0] < area / BODY_PX**2 < AREA_RANGE[1]:
            return None
        left, top, across, down = (int(value) for value in stats[label, :4])
        height, width = depth.shape
        return _Body(
            body=(labels == label).view(np.uint8),
            depth=depth,
            window=window,
            x=float(centres[label, 0]) + window[1].start,
            y=float(centres[label, 1]) + window[0].start,
            area=area,
            cut=(
                (left < LIMB_PX and window[1].start > 0)
                or (top < LIMB_PX and window[0].start > 0)
                or (left + across > width - LIMB_PX and window[1].stop < self.empty.shape[1])
                or (top + down > height - LIMB_PX and window[0].stop < self.empty.shape[0])
            ),
        )

    def _depth(self, difference: Float32) -> Float32:
        """Return how deep in the animal's tone each px is; 1 is the usual body.

        The difference is background minus picture. A coat of one tone counts
        to that side only, so that glare on the water round a dark animal is
        nothing; a hooded one counts to both.
        """
        if self.hooded:
            dark = difference * np.float32(1 / self.darker_by)
            light = difference * np.float32(-1 / self.lighter_by)
            both: Float32 = np.maximum(dark, light)
            return both
        tone = self.darker_by if np.isfinite(self.darker_by) else -self.lighter_by
        return difference * np.float32(1 / tone)

    def _seen(self, luma: UInt8, window: Window) -> UInt8:
        """Return a part of the arena as stored, at the looks' scale."""
        rows, columns = window
        size = columns.stop - columns.start, rows.stop - rows.start
        left, top = round(self.arena.x), round(self.arena.y)
        part = luma[
            top + round(rows.start * self.zoom) : top + round(rows.stop * self.zoom),
            left + round(columns.start * self.zoom) : left + round(columns.stop * self.zoom),
        ]
        return resize(part, size)


@dataclass(frozen=True)
class _Body:
    """The animal's body as found in a part of its arena.

    Parameters
    ----------
    body
        Its mask, shape (rows, columns) of the window.
    depth
        Depth of every px in units of the contrast, same shape.
    window
        The part of the arena looked at.
    x, y, area
        Centre and area in px of the looks.
    cut
        Whether the window may have cut off a part of it.
    """

    body: UInt8
    depth: Float32
    window: Window
    x: float
    y: float
    area: float
    cut: bool

    def silhouette(self) -> tuple[Float32, tuple[int, int]]:
        """Return the soft silhouette in a square round the body, and the square's corner."""
        near = cv2.dilate(self.body, NEAR)
        soft = np.clip((self.depth - np.float32(WATER)) * np.float32(1 / (1 - WATER)), 0, 1)
        soft *= near
        rows, columns = self.window
        left, top = round(self.x) - PATCH_PX // 2, round(self.y) - PATCH_PX // 2
        patch = np.zeros((PATCH_PX, PATCH_PX), np.float32)
        down = slice(max(top, rows.start), min(top + PATCH_PX, rows.stop))
        across = slice(max(left, columns.start), min(left + PATCH_PX, columns.stop))
        patch[down.start - top : down.stop - top, across.start - left : across.stop - left] = soft[
            down.start - rows.start : down.stop - rows.start,
            across.start - columns.start : across.stop - columns.start,
        ]
        return patch, (left, top)


def resize(stored: UInt8, size: tuple[int, int]) -> UInt8:
    """Return a picture at another width and height."""
    # Averaging when shrinking keeps noise and ripples from aliasing.
    how = cv2.INTER_AREA if size[0] < stored.shape[1] else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(stored), size, interpolation=how)  # type: ignore[return-value]


def _rim(inside: Mask) -> Mask:
    """Return the outermost px of an arena."""
    inner = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    rim: Mask = inside & ~inner.astype(bool)
    return rim


def inside_of(arena: Arena, shape: tuple[int, ...]) -> Mask:
    """Return which px of a picture of the arena belong to it."""
    height, width = shape
    if arena.shape == "rectangle":
        return np.ones((height, width), bool)
    rows, columns = np.ogrid[:height, :width]
    across = (columns + 0.5) / width * 2 - 1
    down = (rows + 0.5) / height * 2 - 1
    within: Mask = across**2 + down**2 <= 1
    return within
