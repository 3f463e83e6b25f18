"""Other settings of the scoring that a lab might have chosen, to test the verdict with them."""

from collections.abc import Iterator, Mapping

import pandas as pd

from behave import stats

# Thresholds relative to the one used, and minimum bouts: the range of values in
# published tools and labs.
THRESHOLD_FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4)
MIN_BOUTS_S = (0.0, 0.5, 1.0, 2.0)
# Outcomes that can be computed again from stored motion.
RESCORED = ("immobility_s", "immobility_pct")

Window = tuple[float, float]


def windows(epochs: Mapping[str, Window]) -> dict[str, Window]:
    """Return the windows to try, each once.

    These are the score window, the whole test, the windows that most labs score
    (the last 4 min, minutes 2 to 6), and the last half. Windows that are longer
    than the test, or the same as another one, are left out.

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
    """Yield the animals' measures with each combination of other settings.

    Parameters
    ----------
    measures
        One row per trial, as analysed.
    rescored
        ``trial_id, factor, min_bout_s, window, immobility_s, scored_s``: each
        trial's immobility with each combination of settings.
    outcome
        Which of `RESCORED` is compared.

    Yields
    ------
    Alternative
        One of the analysis 'scoring grid'.
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
