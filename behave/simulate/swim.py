"""How an animal behaves in the water: its bouts, and the movements that follow from them.

A bout is a half-open interval ``[start_s, stop_s)``, counted from the animal's
entry, in one of three behaviours. The movements are built from the bouts, so
the truth is exact by construction: where two bouts meet, limb strokes swell or
fade symmetrically round the boundary.

Lengths are in body lengths (nose to tail base), so that one swim can be drawn
at any zoom, and the movements are laid on a fine grid of time, so that it can
be drawn at any frame rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BEHAVIOURS = ("immobile", "swimming", "climbing")
IMMOBILE, _, CLIMBING = range(3)
RATE_HZ = 120  # several samples in the fastest stroke
BOUT_QUANTILES = {0.05: 0.5, 0.25: 1.0, 0.5: 1.64, 0.75: 3.62, 0.95: 8.82}
SHORTEST_BOUT_S, MAX_BOUT_S = 0.35, 15.0
SHORTEST_GAP_S = 0.4
# Times nearer than this are the same: no camera tells them apart.
INSTANT_S = 1e-6

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Bout:
    """An interval in one behaviour.

    Parameters
    ----------
    start_s, stop_s
        Half-open interval from the animal's entry.
    state
        ``immobile``, ``swimming`` or ``climbing``.
    """

    start_s: float
    stop_s: float
    state: str


@dataclass(frozen=True)
class Swim:
    """What one animal does.

    Parameters
    ----------
    bouts
        Bouts that follow each other without a gap from 0 s; the last one goes
        on to the end of the video.
    entry_s
        Video time at which a hand has lowered the animal into the water;
        0: the animal is there from the first frame and no hand is seen.
    vigour
        Strength of the strokes; 1 is ordinary, 0.3 weak paddling.
    stroke_hz
        Stroke rate of the limbs.
    speed
        Swimming speed in body lengths per second at vigour 1.
    drift
        Speed of the passive drift while the animal floats, in body lengths
        per second; it also turns the animal slowly.
    balancing
        Balancing strokes per second while the animal floats: single small
        strokes of one limb that keep the head above the water.
    transition_s
        Time over which strokes swell or fade, centred on the boundary.
    """

    bouts: tuple[Bout, ...]
    entry_s: float = 0.0
    vigour: float = 1.0
    stroke_hz: float = 6.0
    speed: float = 1.0
    drift: float = 0.1
    balancing: float = 0.2
    transition_s: float = 0.1


@dataclass(frozen=True)
class Movement:
    """Posture and place of one animal at given times.

    Parameters
    ----------
    x, y
        Centre in the plane of the water, from the arena's centre, in body
        lengths, shape (n,). A camera beside the cylinder sees ``x`` only.
    heading
        Direction of the nose in that plane, radians, continuous, shape (n,).
    pitch
        Slope of the body, radians, shape (n,).
    bend
        Sideways bend of the body, radians, shape (n,).
    bob
        Rise above the floating level, body lengths, shape (n,).
    limbs
        Stroke of left fore, right fore, left hind, right hind limb; 1 is a
        full ordinary stroke, shape (n, 4).
    activity
        Envelope of the strokes, shape (n,).
    climbing
        Weight of the climbing posture, 0 to 1, shape (n,).
    stir
        How stirred the water is; it outlasts the strokes, shape (n,).
    """

    x: Array
    y: Array
    heading: Array
    pitch: Array
    bend: Array
    bob: Array
    limbs: Array
    activity: Array
    climbing: Array
    stir: Array

    def at(self, times: Array) -> "Movement":
        """Return the movement at other times (s from entry), clipped to its ends."""
        grid = np.arange(len(self.x)) / RATE_HZ

        def look(values: Array) -> Array:
            if values.ndim == 1:
                return np.interp(times, grid, values)
            return np.stack([look(column) for column in values.T], axis=1)

        return Movement(*(look(getattr(self, name)) for name in self.__dataclass_fields__))


def random_bouts(
    rng: np.random.Generator,
    duration_s: float,
    immobile_share: float,
    *,
    climbing_share: float = 0.0,
    start_s: float = 0.0,
) -> list[Bout]:
    """Draw bouts with an exact share of immobility.

    Parameters
    ----------
    rng
        Source of chance.
    duration_s
        Length of the stretch to fill.
    immobile_share
        Share of it spent immobile; met exactly.
    climbing_share
        Share of the mobile bouts that are climbing.
    start_s
        Where the stretch begins.

    Returns
    -------
    list of Bout
        Mobile and immobile bouts in turn, without gaps. Immobile bouts have
        the lengths found by human raters in 10 mice (5, 25, 50, 75 and 95 %
        quantiles 0.50, 1.00, 1.64, 3.62 and 8.82 s), as far as the share
        leaves room for them.
    """
    immobile_s = immobile_share * duration_s
    mobile_s = duration_s - immobile_s
    still = _draw_lengths(rng, immobile_s, most=max(1, int(mobile_s / SHORTEST_GAP_S) - 1))
    gaps = _split(rng, mobile_s, len(still) + 1)
    bouts: list[Bout] = []
    at = start_s
    for index, gap in enumerate(gaps):
        kind = "climbing" if rng.random() < climbing_share else "swimming"
        pieces = [(gap, kind)] + ([(still[index], "immobile")] if index < len(still) else [])
        for length, state in pieces:
            if length > 0:
                bouts.append(Bout(at, at + length, state))
                at += length
    if bouts:
        last = bouts[-1]
        bouts[-1] = Bout(last.start_s, start_s + duration_s, last.state)
    return bouts


def _draw_lengths(rng: np.random.Generator, total_s: float, most: int) -> list[float]:
    """Draw at most so many immobile bouts that add up to a total."""
    if total_s < INSTANT_S:
        return []
    shares = [0.0, *BOUT_QUANTILES, 1.0]
    logs = np.log([SHORTEST_BOUT_S, *BOUT_QUANTILES.values(), MAX_BOUT_S])
    lengths: list[float] = []
    rest = total_s
    while rest > 0:
        length = float(np.exp(np.interp(rng.random(), shares, logs)))
        if rest - length < SHORTEST_BOUT_S:
            length = rest
        lengths.append(length)
        rest -= length
    while len(lengths) > most:
        # No room for so many pauses: neighbours become one longer bout.
        lengths.sort()
        lengths = [lengths[0] + lengths[1], *lengths[2:]]
    order = rng.permutation(len(lengths))
    return [lengths[index] for index in order]


def _split(rng: np.random.Generator, total_s: float, count: int) -> list[float]:
    """Split a total into gaps, none shorter than the shortest if they all fit."""
    least = min(SHORTEST_GAP_S, total_s / count)
    weights = rng.gamma(1.2, size=count)
    free = total_s - least * count
    return [least + free * float(weight) for weight in weights / weights.sum()]


def join(*stretches: Sequence[Bout]) -> tuple[Bout, ...]:
    """Join stretches that follow each other; neighbours in one state become one bout."""
    joined: list[Bout] = []
    for bout in (bout for stretch in stretches for bout in stretch):
        if joined and joined[-1].state == bout.state:
            joined[-1] = Bout(joined[-1].start_s, bout.stop_s, bout.state)
        else:
            joined.append(bout)
    return tuple(joined)


def states_at(bouts: Sequence[Bout], times: Array) -> Integers:
    """Return each time's behaviour as its place in `BEHAVIOURS`; -1 before 0 s."""
    starts = np.array([bout.start_s for bout in bouts])
    codes = np.array([BEHAVIOURS.index(bout.state) for bout in bouts])
    # A frame on a boundary belongs to the later bout, whatever its rounding.
    found = np.searchsorted(starts, times + INSTANT_S / 2, side="right") - 1
    return np.where(found >= 0, codes[np.maximum(found, 0)], -1)


def check_bouts(bouts: Sequence[Bout]) -> str:
    """Return what is wrong with the bouts, or an empty text."""
    faults = {
        "bouts must begin at 0 s": not bouts or bouts[0].start_s != 0,
        "a bout's state must be one of " + ", ".join(BEHAVIOURS): any(
            bout.state not in BEHAVIOURS for bout in bouts
        ),
        "a bout must stop after it starts": any(bout.stop_s <= bout.start_s for bout in bouts),
        "bouts must follow each other without a gap": any(
            abs(one.stop_s - two.start_s) > INSTANT_S for one, two in pairwise(bouts)
        ),
    }
    return next((fault for fault, found in faults.items() if found), "")


def move(swim: Swim, radius: float, seconds: float, rng: np.random.Generator) -> Movement:
    """Turn an animal's bouts into its movements.

    Parameters
    ----------
    swim
        What the animal does.
    radius
        Radius of the cylinder in body lengths.
    seconds
        Time from entry to cover.
    rng
        Source of chance.

    Returns
    -------
    Movement
        On a grid of `RATE_HZ`.
    """
    times = np.arange(int(seconds * RATE_HZ) + 2) / RATE_HZ
    count = len(times)
    state = states_at(swim.bouts, times)
    mobile = (state != IMMOBILE).astype(float)
    strength = swim.vigour * (1 + 0.2 * _wander(rng, count, 0.6))
    activity = _smooth(
        mobile * np.clip(strength, 0.6 * swim.vigour, 1.4 * swim.vigour), swim.transition_s
    )
    rate = swim.stroke_hz * (1 + 0.08 * _wander(rng, count, 0.5))
    phase = 2 * np.pi * np.cumsum(rate) / RATE_HZ + rng.uniform(0, 6.28)
    climbing = _smooth((state == CLIMBING).astype(float), 0.3)
    floating = _smooth(1 - mobile, 0.3)
    pitch = (
        0.45 + 0.15 * floating + 0.95 * climbing + 0.05 * _wander(rng, count, 1.5) * (1 - floating)
    )
    limbs = activity[:, None] * np.sin(phase[:, None] + np.array([0.0, np.pi, np.pi + 0.6, 0.6]))
    limbs += _balancing(swim, 1 - mobile, times, rng)
    x, y, heading = _wander_in_disc(swim, activity, state, radius, rng)
    return Movement(
        x=x,
        y=y,
        heading=heading,
        pitch=pitch,
        bend=0.22 * activity * np.sin(phase + 0.4)
        + 0.1 * _wander(rng, count, 1.0) * (1 - floating),
        bob=0.02 * np.sin(2 * np.pi * 0.8 * times + rng.uniform(0, 6.28))
        + 0.025 * activity * np.sin(2 * phase),
        limbs=limbs,
        activity=activity,
        climbing=climbing,
        stir=_fading(activity, 1.2),
    )


def _balancing(swim: Swim, floating: Array, times: Array, rng: np.random.Generator) -> Array:
    """Single small strokes of one limb while the animal floats."""
    strokes = np.zeros((len(times), 4))
    for start in times[rng.random(len(times)) < swim.balancing / RATE_HZ]:
        length = rng.uniform(0.25, 0.5)
        inside = (times >= start) & (times < start + length)
        turn = (times[inside] - start) / length
        size = rng.uniform(0.2, 0.4)
        strokes[inside, rng.integers(4)] += size * np.sin(np.pi * turn) * np.sin(2 * np.pi * turn)
    return strokes * floating[:, None]


def _wander_in_disc(
    swim: Swim,
    activity: Array,
    state: Integers,
    radius: float,
    rng: np.random.Generator,
) -> tuple[Array, Array, Array]:
    """Swim about in a cylinder, keep to the wall when climbing, drift when floating."""
    count = len(activity)
    reach = max(radius - 0.45, 0.15)  # the nose, not the centre, meets the wall
    step = 1 / RATE_HZ
    turning = 1.6 * _wander(rng, count, 0.5)
    drift_way = np.cumsum(rng.normal(0, 0.12, count) * np.sqrt(step)) * 3 + rng.uniform(0, 6.28)
    drift_turn = swim.drift * 1.5 * _wander(rng, count, 1.5)
    angle, far = rng.uniform(0, 2 * np.pi), reach * np.sqrt(rng.uniform(0, 0.6))
    x, y, heading = far * np.cos(angle), far * np.sin(angle), rng.uniform(0, 2 * np.pi)
    speed_x = speed_y = turn = 0.0
    path = np.empty((count, 3))
    for index in range(count):
        away = np.hypot(x, y)
        if state[index] == IMMOBILE:
            aim_x = swim.drift * np.cos(drift_way[index])
            aim_y = swim.drift * np.sin(drift_way[index])
            aim_turn, ease = drift_turn[index], 0.35
        else:
            outward = np.arctan2(y, x) - heading
            outward = (outward + np.pi) % (2 * np.pi) - np.pi
            if state[index] == CLIMBING:
                aim_turn = 3.5 * np.clip(outward, -1, 1)
                pace = 1.5 * swim.speed if away < reach else 0.0
            else:
                near = max(0.0, away / reach - 0.7) / 0.3
                aim_turn = turning[index] - 2.0 * near * np.sign(outward) * (1 + np.cos(outward))
                pace = swim.speed * activity[index]
            aim_x, aim_y, ease = pace * np.cos(heading), pace * np.sin(heading), 0.12
        speed_x += (aim_x - speed_x) * step / ease
        speed_y += (aim_y - speed_y) * step / ease
        turn += (aim_turn - turn) * step / ease
        x, y, heading = x + speed_x * step, y + speed_y * step, heading + turn * step
        away = np.hypot(x, y)
        if away > reach:
            x, y = x * reach / away, y * reach / away
        path[index] = x, y, heading
    return path[:, 0], path[:, 1], path[:, 2]


def _wander(rng: np.random.Generator, count: int, seconds: float) -> Array:
    """Smooth noise of unit variance that forgets itself within some seconds."""
    width = max(int(seconds * RATE_HZ), 1)
    kernel = np.hanning(2 * width + 1)
    noise = np.convolve(rng.normal(size=count + 2 * width), kernel, mode="valid")
    return np.asarray(noise / np.sqrt((kernel**2).sum()))


def _smooth(values: Array, seconds: float) -> Array:
    """Smooth with a window of some seconds centred on each sample."""
    width = max(round(seconds * RATE_HZ / 2), 1)
    kernel = np.hanning(2 * width + 1)
    padded = np.pad(values, width, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _fading(values: Array, seconds: float) -> Array:
    """Follow values at once when they rise, and slowly when they fall."""
    keep = np.exp(-1 / (seconds * RATE_HZ))
    faded = np.empty_like(values)
    level = 0.0
    for index, value in enumerate(values):
        level = max(float(value), level * keep)
        faded[index] = level
    return faded
