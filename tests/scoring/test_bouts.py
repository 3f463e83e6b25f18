"""States <-> bouts: nothing is lost on the way there and back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behave.scoring.bouts import clip, drop_short, frame_spans, to_bouts, to_states

Recording = tuple[np.ndarray, np.ndarray]
STATES = st.sampled_from(["immobile", "mobile", "unscored"])


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Draw irregular time stamps (0.1 ms to 3 s apart) and a state for each frame."""
    steps = draw(st.lists(st.integers(1, 30000), min_size=1, max_size=60))
    time_s = draw(st.integers(0, 1000)) + np.cumsum([0, *steps]) / 10000
    state = draw(st.lists(STATES, min_size=len(time_s), max_size=len(time_s)))
    return time_s, np.array(state, dtype=object)


def duration(bouts: pd.DataFrame, state: str) -> float:
    return bouts.loc[bouts["state"] == state, "duration_s"].sum()


@given(recordings())
def test_states_survive_the_way_to_bouts_and_back(recording: Recording) -> None:
    time_s, state = recording
    assert to_states(to_bouts(state, time_s), time_s).tolist() == state.tolist()


@given(recordings())
def test_bouts_lie_end_to_end_and_neighbours_differ(recording: Recording) -> None:
    time_s, state = recording
    bouts = to_bouts(state, time_s)
    assert bouts["start_s"].iloc[0] == time_s[0]
    assert (bouts["stop_s"].to_numpy()[:-1] == bouts["start_s"].to_numpy()[1:]).all()
    assert (bouts["duration_s"] > 0).all()
    assert (bouts["state"].to_numpy()[1:] != bouts["state"].to_numpy()[:-1]).all()


@given(recordings(), st.floats(-5, 30), st.floats(0.001, 200))
def test_clipped_bouts_fill_their_window(recording: Recording, start: float, length: float) -> None:
    time_s, state = recording
    window = clip(to_bouts(state, time_s), start, start + length)
    assert window["start_s"].iloc[0] == start
    assert window["stop_s"].iloc[-1] == start + length
    assert window["duration_s"].sum() == pytest.approx(length)
    assert (window["stop_s"].to_numpy()[:-1] == window["start_s"].to_numpy()[1:]).all()


@given(recordings(), st.floats(0, 5))
def test_dropping_short_bouts_moves_time_from_immobile_to_mobile_only(
    recording: Recording, minimum: float
) -> None:
    time_s, state = recording
    bouts = to_bouts(state, time_s)
    kept = drop_short(bouts, minimum)
    still = kept[kept["state"] == "immobile"]
    assert (still["duration_s"] >= minimum - 0.001).all()
    assert duration(kept, "unscored") == pytest.approx(duration(bouts, "unscored"))
    assert kept["duration_s"].sum() == pytest.approx(bouts["duration_s"].sum())
    assert still["start_s"].isin(bouts["start_s"]).all()


@given(recordings(), st.integers(2, 5))
def test_sampling_the_same_swim_more_often_gives_the_same_bouts(
    recording: Recording, times: int
) -> None:
    """A recording without gaps, each frame cut into equal parts."""
    time_s, state = recording
    time_s = np.append(0.0, np.cumsum(np.minimum(np.diff(time_s), 0.499)))
    time_s = np.append(time_s, time_s[-1] + 0.25)
    edges = np.linspace(time_s[:-1], time_s[1:], times, endpoint=False, axis=1).ravel()
    sparse = to_bouts([*state, "mobile"], time_s)
    dense = to_bouts([*np.repeat(state, times), "mobile"], np.append(edges, time_s[-1]))
    stop = float(time_s[-1])
    pd.testing.assert_frame_equal(clip(sparse, 0, stop), clip(dense, 0, stop))


def test_a_frame_lasts_until_the_next_and_the_last_one_a_median_frame() -> None:
    start, stop = frame_spans([0.0, 0.1, 0.3, 0.4])
    assert start.tolist() == [0.0, 0.1, 0.3, 0.4]
    assert stop == pytest.approx([0.1, 0.3, 0.4, 0.5])


def test_a_gap_of_half_a_second_is_bridged_and_a_longer_one_is_unscored() -> None:
    time_s = [0.0, 0.1, 0.2, 0.7, 0.8, 1.31, 1.41]
    bouts = to_bouts(["immobile"] * 7, time_s)
    assert bouts["state"].tolist() == ["immobile", "unscored", "immobile"]
    assert bouts["start_s"].tolist() == pytest.approx([0.0, 0.9, 1.31])
    assert bouts["stop_s"].tolist() == pytest.approx([0.9, 1.31, 1.51])


def test_a_short_immobile_bout_goes_and_a_short_mobile_one_stays() -> None:
    time_s = np.arange(20) / 10
    state = ["mobile"] * 3 + ["immobile"] * 4 + ["mobile"] + ["immobile"] * 5 + ["mobile"] * 7
    bouts = drop_short(to_bouts(state, time_s), 0.5)
    assert bouts["state"].tolist() == ["mobile", "immobile", "mobile"]
    assert bouts["start_s"].tolist() == pytest.approx([0.0, 0.8, 1.3])


def test_a_bout_of_exactly_the_minimum_counts_whatever_the_frame_rate() -> None:
    for rate in (15, 25, 29.97, 30, 60):
        frames = np.arange(6 * 60)
        state = np.where((frames >= 7) & (frames < 7 + round(rate)), "immobile", "mobile")
        minimum = round(round(rate) / rate, 4)
        bouts = drop_short(to_bouts(state, np.round(frames / rate, 4)), minimum)
        assert "immobile" in set(bouts["state"]), rate


def test_no_bouts_means_nothing_seen() -> None:
    nothing = pd.DataFrame({"state": [], "start_s": [], "stop_s": [], "duration_s": []})
    assert to_states(nothing, [0.0, 1.0]).tolist() == ["unscored", "unscored"]
    assert clip(nothing, 1.0, 3.0)[["state", "duration_s"]].to_numpy().tolist() == [["unscored", 2]]
