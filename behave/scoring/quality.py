"""What a careful reader should know of one trial's score.

Each remark carries the number that raised it. None changes a state; only a
window of which too little was seen cannot be scored at all.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.errors import Problem, TrialError
from behave.model.flags import Flag
from behave.scoring.bouts import MAX_GAP_S, Floats, clip
from behave.scoring.states import UNSCORED

FLAG_UNSCORED_SHARE = 0.05
FAIL_UNSCORED_SHARE = 0.20

# 'Near' is within this share of the threshold. If motion were spread evenly
# from nothing to twice the threshold, a fifth of the time would be near it;
# more than that means that the threshold cuts through a crowd.
NEAR_THRESHOLD = 0.20
FLAG_NEAR_SHARE = 0.20

_LISTED = 5


def check_seen(measures: pd.DataFrame) -> None:
    """Refuse a trial of whose score window too little was seen.

    Parameters
    ----------
    measures
        One row per epoch. The score window decides; without one, every epoch.

    Raises
    ------
    TrialError
        If over 20 % of a deciding epoch is unscored.
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
                    fix="check the animal's entry, the arena and the video's length",
                )
            )


def score_flags(bouts: pd.DataFrame, measures: pd.DataFrame, entry_s: float) -> tuple[Flag, ...]:
    """Return the remarks on one trial's bouts and measures.

    Parameters
    ----------
    bouts
        Bouts of the recording, on the video's clock.
    measures
        One row per epoch.
    entry_s
        Video time of the animal's entry.
    """
    found = [_gaps(bouts, entry_s, entry_s + float(measures["stop_s"].max()))]
    for row in measures.to_dict("records"):
        epoch, start, stop = str(row["epoch"]), row["start_s"], row["stop_s"]
        found.append(_unscored(epoch, row["unscored_s"], stop - start))
        found.append(_late_start(bouts, epoch, entry_s + start, row["latency_s"]))
        found.append(_one_state(epoch, row["immobility_pct"]))
    return tuple(flag for flag in found if flag is not None)


def _unscored(epoch: str, unscored_s: float, length_s: float) -> Flag | None:
    """Remark on an epoch of which a noticeable part was not seen."""
    share = unscored_s / length_s
    if share <= FLAG_UNSCORED_SHARE:
        return None
    return Flag(
        f"unscored_{epoch}",
        share,
        f"{100 * share:.1f} % of epoch {epoch} ({unscored_s:.1f} of {length_s:.1f} s) was not seen.",
    )


def _gaps(bouts: pd.DataFrame, start_s: float, stop_s: float) -> Flag | None:
    """List the stretches of more than 0.5 s in which nothing was seen."""
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
    text = f"Nothing was seen for {total:.1f} s in all, counted from entry: "
    return Flag("gaps", total, text + ", ".join(places[:_LISTED]) + more + ".")


def near_threshold(
    motion: npt.ArrayLike, span_s: tuple[Floats, Floats], immobile_below: float
) -> Flag | None:
    """Remark on a recording whose motion often lies near the threshold.

    Parameters
    ----------
    motion
        Motion of each frame; NaN: not measured.
    span_s
        Start and stop of the time that each frame covers.
    immobile_below
        The threshold.

    Returns
    -------
    Flag or None
        With the share of the measured time in which the motion lies within
        20 % of the threshold, where that share is over a fifth.
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
        f"In {near_s:.0f} s ({100 * share:.0f} % of the time seen) the motion lies within "
        f"{100 * NEAR_THRESHOLD:.0f} % of the threshold; the score depends on it.",
    )


def _late_start(bouts: pd.DataFrame, epoch: str, start_s: float, latency_s: float) -> Flag | None:
    """Remark on a latency before which something was not seen."""
    if not latency_s > 0:
        return None
    before = clip(bouts, start_s, start_s + latency_s)
    unseen = float(before.loc[before["state"] == UNSCORED, "duration_s"].sum())
    if unseen <= MAX_GAP_S:
        return None
    return Flag(
        f"latency_unsure_{epoch}",
        unseen,
        f"Latency in epoch {epoch} may be shorter: {unseen:.1f} s before it were not seen.",
    )


def _one_state(epoch: str, immobility_pct: float) -> Flag | None:
    """Remark on an animal that never stopped, or never moved."""
    if immobility_pct not in (0.0, 100.0):
        return None
    what = "never immobile" if immobility_pct == 0 else "immobile throughout"
    return Flag(
        f"one_state_{epoch}",
        immobility_pct,
        f"The animal was {what} in epoch {epoch}; look at its arena before believing it.",
    )
