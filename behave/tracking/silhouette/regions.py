"""Regions of a sample that differ from the empty arena: an animal, what it left, a lamp.

A difference alone does not tell whether something is in the picture or has
left the background. The outline does: it is in the one or in the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.video.picture import Float32

Mask = npt.NDArray[np.bool_]
Masks = npt.NDArray[np.bool_]  # (samples, height, width)

# A mouse in a large pool covers less than a hundredth of its arena.
SMALLEST = 0.002
# How many times the usual change of a pixel is more than ripples and noise.
ABOVE_NOISE = 4.0
# A region shows this share of its own tone's depth, and of the clearer tone's: a
# mirrored lamp is deeper than a coat.
CLEAR_TONE, MIN_TONE = 0.4, 0.25
# An outline is the picture's own where it is this much clearer there than in
# the background.
CLEARER = 1.4
# A lighter region with this share of overexposed px is a lamp mirrored in the water.
LAMP_SHARE = 0.3


@dataclass(frozen=True)
class View:
    """Where to look for the animal, and how much the water changes by itself."""

    inside: Mask
    overexposed: Masks  # one mask per sample
    noise: float
    outlines: tuple[Float32, ...]  # of the samples, which stay while the background is learnt


@dataclass(frozen=True)
class Region:
    """A connected region in which one sample differs from the background."""

    mask: Mask
    depth: float  # mean of background - sample: positive where darker
    in_sample: float  # strength of its outline in the sample
    in_background: float  # and in the background
    lamp: bool  # a lamp mirrored in the water: lighter, and overexposed in part

    @property
    def real(self) -> bool:
        """Whether something is there, by the sample's own outline."""
        return self.in_sample > CLEARER * self.in_background

    @property
    def ghost(self) -> bool:
        """Whether something left, which only the background still shows."""
        return self.in_background > CLEARER * self.in_sample


def regions_of_all(stack: Float32, grey: Float32, view: View) -> list[list[Region]]:
    """Return for each sample the regions that differ from the background."""
    differences = [
        cv2.GaussianBlur((grey - sample) * view.inside, (0, 0), 1.0).astype(np.float32, copy=False)
        for sample in stack
    ]
    # The depth of each tone, roughly: the deepest hundredth of most samples, lamps apart.
    deepest = [
        quantiles_of(difference[view.inside & ~lamps], (0.99, 0.01))
        for difference, lamps in zip(differences, view.overexposed, strict=True)
    ]
    darker_by, lighter_by = np.abs(np.median(deepest, axis=0)).tolist()
    floor = max(ABOVE_NOISE * view.noise, MIN_TONE * max(darker_by, lighter_by))
    least = max(CLEAR_TONE * darker_by, floor), max(CLEAR_TONE * lighter_by, floor)
    outlines = outlines_of(grey)
    return [
        regions_of((own, outlines), difference, lamps, view.inside, least)
        for own, difference, lamps in zip(view.outlines, differences, view.overexposed, strict=True)
    ]


def regions_of(
    outlines: tuple[Float32, Float32],
    difference: Float32,
    lamps: Mask,
    inside: Mask,
    least: tuple[float, float],
) -> list[Region]:
    """Return the regions of one sample that are large enough to be an animal.

    The outlines are those of the sample and of the background, see `outlines_of`;
    a region is darker, or lighter, than the background by at least so much.
    """
    smallest = max(SMALLEST * inside.sum(), 9)
    found = []
    for sign, by in zip((1, -1), least, strict=True):
        clear = (sign * difference > by).astype(np.uint8)
        # Nearly all of it is water: only the part with something in it is searched.
        left, top, width, height = cv2.boundingRect(clear)
        if not width:
            continue
        labels, stats = cv2.connectedComponentsWithStats(
            clear[top : top + height, left : left + width], connectivity=8
        )[1:3]
        for label, (column, row, across, down, area) in enumerate(stats.tolist()):
            if label == 0 or area < smallest:
                continue
            mask = np.zeros(inside.shape, bool)
            mask[top : top + height, left : left + width] = labels == label
            x, y = left + column, top + row
            part = slice(max(y - 1, 0), y + down + 1), slice(max(x - 1, 0), x + across + 1)
            own = mask[part]
            rim = rim_of(own)
            if not rim.any():  # the whole picture differs: black, or no light
                continue
            found.append(
                Region(
                    mask=mask,
                    depth=sign * _depth(sign * difference[part][own]),
                    in_sample=float(outlines[0][part][rim].mean()),
                    in_background=float(outlines[1][part][rim].mean()),
                    lamp=sign < 0 and bool(lamps[part][own].mean() > LAMP_SHARE),
                )
            )
    return found


def _depth(values: Float32) -> float:
    """Return the usual depth of a region's deep part: its shadow and rim are no coat."""
    return float(values[values >= quantiles_of(values, (0.9,))[0] / 2].mean())


def quantiles_of(values: Float32, shares: Sequence[float]) -> list[float]:
    """Return quantiles of values in one row; numpy's own take twice as long."""
    places = [share * (values.size - 1) for share in shares]
    pairs = [(int(at), min(int(at) + 1, values.size - 1)) for at in places]
    ordered = np.partition(values, [index for pair in pairs for index in pair])
    return [
        float(ordered[low]) + float(ordered[high] - ordered[low]) * (at - low)
        for at, (low, high) in zip(places, pairs, strict=True)
    ]


def median_over(stack: Float32) -> Float32:
    """Return the median picture of a stack; numpy's own takes ten times as long."""
    ordered = np.sort(stack, axis=0)
    middle: Float32 = ordered[(len(stack) - 1) // 2 : len(stack) // 2 + 1].mean(axis=0)
    return middle


def rim_of(mask: Mask) -> Mask:
    """Return the outline of a region, two px wide."""
    edge = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return edge.astype(bool)


def outlines_of(picture: Float32) -> Float32:
    """Return how strong a picture's brightness steps are at each px."""
    smooth = cv2.GaussianBlur(picture, (0, 0), 0.8)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return (cv2.magnitude(across, down) + 1e-6).astype(np.float32, copy=False)
