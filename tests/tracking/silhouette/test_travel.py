"""Travel: a speed that drift does not reach is movement, and nothing else is."""

import numpy as np
import pytest

from behave.tracking.silhouette.travel import travel_signal

BODY_PX = 30.0


def along(speed, *, fps=15, seconds=6):
    """Return times, and places on a straight way at a speed in body roots per s."""
    times = np.arange(0, seconds, 1 / fps)
    return times, np.stack([times * speed * BODY_PX, np.full(times.shape, 50.0)], axis=1)


@pytest.mark.parametrize("speed", [0.0, 0.4, 0.9])
def test_drift_is_no_travel(speed):
    assert travel_signal(*along(speed), BODY_PX).max() == 0


@pytest.mark.parametrize("fps", [5, 15])
def test_steady_swimming_is_travel_at_any_rate_from_the_first_look_to_the_last(fps):
    assert travel_signal(*along(4.0, fps=fps), BODY_PX).min() == pytest.approx(0.12, rel=0.01)


def test_a_jump_to_another_place_is_no_travel():
    times, places = along(0.0)
    places[40:] += 200.0
    assert travel_signal(times, places, BODY_PX).max() == 0


def test_a_push_that_ends_in_a_glide_is_not_travel_after_the_push():
    times, places = along(0.0)
    glide = 2.5 * (1 - np.exp(-(times - 3) / 0.5))  # roots; at first 5 a second
    places[:, 0] = BODY_PX * np.where(times < 3, 0, glide)
    travel = travel_signal(times, places, BODY_PX)
    assert travel[times < 2.9].max() == 0
    assert travel[times > 4.0].max() == 0


def test_where_the_animal_was_not_found_nothing_is_added():
    times, places = along(4.0)
    places[20:30] = np.nan
    travel = travel_signal(times, places, BODY_PX)
    assert travel[20:30].max() == 0
    assert travel_signal(times, np.full_like(places, np.nan), np.nan).max() == 0
