"""The face: motion in, states, bouts and measures out, each by its table."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from behave.errors import TrialError
from behave.model import tables
from behave.model.flags import Flag
from behave.scoring import MotionSignal, Score, ScoringOptions, score
from behave.scoring.boundaries import ONSET_LEAD_S
from behave.scoring.rescore import rescore

PENALTY_S = 0.06
FLOATS = ((40.0, 50.0), (60.0, 80.0))
WINDOWS = {"whole": (0.0, 120.0), "score_window": (30.0, 120.0)}


def recording(time_s: npt.ArrayLike) -> pd.DataFrame:
    """Return motion 2 while swimming and 0.1 while floating, at the times given."""
    time_s = np.asarray(time_s, dtype=float)
    floating = np.any([(time_s >= start) & (time_s < stop) for start, stop in FLOATS], axis=0)
    return pd.DataFrame(
        {
            "frame": np.arange(len(time_s)),
            "time_s": time_s,
            "motion": np.where(floating, 0.1, 2.0),
            "x_px": 5.0,
            "y_px": 6.0,
            "area_px": 100.0,
        }
    )


def scored(
    motion: pd.DataFrame,
    *,
    entry_s: float = 0.0,
    epochs: Mapping[str, tuple[float, float]] = WINDOWS,
    options: ScoringOptions | None = None,
    immobile_below: float = 1.0,
) -> Score:
    return score(
        MotionSignal(motion, entry_s, PENALTY_S),
        epochs=epochs,
        bin_s=30,
        immobile_below=immobile_below,
        options=options or ScoringOptions(),
    )


def flag(result: Score, name: str) -> Flag | None:
    found = [item for item in result.flags if item.name == name]
    return found[0] if found else None


@pytest.fixture
def swim() -> pd.DataFrame:
    """Return 130 s at 25 frames/s with floating from 40 to 50 and from 60 to 80 s.

    Each float is found two frames longer: a body glides for a moment before it is still.
    """
    return recording(np.arange(3250) / 25)


def test_a_swim_with_two_floats(swim: pd.DataFrame) -> None:
    result = scored(swim)
    window = result.measures.set_index("epoch").loc["score_window"]
    assert window["immobility_s"] == pytest.approx(30.0 + 2 * ONSET_LEAD_S, abs=0.05)
    assert window["latency_in_epoch_s"] == pytest.approx(10.0 - ONSET_LEAD_S, abs=0.05)
    assert window["n_bouts"] == 2
    assert window["scored_s"] == 90.0
    assert result.bins["immobility_s"].tolist() == pytest.approx(
        [0, 10 + 2 * ONSET_LEAD_S, 20, 0], abs=0.05
    )
    assert result.bouts["state"].tolist() == ["mobile", "immobile"] * 2 + ["mobile"]
    assert set(result.bouts["source"]) == {"auto"}
    assert result.flags == ()


def test_tables_have_the_columns_of_the_contract(swim: pd.DataFrame) -> None:
    result = scored(swim)
    ids = {"trial_id", "animal_id", "video", "arena", "status"}
    for frame, table in (
        (result.states, tables.FRAMES),
        (result.bouts, tables.BOUTS),
        (result.measures, tables.MEASURES),
        (result.bins, tables.BINS),
    ):
        assert list(frame.columns) == [name for name in table.names if name not in ids]


def test_swimming_and_climbing_are_empty_until_told_apart(swim: pd.DataFrame) -> None:
    assert scored(swim).measures[["swimming_s", "climbing_s"]].isna().all(axis=None)


def test_windows_count_from_entry_and_bouts_from_the_first_frame(swim: pd.DataFrame) -> None:
    result = scored(swim, entry_s=10.0, epochs={"whole": (0.0, 60.0)})
    assert result.measures.loc[0, "immobility_s"] == pytest.approx(
        20.0 + 2 * ONSET_LEAD_S, abs=0.05
    )
    assert result.measures.loc[0, "latency_s"] == pytest.approx(30.0 - ONSET_LEAD_S, abs=0.05)
    first = result.bouts[result.bouts["state"] == "immobile"].iloc[0]
    assert first["start_s"] == pytest.approx(40.0 - ONSET_LEAD_S, abs=0.05)


def test_what_happens_before_the_entry_is_unscored(swim: pd.DataFrame) -> None:
    result = scored(swim, entry_s=45.0, epochs={"whole": (0.0, 60.0)})
    assert result.bouts.iloc[0][["state", "stop_s"]].tolist() == ["unscored", 45.0]
    assert result.measures.loc[0, "latency_s"] == 0.0


def test_an_open_epoch_ends_with_the_recording(swim: pd.DataFrame) -> None:
    whole = scored(swim, entry_s=10.0, epochs={"whole": (0.0, np.inf)}).measures.loc[0]
    assert whole["stop_s"] == 120.0
    assert whole["unscored_s"] == 0.0


def test_a_chosen_threshold_replaces_the_trackers(swim: pd.DataFrame) -> None:
    result = scored(swim, immobile_below=0.01)
    assert result.measures["immobility_s"].tolist() == [0.0, 0.0]
    assert flag(result, "one_state_score_window").value == 0.0


def test_without_any_threshold_the_trial_says_so(swim: pd.DataFrame) -> None:
    with pytest.raises(TrialError, match=r"scoring\.immobile_below"):
        score(
            MotionSignal(swim, 0.0, PENALTY_S),
            epochs=WINDOWS,
            bin_s=60,
            immobile_below=np.nan,
            options=ScoringOptions(),
        )


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValidationError):
        ScoringOptions.model_validate({"immobile_bellow": 1})


def test_lost_frames_are_unscored_listed_and_flagged(swim: pd.DataFrame) -> None:
    lost = swim[(swim["time_s"] < 90) | (swim["time_s"] >= 99)]
    result = scored(lost)
    window = result.measures.set_index("epoch").loc["score_window"]
    assert window["unscored_s"] == pytest.approx(9.0)
    assert flag(result, "unscored_score_window").value == pytest.approx(0.1)
    assert "90.0 to 99.0 s" in flag(result, "gaps").text


def test_frames_without_motion_are_never_immobile(swim: pd.DataFrame) -> None:
    swim.loc[swim["time_s"].between(62, 70, inclusive="left"), "motion"] = np.nan
    window = scored(swim).measures.set_index("epoch").loc["score_window"]
    assert window["immobility_s"] == pytest.approx(22.0, abs=0.2)
    assert window["unscored_s"] == pytest.approx(8.0)


def test_over_a_fifth_unseen_fails_the_trial(swim: pd.DataFrame) -> None:
    with pytest.raises(TrialError, match=r"21\.1 %"):
        scored(swim[swim["time_s"] < 101])


def test_only_the_score_window_fails_a_trial(swim: pd.DataFrame) -> None:
    """Thirty seconds before the window are a quarter of the whole."""
    result = scored(swim[swim["time_s"] >= 30])
    assert flag(result, "unscored_whole").value == pytest.approx(0.25)
    assert flag(result, "unscored_score_window") is None


def test_a_float_after_an_unseen_stretch_has_an_unsure_latency(swim: pd.DataFrame) -> None:
    result = scored(swim[(swim["time_s"] < 31) | (swim["time_s"] >= 35)])
    assert flag(result, "latency_unsure_score_window").value == pytest.approx(4.0)


def test_motion_near_the_threshold_is_flagged(swim: pd.DataFrame) -> None:
    swim.loc[swim["time_s"] < 65, "motion"] = 0.9
    assert flag(scored(swim), "near_threshold").value == pytest.approx(0.5)


def test_time_that_runs_backwards_fails_the_trial(swim: pd.DataFrame) -> None:
    swim.loc[100, "time_s"] = 1.0
    with pytest.raises(TrialError, match="frame 100"):
        scored(swim)


def test_an_entry_after_the_end_fails_the_trial(swim: pd.DataFrame) -> None:
    with pytest.raises(TrialError, match="nothing to score"):
        scored(swim, entry_s=200.0)


def test_an_epoch_after_the_end_fails_the_trial(swim: pd.DataFrame) -> None:
    with pytest.raises(TrialError, match="begins after"):
        scored(swim, epochs={"whole": (140.0, np.inf)})


@settings(max_examples=15)
@given(rate=st.sampled_from([15.0, 25.0, 29.97, 30.0, 50.0, 60.0]), seed=st.integers(0, 10**6))
def test_the_same_swim_filmed_at_any_rate_gets_the_same_score(rate: float, seed: int) -> None:
    """Frame times jitter by up to 40 % of a frame, as in a variable-rate file."""
    count = int(130 * rate)
    jitter = np.random.default_rng(seed).uniform(-0.4, 0.4, count)
    window = scored(recording(np.sort(np.arange(count) + jitter + 0.4) / rate)).measures
    assert window["immobility_s"].tolist() == pytest.approx([30.0, 30.0], abs=0.3)
    assert window["latency_s"].tolist() == pytest.approx([40.0, 40.0], abs=0.15)
    assert window["latency_in_epoch_s"].tolist() == pytest.approx([40.0, 10.0], abs=0.15)
    assert window["n_bouts"].tolist() == [2, 2]


@settings(max_examples=15)
@given(shift=st.integers(0, 5000))
def test_a_shift_in_time_changes_no_measure(shift: int) -> None:
    swim = recording(np.arange(1300) / 10)
    later = swim.assign(time_s=swim["time_s"] + shift)
    pd.testing.assert_frame_equal(
        scored(swim).measures, scored(later, entry_s=float(shift)).measures, atol=2e-4
    )


def test_rescoring_with_the_same_choices_gives_the_same_immobility(swim):
    options = ScoringOptions(min_bout_s=1.0)
    first = scored(swim, entry_s=42.0, options=options, epochs={"whole": (0.0, 60.0)})
    again = rescore(
        MotionSignal(swim, 42.0, PENALTY_S),
        windows={"whole": (0.0, 60.0)},
        thresholds=[1.0, 0.05],
        min_bouts_s=[1.0, 15.0],
    )
    expected = first.measures.loc[0, "immobility_s"]
    assert expected == pytest.approx(28.0, abs=0.1)
    assert again["immobility_s"].tolist() == pytest.approx([expected, 20.0, 0.0, 0.0], abs=0.1)
