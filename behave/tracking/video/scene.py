"""Whether two videos show the same scene, and how far one is moved against the other.

What is compared is not the pictures but the strength of their brightness steps, as
the median over several frames, so that neither the light nor the animals count.
"""

from bisect import bisect_left
from typing import NamedTuple

import cv2
import numpy as np

from behave.tracking.video.browse import Browser
from behave.tracking.video.camera import STILL_PX, still
from behave.tracking.video.picture import Float32

LOOKS = 5
BEGINNING_S = 10.0
# Farthest shift that is looked for, in share of the width. Beyond it a scene of equal
# cylinders in a row is laid upon its neighbour.
FARTHEST = 0.08


class Likeness(NamedTuple):
    """How alike two scenes are, and how far one is shifted against the other.

    Parameters
    ----------
    alike
        Correlation of their brightness steps where they fit best.
    shift
        How far the second is moved there, in share of the width.
    """

    alike: float
    shift: float


def scene_of(browser: Browser) -> Float32:
    """Return a video's scene, small, from some looks at it."""
    times = browser.frame_times
    numbers = [bisect_left(times.stamps, key) for key in times.keys]
    if len(numbers) < LOOKS:  # there is nowhere to jump to: the beginning is read
        numbers = list(range(bisect_left(times.times_s, BEGINNING_S)))
    looks = [numbers[at] for at in np.linspace(0, len(numbers) - 1, LOOKS).astype(int)]
    found: Float32 = np.median([still(browser.frame(at).luma) for at in looks], axis=0)
    return found.astype(np.float32)


def compare_scenes(first: Float32, second: Float32) -> Likeness:
    """Find the shift at which the middle of one scene fits another of the same shape best."""
    margin = round(FARTHEST * STILL_PX)
    middle = first[margin:-margin, margin:-margin]
    fits = cv2.matchTemplate(second, middle, cv2.TM_CCOEFF_NORMED)
    _, alike, _, (column, row) = cv2.minMaxLoc(fits)
    right = column + _vertex(fits[row], column) - margin
    down = row + _vertex(fits[:, column], row) - margin
    return Likeness(float(alike), float(np.hypot(right, down)) / STILL_PX)


def _vertex(values: "np.ndarray", at: int) -> float:
    """Return how far from its largest value a curve's vertex lies; 0 at its ends."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = values[at - 1 : at + 2]
    bend = before - 2 * here + after
    return float(0.5 * (before - after) / bend) if bend else 0.0
