"""Flags on keypoints."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.tracking.keypoints.crop_offset import meta_file
from behave.tracking.keypoints.motion import MAX_JITTER
from behave.tracking.video.frozen import frozen_within

# A keypoint that is kept in a smaller share of the frames than this raises a flag.
USUALLY_KEPT = 0.8


def flag_place(path: Path) -> Iterator[Flag]:
    """Yield a flag if it is not known whether the positions are those of a crop."""
    meta = meta_file(path)
    if not meta.is_file():
        yield Flag(
            "crop_unknown",
            1,
            f"{meta.name} is missing in the folder of {path.name}: if DeepLabCut analysed a crop, "
            "the animals are searched in the wrong place.",
        )


def flag_frozen(frozen_s: Floats, times: Floats) -> Iterator[Flag]:
    """Yield a flag on the time in which the picture stood still.

    Parameters
    ----------
    frozen_s
        The stretches, shape (stretches, 2), s.
    times
        Times of the trial's frames.
    """
    seconds = frozen_within(frozen_s, times[0], times[-1]) if times.size else 0.0
    if seconds > 0:
        text = (
            f"All keypoints were the same to the last digit for {seconds:.1f} s while time ran "
            "on: the picture stood still; this time is unscored."
        )
        yield Flag("frozen_picture", seconds, text)


def flag_keypoints(length: float, kept: Mapping[str, float], jitter: Floats) -> Iterator[Flag]:
    """Yield the flags on one animal's keypoints.

    Parameters
    ----------
    length
        Body length in px; NaN if it could not be measured.
    kept
        Share of the trial's frames in which each keypoint had a sufficient
        likelihood.
    jitter
        Jitter of each keypoint in the quietest moments, in px, shape (keypoints,).
    """
    if not np.isfinite(length):
        # A flag and not an error: the other animals of the video are scored.
        text = "No two keypoints of the body had a sufficient likelihood in the same frame."
        yield Flag("animal_not_found", 0, text)
    rare = {name: share for name, share in kept.items() if share < USUALLY_KEPT}
    if rare:
        each = ", ".join(f"{name} {100 * share:.0f} %" for name, share in rare.items())
        yield Flag(
            "keypoints_lost",
            min(rare.values()),
            f"Keypoints with a sufficient likelihood in few frames: {each}.",
        )
    usual = float(np.median(jitter)) / length
    if usual > MAX_JITTER:
        yield Flag(
            "keypoints_unsteady",
            usual,
            f"Even in the quietest moments the keypoints jitter by {100 * usual:.1f} % of the body "
            f"length; more than {100 * MAX_JITTER:g} % counts as movement. Either the animal "
            "never rested, or the network is too imprecise for this score.",
        )
