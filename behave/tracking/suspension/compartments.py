"""Compartments of a tail suspension box: upright strips, one animal in each."""

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.trial import Arena, Video
from behave.tracking.video.picture import to_grey
from behave.tracking.video.reader import VideoReader

Float64 = npt.NDArray[np.float64]

SAMPLES, WIDTH = 24, 200  # frames looked at, and px of their width
# Compartments are one width; together they take at least this share of the picture.
NARROWEST = 0.6
# What a border that cuts through an animal costs, and what a partition on it is worth.
CUT, PARTITION = 3.0, 0.3


def find_compartments(video: Video, count: int) -> list[Arena]:
    """Find the strips in which animals hang side by side.

    Parameters
    ----------
    video
        The video.
    count
        How many animals it shows.

    Returns
    -------
    list of Arena
        Named 1..count from left to right: of one width and as high as the picture, each
        with an animal in its middle and its borders between animals.

    Raises
    ------
    TrialError
        If the video cannot be read.
    """
    pictures, size = [], (0, 0)
    for frame in VideoReader(video).sample(SAMPLES, None):
        height, width = frame.luma.shape
        size = width, height
        small = cv2.resize(
            frame.luma, (WIDTH, max(round(WIDTH * height / width), 8)), interpolation=cv2.INTER_AREA
        )
        pictures.append(to_grey(small, full_range=frame.full_range))
    stack = np.stack(pictures)
    left, wide = strips(stack, count)
    per_px = size[0] / WIDTH
    edges = [round((left + number * wide) * per_px) for number in range(count + 1)]
    return [
        Arena(str(number + 1), edges[number], 0, edges[number + 1] - edges[number], size[1])
        for number in range(count)
    ]


def strips(stack: npt.NDArray[np.float32], count: int) -> tuple[int, float]:
    """Return the left edge of the first strip and the width of all, px of the pictures.

    Parameters
    ----------
    stack
        Pictures, shape (samples, rows, columns), black 0 to white 1.
    count
        How many strips.
    """
    width = stack.shape[2]
    if count == 1:
        return 0, float(width)
    animals, borders = _profiles(stack)
    summed = np.concatenate([[0.0], np.cumsum(animals / max(float(animals.sum()), 1e-9))])
    best = (-np.inf, 0, width / count)
    for wide in np.arange(NARROWEST * width / count, width / count + 1e-6, 0.5):
        for left in range(int(width - count * wide) + 1):
            edges = left + wide * np.arange(count + 1)
            inner = np.clip(edges[1:-1].round().astype(int), 2, width - 3)
            middle = edges[:-1] + wide / 2
            low, high = (
                np.interp(middle + side * 0.3 * wide, np.arange(width + 1), summed)
                for side in (-1, 1)
            )
            held = np.minimum(count * (high - low), 1.0).sum() / count
            cut = sum(float(animals[at - 1 : at + 2].mean()) for at in inner) / len(inner)
            lines = float(borders[inner].mean())
            worth = held - CUT * cut / max(float(animals.max()), 1e-9) / 3 + PARTITION * lines
            worth += 0.1 * wide * count / width
            if worth > best[0]:
                best = worth, left, float(wide)
    return best[1], best[2]


def _profiles(stack: npt.NDArray[np.float32]) -> tuple[Float64, Float64]:
    """Return for each column how much of an animal and how much of a partition it shows, 0 to 1."""
    still = np.median(stack, axis=0)
    busy = np.abs(stack - still).mean(axis=0)
    flat = np.abs(still - np.median(still, axis=1, keepdims=True))
    # A partition stands out along the whole height, an animal does not.
    flat = np.clip(flat - np.quantile(flat, 0.4, axis=0), 0, None)
    parts = [one.mean(axis=0) - np.quantile(one.mean(axis=0), 0.1) for one in (busy, flat)]
    animals = sum(np.clip(one, 0, None) / max(float(one.max()), 1e-9) for one in parts)
    across = np.median(cv2.Sobel(still.astype(np.float32), cv2.CV_32F, 1, 0), axis=0)
    lines = np.maximum(np.abs(across), np.roll(np.abs(across), 1))
    return np.asarray(animals, np.float64), lines / max(float(lines.max()), 1e-9)
