"""How an animal hangs by its tail: struggles, the swing that they leave, climbing, a fall.

The states are given and the movements built from them, so the truth is exact.
An animal at rest goes on swinging: a pendulum that its struggles have pushed
loses its swing in some seconds, and nothing of that is its own movement.

Lengths are in body lengths (nose to tail base), angles in radians from straight down.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from behave.simulate.swim import Bout, random_bouts

Array = NDArray[np.float64]

RATE_HZ = 240  # a struggle has several samples in its fastest movement
WAYS = ("run", "bend", "twist", "pull")
# Time in which limbs fall into step or come to rest, and in which a tail is climbed.
TRANSITION_S, CLIMB_S = 0.12, 0.5
CLIMBING = "climbing"
# A body that falls: lengths per s per s, for a body of some 8 cm.
GRAVITY = 120.0


@dataclass(frozen=True)
class Hang:
    """What one animal does.

    Parameters
    ----------
    bouts
        Bouts without a gap from 0 s, counted from the entry: ``immobile``, anything
        else is mobile, and ``climbing`` is on its tail.
    entry_s
        Video time at which the hand lets go; 0: it hangs from the first frame.
    vigour
        Strength of its struggles; 1 is ordinary, 0.3 weak.
    tail
        Free length of the tail between tape and body.
    swing_hz
        Rate of the pendulum.
    damping
        Share of critical damping of the swing.
    push
        How strongly struggles push the pendulum.
    swing
        Amplitude of the swing at the entry, radians.
    breaths_hz
        Breaths per second; they widen the body by a fiftieth.
    twitches
        Small movements of one front paw per second of rest.
    falls_s
        Time from entry at which the tape comes off; none: never.
    """

    bouts: tuple[Bout, ...]
    entry_s: float = 0.0
    vigour: float = 1.0
    tail: float = 0.65
    swing_hz: float = 1.6
    damping: float = 0.04
    push: float = 1.0
    swing: float = 0.12
    breaths_hz: float = 2.5
    twitches: float = 0.1
    falls_s: float | None = None


@dataclass(frozen=True)
class Poses:
    """The body at given times, one item each.

    Parameters
    ----------
    swing, sag
        Angle of the tail, and of the body against the tail: both passive.
    bend, twist
        Bend along the body, radians, and torsion about it, -1 to 1.
    limbs
        Stroke of left fore, right fore, left hind, right hind, shape (n, 4).
    reach
        Share of the tail that is still below the tape: 1, less while it is climbed.
    curl
        Bend of a body that holds on to its tail, radians.
    breath
        Relative widening.
    drop
        Way fallen; 0 while it hangs.
    """

    swing: Array
    sag: Array
    bend: Array
    twist: Array
    limbs: Array
    reach: Array
    curl: Array
    breath: Array
    drop: Array


def draw_hang(
    rng: np.random.Generator, duration_s: float, immobile_share: float, entry_s: float
) -> Hang:
    """Draw an ordinary animal whose share of immobility is given."""
    return Hang(
        bouts=tuple(random_bouts(rng, duration_s, immobile_share)),
        entry_s=entry_s,
        vigour=float(rng.uniform(0.7, 1.2)),
        tail=float(rng.uniform(0.5, 0.8)),
        swing_hz=float(rng.uniform(1.4, 2.0)),
        damping=float(rng.uniform(0.02, 0.06)),
        push=float(rng.uniform(0.5, 1.3)),
    )


def pose(hang: Hang, times: Array, seed: int) -> Poses:
    """Return the body at times from entry; before it the animal hangs from the hand.

    Parameters
    ----------
    hang
        What the animal does.
    times
        Times from the entry, s, rising, shape (n,).
    seed
        Source of chance.
    """
    rng = np.random.default_rng(seed)
    fine = np.arange(-0.5, max(float(times[-1]), 0.0) + 0.5, 1 / RATE_HZ)
    mobile = np.zeros(fine.size)
    climbs = np.zeros(fine.size)
    way = np.zeros((4, fine.size))
    for bout in hang.bouts:
        inside = (fine >= bout.start_s) & (fine < bout.stop_s)
        if bout.state == "immobile":
            continue
        mobile[inside] = 1.0
        if bout.state == CLIMBING:
            climbs[inside] = 1.0
            continue
        weights = rng.dirichlet((1.2, 1.0, 0.6, 0.6))
        way[:, inside] = (weights / weights.max())[:, None]
    effort = hang.vigour * _smooth(mobile, TRANSITION_S)
    climbs = _smooth(climbs, CLIMB_S)
    run, bends, twists, pulls = (_smooth(one, TRANSITION_S) * effort for one in way)
    still = 1 - np.clip(effort / max(hang.vigour, 1e-9), 0, 1)

    stride = _phase(rng, fine, 6.0)
    strokes = np.stack([np.sin(stride + shift) for shift in (0.0, np.pi, np.pi, 0.0)], axis=1)
    limbs = strokes * (run + 0.5 * bends + 0.4 * pulls + 0.35 * effort * climbs)[:, None]
    limbs[:, 0] += 0.3 * _twitches(rng, fine, hang.twitches) * still
    bend = 0.8 * bends * np.sin(_phase(rng, fine, 1.8)) + 0.12 * run * np.sin(stride / 2)
    bend += 0.9 * pulls * np.abs(np.sin(_phase(rng, fine, 1.1)))
    twist = twists * np.sin(_phase(rng, fine, 2.2))
    drive = _smooth(rng.normal(0, 1, fine.size), 0.15) * np.sqrt(RATE_HZ * 0.15)
    swing = _pendulum(fine, hang, drive * (bends + 0.6 * run + 0.7 * twists + 0.5 * pulls))
    sag = 0.35 * (swing - _lagged(swing, 0.12))
    drop = np.zeros(fine.size)
    if hang.falls_s is not None:
        drop = 0.5 * GRAVITY * np.clip(fine - hang.falls_s, 0, None) ** 2

    def at(values: Array) -> Array:
        return np.interp(times, fine, values)

    return Poses(
        swing=at(swing),
        sag=at(sag),
        bend=at(bend),
        twist=at(twist),
        limbs=np.stack([at(limbs[:, leg]) for leg in range(4)], axis=1),
        reach=at(1 - 0.75 * climbs),
        curl=at(2.4 * climbs),
        breath=at(0.02 * np.sin(_phase(rng, fine, hang.breaths_hz))),
        drop=at(drop),
    )


def _pendulum(fine: Array, hang: Hang, drive: Array) -> Array:
    """Return the swing: pushed by struggles, damped, and left to itself at rest."""
    rate = 2 * np.pi * hang.swing_hz
    angle, speed, step = hang.swing, 0.0, 1 / RATE_HZ
    swing = np.empty(fine.size)
    for index, push in enumerate((5.0 * hang.push * drive).tolist()):
        speed += step * (-(rate**2) * np.sin(angle) - 2 * hang.damping * rate * speed + push)
        angle += step * speed
        swing[index] = angle
    return swing


def _phase(rng: np.random.Generator, fine: Array, hz: float) -> Array:
    """Return the phase of a movement whose rate wanders by a fifth."""
    wander = _smooth(rng.normal(0, 1, fine.size), 1.0) * np.sqrt(RATE_HZ)
    start = rng.uniform(0, 2 * np.pi)
    phase: Array = start + np.cumsum(2 * np.pi * hz * (1 + 0.2 * np.clip(wander, -2, 2)) / RATE_HZ)
    return phase


def _twitches(rng: np.random.Generator, fine: Array, per_s: float) -> Array:
    """Return single small strokes of a front paw, a third of a second each."""
    hits = (rng.random(fine.size) < per_s / RATE_HZ).astype(float)
    length = RATE_HZ // 3
    return np.convolve(hits, np.sin(np.linspace(0, np.pi, length)), "same").clip(0, 1)


def _smooth(values: Array, seconds: float) -> Array:
    """Return values averaged over a moving window."""
    width = max(round(seconds * RATE_HZ), 1)
    padded = np.pad(values, (width // 2, width - 1 - width // 2), "edge")
    return np.convolve(padded, np.full(width, 1 / width), "valid")


def _lagged(values: Array, seconds: float) -> Array:
    """Return values as they were some time before."""
    lag = max(round(seconds * RATE_HZ), 1)
    return np.concatenate([np.full(lag, values[0]), values[:-lag]])
