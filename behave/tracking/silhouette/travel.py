"""Travel: swimming across the arena, which leaves the outline as it is.

Registration takes rigid movement away, since an animal that drifts with the
water is passive. But water in a cylinder carries an animal only so fast. One
that goes faster, and goes on doing so, swims, also where its limbs are hidden
below it, as from above, or where frames are so few that strokes cannot be seen.
"""

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

# What drift does not reach, roots of the body's area per s (about half a body length
# of a stretched mouse). A body that pushed off glides to below a tenth of its speed
# within two or three of its lengths; what then moves it are the eddies of its own
# strokes and its balancing. In the tuning clips of both rendered worlds 99 of 100
# floating frames lie below it, in most clips below half of it.
DRIFT = 1.0
# What each root per s above it adds to the motion.
WEIGHT = 0.04
# Travel has to last: so long before and so long after a look.
SUSTAINED_S = 0.3


def travel_signal(time_s: Float64, places: Float64, body_px: float) -> Float64:
    """Return what travel adds to the motion at each look.

    Parameters
    ----------
    time_s
        Times of the looks, shape (looks,), rising.
    places
        Centre of the body at each look, px, shape (looks, 2); NaN where it was not
        found.
    body_px
        Root of the body's usual area, px.

    Returns
    -------
    numpy.ndarray
        0 up to the speed of drift, then rising with the speed, shape (looks,). The
        slower of the ways before and after a look counts, so that neither a single
        jump to something else nor a push that ends in a glide is travel.
    """
    known = np.isfinite(places).all(axis=1)
    if known.sum() < 3 or not body_px > 0:  # noqa: PLR2004 - two ways need three places
        return np.zeros(time_s.shape)
    times, at = time_s[known], places[known] / body_px
    before = _speed(times, at, -SUSTAINED_S)
    after = _speed(times, at, SUSTAINED_S)
    excess = np.zeros(time_s.shape)
    excess[known] = WEIGHT * np.maximum(np.minimum(before, after) - DRIFT, 0)
    return excess


def _speed(times: Float64, at: Float64, span_s: float) -> Float64:
    """Return the speed along a straight line to where the animal is one span later, or was before.

    Where the recording ends sooner, the way up to its end counts; a way that ends
    there at once has no speed of its own and is left to the other side.
    """
    to = np.clip(times + span_s, times[0], times[-1])
    way = np.stack([np.interp(to, times, at[:, axis]) - at[:, axis] for axis in (0, 1)], axis=1)
    took = np.abs(to - times)
    enough = took > abs(span_s) / 2
    speed: Float64 = np.full(times.shape, np.inf)
    speed[enough] = np.hypot(*way[enough].T) / took[enough]
    return speed
