"""World C's rodent as shipped by dm_control, made ready to be posed and drawn."""

import struct
from typing import Any
from xml.etree import ElementTree as ET

import cv2
import numpy as np

LARGEST = 720  # px of the largest drawing
STRIPPED = ("actuator", "sensor", "tendon", "contact", "keyframe", "equality", "size")


def describe(text: str) -> str:
    """Return the rodent's description with its bones' outlines and muscles taken out."""
    root = ET.fromstring(text)  # noqa: S314 - shipped with an installed package
    for tag in STRIPPED:
        for element in root.findall(tag):
            root.remove(element)
    world = root.find("worldbody")
    _strip(world)
    world.find("body").insert(0, ET.Element("freejoint", name="root"))
    root.find("compiler").set("boundmass", "0.001")
    root.find("compiler").set("boundinertia", "1e-6")
    asset, visual = root.find("asset"), root.find("visual")
    asset.clear()
    visual.clear()
    ET.SubElement(asset, "texture", name="tones", type="2d", file="tones.png")
    shine = {"specular": "0.25", "shininess": "0.4"}
    ET.SubElement(asset, "material", name="coat", texture="tones", **shine)
    ET.SubElement(asset, "skin", name="skin", file="skin.skn", material="coat")
    lamp = {"directional": "true", "diffuse": ".5 .5 .5", "specular": ".25 .25 .25"}
    ET.SubElement(world, "light", dir="0.3 0.4 -1", ambient=".35 .35 .35", **lamp)
    ET.SubElement(visual, "headlight", ambient=".2 .2 .2", diffuse=".2 .2 .2", specular="0 0 0")
    ET.SubElement(visual, "quality", shadowsize="0", offsamples="0")
    ET.SubElement(visual, "global", offwidth=str(LARGEST), offheight=str(LARGEST))
    return ET.tostring(root, encoding="unicode")


def _strip(body: Any) -> None:
    """Remove everything from a body and its children but joints."""
    for child in list(body):
        if child.tag in ("geom", "site", "camera", "light"):
            body.remove(child)
        elif child.tag == "body":
            _strip(child)


def ramp() -> bytes:
    """Return a texture whose column is its grey level."""
    grey = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    return cv2.imencode(".png", cv2.merge([grey, grey, grey]))[1].tobytes()


COATS = {
    # fur, belly, bare skin (paws, tail, nose)
    "white": (0.95, 0.9, 0.66),
    "brown": (0.34, 0.5, 0.36),
    "grey": (0.46, 0.6, 0.45),
    "black": (0.07, 0.12, 0.16),
    "hooded": (0.95, 0.9, 0.62),
}
BARE = ("foot", "toe", "hand", "finger", "vertebra_C")


def paint(skin: bytes, coat: str, rng: np.random.Generator, stoutness: float) -> bytes:
    """Return the skin with a grey level for each of its points, and made stouter."""
    points, _, faces, bones = struct.unpack("4i", skin[:16])
    body = 16 + 12 * points + 12 * faces
    places = np.frombuffer(skin, np.float32, 3 * points, 16).reshape(-1, 3).copy()
    fur, belly, bare = COATS[coat]
    tone = np.full(points, fur)
    tone[places[:, 2] < 0.03 + 0.008 * np.sin(60 * places[:, 0])] = belly
    offset, limbs = body, np.zeros(points)
    for _ in range(bones):
        name = skin[offset : offset + 40].split(b"\0")[0].decode()
        (count,) = struct.unpack("i", skin[offset + 68 : offset + 72])
        which = np.frombuffer(skin, np.int32, count, offset + 72)
        weight = np.frombuffer(skin, np.float32, count, offset + 72 + 4 * count)
        offset += 72 + 8 * count
        if name.startswith(BARE):
            np.add.at(limbs, which, weight)
    if coat == "hooded":
        edge = 0.055 + 0.01 * np.sin(90 * places[:, 1] + rng.uniform(0, 6))
        stripe = (np.abs(places[:, 1]) < 0.008) & (places[:, 2] > 0.07)  # noqa: PLR2004 - metres
        tone[(places[:, 0] > edge) | (stripe & (places[:, 0] > -0.03))] = 0.13  # noqa: PLR2004
    tone += (bare - tone) * np.clip(limbs, 0, 1)
    patches = rng.normal(0, 1, 4) @ np.sin(
        rng.uniform(40, 160, (4, 3)) @ places.T + rng.uniform(0, 6, (4, 1))
    )
    tone = np.clip(tone * (1 + 0.04 * patches), 0.02, 0.98)
    texture = np.stack([tone, np.full(points, 0.5)], axis=1).astype(np.float32)
    trunk = 1 - np.clip(limbs, 0, 1)[:, None]
    middle = np.array([0, 0, 0.06], np.float32)
    wider = (places - middle) * [1, stoutness, stoutness] + middle
    places = places + (trunk * (wider - places)).astype(np.float32)
    head = struct.pack("4i", points, points, faces, bones)
    triangles = skin[16 + 12 * points : body]
    return head + places.astype(np.float32).tobytes() + texture.tobytes() + triangles + skin[body:]
