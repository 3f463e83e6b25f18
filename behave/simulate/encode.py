"""Grey frames to a video file."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from behave.errors import OutputError, Problem

NOTE = "SYNTHETIC: rendered by 'behave simulate'; no animal was filmed"
CODECS = {"libx264": "yuv420p", "mpeg4": "yuv420p", "mjpeg": "yuvj420p", "ffv1": "yuv420p"}
# Time base of files with a variable rate; MPEG-4 has no finer one than 1 / 65535 s.
TICKS = 60_000


def write_frames(
    path: Path,
    frames: Iterable[tuple[float, NDArray[np.uint8]]],
    *,
    fps: float,
    size: tuple[int, int],
    codec: str = "libx264",
    crf: int = 26,
    preset: str = "ultrafast",
    variable: bool = False,
    tint: tuple[int, int] = (128, 128),
) -> None:
    """Write grey frames with their time stamps.

    Parameters
    ----------
    path
        File to write; its suffix chooses the container.
    frames
        Times in s and pictures on the full scale of 0 to 255, shape (h, w).
    fps
        Nominal frame rate.
    size
        Width and height, both even.
    codec
        ``libx264``, ``mpeg4``, ``mjpeg`` (full-range luma) or ``ffv1`` (lossless).
    crf
        Compression: x264's rate factor; the other lossy codecs get a quantiser
        of a quarter of it.
    preset
        x264's preset.
    variable
        Whether the times are kept as they are instead of rounded to 1 / fps.
    tint
        The two colour planes' constant values; 128 is grey.

    Raises
    ------
    OutputError
        If the file cannot be written or the codec is unknown.
    """
    if codec not in CODECS:
        raise OutputError(
            Problem("unknown codec", expected="one of " + ", ".join(CODECS), found=codec)
        )
    width, height = size
    base = Fraction(1, TICKS) if variable else 1 / Fraction(fps).limit_denominator(1001)
    pix_fmt = CODECS[codec]
    full_range = pix_fmt.startswith("yuvj")
    # Grey levels on the scale that decoders expect of the codec.
    scale = np.arange(256) if full_range else np.round(16 + np.arange(256) * 219 / 255)
    table = scale.astype(np.uint8)
    try:
        with av.open(str(path), "w") as container:
            container.metadata["comment"] = NOTE
            container.metadata["title"] = "SYNTHETIC video"
            stream = cast(
                "av.VideoStream",
                container.add_stream(
                    codec,
                    rate=Fraction(fps).limit_denominator(1001),
                    options=_options(codec, crf, preset),
                ),
            )
            stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
            stream.time_base = base
            stream.codec_context.time_base = base
            stream.codec_context.color_range = ColorRange.JPEG if full_range else ColorRange.MPEG
            stream.codec_context.thread_count = 1  # the same bytes on any machine's core count
            planes = np.empty((height * 3 // 2, width), np.uint8)
            planes[height : height * 5 // 4] = tint[0]
            planes[height * 5 // 4 :] = tint[1]
            for time, picture in frames:
                cv2.LUT(picture, table, dst=planes[:height])
                frame = av.VideoFrame.from_ndarray(planes, format=pix_fmt)
                frame.time_base = base
                frame.pts = round(time / base)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except (OSError, av.FFmpegError) as error:
        raise OutputError(
            Problem("the video cannot be written", file=str(path), found=str(error))
        ) from error


def _options(codec: str, crf: int, preset: str) -> dict[str, str]:
    """Return the encoder's options."""
    if codec == "libx264":
        return {"crf": str(crf), "preset": preset}
    if codec == "ffv1":
        return {}
    quantiser = str(min(max(crf // 4, 2), 31))
    return {"qmin": quantiser, "qmax": quantiser}
