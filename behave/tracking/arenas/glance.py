"""Whether two videos show one layout, told from one frame of each in a few milliseconds.

What was counted in the one then holds for the other. A hint, which saves looking at a
thousand videos of one camera: a run looks at each of them all the same.
"""

import cv2
import numpy as np

from behave.tracking.trial import Video
from behave.tracking.video.picture import Float32, to_grey
from behave.tracking.video.seeking import middle_frame

WIDTH = 160
# A px differs by more than this of the range from black to white once the light is equal.
# So do 3-10 % of the px of two videos of one camera of the sample study, whose animals
# moved, and 39 % or more of those of its two cameras.
DIFFERS, SHARE = 0.08, 0.2


def glance(video: Video) -> Float32:
    """Return a frame from the middle of a video, small, black 0 to white 1.

    Raises
    ------
    TrialError
        If the file cannot be read.
    """
    frame = middle_frame(video)
    height, width = frame.luma.shape
    size = WIDTH, max(round(WIDTH * height / width), 8)
    small = cv2.resize(frame.luma, size, interpolation=cv2.INTER_AREA)
    return to_grey(small, full_range=frame.full_range)


def same_layout(first: Float32, second: Float32) -> bool:
    """Return whether two glances differ by no more than animals do that moved."""
    if first.shape != second.shape:
        return False
    light = float(np.median(first / np.maximum(second, 0.05)))
    return float((np.abs(first - light * second) > DIFFERS).mean()) < SHARE


def draw_middle(video: Video, width: int) -> bytes:
    """Return a frame from the middle of a video as a grey JPEG of a width in px.

    Raises
    ------
    TrialError
        If the file cannot be read.
    """
    frame = middle_frame(video)
    height = max(round(width * frame.luma.shape[0] / frame.luma.shape[1]), 1)
    small = cv2.resize(frame.luma, (width, height), interpolation=cv2.INTER_AREA)
    grey = np.clip(255 * to_grey(small, full_range=frame.full_range), 0, 255).astype(np.uint8)
    encoded: bytes = cv2.imencode(".jpg", grey)[1].tobytes()
    return encoded
