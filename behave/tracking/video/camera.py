"""Whether the camera, or the table it looks at, was moved during the recording."""

import cv2
import numpy as np

from behave.model.flags import Flag
from behave.tracking.video.picture import Float32, Frame, UInt8

# Whole pictures are compared at this width: fine enough for a tenth of it to be told.
STILL_PX = 192
# A shift of this share of the picture's width puts walls where water was learnt.
MOVED = 0.01
# Farthest shift that is looked for, in share of the width. Beyond it a scene of equal
# cylinders in a row is laid upon its neighbour.
FARTHEST = 0.08
# Pictures on either side of a possible move that are laid together, so that the
# animals in them do not count.
TOGETHER = 5
# Strongest peaks of the phases that are tried. Like parts of a scene, and the animals in it,
# may give the strongest one; but a scene is most like itself where it lies truly.
CANDIDATES = 8
# A likeness below this is no shift of the same scene, but another scene, no light, or a
# recording of which too few pictures can be looked at.
ALIKE = 0.2


class Camera:
    """Looks at the whole picture now and then, and says whether the scene moved."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.stills: list[Float32] = []

    def look(self, frame: Frame) -> None:
        """Take a look at the whole picture."""
        self.times.append(frame.time_s)
        self.stills.append(still(frame.luma))

    def flag(self) -> Flag | None:
        """Return the flag of a scene that moved as a whole, with the largest shift from its beginning.

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


def _shift(before: Float32, after: Float32) -> float:
    """Return by what share of its width a picture shifted; 0 where it is another scene."""
    crossed = np.fft.rfft2(before) * np.fft.rfft2(after).conj()
    fits = np.fft.irfft2(crossed / np.maximum(np.abs(crossed), 1e-12), before.shape)
    # The shifts up to the farthest one, none in the middle; the picture goes on at its edge.
    farthest = min(round(FARTHEST * STILL_PX), (before.shape[0] - 1) // 2 - 2)
    reach = np.arange(-farthest - 2, farthest + 3)
    near = fits[np.ix_(reach, reach)]
    inner = near[2:-2, 2:-2]
    best = np.argsort(inner, axis=None)[-CANDIDATES:]
    places = [
        (int(row), int(column))
        for row, column in zip(*np.unravel_index(best, inner.shape), strict=True)
    ]
    alike = {
        (row, column): _likeness(before, after, (int(reach[row + 2]), int(reach[column + 2])))
        for row, column in places
    }
    row, column = max(alike, key=alike.__getitem__)
    peak = np.maximum(near[row : row + 5, column : column + 5], 0.0)
    if peak.sum() <= ALIKE or alike[row, column] <= 0:
        return 0.0
    offsets = np.arange(5) - 2
    down = reach[row + 2] + float(peak.sum(axis=1) @ offsets / peak.sum())
    right = reach[column + 2] + float(peak.sum(axis=0) @ offsets / peak.sum())
    return float(np.hypot(right, down)) / STILL_PX


def _likeness(before: Float32, after: Float32, by: tuple[int, int]) -> float:
    """Return how well a picture that is shifted down and right correlates with an earlier one.

    0 where it does so better unshifted. What the shift brings in at the edges is left out
    of both.
    """
    down, right = map(abs, by)
    high, wide = before.shape
    within = slice(down, high - down), slice(right, wide - right)
    shifted = np.roll(after, by, axis=(0, 1))
    still, laid = (_correlation(before[within], one[within]) for one in (after, shifted))
    return laid if laid > still else 0.0


def _correlation(one: Float32, other: Float32) -> float:
    """Return the correlation of two pictures; 0 where one of them shows nothing."""
    if float(one.std()) == 0 or float(other.std()) == 0:
        return 0.0
    return float(np.corrcoef(one.flat, other.flat)[0, 1])
