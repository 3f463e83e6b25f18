"""Two trackers of one animal: what counts as a disagreement, and what does not."""

import numpy as np
import pandas as pd
import pytest

from behave.scoring import MotionSignal
from behave.scoring.agreement.trackers import agreement_of_trackers, disagreements, score_secondary

FPS = 10


def frames_of(states, motion=None, fps=FPS):
    """One row per frame of a recording whose letters are frames: i, m, s (swimming) or -."""
    names = {"i": "immobile", "m": "mobile", "s": "swimming", "-": "unscored"}
    levels = {"i": 0.5, "m": 2.0, "s": 2.0, "-": np.nan}
    return pd.DataFrame(
        {
            "frame": np.arange(len(states)),
            "time_s": np.arange(len(states)) / fps,
            "motion": [levels[state] for state in states] if motion is None else motion,
            "state": pd.Series([names[state] for state in states], dtype=object),
        }
    )


def found(one, two, entry_s=0.0):
    return disagreements(frames_of(one), frames_of(two), entry_s, (1.0, 1.0))


def test_a_bout_that_begins_half_a_second_later_is_no_disagreement():
    assert found("m" * 20 + "i" * 20, "m" * 25 + "i" * 15).empty


def test_neighbouring_seconds_are_one_stretch_and_say_who_sees_what():
    (row,) = found("m" * 10 + "i" * 24 + "m" * 16, "m" * 50).to_dict("records")
    assert (row["start_s"], row["stop_s"]) == (1.0, 3.0), "of the fourth second only 0.4 s differ"
    assert (row["silhouette"], row["keypoints"]) == ("immobile", "mobile")
    assert row["differ_s"] == pytest.approx(2.0)
    assert row["silhouette_ratio"] == pytest.approx(0.5)
    assert row["keypoints_ratio"] == pytest.approx(2.0)


def test_stretches_end_where_the_trackers_change_places():
    rows = found("i" * 10 + "m" * 10, "m" * 10 + "i" * 10)
    assert rows["silhouette"].tolist() == ["immobile", "mobile"]
    assert rows["start_s"].tolist() == [0.0, 1.0]


def test_what_one_of_them_did_not_see_is_no_disagreement():
    assert found("i" * 20, "-" * 20).empty
    assert found("m" * 20, "-" * 5 + "i" * 5 + "-" * 10).empty, "0.5 s is not more than half"


def test_swimming_and_mobile_are_no_disagreement():
    assert found("s" * 20, "m" * 20).empty


def test_seconds_count_from_the_entry():
    (row,) = found("m" * 7 + "i" * 10 + "m" * 13, "m" * 30, entry_s=0.7).to_dict("records")
    assert (row["start_s"], row["stop_s"]) == (0.7, 1.7)


def test_agreement_is_that_of_a_table_worked_by_hand():
    # 8 s: both immobile 3 s, both mobile 3 s, one against the other 1 s each way.
    one, two = frames_of("i" * 40 + "m" * 40), frames_of("i" * 30 + "m" * 40 + "i" * 10)
    table = agreement_of_trackers(one, two, 0.0, {"whole": (0, 8), "score_window": (2, 6)})
    whole, window = table.to_dict("records")
    assert whole["both_s"] == pytest.approx(8)
    assert whole["silhouette_s"] == pytest.approx(4)
    assert whole["keypoints_s"] == pytest.approx(4)
    assert whole["differ_s"] == pytest.approx(2)
    assert whole["n_seconds"] == 2
    assert whole["kappa"] == pytest.approx((0.75 - 0.5) / 0.5)
    assert (window["differ_s"], window["n_seconds"]) == (pytest.approx(1), 1)


def test_kappa_is_not_measured_where_nothing_varies_or_nothing_was_seen():
    for one, two in (("i" * 20, "i" * 20), ("i" * 20, "-" * 20)):
        (row,) = agreement_of_trackers(
            frames_of(one), frames_of(two), 0.0, {"whole": (0, 2)}
        ).to_dict("records")
        assert np.isnan(row["kappa"])


def test_trackers_with_other_frames_are_compared_in_time():
    one, two = frames_of("i" * 40 + "m" * 40), frames_of("i" * 160 + "m" * 160, fps=40)
    (row,) = agreement_of_trackers(one, two, 0.0, {"whole": (0, 8)}).to_dict("records")
    assert row["differ_s"] == 0
    assert row["kappa"] == pytest.approx(1)


def test_the_second_tracker_is_scored_as_the_first_but_refused_nothing():
    motion = pd.DataFrame(
        {
            "frame": np.arange(100),
            "time_s": np.arange(100) / FPS,
            "motion": [2.0] * 30 + [0.1] * 30 + [np.nan] * 40,
        }
    )
    states = score_secondary(MotionSignal(motion, 1.0, 0.06), 1.0, 0.5)["state"].tolist()
    assert states[:10] == ["unscored"] * 10, "before the entry"
    assert set(states[10:30]) == {"mobile"}
    assert set(states[30:60]) == {"immobile"}
    assert set(states[60:]) == {"unscored"}


def test_a_tracker_whose_changes_cost_more_passes_over_a_short_burst():
    motion = pd.DataFrame(
        {
            "frame": np.arange(60),
            "time_s": np.arange(60) / 20,
            "motion": [0.1] * 30 + [5.0] * 6 + [0.1] * 24,
        }
    )
    cheap, dear = (
        score_secondary(MotionSignal(motion, 0.0, cost), 1.0, 0.5)["state"] for cost in (0.1, 0.2)
    )
    assert (cheap == "mobile").sum() == 5  # of 6: a body still gives way after its last stroke
    assert (dear == "immobile").all()
