"""Other choices that a careful lab might have made, for the sensitivity of the verdict."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from behave.stats import Alternative

# Threshold of the motion relative to the one used, and minimum bout: the range
# over which published tools and labs differ.
THRESHOLD_FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4)
MIN_BOUTS_S = (0.0, 0.5, 1.0, 2.0)


def windows(epochs: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Return the windows that are tried: the scored one, the whole test, its last half."""
    _, stop = epochs["whole"]
    return {
        "score window": epochs["score_window"],
        "whole test": epochs["whole"],
        "last half": (stop / 2, stop),
    }


def alternatives(measures: pd.DataFrame, rescored: pd.DataFrame) -> "Iterator[Alternative]":
    """Yield the animals' measures under each other choice.

    Parameters
    ----------
    measures
        One row per trial, as analysed.
    rescored
        ``trial_id, factor, min_bout_s, window, immobility_s``: each trial's
        immobility under each combination of choices.

    Yields
    ------
    tuple
        ``('scoring grid', setting, measures)``.
    """
    if rescored.empty:
        return
    for (factor, min_bout_s, window), rows in rescored.groupby(
        ["factor", "min_bout_s", "window"], sort=False
    ):
        values = rows.set_index("trial_id")["immobility_s"]
        setting = f"threshold x{factor:g}, bouts from {min_bout_s:g} s, {window}"
        yield (
            "scoring grid",
            setting,
            measures.assign(immobility_s=measures["trial_id"].map(values)),
        )
