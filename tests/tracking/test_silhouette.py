"""Looks at a part of the arena show what looks at all of it show."""

import numpy as np
import pytest

from behave.tracking.background import Background
from behave.tracking.silhouette import BODY_PX, Watcher
from behave.tracking.trial import Arena


@pytest.mark.parametrize("zoom", [1.0, 1.75, 3.375, 4.125, 5.5])
def test_a_window_shows_the_same_px_as_the_whole_arena(zoom):
    across = round(128 * zoom)
    arena = Arena("1", 0, 0, across, across)
    grey = np.full((across, across), 0.6, np.float32)
    empty = Background(grey, 0.3, float("nan"), (BODY_PX * zoom) ** 2, 0.01, 1.0)
    watcher = Watcher(arena, empty, 1.0)
    luma = np.random.default_rng(0).integers(0, 256, (across, across), np.uint8)
    watcher.near = (69.0, 61.0)

    window = watcher._window()
    whole = watcher._seen(luma, (slice(0, 128), slice(0, 128)))

    assert watcher.zoom == zoom
    assert window != (slice(0, 128), slice(0, 128))
    assert np.array_equal(watcher._seen(luma, window), whole[window])
