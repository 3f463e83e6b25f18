"""Whether the camera, or the table it looks at, was moved during the recording."""

from collections.abc import Sequence

import cv2
import numpy as np

from behave.flags import Flag
from behave.tracking.video import Float32, UInt8

# Whole pictures are compared at this width: fine enough for a tenth of it to be told.
STILL_PX = 192
# A shift of this share of the picture's width puts walls where water was learnt.
MOVED = 0.006
# Pictures on either side of a possible move that are laid together, so that the
# animals in them do not count.
TOGETHER = 5
# A likeness below this is no shift of the same scene, but another scene or no light.
ALIKE = 0.1


def still(luma: UInt8) -> Float32:
    """Return a whole picture small, as the strength of its brightness steps.

    Steps stay where they are when the light changes.
    """
    scale = STILL_PX / luma.shape[1]
    size = STILL_PX, max(round(luma.shape[0] * scale), 16)
    small = cv2.resize(np.ascontiguousarray(luma), size, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 0.8)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    steps = cv2.magnitude(across, down)
    strongest = float(np.quantile(steps, 0.99))
    found: Float32 = np.minimum(steps / max(strongest, 1e-6), 1.0).astype(np.float32)
    return found


def remark_camera(stills: Sequence[Float32], times: Sequence[float]) -> Flag | None:
    """Remark on a scene that moved as a whole.

    Parameters
    ----------
    stills
        Pictures over the recording, see `still`, in order of time.
    times
        Their times in s.

    Returns
    -------
    Flag or None
        With the largest lasting shift, in share of the picture's width.
    """
    if len(stills) < 2 * TOGETHER:
        return None
    stack = np.stack(stills)
    starts = range(0, len(stills) - TOGETHER + 1, TOGETHER)
    pictures = [np.median(stack[at : at + TOGETHER], axis=0) for at in starts]
    shifts = np.array([_shift(pictures[0], later) for later in pictures])
    if shifts.max() <= MOVED:
        return None
    when = times[TOGETHER * int(np.argmax(shifts > MOVED))]
    return Flag(
        "camera_moved",
        float(shifts.max()),
        f"The scene shifted by {100 * shifts.max():.1f} % of the picture's width at about "
        f"{when:.0f} s; the camera or the cylinders were moved.",
    )


def _shift(before: Float32, after: Float32) -> float:
    """Return by what share of its width a picture shifted; 0 where it is another scene."""
    (right, down), alike = cv2.phaseCorrelate(before, after)
    return float(np.hypot(right, down)) / STILL_PX if alike > ALIKE else 0.0
