"""Bouts -> measures: seconds add up, and nothing is made of what was not seen."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behave.scoring.bouts import drop_short, to_bouts
from behave.scoring.measures import measure, measure_bins, measure_epochs

UNITS = "0 0 0 1 0 0 0 1 1 0 1 1 0 0 1 0 1 0"


@pytest.fixture
def worked_vector() -> pd.DataFrame:
    """Return DBscorer's worked example: 18 units of 1 s, 7 of them immobile, at 4 frames/s."""
    state = ["immobile" if unit == "1" else "mobile" for unit in UNITS.split() for _ in range(4)]
    return to_bouts(state, np.arange(72) / 4)


@st.composite
def bout_tables(draw: st.DrawFn) -> pd.DataFrame:
    """Draw bouts end to end from 0, lengths in 0.1 ms, of any state."""
    lengths = draw(st.lists(st.integers(1, 100000), min_size=1, max_size=30))
    edges = np.cumsum([0, *lengths]) / 10000
    state = draw(
        st.lists(
            st.sampled_from(["immobile", "mobile", "unscored"]),
            min_size=len(lengths),
            max_size=len(lengths),
        )
    )
    return pd.DataFrame(
        {
            "state": np.array(state, dtype=object),
            "start_s": edges[:-1],
            "stop_s": edges[1:],
            "duration_s": np.diff(edges),
        }
    )


def test_the_worked_vector_of_dbscorer(worked_vector: pd.DataFrame) -> None:
    found = measure(worked_vector, 0, 18)
    assert (found["immobility_s"], found["n_bouts"], found["latency_s"]) == (7.0, 5, 3.0)
    assert found["immobility_pct"] == pytest.approx(100 * 7 / 18)
    assert found["mean_bout_s"] == pytest.approx(7 / 5)
    assert found["longest_bout_s"] == 2.0


def test_the_worked_vector_of_dbscorer_with_a_minimum_bout_of_two(
    worked_vector: pd.DataFrame,
) -> None:
    found = measure(drop_short(worked_vector, 2), 0, 18)
    assert (found["immobility_s"], found["n_bouts"], found["latency_s"]) == (4.0, 2, 7.0)


def test_bouts_are_cut_at_the_edges_of_the_epoch(worked_vector: pd.DataFrame) -> None:
    found = measure(worked_vector, 7.5, 10.5)
    assert (found["immobility_s"], found["n_bouts"], found["latency_s"]) == (2.0, 2, 0.0)
    assert found["longest_bout_s"] == 1.5


def test_an_animal_that_never_stops_has_a_censored_latency(worked_vector: pd.DataFrame) -> None:
    found = measure(worked_vector, 0, 3)
    assert (found["latency_s"], found["latency_censored"]) == (3.0, True)
    assert (found["immobility_s"], found["n_bouts"]) == (0.0, 0)
    assert math.isnan(found["mean_bout_s"])
    assert math.isnan(found["longest_bout_s"])


def test_latency_counts_from_the_entry_in_every_epoch(worked_vector: pd.DataFrame) -> None:
    """It floats at 3 s: before the second window begins, and within the first."""
    found = measure_epochs(worked_vector, {"whole": (0, 17), "score_window": (4, 16)}, 1.0)
    assert found["latency_s"].tolist() == [2.0, 2.0]
    assert found["latency_censored"].tolist() == [False, False]
    assert found["latency_in_epoch_s"].tolist() == [2.0, 2.0]  # floats again at 7 s
    late = measure_epochs(worked_vector, {"whole": (0, 17), "score_window": (6, 8)}, 1.0)
    assert late["latency_s"].tolist() == [2.0, 2.0]
    assert late["latency_in_epoch_s"].tolist() == [2.0, 0.0]


def test_a_float_after_a_window_without_one_is_the_latency(worked_vector: pd.DataFrame) -> None:
    found = measure_epochs(worked_vector, {"whole": (0, 18), "score_window": (1, 3)}, 0.0)
    assert found["latency_s"].tolist() == [3.0, 3.0]
    assert found["latency_in_epoch_s"].tolist() == [3.0, 2.0]
    assert found["n_bouts"].tolist() == [5, 0]


def test_a_latency_is_censored_at_the_last_moment_scored(worked_vector: pd.DataFrame) -> None:
    """Nothing is known after the recording's end, nor of what comes after the test."""
    swims = worked_vector.assign(state="mobile")
    found = measure_epochs(swims, {"whole": (0, 24), "score_window": (4, 24)}, 1.0)
    assert found["latency_s"].tolist() == [17.0, 17.0]
    assert found["latency_censored"].tolist() == [True, True]
    assert found["latency_in_epoch_s"].tolist() == [24.0, 20.0]
    before = measure_epochs(worked_vector, {"whole": (0, 2)}, 0.0).iloc[0]
    assert (before["latency_s"], before["latency_censored"]) == (2.0, True)


def test_time_past_the_end_of_the_recording_is_unscored(worked_vector: pd.DataFrame) -> None:
    found = measure(worked_vector, 0, 24)
    assert (found["scored_s"], found["unscored_s"]) == (18.0, 6.0)
    assert found["immobility_pct"] == pytest.approx(100 * 7 / 18)


def test_a_window_in_which_nothing_was_seen_has_no_measures(worked_vector: pd.DataFrame) -> None:
    assert measure(worked_vector, 20, 24) == {"scored_s": 0.0, "unscored_s": 4.0}
    bins = measure_bins(worked_vector, 6, 24, 0)
    assert bins["immobility_s"].isna().tolist() == [False, False, False, True]


def test_the_last_bin_may_be_shorter_and_is_never_a_splinter(worked_vector: pd.DataFrame) -> None:
    assert measure_bins(worked_vector, 5, 18, 0)["stop_s"].tolist() == [5, 10, 15, 18]
    assert measure_bins(worked_vector, 6, 18.00004, 0)["stop_s"].tolist() == [6, 12, 18.00004]


@given(bout_tables(), st.floats(0, 50), st.floats(0.01, 300))
def test_scored_and_unscored_time_fill_the_epoch(
    bouts: pd.DataFrame, start: float, length: float
) -> None:
    found = measure(bouts, start, start + length)
    assert found["scored_s"] + found["unscored_s"] == pytest.approx(length)
    assert found.get("immobility_s", 0) <= found["scored_s"] + 1e-9


@given(bout_tables(), st.floats(0.5, 90), st.floats(0, 20))
def test_bins_add_up_to_the_epoch(bouts: pd.DataFrame, bin_s: float, entry_s: float) -> None:
    stop = float(bouts["stop_s"].iloc[-1]) + 1
    whole = measure_epochs(bouts, {"whole": (0, stop)}, entry_s).iloc[0]
    bins = measure_bins(bouts, bin_s, stop, entry_s)
    assert bins["scored_s"].sum() == pytest.approx(whole["scored_s"])
    assert bins["immobility_s"].sum() == pytest.approx(np.nan_to_num(whole.get("immobility_s", 0)))
    assert (bins["start_s"].to_numpy()[1:] == bins["stop_s"].to_numpy()[:-1]).all()


@given(bout_tables(), st.integers(0, 1000))
def test_measures_do_not_depend_on_when_the_video_was_started(
    bouts: pd.DataFrame, shift: int
) -> None:
    later = bouts.assign(start_s=bouts["start_s"] + shift, stop_s=bouts["stop_s"] + shift)
    epochs = {"whole": (0.0, 60.0), "score_window": (20.0, 60.0)}
    pd.testing.assert_frame_equal(
        measure_epochs(bouts, epochs, 0.0), measure_epochs(later, epochs, float(shift)), atol=1e-6
    )
