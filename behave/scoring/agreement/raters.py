"""Several raters of the same recordings, compared on the same window and frames."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.model.arrays import Floats
from behave.scoring.agreement import coefficients
from behave.scoring.agreement.coefficients import Estimate
from behave.scoring.bouts import clip, to_states
from behave.scoring.measures import measure
from behave.scoring.states import IMMOBILE, MOBILE, UNSCORED

MACHINE = "behave"
ALL = "all raters"

Counts = Mapping[tuple[str, str], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Recording:
    """One trial as its raters scored it.

    Parameters
    ----------
    trial_id, animal_id
        The trial and its animal.
    start_s, stop_s
        The window that all of its raters watched, in video time.
    time_s
        Times of the frames in that window, shape (frames,).
    bouts
        Rater -> consecutive bouts of the window.
    """

    trial_id: str
    animal_id: str
    start_s: float
    stop_s: float
    time_s: Floats
    bouts: Mapping[str, pd.DataFrame]

    def mask(self, rater: str) -> Floats:
        """Return 1 immobile, 0 not immobile, NaN not scored; shape (frames,)."""
        state = to_states(self.bouts[rater], self.time_s)
        return np.where(state == UNSCORED, np.nan, (state == IMMOBILE).astype(np.float64))


def observed_bouts(
    start: npt.ArrayLike, stop: npt.ArrayLike, window: tuple[float, float]
) -> pd.DataFrame:
    """Return consecutive bouts that fill the window, from a person's immobile bouts.

    Time that the person did not mark is mobile. Overlapping bouts are joined.
    """
    begin, end = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.maximum.accumulate(end[order])
    # Join a bout that begins before all earlier ones have ended.
    begin[1:] = np.maximum(begin[1:], end[:-1])
    marked = pd.DataFrame({"state": IMMOBILE, "start_s": begin, "stop_s": end})
    filled = clip(marked[end > begin], *window)
    return filled.assign(state=filled["state"].where(filled["state"] == IMMOBILE, MOBILE))


def per_second(mask: Floats, time_s: Floats, start_s: float) -> Floats:
    """Return the state of each second: that of most of its scored frames; a tie is immobile."""
    second = np.floor(time_s - start_s + 1e-6).astype(np.int64)
    scored = np.isfinite(mask)
    count = int(second[-1]) + 1 if len(second) else 0
    frames = np.bincount(second[scored], minlength=count)
    still = np.bincount(second[scored], weights=mask[scored], minlength=count)
    return np.where(frames > 0, (2 * still >= frames).astype(np.float64), np.nan)


def majority(masks: Sequence[Floats]) -> Floats:
    """Return the state that most raters gave each frame; NaN if tied or not scored."""
    votes = np.array(masks)
    scored = np.isfinite(votes).sum(axis=0)
    still = np.nansum(votes, axis=0)
    return np.where(2 * still == scored, np.nan, (2 * still > scored).astype(np.float64))


def rate_animals(recordings: Iterable[Recording]) -> pd.DataFrame:
    """Measure each trial in its common window, once for each rater.

    Returns
    -------
    pandas.DataFrame
        Columns of `behave.model.tables.RATINGS`.
    """
    rows = [
        {
            "trial_id": recording.trial_id,
            "rater": rater,
            "start_s": recording.start_s,
            "stop_s": recording.stop_s,
            **measure(bouts, recording.start_s, recording.stop_s),
        }
        for recording in recordings
        for rater, bouts in recording.bouts.items()
    ]
    return pd.DataFrame(rows)


def count_all(recordings: Sequence[Recording], pairs: Iterable[tuple[str, str]]) -> Counts:
    """Count the states that pairs of raters gave the same frames and the same seconds.

    Returns
    -------
    dict
        Pair -> (counts of frames, counts of seconds), each of shape (trials, 2, 2), for the
        trials that both raters scored.
    """
    masks = [{rater: one.mask(rater) for rater in one.bouts} for one in recordings]
    counted = {}
    for pair in pairs:
        frames, seconds = [], []
        for recording, mask in zip(recordings, masks, strict=True):
            if not set(pair) <= set(mask):
                continue
            both = [mask[rater] for rater in pair]
            frames.append(coefficients.count_pairs(*both))
            each = [per_second(one, recording.time_s, recording.start_s) for one in both]
            seconds.append(coefficients.count_pairs(*each))
        if frames:
            counted[pair] = (np.array(frames), np.array(seconds))
    return counted


def pairs_of(raters: Sequence[str]) -> list[tuple[str, str]]:
    """Return all pairs of raters; in its pairs, the program comes first."""
    ordered = sorted(raters, key=lambda rater: rater != MACHINE)
    return list(combinations(ordered, 2))


def compare_frames(counts: Counts, seed: int) -> list[dict[str, object]]:
    """Return kappa and accuracy of each pair, as rows of `behave.model.tables.AGREEMENT`.

    ``kappa`` and ``accuracy`` are computed from the frames of all animals
    together; ``kappa_mean`` is the mean of the kappas of single animals.
    """
    statistics = {
        "kappa": coefficients.pooled_kappa,
        "accuracy": coefficients.pooled_accuracy,
        "kappa_mean": coefficients.mean_kappa,
    }
    return [
        _row(
            pair,
            quantity,
            name,
            coefficients.bootstrap(statistic, counted, seed=seed),
            len(counted),
        )
        for pair, both in counts.items()
        for quantity, counted in zip(("frames", "seconds"), both, strict=True)
        for name, statistic in statistics.items()
    ]


def compare_measures(
    ratings: pd.DataFrame, pairs: Iterable[tuple[str, str]], seed: int
) -> list[dict[str, object]]:
    """Return the agreement on each animal's measures, as rows of `behave.model.tables.AGREEMENT`."""
    statistics = {
        "pearson_r": coefficients.pearson,
        "lin_ccc": coefficients.concordance,
        "bias": coefficients.bias,
        "limit_low": coefficients.limit_low,
        "limit_high": coefficients.limit_high,
    }
    rows: list[dict[str, object]] = []
    for quantity in ("immobility_s", "latency_s", "n_bouts"):
        if quantity not in ratings or ratings[quantity].isna().all():
            continue
        table = ratings.pivot_table(index="trial_id", columns="rater", values=quantity, sort=False)
        for pair in pairs:
            both = table[list(pair)].dropna().to_numpy(np.float64)
            one, two = both[:, 0], both[:, 1]
            rows += _icc_rows(pair, quantity, both)
            for name, statistic in statistics.items():
                estimate = coefficients.bootstrap(statistic, one, two, seed=seed)
                rows.append(_row(pair, quantity, name, estimate, len(both)))
        people = [rater for rater in table.columns if rater != MACHINE]
        if len(people) > 2:  # noqa: PLR2004 - two people are a pair already
            rows += _icc_rows((ALL, ""), quantity, table[people].dropna().to_numpy(np.float64))
    return rows


def _icc_rows(pair: tuple[str, str], quantity: str, values: Floats) -> list[dict[str, object]]:
    """Return the rows of ICC(A,1) and ICC(C,1)."""
    both = zip(("icc_a1", "icc_c1"), coefficients.intraclass(values), strict=True)
    rows = [_row(pair, quantity, name, icc, len(values)) for name, icc in both]
    return [row | {"method": row["method"] and "F"} for row in rows]


def _row(
    pair: tuple[str, str], quantity: str, statistic: str, estimate: Estimate, animals: int
) -> dict[str, object]:
    """Return one row of the table."""
    return {
        "rater_1": pair[0],
        "rater_2": pair[1],
        "quantity": quantity,
        "statistic": statistic,
        "estimate": estimate.value,
        "conf_low": estimate.low,
        "conf_high": estimate.high,
        "n_animals": animals,
        "method": "" if np.isnan(estimate.low) else "bootstrap over animals",
    }
