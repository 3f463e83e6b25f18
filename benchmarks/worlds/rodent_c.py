"""World C's animal: the anatomical rodent of dm_control, posed and drawn in software.

The skeleton and the skin are those of the package ``dm_control`` (Apache-2.0).
Nothing of its physics is used: joints are set frame by frame, and ``mujoco``
draws the skin along parallel lines of sight. Needs what
``requirements-world-c.txt`` lists and OSMesa (Debian: ``libosmesa6``).
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.pose_c import Pose, joint_angles, turn
from worlds.skin_c import LARGEST, describe, paint, ramp

Picture = npt.NDArray[np.float32]

BODY_M = 0.185  # nose to tail base, in the model's metres: one body length
TAIL_LIES = 0.0  # height of a tail that lies in the surface
REACH = 2.5  # half the range of depth that is drawn, body lengths
TAIL_EXTEND = (1, 2, 3, 4, 5, 6, 7, 11, 15, 19, 23, 27)
TAIL_BEND = (1, 2, 3, 4, 5, 6, 9, 13, 17, 21, 25, 29)


@dataclass(frozen=True)
class View:
    """A parallel projection.

    Parameters
    ----------
    elevation
        Of the camera above the horizon, radians.
    scale
        Pixels per body length.
    half
        Half of the width of the drawing, body lengths.
    """

    elevation: float
    scale: float
    half: float

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the drawing in px; a level view is the less high."""
        half = min(self.half * np.sin(self.elevation) + 0.65 * np.cos(self.elevation), self.half)
        high, wide = (2 * round(float(side) * self.scale) for side in (half, self.half))
        return min(high, LARGEST), min(wide, LARGEST)


@dataclass(frozen=True)
class Drawing:
    """What a view shows, centred on the animal.

    Parameters
    ----------
    tone
        Grey level of the skin under the world's light, 0 to 1, times `seen`.
    seen
        1 where there is skin.
    height
        Height of the skin above the water, body lengths.
    centre
        What the middle of the drawing shows: right and up, body lengths.
    view
        How it was drawn.
    """

    tone: Picture
    seen: Picture
    height: Picture
    centre: tuple[float, float]
    view: View


@cache
def _library() -> Any:
    """Import mujoco with its software renderer."""
    os.environ.setdefault("MUJOCO_GL", "osmesa")
    import mujoco  # noqa: PLC0415 - no part of the product needs it

    return mujoco


@cache
def _assets() -> tuple[str, bytes]:
    """Return the rodent's description and skin as shipped."""
    import dm_control  # noqa: PLC0415 - no part of the product needs it

    folder = Path(dm_control.__file__).parent / "locomotion" / "walkers" / "assets"
    return (folder / "rodent.xml").read_text(), (folder / "rodent_walker_skin.skn").read_bytes()


class Rodent:
    """One animal that can be posed and drawn.

    Parameters
    ----------
    coat
        ``white``, ``brown``, ``grey``, ``black`` or ``hooded``.
    rng
        Source of chance for the coat's pattern.
    stoutness
        Width and height of the body; 1 is the model's own.
    """

    def __init__(self, coat: str, rng: np.random.Generator, stoutness: float = 1.0) -> None:
        mujoco = _library()
        text, skin = _assets()
        files = {"tones.png": ramp(), "skin.skn": paint(skin, coat, rng, stoutness)}
        self._model = mujoco.MjModel.from_xml_string(describe(text), files)
        self._data = mujoco.MjData(self._model)
        self._scene = mujoco.MjvScene(self._model, maxgeom=32)
        self._look = mujoco.MjvOption()
        self._eye = mujoco.MjvCamera()
        for name in ("SHADOW", "REFLECTION", "SKYBOX", "HAZE", "FOG"):
            self._scene.flags[getattr(mujoco.mjtRndFlag, f"mjRND_{name}")] = 0
        self._context = _context(self._model)
        self._at = {
            self._model.joint(n).name: int(self._model.jnt_qposadr[n])
            for n in range(self._model.njnt)
        }
        self._tail = [self._model.body(f"vertebra_C{n}").id for n in range(1, 31)]
        self._rows = [self._model.body(name).id for name in ("skull", "pelvis", "torso")]
        self._lift = np.zeros(len(TAIL_EXTEND))
        self._settled = False

    def pose(self, pose: Pose) -> None:
        """Put the animal into a pose; the tail follows with a lag of some frames."""
        mujoco = _library()
        values = self._data.qpos
        values[:] = 0
        values[3:7] = turn(pose.heading, pose.pitch, pose.roll)
        for name, value in joint_angles(pose).items():
            values[self._at[name]] = value
        for rank, number in enumerate(TAIL_BEND):
            along = rank / (len(TAIL_BEND) - 1)
            wave = pose.tail_wave * np.sin(pose.tail_phase - 4.5 * along) * (0.3 + along)
            values[self._at[f"vertebra_C{number}_bend"]] = wave + 0.16 * pose.tail_curl
        for _ in range(1 if self._settled else 150):
            self._stand(pose)
            self._bend_tail(pose)
        self._settled = True
        self._stand(pose)
        mujoco.mj_camlight(self._model, self._data)
        mujoco.mjv_updateScene(
            self._model,
            self._data,
            self._look,
            None,
            self._eye,
            mujoco.mjtCatBit.mjCAT_ALL,
            self._scene,
        )

    def _stand(self, pose: Pose) -> None:
        """Move the root so that the body's middle and the skull are where the pose says."""
        mujoco = _library()
        values = self._data.qpos
        for number, lift in zip(TAIL_EXTEND, self._lift, strict=True):
            values[self._at[f"vertebra_C{number}_extend"]] = lift
        mujoco.mj_kinematics(self._model, self._data)
        skull, pelvis, _ = self._data.xpos[self._rows]
        middle = (skull + pelvis) / 2
        wanted = np.array([pose.x, pose.y, pose.head]) * BODY_M
        values[:3] += wanted - [middle[0], middle[1], skull[2]]
        mujoco.mj_kinematics(self._model, self._data)

    def _bend_tail(self, pose: Pose) -> None:
        """Let the tail rise to the surface, lie in it and hang from it."""
        points = self._data.xpos[self._tail] / BODY_M
        for rank, number in enumerate(TAIL_EXTEND):
            last = min(number + 3, len(points) - 1)
            step = points[last] - points[last - 4]
            slope = np.arctan2(step[2], np.hypot(step[0], step[1]) + 1e-6)
            hangs = number / 30 > 1 - pose.tail_hang
            # It rises slowly and never stands out of the water.
            short = TAIL_LIES - points[last, 2]
            wanted = -1.35 if hangs else np.clip(short * (3 if short > 0 else 12), -1.0, 0.6)
            change = np.clip(0.15 * (wanted - slope), -0.05, 0.05) - 0.004 * self._lift[rank]
            self._lift[rank] = np.clip(self._lift[rank] + change, -0.6, 0.6)

    def draw(self, view: View) -> Drawing:
        """Draw the animal as posed."""
        mujoco = _library()
        high, wide = view.shape
        up_m, right_m = (0.5 * side / view.scale * BODY_M for side in (high, wide))
        cos, sin = float(np.cos(view.elevation)), float(np.sin(view.elevation))
        skull, pelvis, torso = self._data.xpos[self._rows]
        # A little behind the body's middle, for the tail.
        focus = 0.15 * skull + 0.55 * pelvis + 0.3 * torso
        forward = np.array([0, cos, -sin])
        up = np.array([0, sin, cos])
        reach = REACH * BODY_M
        eye = focus - reach * forward
        for camera in self._scene.camera:
            camera.orthographic = 1
            camera.pos, camera.forward, camera.up = eye, forward, up
            camera.frustum_center, camera.frustum_width = 0, right_m
            camera.frustum_bottom, camera.frustum_top = -up_m, up_m
            camera.frustum_near, camera.frustum_far = 0.01 * reach, 2 * reach
        area = mujoco.MjrRect(0, 0, wide, high)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        mujoco.mjr_render(area, self._scene, self._context)
        colour = np.empty((high, wide, 3), np.uint8)
        depth = np.empty((high, wide), np.float32)
        mujoco.mjr_readPixels(colour, depth, area, self._context)
        depth = depth[::-1]
        seen = (depth < 1).astype(np.float32)
        away = (0.01 + 1.99 * depth) * float(reach)
        rows = (np.arange(high)[::-1] + 0.5 - high / 2) / view.scale * BODY_M
        height = (eye[2] + rows[:, None] * cos - away * sin) / BODY_M
        tone = colour[::-1, :, 0].astype(np.float32) / 255 * seen
        centre = (float(focus[0]) / BODY_M, float(focus @ up) / BODY_M)
        return Drawing(tone, seen, height.astype(np.float32), centre, view)

    def middle(self) -> tuple[float, float, float]:
        """Return the body's middle: x, y, z in body lengths."""
        skull, pelvis, torso = self._data.xpos[self._rows]
        x, y, z = (skull + 2 * pelvis + 2 * torso) / 5 / BODY_M
        return float(x), float(y), float(z)


@cache
def _canvas() -> Any:
    """Return the software renderer's context, one for all animals."""
    context = _library().GLContext(LARGEST, LARGEST)
    context.make_current()
    return context


def _context(model: Any) -> Any:
    """Return what mujoco needs to draw a model."""
    mujoco = _library()
    _canvas()
    context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
    mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, context)
    return context
