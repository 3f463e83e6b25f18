"""The latency in words: its groups, its contrasts, and how to read its curves."""

import math
from typing import Any

import pandas as pd

from behave.report import words
from behave.report.results import Results
from behave.report.sheets import Sheet, records


def latency_sheets(results: Results) -> list[tuple[str, Sheet]]:
    """Return the tables of the latency by name; none where it was not compared."""
    if results.latency_cells.empty:
        return []
    return [
        ("latency-groups", _groups(results.latency_cells)),
        ("latency-effects", _effects(results.latency)),
    ]


def latency_words(results: Results, _: pd.DataFrame) -> tuple[str, str]:
    """Return (alternative text, caption) of the curves."""
    cells = results.latency_cells
    told = "; ".join(
        f"{row['cell']}: mean {words.number(row['restricted_mean_s'], 0)} s, "
        f"{row['n_censored']} of {row['n']} never"
        for row in records(cells)
    )
    alt = f"Kaplan-Meier curves of the latency to the first immobile bout. {told}."
    caption = (
        "Share of each group that had not been immobile yet (Kaplan-Meier). Animals that never "
        "were are censored at the end of what was scored."
    )
    return alt, caption


def _groups(cells: pd.DataFrame) -> Sheet:
    """Return the groups."""
    limit = words.number(float(cells["until_s"].max()), 0)
    rows = [
        [
            str(row["cell"]),
            str(row["n"]),
            str(row["n_censored"]),
            words.number(row["median_s"], 1),
            words.number(row["restricted_mean_s"], 1),
            words.number(row["std_error"], 1),
        ]
        for row in records(cells)
    ]
    columns = ["Group", "Animals", "Never immobile", "Median (s)", f"Mean within {limit} s", "SE"]
    caption = "Latency to the first immobile bout, from the animal's entry."
    return Sheet(caption, columns, rows, frozenset(range(1, 6)))


def _effects(latency: pd.DataFrame) -> Sheet:
    """Return the effects, one row each, with the three methods side by side."""
    found = {
        (row["contrast_id"], str(row["method"]).partition(",")[0]): row for row in records(latency)
    }
    rows = []
    for name in dict.fromkeys(latency["contrast_id"]):
        mean = found.get((name, "restricted mean"), {})
        hazard = found.get((name, "Cox"), {})
        rows.append(
            [
                name,
                words.typeset(str(mean.get("contrast", ""))),
                words.number(mean.get("estimate"), 1),
                words.interval(mean.get("conf_low"), mean.get("conf_high"), 1),
                words.probability(mean.get("p_value")),
                _ratio(hazard),
                words.probability(hazard.get("p_value")),
                words.probability(found.get((name, "log-rank"), {}).get("p_value")),
            ]
        )
    columns = [
        "Effect",
        "What is compared",
        "Later by (s)",
        "95 % interval",
        "p",
        "Hazard ratio",
        "p (Cox)",
        "p (log-rank)",
    ]
    blocks = (
        ""
        if not latency["method"].str.contains("blocks").any()
        else (" Cox's model takes the blocks as strata; the other two ignore them.")
    )
    caption = (
        "Effects on the latency, beside the verdict; positive means a later first immobile bout, "
        f"and so does a hazard ratio below 1. Unadjusted.{blocks}"
    )
    return Sheet(caption, columns, rows, frozenset(range(2, 8)))


def _ratio(hazard: dict[str, Any]) -> str:
    """Return a hazard ratio with its interval; a difference of log hazards turned back."""
    if words.missing(hazard.get("estimate")):
        return words.NONE
    middle, low, high = (
        math.exp(-float(hazard[part])) for part in ("estimate", "conf_high", "conf_low")
    )
    return f"{words.number(middle, 2)} {words.interval(low, high, 2)}"
