"""One rater compared with the others: low agreement, bias, and drift over the trials."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from behave.model.arrays import Floats
from behave.scoring.agreement import coefficients
from behave.scoring.agreement.coefficients import Estimate
from behave.scoring.agreement.raters import MACHINE, Counts, Recording, majority

MIN_OTHERS = 2


def compare_raters(
    recordings: Sequence[Recording], counts: Counts, ratings: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Compare each rater with the majority and the mean of the other people.

    The program is compared with all people and is never one of the others. A
    rater gets the flag ``apart`` if the others agree better with one another
    than with this one, ``biased`` if the mean difference from the others' mean
    is not 0, and ``drifting`` if that difference changes along the trials in the
    given order. Each flag is raised if the 95 % interval does not include 0.

    Parameters
    ----------
    recordings
        Trials with frames; empty if only totals were scored.
    counts
        Counts of the pairs of raters.
    ratings
        One row per trial and rater.
    seed
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        Columns of `behave.model.tables.RATERS`.
    """
    raters = list(dict.fromkeys(ratings["rater"]))
    rows = []
    for rater in raters:
        others = [other for other in raters if other not in (rater, MACHINE)]
        if not others:
            continue
        row = _against_majority(recordings, rater, others, seed)
        row |= _against_mean(ratings, rater, others)
        if len(others) >= MIN_OTHERS and rater != MACHINE:
            row |= _kappa_lost(counts, rater, others, seed)
        rows.append({"rater": rater, **row, "flags": ";".join(_flags(row))})
    return pd.DataFrame(rows)


def _against_majority(
    recordings: Sequence[Recording], rater: str, others: Sequence[str], seed: int
) -> dict[str, float]:
    """Return kappa and accuracy per frame against the majority of the others."""
    counted = []
    for recording in recordings:
        known = [recording.mask(other) for other in others if other in recording.bouts]
        if known and rater in recording.bouts:
            counted.append(coefficients.count_pairs(recording.mask(rater), majority(known)))
    if not counted:
        return {}
    every = np.array(counted)
    return {
        **_spread(
            "kappa_majority", coefficients.bootstrap(coefficients.pooled_kappa, every, seed=seed)
        ),
        **_spread(
            "accuracy_majority",
            coefficients.bootstrap(coefficients.pooled_accuracy, every, seed=seed),
        ),
    }


def _spread(name: str, estimate: Estimate) -> dict[str, float]:
    """Return an estimate and its interval as three columns."""
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _against_mean(ratings: pd.DataFrame, rater: str, others: Sequence[str]) -> dict[str, float]:
    """Return the bias of the totals against the mean of the others, and its drift."""
    table = ratings.pivot_table(
        index="trial_id", columns="rater", values="immobility_s", sort=False
    )
    apart = (table[rater] - table[list(others)].mean(axis=1)).dropna().to_numpy(np.float64)
    return {
        "n_animals": len(apart),
        **_spread("bias_s", coefficients.mean_interval(apart)),
        **_spread("drift_s_per_trial", coefficients.slope_interval(apart)),
    }


def _kappa_lost(counts: Counts, rater: str, others: Sequence[str], seed: int) -> dict[str, float]:
    """Return how much better the others agree with one another than with this rater."""
    people = {*others, rater}
    mine = [both[0] for pair, both in counts.items() if rater in pair and set(pair) <= people]
    theirs = [both[0] for pair, both in counts.items() if set(pair) <= set(others)]
    # The bootstrap draws animals, so all pairs must have scored the same ones.
    if not mine or not theirs or len({len(one) for one in (*mine, *theirs)}) > 1:
        return {}

    def lost(*drawn: Floats) -> Floats:
        kappas = np.array([coefficients.pooled_kappa(one) for one in drawn])
        return np.asarray(kappas[len(mine) :].mean(axis=0) - kappas[: len(mine)].mean(axis=0))

    return _spread("kappa_lost", coefficients.bootstrap(lost, *mine, *theirs, seed=seed))


def _flags(row: dict[str, float]) -> list[str]:
    """Return the names of the flags that the intervals raise."""
    found = []
    if row.get("kappa_lost_low", np.nan) > 0:
        found.append("apart")
    for name, flag in (("bias_s", "biased"), ("drift_s_per_trial", "drifting")):
        if row[f"{name}_low"] > 0 or row[f"{name}_high"] < 0:
            found.append(flag)
    return found
