"""How the motion that each camera gave is read: learnt, borrowed, or by default.

Blind to everything but motion: no group enters, so that none can move the threshold.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.scoring.calibration.histogram import MOTION
from behave.scoring.calibration.modes import Modes, find_modes

Source = Literal["learnt", "study", "default", "given"]

# With less motion nothing is learnt: its histogram has valleys of its own.
LEAST_S = 10.0
# Cameras differ: in all clips with known states, rendered and real, what was learnt rightly lay
# within a factor of 4 of the tracker's own threshold. Farther off, the two modes are not rest
# and movement: noise and breathing of an animal that never moved, or an arena that misses it.
FARTHEST = 8.0
# The source is the one that has at least half of the weight.
HALF = 0.5
DIGITS = 4


@dataclass(frozen=True)
class Pool:
    """The motion of all animals that one camera filmed, by one tracker.

    Parameters
    ----------
    camera, tracker
        Whose.
    default
        The tracker's own threshold; NaN: it has none.
    histograms
        Of each animal, by its id: seconds per bin, see
        `behave.scoring.calibration.histogram`.
    at_crossing
        Whether the threshold lies where rest and movement are equally likely, as where rest
        spreads up to movement; else in the valley between them.
    """

    camera: str
    tracker: str
    default: float
    histograms: Mapping[str, Floats]
    at_crossing: bool = False

    @property
    def seconds(self) -> float:
        """Length of all motion, s."""
        return float(sum(float(seconds.sum()) for seconds in self.histograms.values()))


@dataclass(frozen=True)
class Calibration:
    """The threshold of one camera's motion, and where it comes from.

    Parameters
    ----------
    camera, tracker
        Whose.
    n_animals, minutes
        What it was learnt from.
    immobile_below
        Motion below which an animal counts as immobile; NaN: it is not known.
    clarity
        From 0 (one mode) to 1 (two clear modes): the weight of the pool's own threshold.
    source
        ``learnt`` from the pool, from the ``study``'s other cameras, the tracker's
        ``default``, or ``given``; where several were averaged, the one of largest weight.
    """

    camera: str
    tracker: str
    n_animals: int
    minutes: float
    immobile_below: float
    clarity: float
    source: Source


def pool_shares(pool: Pool) -> Floats:
    """Return the share of time in each bin of motion, each animal weighing the same, shape (bins,)."""
    seen = [seconds / seconds.sum() for seconds in pool.histograms.values() if seconds.sum() > 0]
    if not seen:
        return np.zeros(MOTION.shape)
    shares: Floats = np.mean(seen, axis=0)
    return shares


def calibrate(
    pools: Sequence[Pool], given: Mapping[tuple[str, str], float] | None = None
) -> list[Calibration]:
    """Set the threshold of each camera's motion.

    It is a weighted mean of three thresholds, taken on their logarithms: the pool's own,
    that of the study's other cameras, and the tracker's default. The pool's weight is the
    clarity of its modes; the others share what is left, the other cameras first. Weights
    change gradually, so that no threshold jumps when an animal is added.

    Parameters
    ----------
    pools
        One for each camera and tracker.
    given
        Thresholds that are not learnt, by camera and tracker.

    Returns
    -------
    list of Calibration
        In the order of the pools.
    """
    found = [_modes(pool) for pool in pools]
    made = []
    for index, (pool, modes) in enumerate(zip(pools, found, strict=True)):
        others = [
            one
            for number, one in enumerate(found)
            if number != index and pools[number].tracker == pool.tracker
        ]
        learnt, source = _threshold(modes, others, pool.default)
        known = (given or {}).get((pool.camera, pool.tracker))
        made.append(
            Calibration(
                camera=pool.camera,
                tracker=pool.tracker,
                n_animals=len(pool.histograms),
                minutes=pool.seconds / 60,
                immobile_below=learnt if known is None else known,
                clarity=modes.clarity,
                source=source if known is None else "given",
            )
        )
    return made


def _modes(pool: Pool) -> Modes:
    """Return the modes of a pool, with a clarity of 0 where it is too short or they are elsewhere."""
    if pool.seconds < LEAST_S:
        return Modes(float("nan"), float("nan"), 0.0)
    modes = find_modes(pool_shares(pool))
    if pool.at_crossing:
        modes = replace(modes, threshold=modes.crossing)
    times = modes.threshold / pool.default
    if times < 1 / FARTHEST or times > FARTHEST:
        return replace(modes, clarity=0.0)
    return modes


def _threshold(modes: Modes, others: Sequence[Modes], default: float) -> tuple[float, Source]:
    """Return a threshold, and the source that has the largest weight in it."""
    clear = [one for one in others if one.clarity > 0]
    clarity = sum(one.clarity for one in clear)
    weights = {"learnt": modes.clarity}
    weights["study"] = (1 - modes.clarity) * min(clarity, 1.0)
    weights["default"] = 1 - weights["learnt"] - weights["study"]
    values = {"learnt": modes.threshold, "default": default}
    values["study"] = (
        float(np.exp(sum(one.clarity * np.log(one.threshold) for one in clear) / clarity))
        if clear
        else float("nan")
    )
    known = {
        name: weight
        for name, weight in weights.items()
        if weight > 0 and np.isfinite(values[name]) and values[name] > 0
    }
    total = sum(known.values())
    # A tracker without a default is read by what was learnt, if that is fairly clear.
    if total < HALF:
        return float("nan"), "default"
    mean = sum(weight * np.log(values[name]) for name, weight in known.items()) / total
    threshold = float(f"{np.exp(mean):.{DIGITS}g}")
    if weights["learnt"] >= HALF:
        return threshold, "learnt"
    return threshold, "study" if weights["study"] > weights["default"] else "default"


def find_calibration_flags(calibrations: Sequence[Calibration]) -> list[Flag]:
    """Flag the cameras whose scale could not be learnt.

    Parameters
    ----------
    calibrations
        Of all cameras.
    """
    flags = []
    for one in calibrations:
        # Without any threshold the trials fail, each with its reason.
        if one.source in {"learnt", "given"} or math.isnan(one.immobile_below):
            continue
        taken = (
            "what the study's other cameras say" if one.source == "study" else "the usual threshold"
        )
        why = (
            f"only {60 * one.minutes:.0f} s were seen"
            if 60 * one.minutes < LEAST_S
            else "floating and swimming do not part clearly in the motion of its "
            f"{one.n_animals} animal{'s' if one.n_animals != 1 else ''}"
        )
        flags.append(
            Flag(
                "scale_not_learnt",
                one.clarity,
                f"The threshold of camera {one.camera} ({one.tracker}) could not be learnt: {why}. "
                f"It is {taken}, {one.immobile_below:g}; look at some of its overlays.",
            )
        )
    return flags
