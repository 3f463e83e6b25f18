"""From looks to frames: a value is carried to frames near to its look and no farther."""

import numpy as np

from behave.tracking.silhouette.series import at_frames


def test_a_look_tells_of_the_frames_within_three_twentieths_of_a_second():
    looks = np.array([0.0, 1.0])
    times = np.array([0.0, 0.14, 0.16, 0.5, 0.84, 0.86, 1.0])
    seen = np.isfinite(at_frames(times, looks, np.array([1.0, 2.0])))
    assert seen.tolist() == [True, True, False, False, False, True, True]


def test_a_frame_beside_a_look_without_the_animal_is_not_measured():
    looks = np.arange(5) / 15
    values = np.array([1.0, 1.0, np.nan, 1.0, 1.0])
    assert np.isnan(at_frames(looks, looks, values)).tolist() == [False, False, True, False, False]
