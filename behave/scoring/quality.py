"""Flags on the quality of one trial's score.

Each flag holds the number because of which it was raised. No flag changes a
state. A trial fails only if too much of its score window was not seen.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.errors import Problem, TrialError
from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.scoring.bouts import MAX_GAP_S, clip
from behave.scoring.states import UNSCORED

FLAG_UNSCORED_SHARE = 0.05
FAIL_UNSCORED_SHARE = 0.20

# 'Near' means within this share of the threshold. If motion were uniform between 0
# and twice the threshold, it would be near the threshold for a fifth of the time;
# more than that means that the threshold does not separate two states.
NEAR_THRESHOLD = 0.20
FLAG_NEAR_SHARE = 0.20

_LISTED = 5


def check_seen(measures: pd.DataFrame) -> None:
    """Raise TrialError if too much of the score window was not seen.

    Parameters
    ----------
    measures
        One row per epoch. The score window is checked; without one, all epochs are.

    Raises
    ------
    TrialError
        If over 20 % of a checked epoch is unscored.
    """
    deciding = measures[measures["epoch"] == "score_window"]
    for row in (measures if deciding.empty else deciding).to_dict("records"):
        length = row["stop_s"] - row["start_s"]
        share = row["unscored_s"] / length
        if share > FAIL_UNSCORED_SHARE:
            raise TrialError(
                Problem(
                    "too little of the animal was seen to score it",
                    at=f"epoch {row['epoch']}, {row['start_s']:g} to {row['stop_s']:g} s from entry",
                    expected=f"at most {100 * FAIL_UNSCORED_SHARE:.0f} % unscored",
                    found=f"{100 * share:.1f} % ({row['unscored_s']:.1f} of {length:.1f} s) unscored",
                    fix="check the animal's entry time, its arena and the video's length",
                )
            )


def score_flags(bouts: pd.DataFrame, measures: pd.DataFrame, entry_s: float) -> tuple[Flag, ...]:
    """Return the flags on one trial's bouts and measures.

    Parameters
    ----------
    bouts
        Bouts of the recording, in video time.
    measures
        One row per epoch.
    entry_s
        Video time of the animal's entry.
    """
    found = [_gaps(bouts, entry_s, entry_s + float(measures["stop_s"].max()))]
    for row in measures.to_dict("records"):
        epoch, start, stop = str(row["epoch"]), row["start_s"], row["stop_s"]
        found.append(_unscored(epoch, row["unscored_s"], stop - start))
        found.append(_late_start(bouts, epoch, entry_s + start, row["latency_in_epoch_s"]))
        found.append(_one_state(epoch, row["immobility_pct"]))
    return tuple(flag for flag in found if flag is not None)


def _unscored(epoch: str, unscored_s: float, length_s: float) -> Flag | None:
    """Return a flag if more than 5 % of an epoch was not seen."""
    share = unscored_s / length_s
    if share <= FLAG_UNSCORED_SHARE:
        return None
    return Flag(
        f"unscored_{epoch}",
        share,
        f"{100 * share:.1f} % of epoch {epoch} ({unscored_s:.1f} of {length_s:.1f} s) was not seen.",
    )


def _gaps(bouts: pd.DataFrame, start_s: float, stop_s: float) -> Flag | None:
    """Return a flag that lists the gaps of more than 0.5 s in which nothing was seen."""
    inside = clip(bouts, start_s, stop_s)
    unseen = inside["state"] == UNSCORED
    gaps = inside[unseen & (inside["duration_s"] > MAX_GAP_S)]
    if gaps.empty:
        return None
    total = float(gaps["duration_s"].sum())
    places = [
        f"{start - start_s:.1f} to {stop - start_s:.1f} s"
        for start, stop in zip(gaps["start_s"], gaps["stop_s"], strict=True)
    ]
    more = f" and {len(places) - _LISTED} more" if len(places) > _LISTED else ""
    text = f"The animal was not seen for {total:.1f} s in all (times from entry): "
    return Flag("gaps", total, text + ", ".join(places[:_LISTED]) + more + ".")


def near_threshold(
    motion: npt.ArrayLike, span_s: tuple[Floats, Floats], immobile_below: float
) -> Flag | None:
    """Return a flag if the motion is often near the threshold.

    Parameters
    ----------
    motion
        Motion of each frame; NaN: not measured.
    span_s
        Start and stop of the time that each frame covers, shape (frames,) each.
    immobile_below
        The threshold.

    Returns
    -------
    Flag or None
        A flag with the share of the measured time in which the motion is
        within 20 % of the threshold, if that share is over a fifth.
    """
    signal = np.asarray(motion, dtype=np.float64)
    length = span_s[1] - span_s[0]
    seen = np.isfinite(signal)
    near = seen & (np.abs(signal - immobile_below) <= NEAR_THRESHOLD * immobile_below)
    measured_s = float(length[seen].sum())
    near_s = float(length[near].sum())
    if measured_s == 0 or near_s / measured_s <= FLAG_NEAR_SHARE:
        return None
    share = near_s / measured_s
    return Flag(
        "near_threshold",
        share,
        f"In {near_s:.0f} s ({100 * share:.0f} % of the time seen) the motion is within "
        f"{100 * NEAR_THRESHOLD:.0f} % of the threshold; a small change of the threshold would "
        "change the score.",
    )


def _late_start(bouts: pd.DataFrame, epoch: str, start_s: float, latency_s: float) -> Flag | None:
    """Return a flag if part of the time before the first immobile bout was not seen."""
    if not latency_s > 0:
        return None
    before = clip(bouts, start_s, start_s + latency_s)
    unseen = float(before.loc[before["state"] == UNSCORED, "duration_s"].sum())
    if unseen <= MAX_GAP_S:
        return None
    return Flag(
        f"latency_unsure_{epoch}",
        unseen,
        f"The latency in epoch {epoch} may be shorter: for {unseen:.1f} s before the first "
        "immobile bout the animal was not seen.",
    )


def _one_state(epoch: str, immobility_pct: float) -> Flag | None:
    """Return a flag if an animal was never immobile, or never mobile."""
    if immobility_pct not in (0.0, 100.0):
        return None
    what = "never immobile" if immobility_pct == 0 else "immobile throughout"
    return Flag(
        f"one_state_{epoch}",
        immobility_pct,
        f"The animal was {what} in epoch {epoch}; check that its arena is right.",
    )
