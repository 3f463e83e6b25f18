"""What is flagged of keypoints, and when nothing is."""

import numpy as np

from behave.tracking.keypoints.flags import flag_keypoints


def test_keypoints_that_never_rest_are_flagged_whoever_moves():
    jitter = np.array([0.1, 3.0, 3.0])
    (flag,) = flag_keypoints(100.0, {"nose": 1.0}, jitter)
    assert flag.name == "keypoints_unsteady"
    assert flag.value == 0.03
    assert "jitter by 3.0 %" in flag.text


def test_a_steady_network_that_sees_everything_raises_nothing():
    assert list(flag_keypoints(100.0, {"nose": 1.0, "paw": 0.81}, np.full(2, 1.4))) == []


def test_of_an_animal_without_a_length_only_that_is_said():
    (flag,) = flag_keypoints(np.nan, {"nose": 1.0}, np.full(1, 50.0))
    assert flag.name == "animal_not_found"
