"""Motion of a drawn body: what the water does to it is nothing, what its limbs do is motion."""

import cv2
import numpy as np
import pytest

from behave.tracking.silhouette.choice import BODY_PX
from behave.tracking.silhouette.motion import TURN_WEIGHT, ShapeChange, Silhouette

PX = 64
LOOK_S = 1 / 15


def body(*, turned=0.0, moved=(0.0, 0.0), stroke=0.0):
    """Return the silhouette of an ellipse with one limb; angles in degrees, shifts in px."""
    drawn = np.zeros((PX, PX), np.uint8)
    middle = (PX / 2 + moved[0], PX / 2 + moved[1])
    fixed = tuple(round(16 * at) for at in middle)
    cv2.ellipse(drawn, fixed, (16 * 18, 16 * 9), turned, 0, 360, 255, -1, cv2.LINE_AA, 4)
    way = np.deg2rad(turned + 70 + stroke)
    paw = (middle[0] + 20 * np.cos(way), middle[1] + 20 * np.sin(way))
    cv2.line(drawn, fixed, tuple(round(16 * at) for at in paw), 255, 4, cv2.LINE_AA, 4)
    return Silhouette(
        soft=drawn,
        near=np.ones((PX, PX), np.uint8),
        hidden=None,
        corner=(0, 0),
        reach=(32, 32),
    )


def motions(silhouettes):
    change = ShapeChange(BODY_PX)
    return [change.step(n * LOOK_S, one) for n, one in enumerate(silhouettes)]


def test_the_first_look_has_nothing_to_compare_with():
    assert np.isnan(motions([body()])[0])


def test_a_body_that_drifts_and_turns_with_the_water_does_not_move():
    drifting = [body(turned=8 * n, moved=(0.3 * n, -0.2 * n)) for n in range(12)]
    turning = TURN_WEIGHT * np.deg2rad(8) / LOOK_S  # the share that turning has by itself
    assert max(motions(drifting)[2:]) < turning + 0.04


def test_a_stroking_limb_is_motion_however_the_body_drifts():
    for drift in (0.0, 0.4):
        stroking = [body(moved=(drift * n, 0), stroke=40 * (-1) ** n) for n in range(12)]
        assert min(motions(stroking)[2:]) > 0.1


def test_a_larger_stroke_is_more_motion():
    weak, strong = (
        np.mean(motions([body(stroke=angle * (-1) ** n) for n in range(12)])[2:])
        for angle in (2, 8)
    )
    assert strong > 2 * weak


def test_what_a_lamp_hides_tells_nothing():
    stroking = [body(stroke=40 * (-1) ** n) for n in range(12)]
    lamp = np.zeros((PX, PX), bool)
    lamp[40:] = True  # over the limb and the body's lower rim
    hidden = [one._replace(hidden=lamp) for one in stroking]
    assert np.mean(motions(hidden)[2:]) < 0.6 * np.mean(motions(stroking)[2:])


def test_a_body_hidden_for_the_most_part_gives_no_motion():
    lamp = np.ones((PX, PX), bool)
    lamp[:25] = False
    hidden = [body()._replace(hidden=lamp) for _ in range(3)]
    assert np.isnan(motions(hidden)).all()


@pytest.mark.parametrize("gap", [1, 3])
def test_after_a_long_gap_a_look_says_nothing_of_the_present(gap):
    change = ShapeChange(BODY_PX)
    change.step(0.0, body())
    after = change.step(gap * 0.2, body(stroke=40))
    assert np.isnan(after) == (gap == 3)


def test_a_body_that_spins_faster_than_water_turns_it_moves():
    spinning = motions([body(turned=12 * n) for n in range(12)])
    share = 0.025 * np.deg2rad(12) / LOOK_S
    at_rest = np.mean(motions([body()] * 12)[2:])
    assert np.mean(spinning[2:]) - at_rest > 0.9 * share


def test_jerks_of_a_body_that_keeps_its_outline_are_motion():
    jerking = motions([body(moved=(2.0 * (n % 2), 0)) for n in range(12)])
    change_of_velocity = 2 * 2.0 / BODY_PX / LOOK_S
    assert np.mean(jerking[3:]) > 0.9 * 0.09 * change_of_velocity
    steady = motions([body(moved=(1.0 * n, 0)) for n in range(10)])
    assert np.mean(steady[3:]) < 0.2 * np.mean(jerking[3:])
