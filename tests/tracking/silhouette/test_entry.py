"""When the animal enters: seen for good, and no longer in the hand."""

import numpy as np
import pytest

from behave.tracking.silhouette.entry import find_entry

looks_s = np.arange(0, 20, 1 / 15)


def seen_from(start_s: float, until_s: float = 20) -> np.ndarray:
    """Return whether an animal that is in sight between two times is found at each look."""
    return (looks_s >= start_s) & (looks_s < until_s)


def carried(start_s: float, lasts_s: float, speed: float = 5.0) -> np.ndarray:
    """Return the places of an animal that a hand moves down, and that then drifts to the right."""
    down = speed * np.clip(looks_s - start_s, 0, lasts_s)
    right = 0.3 * np.clip(looks_s - start_s - lasts_s, 0, None)
    places = np.stack([right, down], axis=1)
    places[looks_s < start_s] = np.nan
    return places


def test_the_given_entry_counts():
    found = find_entry(looks_s, seen_from(3), 2.5, carried(3, 0.6))
    assert (found.time_s, found.source) == (2.5, "given")


def test_an_animal_there_from_the_start_enters_at_the_first_frame():
    found = find_entry(looks_s, seen_from(0), None, carried(0, 0.6))
    assert (found.time_s, found.source) == (0.0, "first frame")


def test_a_glimpse_is_no_entry():
    seen = seen_from(6) | ((looks_s > 2) & (looks_s < 2.5))
    assert find_entry(looks_s, seen, None).time_s == pytest.approx(6, abs=0.07)


def test_while_the_hand_lowers_it_the_animal_has_not_entered():
    found = find_entry(looks_s, seen_from(3), None, carried(3, 0.6))
    assert found.time_s == pytest.approx(3.6, abs=0.2)
    assert found.source == "detected"


def test_an_animal_first_seen_at_rest_enters_there():
    found = find_entry(looks_s, seen_from(3), None, carried(3, 0, 0))
    assert found.time_s == pytest.approx(3, abs=0.07)


def test_an_animal_that_swims_off_later_was_not_carried():
    places = carried(3, 0, 0)
    places[:, 1] += 5 * np.clip(looks_s - 4, 0, 1)
    assert find_entry(looks_s, seen_from(3), None, places).time_s == pytest.approx(3, abs=0.07)


def test_an_animal_that_swims_round_and_round_from_the_first_look_is_not_carried_for_long():
    turn = 2 * np.pi * (looks_s - 3) / 1.5
    places = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    assert find_entry(looks_s, seen_from(3), None, places).time_s < 3.3


def test_what_goes_straight_on_for_longer_than_a_hand_does_is_an_animal():
    found = find_entry(looks_s, seen_from(3), None, carried(3, 4))
    assert found.time_s == pytest.approx(3, abs=0.07)


def test_an_animal_that_is_never_seen_has_no_entry():
    found = find_entry(looks_s, np.zeros(looks_s.size, bool), None)
    assert not found.found
