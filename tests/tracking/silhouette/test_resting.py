"""An animal that rests in one place throughout is found by what moves, whatever its coat."""

import cv2
import numpy as np
import pytest

from behave.tracking.silhouette.background import learn_background
from behave.tracking.silhouette.regions import median_over
from behave.tracking.silhouette.resting import explained, filled, resting_place

HEIGHT, WIDTH = 100, 120
INSIDE = np.ones((HEIGHT, WIDTH), bool)


def resting(coat, water, *, at=(20, 60), count=40):
    """Return samples of an animal that rests at the wall, beside clutter that stands still.

    It balances by a px or two, and its head goes up and down. The clutter is of its shade
    and shape; a bright rim and a dark stand are there as well.
    """
    rng = np.random.default_rng(3)
    samples = []
    for _ in range(count):
        picture = np.full((HEIGHT, WIDTH), water, np.float32)
        cv2.ellipse(picture, (90, 30), (14, 7), 20, 0, 360, coat, -1, cv2.LINE_AA)
        picture[:, 112:] = 0.1
        picture[80:82] = 0.95
        x, y = at[0] + int(rng.integers(-1, 2)), at[1] + int(rng.integers(-1, 2))
        cv2.ellipse(picture, (x, y), (15, 8), 0, 0, 360, coat, -1, cv2.LINE_AA)
        head = y + int(rng.integers(-4, 3))
        cv2.ellipse(picture, (x + 15, head), (6, 5), 0, 0, 360, coat, -1, cv2.LINE_AA)
        picture = cv2.GaussianBlur(picture, (0, 0), 0.8)
        samples.append((picture + rng.normal(0, 0.005, picture.shape)).astype(np.float32))
    return samples


@pytest.mark.parametrize(
    ("coat", "water"), [(0.12, 0.6), (0.93, 0.5), (0.55, 0.25), (0.3, 0.5)]
)  # black on grey, white on grey, grey on dark, brown on grey
def test_an_animal_at_rest_throughout_is_taken_out_of_the_arena_and_clutter_is_not(coat, water):
    learnt = learn_background(resting(coat, water), INSIDE)
    contrast = abs(coat - water)
    assert learnt.contrast == pytest.approx(contrast, rel=0.25)
    assert (learnt.darker_by > 0) == (coat < water)
    assert np.abs(learnt.grey[55:66, 10:32] - water).max() < 0.35 * contrast
    assert learnt.grey[30, 90] == pytest.approx(coat, abs=0.1 * contrast)
    assert learnt.seen_share == 1.0


def test_a_hole_is_filled_with_the_slope_round_it():
    slope = np.tile(np.linspace(0.2, 0.8, WIDTH, dtype=np.float32), (HEIGHT, 1))
    hole = np.zeros(slope.shape, bool)
    hole[30:70, 40:80] = True
    damaged = np.where(hole, 0.0, slope).astype(np.float32)
    restored = filled(damaged, hole, INSIDE)
    assert np.abs(restored - slope).max() < 0.1
    assert (restored[~hole] == slope[~hole]).all()


def test_an_animal_explains_the_changes_where_it_is_and_no_others():
    stack = np.zeros((4, HEIGHT, WIDTH), np.float32)
    masks = []
    for index, one in enumerate(stack):
        one[40:60, 20 + 10 * index : 40 + 10 * index] = 0.5
        masks.append(one > 0)
    lamps = np.zeros(stack.shape, bool)
    assert explained(stack, masks, INSIDE, lamps, 0.004) == pytest.approx(1.0)
    elsewhere = [np.roll(mask, 35, axis=0) for mask in masks]
    assert explained(stack, elsewhere, INSIDE, lamps, 0.004) < 0
    assert explained(stack, [None] * 4, INSIDE, lamps, 0.004) == 0.0


def test_a_region_that_covers_much_explains_changes_no_better_than_chance():
    rng = np.random.default_rng(0)
    stack = rng.normal(0.5, 0.1, (8, HEIGHT, WIDTH)).astype(np.float32)
    half = np.zeros((HEIGHT, WIDTH), bool)
    half[:, : WIDTH // 2] = True
    lamps = np.zeros(stack.shape, bool)
    assert explained(stack, [half] * 8, INSIDE, lamps, 0.004) == pytest.approx(0, abs=0.05)


def test_a_surface_that_runs_from_side_to_side_runs_on_in_a_hole():
    picture = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    picture[48:52] = 0.9
    hole = np.zeros(picture.shape, bool)
    hole[30:70, 40:80] = True
    restored = filled(np.where(hole, 0.0, picture).astype(np.float32), hole, INSIDE)
    assert np.abs(restored - picture).max() < 0.02


def test_ripples_round_an_animal_that_swims_about_are_no_resting_place():
    rng = np.random.default_rng(1)
    samples = []
    for number in range(40):
        picture = np.full((HEIGHT, WIDTH), 0.5, np.float32)
        picture[40:60, 20:100] += 0.04 * np.sin(number + np.arange(80) / 3)
        x, y = 20 + 80 * (number % 8) // 8, 30 + 5 * (number % 9)
        cv2.ellipse(picture, (x, y), (12, 6), 0, 0, 360, 0.2, -1, cv2.LINE_AA)
        samples.append((picture + rng.normal(0, 0.005, picture.shape)).astype(np.float32))
    stack = np.stack(samples)
    assert resting_place(stack, median_over(stack), INSIDE, 0.004) is None
    rests = np.stack(resting(0.2, 0.5))
    assert resting_place(rests, median_over(rests), INSIDE, 0.004)[60, 20]
