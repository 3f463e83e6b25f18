"""Whether two videos show one layout is told from one frame of each."""

from pathlib import Path

import numpy as np
import pytest

from behave.tracking.arenas.glance import glance, same_layout

SAMPLE = Path(__file__).parents[3] / "videos_sample"


@pytest.fixture(scope="module")
def seen() -> dict[int, np.ndarray]:
    """Return a glance at each video of the sample: 1-4 of one camera, 5-8 of another."""
    return {number: glance(SAMPLE / f"video_{number}.mp4") for number in range(1, 9)}


def test_videos_of_one_camera_show_one_layout_whatever_their_animals_do(seen):
    for camera in (range(1, 5), range(5, 9)):
        assert all(same_layout(seen[one], seen[other]) for one in camera for other in camera)


def test_another_camera_shows_another_layout(seen):
    assert not any(
        same_layout(seen[one], seen[other]) for one in range(1, 5) for other in range(5, 9)
    )


def test_less_light_is_no_other_layout(seen):
    assert same_layout(seen[1], (0.7 * seen[1]).astype(np.float32))


def test_another_size_is_another_layout(seen):
    assert not same_layout(seen[1], seen[1][:-4])
