"""The tail suspension world made hard on purpose: settings drawn from a seed."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from behave.simulate.suspension import Hang, draw_hang
from behave.simulate.suspension_render import SuspensionWorld, compartments, render_suspension
from behave.simulate.swim import Bout

KINDS = (
    "mixed",
    "large swings",
    "weak struggles",
    "hand hangs them one after the other",
    "never moves",
    "climbs its tail",
    "neighbour's shadow",
    "never stops",
    "falls",
    "low contrast, light step",
)
WIDE_SWING = 0.7  # radians to which ordinary struggles push a pendulum
FIRST_ONLY = ("never moves", "never stops", "climbs its tail", "falls")
RECORDINGS = (
    (320, 240, 15.0),
    (640, 480, 25.0),
    (640, 480, 30.0),
    (1280, 720, 30.0),
    (640, 360, 60.0),
)


@dataclass(frozen=True)
class SuspendedClip:
    """One clip: its look and what its animals do."""

    kind: str
    world: SuspensionWorld
    hangs: tuple[Hang, ...]
    seed: int
    duration_s: float

    def render(self, path: Path) -> pd.DataFrame:
        """Render it; see `render_suspension`."""
        return render_suspension(path, self.world, self.hangs, self.seed, self.duration_s)

    def boxes(self) -> list[tuple[float, float, float, float]]:
        """Return the compartments' boxes."""
        return compartments(self.world)


def draw_suspended(seed: int, duration_s: float = 40.0) -> SuspendedClip:
    """Draw the clip of a seed."""
    rng = np.random.default_rng(seed)
    kind = KINDS[seed % len(KINDS)]
    width, height, fps = RECORDINGS[int(rng.choice(len(RECORDINGS), p=[0.2, 0.3, 0.25, 0.1, 0.15]))]
    arenas = int(rng.integers(1, 4 if width < 640 else 5))  # noqa: PLR2004 - px
    world = SuspensionWorld(
        width=width,
        height=height,
        fps=fps,
        arenas=arenas,
        view=str(rng.choice(["side", "front", "back"])),
        body=min(float(rng.uniform(0.24, 0.34)), 0.55 * width / arenas / height),
        bar=float(rng.uniform(0.04, 0.12)),
        gradient=float(rng.uniform(-0.3, 0.3)),
        shadow=float(rng.uniform(0.0, 0.08)),
        noise=float(rng.uniform(0.8, 4.0)),
        blur_px=float(rng.uniform(0.5, 1.2)),
        crf=int(rng.integers(18, 33)),
    )
    dark = rng.random() < 0.65  # noqa: PLR2004 - most coats
    coat, wall = (rng.uniform(0.05, 0.2), rng.uniform(0.5, 0.85)) if dark else (
        rng.uniform(0.75, 0.92), rng.uniform(0.15, 0.45))  # fmt: skip
    if kind == "low contrast, light step":
        wall = coat + (0.2 if dark else -0.2)
        world = replace(
            world, light_step=float(rng.choice([-0.2, 0.15])), noise=min(world.noise, 2.5)
        )
    if kind == "neighbour's shadow":
        world = replace(world, shadow=0.18, arenas=max(arenas, 2), body=min(world.body, 0.27))
    world = replace(world, coat=float(coat), wall=float(wall), light_step_s=0.6 * duration_s)
    hand = kind == "hand hangs them one after the other" or rng.random() < 0.4  # noqa: PLR2004 - some
    hangs = tuple(
        _within(world, _draw(rng, kind, number, duration_s, hand=hand))
        for number in range(world.arenas)
    )
    return SuspendedClip(kind, world, hangs, seed, duration_s)


def _draw(
    rng: np.random.Generator, kind: str, number: int, duration_s: float, *, hand: bool
) -> Hang:
    """Draw one animal."""
    hang = draw_hang(
        rng, duration_s, float(rng.uniform(0.2, 0.8)), 2.5 + 2.0 * number if hand else 0.0
    )
    hang = replace(hang, swing=float(rng.uniform(0.03, 0.3)), breaths_hz=float(rng.uniform(1.5, 4)))
    if number > 0 and kind in FIRST_ONLY:
        return hang
    changes: dict[str, dict[str, Any]] = {
        "large swings": {"swing": 0.5, "damping": 0.015, "push": 1.6},
        "weak struggles": {"vigour": float(rng.uniform(0.35, 0.55))},
        "never moves": {"bouts": (Bout(0, duration_s, "immobile"),), "swing": 0.1},
        "never stops": {"bouts": (Bout(0, duration_s, "swimming"),)},
        "climbs its tail": {"bouts": _with_climb(hang.bouts, 0.35 * duration_s, 0.5 * duration_s)},
        "falls": {"falls_s": 0.55 * duration_s},
    }
    return replace(hang, **changes.get(kind, {}))


def _within(world: SuspensionWorld, hang: Hang) -> Hang:
    """Return an animal that swings no farther than its partitions let it."""
    reach = (hang.tail + 1) * world.body * world.height
    widest = float(np.arcsin(min(0.45 * world.width / world.arenas / reach, 0.9)))
    return replace(
        hang, swing=min(hang.swing, widest), push=hang.push * min(widest / WIDE_SWING, 1.0)
    )


def _with_climb(bouts: tuple[Bout, ...], start_s: float, stop_s: float) -> tuple[Bout, ...]:
    """Return bouts with a stretch on the tail in place of what was there."""
    before = [replace(b, stop_s=min(b.stop_s, start_s)) for b in bouts if b.start_s < start_s]
    after = [replace(b, start_s=max(b.start_s, stop_s)) for b in bouts if b.stop_s > stop_s]
    return (*before, Bout(start_s, stop_s, "climbing"), *after)
