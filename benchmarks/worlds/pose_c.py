"""World C's poses, and the joints' angles that they mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LUMBAR_EXTEND = ("vertebra_1_extend", "vertebra_4_extend")
LUMBAR_BEND = ("vertebra_2_bend", "vertebra_5_bend")
NECK_EXTEND = (
    "vertebra_cervical_5_extend",
    "vertebra_cervical_2_extend",
    "vertebra_atlant_extend",
)
NECK_BEND = ("vertebra_cervical_4_bend", "vertebra_cervical_1_bend")


@dataclass(frozen=True)
class Pose:
    """How the animal is held and where it is, in body lengths and radians.

    Parameters
    ----------
    x, y, head
        Middle of the body in the plane of the water, y away from the camera,
        and height of the skull above the surface.
    heading, pitch, roll
        Direction of the nose in that plane, head above rump, and tilt.
    hunch, bend, nod
        Flexion of the back, its bend to the left, and turn of the head.
    hind, fore
        For left and right: swing of the limb (1 is stretched backwards) and
        its rate, a quarter of a stroke ahead.
    reach
        Weight of forelimbs that are stretched forward, from tucked (0) to 1.
    tail_wave, tail_curl, tail_phase
        Size of the wave that runs along the tail, its steady bend, and the wave's phase.
    tail_hang
        Share of the tail, from the tip, that hangs below the surface.
    """

    x: float
    y: float
    head: float
    heading: float
    pitch: float
    roll: float
    hunch: float
    bend: float
    nod: float
    hind: tuple[tuple[float, float], tuple[float, float]]
    fore: tuple[tuple[float, float], tuple[float, float]]
    reach: float
    tail_wave: float
    tail_curl: float
    tail_phase: float
    tail_hang: float


def turn(heading: float, pitch: float, roll: float) -> Array:
    """Return the root's quaternion."""
    cz, sz = np.cos(heading / 2), np.sin(heading / 2)
    cy, sy = np.cos(-pitch / 2), np.sin(-pitch / 2)
    cx, sx = np.cos(roll / 2), np.sin(roll / 2)
    return np.array(
        [
            cz * cy * cx + sz * sy * sx,
            cz * cy * sx - sz * sy * cx,
            cz * sy * cx + sz * cy * sx,
            sz * cy * cx - cz * sy * sx,
        ]
    )


def joint_angles(pose: Pose) -> dict[str, float]:
    """Return the joints' angles of a pose, the tail's apart."""
    angles: dict[str, float] = {"mandible": -0.5}
    # The head is held nearly level whatever the body does.
    level = np.clip(pose.pitch - 0.25, -0.6, 1.0)
    angles |= dict.fromkeys(LUMBAR_EXTEND, -pose.hunch / 2)
    angles |= dict.fromkeys(LUMBAR_BEND, -pose.bend / 2)
    angles |= {name: float(level) / 3 for name in NECK_EXTEND}
    angles |= dict.fromkeys(NECK_BEND, pose.nod / 2 + pose.bend / 4)
    for side, (swing, rate) in zip("LR", pose.hind, strict=True):
        angles[f"hip_{side}_extend"] = -0.45 + 0.85 * swing
        angles[f"hip_{side}_abduct"] = 0.05 + 0.15 * rate
        angles[f"knee_{side}"] = 0.1 + 0.6 * swing - 0.45 * rate
        angles[f"ankle_{side}"] = 0.75 + 0.5 * swing - 0.4 * rate
        angles[f"toe_{side}"] = 0.2 + 0.2 * rate
    for side, (swing, rate) in zip("LR", pose.fore, strict=True):
        angles[f"shoulder_{side}"] = 0.1 - 0.75 * pose.reach + 0.6 * swing
        angles[f"elbow_{side}"] = -1.1 + 0.7 * pose.reach + 0.5 * swing - 0.3 * rate
        angles[f"wrist_{side}"] = 1.0 - 0.6 * pose.reach - 0.3 * rate
        angles[f"finger_{side}"] = 0.6
    return {name: float(value) for name, value in angles.items()}
