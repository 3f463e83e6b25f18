"""A frame: its luma, its grey and its colours, as the file says they are shown.

Pixels are not converted where the decoder already holds luma: that costs as much as
decoding itself.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import Type as SideData

UInt8 = npt.NDArray[np.uint8]

Float32 = npt.NDArray[np.float32]

# Formats that keep 8-bit luma by itself as the first plane.
LUMA_FIRST = ("yuv4", "yuvj4", "gray", "nv12", "nv21", "nv16", "nv24", "yuva4")

LIMITED_BLACK, LIMITED_WHITE = 16, 235


class Frame(NamedTuple):
    """One decoded frame.

    Parameters
    ----------
    number
        Position among the frames that could be decoded, from 0.
    time_s
        Presentation time from the first frame.
    luma
        Brightness as stored, shape (height, width), a view of the decoder's
        own memory as the picture is shown (turned where the file says so).
    full_range
        Whether black and white are stored as 0 and 255, not as 16 and 235.
    decoded
        The decoder's own frame, from which colours can be had.
    """

    number: int
    time_s: float
    luma: UInt8
    full_range: bool
    decoded: Any = None


def grey_range(*, full_range: bool) -> tuple[int, int]:
    """Return black and white as luma is stored."""
    return (0, 255) if full_range else (LIMITED_BLACK, LIMITED_WHITE)


def to_grey(stored: npt.NDArray[Any], *, full_range: bool) -> Float32:
    """Return stored luma on one scale, black 0 and white 1.

    For regions and small pictures only: on whole frames it would cost as much
    as a pixel conversion.
    """
    black, white = grey_range(full_range=full_range)
    grey: Float32 = (stored.astype(np.float32) - black) * np.float32(1 / (white - black))
    return grey


def colours(frame: Frame) -> UInt8:
    """Return a frame as RGB, shape (height, width, 3), for those who need colours.

    It costs about as much as decoding; nothing is converted before.
    """
    picture: UInt8 = frame.decoded.to_ndarray(format="rgb24")
    return _as_shown(picture, frame.decoded)


def luma_of(decoded: Any) -> tuple[UInt8, bool]:
    """Return a frame's brightness as shown and whether it is full range."""
    layout = decoded.format
    held = layout.name.startswith(LUMA_FIRST) and layout.components[0].bits == 8  # noqa: PLR2004 - bits of a byte
    if not held:
        # Reformatting to grey also stretches limited range to full range.
        return _as_shown(_first_plane(decoded.reformat(format="gray")), decoded), True
    declared = int(decoded.color_range)  # 0: not said, 1: limited, 2: full
    full_range = declared == 2 or (  # noqa: PLR2004 - ffmpeg's number for full range
        declared == 0 and layout.name.startswith(("yuvj", "gray"))
    )
    return _as_shown(_first_plane(decoded), decoded), full_range


def _first_plane(decoded: Any) -> UInt8:
    """Return the first plane as a view without its padding."""
    plane = decoded.planes[0]
    rows = np.frombuffer(plane, np.uint8)[: plane.line_size * decoded.height]
    view: UInt8 = rows.reshape(decoded.height, plane.line_size)[:, : decoded.width]
    return view


def _as_shown(picture: UInt8, decoded: Any) -> UInt8:
    """Return a picture turned and mirrored as the file's display matrix asks, as a view.

    The matrix (a b; c d) takes a point to (a x + c y, b x + d y); of the cameras' eight
    positions each is a transposition or none, and then two mirrors or none.
    """
    told = decoded.side_data.get(SideData.DISPLAYMATRIX)
    if told is None:
        return picture
    (a, b, _), (c, d, _), _ = np.frombuffer(bytes(told), np.int32)[:9].reshape(3, 3).tolist()
    if abs(b) + abs(c) > abs(a) + abs(d):
        a, d = c, b
        picture = picture.swapaxes(0, 1)
    if a < 0:
        picture = picture[:, ::-1]
    return picture[::-1] if d < 0 else picture
