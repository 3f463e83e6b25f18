"""Outlines of frames asked for one by one, in any order."""

import numpy as np
import pytest

from behave.simulate.render import World, arena_boxes, render_video
from behave.simulate.swim import Bout, Swim
from behave.tracking.silhouette.background import Background
from behave.tracking.silhouette.outline import Outliner, Outlines
from behave.tracking.trial import Arena, Trial
from behave.tracking.video.browse import Browser
from behave.tracking.video.reader import Frame

# Synthetic: 6 s at 30 fps, seen from above.
LOOK = World(view="top", width=160, height=160, arenas=1, fps=30.0)


@pytest.fixture(scope="module")
def outlines(tmp_path_factory):
    """Return the outlines of a clip, and its true frames."""
    clip = tmp_path_factory.mktemp("outline") / "clip.mp4"
    truth = render_video(clip, LOOK, [Swim((Bout(0, 6, "swimming"),))], seed=1)
    (box,) = arena_boxes(LOOK).to_dict("records")
    arena = Arena("1", box["x_px"], box["y_px"], box["width_px"], box["height_px"])
    browser = Browser(clip)
    yield Outlines(browser, Trial("a", arena, 0.0)), truth
    browser.close()


def test_a_frame_has_one_outline_however_it_is_reached(outlines):
    found, truth = outlines
    first = found.at(90)
    for number in (90, 30, 150, 90):
        again = found.at(number)
    assert len(first) == len(again)
    assert all(map(np.array_equal, first, again))
    for number in (30, 90, 150):
        centre = np.concatenate(found.at(number)).mean(axis=0)
        true = truth.loc[number, ["x_px", "y_px"]].to_numpy(float)
        assert np.hypot(*(centre - true)) < 10


def test_each_part_that_the_surface_cuts_off_has_its_outline():
    picture = np.full((128, 128), 153, np.uint8)
    picture[50:60, 50:78] = picture[63:78, 50:78] = 70
    empty = Background(np.full((128, 128), 0.6, np.float32), 0.32, np.nan, 22.0**2, 0.01, 1.0)
    outliner = Outliner(Arena("1", 0, 0, 128, 128), empty, 1.0)
    parts = outliner.outlines(Frame(0, 0.0, picture, full_range=True))
    assert len(parts) == 2
    above, below = sorted(parts, key=lambda part: part[:, 1].min())
    assert above[:, 1].max() + 2 < below[:, 1].min()
