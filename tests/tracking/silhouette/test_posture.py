"""From where the camera looks, and how upright a body stands."""

import numpy as np
import pytest

from behave.tracking.silhouette.posture import climb_signal, find_view
from behave.tracking.silhouette.series import Series
from behave.tracking.trial import Arena

LOOKS = 300
DISH = Arena("1", 0, 0, 200, 200, "ellipse")
BOX = Arena("1", 0, 0, 200, 300)


def seen(
    place: np.ndarray, length: np.ndarray | float, tilt: np.ndarray | float, area: float = 400
) -> Series:
    """Return a series of ellipses of a length and a tilt (0 level, 90 upright), at places."""
    spread = np.stack([np.broadcast_to(length, LOOKS), np.full(LOOKS, 4.0)], axis=1) ** 2
    angle = np.deg2rad(np.broadcast_to(tilt, LOOKS))
    across = spread[:, 0] * np.cos(angle) ** 2 + spread[:, 1] * np.sin(angle) ** 2
    down = spread[:, 0] * np.sin(angle) ** 2 + spread[:, 1] * np.cos(angle) ** 2
    slant = (spread[:, 0] - spread[:, 1]) * np.sin(angle) * np.cos(angle)
    size = area * np.broadcast_to(length, LOOKS) / 9
    return Series(
        time_s=(np.arange(LOOKS) / 15).tolist(), motion=[1.0] * LOOKS,
        x_px=place[:, 0].tolist(), y_px=place[:, 1].tolist(), area_px=size.tolist(),
        light=[1.0] * LOOKS, at_edge=[False] * LOOKS,
        across=across.tolist(), down=down.tolist(), slant=slant.tolist(),
    )  # fmt: skip


def at_the_water_line() -> np.ndarray:
    """Return places of an animal that swims from side to side at one height."""
    turn = np.linspace(0, 20, LOOKS)
    return np.stack([100 + 40 * np.sin(turn), 120 + 3 * np.sin(5 * turn)], axis=1)


def all_over() -> np.ndarray:
    """Return places of an animal that swims in circles."""
    turn = np.linspace(0, 20, LOOKS)
    return np.stack([100 + 60 * np.sin(turn), 100 + 60 * np.cos(turn)], axis=1)


EVER = np.ones(LOOKS, bool)
UPRIGHT = np.arange(LOOKS) >= 240  # the last fifth of the time


def climbing(series, arena, during):
    """Return how upright the animal stands, in the view that its series shows."""
    return climb_signal(series, find_view(series, arena, during), during)


def test_from_the_side_an_upright_body_climbs_and_a_level_one_swims():
    found = climbing(seen(at_the_water_line(), 9.0, np.where(UPRIGHT, 80, 25)), BOX, EVER)
    assert (found[UPRIGHT] > 1).all()
    assert (found[~UPRIGHT] < 1).all()


def test_from_the_side_a_round_body_seen_from_its_front_does_not_climb():
    found = climbing(seen(at_the_water_line(), 4.4, 60.0), BOX, EVER)
    assert (found < 1).all()


@pytest.mark.parametrize("arena", [DISH, BOX])
def test_from_above_a_foreshortened_body_climbs_whatever_way_it_points(arena):
    way = np.linspace(0, 720, LOOKS)
    found = climbing(seen(all_over(), np.where(UPRIGHT, 5.4, 9.0), way), arena, EVER)
    assert (found[UPRIGHT] > 1).all()
    assert (found[~UPRIGHT] < 1).all()


def test_a_round_arena_is_seen_from_above_even_if_the_animal_stays_in_one_place():
    assert find_view(seen(at_the_water_line(), 9.0, 0.0), DISH, EVER) == "above"


def test_an_animal_that_hardly_goes_anywhere_in_a_rectangle_does_not_tell_the_view():
    place = 100 + np.random.default_rng(1).normal(0, 3, (LOOKS, 2))
    assert find_view(seen(place, 9.0, 90.0), BOX, EVER) is None
    assert np.isnan(climbing(seen(place, 9.0, 90.0), BOX, EVER)).all()


def test_too_few_looks_tell_nothing():
    few = np.arange(LOOKS) < 50
    assert np.isnan(climbing(seen(all_over(), 9.0, 0.0), DISH, few)).all()


def test_the_size_of_the_picture_does_not_matter():
    small = seen(all_over(), np.where(UPRIGHT, 5.4, 9.0), 30.0)
    large = seen(all_over(), np.where(UPRIGHT, 5.4, 9.0), 30.0, area=6400)
    large.across, large.down, large.slant = (
        [16 * value for value in values] for values in (large.across, large.down, large.slant)
    )
    assert climbing(small, DISH, EVER) == pytest.approx(climbing(large, DISH, EVER))


def test_an_animal_out_of_sight_has_no_posture():
    series = seen(at_the_water_line(), 9.0, 20.0)
    for values in (series.across, series.down, series.slant, series.x_px, series.area_px):
        values[100] = float("nan")
    found = climbing(series, BOX, EVER)
    assert np.flatnonzero(np.isnan(found)).tolist() == [100]
