"""Other choices that a careful lab might have made, for the sensitivity of the verdict."""

from collections.abc import Iterator, Mapping

import pandas as pd

from behave import stats

# Threshold of the motion relative to the one used, and minimum bout: the range
# over which published tools and labs differ.
THRESHOLD_FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4)
MIN_BOUTS_S = (0.0, 0.5, 1.0, 2.0)
# Outcomes that stored motion can be scored again for.
RESCORED = ("immobility_s", "immobility_pct")

Window = tuple[float, float]


def windows(epochs: Mapping[str, Window]) -> dict[str, Window]:
    """Return the windows that are tried, each once.

    The scored one and the whole test, those that most labs score (the last
    4 min, minutes 2 to 6), and the last half; what the test is too short for,
    or what another one is already, is left out.

    Parameters
    ----------
    epochs
        ``whole`` and ``score_window`` in s from the animal's entry.
    """
    _, stop = epochs["whole"]
    wished = {
        "score window": epochs["score_window"],
        "whole test": epochs["whole"],
        "last 4 min": (stop - 240.0, stop),
        "minutes 2 to 6": (120.0, 360.0),
        "last half": (stop / 2, stop),
    }
    tried: dict[str, Window] = {}
    for name, window in wished.items():
        inside = window[0] >= 0 and window[1] <= stop
        if inside and window not in tried.values():
            tried[name] = window
    return tried


def alternatives(
    measures: pd.DataFrame, rescored: pd.DataFrame, outcome: str
) -> "Iterator[stats.Alternative]":
    """Yield the animals' measures under each other choice.

    Parameters
    ----------
    measures
        One row per trial, as analysed.
    rescored
        ``trial_id, factor, min_bout_s, window, immobility_s, scored_s``: each
        trial's immobility under each combination of choices.
    outcome
        Which of `RESCORED` is compared.

    Yields
    ------
    Alternative
        Of the analysis 'scoring grid'.
    """
    if rescored.empty:
        return
    if outcome == "immobility_pct":
        seen = rescored["scored_s"].where(rescored["scored_s"] > 0)
        rescored = rescored.assign(immobility_pct=100 * rescored["immobility_s"] / seen)
    for (factor, min_bout_s, window), rows in rescored.groupby(
        ["factor", "min_bout_s", "window"], sort=False
    ):
        values = rows.set_index("trial_id")[outcome]
        yield stats.Alternative(
            "scoring grid",
            f"threshold x{factor:g}, bouts from {min_bout_s:g} s, {window}",
            measures.assign(**{outcome: measures["trial_id"].map(values)}),
            {"threshold_factor": factor, "min_bout_s": min_bout_s, "window": str(window)},
        )
