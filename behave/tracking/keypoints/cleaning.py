"""Preparing keypoints: uncertain positions are left out, short gaps are interpolated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from behave.model.arrays import Bools, Floats

NOSE = {"nose", "nosetip", "snout", "snouttip", "tipofnose"}
TAIL_BASE = {"tailbase", "baseoftail", "tailroot", "rootoftail", "tailstart", "tailset"}
# Body length is a high quantile of the distance from nose to tail base: a body seen from
# the front looks shorter, and how often this happens may depend on the treatment.
STRETCHED = 0.9
# A keypoint that moves less than this share of the others' movement, while they travel at
# least one body length, marks the scene and not the animal.
STAYS, TRAVELS = 0.1, 1.0
MOST = (0.05, 0.95)


@dataclass(frozen=True)
class Cleaned:
    """Keypoints of one animal, prepared for the measurement of motion.

    Parameters
    ----------
    names
        Names of the keypoints.
    xy
        Positions in px, shape (frames, keypoints, 2); NaN in gaps that are
        too long to interpolate.
    kept
        Whether each position had a sufficient likelihood, shape (frames,
        keypoints).
    """

    names: tuple[str, ...]
    xy: Floats
    kept: Bools

    def only(self, names: Sequence[str]) -> "Cleaned":
        """Return some of the keypoints."""
        places = [self.names.index(name) for name in names]
        return Cleaned(tuple(names), self.xy[:, places], self.kept[:, places])


def clean_keypoints(
    xy: Floats,
    likelihood: Floats,
    time_s: Floats,
    names: Sequence[str],
    *,
    likelihood_above: float,
    longest_gap_s: float,
) -> Cleaned:
    """Leave out positions of low likelihood, and interpolate short gaps.

    Parameters
    ----------
    xy
        Positions in px, shape (frames, keypoints, 2).
    likelihood
        The network's confidence, shape (frames, keypoints).
    time_s
        Time of each frame, shape (frames,).
    names
        Names of the keypoints.
    likelihood_above
        Positions of at most this likelihood are left out.
    longest_gap_s
        Gaps up to this length, from the last position kept to the next one,
        are interpolated by straight lines; longer ones stay NaN.

    Returns
    -------
    Cleaned
        All keypoints.
    """
    kept = (likelihood > likelihood_above) & np.isfinite(xy).all(axis=-1)
    bridged = np.full(xy.shape, np.nan)
    for number in range(len(names)):
        seen = np.flatnonzero(kept[:, number])
        if not seen.size:
            continue
        after = np.searchsorted(seen, np.arange(len(time_s)))
        inside = (after > 0) & (after < seen.size)
        gap_s = np.full(len(time_s), np.inf)
        gap_s[inside] = time_s[seen[after[inside]]] - time_s[seen[after[inside] - 1]]
        filled = kept[:, number] | (gap_s <= longest_gap_s)
        for axis in range(2):
            line = np.interp(time_s, time_s[seen], xy[seen, number, axis])
            bridged[filled, number, axis] = line[filled]
    return Cleaned(tuple(names), bridged, kept)


def find_landmarks(cleaned: Cleaned) -> tuple[str, ...]:
    """Return the keypoints that do not move while the others travel.

    Some projects also label the corners of the arena. Without this, they would
    be taken for a part of the animal that does not move.
    """
    low, high = _quantiles(cleaned.xy, MOST)
    span = np.hypot(*(high - low).T)
    if not np.isfinite(span).any():
        return ()
    usual = float(np.nanmedian(span))
    stays = {name for name, far in zip(cleaned.names, span, strict=True) if far < STAYS * usual}
    animal = cleaned.only([name for name in cleaned.names if name not in stays])
    travels = usual > TRAVELS * body_length(animal)
    return tuple(name for name in cleaned.names if name in stays) if travels else ()


def body_length(cleaned: Cleaned) -> float:
    """Return the length of the stretched body in px.

    It is the 90th percentile over the frames of the distance from nose to tail
    base. Without these two keypoints it is the longest such distance between
    any two keypoints that are not on the tail.

    Returns
    -------
    float
        NaN if no two keypoints are ever seen in the same frame.
    """
    plain = [re.sub(r"[^a-z]", "", name.lower()) for name in cleaned.names]
    nose = next((place for place, name in enumerate(plain) if name in NOSE), None)
    base = next((place for place, name in enumerate(plain) if name in TAIL_BASE), None)
    if nose is not None and base is not None:
        pairs = [(nose, base)]
    else:
        body = [
            place for place, name in enumerate(plain) if "tail" not in name or name in TAIL_BASE
        ]
        pairs = list(combinations(body, 2))
    lengths = [_distance(cleaned.xy[:, one], cleaned.xy[:, two]) for one, two in pairs]
    return max((length for length in lengths if np.isfinite(length)), default=np.nan)


def _distance(one: Floats, two: Floats) -> float:
    """Return the 90th percentile of a distance over the frames in which it is known."""
    apart = np.hypot(*(one - two).T)
    apart = apart[np.isfinite(apart)]
    return float(np.quantile(apart, STRETCHED)) if apart.size else np.nan


def _quantiles(xy: Floats, shares: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return two quantiles of each keypoint's positions, shape (keypoints, 2) each."""
    found = np.full((2, xy.shape[1], 2), np.nan)
    for number in range(xy.shape[1]):
        seen = xy[np.isfinite(xy[:, number]).all(axis=-1), number]
        if len(seen):
            found[:, number] = np.quantile(seen, shares, axis=0)
    return found[0], found[1]
