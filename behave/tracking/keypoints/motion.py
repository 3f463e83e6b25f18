"""Motion from keypoints: the speed of the parts of a body, in body lengths per second.

::

    keypoints -> velocity over 0.08 s
              -> for the swim test, without the body's common shift and turns
              -> speed beyond the network's own jitter
              -> the upper quartile over the keypoints = motion

The result does not depend on what differs between laboratories: zoom (speed is
divided by body length), frame rate (velocity is computed over a fixed time, not
a number of frames) and precision of the network (its jitter is measured in each
recording and subtracted).
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from behave.model.arrays import Floats

Test = Literal["fst", "tst", "freezing"]

# Motion below which the animal counts as immobile, in body lengths per second.
IMMOBILE_BELOW: dict[Test, float] = {"fst": 0.3, "tst": 0.3, "freezing": 0.06}
# Seconds of clear evidence that are needed for a change of state. Some jitter remains in
# single frames: with half of this value the real mouse's freezing is divided into too
# many bouts (F1 0.87 instead of 0.91 at 25 frames per second).
CHANGE_COST_S = 0.2
# The velocity at a frame is the slope of a line through the frames up to this time before
# and after it; strokes of up to 8 per second (mice paddle slower) are still visible.
REACH_S = 0.04
# The squared speed of jitter has an exponential distribution: 10 % of it is above this
# many times its mean.
BEYOND_JITTER = float(np.log(10))
# Jitter is estimated from the quietest half seconds, the quantile given here. The estimate
# is 20 to 40 % too small, on purpose: slow movement must not be taken for jitter. An
# animal in water may hardly rest.
QUIET: dict[Test, float] = {"fst": 0.03, "tst": 0.03, "freezing": 0.1}
QUIET_S = 0.5
# Upper limit of the jitter as a share of the body length. In three real recordings jitter
# was 0.0003 to 0.0044. Without a limit, an animal that never rests would seem to have a
# large jitter, and would be scored as never moving.
MAX_JITTER = 0.015
# At least a quarter of the body must move: one keypoint with jitter does not count, nor
# does one paw that keeps the balance.
PART = 0.75
MIN_TO_REGISTER = 3


def measure_motion(xy: Floats, time_s: Floats, length: float, test: Test) -> Floats:
    """Measure the speed of the parts of a body.

    Parameters
    ----------
    xy
        Positions in px, shape (frames, keypoints, 2); NaN: unknown.
    time_s
        Time of each frame, increasing, shape (frames,).
    length
        Body length in px.
    test
        ``fst`` and ``tst``: translation and rotation of the whole body, as in
        drifting or swinging, are removed first. ``freezing``: they count as movement.

    Returns
    -------
    numpy.ndarray
        Motion in body lengths per second, shape (frames,). NaN where fewer
        than half of the keypoints are known, or in the swim test fewer than 3.
    """
    reach = max(1, round(REACH_S / float(np.median(np.diff(time_s)))))
    velocity, weight = _velocity(xy, time_s, reach)
    unsteady = np.minimum(estimate_jitter(xy, time_s, test), MAX_JITTER * length)
    if test != "freezing":
        velocity = _without_drift(velocity, xy)
    squared = (velocity**2).sum(axis=-1)
    squared -= BEYOND_JITTER * 2 * unsteady**2 / weight[:, None]
    speed = np.sqrt(np.maximum(squared, 0)) / length
    known = np.isfinite(speed).sum(axis=1)
    least = max(speed.shape[1] / 2, 1 if test == "freezing" else MIN_TO_REGISTER)
    return np.where(known >= least, _upper(speed, known), np.nan)


def estimate_jitter(xy: Floats, time_s: Floats, test: Test) -> Floats:
    """Estimate the jitter of each keypoint from frame to frame.

    Parameters
    ----------
    xy
        Positions in px, shape (frames, keypoints, 2).
    time_s
        Time of each frame.
    test
        Decides which share of the time is taken as quiet: see `QUIET`.

    Returns
    -------
    numpy.ndarray
        Standard deviation along each axis in px, shape (keypoints,); 0 where
        it cannot be estimated.

    Notes
    -----
    It is computed from second differences in the quietest half seconds: steady
    movement gives 0, and jitter of variance v gives a variance of 6 v.
    """
    frames = max(round(QUIET_S / float(np.median(np.diff(time_s)))), 3)
    bent = (np.diff(xy, 2, axis=0) ** 2).sum(axis=-1)
    count = len(bent) // frames
    stretches = bent[: count * frames].reshape(count, frames, xy.shape[1]).mean(axis=1) / (2 * 6)
    jitter = np.zeros(xy.shape[1])
    for number, variances in enumerate(stretches.T):
        known = variances[np.isfinite(variances)]
        if known.size:
            jitter[number] = np.sqrt(np.quantile(known, QUIET[test]))
    return jitter


def _velocity(xy: Floats, time_s: Floats, reach: int) -> tuple[Floats, Floats]:
    """Return the slope of a line through the frames around each one.

    Returns
    -------
    velocity
        In px per second, shape as ``xy``.
    weight
        Sum of squared times from the line's middle, shape (frames,): the
        variance of the slope is the variance of a position divided by this.
    """
    around = [(reach, reach), (0, 0), (0, 0)]
    places = np.pad(xy, around, mode="edge")
    times = np.pad(time_s, reach, mode="edge")
    count, width = len(time_s), 2 * reach + 1
    windows = [slice(start, start + count) for start in range(width)]
    middle = sum((times[window] for window in windows), np.zeros(count)) / width
    velocity, weight = np.zeros(xy.shape), np.zeros(count)
    for window in windows:
        since = times[window] - middle
        velocity += since[:, None, None] * places[window]
        weight += since**2
    return velocity / weight[:, None, None], weight


def _without_drift(velocity: Floats, xy: Floats) -> Floats:
    """Subtract translation and rotation of the whole body (least squares).

    An animal that turns about the vertical axis looks narrower or wider from
    the side; this change of width is subtracted too.
    """
    known = np.isfinite(velocity).all(axis=-1, keepdims=True) & np.isfinite(xy)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    places, moves = np.where(known, xy, 0), np.where(known, velocity, 0)
    arm = np.where(known, xy - places.sum(axis=1, keepdims=True) / count, 0)
    rest = np.where(known, velocity - moves.sum(axis=1, keepdims=True) / count, 0)
    turned = np.stack([-arm[..., 1], arm[..., 0]], axis=-1)
    widened = np.stack([arm[..., 0], np.zeros(arm.shape[:2])], axis=-1)
    ways = np.stack([turned, widened], axis=1).reshape(len(arm), 2, -1)
    normal = ways @ ways.transpose(0, 2, 1)
    # A ridge, because both cannot be estimated separately if the keypoints are on one line.
    normal[:, [0, 1], [0, 1]] += 1e-9 * (arm**2).sum(axis=(1, 2))[:, None] + 1e-9
    shares = np.linalg.solve(normal, ways @ rest.reshape(len(arm), -1, 1))
    common = (shares * ways).sum(axis=1).reshape(arm.shape)
    return np.where(known, rest - common, np.nan)


def _upper(speed: Floats, known: npt.NDArray[np.int64]) -> Floats:
    """Return the upper quartile of each row's known values; NaN if there are none."""
    ordered = np.sort(speed, axis=1)  # NaN is sorted to the end
    place = PART * (known - 1).clip(min=0)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    rows = np.arange(len(speed))
    low, high = ordered[rows, below], ordered[rows, above]
    upper: Floats = low + (place - below) * (high - low)
    return upper
