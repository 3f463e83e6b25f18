"""Raters of the same recordings: windows, votes, and who stands apart."""

import numpy as np
import pandas as pd
import pytest

from behave.scoring.agreement.outliers import compare_raters
from behave.scoring.agreement.raters import (
    Recording,
    compare_frames,
    compare_measures,
    count_all,
    majority,
    observed_bouts,
    pairs_of,
    per_second,
    rate_animals,
)

NAN = np.nan


def recording(number, floats):
    """Return 100 s watched at 10 frames/s; ``floats`` are each rater's (start, stop) bouts."""
    window = (0.0, 100.0)
    bouts = {
        rater: observed_bouts(*zip(*own, strict=True), window) for rater, own in floats.items()
    }
    return Recording(f"t{number}", f"a{number}", *window, np.arange(1000) / 10, bouts)


def estimate(rows, pair, quantity, statistic):
    table = pd.DataFrame(rows).set_index(["rater_1", "rater_2", "quantity", "statistic"])
    return table.loc[(*pair, quantity, statistic), "estimate"]


@pytest.fixture
def four_raters():
    """Return 12 trials: three raters nearly alike, 'odd' marking a different stretch each time."""
    rng = np.random.default_rng(2)
    trials = []
    for number in range(12):
        start, length = rng.uniform(5, 40), rng.uniform(10, 40)
        near = {
            rater: [(start + rng.normal(0, 0.5), start + length + rng.normal(0, 0.5))]
            for rater in ("ann", "bob", "cy")
        }
        other = rng.uniform(5, 60)
        trials.append(recording(number, near | {"odd": [(other, other + rng.uniform(10, 35))]}))
    return trials


def test_what_a_person_did_not_mark_is_mobile_and_overlaps_are_one_bout():
    bouts = observed_bouts([8, 2, 3, 30], [9, 5, 4, 31], (1.0, 10.0))
    assert bouts["state"].tolist() == ["mobile", "immobile", "mobile", "immobile", "mobile"]
    assert bouts["start_s"].tolist() == [1, 2, 5, 8, 9]
    assert observed_bouts([], [], (0.0, 5.0))["state"].tolist() == ["mobile"]


def test_a_second_is_what_most_of_its_scored_frames_are():
    mask = np.array([1, 1, 0, 0, 0, 0, 1, NAN, NAN, NAN, NAN, NAN])
    time_s = 7.3 + np.arange(12) / 4
    seconds = per_second(mask, time_s, 7.3)
    assert seconds[:2].tolist() == [1, 0]
    assert np.isnan(seconds[2])


def test_the_majority_ignores_who_did_not_score_and_leaves_ties_open():
    votes = [
        np.array([1, 1, 0, NAN, 1.0]),
        np.array([1, 0, 0, NAN, NAN]),
        np.array([0, 0, 1, NAN, 0.0]),
    ]
    found = majority(votes)
    assert found[:3].tolist() == [1, 0, 0]
    assert np.isnan(found[3:]).all()


def test_kappa_of_two_raters_from_their_bouts():
    """Ten of 100 s: 60 to 80 against 70 to 80; expected by the 2x2 table 10, 10, 0, 80."""
    one = recording(1, {"ann": [(60, 80)], "bob": [(70, 80)]})
    pairs = pairs_of(["ann", "bob"])
    rows = compare_frames(count_all([one], pairs), seed=1)
    expected = (0.9 - (0.2 * 0.1 + 0.8 * 0.9)) / (1 - (0.2 * 0.1 + 0.8 * 0.9))
    assert estimate(rows, ("ann", "bob"), "frames", "kappa") == pytest.approx(expected)
    assert estimate(rows, ("ann", "bob"), "seconds", "accuracy") == pytest.approx(0.9)


def test_measures_are_taken_in_the_common_window_per_rater():
    one = recording(1, {"ann": [(60, 80), (90, 120)], "bob": [(70, 80)]})
    ratings = rate_animals([one]).set_index("rater")
    assert ratings["immobility_s"].to_dict() == {"ann": 30, "bob": 10}
    assert ratings["latency_s"].to_dict() == {"ann": 60, "bob": 70}
    assert ratings["n_bouts"].to_dict() == {"ann": 2, "bob": 1}


def test_the_rater_who_sees_something_else_is_apart(four_raters):
    ratings = rate_animals(four_raters)
    counts = count_all(four_raters, pairs_of(["ann", "bob", "cy", "odd"]))
    raters = compare_raters(four_raters, counts, ratings, seed=1).set_index("rater")
    flagged = raters["flags"].str.contains("apart")
    assert flagged.to_dict() == {"ann": False, "bob": False, "cy": False, "odd": True}
    assert raters.loc["odd", "kappa_majority"] < 0.3
    assert raters.loc["ann", "kappa_majority"] > 0.9


def test_a_rater_who_marks_ever_more_is_drifting():
    trials = [
        recording(number, {"ann": [(10, 40)], "bob": [(10, 40 + 3 * number)], "cy": [(10.5, 40)]})
        for number in range(8)
    ]
    counts = count_all(trials, pairs_of(["ann", "bob", "cy"]))
    raters = compare_raters(trials, counts, rate_animals(trials), seed=1).set_index("rater")
    assert raters.loc["bob", "drift_s_per_trial"] == pytest.approx(3.0)
    assert "drifting" in raters.loc["bob", "flags"]


def test_the_program_is_never_among_the_people(four_raters):
    with_machine = [
        Recording(one.trial_id, one.animal_id, one.start_s, one.stop_s, one.time_s,
                  {"behave": one.bouts["odd"], "ann": one.bouts["ann"], "bob": one.bouts["bob"]})
        for one in four_raters
    ]  # fmt: skip
    ratings = rate_animals(with_machine)
    pairs = pairs_of(["ann", "behave", "bob"])
    assert pairs[:2] == [("behave", "ann"), ("behave", "bob")]
    raters = compare_raters(with_machine, count_all(with_machine, pairs), ratings, seed=1)
    raters = raters.set_index("rater")
    assert raters.loc["ann", "kappa_majority"] > 0.9
    assert raters.loc["behave", "kappa_majority"] < 0.3
    rows = compare_measures(ratings, pairs, seed=1)
    assert not any(row["rater_1"] == "all raters" for row in rows)
