"""What is true of a synthetic study: bouts and measures of every animal."""

import numpy as np
import pandas as pd

from behave.simulate.plan import Plan
from behave.simulate.swim import Bout, Swim


def true_measures(plan: Plan, trials: pd.DataFrame, swims: list[Swim]) -> pd.DataFrame:
    """Return what is true of each animal, in the columns of ``measures.csv``.

    Parameters
    ----------
    plan
        The study.
    trials, swims
        What `draw_study` returned.

    Returns
    -------
    pandas.DataFrame
        One row per animal and epoch (``whole``, ``score_window``), with the
        entry's video time beside it.
    """
    rows = []
    for trial, swim in zip(trials.itertuples(), swims, strict=True):
        for epoch, start in (("whole", 0.0), ("score_window", plan.window_start_s)):
            rows.append(
                {
                    "trial_id": trial.animal_id,
                    "animal_id": trial.animal_id,
                    "video": trial.video,
                    "arena": trial.arena,
                    "epoch": epoch,
                    "start_s": start,
                    "stop_s": plan.duration_s,
                    **_measure(swim.bouts, start, plan.duration_s, divided=plan.test == "fst"),
                    "entry_s": swim.entry_s,
                    "status": "done",
                }
            )
    return pd.DataFrame(rows)


def _measure(
    bouts: tuple[Bout, ...], start: float, stop: float, *, divided: bool
) -> dict[str, float | str]:
    """Return the measures of one epoch from the true bouts, clipped to it."""
    inside = [
        Bout(max(bout.start_s, start), min(bout.stop_s, stop), bout.state)
        for bout in bouts
        if bout.stop_s > start and bout.start_s < stop
    ]
    lengths = {
        state: [bout.stop_s - bout.start_s for bout in inside if bout.state == state]
        for state in ("immobile", "swimming", "climbing")
    }
    still = lengths["immobile"]
    # A tail suspension test does not tell them apart.
    mobile = {
        f"{name}_s": sum(lengths[name]) if divided else np.nan for name in ("swimming", "climbing")
    }
    floats = [bout for bout in bouts if bout.state == "immobile" and bout.start_s < stop]
    first = min((bout.start_s for bout in floats), default=stop)
    inside_first = next((bout.start_s for bout in inside if bout.state == "immobile"), stop)
    return {
        "immobility_s": sum(still),
        "immobility_pct": 100 * sum(still) / (stop - start),
        "latency_s": first,
        "latency_censored": "false" if floats else "true",
        "latency_in_epoch_s": inside_first - start,
        "n_bouts": len(still),
        "mean_bout_s": float(np.mean(still)) if still else np.nan,
        "longest_bout_s": max(still, default=np.nan),
        "scored_s": stop - start,
        "unscored_s": 0.0,
        **mobile,
    }


def true_bouts(plan: Plan, trials: pd.DataFrame, swims: list[Swim]) -> pd.DataFrame:
    """Return all true bouts; times count from the video's first frame."""
    rows = []
    for trial, swim in zip(trials.itertuples(), swims, strict=True):
        for bout in swim.bouts:
            start, stop = swim.entry_s + bout.start_s, swim.entry_s + bout.stop_s
            place = (trial.animal_id, trial.animal_id, trial.video, trial.arena)
            hangs = plan.test == "tst" and bout.state != "immobile"
            state = "mobile" if hangs else bout.state
            rows.append((*place, state, start, stop, stop - start))
    names = ["trial_id", "animal_id", "video", "arena", "state", "start_s", "stop_s", "duration_s"]
    return pd.DataFrame(rows, columns=names)
