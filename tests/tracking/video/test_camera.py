"""A camera that was moved is told from a row of equal cylinders."""

import numpy as np
import pytest

from behave.tracking.video.camera import MOVED, Camera
from behave.tracking.video.picture import Frame

HIGH, WIDE = 240, 640


def row_of_cylinders(count: int, generator: np.random.Generator, shift: int = 0) -> np.ndarray:
    """Return a picture of equal cylinders in a row, each with an animal somewhere in it."""
    picture = np.full((HIGH, WIDE), 180.0)
    pitch = WIDE // count
    for number in range(count):
        left = number * pitch + pitch // 6 + shift
        wide = pitch // 2
        picture[40:220, left : left + wide] = 140  # water
        picture[40:220, [left, left + 1, left + wide - 2, left + wide - 1]] = 60  # glass
        across, down = left + generator.integers(10, wide - 40), generator.integers(70, 190)
        picture[down : down + 14, across : across + 30] = 30
    return np.clip(picture + generator.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def flagged(count: int, shift: int, seed: int = 0) -> "float | None":
    """Return the shift that is flagged where the camera is pushed by some px halfway through."""
    generator = np.random.default_rng(seed)
    camera = Camera()
    for look in range(40):
        picture = row_of_cylinders(count, generator, shift if look >= 20 else 0)
        camera.look(Frame(look, 3.0 * look, picture, full_range=True))
    found = camera.flag()
    return None if found is None else found.value


@pytest.mark.parametrize("seed", [0, 2, 3])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_equal_cylinders_of_a_still_camera_are_not_taken_for_one_another(count, seed):
    assert flagged(count, 0, seed) is None


@pytest.mark.parametrize("count", [1, 2, 4, 6])
@pytest.mark.parametrize("share", [0.016, 0.03, 0.063])
def test_a_push_is_flagged_with_its_size(count, share):
    assert share > MOVED
    assert flagged(count, round(share * WIDE)) == pytest.approx(share, abs=0.004)
