"""The same movement, recorded at another rate, has the same measures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behave.scoring import MotionSignal, ScoringOptions, score

FINE_HZ = 240
LENGTH_S = 60.0
# The motion wanders for so long: of two steps in it that far apart the larger is not sure.
WANDER_S = 0.1
EPOCHS = {"whole": (0.0, LENGTH_S), "score_window": (15.0, LENGTH_S)}


@st.composite
def movements(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    """Draw bouts of 0.7 to 6 s, floating and swimming in turn, and the seed of their wander."""
    bouts = draw(st.lists(st.floats(0.7, 6), min_size=10, max_size=60))
    return np.cumsum(bouts), draw(st.integers(0, 10_000))


def signal(movement: tuple[np.ndarray, int]) -> np.ndarray:
    """Return a minute of motion: clear of the threshold (1) by a factor of about 4, and never still."""
    edges, seed = movement
    time_s = np.arange(int(LENGTH_S * FINE_HZ)) / FINE_HZ
    floating = np.searchsorted(edges, time_s, side="right") % 2
    steps = round(WANDER_S * FINE_HZ)
    noise = np.random.default_rng(seed).normal(size=time_s.size)
    slow = np.convolve(noise, np.ones(steps) / steps**0.5, mode="same")
    return np.where(floating, 0.25, 4.0) * np.exp(0.25 * slow)


def measured(motion: np.ndarray, time_s: np.ndarray) -> pd.DataFrame:
    """Return the measures of the motion looked at at some times."""
    seen = np.interp(time_s, np.arange(motion.size) / FINE_HZ, motion)
    table = pd.DataFrame(
        {"frame": np.arange(time_s.size), "time_s": time_s, "motion": seen,
         "x_px": 1.0, "y_px": 1.0, "area_px": 9.0}
    )  # fmt: skip
    return score(
        MotionSignal(table, 0.0, 0.06),
        epochs=EPOCHS,
        bin_s=60,
        immobile_below=1,
        options=ScoringOptions(),
    ).measures.set_index("epoch")


def cut_short(edges: np.ndarray, epoch: tuple[float, float], slack_s: float) -> int:
    """Count the floats of which an epoch's edge leaves so little that frames decide on it."""
    starts, stops = edges[::2], np.append(edges, LENGTH_S)[1::2]
    starts = starts[: len(stops)]
    inside = np.minimum(stops, epoch[1]) - np.maximum(starts, epoch[0])
    cut = (starts < epoch[0] + slack_s) | (stops > epoch[1] - slack_s)
    return int((cut & (np.abs(inside) < ScoringOptions().min_bout_s + slack_s)).sum())


@settings(max_examples=60, deadline=None)
@given(
    movement=movements(),
    rate=st.floats(12, 120),
    jitter=st.floats(0, 0.45),
    offset=st.floats(0, 1),
)
def test_rate_jitter_and_phase_of_the_frames_change_no_measure(
    movement: tuple[np.ndarray, int], rate: float, jitter: float, offset: float
) -> None:
    """Each edge of a bout may move by the step between two frames, and no more.

    A float of which an epoch's edge, or the recording's end, leaves about nothing or
    about the shortest bout that counts is there at one rate and not at another.
    """
    motion = signal(movement)
    fine = measured(motion, np.arange(motion.size) / FINE_HZ)
    count = int(LENGTH_S * rate)
    uneven = jitter * np.random.default_rng(movement[1]).uniform(-1, 1, count)
    times = np.clip((np.arange(count) + 0.5 * offset + uneven) / rate, 0, None)
    times[0] = 0.0
    coarse = measured(motion, times)
    step_s = (1 + 2 * jitter) / rate
    for epoch, window_s in EPOCHS.items():
        one, other = fine.loc[epoch], coarse.loc[epoch]
        edges = 2 * max(one["n_bouts"], other["n_bouts"]) + 2
        unsure = cut_short(movement[0], window_s, 2 * step_s)
        assert abs(other["n_bouts"] - one["n_bouts"]) <= unsure
        assert other["immobility_s"] == pytest.approx(
            one["immobility_s"], abs=edges * step_s + unsure * ScoringOptions().min_bout_s
        )
        if not unsure:
            assert other["latency_s"] == pytest.approx(
                one["latency_s"], abs=max(2 * step_s, WANDER_S)
            )
        # No rate counts edges later or earlier on the whole.
        assert (
            abs(other["immobility_pct"] - one["immobility_pct"]) < 1.5 + 100 * step_s / LENGTH_S * 8
        )
        assert other["unscored_s"] == pytest.approx(one["unscored_s"], abs=2 * step_s)
