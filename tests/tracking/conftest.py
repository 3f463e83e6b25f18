"""Tiny videos written for one test."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

WriteVideo = Callable[..., Path]
TICKS = 90_000


@pytest.fixture
def write_video(tmp_path: Path) -> WriteVideo:
    """Return a function that writes grey pictures as a video and gives its path."""

    def write(
        pictures: Iterable[np.ndarray],
        name: str = "clip.mp4",
        *,
        times_s: Iterable[float] | None = None,
        fps: float = 30,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        options: dict[str, str] | None = None,
    ) -> Path:
        pictures = [np.asarray(picture, np.uint8) for picture in pictures]
        times = np.arange(len(pictures)) / fps if times_s is None else list(times_s)
        path = tmp_path / name
        height, width = pictures[0].shape
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=round(fps), options=options or {"crf": "10"})
            stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
            base = Fraction(1, TICKS) if times_s is not None else Fraction(1, round(fps))
            stream.codec_context.time_base = base
            stream.codec_context.thread_count = 1
            for time_s, picture in zip(times, pictures, strict=True):
                frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=pix_fmt)
                frame.time_base = base
                frame.pts = round(float(time_s) / base)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return write


@pytest.fixture
def ramp() -> list[np.ndarray]:
    """Return 30 pictures of 48 x 64 px, each of one grey: 20, 26, ... 194."""
    return [np.full((48, 64), 20 + 6 * index) for index in range(30)]


@pytest.fixture
def write_poses() -> Callable[..., Path]:
    """Return a function that writes a CSV of one animal that drifts right by 1 px per frame."""

    def write(path: Path, frames: int = 100, shift: float = 0.0) -> Path:
        names = ["nose", "tail_base", "paw"]
        columns = pd.MultiIndex.from_product(
            [["net"], names, ["x", "y", "likelihood"]], names=["scorer", "bodyparts", "coords"]
        )
        rows = [
            [value for at in (0, 60, 30) for value in (shift + at + frame, 40.0 + at / 3, 1.0)]
            for frame in range(frames)
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows, columns=columns).to_csv(path)
        return path

    return write
