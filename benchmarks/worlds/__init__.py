"""Three rendered worlds that differ in kind, hard on purpose, to measure the scorer on.

World ``a`` is the package's own renderer with everything that makes scoring
hard drawn from the seed. World ``b`` shares nothing with it but the bouts and
the encoder: a body in three dimensions drawn as a soft distance field, hind
limbs that paddle, waves that bend the light, splashes, glare, rolling bands of
flicker, and soft transitions. World ``c`` is an anatomical rodent in a cylinder
whose surface is an ellipse that refracts and mirrors; it needs what
``requirements-world-c.txt`` lists, and only when a clip of it is rendered.
All of them are SYNTHETIC.

Seeds 0-999 are for tuning, 1000-1999 for testing: figures that are reported
come from the second, and nobody looks at them while tuning.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from behave.simulate.render import arena_boxes, render_video
from worlds.film_b import render_b
from worlds.film_c import render_c
from worlds.hard_a import KINDS, ClipA, draw_a
from worlds.hard_b import ClipB, draw_b
from worlds.hard_c import KINDS_C, ClipC, draw_c

TUNING_SEEDS = range(1000)
TEST_SEEDS = range(1000, 2000)
DURATION_S = {"a": 60.0, "b": 60.0, "c": 40.0}


@dataclass(frozen=True)
class HardClip:
    """A clip as drawn from its seed, not yet rendered.

    Parameters
    ----------
    world
        ``a``, ``b`` or ``c``.
    seed
        The seed that drew it.
    kind
        What is special about the animals (`KINDS`, in world c `KINDS_C`).
    drawn
        Look and behaviour.
    """

    world: str
    seed: int
    kind: str
    drawn: ClipA | ClipB | ClipC

    def render(self, path: Path) -> pd.DataFrame:
        """Render into an ``.mp4`` or ``.mkv`` file; return the truth of every frame.

        The columns are those of `behave.simulate.render.render_video`; for
        world c see `worlds.film_c.render_c`.
        """
        if isinstance(self.drawn, ClipA):
            return render_video(path, self.drawn.world, self.drawn.swims, self.seed)
        if isinstance(self.drawn, ClipC):
            return render_c(path, self.drawn, self.seed)
        return render_b(path, self.drawn, self.seed)

    def arenas(self) -> pd.DataFrame:
        """Return the arenas' boxes: arena, x_px, y_px, width_px, height_px, shape."""
        if isinstance(self.drawn, ClipA):
            return arena_boxes(self.drawn.world)
        return self.drawn.boxes()

    def settings(self) -> dict[str, object]:
        """Return the look, and the first animal's behaviour, as one flat row."""
        drawn = self.drawn
        look = asdict(drawn.world if isinstance(drawn, ClipA) else drawn.look)
        swim = {name: value for name, value in asdict(drawn.swims[0]).items() if name != "bouts"}
        return {"world_name": self.world, "seed": self.seed, "kind": self.kind, **look, **swim}


def draw_clip(
    world: str, seed: int, kind: str | None = None, duration_s: float | None = None
) -> HardClip:
    """Draw all settings of a clip from its seed.

    Parameters
    ----------
    world
        ``a``, ``b`` or ``c``.
    seed
        Below 1000 for tuning, from 1000 for testing.
    kind
        One of `KINDS` (`KINDS_C`); drawn in turn by the seed if not given.
    duration_s
        Time from the last animal's entry to the end; `DURATION_S` if not given.

    Returns
    -------
    HardClip
        The clip, not yet rendered.
    """
    kinds = KINDS_C if world == "c" else KINDS
    kind = kinds[seed % len(kinds)] if kind is None else kind
    duration_s = DURATION_S[world] if duration_s is None else duration_s
    rng = np.random.default_rng([ord(world), seed])
    drawn: ClipA | ClipB | ClipC
    if world == "c":
        drawn = draw_c(rng, kind, seed, duration_s)
    else:
        drawn = draw_a(rng, kind, duration_s) if world == "a" else draw_b(rng, kind, duration_s)
    return HardClip(world, seed, kind, drawn)


def hard_clip(world: str, seed: int, path: Path) -> pd.DataFrame:
    """Render the clip of a seed and return the truth of every frame."""
    return draw_clip(world, seed).render(path)
