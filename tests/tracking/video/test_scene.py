"""Videos of one camera are told from those of another, and a bumped camera is measured."""

from itertools import combinations

import numpy as np
import pytest

from behave.simulate.render import World, render_video
from behave.simulate.swim import Bout, Swim
from behave.tracking.trial import SAME_SCENE
from behave.tracking.video.browse import Browser
from behave.tracking.video.scene import compare_scenes, scene_of

# Synthetic: two clips of 6 s from the side and two from above, with animals and ripples.
VIEWS = ("side", "top")
SEEDS = (0, 1)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Return the scene of each clip, by view and seed."""
    folder = tmp_path_factory.mktemp("scenes")
    found = {}
    for view in VIEWS:
        for seed in SEEDS:
            clip = folder / f"{view}{seed}.mp4"
            world = World(view=view, width=320, height=240, arenas=2, fps=15.0)
            render_video(clip, world, [Swim((Bout(0, 6, "swimming"),))] * 2, seed=seed)
            browser = Browser(clip)
            found[view, seed] = scene_of(browser)
            browser.close()
    return found


def test_one_camera_is_told_from_another(scenes):
    for one, other in combinations(scenes, 2):
        alike = compare_scenes(scenes[one], scenes[other]).alike
        assert (alike > SAME_SCENE) == (one[0] == other[0]), (one, other, alike)


@pytest.mark.parametrize(("right", "down"), [(0, 0), (3, 0), (0, -4), (8, 6)])
def test_a_bumped_camera_is_measured(scenes, right, down):
    for view in VIEWS:
        first, later = (scenes[view, seed] for seed in SEEDS)
        moved = np.roll(later, (down, right), axis=(0, 1))
        found = compare_scenes(first, moved)
        assert found.shift == pytest.approx(np.hypot(right, down) / 192, abs=0.003)
