"""The empty arena learnt from samples drawn with an animal always somewhere."""

import cv2
import numpy as np
import pytest

from behave.tracking.silhouette.background import learn_background
from behave.tracking.silhouette.regions import median_over, quantiles_of

HEIGHT, WIDTH = 100, 120
WATER, DARK, LIGHT, LAMP = 0.45, 0.2, 0.65, 0.9
INSIDE = np.ones((HEIGHT, WIDTH), bool)


def sample(at, *, tones=(DARK, DARK), lamp=None, seed=0, arena=None):
    """Return water with an animal at (column, row): its head and its rump in their tones."""
    picture = np.full((HEIGHT, WIDTH), WATER, np.float32) if arena is None else arena.copy()
    if lamp is not None:
        cv2.circle(picture, lamp, 5, LAMP, -1, cv2.LINE_AA)
    column, row = at
    cv2.ellipse(picture, (column - 8, row), (9, 6), 0, 0, 360, tones[0], -1, cv2.LINE_AA)
    cv2.ellipse(picture, (column + 8, row), (9, 6), 0, 0, 360, tones[1], -1, cv2.LINE_AA)
    noise = np.random.default_rng(seed).normal(0, 0.01, picture.shape)
    return (cv2.GaussianBlur(picture, (0, 0), 0.8) + noise).astype(np.float32)


def places(count=40):
    rng = np.random.default_rng(7)
    return list(
        zip(rng.integers(25, WIDTH - 25, count), rng.integers(20, HEIGHT - 20, count), strict=True)
    )


def learn(**look):
    seen = [sample((int(x), int(y)), seed=n, **look) for n, (x, y) in enumerate(places())]
    return learn_background(seen, INSIDE)


def test_the_empty_arena_and_a_dark_animals_tone_are_found():
    learnt = learn()
    assert np.abs(learnt.grey - WATER).max() < 0.05
    assert learnt.darker_by == pytest.approx(WATER - DARK, abs=0.04)
    assert np.isnan(learnt.lighter_by)
    assert learnt.glitter is None
    assert learnt.seen_share == 1.0


def test_a_hooded_coat_has_both_tones_also_beside_a_lamp():
    lamps = [None if n % 3 else (95, 80) for n in range(40)]
    seen = [
        sample((int(x), int(y)), tones=(DARK + 0.1, LIGHT), lamp=lamp, seed=n)
        for n, ((x, y), lamp) in enumerate(zip(places(), lamps, strict=True))
    ]
    learnt = learn_background(seen, INSIDE)
    assert learnt.darker_by == pytest.approx(WATER - DARK - 0.1, abs=0.04)
    assert learnt.lighter_by == pytest.approx(LIGHT - WATER, abs=0.04)


def test_a_hood_seen_once_before_a_lattice_is_not_taken_for_the_arena():
    # Bars hide the hood's outline, so that it does not tell what is there from what has left;
    # and the coat's main tone is the light one.
    arena = np.full((HEIGHT, WIDTH), WATER, np.float32)
    arena[30:70, 20:60:6] -= 0.3
    elsewhere = [(70 + n % 20, 25 + (7 * n) % 50) for n in range(40)]
    elsewhere[28] = 40, 50
    seen = [
        sample(at, tones=(DARK + 0.1, LIGHT), seed=n, arena=arena) for n, at in enumerate(elsewhere)
    ]
    learnt = learn_background(seen, INSIDE)
    hood = slice(46, 55), slice(25, 39)
    assert learnt.grey[hood].mean() == pytest.approx(arena[hood].mean(), abs=0.03)


def test_where_a_lamp_comes_and_goes_the_water_glitters():
    seen = [
        sample(
            (int(x) // 2, int(y)), tones=(LIGHT, LIGHT), lamp=(100, 50) if n % 3 else None, seed=n
        )
        for n, (x, y) in enumerate((x + 30, y) for x, y in places())
    ]
    glitter = learn_background(seen, INSIDE).glitter
    assert glitter[50, 100]
    rows, columns = np.nonzero(glitter)
    assert np.hypot(rows - 50, columns - 100).max() < 12


def test_a_white_animal_is_no_lamp_and_a_sticker_no_animal():
    # The animal is overexposed, as a lamp is; but the changes are where it is.
    arena = np.full((HEIGHT, WIDTH), WATER, np.float32)
    arena[82:94, 20:38] = 0.85
    seen = [
        sample((int(x), int(y) * 2 // 3), tones=(1.05, 1.05), seed=n, arena=arena)
        for n, (x, y) in enumerate(places())
    ]
    learnt = learn_background(seen, INSIDE)
    assert learnt.seen_share == 1.0
    assert learnt.grey[88, 29] == pytest.approx(0.85, abs=0.05)
    assert learnt.lighter_by == pytest.approx(1.05 - WATER, abs=0.1)


def test_water_without_an_animal_is_told():
    rng = np.random.default_rng(3)
    empty = [(WATER + rng.normal(0, 0.01, (HEIGHT, WIDTH))).astype(np.float32) for _ in range(20)]
    assert learn_background(empty, INSIDE) is None


def test_quantiles_and_medians_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=(41, 500)).astype(np.float32)

    shares = (0.99, 0.5, 0.01)
    assert quantiles_of(values[0], shares) == pytest.approx(np.quantile(values[0], shares))
    assert quantiles_of(values[0, :1], shares) == [values[0, 0]] * 3
    for stack in (values, values[:40]):
        assert np.array_equal(median_over(stack), np.median(stack, axis=0))
