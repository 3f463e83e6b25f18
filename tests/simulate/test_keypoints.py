"""The rendered animal's keypoints are where it was drawn."""

import numpy as np
import pytest

from behave.simulate.animal import KEYPOINTS
from behave.simulate.render import World, draw_poses
from behave.simulate.swim import Bout, Swim


@pytest.mark.parametrize("view", ["side", "top"])
def test_keypoints_lie_on_the_dark_animal(view):
    world = World(view=view, width=320, height=240, ripples=0, reflection=0, noise=0)
    swim = Swim((Bout(0, 1, "swimming"), Bout(1, 2, "immobile")))
    on_body = []
    for _, picture, points in draw_poses(world, [swim], 3):
        assert points.shape == (1, len(KEYPOINTS), 2)
        for name in ("nose", "body_centre", "tail_base"):
            column, row = np.round(points[0, KEYPOINTS.index(name)]).astype(int)
            # The animal is dark (42) on pale water (185).
            on_body.append(picture[row - 2 : row + 3, column - 2 : column + 3].min() < 100)
    assert np.mean(on_body) > 0.95


def test_paws_stroke_while_swimming_and_rest_while_floating():
    world = World(width=320, height=240)
    swim = Swim((Bout(0, 2, "swimming"), Bout(2, 4, "immobile")), balancing=0)
    points = np.stack([points[0] for _, _, points in draw_poses(world, [swim], 3)])
    paws = [KEYPOINTS.index(name) for name in KEYPOINTS if name.endswith("paw")]
    relative = points[:, paws] - points[:, [KEYPOINTS.index("body_centre")]]
    speed = np.hypot(*np.diff(relative, axis=0).T).T
    assert speed[:45].mean() > 5 * speed[60:].mean()
