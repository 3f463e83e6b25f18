"""Two trackers of the same animals: how far they agree, and what a person should look at."""

from collections.abc import Hashable, Mapping
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from behave.report import words

# The page lists this many stretches; the table beside it has all.
LISTED = 20


def agreement(trackers: pd.DataFrame, disagreements: pd.DataFrame) -> str:
    """Return in a few sentences how far silhouette and keypoints agree; "" without both.

    Parameters
    ----------
    trackers, disagreements
        Columns as in `behave.model.tables.TRACKERS` and `DISAGREEMENTS`.
    """
    if trackers.empty:
        return ""
    whole = trackers[trackers["epoch"] == "whole"]
    both_s, differ_s = float(whole["both_s"].sum()), float(whole["differ_s"].sum())
    if both_s == 0:
        return "Silhouette and keypoints never saw an animal at the same time."
    kappa = whole["kappa"].dropna().to_numpy(np.float64)
    spread = (
        f", kappa {np.median(kappa):.2f} in the median animal, {kappa.min():.2f} in the worst"
        if kappa.size
        else ""
    )
    seconds = int(whole["n_seconds"].sum())
    animals = disagreements["trial_id"].nunique() if not disagreements.empty else 0
    return (
        "The score is the silhouette's; keypoints were found in the same frames. The two agree "
        f"in {100 * (1 - differ_s / both_s):.1f} % of the {both_s:.0f} s that both saw{spread}. "
        f"Immobile by silhouette: {whole['silhouette_s'].sum():.0f} s of them; by keypoints: "
        f"{whole['keypoints_s'].sum():.0f} s. In {seconds} seconds of {animals} of "
        f"{len(whole)} trials they differ for more than half of the second."
    )


def stretches(
    disagreements: pd.DataFrame, overlays: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return the longest disagreements: where, the link to look at it ("": none), and what.

    Parameters
    ----------
    disagreements
        Columns as in `behave.model.tables.DISAGREEMENTS`, the longest first.
    overlays
        Path of each trial's overlay, by trial.
    """
    return [_stretch(row, overlays) for row in disagreements.head(LISTED).to_dict("records")]


def _stretch(row: Mapping[Hashable, Any], overlays: Mapping[str, str]) -> tuple[str, str, str]:
    """Return where a stretch is, the link to it, and what each tracker scored."""
    where = f"{row['trial_id']}, {row['start_s']:.1f} to {row['stop_s']:.1f} s"
    link = ""
    if row["trial_id"] in overlays:
        link = f"{quote(overlays[row['trial_id']])}#t={row['start_s']:.1f},{row['stop_s']:.1f}"
    what = (
        f"{row['silhouette']} by silhouette (motion at {_share(row['silhouette_ratio'])} of its "
        f"threshold), {row['keypoints']} by keypoints ({_share(row['keypoints_ratio'])})"
    )
    return where, link, what


def _share(ratio: float) -> str:
    """Return a ratio as per cent."""
    return words.NONE if words.missing(ratio) else f"{100 * ratio:.0f} %"
