"""What a careful reader should know about keypoints, each with its number."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from behave.model.flags import Flag
from behave.tracking.keypoints.crop_offset import meta_file
from behave.tracking.keypoints.motion import MAX_JITTER

Floats = npt.NDArray[np.float64]

# A keypoint that is trusted in fewer frames than this is remarked on.
USUALLY_KEPT = 0.8


def flag_place(path: Path) -> Iterator[Flag]:
    """Remark on a file of positions of which it is not known what they count from."""
    meta = meta_file(path)
    if not meta.is_file():
        yield Flag(
            "crop_unknown",
            1,
            f"{meta.name} is not beside {path.name}: if DeepLabCut analysed a crop, the animals "
            "are looked for in the wrong place.",
        )


def flag_keypoints(length: float, kept: Mapping[str, float], jitter: Floats) -> Iterator[Flag]:
    """Remark on one animal's keypoints.

    Parameters
    ----------
    length
        Body length in px; NaN where it could not be measured.
    kept
        Share of the trial's frames in which each keypoint was trusted.
    jitter
        How much each wavers in the quietest moments, in px.
    """
    if not np.isfinite(length):
        # Its neighbours in the video are scored all the same.
        text = "No two keypoints of the body were ever trusted together."
        yield Flag("animal_not_found", 0, text)
    rare = {name: share for name, share in kept.items() if share < USUALLY_KEPT}
    if rare:
        each = ", ".join(f"{name} {100 * share:.0f} %" for name, share in rare.items())
        yield Flag(
            "keypoints_lost", min(rare.values()), f"Keypoints trusted in few frames: {each}."
        )
    usual = float(np.median(jitter)) / length
    if usual > MAX_JITTER:
        yield Flag(
            "keypoints_unsteady",
            usual,
            f"Even in the quietest moments the keypoints waver by {100 * usual:.1f} % of the body "
            f"length; more than {100 * MAX_JITTER:g} % counts as movement. Either the animal "
            "never rested, or the network is too unsteady for this score.",
        )
