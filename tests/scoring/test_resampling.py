"""The same movement, recorded at another rate, has the same measures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behave.scoring import ScoringOptions, score

FINE_HZ = 240
LENGTH_S = 60.0
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
    noise = np.random.default_rng(seed).normal(size=time_s.size)
    slow = np.convolve(noise, np.ones(24) / 24**0.5, mode="same")
    return np.where(floating, 0.25, 4.0) * np.exp(0.25 * slow)


def measured(motion: np.ndarray, time_s: np.ndarray) -> pd.DataFrame:
    """Return the measures of the motion looked at at some times."""
    seen = np.interp(time_s, np.arange(motion.size) / FINE_HZ, motion)
    table = pd.DataFrame(
        {"frame": np.arange(time_s.size), "time_s": time_s, "motion": seen,
         "x_px": 1.0, "y_px": 1.0, "area_px": 9.0}
    )  # fmt: skip
    return score(
        table, entry_s=0, epochs=EPOCHS, bin_s=60, immobile_below=1, options=ScoringOptions()
    ).measures.set_index("epoch")


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
    """Each edge of a bout may move by the step between two frames, and no more."""
    motion = signal(movement)
    fine = measured(motion, np.arange(motion.size) / FINE_HZ)
    count = int(LENGTH_S * rate)
    uneven = jitter * np.random.default_rng(movement[1]).uniform(-1, 1, count)
    times = np.clip((np.arange(count) + 0.5 * offset + uneven) / rate, 0, None)
    times[0] = 0.0
    coarse = measured(motion, times)
    step_s = (1 + 2 * jitter) / rate
    for epoch in EPOCHS:
        one, other = fine.loc[epoch], coarse.loc[epoch]
        edges = 2 * max(one["n_bouts"], other["n_bouts"]) + 2
        assert other["n_bouts"] == one["n_bouts"]
        assert other["immobility_s"] == pytest.approx(one["immobility_s"], abs=edges * step_s)
        assert other["latency_s"] == pytest.approx(one["latency_s"], abs=2 * step_s)
        # No rate counts edges later or earlier on the whole.
        assert (
            abs(other["immobility_pct"] - one["immobility_pct"]) < 1.5 + 100 * step_s / LENGTH_S * 8
        )
        assert other["unscored_s"] == pytest.approx(one["unscored_s"], abs=2 * step_s)
