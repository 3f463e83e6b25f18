"""Looks at a part of the arena show what looks at all of it show, and shadows are no limbs."""

import cv2
import numpy as np
import pytest

from behave.tracking.silhouette.background import Background
from behave.tracking.silhouette.choice import BODY_PX
from behave.tracking.silhouette.tracker import SilhouetteTracker
from behave.tracking.silhouette.tracks import IMMOBILE_BELOW
from behave.tracking.trial import Arena
from behave.tracking.video.picture import Frame


@pytest.mark.parametrize("zoom", [1.0, 1.75, 3.25, 4.5, 5.5])
def test_a_window_shows_the_same_px_as_the_whole_arena(zoom):
    across = round(128 * zoom)
    arena = Arena("1", 0, 0, across, across)
    grey = np.full((across, across), 0.6, np.float32)
    empty = Background(grey, 0.3, float("nan"), (BODY_PX * zoom) ** 2, 0.01, 1.0)
    watcher = SilhouetteTracker(arena, empty, 1.0)
    luma = np.random.default_rng(0).integers(0, 256, (across, across), np.uint8)
    watcher.near = (69.0, 61.0)

    window = watcher._window()
    whole = watcher._seen(luma, (slice(0, 128), slice(0, 128)))

    assert watcher.zoom == zoom
    assert window != (slice(0, 128), slice(0, 128))
    assert np.array_equal(watcher._seen(luma, window), whole[window])


def dark_body(across):
    """Return water with a dark round body so many px across."""
    picture = np.full((128, 128), 153, np.uint8)
    cv2.circle(picture, (64, 64), across // 2, 70, -1, cv2.LINE_AA)
    return picture


def test_an_animal_of_which_little_is_left_to_see_has_not_vanished():
    empty = Background(np.full((128, 128), 0.6, np.float32), 0.32, float("nan"), 22.0**2, 0.01, 1.0)
    followed = SilhouetteTracker(Arena("1", 0, 0, 128, 128), empty, 1.0)
    unknown = SilhouetteTracker(Arena("1", 0, 0, 128, 128), empty, 1.0)
    followed.look(Frame(0, 0.0, dark_body(24), full_range=True))
    for number in (1, 2, 40):  # the last one after more than a second, in the whole arena
        little = Frame(number, number / 15, dark_body(9), full_range=True)
        followed.look(little)
        unknown.look(little)
    assert np.isfinite(followed.series.x_px).all()
    assert np.isnan(unknown.series.x_px).all()


def test_what_glitters_on_most_of_a_body_is_the_body():
    light = 255 - dark_body(24)
    for part, hidden in ((slice(40, 88), False), (slice(40, 60), True)):
        glitter = np.zeros((128, 128), bool)
        glitter[part, 40:88] = True
        grey = np.full((128, 128), 0.4, np.float32)
        empty = Background(grey, float("nan"), 0.32, 22.0**2, 0.01, 1.0, 0.75, glitter)
        watcher = SilhouetteTracker(Arena("1", 0, 0, 128, 128), empty, 1.0)
        watcher.look(Frame(0, 0.0, light, full_range=True))
        assert (watcher.last.hidden is not None) == hidden


def hooded_mouse(shadow):
    """Return a mouse that lies still, its hood as dark as its rump is light, with a shadow."""
    picture = np.full((128, 128), 153, np.uint8)
    cv2.ellipse(picture, (64, 70), (17, 8), 0, 0, 360, round(153 - shadow), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (55, 62), (10, 7), 0, 0, 360, 153 - 40, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (73, 62), (10, 7), 0, 0, 360, 153 + 40, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), 1)


def test_the_shadow_of_a_hooded_mouse_may_grow_deeper_and_lighter_without_moving_it():
    empty = Background(np.full((128, 128), 0.6, np.float32), 0.157, 0.157, 22.0**2, 0.01, 1.0)
    watcher = SilhouetteTracker(Arena("1", 0, 0, 128, 128), empty, 1.0)
    for number in range(30):
        shadow = 22 + 4 * np.sin(number)  # of a hood's 40
        watcher.look(Frame(number, number / 15, hooded_mouse(shadow), full_range=True))
    motion = np.array(watcher.series.motion[1:])
    assert np.nanmax(motion) < IMMOBILE_BELOW
