"""The empty arena, learnt from a few frames in which an animal is always somewhere.

A median over time holds the background wherever the animal is seldom. Where it
stays, the median shows the animal itself, and two signs give that away:

- when the animal moves on, the picture differs from the median, and the
  outline of the difference is in the median and not in the picture (a ghost);
- when it never moves on, the median shows a compact body of the animal's
  shade, which is filled in from the water round it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.silhouette.regions import (
    ABOVE_NOISE,
    Mask,
    Masks,
    Region,
    View,
    median_over,
    outlines_of,
    quantiles_of,
    regions_of,
    regions_of_all,
    rim_of,
)
from behave.tracking.silhouette.resting import explained, filled, resting_place, without_animal
from behave.tracking.video.picture import Float32

# A rat in a narrow cylinder reaches a quarter of its arena's area.
LARGEST = 0.3
ROUNDS = 3
# Water this light mirrors a lamp.
OVEREXPOSED = 0.97
HALO = np.ones((7, 7), np.uint8)
# Where lamps are seen in more than this share of the samples, the water is taken from
# the darker part of what is seen, and so round them.
LAMP_OFTEN, LAMP_REACH, WATER_NEAR_LAMPS = 0.05, np.ones((15, 15), np.uint8), 0.4
# Water that is so often lighter by this share of a light coat's tone glitters.
LAMP_SHARE_OF_TIME, GLITTER = 0.1, 0.35
# The lightest parts of a coat: this quantile of its px.
LIGHTEST = 0.99
# From this share of the other tone on, a coat is hooded; less is rim or reflection.
HARDLY_SEEN = 0.5
HOODED = 0.2
# Across of the disc by which a region grows to reach the body's other tone: the
# band between the tones is as grey as the water.
NEIGHBOUR_PX = 11
# Parts of an animal above and below the surface lie so near, in roots of the largest, and
# are so deep relative to it.
PART_WITHIN, PART_DEPTH = 0.3, 0.5
# Below this share of samples with an animal, the rest hide it in the background.
SEEN_ENOUGH = 0.75
# An empty arena is taken for another one that explains so much more of the changes.
SURELY = 0.05


@dataclass(frozen=True)
class Background:
    """An arena without its animal, and how the animal stands out from it.

    Parameters
    ----------
    grey
        The empty arena, shape (height, width), black 0 and white 1.
    darker_by, lighter_by
        Usual difference in grey between arena and animal's body; NaN for a
        tone that the animal has not got. A hooded coat has both.
    area_px
        Usual area of the animal in px of ``grey``.
    noise
        Usual change of a pixel without the animal (ripples, camera).
    seen_share
        Share of the samples in which the animal was found.
    lightest
        Grey of the lightest parts of the animal, as it is most of the time; a mirrored
        lamp is lighter.
    glitter
        Where mirrored lamps come and go that are as light as a light coat,
        shape (height, width); none for a coat that is dark.
    """

    grey: Float32
    darker_by: float
    lighter_by: float
    area_px: float
    noise: float
    seen_share: float
    lightest: float = 0.0
    glitter: Mask | None = None

    @property
    def contrast(self) -> float:
        """The clearer of the animal's tones."""
        return float(np.nanmax([self.darker_by, self.lighter_by]))


@dataclass(frozen=True)
class _Animal:
    """The animal in one sample: a region of its main tone, and parts of the other."""

    main: "Region"
    others: tuple["Region", ...]

    @property
    def mask(self) -> Mask:
        """All of it."""
        whole: Mask = np.logical_or.reduce([self.main.mask, *(part.mask for part in self.others)])
        return whole

    @property
    def others_share(self) -> float:
        """Area of the other tone relative to the main one."""
        return sum(float(part.mask.sum()) for part in self.others) / float(self.main.mask.sum())


_Settled = tuple[Float32, bool | None, list[_Animal | None]]


def learn_background(samples: Sequence[Float32], inside: Mask) -> Background | None:
    """Learn the empty arena from frames that show it with its animal.

    Parameters
    ----------
    samples
        The arena at different times, each shape (height, width), black 0 and
        white 1.
    inside
        Which pixels belong to the arena, shape (height, width).

    Returns
    -------
    Background or None
        None where no animal can be told from the arena.
    """
    stack = np.stack(samples)
    bright = (stack >= OVEREXPOSED).view(np.uint8)
    overexposed = np.stack([cv2.dilate(lamps, HALO) for lamps in bright]).astype(bool)
    learnt = _learn(stack, overexposed, inside)
    if overexposed.any() and (learnt is None or learnt.seen_share < HARDLY_SEEN):
        # What is overexposed here may be a white animal.
        other = _learn(stack, np.zeros_like(overexposed), inside)
        if other is not None and (learnt is None or other.seen_share > learnt.seen_share):
            return other
    return learnt


def _learn(stack: Float32, overexposed: Masks, inside: Mask) -> Background | None:
    """Learn the empty arena, taking overexposed regions for lamps."""
    stack = _even_light(stack, inside)
    grey = _usual(stack, overexposed, overexposed)
    outlines = tuple(map(outlines_of, stack))
    view = View(inside, overexposed, _noise(stack, grey, inside), outlines)
    darker: bool | None = None
    for _ in range(ROUNDS):
        regions = regions_of_all(stack, grey, view)
        if darker is None:
            darker = _is_darker(regions)
        grey = _masked_median(stack, regions, overexposed, darker=darker)
    animals = _animals(stack, grey, view, darker=darker)
    usual = median_over(stack)
    place = resting_place(stack, usual, view.inside, view.noise)
    # Where nothing is found and nothing moves, what stands out is no animal.
    if _share(animals) < SEEN_ENOUGH and (place is not None or any(animals)):
        hidden = _hidden_body(grey, view, animals, darker=darker)
        if hidden is not None:
            darker = hidden.depth > 0
            hole = cv2.dilate(hidden.mask.astype(np.uint8), _disc(7)).astype(bool)
            grey = filled(grey, hole)
            animals = _animals(stack, grey, view, darker=darker)
    if place is not None:
        settled = grey, darker, animals
        grey, darker, animals = _rested(stack, usual, view, place, settled)
    found = [animal for animal in animals if animal is not None]
    if not found or darker is None:
        return None
    learnt = _described(grey, view, found, _share(animals), darker=darker)
    lightest = _lightest(stack, animals) if np.isfinite(learnt.lighter_by) else 0.0
    return replace(learnt, lightest=lightest, glitter=_glitter(stack, learnt, animals))


def _lightest(stack: Float32, animals: Sequence[_Animal | None]) -> float:
    """Return the grey of a coat's lightest parts, as they are most of the time.

    They are sought round the animals too: the white of a hooded coat may have been
    taken for a lamp.
    """
    near = _disc(NEIGHBOUR_PX)
    return float(
        np.median(
            [
                quantiles_of(one[cv2.dilate(animal.mask.astype(np.uint8), near) > 0], (LIGHTEST,))[
                    0
                ]
                for one, animal in zip(stack, animals, strict=True)
                if animal is not None
            ]
        )
    )


def _rested(stack: Float32, usual: Float32, view: View, place: Mask, settled: _Settled) -> _Settled:
    """Return the empty arena, the animal's tone and the animals that explain most changes.

    Parameters
    ----------
    stack, usual, view
        The samples, their median picture and where to look.
    place
        Where the animal rests.
    settled
        The arena, tone and animals as learnt so far. The others are those with the
        water restored where an animal of either tone rests.
    """
    best, most = settled, _explained(stack, view, settled[2]) + SURELY
    for darker in (True, False):
        grey = without_animal(stack, usual, place, view.noise, darker=darker)
        animals = _animals(stack, grey, view, darker=darker)
        explains = _explained(stack, view, animals)
        if explains > most:
            most, best = explains, (grey, darker, animals)
    return best


def _explained(stack: Float32, view: View, animals: Sequence[_Animal | None]) -> float:
    """Return the share of the changes between samples that the animals explain."""
    masks = [None if animal is None else animal.mask for animal in animals]
    return explained(stack, masks, view.inside, view.overexposed, view.noise)


def _share(animals: Sequence[_Animal | None]) -> float:
    """Return the share of the samples in which the animal was found."""
    return sum(animal is not None for animal in animals) / len(animals)


def _described(
    grey: Float32, view: View, found: Sequence[_Animal], seen: float, *, darker: bool
) -> Background:
    """Return the background with the animal's usual tones and area."""
    area_px = float(np.median([animal.main.mask.sum() for animal in found]))
    main_by = float(np.median([abs(animal.main.depth) for animal in found]))
    other_by = float("nan")
    if np.median([animal.others_share for animal in found]) > HOODED:
        parts = [part for animal in found for part in animal.others]
        other_by = float(np.median([abs(part.depth) for part in parts]))
        area_px = float(np.median([a.main.mask.sum() * (1 + a.others_share) for a in found]))
    darker_by, lighter_by = (main_by, other_by) if darker else (other_by, main_by)
    return Background(grey.astype(np.float32), darker_by, lighter_by, area_px, view.noise, seen)


def _glitter(stack: Float32, learnt: Background, animals: Sequence[_Animal | None]) -> Mask | None:
    """Return where some samples are about as light as a light coat, animals apart."""
    if not np.isfinite(learnt.lighter_by):
        return None
    brighter = stack - learnt.grey
    for index, animal in enumerate(animals):
        if animal is None:
            brighter[index] = 0
            continue
        parts = [animal.main.mask, *(part.mask for part in animal.others)]
        body = np.logical_or.reduce(parts).astype(np.uint8)
        brighter[index][cv2.dilate(body, LAMP_REACH).astype(bool)] = 0
    often = np.quantile(brighter, 1 - LAMP_SHARE_OF_TIME, axis=0)
    light = (often > GLITTER * learnt.lighter_by).astype(np.uint8)
    return cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(bool)


def _even_light(stack: Float32, inside: Mask) -> Float32:
    """Return the samples brought to the light of their median picture."""
    usual = median_over(stack)
    lit = inside & (usual > 0.05)  # noqa: PLR2004 - black pixels tell nothing of the light
    gains = np.array([np.median(sample[lit] / usual[lit]) for sample in stack])
    even: Float32 = stack / np.maximum(gains, 0.05).astype(np.float32)[:, None, None]
    return even


def _noise(stack: Float32, grey: Float32, inside: Mask) -> float:
    """Return the usual change of a pixel, blurred as differences are."""
    changes = [cv2.GaussianBlur(sample - grey, (0, 0), 1.0)[inside] for sample in stack]
    spread = 1.4826 * median_over(np.abs(np.stack(changes)))
    return max(float(np.median(spread)), 1 / 255)


def _is_darker(regions: Sequence[Sequence[Region]]) -> bool | None:
    """Return whether animals are darker than their background; none: no telling.

    What is there counts as it looks, what has left counts the other way round.
    """
    votes = 0.0
    for region in (region for found in regions for region in found):
        if not region.lamp and (region.real or region.ghost):
            votes += region.depth * region.mask.sum() * (1 if region.real else -1)
    return None if votes == 0 else votes > 0


def _masked_median(
    stack: Float32,
    regions: Sequence[Sequence[Region]],
    overexposed: Masks,
    *,
    darker: bool | None,
) -> Float32:
    """Return the median over the samples that show the background at each pixel."""
    hidden = overexposed.copy()
    left = np.zeros(stack.shape, bool)  # the sample shows where the animal has left
    sign = 1 if darker else -1
    for index, found in enumerate(regions):
        for region in found:
            # Of what looks the other way round less clear an outline is enough; but a hooded
            # coat has a part of that tone itself, so that it has to be the background's.
            ghost = region.ghost or (
                sign * region.depth < 0 and region.in_background > region.in_sample
            )
            (left if ghost else hidden)[index] |= region.mask
        hidden[index] = cv2.dilate(hidden[index].astype(np.uint8), np.ones((5, 5))).astype(bool)
    # Where an animal has left, only the samples after it left show the background.
    hidden |= left.any(axis=0) & ~left
    return _usual(stack, hidden, overexposed)


def _usual(stack: Float32, hidden: Masks, overexposed: Masks) -> Float32:
    """Return the median over the samples that are not hidden, near lamps a lower value.

    The light round a mirrored lamp reaches far and comes and goes with the
    waves: water is darker than half of what is seen there. Hidden values are
    sorted to the end; numpy's own median with gaps is far slower.
    """
    often = (overexposed.mean(axis=0) > LAMP_OFTEN).astype(np.uint8)
    share = np.where(cv2.dilate(often, LAMP_REACH), WATER_NEAR_LAMPS, 0.5).ravel()
    values = np.where(hidden, np.float32(np.inf), stack).reshape(len(stack), -1)
    ordered = np.sort(values, axis=0)
    count = len(stack) - hidden.reshape(len(stack), -1).sum(axis=0)
    at = np.floor(np.maximum(count - 1, 0) * share).astype(int)
    shown = np.where(count > 0, ordered[at, np.arange(count.size)], np.min(stack, axis=0).ravel())
    usual: Float32 = shown.reshape(stack.shape[1:]).astype(np.float32)
    return usual


def _animals(
    stack: Float32, grey: Float32, view: View, *, darker: bool | None
) -> list[_Animal | None]:
    """Return the animal in each sample: the largest region of its main tone.

    Regions of the other tone that touch it belong to it where the coat is hooded.
    """
    animals: list[_Animal | None] = []
    for found in regions_of_all(stack, grey, view):
        real = [
            region
            for region in found
            if region.real and not region.lamp and region.mask.sum() < LARGEST * view.inside.sum()
        ]
        main = max(
            (region for region in real if (region.depth > 0) == darker),
            key=lambda region: int(region.mask.sum()),
            default=None,
        )
        if main is None:
            animals.append(None)
            continue
        main = _whole(main, [region for region in real if (region.depth > 0) == darker])
        near = cv2.dilate(main.mask.astype(np.uint8), _disc(NEIGHBOUR_PX)).astype(bool)
        others = [r for r in real if (r.depth > 0) != darker and (r.mask & near).any()]
        animals.append(_Animal(main, tuple(others)))
    return animals


def _whole(main: Region, alike: Sequence[Region]) -> Region:
    """Return a region with the parts that the water's surface cuts off from it.

    They lie beside it and are as deep as a body is; a mirror image is paler.
    """
    reach = _disc(2 * PART_WITHIN * np.sqrt(main.mask.sum()))
    near = cv2.dilate(main.mask.astype(np.uint8), reach).astype(bool)
    parts = [
        part
        for part in alike
        if abs(part.depth) > PART_DEPTH * abs(main.depth) and (part.mask & near).any()
    ]
    area = sum(int(part.mask.sum()) for part in parts)
    depth = sum(part.depth * int(part.mask.sum()) for part in parts) / area
    return replace(main, mask=np.logical_or.reduce([part.mask for part in parts]), depth=depth)


def _hidden_body(
    grey: Float32,
    view: View,
    animals: Sequence[_Animal | None],
    *,
    darker: bool | None,
) -> Region | None:
    """Find an animal that stayed and so became part of the background.

    A body stands out from a background from which everything narrower than a
    body has been closed; what is thinner (glass edges, the water line) is
    opened away. Where the animal was also seen elsewhere, the body must be
    like it.
    """
    inside = view.inside
    known = [animal.main for animal in animals if animal is not None]
    signs = (1, -1) if darker is None or len(known) < 3 else ((1,) if darker else (-1,))  # noqa: PLR2004 - fewer may be ripples
    root = float(np.sqrt(inside.sum()))
    best: tuple[float, Region | None] = (0.0, None)
    nothing, no_lamp = np.zeros_like(grey), np.zeros(grey.shape, bool)
    for sign in signs:
        shade = (grey if sign > 0 else 1 - grey).astype(np.float32)
        around = cv2.morphologyEx(shade, cv2.MORPH_CLOSE, _disc(0.34 * root))
        thick = cv2.morphologyEx(around - shade, cv2.MORPH_OPEN, _disc(0.045 * root))
        body = (thick * inside).astype(np.float32)
        least = max(ABOVE_NOISE * view.noise, 0.45 * float(body.max()))
        outlines, either = (outlines_of(grey), nothing), (least, least)
        for region in regions_of(outlines, sign * body, no_lamp, inside, either):
            area, worth = region.mask.sum(), _worth(region, inside)
            if region.depth * sign > 0 and area < LARGEST * inside.sum() and worth > best[0]:
                best = worth, region
    body_found = best[1]
    if body_found is None or len(known) < 3:  # noqa: PLR2004 - fewer may be ripples
        return body_found
    like = abs(body_found.depth) / np.median([abs(animal.depth) for animal in known])
    return body_found if 0.5 < like < 2 else None  # noqa: PLR2004 - half to twice as deep


def _worth(region: Region, inside: Mask) -> float:
    """Return how much a region looks like an animal: deep, large, compact, clear of the rim."""
    points = np.argwhere(region.mask)[:, ::-1].astype(np.float32)
    _, (long, short), _ = cv2.minAreaRect(points)
    filled = len(points) / max((long + 1) * (short + 1), 1)
    border = ~cv2.erode(inside.astype(np.uint8), np.ones((3, 3)), borderValue=0).astype(bool)
    touching = float((region.mask & border).sum()) / max(float(rim_of(region.mask).sum()), 1)
    slim = min(
        1.0, 5 * (short + 1) / (long + 1)
    )  # an animal is not over five times as long as wide
    return (
        float(abs(region.depth))
        * float(len(points) ** 0.5)
        * filled
        * slim
        * max(0.0, 1 - 4 * touching)
    )


def _disc(across: float) -> npt.NDArray[np.uint8]:
    """Return a round structuring element."""
    size = 2 * round(across / 2) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.uint8)
