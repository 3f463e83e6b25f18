"""World A made hard on purpose: the package's own renderer with settings drawn from a seed.

Transitions are sharp, the animal is drawn with discs and lines in the plane,
and everything a laboratory's camera may do to the picture is drawn at random.
"""

from dataclasses import dataclass, replace

import numpy as np

from behave.simulate.render import World
from behave.simulate.swim import Bout, Swim, join, random_bouts

KINDS = (
    "mixed",
    "mixed",
    "mixed",
    "never floats",
    "mixed",
    "always floats",
    "weak paddling",
    "mixed",
    "drifts and balances",
    "floats from the first frame",
)


@dataclass(frozen=True)
class ClipA:
    """One clip of world A: its look and what its animals do."""

    kind: str
    world: World
    swims: tuple[Swim, ...]


def draw_a(rng: np.random.Generator, kind: str, duration_s: float) -> ClipA:
    """Draw a clip.

    Parameters
    ----------
    rng
        Source of chance.
    kind
        One of `KINDS`.
    duration_s
        Time from the last animal's entry to the end.

    Returns
    -------
    ClipA
        What to render.
    """
    world = _draw_recording(rng)
    one_state = kind in ("never floats", "always floats", "floats from the first frame")
    # Small pictures hold few cylinders: an animal keeps at least some 25 px.
    most = 2 if world.height < 400 or one_state else 4  # noqa: PLR2004 - px
    world = replace(
        world,
        arenas=int(rng.choice([count for count in (1, 2, 4) if count <= most])),
        light_step_s=float(rng.uniform(0.2, 0.9) * duration_s),
    )
    swims = tuple(_draw_swim(rng, kind, duration_s, arena) for arena in range(world.arenas))
    return ClipA(kind, world, swims)


def _draw_recording(rng: np.random.Generator) -> World:
    """Draw camera, light and water."""
    width, height, fps = RECORDINGS[rng.choice(len(RECORDINGS), p=[0.35, 0.2, 0.25, 0.2])]
    poor = height < 400  # noqa: PLR2004 - px
    return World(
        view=str(rng.choice(["side", "top"])),
        coat=str(rng.choice(["dark", "light"], p=[0.65, 0.35])),
        contrast=float(rng.uniform(0.4, 1.0)),
        animal_size=float(rng.uniform(0.6, 1.1)),
        ripples=float(rng.uniform(0.4, 2.0)),
        reflection=float(rng.uniform(0, 0.35)),
        noise=float(rng.uniform(0.8, 4.0)),
        flicker=_sometimes(rng, 0.4, 0.004, 0.025),
        flicker_hz=float(rng.uniform(2, 12)),
        light_step=_sometimes(rng, 0.3, 0.06, 0.2) * float(rng.choice([-1, 1])),
        light_drift=_sometimes(rng, 0.4, 0.05, 0.2) * float(rng.choice([-1, 1])),
        duplicates=_sometimes(rng, 0.25, 0.02, 0.1),
        variable_rate=bool(rng.random() < 0.15),  # noqa: PLR2004 - a share
        fps=fps,
        width=width,
        height=height,
        codec=str(rng.choice(["libx264", "mpeg4", "mjpeg"], p=[0.8, 0.1, 0.1])),
        crf=int(rng.integers(32, 37) if poor else rng.integers(22, 31)),
        preset="superfast",
    )


RECORDINGS = ((640, 480, 25.0), (640, 480, 60.0), (320, 240, 15.0), (800, 600, 30.0))


def _sometimes(rng: np.random.Generator, share: float, low: float, high: float) -> float:
    """Draw a value between bounds in a share of cases, else 0."""
    value = float(rng.uniform(low, high))
    return value if rng.random() < share else 0.0


def _draw_swim(rng: np.random.Generator, kind: str, duration_s: float, arena: int) -> Swim:
    """Draw what one animal does."""
    entry = 1.6 + 1.3 * arena + float(rng.uniform(0, 2))
    if kind == "never floats":
        bouts: tuple[Bout, ...] = join(random_bouts(rng, duration_s, 0.0))
    elif kind in ("always floats", "floats from the first frame"):
        bouts = (Bout(0.0, duration_s, "immobile"),)
    else:
        share = float(rng.uniform(0.2, 0.8))
        climbing = float(rng.choice([0.0, 0.15, 0.3]))
        bouts = join(random_bouts(rng, duration_s, share, climbing_share=climbing))
    weak, drifting = kind == "weak paddling", kind == "drifts and balances"
    return Swim(
        bouts=bouts,
        entry_s=0.0 if kind == "floats from the first frame" else entry,
        vigour=float(rng.uniform(0.3, 0.45) if weak else rng.uniform(0.5, 1.3)),
        stroke_hz=float(np.exp(rng.uniform(np.log(2.0), np.log(10.0)))),
        speed=float(rng.uniform(0.3, 1.4)),
        drift=float(rng.uniform(0.15, 0.35) if drifting else rng.uniform(0, 0.15)),
        balancing=float(rng.uniform(0.3, 0.7) if drifting else rng.uniform(0, 0.3)),
        transition_s=float(rng.uniform(0.04, 0.15)),
    )
