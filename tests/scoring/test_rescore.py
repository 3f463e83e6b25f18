"""The same motion scored otherwise is what scoring it that way gives."""

import numpy as np
import pandas as pd
import pytest

from behave.scoring import MotionSignal
from behave.scoring.boundaries import classify_states
from behave.scoring.bouts import drop_short, to_bouts
from behave.scoring.measures import measure
from behave.scoring.rescore import rescore

WINDOWS = {"early": (0.0, 20.0), "late": (10.0, 40.0)}


def test_each_combination_is_measured_as_a_window_is():
    rng = np.random.default_rng(4)
    time_s = np.arange(0, 45, 0.1)
    motion = np.where(rng.random(450) < 0.02, 1.0, 0.0).cumsum() % 2 + 0.3 * rng.random(450)
    motion[120:150] = np.nan  # out of sight for 3 s
    track = pd.DataFrame({"time_s": time_s, "motion": motion})
    found = rescore(
        MotionSignal(track, 2.0, 0.06),
        windows=WINDOWS,
        thresholds=[0.2, 0.6],
        min_bouts_s=[0.0, 2.0],
    )
    assert len(found) == 8
    unseen = np.where(time_s < 2.0, np.nan, motion)
    for row in found.itertuples():
        bouts = to_bouts(classify_states(time_s, unseen, row.immobile_below, 0.06), time_s)
        start, stop = (2.0 + edge for edge in WINDOWS[row.window])
        expected = measure(drop_short(bouts, row.min_bout_s), start, stop)
        assert row.immobility_s == pytest.approx(expected["immobility_s"])
        assert row.scored_s == pytest.approx(expected["scored_s"])
    assert found["scored_s"].min() < 18  # the stretch out of sight counts as unseen
