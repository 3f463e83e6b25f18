"""The silhouette of one animal, look by look: the step from pixels to motion.

::

    frame -> arena, scaled so that every body has one size
          -> depth below the empty arena, in units of the animal's contrast
          -> soft silhouette of the one body
          -> shape change against the silhouette before = motion

Everything that differs between laboratories is divided out on the way: zoom
(body size), coat and lamp (contrast, light), frame rate (looks are taken
about 15 times a second). So one threshold serves all.

Pictures stay what they are stored as, one byte a px, until there is only the
body left: a look takes less time than its frame takes to decode.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.arenas.polygon import polygon_mask
from behave.tracking.silhouette.background import Background
from behave.tracking.silhouette.body import LAMP, LIMB_PX, SEAM, Body, Window, closed
from behave.tracking.silhouette.choice import BODY_PX, choose
from behave.tracking.silhouette.motion import ShapeChange
from behave.tracking.silhouette.series import Series
from behave.tracking.trial import Arena
from behave.tracking.video.picture import Frame, UInt8, grey_range

Mask = npt.NDArray[np.bool_]


class SegmentationThresholds(NamedTuple):
    """SegmentationThresholds below the empty arena, in units of the animal's contrast.

    Parameters
    ----------
    water
        Up to here it is water: ripples, mirror images.
    body
        From here on it is body.
    full
        From here on a px counts in full, so that neither shading within the
        body nor a pale limb's tone matters.
    """

    water: float
    body: float
    full: float

    @property
    def clear(self) -> int:
        """The lightest byte of a soft silhouette that is no body."""
        return int(255 * (self.body - self.water) / (self.full - self.water))


PLAIN = SegmentationThresholds(0.2, 0.5, 0.7)
# The tones of a hooded coat are less deep: the body's shadow comes near to them, and has
# to count by degrees, lest it flicker between water and body.
HOODED = SegmentationThresholds(0.1, 0.5, 0.9)
# What is farther from the body is not looked at.
BESIDE_PX = LIMB_PX + 3
# What is thinner is no body; for a hooded coat, for which both a lamp and a shadow
# may pass, what is not much thicker neither.
THIN: UInt8 = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))  # type: ignore[assignment]
THIN_HOODED: UInt8 = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))  # type: ignore[assignment]
# The halo of a mirrored lamp. Where less than the second is left between the
# lightest tone of animal or water and white, lamps cannot be told.
HALO = np.ones((7, 7), np.uint8)
MIN_HEADROOM = 0.12
# The part of the arena looked at while the animal is followed, and the places where it
# may start.
WINDOW_PX, GRID = 88, 8
FULL_LOOK_EVERY_S = 1.0
# Light is judged from every fourth px. Darker than this, the background tells
# nothing of it.
SPARSE, BLACK = 4, 0.05
# Light outside this range of the usual one is a lamp that is off, or a lid.
LIGHT_RANGE = (0.3, 3.0)


class SilhouetteTracker:
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
        self.near: tuple[float, float] | None = None  # where the animal was last seen
        self.last: Body | None = None  # as last seen
        self.light = float("nan")  # relative to the background's, at the last look
        self.full_look_s = -np.inf
        self.beside = float("nan")  # of this look, see Series
        if background is None:
            return
        # Px of the frame per px of a look: the body gets its one size. In steps by which
        # windows that start at a multiple of `GRID` px start on a whole px of the frame,
        # halved as often as `resize` does, and show the same px as the whole arena does.
        zoom = np.sqrt(background.area_px) / scale / BODY_PX
        step = max(2.0 ** np.floor(np.log2(zoom)), 1.0) / GRID
        self.zoom = float(max(round(zoom / step), 1) * step)
        width, height = round(arena.width), round(arena.height)
        size = max(int(width / self.zoom), 8), max(int(height / self.zoom), 8)
        covered = (
            slice(round(size[1] * self.zoom * scale)),
            slice(round(size[0] * self.zoom * scale)),
        )
        empty = cv2.resize(background.grey[covered], size, interpolation=cv2.INTER_LINEAR)
        self.empty: UInt8 = np.rint(np.clip(255 * empty, 0, 255)).astype(np.uint8)
        self.per_light = 1 / np.maximum(empty[::SPARSE, ::SPARSE], BLACK)
        self.inside = inside_of(arena, self.empty.shape)
        self.glitter = _glitter(background, covered, size)
        self.rim = _rim(self.inside).view(np.uint8)
        self.shown = None if self.inside.all() else self.inside.view(np.uint8) * np.uint8(255)
        self.tones = [
            tone for tone in (background.darker_by, -background.lighter_by) if np.isfinite(tone)
        ]
        self.depths = HOODED if len(self.tones) > 1 else PLAIN
        self.change = ShapeChange(BODY_PX)
        lightest = max(float(np.quantile(empty[self.inside], 0.9)), background.lightest)
        # Half way to white is only a mirrored lamp or a splash.
        self.lamp = (1 + lightest) / 2 if lightest < 1 - MIN_HEADROOM else np.inf

    def look(self, frame: Frame) -> None:
        """Take a look at the animal."""
        series = self.series
        series.time_s.append(frame.time_s)
        self.light = self.beside = float("nan")
        found = self._find(frame) if self.background is not None else None
        series.light.append(self.light)
        series.beside.append(self.beside)
        if found is None:
            self.near = None
            if self.background is not None:
                self.change.forget()
            for values in (series.motion, series.x_px, series.y_px, series.area_px):
                values.append(float("nan"))
            for values in (series.across, series.down, series.slant):
                values.append(float("nan"))
            series.at_edge.append(False)
            return
        self.near, self.last = (found.x, found.y), found
        series.motion.append(self.change.step(frame.time_s, found.silhouette()))
        series.x_px.append((found.x + 0.5) * self.zoom + round(self.arena.x) - 0.5)
        series.y_px.append((found.y + 0.5) * self.zoom + round(self.arena.y) - 0.5)
        series.area_px.append(found.area * self.zoom**2)
        series.across.append(found.across * self.zoom**2)
        series.down.append(found.down * self.zoom**2)
        series.slant.append(found.slant * self.zoom**2)
        at_edge = cv2.bitwise_and(found.body, self.rim[found.box])
        series.at_edge.append(cv2.countNonZero(at_edge) > 0)

    def _find(self, frame: Frame) -> Body | None:
        """Find the body near its last place, or in the whole arena where it is lost.

        A look at a window costs a fifth of one at the arena. Once a second the
        whole arena is looked at, so that nothing is followed by mistake.
        """
        if self.near is not None and frame.time_s - self.full_look_s < FULL_LOOK_EVERY_S:
            found = self._find_in(frame, self._window())
            if found is not None and not found.cut:
                self.beside = float("nan")  # a window shows a part of what is beside the animal
                return found
        self.full_look_s = frame.time_s
        return self._find_in(frame, (slice(0, self.empty.shape[0]), slice(0, self.empty.shape[1])))

    def _window(self) -> Window:
        """Return the part of the arena round the animal's last place."""
        assert self.near is not None  # noqa: S101 - asked for only when it was seen
        height, width = self.empty.shape
        left, top = (max(GRID * round((at - WINDOW_PX / 2) / GRID), 0) for at in self.near)
        return slice(top, min(top + WINDOW_PX, height)), slice(left, min(left + WINDOW_PX, width))

    def _find_in(self, frame: Frame, window: Window) -> Body | None:
        """Find the body in a part of the arena."""
        black, white = grey_range(full_range=frame.full_range)
        stored = self._seen(frame.luma, window)
        light = self._light(stored, window, black, white)
        if not LIGHT_RANGE[0] < light < LIGHT_RANGE[1]:
            return None
        self.light = light
        soft = self._soft(stored, window, light, black, white)
        clear = (soft > self.depths.clear).view(np.uint8)
        # What is not near the animal need not be looked at any more.
        box = _widened(cv2.boundingRect(clear), clear.shape)
        clear, soft = clear[box], soft[box]
        hidden = self._lamps(stored[box], black, white)
        if hidden is not None:
            clear = clear & ~hidden
        hooded = len(self.tones) > 1
        if hooded:  # the seam between the tones is as grey as the water
            clear = closed(clear, SEAM)
        elif hidden is not None:  # what a lamp hides belongs to the body if it lies within
            clear |= closed(clear, LAMP) & hidden
        # A tail or a drop is thinner than a body, and may tie it to a lamp.
        clear = _opened(clear, THIN_HOODED if hooded else THIN)
        corner = window[1].start + box[1].start, window[0].start + box[0].start
        body, self.beside = choose(clear, corner, self.last, followed=self.near is not None)
        if body is None:
            return None
        left, top, across, down = cv2.boundingRect(body)
        edges = (
            corner[0] + left,
            corner[1] + top,
            corner[0] + left + across,
            corner[1] + top + down,
        )
        spread = cv2.moments(body[top : top + down, left : left + across], binaryImage=True)
        area = spread["m00"]
        place = (
            slice(corner[1], corner[1] + clear.shape[0]),
            slice(corner[0], corner[0] + clear.shape[1]),
        )
        return Body(
            body=body,
            soft=soft,
            hidden=self._hides(hidden, place, body),
            box=place,
            corner=corner,
            x=spread["m10"] / area + left + corner[0],
            y=spread["m01"] / area + top + corner[1],
            area=area,
            across=spread["mu20"] / area,
            down=spread["mu02"] / area,
            slant=spread["mu11"] / area,
            edges=edges,
            cut=self._cut(edges, window),
        )

    def _cut(self, edges: tuple[int, int, int, int], window: Window) -> bool:
        """Return whether the window may have cut off a part of a body."""
        left, top, right, bottom = edges
        rows, columns = window
        return bool(
            left < columns.start + LIMB_PX * (columns.start > 0)
            or top < rows.start + LIMB_PX * (rows.start > 0)
            or right > columns.stop - LIMB_PX * (columns.stop < self.empty.shape[1])
            or bottom > rows.stop - LIMB_PX * (rows.stop < self.empty.shape[0])
        )

    def _light(self, stored: UInt8, window: Window, black: int, white: int) -> float:
        """Return the light relative to the background's: the median ratio of their px."""
        rows, columns = (slice(part.start // SPARSE, None) for part in window)
        sparse = np.subtract(stored[::SPARSE, ::SPARSE], black, dtype=np.float32)
        per_light = self.per_light[rows, columns][: sparse.shape[0], : sparse.shape[1]]
        ratios = (sparse * per_light).ravel()
        middle = ratios.size // 2
        return float(np.partition(ratios, middle)[middle]) / (white - black)

    def _soft(self, stored: UInt8, window: Window, light: float, black: int, white: int) -> UInt8:
        """Return how much each px is of the animal: 0 water, 255 body.

        A coat of one tone counts to that side only, so that glare on the water
        round a dark animal is nothing; a hooded one counts to both.
        """
        smooth = cv2.GaussianBlur(stored, (5, 5), 0.8)
        soft: UInt8 | None = None
        per_depth = 255 / (self.depths.full - self.depths.water)
        for tone in self.tones:
            steep = per_depth / tone
            per_stored = steep / (light * (white - black))
            offset = black * per_stored - per_depth * self.depths.water
            # Saturates at 0 and 255.
            one = cv2.addWeighted(self.empty[window], steep / 255, smooth, -per_stored, offset)
            soft = one if soft is None else cv2.max(soft, one)  # type: ignore[assignment]
        assert soft is not None  # noqa: S101 - every background has a tone
        if self.shown is not None:
            soft = cv2.bitwise_and(soft, self.shown[window])  # type: ignore[assignment]
        return soft

    def _lamps(self, stored: UInt8, black: int, white: int) -> UInt8 | None:
        """Return which px a mirrored lamp or a splash hides, with its halo; none if none."""
        level = black + self.lamp * (white - black)
        if level > 255 or int(stored.max()) < level:  # noqa: PLR2004 - the lightest byte
            return None
        lamps = (stored >= level).view(np.uint8)
        return cv2.dilate(lamps, HALO)  # type: ignore[return-value]

    def _hides(self, lamps: UInt8 | None, box: Window, body: UInt8) -> UInt8 | None:
        """Return which px of a box tell nothing of the animal's shape: lamps now or at times.

        Where lamps come and go on most of the body, those that are there now are left out only.
        """
        glitter = self.glitter[box] if self.glitter is not None else None
        if glitter is not None and 2 * cv2.countNonZero(glitter & body) > cv2.countNonZero(body):
            glitter = None
        if lamps is None:
            return glitter if glitter is not None and glitter.any() else None
        return lamps if glitter is None else lamps | glitter

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


def resize(stored: UInt8, size: tuple[int, int]) -> UInt8:
    """Return a picture at another width and height."""
    # Averaging over 2 x 2 px takes next to nothing, over fractions of px much; of pictures
    # less than twice as large no px is left out by interpolation.
    while stored.shape[1] >= 2 * size[0] and stored.shape[0] >= 2 * size[1]:
        height, width = (n // 2 for n in stored.shape)
        half = stored[: 2 * height, : 2 * width]
        stored = cv2.resize(half, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return cv2.resize(stored, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _glitter(background: Background, covered: Window, size: tuple[int, int]) -> UInt8 | None:
    """Return where lamps come and go with the waves, with their halo; none if nowhere."""
    if background.glitter is None or not background.glitter.any():
        return None
    where = background.glitter[covered].view(np.uint8)
    where = cv2.resize(where, size, interpolation=cv2.INTER_NEAREST)  # type: ignore[assignment]
    return cv2.dilate(where, HALO)  # type: ignore[return-value]


def _widened(box: Sequence[int], shape: tuple[int, ...]) -> Window:
    """Return the rows and columns of a box with room for limbs, within a picture."""
    left, top, across, down = box
    return (
        slice(max(top - BESIDE_PX, 0), min(top + down + BESIDE_PX, shape[0])),
        slice(max(left - BESIDE_PX, 0), min(left + across + BESIDE_PX, shape[1])),
    )


def _opened(mask: UInt8, thin: UInt8) -> UInt8:
    """Return a mask without its thin parts."""
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, thin)  # type: ignore[return-value]


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
    if arena.shape == "polygon":
        return polygon_mask(arena, (height, width))
    rows, columns = np.ogrid[:height, :width]
    across = (columns + 0.5) / width * 2 - 1
    down = (rows + 0.5) / height * 2 - 1
    within: Mask = across**2 + down**2 <= 1
    return within
