"""World C's settings, drawn from a seed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from worlds.swim_c import SHORTEST_S, BoutC, SwimC

KINDS_C = (
    "mixed",
    "travels across the field",
    "rests at the wall",
    "drifts and balances",
    "mixed",
    "never floats",
    "weak paddling",
    "glides out after strokes",
    "rests at the wall",
    "always floats",
    "mixed",
    "floats from the first frame",
)
# coat, ground, view, lamps, smallness
LOOKS = {
    "black in a beaker": ("black", "white", "side", 1, 1.0),
    "white on a grey pool": ("white", "grey", "top", 0, 0.9),
    "white before a cluttered lab": ("white", "cluttered", "side", 1, 1.0),
    "grey on dark under lamps": ("grey", "dark", "top", 3, 0.85),
    "hooded on white": ("hooded", "white", "side", 1, 1.0),
    "black in a white pool": ("black", "white", "top", 0, 0.8),
    "small and brown": ("brown", "grey", "side", 1, 0.6),
    "black under mirrored lamps": ("black", "grey", "top", 4, 0.9),
    "white on grey": ("white", "grey", "side", 2, 1.0),
    "brown on white": ("brown", "white", "top", 1, 0.8),
    "grey on dark": ("grey", "dark", "side", 3, 0.95),
    "hooded over a cluttered floor": ("hooded", "cluttered", "top", 2, 0.9),
    "white on dark": ("white", "dark", "top", 2, 0.9),
    "black before a cluttered lab": ("black", "cluttered", "side", 2, 0.95),
}
SIZES = ((480, 360), (640, 480), (320, 240), (800, 600), (1280, 720))
SIZE_SHARES = (0.5, 0.36, 0.06, 0.05, 0.03)
SMALL, WIDE = 400, 700


@dataclass(frozen=True)
class LookC:
    """The look of a clip of world C.

    Parameters
    ----------
    name, coat, ground, view
        Name in `LOOKS`; the animals' coat; ``white``, ``grey``, ``dark`` or
        ``cluttered``; ``side`` or ``top``.
    lamps
        Lamps that the water and the glass mirror.
    elevation
        Of the camera above the horizon, radians.
    radius
        Of the cylinder, body lengths.
    milky
        Share of the light that is lost per body length under water.
    meniscus
        Width of the bright rim of the surface, body lengths.
    ripple, mirror, blur, noise, flicker
        Height of the waves, strength of mirror images, width of the camera's
        blur in px, its noise in grey levels, relative size of flicker.
    stoutness
        Of the animals.
    hand
        Whether a hand releases the animals.
    fps, width, height, arenas, crf
        As in the package's renderer.
    """

    name: str
    coat: str
    ground: str
    view: str
    lamps: int
    elevation: float
    radius: float
    milky: float
    meniscus: float
    ripple: float
    mirror: float
    blur: float
    noise: float
    flicker: float
    stoutness: float
    hand: bool
    fps: float
    width: int
    height: int
    arenas: int
    crf: int


@dataclass(frozen=True)
class Slot:
    """Where a cylinder is in the picture.

    Parameters
    ----------
    name
        The arena's name.
    column, row
        Middle of the water's surface, px in the full frame.
    radius
        Of the water's surface, px.
    left, top, width, height
        The part of the frame that the cylinder is drawn in.
    """

    name: str
    column: float
    row: float
    radius: float
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class ClipC:
    """One clip of world C."""

    kind: str
    look: LookC
    swims: tuple[SwimC, ...]

    def boxes(self) -> pd.DataFrame:
        """Return the arenas' boxes: arena, x_px, y_px, width_px, height_px, shape."""
        rows = []
        for slot in lay_out(self.look):
            wide = slot.radius * (1.06 if self.look.view == "top" else 1.0)
            above, below = wide, wide
            if self.look.view == "side":
                above = wide * (np.sin(self.look.elevation) + 1.05 / self.look.radius)
                below = min(1.35 * wide + 4, slot.top + slot.height - slot.row - 2)
            top = max(round(slot.row - above), 0)
            box = (round(slot.column - wide), top, round(2 * wide), round(slot.row + below) - top)
            rows.append((slot.name, *box, "rectangle" if self.look.view == "side" else "ellipse"))
        names = ["arena", "x_px", "y_px", "width_px", "height_px", "shape"]
        return pd.DataFrame(rows, columns=names)


def lay_out(look: LookC) -> list[Slot]:
    """Return the places of the cylinders: left to right, then top to bottom."""
    columns = 2 if look.arenas == 4 and look.view == "top" else look.arenas  # noqa: PLR2004
    rows = look.arenas // columns
    width, height = look.width // columns, look.height // rows
    slots = []
    for number in range(look.arenas):
        across, down = number % columns, number // columns
        if look.view == "top":
            radius = 0.44 * min(width, height)
            middle = 0.5
        else:
            radius = min(0.42 * width, 0.33 * height)
            middle = 0.43 if look.arenas < 4 else 0.45  # noqa: PLR2004
        left, top = across * width, down * height
        slots.append(
            Slot(
                str(number + 1),
                left + width / 2,
                top + middle * height,
                radius,
                left,
                top,
                width,
                height,
            )
        )
    return slots


def draw_c(rng: np.random.Generator, kind: str, seed: int, duration_s: float) -> ClipC:
    """Draw a clip.

    Parameters
    ----------
    rng
        Source of chance.
    kind
        One of `KINDS_C`.
    seed
        Chooses the look, so that the looks come in turn.
    duration_s
        Time from the last animal's entry to the end.

    Returns
    -------
    ClipC
        What to render.
    """
    across = kind.startswith(("travels", "glides"))
    names = [name for name, look in LOOKS.items() if not across or look[2] == "top"]
    # 5 has no factor in common with the numbers of looks and kinds.
    look = _draw_look(rng, kind, names[(5 * seed + seed // 12) % len(names)])
    swims = tuple(_draw_swim(rng, kind, look, duration_s, number) for number in range(look.arenas))
    return ClipC(kind, look, swims)


def _draw_look(rng: np.random.Generator, kind: str, name: str) -> LookC:
    """Draw camera, light, water and cylinder."""
    coat, ground, view, lamps, size = LOOKS[name]
    width, height = SIZES[rng.choice(len(SIZES), p=SIZE_SHARES)]
    across = kind.startswith(("travels", "glides"))
    small = size < 0.7  # noqa: PLR2004 - a share
    counts = [1] if width < SMALL or (small and width < WIDE) else [1, 2, 4]
    shares = np.array([0.5, 0.36, 0.14])[: len(counts)]
    if kind in ("always floats", "never floats"):
        shares = np.array([0.6, 0.4, 0.0])[: len(counts)]
    if across:
        counts, shares = [1], np.array([1.0])
    arenas = int(rng.choice(counts, p=shares / shares.sum()))
    radius = rng.uniform(0.85, 1.3) if view == "side" else rng.uniform(0.95, 1.8)
    if across:
        radius = rng.uniform(1.8, 3.6)
    elif arenas == 4:  # noqa: PLR2004
        radius = min(radius, 1.1)
    milky = float(rng.uniform(0.12, 0.55))
    if view == "top":
        milky = float(rng.uniform(2.5, 9) if ground == "white" else rng.uniform(0.6, 3))
    return LookC(
        name=name,
        coat=coat,
        ground=ground,
        view=view,
        lamps=lamps,
        elevation=float(np.pi / 2 if view == "top" else np.radians(rng.uniform(1, 25))),
        radius=float(radius / (0.75 if small else size**0.5)),
        milky=milky,
        meniscus=float(rng.uniform(0.02, 0.08)),
        ripple=float(rng.uniform(0.3, 1.3)),
        mirror=float(rng.uniform(0.15, 0.7)),
        blur=float(rng.uniform(0.45, 1.0)) * (1.3 if width > WIDE else 1.0),
        noise=float(rng.uniform(1.0, 4.0)),
        flicker=float(rng.choice([0.0, 0.004, 0.012])),
        stoutness=float(rng.uniform(0.95, 1.25)),
        hand=bool(rng.random() < 0.5) and kind != "floats from the first frame",  # noqa: PLR2004
        fps=float(
            rng.choice([25.0, 30.0, 15.0, 12.5, 10.0, 20.0], p=[0.6, 0.14, 0.1, 0.04, 0.06, 0.06])
        ),
        width=width,
        height=height,
        arenas=arenas,
        crf=int(rng.integers(20, 33)),
    )


def _draw_swim(
    rng: np.random.Generator, kind: str, look: LookC, duration_s: float, number: int
) -> SwimC:
    """Draw what one animal does."""
    entry = 1.8 + 1.4 * number + float(rng.uniform(0, 1)) if look.hand else 0.0
    weak, loose = kind == "weak paddling", kind == "drifts and balances"
    across, gliding = kind.startswith("travels"), kind.startswith("glides")
    resting = kind == "rests at the wall" or (
        kind in ("always floats", "floats from the first frame") and rng.random() < 0.5  # noqa: PLR2004
    )
    speed = float(rng.uniform(0.4, 1.0))
    if across or gliding:
        speed = float(rng.uniform(1.0, 3.0) if across else rng.uniform(0.8, 1.8))
    return SwimC(
        bouts=_draw_bouts(rng, kind, duration_s, look.view),
        entry_s=entry,
        radius=look.radius,
        vigour=float(rng.uniform(0.3, 0.45) if weak else rng.uniform(0.6, 1.15)),
        stroke_hz=float(np.exp(rng.uniform(np.log(2), np.log(8)))),
        speed=speed * (0.6 if weak else 1.0),
        drift=float(rng.uniform(0.06, 0.12) if loose else rng.uniform(0.0, 0.05)),
        spin=float(rng.uniform(-0.3, 0.3) if loose else rng.uniform(-0.06, 0.06)),
        balancing=float(rng.uniform(0.3, 0.7) if loose else rng.uniform(0, 0.25)),
        balance_size=float(rng.uniform(0.12, 0.28)),
        glide_s=float(rng.uniform(0.5, 0.9) if gliding else rng.uniform(0.25, 0.5)),
        soft_s=float(rng.uniform(0.1, 0.4)),
        pitch=float(rng.uniform(0.25, 0.6)),
        hunch=float(rng.uniform(0.4, 0.9)),
        rest=float(rng.uniform(0, 2 * np.pi)) if resting else float("nan"),
        tail_hang=float(rng.choice([0.0, 0.35, 0.6])),
    )


def _draw_bouts(
    rng: np.random.Generator, kind: str, duration_s: float, view: str
) -> tuple[BoutC, ...]:
    """Draw what the animal does from its entry to the end."""
    if kind in ("always floats", "floats from the first frame"):
        return (BoutC(0.0, duration_s, "float"),)
    moves, shares = ["paddle", "climb"], [0.85, 0.15]
    if kind.startswith(("travels", "glides")):
        moves, shares = ["travel", "paddle"], [0.85, 0.15]
    elif view == "top":
        moves, shares = ["paddle", "travel", "climb"], [0.6, 0.3, 0.1]
    elif kind == "weak paddling":
        moves, shares = ["paddle"], [1.0]
    means = {"float": rng.uniform(2.0, 6.0), "move": rng.uniform(2.0, 5.0)}
    if kind == "rests at the wall":
        moves, shares = ["paddle"], [1.0]
        means = {"float": rng.uniform(7, 12), "move": rng.uniform(1.2, 2.2)}
    elif kind.startswith("glides"):
        means = {"float": rng.uniform(1.5, 3), "move": rng.uniform(1.2, 2.5)}
    bouts, now = [], 0.0
    moving = kind != "rests at the wall" or rng.random() < 0.6  # noqa: PLR2004
    while now < duration_s:
        mean = means["move" if moving else "float"]
        long = max(float(mean * rng.gamma(2.0, 0.5)), SHORTEST_S)
        stop = now + long
        if stop > duration_s - SHORTEST_S:
            stop = duration_s
        manner = str(rng.choice(moves, p=shares)) if moving else "float"
        bouts.append(BoutC(now, stop, manner))
        now, moving = stop, kind == "never floats" or not moving
    return tuple(bouts)
