"""The animal in each sample: its region, what the surface cuts off, what stayed in one place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.silhouette.regions import (
    ABOVE_NOISE,
    Mask,
    Region,
    View,
    outlines_of,
    regions_of,
    regions_of_all,
    rim_of,
)
from behave.tracking.silhouette.resting import explained
from behave.tracking.video.picture import Float32

# A rat in a narrow cylinder reaches a quarter of its arena's area.
LARGEST = 0.3
# Across of the disc by which a region grows to reach the body's other tone: the
# band between the tones is as grey as the water.
NEIGHBOUR_PX = 11
# Parts of an animal above and below the surface lie so near, in roots of the largest, and
# are so deep relative to it.
PART_WITHIN, PART_DEPTH = 0.3, 0.5


@dataclass(frozen=True)
class Animal:
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


def animals_in(
    stack: Float32, grey: Float32, view: View, *, darker: bool | None
) -> list[Animal | None]:
    """Return the animal in each sample: the largest region of its main tone.

    Regions of the other tone that touch it belong to it where the coat is hooded.
    """
    animals: list[Animal | None] = []
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
        near = cv2.dilate(main.mask.astype(np.uint8), disc(NEIGHBOUR_PX)).astype(bool)
        others = [r for r in real if (r.depth > 0) != darker and (r.mask & near).any()]
        animals.append(Animal(main, tuple(others)))
    return animals


def _whole(main: Region, alike: Sequence[Region]) -> Region:
    """Return a region with the parts that the water's surface cuts off from it.

    They lie beside it and are as deep as a body is; a mirror image is paler.
    """
    reach = disc(2 * PART_WITHIN * np.sqrt(main.mask.sum()))
    near = cv2.dilate(main.mask.astype(np.uint8), reach).astype(bool)
    parts = [
        part
        for part in alike
        if abs(part.depth) > PART_DEPTH * abs(main.depth) and (part.mask & near).any()
    ]
    area = sum(int(part.mask.sum()) for part in parts)
    depth = sum(part.depth * int(part.mask.sum()) for part in parts) / area
    return replace(main, mask=np.logical_or.reduce([part.mask for part in parts]), depth=depth)


def hidden_body(
    grey: Float32,
    view: View,
    animals: Sequence[Animal | None],
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
        around = cv2.morphologyEx(shade, cv2.MORPH_CLOSE, disc(0.34 * root))
        thick = cv2.morphologyEx(around - shade, cv2.MORPH_OPEN, disc(0.045 * root))
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


def found_share(animals: Sequence[Animal | None]) -> float:
    """Return the share of the samples in which the animal was found."""
    return sum(animal is not None for animal in animals) / len(animals)


def explained_by(stack: Float32, view: View, animals: Sequence[Animal | None]) -> float:
    """Return the share of the changes between samples that the animals explain."""
    masks = [None if animal is None else animal.mask for animal in animals]
    return explained(stack, masks, view.inside, view.overexposed, view.noise)


def worth_of(stack: Float32, view: View, animals: Sequence[Animal | None]) -> float:
    """Return what an animal explains, by its size: its outline alone explains no less."""
    across = [float(np.sqrt(animal.mask.sum())) for animal in animals if animal is not None]
    return explained_by(stack, view, animals) * float(np.median(across)) if across else 0.0


def disc(across: float) -> npt.NDArray[np.uint8]:
    """Return a round structuring element."""
    size = 2 * round(across / 2) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.uint8)
