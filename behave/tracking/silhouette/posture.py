"""Climbing by posture: an upright body is tall from the side and short from above.

A camera beside the cylinder sees an animal that climbs stand up in the water,
twice as tall as wide; one that swims lies more or less level, and one that
swims towards the camera is about as wide as tall. A camera above the cylinder
sees a climbing body foreshortened. From above a body that stands upright away
from the wall looks the same, and is called climbing too.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from behave.tracking.silhouette.series import Float64, Series
from behave.tracking.trial import Arena

View = Literal["side", "above"]

# Tuned on the tuning seeds of benchmarks/behaviours.py: height over width of the
# body seen from the side, and its size seen from above relative to when it lies
# level, at which climbing is as likely as swimming.
TALL, SHORT = 1.55, 0.80
# A body that stands upright for less than a third of the time has this quantile
# of its sizes while it lies level.
LEVEL_QUANTILE = 0.7
# Body roots by which the centre's height in the picture varies: beside the
# cylinder an animal keeps to the water line, from above it goes anywhere.
ONE_LEVEL, ANY_LEVEL = 1.2, 1.6
# Beside the cylinder it also goes farther across than up and down.
FLATNESS = 0.7
MIN_LOOKS = 75


def climb_signal(series: Series, view: View | None, during: npt.NDArray[np.bool_]) -> Float64:
    """Return how upright the animal stands at each look.

    Parameters
    ----------
    series
        What was seen.
    view
        Whether the camera looks from above or from the side; none where it cannot be told.
    during
        Which looks belong to the trial, shape (looks,).

    Returns
    -------
    numpy.ndarray
        1: as likely climbing as swimming; more: climbing; shape (looks,). NaN
        where the animal was not found, and throughout where the view is not
        known or too little was seen.
    """
    across, down, slant = (np.array(v) for v in (series.across, series.down, series.slant))
    area = np.array(series.area_px)
    if view is None:
        return np.full(across.shape, np.nan)
    if view == "side":
        upright: Float64 = np.sqrt(down / np.maximum(across, 1e-9)) / TALL
        return upright
    longest = (across + down) / 2 + np.hypot((across - down) / 2, slant)
    size = np.sqrt(area * np.sqrt(longest))
    short: Float64 = SHORT**2 / (size / np.nanquantile(size[during], LEVEL_QUANTILE)) ** 2
    return short


def find_view(series: Series, arena: Arena, during: npt.NDArray[np.bool_]) -> View | None:
    """Return whether the camera looks from above or from the side; none where it cannot be told.

    Parameters
    ----------
    series, during
        As for `climb_signal`.
    arena
        Its arena.
    """
    place = np.stack([series.x_px, series.y_px], axis=1)[during]
    area = np.array(series.area_px)[during]
    if np.isfinite(place[:, 0]).sum() < MIN_LOOKS:
        return None
    if arena.shape == "ellipse":
        return "above"
    low, high = np.nanquantile(place, [0.05, 0.95], axis=0)
    across, down = (high - low) / np.sqrt(np.nanmedian(area))
    if down <= min(ONE_LEVEL, FLATNESS * across):
        return "side"
    return "above" if down >= ANY_LEVEL else None
