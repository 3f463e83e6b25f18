"""What other labs might have chosen: windows, each once, and measures under each choice."""

import pandas as pd
import pytest

from behave.study.alternatives import alternatives, windows


@pytest.mark.parametrize(
    ("whole", "scored", "expected"),
    [
        # The usual mouse test: its last 4 min are minutes 2 to 6, and are scored.
        (360, (120, 360), ["score window", "whole test", "last half"]),
        # Scored whole: what most labs score instead is tried.
        (360, (0, 360), ["score window", "last 4 min", "last half"]),
        (420, (120, 360), ["score window", "whole test", "last 4 min", "last half"]),
        (600, (0, 600), ["score window", "last 4 min", "minutes 2 to 6", "last half"]),
        (90, (30, 90), ["score window", "whole test", "last half"]),
    ],
)
def test_each_window_is_tried_once(whole, scored, expected):
    tried = windows({"whole": (0.0, float(whole)), "score_window": tuple(map(float, scored))})
    assert list(tried) == expected
    assert len(set(tried.values())) == len(tried)
    assert all(0 <= start < stop <= whole for start, stop in tried.values())


def rescored():
    """Return two trials under two thresholds; b was seen for half of the window only."""
    return pd.DataFrame(
        {
            "trial_id": ["a", "b", "a", "b"],
            "factor": [1.0, 1.0, 1.4, 1.4],
            "min_bout_s": 0.5,
            "window": "whole test",
            "immobility_s": [60.0, 30.0, 90.0, 45.0],
            "scored_s": [240.0, 120.0, 240.0, 120.0],
        }
    )


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("immobility_s", [[60, 30], [90, 45]]), ("immobility_pct", [[25, 25], [37.5, 37.5]])],
)
def test_the_outcome_is_replaced_in_seconds_and_in_percent(outcome, expected):
    measures = pd.DataFrame({"trial_id": ["a", "b"], outcome: [1.0, 2.0]})
    found = list(alternatives(measures, rescored(), outcome))
    assert [item.measures[outcome].tolist() for item in found] == expected
    assert found[1].setting == "threshold x1.4, bouts from 0.5 s, whole test"
    assert found[1].choices == {
        "threshold_factor": 1.4, "min_bout_s": 0.5, "window": "whole test",
    }  # fmt: skip


def test_a_trial_that_was_never_seen_has_no_percent():
    measures = pd.DataFrame({"trial_id": ["a", "b"], "immobility_pct": [1.0, 2.0]})
    unseen = rescored().assign(scored_s=[240.0, 0.0, 240.0, 0.0])
    first = next(alternatives(measures, unseen, "immobility_pct"))
    assert first.measures["immobility_pct"].isna().tolist() == [False, True]
