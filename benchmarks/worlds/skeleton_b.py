"""World B's animal in motion: a spine, four limbs and a tail in three dimensions.

Hind limbs paddle with a quick power stroke and a slow recovery, each stroke
pushes the body on, forelimbs are tucked under the chin unless the animal
climbs, a float settles into its posture over most of a second, and the water
carries the floating animal round. Lengths are in body lengths; x and y lie in
the plane of the water, z points up and is 0 at its surface.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from behave.simulate.swim import Bout, states_at

RATE_HZ = 100
SPINE = np.linspace(0, 1, 9)  # 0 nose, 1 tail base
Array = NDArray[np.float64]


@dataclass(frozen=True)
class SwimB:
    """What one animal of world B does.

    Parameters
    ----------
    bouts
        From the entry on; the last goes on to the end.
    entry_s
        Video time at which a hand lets go; 0: there from the first frame.
    vigour, stroke_hz
        Strength and rate of the paddling.
    lag
        Phase between left and right hind limb, in turns; 0.5 alternates.
    speed
        Swimming speed, body lengths per second.
    drift, spin
        Passive drift (body lengths per second) and turning (rad per second)
        with the water.
    balancing
        Small strokes of one hind limb per second while floating.
    transition_s
        Time over which strokes swell or fade.
    settle_s
        Time constant in which a float settles into its posture.
    float_pitch
        Slope of the floating body, radians.
    """

    bouts: tuple[Bout, ...]
    entry_s: float
    vigour: float
    stroke_hz: float
    lag: float
    speed: float
    drift: float
    spin: float
    balancing: float
    transition_s: float
    settle_s: float
    float_pitch: float


@dataclass(frozen=True)
class Motion:
    """Everything that moves, on a grid of `RATE_HZ` from the entry; arrays of shape (n,)."""

    x: Array
    y: Array
    heading: Array
    pitch: Array
    arch: Array
    curve: Array
    rise: Array
    activity: Array
    climbing: Array
    stir: Array
    left: Array
    right: Array
    fore_left: Array
    fore_right: Array

    def at(self, since: float) -> dict[str, float]:
        """Return all values at a time from entry, by name."""
        place = min(max(since * RATE_HZ, 0.0), len(self.x) - 1.001)
        low = int(place)
        part = place - low
        return {
            name: float(values[low] * (1 - part) + values[low + 1] * part)
            for name, values in vars(self).items()
        }


def animate(swim: SwimB, radius: float, seconds: float, rng: np.random.Generator) -> Motion:
    """Turn bouts into motion.

    Parameters
    ----------
    swim
        What the animal does.
    radius
        Radius of the water in body lengths.
    seconds
        Time from entry to cover.
    rng
        Source of chance.

    Returns
    -------
    Motion
        On a grid of `RATE_HZ`.
    """
    times = np.arange(int(seconds * RATE_HZ) + 3) / RATE_HZ
    count = len(times)
    state = states_at(swim.bouts, times)
    mobile, up = (state != 0).astype(float), (state == 2).astype(float)  # noqa: PLR2004 - climbing
    activity = swim.vigour * _soften(mobile, swim.transition_s)
    activity = activity * np.clip(1 + 0.3 * _noise(rng, count, 0.4), 0.55, 1.5)
    climbing = _soften(up, max(swim.transition_s, 0.3))
    turns = np.cumsum(swim.stroke_hz * np.clip(1 + 0.15 * _noise(rng, count, 0.3), 0.6, 1.5))
    phase = 2 * np.pi * (turns / RATE_HZ + rng.random())
    left = activity * _stroke(phase)
    right = activity * _stroke(phase + 2 * np.pi * swim.lag)
    nudge = _nudges(swim, 1 - mobile, times, rng)
    fore = 0.15 + 0.85 * climbing
    aim = (0.3 + 0.1 * _noise(rng, count, 0.8)) * mobile + swim.float_pitch * (1 - mobile)
    aim = aim * (1 - up) + 1.4 * up
    pitch = _follow(aim, np.where(mobile > 0, 0.2, swim.settle_s))
    arch = _follow(0.25 * mobile + 0.8 * (1 - mobile), np.where(mobile > 0, 0.2, swim.settle_s))
    surge = swim.speed * activity * (1 + 0.5 * np.sin(2 * phase))  # each stroke pushes
    x, y, heading = _travel(swim, state, radius, surge, rng)
    return Motion(
        x=x,
        y=y,
        heading=heading,
        pitch=pitch,
        arch=arch * (1 - 0.8 * climbing),
        curve=np.clip(0.12 * np.gradient(heading) * RATE_HZ, -0.5, 0.5)
        + 0.1 * activity * np.sin(phase),
        rise=0.015 * np.sin(2 * np.pi * 0.6 * times + rng.uniform(0, 6.28))
        + 0.02 * activity * np.sin(2 * phase),
        activity=activity,
        climbing=climbing,
        stir=_decay(activity, 1.6),
        left=left + nudge[0],
        right=right + nudge[1],
        fore_left=fore * activity * _stroke(1.3 * phase),
        fore_right=fore * activity * _stroke(1.3 * phase + np.pi),
    )


def spine_points(pose: dict[str, float]) -> tuple[Array, Array, Array]:
    """Return the spine's points, and its forward and sideward directions, shape (9, 3) each."""
    # The trunk slopes down from a head held level; a float is more arched.
    slope = pose["pitch"] * np.clip(0.25 + 1.2 * SPINE, 0, 1.1)
    slope = slope + pose["arch"] * 0.5 * (SPINE - 0.55)
    slope = slope * (1 - pose["climbing"]) + pose["climbing"] * (pose["pitch"] + 0.1)
    way = pose["heading"] + pose["curve"] * np.cos(np.pi * SPINE)
    forward = np.stack(
        [np.cos(way) * np.cos(slope), np.sin(way) * np.cos(slope), np.sin(slope)], axis=1
    )
    side = np.stack([-np.sin(way), np.cos(way), np.zeros_like(way)], axis=1)
    points = -np.cumsum(forward, axis=0) / (len(SPINE) - 1)
    points += np.array([pose["x"], pose["y"], 0.0]) - points[4] * np.array([1, 1, 0])
    points[:, 2] += 0.02 + 0.22 * pose["climbing"] + pose["rise"] - points[1, 2]
    return points, forward, side


def limb_points(
    pose: dict[str, float], points: Array, forward: Array, side: Array, name: str
) -> Array:
    """Return hip, knee and toe of a limb, shape (3, 3)."""
    hind = name in ("left", "right")
    hand = 1.0 if name.endswith("left") else -1.0
    at = 7 if hind else 2
    upward = np.cross(forward[at], side[at])
    stroke = pose[name]
    hip = points[at] + side[at] * hand * (0.11 if hind else 0.06) - upward * 0.05
    swing = (1.25 if hind else 0.5 + 0.4 * pose["climbing"]) + (0.85 if hind else 0.6) * stroke
    back = -1.0 if hind else 1.0
    down = np.array([np.cos(swing) * back, -np.sin(swing)])
    splay = side[at] * hand * (0.45 if hind else 0.15)
    thigh = down[0] * forward[at] + down[1] * upward + splay
    knee = hip + (0.14 if hind else 0.1) * thigh
    bend = swing + (0.7 - 0.5 * stroke if hind else 0.6 * stroke)
    shin = np.cos(bend) * back * forward[at] - np.sin(bend) * upward + splay
    return np.array([hip, knee, knee + (0.2 if hind else 0.1) * shin])


def tail_points(pose: dict[str, float], points: Array, forward: Array) -> Array:
    """Return the tail's points, shape (7, 3): it trails, sinks and sways."""
    along = np.linspace(0, 1, 6)
    yaw = np.arctan2(-forward[-1, 1], -forward[-1, 0])
    yaw = yaw + (0.15 + 0.6 * min(pose["activity"], 1)) * np.sin(
        3 * along - 5 * pose["curve"] + pose["heading"]
    )
    sink = np.clip(0.35 + 0.9 * along, 0, 1.3)
    steps = np.stack(
        [np.cos(yaw) * np.cos(sink), np.sin(yaw) * np.cos(sink), -np.sin(sink)], axis=1
    )
    return np.vstack([points[-1], points[-1] + np.cumsum(steps * 0.14, axis=0)])


def _travel(
    swim: SwimB,
    state: NDArray[np.int64],
    radius: float,
    surge: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array, Array]:
    """Follow the wall while swimming, press to it while climbing, go with the water else."""
    count, step = len(surge), 1 / RATE_HZ
    reach = max(radius - 0.4, 0.12)
    turning, sway = 1.5 * _noise(rng, count, 0.7), _noise(rng, count, 2.0)
    sense = np.sign(_noise(rng, count, 6.0))  # round the pool one way, then the other
    angle, far = rng.uniform(0, 6.28), reach * rng.uniform(0.2, 0.9)
    x, y, heading = far * np.cos(angle), far * np.sin(angle), rng.uniform(0, 6.28)
    speed, spin, carry = 0.0, 0.0, np.zeros(2)
    path = np.empty((count, 3))
    for index in range(count):
        away, out = np.hypot(x, y), np.arctan2(y, x)
        if state[index] == 0:
            goal, aim = 0.0, swim.spin * (1 + 0.8 * sway[index])
            ease, give = 0.8, 0.6
        elif state[index] == 1:
            along = out + sense[index] * np.pi / 2 - heading
            along = (along + np.pi) % (2 * np.pi) - np.pi
            goal = surge[index]
            aim = turning[index] + 1.8 * np.clip(along, -1, 1) * (away / reach) ** 2
            ease, give = 0.25, 0.12
        else:
            off = (out - heading + np.pi) % (2 * np.pi) - np.pi
            goal, aim = (1.2 if away < reach else 0.0), 3.0 * np.clip(off, -1, 1)
            ease, give = 0.2, 0.12
        speed += (goal - speed) * step / ease
        spin += (aim - spin) * step / give
        flow = (
            swim.drift * np.array([np.cos(out + 1.9), np.sin(out + 1.9)]) * (1 + 0.5 * sway[index])
        )
        carry += (flow * (state[index] == 0) - carry) * step / 0.6
        heading += spin * step
        x += (speed * np.cos(heading) + carry[0]) * step
        y += (speed * np.sin(heading) + carry[1]) * step
        away = np.hypot(x, y)
        if away > reach:
            x, y = x * reach / away, y * reach / away
        path[index] = x, y, heading
    return path[:, 0], path[:, 1], path[:, 2]


def _stroke(phase: Array) -> Array:
    """Return a quick power stroke and a slow recovery."""
    return np.asarray(np.sin(phase + 0.7 * np.sin(phase)))


def _nudges(swim: SwimB, floating: Array, times: Array, rng: np.random.Generator) -> Array:
    """Small strokes of one hind limb while floating, shape (2, n)."""
    strokes = np.zeros((2, len(times)))
    for start in times[rng.random(len(times)) < swim.balancing / RATE_HZ]:
        length = rng.uniform(0.3, 0.7)
        turn = (times - start) / length
        pulse = np.where((turn >= 0) & (turn < 1), np.sin(np.pi * np.clip(turn, 0, 1)) ** 2, 0)
        strokes[rng.integers(2)] += rng.uniform(0.15, 0.35) * pulse
    return strokes * floating


def _soften(values: Array, seconds: float) -> Array:
    """Average over a window of some seconds centred on each sample."""
    width = max(round(seconds * RATE_HZ / 2), 1)
    kernel = np.hanning(2 * width + 3)[1:-1]
    padded = np.pad(values, len(kernel) // 2, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _noise(rng: np.random.Generator, count: int, seconds: float) -> Array:
    """Smooth noise of unit variance."""
    kernel = np.hanning(2 * max(int(seconds * RATE_HZ), 1) + 1)
    noise = np.convolve(rng.normal(size=count + len(kernel) - 1), kernel, mode="valid")
    return np.asarray(noise / np.sqrt((kernel**2).sum()))


def _follow(aim: Array, lag: Array) -> Array:
    """Approach an aim with a time constant of its own at every sample."""
    values, value = np.empty_like(aim), aim[0]
    for index in range(len(aim)):
        value += (aim[index] - value) / (lag[index] * RATE_HZ)
        values[index] = value
    return values


def _decay(values: Array, seconds: float) -> Array:
    """Rise at once, fall within some seconds."""
    keep, level, levels = np.exp(-1 / (seconds * RATE_HZ)), 0.0, np.empty_like(values)
    for index, value in enumerate(values):
        level = max(float(value), level * keep)
        levels[index] = level
    return levels
