"""World B's settings, drawn from a seed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from behave.simulate.swim import Bout, join, random_bouts
from worlds.pool_b import lay_out
from worlds.skeleton_b import SwimB


@dataclass(frozen=True)
class LookB:
    """The look of a clip of world B.

    Parameters
    ----------
    view, species, coat
        ``side`` or ``top``; ``mouse`` or ``rat``; ``dark``, ``light`` or
        ``hooded`` (dark head and shoulders, pale rump).
    contrast
        Difference between coat and water; 1 is ordinary.
    limb_contrast
        Difference between limbs and water as a share of the coat's.
    animal_size
        1 is ordinary.
    ripple, glare, splash
        Size of the waves, strength of the mirrored lamps, number of splashes.
    bands, band_hz
        Relative size of the bands of light that roll over the picture, and
        how many pass per second.
    blur
        Width of soft outlines in px.
    noise
        Camera noise in grey levels.
    shadow
        Strength of the animal's shadow on the floor.
    fps, width, height, arenas, crf
        As in the package's renderer.
    """

    view: str
    species: str
    coat: str
    contrast: float
    limb_contrast: float
    animal_size: float
    ripple: float
    glare: float
    splash: float
    bands: float
    band_hz: float
    blur: float
    noise: float
    shadow: float
    fps: float
    width: int
    height: int
    arenas: int
    crf: int


@dataclass(frozen=True)
class ClipB:
    """One clip of world B."""

    kind: str
    look: LookB
    swims: tuple[SwimB, ...]

    def boxes(self) -> pd.DataFrame:
        """Return the arenas' boxes: arena, x_px, y_px, width_px, height_px, shape."""
        look = self.look
        shape = "rectangle" if look.view == "side" else "ellipse"
        rows = [
            (basin.name, *basin.box, shape)
            for basin in lay_out(look.view, look.width, look.height, look.arenas)
        ]
        names = ["arena", "x_px", "y_px", "width_px", "height_px", "shape"]
        return pd.DataFrame(rows, columns=names)


def draw_b(rng: np.random.Generator, kind: str, duration_s: float) -> ClipB:
    """Draw a clip; see `worlds.hard_a.draw_a`."""
    width, height, fps = ((480, 360, 25.0), (640, 480, 30.0), (400, 300, 15.0), (400, 400, 50.0))[
        rng.choice(4, p=[0.4, 0.25, 0.2, 0.15])
    ]
    species = str(rng.choice(["mouse", "rat"], p=[0.6, 0.4]))
    look = LookB(
        view=str(rng.choice(["side", "top"])),
        species=species,
        coat=str(rng.choice(["dark", "light", "hooded"], p=[0.4, 0.25, 0.35])),
        contrast=float(rng.uniform(0.5, 1.0)),
        limb_contrast=float(rng.uniform(0.3, 0.7)),
        animal_size=float(rng.uniform(0.75, 1.15)),
        ripple=float(rng.uniform(0.2, 1.2)),
        glare=float(rng.uniform(0, 0.2)),
        splash=float(rng.choice([0.0, 0.5, 1.5])),
        bands=float(rng.choice([0.0, 0.01, 0.03])),
        band_hz=float(rng.uniform(-3, 3)),
        blur=float(rng.uniform(1.2, 3.0)),
        noise=float(rng.uniform(1.0, 4.0)),
        shadow=float(rng.uniform(0, 0.25)),
        fps=fps,
        width=width,
        height=height,
        arenas=int(rng.choice([1, 2])),
        crf=int(rng.integers(22, 33)),
    )
    swims = tuple(_draw_swim(rng, kind, species, duration_s, arena) for arena in range(look.arenas))
    return ClipB(kind, look, swims)


def _draw_swim(
    rng: np.random.Generator, kind: str, species: str, duration_s: float, arena: int
) -> SwimB:
    """Draw what one animal does."""
    entry = 1.6 + 1.2 * arena + float(rng.uniform(0, 1.5))
    if kind == "floats from the first frame" or rng.random() < 0.3:  # noqa: PLR2004 - a share
        entry = 0.0
    if kind == "never floats":
        bouts: tuple[Bout, ...] = join(random_bouts(rng, duration_s, 0.0))
    elif kind in ("always floats", "floats from the first frame"):
        bouts = (Bout(0.0, duration_s, "immobile"),)
    else:
        share, climbing = float(rng.uniform(0.2, 0.8)), float(rng.choice([0.0, 0.2]))
        bouts = join(random_bouts(rng, duration_s, share, climbing_share=climbing))
    weak, drifting = kind == "weak paddling", kind == "drifts and balances"
    return SwimB(
        bouts=bouts,
        entry_s=entry,
        vigour=float(rng.uniform(0.4, 0.55) if weak else rng.uniform(0.6, 1.2)),
        stroke_hz=float(np.exp(rng.uniform(np.log(2), np.log(10 if species == "mouse" else 7)))),
        lag=float(rng.uniform(0.35, 0.5)),
        speed=float(rng.uniform(0.2, 1.1)),
        drift=float(rng.uniform(0.12, 0.25) if drifting else rng.uniform(0, 0.1)),
        spin=float(rng.uniform(-0.35, 0.35) if drifting else rng.uniform(-0.12, 0.12)),
        balancing=float(rng.uniform(0.2, 0.5) if drifting else rng.uniform(0, 0.2)),
        transition_s=float(rng.uniform(0.2, 0.6)),
        settle_s=float(rng.uniform(0.3, 0.8)),
        float_pitch=float(rng.uniform(0.35, 1.0)),
    )
