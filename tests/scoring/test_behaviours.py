"""Mobile time divided into swimming and climbing, where posture was seen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behave.scoring import MotionSignal, Score, ScoringOptions, score
from behave.scoring.behaviours import divide_mobile
from behave.scoring.bouts import to_bouts

WINDOWS = {"whole": (0.0, 60.0), "score_window": (20.0, 60.0)}
UPRIGHT, LEVEL = 1.8, 0.6


def swim(climb_s: list[tuple[float, float]], *, seen: bool = True) -> pd.DataFrame:
    """Return a minute at 20 frames/s: floating from 30 to 40 s, upright at the times given."""
    time_s = np.arange(1200) / 20
    up = np.any([(time_s >= a) & (time_s < b) for a, b in [(0, 0), *climb_s]], axis=0)
    return pd.DataFrame(
        {
            "frame": np.arange(1200),
            "time_s": time_s,
            "motion": np.where((time_s >= 30) & (time_s < 40), 0.1, 3.0),
            "x_px": 5.0,
            "y_px": 6.0,
            "area_px": 100.0,
            "climb": np.where(up, UPRIGHT, LEVEL) if seen else np.nan,
        }
    )


def scored(motion: pd.DataFrame) -> Score:
    """Score with a threshold of 1."""
    return score(
        MotionSignal(motion, 0.0, 0.06),
        epochs=WINDOWS,
        bin_s=20,
        immobile_below=1,
        options=ScoringOptions(),
    )


def test_upright_time_is_climbing_and_the_rest_of_mobile_time_swimming() -> None:
    result = scored(swim([(5, 8), (50, 54)]))
    window = result.measures.set_index("epoch").loc["score_window"]
    assert window["climbing_s"] == pytest.approx(4, abs=0.1)
    assert window["swimming_s"] == pytest.approx(26, abs=0.1)
    states = ["swimming", "climbing", "swimming", "immobile", "swimming", "climbing", "swimming"]
    assert result.bouts["state"].tolist() == states
    assert set(result.states["state"]) == {"swimming", "climbing", "immobile"}


def test_an_animal_that_hangs_upright_in_the_water_without_moving_is_immobile() -> None:
    result = scored(swim([(30, 40)]))
    assert result.measures["climbing_s"].tolist() == [0.0, 0.0]
    assert result.measures["immobility_s"].tolist() == pytest.approx([10, 10], abs=0.1)


def test_where_posture_was_not_seen_neither_is_measured_rather_than_zero() -> None:
    result = scored(swim([], seen=False))
    assert result.measures[["swimming_s", "climbing_s"]].isna().all(axis=None)
    assert set(result.bouts["state"]) == {"mobile", "immobile"}


def test_posture_lost_for_a_while_leaves_the_windows_that_hold_it_empty() -> None:
    motion = swim([(50, 54)])
    motion.loc[motion["time_s"].between(3, 6), "climb"] = np.nan
    measures = scored(motion).measures.set_index("epoch")
    assert np.isnan(measures.loc["whole", "climbing_s"])
    assert measures.loc["score_window", "climbing_s"] == pytest.approx(4, abs=0.1)


def test_immobility_is_the_same_with_and_without_posture() -> None:
    known, unknown = scored(swim([(50, 54)])), scored(swim([], seen=False))
    for name in ("immobility_s", "latency_s", "n_bouts", "longest_bout_s"):
        assert known.measures[name].tolist() == unknown.measures[name].tolist()
    assert known.flags == unknown.flags


def test_one_upright_frame_is_no_climb() -> None:
    assert "climbing" not in set(scored(swim([(50, 50.1)])).bouts["state"])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_dividing_adds_up_and_touches_only_mobile_time(seed: int) -> None:
    generator = np.random.default_rng(seed)
    time_s = np.cumsum(generator.choice([0.04, 0.1, 0.9], 200, p=[0.6, 0.38, 0.02]))
    state = np.repeat(generator.choice(["mobile", "immobile", "unscored"], 40), 5)
    climb = np.where(generator.random(200) < 0.1, np.nan, generator.gamma(3, 0.4, 200))
    before = to_bouts(state, time_s)
    after = divide_mobile(before, time_s, climb)
    spent = after.groupby("state")["duration_s"].sum()
    for name in ("immobile", "unscored"):
        assert spent.get(name, 0) == pytest.approx(
            before.loc[before["state"] == name, "duration_s"].sum()
        )
    assert spent.sum() == pytest.approx(before["duration_s"].sum())
