"""Rigid registration: the way from one silhouette to another, and what tells nothing of it."""

from math import cos, sin

import cv2
import numpy as np
import pytest

from behave.tracking.silhouette.registration import RigidTransform, Target

PX = 64


def ellipse(*, moved=(0.0, 0.0), turned=0.0, axes=(18, 9)):
    drawn = np.zeros((PX, PX), np.uint8)
    middle = (PX - 1) / 2
    at = tuple(round(16 * (middle + shift)) for shift in moved)
    cv2.ellipse(
        drawn, at, tuple(16 * a for a in axes), np.rad2deg(turned), 0, 360, 255, -1, cv2.LINE_AA, 4
    )
    return drawn / np.float32(255)


def matrix(way):
    c, s = cos(way.angle), sin(way.angle)
    return np.array([[c, -s, way.x], [s, c, way.y], [0, 0, 1]])


def test_a_way_is_corrected_as_its_matrix_is():
    way, error = RigidTransform(3.0, -1.0, 0.4), RigidTransform(-2.0, 5.0, -1.1)
    expected = matrix(way) @ np.linalg.inv(matrix(error))
    assert matrix(way.corrected(*error)) == pytest.approx(expected)


def test_a_shift_and_a_turn_together_are_found():
    way = Target(ellipse()).align(
        ellipse(moved=(2.0, -1.0), turned=0.3), RigidTransform(0, 0, 0), 12
    )[1]
    assert way == pytest.approx((2.0, -1.0, 0.3), abs=0.05)


def test_a_guess_that_is_turned_already_is_improved_in_the_turned_frame():
    """Steps found on the present silhouette come before the guess, not after it."""
    way = Target(ellipse()).align(
        ellipse(moved=(5.0, -4.0), turned=1.4), RigidTransform(0, 0, 1.2), 8
    )[1]
    assert way == pytest.approx((5.0, -4.0, 1.4), abs=0.3)


def test_a_body_that_reaches_across_the_patch_shows_its_shift_across_and_none_along():
    bar, earlier = np.zeros((2, PX, PX), np.float32)
    bar[24:40], earlier[26:42] = 1, 1
    way = Target(bar).align(earlier, RigidTransform(0, 0, 0), 12)[1]
    assert way == pytest.approx((0.0, 2.0, 0.0), abs=0.1)


def test_px_behind_a_lamp_do_not_pull():
    lamp = np.zeros((PX, PX), bool)
    lamp[20:44, 40:56] = True
    dazzled = ellipse()
    dazzled[lamp] = 1
    earlier, start = ellipse(moved=(-3.0, 0.0)), RigidTransform(0, 0, 0)
    assert Target(dazzled, lamp).align(earlier, start, 12)[1].x == pytest.approx(-3.0, abs=0.4)
    assert abs(Target(dazzled).align(earlier, start, 12)[1].x + 3.0) > 1.0


def test_a_round_body_shows_no_turn_and_an_empty_square_shows_nothing():
    disc = ellipse(axes=(12, 12))
    way = Target(disc).align(ellipse(axes=(12, 12), moved=(1.0, 0.0)), RigidTransform(0, 0, 0), 6)[
        1
    ]
    assert abs(way.angle) < 0.05
    nothing = np.zeros((PX, PX), np.float32)
    differs, way = Target(nothing).align(disc, RigidTransform(0, 0, 0), 2)
    assert way == (0, 0, 0)
    assert np.isfinite(differs).all()
