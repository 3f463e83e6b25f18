"""The motion of one hanging animal, look by look.

Each silhouette is laid onto the one before it. A pendulum turns about the point from
which it hangs and keeps its shape, so a turn and a shift, begun with the turn of the
body's axis, take the swing away whatever its size; what remains bends, twists or
strokes. A body that draws itself up or lets itself down along its tail keeps its shape
as well, but no pendulum changes its length: that way counts.
"""

from dataclasses import dataclass, field
from math import atan2, hypot, nan, pi

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.silhouette.registration import RigidTransform, Target
from behave.tracking.suspension.hanging import Hanging
from behave.tracking.trial import Arena
from behave.tracking.video.picture import Float32, Frame, UInt8, grey_range

Mask = npt.NDArray[np.bool_]

# Every body is scaled to this root of its area, px; a stretched one with its limbs fits.
BODY_PX, PATCH_PX = 24, 112
# Depths in units of the animal's tone: up to the first it is wall or a shadow, from the
# second on body.
WALL, FULL = 0.3, 0.7
# A tail and limbs are thinner than this, px.
THIN: UInt8 = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))  # type: ignore[assignment]
LIMB_PX = 9
REACH = np.ones((2 * LIMB_PX + 1, 2 * LIMB_PX + 1), np.uint8)
# Areas outside this range are no single animal: a hand, a hand that holds it.
AREA_RANGE = (0.4, 1.8)
# Steps of registration from the axes' turn.
STEPS = 4
# Px along an arena's sides that may show its partition.
EDGE_PX = 3
# Remains below this share of the contrast are noise and compression.
DEAD_ZONE = np.float32(0.15)
# After a longer step the earlier look says nothing of the present.
MAX_STEP_S = 0.25
# Roots of the area per s along the tail that noise reaches, and what each above it adds.
SLACK, PULL_WEIGHT = 0.5, 0.03
# An axis is known where the body is this much longer than wide.
LONG = 1.3
LIGHT_RANGE = (0.3, 3.0)


@dataclass
class Looks:
    """What one animal's looks gave; one item per look, NaN where it was not found.

    Parameters
    ----------
    time_s, motion, light
        Time, motion, and light relative to the learnt wall.
    x_px, y_px, area_px
        Middle and area of the body in the full frame.
    length
        From the pivot to the body's middle, in roots of its usual area.
    below
        How far the body's middle is below the pivot, in roots of its usual area.
    crowded
        Whether something larger than the animal was in its place: a hand.
    """

    time_s: list[float] = field(default_factory=list)
    motion: list[float] = field(default_factory=list)
    light: list[float] = field(default_factory=list)
    x_px: list[float] = field(default_factory=list)
    y_px: list[float] = field(default_factory=list)
    area_px: list[float] = field(default_factory=list)
    length: list[float] = field(default_factory=list)
    below: list[float] = field(default_factory=list)
    crowded: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class _Body:
    mask: UInt8
    x: float
    y: float
    area: float
    axis: float
    long: bool


class SuspensionTracker:
    """Follows one hanging animal.

    Parameters
    ----------
    arena
        Its compartment.
    hanging
        What is known of it; none where it cannot be scored.
    scale
        Px of the samples per px of the frame.
    """

    def __init__(self, arena: Arena, hanging: Hanging | None, scale: float) -> None:
        self.arena, self.hanging = arena, hanging
        self.looks = Looks()
        self.last: tuple[float, Float32, _Body] | None = None
        if hanging is None:
            return
        self.zoom = np.sqrt(hanging.area) / scale / BODY_PX  # px of the frame per px of a look
        rows, columns = hanging.wall.shape
        size = round(columns / scale / self.zoom), round(rows / scale / self.zoom)
        per_sample = size[0] / columns, size[1] / rows
        self.size = size
        wall: Float32 = cv2.resize(hanging.wall, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
        self.wall = wall
        self.per_light = 1 / np.maximum(wall[::3, ::3], 0.05)
        self.pivot = hanging.pivot[0] * per_sample[0], hanging.pivot[1] * per_sample[1]
        self.usual = hanging.centre[0] * per_sample[0], hanging.centre[1] * per_sample[1]
        self.near = self.usual

    def look(self, frame: Frame) -> None:
        """Take a look."""
        looks = self.looks
        looks.time_s.append(frame.time_s)
        looks.light.append(nan)
        looks.crowded.append(False)
        soft = self._soft(frame) if self.hanging is not None else None
        body = self._find(soft) if soft is not None else None
        if soft is None or body is None:
            self.last = None
            for values in (looks.motion, looks.x_px, looks.y_px, looks.area_px):
                values.append(nan)
            for values in (looks.length, looks.below):
                values.append(nan)
            return
        looks.x_px.append((body.x + 0.5) * self.zoom + round(self.arena.x) - 0.5)
        looks.y_px.append((body.y + 0.5) * self.zoom + round(self.arena.y) - 0.5)
        looks.area_px.append(body.area * self.zoom**2)
        looks.length.append(hypot(body.x - self.pivot[0], body.y - self.pivot[1]) / BODY_PX)
        looks.below.append((body.y - self.pivot[1]) / BODY_PX)
        looks.motion.append(self._step(frame.time_s, soft, body))
        self.near = body.x, body.y

    def _soft(self, frame: Frame) -> Float32 | None:
        """Return how much each px is of the animal, 0 to 1; none where there is no light."""
        assert self.hanging is not None  # noqa: S101 - asked only for one that hangs
        left, top = max(round(self.arena.x), 0), max(round(self.arena.y), 0)
        right, bottom = (
            round(self.arena.x + self.arena.width),
            round(self.arena.y + self.arena.height),
        )
        part = frame.luma[top:bottom, left:right]
        how = cv2.INTER_AREA if self.zoom > 1 else cv2.INTER_LINEAR
        black, white = grey_range(full_range=frame.full_range)
        small = cv2.resize(part, self.size, interpolation=how).astype(np.float32)
        grey = (small - np.float32(black)) * np.float32(1 / (white - black))
        grey = cv2.GaussianBlur(grey, (5, 5), 0.8).astype(np.float32, copy=False)
        light = float(np.median(grey[::3, ::3] * self.per_light))
        if not LIGHT_RANGE[0] < light < LIGHT_RANGE[1]:
            return None
        self.looks.light[-1] = light
        depth = (self.wall - grey * np.float32(1 / light)) * np.float32(1 / self.hanging.tone)
        return np.clip((depth - WALL) * np.float32(1 / (FULL - WALL)), 0, 1)  # type: ignore[no-any-return]

    def _find(self, soft: Float32) -> _Body | None:
        """Find the body: of the right size, in one piece, and near to where it was."""
        clear = (soft > 0.5).astype(np.uint8)  # noqa: PLR2004 - half way
        clear = cv2.morphologyEx(clear, cv2.MORPH_OPEN, THIN)  # type: ignore[assignment]
        labels, stats, centres = cv2.connectedComponentsWithStats(clear, connectivity=8)[1:]
        best, chosen = 0.0, 0
        for label in range(1, len(stats)):
            worth = float(stats[label, cv2.CC_STAT_AREA]) / BODY_PX**2
            if worth > AREA_RANGE[1]:
                self.looks.crowded[-1] = True
            if not AREA_RANGE[0] < worth < AREA_RANGE[1]:
                continue
            x, y = centres[label]
            away = hypot(x - self.near[0], y - self.near[1]) / BODY_PX
            worth = min(worth, 1.0) / (1 + away**2)
            if worth > best:
                best, chosen = worth, label
        if not chosen:
            return None
        mask: UInt8 = (labels == chosen).astype(np.uint8)
        spread = cv2.moments(mask, binaryImage=True)
        area = spread["m00"]
        across, down, slant = (spread[name] / area for name in ("mu20", "mu02", "mu11"))
        half = hypot((across - down) / 2, slant)
        middle = (across + down) / 2
        return _Body(
            mask,
            spread["m10"] / area,
            spread["m01"] / area,
            area,
            0.5 * atan2(2 * slant, across - down),
            middle + half > LONG**2 * max(middle - half, 1e-6),
        )

    def _step(self, time_s: float, soft: Float32, body: _Body) -> float:
        """Return the motion since the look before; NaN for the first one."""
        patch = self._patch(soft, body)
        before, self.last = self.last, (time_s, patch, body)
        if before is None or time_s - before[0] > MAX_STEP_S:
            return nan
        step_s, earlier, was = time_s - before[0], before[1], before[2]
        # A body that swings out of its arena is cut there: what lies beyond tells nothing.
        beyond = self._beyond(body) | self._beyond(was)
        target = Target(patch, beyond if beyond.any() else None)
        # Both patches have the body's middle in theirs, up to a share of a px.
        shift = (
            (was.x - round(was.x)) - (body.x - round(body.x)),
            (was.y - round(was.y)) - (body.y - round(body.y)),
        )
        turns = [self._about_pivot(was) - self._about_pivot(body)]
        if body.long and was.long:
            turns.append((was.axis - body.axis + pi / 2) % pi - pi / 2)
        turns.append(0.0)
        least = np.inf
        for turn in turns:
            differs, _ = target.align(earlier, RigidTransform(*shift, turn), STEPS)
            np.abs(differs, out=differs)
            remains = cv2.sumElems(np.maximum(differs - DEAD_ZONE, 0))[0]
            least = min(least, remains)
        area = max(cv2.sumElems(patch)[0], 1.0)
        pull = abs(self._from_pivot(body) - self._from_pivot(was)) / BODY_PX / step_s
        return float(least / area + PULL_WEIGHT * max(pull - SLACK, 0.0))

    def _patch(self, soft: Float32, body: _Body) -> Float32:
        """Return the soft silhouette in a square round the body, its surroundings 0."""
        near = soft * cv2.dilate(body.mask, REACH)
        left, top = round(body.x) - PATCH_PX // 2, round(body.y) - PATCH_PX // 2
        square = np.zeros((PATCH_PX, PATCH_PX), np.float32)
        part = near[max(top, 0) : max(top + PATCH_PX, 0), max(left, 0) : max(left + PATCH_PX, 0)]
        down, across = max(-top, 0), max(-left, 0)
        square[down : down + part.shape[0], across : across + part.shape[1]] = part
        return square

    def _beyond(self, body: _Body) -> Mask:
        """Return which px of the square round a body lie outside of the arena."""
        half = PATCH_PX // 2
        columns = np.arange(PATCH_PX) + round(body.x) - half
        rows = np.arange(PATCH_PX) + round(body.y) - half
        across = (columns < EDGE_PX) | (columns >= self.size[0] - EDGE_PX)
        down = (rows < 0) | (rows >= self.size[1])
        beyond: Mask = across[None, :] | down[:, None]
        return beyond

    def _about_pivot(self, body: _Body) -> float:
        """Return the direction in which the body hangs from its pivot, radians."""
        return atan2(body.y - self.pivot[1], body.x - self.pivot[0])

    def _from_pivot(self, body: _Body) -> float:
        """Return how far the body is from its pivot, px."""
        return hypot(body.y - self.pivot[1], body.x - self.pivot[0])
