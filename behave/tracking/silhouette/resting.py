"""The arena behind an animal that rests: what moves is the animal, not what differs.

Where an animal rests for most of a recording, a median shows the animal, or a
part of it. But even a floating animal breathes, turns and balances, and water,
glass and lamps do not. So where samples keep changing is where it rests, whatever
its coat and its ground, and the water there is what its surroundings are. Which of
several empty arenas holds is told by what its animal explains: changes should lie
where an animal is.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from behave.tracking.silhouette.regions import ABOVE_NOISE, Mask, Masks
from behave.tracking.video.picture import Float32

# A px of a resting place differs from its usual grey in so many of the samples.
OFTEN = 0.3
# Up to this share of the strongest change it is ripples.
RIPPLES = 0.1
# An animal that rests often changes its place by this share of the strongest changes
# that are ever seen; ripples, while the animal swims about, by half of it at most.
RESTS = 0.25
# Parts of a resting place (above and below the surface) lie so near to one another,
# in roots of the largest, and change so much, relative to it.
PARTS_WITHIN, PART_CHANGES = 1.0, 0.1
# A resting place beyond this share of the arena is a way and no place.
LARGEST_PLACE = 0.4
# Of the samples, the share in which the water of a resting place is seen at the least.
SEEN_AT_TIMES = 0.2
# The depth of what covers a place all the time is this quantile of what differs in it.
COVERED = 0.95
# How often a filled hole is averaged with its neighbours.
LEVELLED = 100
# Changes are sought this far round an animal, px of the samples.
ROUND_IT = np.ones((7, 7), np.uint8)


def resting_place(stack: Float32, usual: Float32, inside: Mask, noise: float) -> Mask | None:
    """Return where an animal rests; none where nothing keeps changing in one place.

    Parameters
    ----------
    stack
        The samples, shape (samples, height, width), lamps taken out.
    usual
        Their median picture, shape (height, width).
    inside
        Which px belong to the arena.
    noise
        Usual change of a px without an animal.
    """
    changes = np.stack([cv2.GaussianBlur(cv2.absdiff(one, usual), (0, 0), 1.0) for one in stack])
    often = np.quantile(changes, 1 - OFTEN, axis=0)
    # Ripples go all over the surface, but change less than a body does.
    most = float(np.quantile(often[inside], 0.99))
    if most < RESTS * np.quantile(changes[:, inside], 0.999):
        return None
    lively = ((often > max(ABOVE_NOISE * noise, RIPPLES * most)) & inside).astype(np.uint8)
    # An outline that trembles is a ring, with gaps where it is least clear.
    lively = cv2.morphologyEx(lively, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    lively = cv2.morphologyEx(lively, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(lively, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    parts = []
    for outline in outlines:
        part = np.zeros(inside.shape, np.uint8)
        # What it covers all the time changes least: holes belong to it.
        cv2.drawContours(part, [outline], -1, 1, cv2.FILLED)
        parts.append((float(often[part > 0].sum()), part))
    if not parts:
        return None
    most, place = max(parts, key=lambda changing: changing[0])
    reach = PARTS_WITHIN * np.sqrt(place.sum())
    far = cv2.distanceTransform(1 - place, cv2.DIST_L2, 3)
    for change, part in parts:
        if change > PART_CHANGES * most and far[part > 0].min() < reach:
            place = place | part
    whole: Mask = place.astype(bool) & inside
    return whole if 0 < whole.sum() < LARGEST_PLACE * inside.sum() else None


def without_animal(
    stack: Float32, usual: Float32, place: Mask, inside: Mask, noise: float, *, darker: bool
) -> Float32:
    """Return the empty arena with its water restored where an animal rests.

    Parameters
    ----------
    stack, usual, inside, noise
        See `resting_place`.
    place
        Where the animal rests.
    darker
        Whether the animal is darker than the water.

    Returns
    -------
    numpy.ndarray
        The usual picture; in the place what is seen there when it is least like the
        animal, and the water round it where that still is the animal.
    """
    hole = cv2.dilate(place.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    water = filled(usual, hole, inside)
    share = 1 - SEEN_AT_TIMES if darker else SEEN_AT_TIMES
    least = np.quantile(stack, share, axis=0)
    deviates = water - least if darker else least - water
    # The animal is about as deep as the clearest of what differs here from the water.
    depth = float(np.quantile(deviates[hole], COVERED)) / 4
    covered = hole & (deviates > max(depth, ABOVE_NOISE * noise))
    # Its rim is half water, half animal.
    covered = hole & (cv2.dilate(covered.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    restored = np.where(hole, least, usual)
    restored[covered] = water[covered]
    return restored.astype(np.float32)


def filled(picture: Float32, hole: Mask, inside: Mask) -> Float32:
    """Return a picture with a hole filled from round it.

    What runs from side to side, such as the water's surface, runs on in the hole: the
    usual grey of each row is taken away first and given back at the end.

    From coarse to fine: each scale begins with what the coarser one gave, and then
    levels out (`cv2.inpaint` gives a chequerboard for holes of this size in a picture
    of floats).
    """
    shown = (~hole).astype(np.float32)
    if hole.all() or not hole.any():
        return picture.astype(np.float32)
    around_it = np.where(inside & ~hole, picture, np.nan)
    rows = np.where(np.isnan(around_it).all(axis=1), 0, 1).astype(bool)
    usual = np.full((len(picture), 1), np.nanmedian(around_it), np.float32)
    usual[rows, 0] = np.nanmedian(around_it[rows], axis=1)
    smooth = (picture - usual).astype(np.float32)
    width = float(np.sqrt(hole.sum()))
    while width > 1:
        weight = cv2.GaussianBlur(shown, (0, 0), width)
        around = cv2.GaussianBlur(smooth * shown, (0, 0), width)
        near = weight > 1e-3  # noqa: PLR2004 - farther, a coarser scale knows better
        smooth[hole & near] = (around[hole & near] / weight[hole & near]).astype(np.float32)
        width /= 2
    for _ in range(LEVELLED):
        smooth[hole] = cv2.blur(smooth, (3, 3))[hole]
    complete: Float32 = np.where(hole, smooth + usual, picture).astype(np.float32)
    return complete


def explained(
    stack: Float32, animals: Sequence[Mask | None], inside: Mask, lamps: Masks, noise: float
) -> float:
    """Return how much of the changes between samples lies where their animals are.

    A region that covers half of the arena has half of all changes by chance, and a body
    that stands still has none: chance is taken away.

    Parameters
    ----------
    stack, inside, noise
        See `resting_place`.
    animals
        Where the animal is in each sample; none where it was not found.
    lamps
        What is a lamp in each sample, shape (samples, height, width).

    Returns
    -------
    float
        1 where all changes lie at animals, 0 where they do as if by chance.
    """
    everything = there = covered = 0.0
    for index in range(len(stack) - 1):
        change = cv2.GaussianBlur(cv2.absdiff(stack[index], stack[index + 1]), (0, 0), 1.0)
        change = np.maximum(change - ABOVE_NOISE * noise, 0) * inside
        change[lamps[index] | lamps[index + 1]] = 0
        either = np.zeros(inside.shape, np.uint8)
        for animal in (animals[index], animals[index + 1]):
            if animal is not None:
                either |= animal.view(np.uint8)
        near = cv2.dilate(either, ROUND_IT) > 0
        everything += float(change.sum())
        there += float(change[near].sum())
        covered += float((near & inside).sum() / inside.sum()) / (len(stack) - 1)
    if not everything or covered >= 1:
        return 0.0
    return (there / everything - covered) / (1 - covered)
