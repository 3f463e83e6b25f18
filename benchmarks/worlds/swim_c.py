"""World C's behaviour: what an animal does, and the poses that follow from it.

Bouts are half-open intervals from the animal's entry. An animal that is
``immobile`` floats: it drifts, turns slowly, breathes, glides out after its
last stroke and now and then makes a small balancing stroke with one limb. A
``mobile`` one paddles, swims across the field or climbs at the wall.
"""

from dataclasses import dataclass, replace

import numpy as np

from worlds.pose_c import Array, Pose

RATE_HZ = 100
MANNERS = ("float", "paddle", "travel", "climb")
SHORTEST_S = 0.5


@dataclass(frozen=True)
class BoutC:
    """What the animal does from one time to another: ``manner`` is one of `MANNERS`."""

    start_s: float
    stop_s: float
    manner: str


@dataclass(frozen=True)
class SwimC:
    """What one animal does in its cylinder.

    Parameters
    ----------
    bouts
        They follow each other without a gap from 0 s.
    entry_s
        Video time at which a hand lets go; 0: it is there from the first frame.
    radius
        Of the cylinder, body lengths.
    vigour
        Size of the strokes; 1 is ordinary, 0.35 weak.
    stroke_hz
        Strokes per second of each limb.
    speed
        Of travelling, body lengths per second; paddling is slower.
    drift, spin
        Of the floating animal: body lengths and radians per second.
    balancing, balance_size
        Small strokes of one limb per second of floating, and their size.
    glide_s
        Time constant with which travel dies away after the last stroke.
    soft_s
        Time over which strokes swell or fade, centred on the bout's start.
    pitch, hunch
        Posture while it floats.
    rest
        Angle of the place at the wall where it stays; NaN: anywhere.
    tail_hang
        Share of the tail that hangs.
    """

    bouts: tuple[BoutC, ...]
    entry_s: float
    radius: float
    vigour: float
    stroke_hz: float
    speed: float
    drift: float
    spin: float
    balancing: float
    balance_size: float
    glide_s: float
    soft_s: float
    pitch: float
    hunch: float
    rest: float
    tail_hang: float


@dataclass(frozen=True)
class Performance:
    """An animal's movements on a fine grid of time from its entry.

    Parameters
    ----------
    values
        The quantities of `Pose` by name, shape (n,), limbs as ``hind_l``...
    stir
        How stirred the water is, shape (n,).
    """

    values: dict[str, Array]
    stir: Array

    def at(self, since_s: float) -> Pose:
        """Return the pose at a time since the entry."""
        place = since_s * RATE_HZ
        first = int(np.clip(place, 0, len(self.stir) - 2))
        share = float(np.clip(place - first, 0, 1))
        now = {
            name: float(row[first] + share * (row[first + 1] - row[first]))
            for name, row in self.values.items()
        }
        limbs = {
            pair: tuple(
                (now.pop(f"{pair}_{side}"), now.pop(f"{pair}_{side}_rate")) for side in "lr"
            )
            for pair in ("hind", "fore")
        }
        return Pose(**now, **limbs)  # type: ignore[arg-type]

    def stirred(self, since_s: float) -> float:
        """Return how stirred the water is at a time since the entry."""
        return float(self.stir[int(np.clip(since_s * RATE_HZ, 0, len(self.stir) - 1))])


def held(pose: Pose, lift: float) -> Pose:
    """Return the pose of an animal that a hand holds above the water."""
    return replace(pose, head=pose.head + lift, tail_hang=1.0)


def perform(swim: SwimC, rng: np.random.Generator) -> Performance:
    """Turn what an animal does into movements."""
    count = round((swim.bouts[-1].stop_s + 1) * RATE_HZ)
    time = np.arange(count) / RATE_HZ
    weight = {manner: _envelope(swim, manner, time) for manner in MANNERS}
    active = 1 - weight["float"]
    pace = swim.stroke_hz * (0.9 + 0.15 * weight["travel"] + 0.1 * _noise(rng, count, 1.5))
    phase = 2 * np.pi * np.cumsum(pace) / RATE_HZ + rng.uniform(0, 6)
    size = swim.vigour * active * (1 + 0.15 * _noise(rng, count, 1.0))
    limbs = _limbs(swim, weight, size, phase, rng)
    path = _path(swim, weight, size, rng)
    breath = 2 * np.pi * rng.uniform(1.8, 3.2) * time
    floats, climbs = weight["float"], weight["climb"]
    slow = _noise(rng, count, 3.0)
    swing = np.sin(phase)
    bob = 0.005 * np.sin(breath) * floats + 0.012 * size * np.sin(phase + 1) + 0.008 * slow
    values = limbs | {
        "x": path[0],
        "y": path[1],
        "heading": path[2],
        "head": 0.09 + 0.025 * floats + bob + 0.1 * climbs - 0.015 * weight["travel"],
        "pitch": swim.pitch * floats
        + (0.32 * weight["paddle"] + 0.16 * weight["travel"] + 1.15 * climbs)
        + 0.03 * slow
        + 0.02 * size * np.sin(2 * phase),
        "roll": 0.06 * _noise(rng, count, 2.5) + 0.05 * size * swing,
        "hunch": swim.hunch * floats
        + 0.12 * weight["paddle"]
        - 0.1 * climbs
        + 0.012 * np.sin(breath),
        "bend": 0.12 * floats * slow + path[3] + 0.12 * size * swing,
        "nod": 0.15 * _noise(rng, count, 2.0) * (0.4 + active) - 0.08 * size * swing,
        "reach": 0.9 * climbs + 0.25 * weight["travel"] + 0.15 * floats,
        "tail_wave": 0.025 + 0.11 * np.minimum(size, 1) * (1 + 0.5 * weight["travel"]),
        "tail_curl": 0.7 * _noise(rng, count, 6.0) - 1.5 * path[3],
        "tail_phase": np.cumsum(0.6 + 4.0 * active * swim.stroke_hz * 0.5) / RATE_HZ,
        "tail_hang": swim.tail_hang * (floats + 0.3 * active),
    }
    return Performance(values, _decay(size, 1.2))


def _envelope(swim: SwimC, manner: str, time: Array) -> Array:
    """Return the weight of a manner; the weights of all sum to 1."""
    stops = np.array([bout.stop_s for bout in swim.bouts])
    which = np.clip(np.searchsorted(stops, time, side="right"), 0, len(stops) - 1)
    hard = np.array([bout.manner == manner for bout in swim.bouts])[which].astype(float)
    width = max(round(swim.soft_s * RATE_HZ) | 1, 3)
    kernel = np.hanning(width + 2)
    padded = np.pad(hard, width // 2 + 1, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _noise(rng: np.random.Generator, count: int, slow_s: float) -> Array:
    """Return smooth noise of variance about 1."""
    knots = max(int(count / RATE_HZ / slow_s * 2) + 4, 6)
    coarse = rng.normal(0, 1, knots)
    fine = np.interp(np.linspace(1, knots - 2, count), np.arange(knots), coarse)
    width = max(round(slow_s * RATE_HZ / 2) | 1, 3)
    kernel = np.hanning(width + 2)
    padded = np.pad(fine, width // 2 + 1, mode="edge")
    return 1.2 * np.convolve(padded, kernel / kernel.sum(), mode="valid")[:count]


def _decay(size: Array, tau_s: float) -> Array:
    """Return what outlasts strokes of a size: it follows at once and dies slowly."""
    out, level = np.empty_like(size), 0.0
    for index, now in enumerate(size):
        level = max(level * (1 - 1 / (tau_s * RATE_HZ)), level + (now - level) * 0.06)
        out[index] = level
    return out


def _limbs(
    swim: SwimC, weight: dict[str, Array], size: Array, phase: Array, rng: np.random.Generator
) -> dict[str, Array]:
    """Return the swings of the limbs, hind ones mostly, balancing strokes with them."""
    count = len(size)
    fore_share = 0.15 * weight["paddle"] + 0.1 * weight["travel"] + 1.1 * weight["climb"]
    rest = {"hind": -0.1, "fore": 0.0}
    limbs: dict[str, Array] = {}
    for pair, share in (("hind", 0.55 + 0.45 * (1 - weight["climb"])), ("fore", fore_share)):
        for side, offset in (("l", 0.0), ("r", np.pi)):
            turn = phase + offset + (0.8 if pair == "fore" else 0.0)
            kick = _balance(swim, weight["float"], count, rng)
            kick = kick if pair == "hind" else 0.5 * kick
            amplitude = size * share
            idle = rest[pair] * weight["float"] + 0.05 * _noise(rng, count, 2.5)
            limbs[f"{pair}_{side}"] = amplitude * np.sin(turn) + idle + kick
            limbs[f"{pair}_{side}_rate"] = amplitude * np.cos(turn)
    return limbs


def _balance(swim: SwimC, floats: Array, count: int, rng: np.random.Generator) -> Array:
    """Return small single strokes at random times of floating."""
    kicks = np.zeros(count)
    for _ in range(rng.poisson(swim.balancing / 4 * count / RATE_HZ)):
        start = int(rng.integers(0, count))
        long = int(rng.uniform(0.35, 0.8) * RATE_HZ)
        stop = min(start + long, count)
        shape = np.sin(np.pi * np.arange(stop - start) / long) ** 2
        kicks[start:stop] += swim.balance_size * rng.uniform(0.6, 1.2) * shape
    return kicks * floats


def _path(
    swim: SwimC, weight: dict[str, Array], size: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array, Array]:
    """Return the middle's place, the heading and the body's bend."""
    count = len(size)
    wander = 1.1 * _noise(rng, count, 1.2)
    # Now and then it leaves the wall and crosses the field.
    shy = 0.12 + 0.6 * min(swim.radius - 0.8, 1.2) * np.maximum(_noise(rng, count, 2.5), 0)
    flow = swim.drift * np.stack([_noise(rng, count, 4.0), _noise(rng, count, 4.0)])
    spin = swim.spin * (0.7 + 0.5 * _noise(rng, count, 5.0))
    resting = np.isfinite(swim.rest)
    angle = swim.rest if resting else rng.uniform(0, 2 * np.pi)
    ring = swim.radius - 0.3
    place = (
        (1.0 if resting else rng.uniform(0, 0.8)) * ring * np.array([np.cos(angle), np.sin(angle)])
    )
    home = place.copy()
    heading = angle + (
        rng.choice([-1, 1]) * rng.uniform(0.2, 1.6) if resting else rng.uniform(0, 6)
    )
    home_heading = heading
    speed, turn, side = 0.0, 0.0, float(rng.choice([-1, 1]))
    rows = np.empty((4, count))
    step = 1 / RATE_HZ
    for index in range(count):
        floats = weight["float"][index]
        push = weight["travel"][index] * swim.speed + weight["paddle"][index] * (
            0.12 if resting else 0.45 * swim.speed * size[index]
        )
        push += 0.3 * weight["climb"][index]
        tau = 0.25 if push > speed else swim.glide_s
        speed += (push - speed) * step / tau
        nose = np.array([np.cos(heading), np.sin(heading)])
        ahead = place + nose * (0.45 + 0.35 * speed)
        crowd = np.hypot(*ahead) - (swim.radius - shy[index])
        calm = weight["travel"][index] + weight["climb"][index]
        steer = wander[index] * (1 - 0.75 * calm)
        if crowd > 0 and weight["climb"][index] < 0.5:  # noqa: PLR2004 - half
            # It turns to where the wall lets it go on.
            across = nose[0] * place[1] - nose[1] * place[0]
            side = -float(np.sign(across)) if abs(across) > 0.15 * swim.radius else side
            steer += side * min(9 * crowd, 3.0 + 1.5 * speed)
        if resting:
            steer = 0.4 * wander[index] + 2 * np.sin(home_heading - heading)
        wanted = (1 - floats) * steer + floats * spin[index]
        turn += (wanted - turn) * step / (0.18 + 0.25 * floats)
        heading += turn * step
        flowing = flow[:, index] * floats * (0.2 if resting else 1.0)
        place = place + (speed * nose + flowing) * step
        if resting:
            place += (home - place) * step * 1.5
        place = _keep_inside(place, nose, swim.radius)
        rows[:, index] = *place, heading, np.clip(0.2 * turn, -0.5, 0.5)
    return rows[0], rows[1], rows[2], rows[3]


def _keep_inside(place: Array, nose: Array, radius: float) -> Array:
    """Move an animal back that would reach through the wall."""
    for along, wide in ((0.45, 0.05), (0.05, 0.2), (-0.38, 0.16)):
        point = place + along * nose
        far = float(np.hypot(*point))
        over = far - (radius - wide)
        if over > 0:
            place = place - 0.7 * over * point / far
    return place
