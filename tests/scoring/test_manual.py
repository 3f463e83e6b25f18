"""Keys become bouts, and corrections are laid over a score that stays as it is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behave.scoring.manual import bouts_of, correct, differing_s

STATES = st.sampled_from(["immobile", "mobile", "climbing"])
PRESSES = st.lists(st.tuples(st.floats(0, 60).map(lambda s: round(s, 2)), STATES), max_size=20)


def bouts(*rows):
    """Return bouts of (state, start, stop)."""
    table = pd.DataFrame(rows, columns=["state", "start_s", "stop_s"])
    return table.assign(duration_s=table["stop_s"] - table["start_s"])


def rows(table):
    return list(table[["state", "start_s", "stop_s"]].itertuples(index=False, name=None))


def test_keys_become_bouts_end_to_end():
    keyed = bouts_of([(2.0, "immobile"), (5.0, "mobile")], 0, 10)
    assert rows(keyed) == [("mobile", 0, 2), ("immobile", 2, 5), ("mobile", 5, 10)]


def test_without_a_key_the_animal_moved_throughout():
    assert rows(bouts_of([], 1, 4)) == [("mobile", 1, 4)]


def test_of_two_keys_on_one_frame_the_last_counts():
    keyed = bouts_of([(2.0, "climbing"), (2.0, "immobile")], 0, 3)
    assert rows(keyed) == [("mobile", 0, 2), ("immobile", 2, 3)]


@given(presses=PRESSES)
def test_what_was_watched_is_covered_without_gap_or_overlap(presses):
    keyed = bouts_of(presses, 5, 50)
    assert keyed["start_s"].iloc[0] == 5
    assert keyed["stop_s"].iloc[-1] == 50
    assert (keyed["start_s"].to_numpy()[1:] == keyed["stop_s"].to_numpy()[:-1]).all()
    assert (keyed["duration_s"] > 0).all()


def test_a_correction_replaces_the_state_where_it_lies():
    score = bouts(("mobile", 0, 4), ("immobile", 4, 8), ("mobile", 8, 10))
    corrected = correct(score, bouts(("mobile", 5, 6)))
    assert rows(corrected) == [
        ("mobile", 0, 4), ("immobile", 4, 5), ("mobile", 5, 6), ("immobile", 6, 8), ("mobile", 8, 10),
    ]  # fmt: skip
    assert differing_s(score, corrected, 0, 10) == pytest.approx(1)
    assert differing_s(score, corrected, 0, 5.5) == pytest.approx(0.5)


def test_a_correction_that_agrees_changes_nothing():
    score = bouts(("mobile", 0, 4), ("immobile", 4, 8))
    corrected = correct(score, bouts(("immobile", 5, 6)))
    assert rows(corrected) == rows(score)
    assert differing_s(score, corrected, 0, 8) == 0


def test_mobile_said_of_climbing_is_no_other_state():
    score = bouts(("climbing", 0, 4), ("immobile", 4, 8))
    corrected = correct(score, bouts(("mobile", 2, 6)))
    assert rows(corrected) == [("climbing", 0, 4), ("mobile", 4, 6), ("immobile", 6, 8)]
    assert differing_s(score, corrected, 0, 8) == pytest.approx(2)


def test_beyond_the_score_nothing_is_invented():
    score = bouts(("mobile", 2, 4))
    assert rows(correct(score, bouts(("immobile", 0, 9)))) == [("immobile", 2, 4)]


@given(presses=PRESSES, edges=st.lists(st.integers(0, 60), min_size=2, max_size=8, unique=True))
def test_only_what_was_corrected_differs(presses, edges):
    score = bouts_of(presses, 0, 60)
    pairs = list(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
    manual = bouts(*[("unscored", start, stop) for start, stop in pairs])
    corrected = correct(score, manual)
    covered = float(np.sum([stop - start for start, stop in pairs]))
    assert differing_s(score, corrected, 0, 60) == pytest.approx(covered)
    assert corrected["duration_s"].sum() == pytest.approx(60)
