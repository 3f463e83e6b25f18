"""The report's list of places where silhouette and keypoints disagree."""

import pandas as pd

from behave.report import trackers

TRACKERS = pd.DataFrame(
    {
        "trial_id": ["a", "a", "b", "b"],
        "epoch": ["whole", "score_window"] * 2,
        "both_s": [60.0, 30.0, 40.0, 20.0],
        "silhouette_s": [20.0, 9.0, 10.0, 5.0],
        "keypoints_s": [18.0, 9.0, 15.0, 6.0],
        "differ_s": [4.0, 0.0, 6.0, 2.0],
        "n_seconds": [3, 0, 5, 1],
        "kappa": [0.9, 1.0, 0.6, float("nan")],
    }
)


def queue(count):
    """Return stretches of one trial whose name and keypoints' motion are awkward."""
    return pd.DataFrame(
        {
            "trial_id": ["b 1"] * count,
            "start_s": [10.0 + 5 * number for number in range(count)],
            "stop_s": [12.0 + 5 * number for number in range(count)],
            "silhouette": ["mobile"] * count,
            "keypoints": ["immobile"] * count,
            "differ_s": [2.0] * count,
            "silhouette_ratio": [1.5] * count,
            "keypoints_ratio": [float("nan")] * count,
        }
    )


def test_the_agreement_counts_each_second_once():
    told = trackers.agreement(TRACKERS, queue(2))
    assert "90.0 % of the 100 s" in told
    assert "kappa 0.75 in the median animal, 0.60 in the worst" in told
    assert "by silhouette: 30 s of them; by keypoints: 33 s" in told
    assert "In 8 seconds of 1 of 2 trials" in told


def test_one_tracker_alone_has_nothing_to_tell():
    assert trackers.agreement(pd.DataFrame(), pd.DataFrame()) == ""
    assert trackers.stretches(pd.DataFrame(), {}) == []


def test_animals_that_both_never_saw_are_said_to_be():
    unseen = TRACKERS.assign(both_s=0.0, kappa=float("nan"))
    assert "never saw" in trackers.agreement(unseen, pd.DataFrame())


def test_a_stretch_links_to_its_place_in_the_overlay_where_there_is_one():
    ((where, link, what),) = trackers.stretches(queue(1), {"b 1": "overlays/b 1.mp4"})
    assert where == "b 1, 10.0 to 12.0 s"
    assert link == "overlays/b%201.mp4#t=10.0,12.0"
    assert what.startswith("mobile by silhouette (motion at 150 % of its threshold), immobile")
    assert trackers.stretches(queue(1), {})[0][1] == ""


def test_the_page_lists_the_longest_and_names_the_table_for_the_rest():
    assert len(trackers.stretches(queue(30), {})) == trackers.LISTED
