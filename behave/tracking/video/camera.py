"""Whether the camera, or the table it looks at, was moved during the recording."""

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from behave.model.flags import Flag
from behave.tracking.video.reader import Float32, Frame, UInt8

# Whole pictures are compared at this width: fine enough for a tenth of it to be told.
STILL_PX = 192
# A shift of this share of the picture's width puts walls where water was learnt.
MOVED = 0.01
# Pictures on either side of a possible move that are laid together, so that the
# animals in them do not count.
TOGETHER = 5
# Farthest shift that is looked for, in share of the width. Beyond it a scene of equal
# cylinders in a row is laid upon its neighbour.
FARTHEST = 0.08
# Correlation of the steps above which two scenes are one; below it, it is another scene, no
# light, or a recording of which too few pictures can be looked at. Rendered videos of one
# camera reach .60 or more, those of two cameras .17 or less.
ALIKE = 0.28


class Likeness(NamedTuple):
    """How two scenes lie on one another.

    Parameters
    ----------
    alike
        Correlation of their brightness steps where they fit best.
    shift
        How far the second is moved there, in share of the width.
    """

    alike: float
    shift: float


class Camera:
    """Looks at the whole picture now and then, and says whether the scene moved."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.stills: list[Float32] = []

    def look(self, frame: Frame) -> None:
        """Take a look at the whole picture."""
        self.times.append(frame.time_s)
        self.stills.append(still(frame.luma))

    def remark(self) -> Flag | None:
        """Remark on a scene that moved as a whole, with the largest shift from its beginning.

        The shift is in share of the picture's width.
        """
        if len(self.stills) < 2 * TOGETHER:
            return None
        stack = np.stack(self.stills)
        starts = range(0, len(stack) - TOGETHER + 1, TOGETHER)
        pictures = [np.median(stack[at : at + TOGETHER], axis=0) for at in starts]
        shifts = np.array([_shift(pictures[0], later) for later in pictures])
        if shifts.max() <= MOVED:
            return None
        when = self.times[TOGETHER * int(np.argmax(shifts > MOVED))]
        return Flag(
            "camera_moved",
            float(shifts.max()),
            f"The scene shifted by {100 * shifts.max():.1f} % of the picture's width at about "
            f"{when:.0f} s; the camera or the cylinders were moved.",
        )


def still(luma: UInt8) -> Float32:
    """Return a whole picture small, as the strength of its brightness steps.

    Steps stay where they are when the light changes.
    """
    # Some px of a large picture are enough: all of them would take long to average.
    step = max(luma.shape[1] // (2 * STILL_PX), 1)
    sparse = luma[::step, ::step]
    size = STILL_PX, max(round(luma.shape[0] * STILL_PX / luma.shape[1]), 16)
    small = cv2.resize(np.ascontiguousarray(sparse), size, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 0.8)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    steps = cv2.magnitude(across, down)
    strongest = float(np.quantile(steps, 0.99))
    found: Float32 = np.minimum(steps / max(strongest, 1e-6), 1.0).astype(np.float32)
    return found


def lay_on(before: Float32, after: Float32) -> Likeness:
    """Lay the middle of one scene upon another of its shape where it fits best.

    Only shifts up to `FARTHEST` are looked for: of equal cylinders in a row the next
    one fits almost as well.
    """
    margin = round(FARTHEST * STILL_PX)
    middle = before[margin:-margin, margin:-margin]
    fits = cv2.matchTemplate(after, middle, cv2.TM_CCOEFF_NORMED)
    _, alike, _, (column, row) = cv2.minMaxLoc(fits)
    right = column + _vertex(fits[row], column) - margin
    down = row + _vertex(fits[:, column], row) - margin
    return Likeness(float(alike), float(np.hypot(right, down)) / STILL_PX)


def _shift(before: Float32, after: Float32) -> float:
    """Return by what share of its width a picture shifted; 0 where it is another scene."""
    if before.shape[0] <= 2 * round(FARTHEST * STILL_PX):  # a strip has no middle
        return 0.0
    found = lay_on(before, after)
    return found.shift if found.alike > ALIKE else 0.0


def _vertex(values: npt.NDArray[Any], at: int) -> float:
    """Return how far from its largest value a curve's vertex lies; 0 at its ends."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = values[at - 1 : at + 2]
    bend = before - 2 * here + after
    return float(0.5 * (before - after) / bend) if bend else 0.0
