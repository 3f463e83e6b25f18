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

from behave.tracking.silhouette.animals import (
    NEIGHBOUR_PX,
    Animal,
    animals_in,
    disc,
    explained_by,
    found_share,
    hidden_body,
    worth_of,
)
from behave.tracking.silhouette.empty_arena import (
    LAMP_REACH,
    even_light,
    is_darker,
    masked_median,
    noise_of,
    usual_of,
)
from behave.tracking.silhouette.regions import (
    Mask,
    Masks,
    View,
    median_over,
    outlines_of,
    quantiles_of,
    regions_of_all,
)
from behave.tracking.silhouette.resting import filled, resting_place, without_animal
from behave.tracking.video.picture import Float32

ROUNDS = 3
# Water this light mirrors a lamp.
OVEREXPOSED = 0.97
HALO = np.ones((7, 7), np.uint8)
# Water that is so often lighter by this share of a light coat's tone glitters.
LAMP_SHARE_OF_TIME, GLITTER = 0.1, 0.35
# The lightest parts of a coat: this quantile of its px.
LIGHTEST = 0.99
# From this share of the other tone on, a coat is hooded; less is rim or reflection.
HOODED = 0.2
# Below this share of samples with an animal, the rest hide it in the background.
SEEN_ENOUGH = 0.75
# What was seen of the arena is given up for water that was made up only where an animal
# then is worth so many times as much.
CLEARLY = 1.25
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


_Settled = tuple[Float32, bool | None, list[Animal | None]]


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
    learnt, explains = _learn(stack, overexposed, inside, overexposed)
    if overexposed.any() and explains + SURELY < 1:
        # What is overexposed here may be a white animal: then the changes are where it is.
        other, explains_more = _learn(stack, np.zeros_like(overexposed), inside, overexposed)
        if other is not None and (learnt is None or explains_more > explains + SURELY):
            return other
    return learnt


def _learn(
    stack: Float32, overexposed: Masks, inside: Mask, doubtful: Masks
) -> tuple[Background | None, float]:
    """Learn the empty arena, taking overexposed regions for lamps.

    Also return what the animal explains of the changes where nothing is doubtful.
    """
    stack = even_light(stack, inside)
    grey = usual_of(stack, overexposed, overexposed)
    outlines = tuple(map(outlines_of, stack))
    view = View(inside, overexposed, noise_of(stack, grey, inside), outlines)
    darker: bool | None = None
    for _ in range(ROUNDS):
        regions = regions_of_all(stack, grey, view)
        if darker is None:
            darker = is_darker(regions)
        grey = masked_median(stack, regions, overexposed, darker=darker)
    animals = animals_in(stack, grey, view, darker=darker)
    usual = median_over(stack)
    place = resting_place(stack, usual, view.inside, view.noise)
    # Where nothing is found and nothing moves, what stands out is no animal.
    if found_share(animals) < SEEN_ENOUGH and (place is not None or any(animals)):
        hidden = hidden_body(grey, view, animals, darker=darker)
        # An animal that stayed has moved where it is: a sticker or a stand has not.
        if hidden is not None and (place is None or place[hidden.mask].mean() > 0.5):  # noqa: PLR2004 - most of it
            darker = hidden.depth > 0
            hole = cv2.dilate(hidden.mask.astype(np.uint8), disc(7)).astype(bool)
            grey = filled(grey, hole, view.inside)
            animals = animals_in(stack, grey, view, darker=darker)
    if place is not None:
        settled = grey, darker, animals
        grey, darker, animals = _rested(stack, usual, view, place, settled)
    found = [animal for animal in animals if animal is not None]
    if not found or darker is None:
        return None, 0.0
    learnt = _described(grey, view, found, found_share(animals), darker=darker)
    if np.isfinite(learnt.lighter_by):
        learnt = replace(learnt, lightest=_lightest(stack, animals))
        learnt = replace(learnt, glitter=_glitter(stack, learnt, animals))
    return learnt, explained_by(stack, replace(view, overexposed=doubtful), animals)


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
    best, most = settled, CLEARLY * worth_of(stack, view, settled[2])
    for darker in (True, False):
        grey = without_animal(stack, usual, place, view.inside, view.noise, darker=darker)
        animals = animals_in(stack, grey, view, darker=darker)
        worth = worth_of(stack, view, animals)
        if worth > most:
            most, best = worth, (grey, darker, animals)
    return best


def _described(
    grey: Float32, view: View, found: Sequence[Animal], seen: float, *, darker: bool
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


def _lightest(stack: Float32, animals: Sequence[Animal | None]) -> float:
    """Return the grey of a coat's lightest parts, as they are most of the time.

    They are sought round the animals too: the white of a hooded coat may have been
    taken for a lamp.
    """
    near = disc(NEIGHBOUR_PX)
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


def _glitter(stack: Float32, learnt: Background, animals: Sequence[Animal | None]) -> Mask:
    """Return where some samples are about as light as a light coat, animals apart."""
    brightest = np.max(stack, axis=0)
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
    light = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    # A lamp is lighter than the coat at times: what never is, is a part of the animal.
    labels = cv2.connectedComponents(light, connectivity=8)[1]
    lamps = np.unique(labels[(brightest > learnt.lightest) & (labels > 0)])
    glitter: Mask = np.isin(labels, lamps)
    return glitter
