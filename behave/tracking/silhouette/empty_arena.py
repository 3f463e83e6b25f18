"""The empty arena as a median over the samples that show it at each px."""

from collections.abc import Sequence

import cv2
import numpy as np

from behave.tracking.silhouette.regions import Mask, Masks, Region, median_over
from behave.tracking.video.picture import Float32

# Where lamps are seen in more than this share of the samples, the water is taken from
# the darker part of what is seen, and so round them.
LAMP_OFTEN, LAMP_REACH, WATER_NEAR_LAMPS = 0.05, np.ones((15, 15), np.uint8), 0.4


def even_light(stack: Float32, inside: Mask) -> Float32:
    """Return the samples brought to the light of their median picture."""
    usual = median_over(stack)
    lit = inside & (usual > 0.05)  # noqa: PLR2004 - black pixels tell nothing of the light
    gains = np.array([np.median(sample[lit] / usual[lit]) for sample in stack])
    even: Float32 = stack / np.maximum(gains, 0.05).astype(np.float32)[:, None, None]
    return even


def noise_of(stack: Float32, grey: Float32, inside: Mask) -> float:
    """Return the usual change of a pixel, blurred as differences are."""
    changes = [cv2.GaussianBlur(sample - grey, (0, 0), 1.0)[inside] for sample in stack]
    spread = 1.4826 * median_over(np.abs(np.stack(changes)))
    return max(float(np.median(spread)), 1 / 255)


def is_darker(regions: Sequence[Sequence[Region]]) -> bool | None:
    """Return whether animals are darker than their background; none: no telling.

    What is there counts as it looks, what has left counts the other way round.
    """
    votes = 0.0
    for region in (region for found in regions for region in found):
        if not region.lamp and (region.real or region.ghost):
            votes += region.depth * region.mask.sum() * (1 if region.real else -1)
    return None if votes == 0 else votes > 0


def masked_median(
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
    return usual_of(stack, hidden, overexposed)


def usual_of(stack: Float32, hidden: Masks, overexposed: Masks) -> Float32:
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
