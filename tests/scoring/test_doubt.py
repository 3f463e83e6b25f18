"""The stretches to look at first are those nearest to the threshold."""

import numpy as np
import pandas as pd
import pytest

from behave.scoring.doubt import doubtful_stretches


def frames_of(ratios, fps=10, immobile_below=0.02):
    """Return frames whose motion, second by second, is this many thresholds."""
    time_s = np.arange(len(ratios) * fps) / fps
    return pd.DataFrame({"time_s": time_s, "motion": np.repeat(ratios, fps) * immobile_below})


def test_neighbouring_seconds_near_the_threshold_are_one_stretch():
    frames = frames_of([0.2, 0.9, 1.1, 3, 1.0, np.nan, 2, 0.85])
    found = doubtful_stretches(frames, (0.0, 8.0), 0.02)
    assert found[["start_s", "stop_s"]].to_numpy().tolist() == [[1, 3], [4, 5], [7, 8]]
    assert found["motion_ratio"].tolist() == pytest.approx([1.0, 1.0, 0.85])
    assert found["doubt"].tolist() == pytest.approx([1.0, 1.0, 0.25])


def test_at_most_five_and_the_most_doubtful_first():
    ratios = [1.19, 3, 1.15, 3, 1.1, 3, 1.05, 3, 1.0, 3, 1.18]
    found = doubtful_stretches(frames_of(ratios), (0.0, 11.0), 0.02)
    assert found["start_s"].tolist() == [8, 6, 4, 2, 10]


def test_nothing_before_the_entry_or_after_the_end_counts():
    found = doubtful_stretches(frames_of([1.0] * 10), (2.5, 6.0), 0.02)
    assert found[["start_s", "stop_s"]].to_numpy().tolist() == [[2.5, 6.0]]


@pytest.mark.parametrize("ratios", [[], [0.1, 4.0], [np.nan, np.nan]])
def test_without_doubt_there_is_no_stretch(ratios):
    found = doubtful_stretches(frames_of(ratios), (0.0, 5.0), 0.02)
    assert found.empty
    assert list(found.columns) == ["start_s", "stop_s", "motion_ratio", "doubt"]
