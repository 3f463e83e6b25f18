"""Fit the threshold and the minimum bout to people's scores, and measure how good the fit is.

To measure it, each animal is scored with values that were fitted to all other
animals. This says how well the values will do on animals that nobody scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from behave.errors import InputError, Problem
from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.scoring.agreement import coefficients
from behave.scoring.bouts import counts_immobile, to_bouts
from behave.scoring.measures import measure
from behave.scoring.signal import MotionSignal
from behave.scoring.states import IMMOBILE, UNSCORED

MIN_ANIMALS = 3
FEW_ANIMALS = 5

MIN_BOUTS_S = (0.0, 0.5, 1.0, 2.0)
_STEPS = 40


@dataclass(frozen=True)
class Example:
    """A trial that people scored.

    Parameters
    ----------
    trial_id, animal_id
        The trial and its animal.
    signal
        Its motion; the frames also hold the ``state`` from the results.
    start_s, stop_s
        The window that people scored, in video time.
    human
        1 immobile, 0 not immobile, NaN unknown; shape (frames,). None if people
        gave totals only.
    human_s
        Immobility in the window as people scored it.
    """

    trial_id: str
    animal_id: str
    signal: MotionSignal
    start_s: float
    stop_s: float
    human: Floats | None
    human_s: float


@dataclass(frozen=True)
class Fit:
    """A fit of the threshold and the minimum bout.

    Parameters
    ----------
    held_out
        One row per trial, columns of `behave.model.tables.AGREEMENT_FIT`.
    immobile_below, min_bout_s
        The values fitted to all animals, to be used from now on.
    before, after
        Agreement with the values of the results, and on held-out animals with
        fitted values: kappa over all frames, or the mean absolute error in s if
        there are totals only.
    criterion
        Which of the two: ``kappa`` or ``mean absolute error``.
    flags
        Flags on the fit.
    """

    held_out: pd.DataFrame
    immobile_below: float
    min_bout_s: float
    before: float
    after: float
    criterion: str
    flags: tuple[Flag, ...]


def fit(examples: Sequence[Example]) -> Fit:
    """Fit the two values to all animals, and again without each animal in turn.

    Kappa over all frames is maximised. If any trial has a total only, the mean
    absolute error of the totals is minimised instead.

    Raises
    ------
    InputError
        If fewer than three animals were scored.
    """
    animals = list(dict.fromkeys(example.animal_id for example in examples))
    if len(animals) < MIN_ANIMALS:
        raise InputError(
            Problem(
                "too few animals to calibrate on",
                at="--fit",
                expected=f"at least {MIN_ANIMALS} animals scored by a person, better 10",
                found=str(len(animals)),
                fix="score more animals by hand, from all groups and without knowing the group",
            )
        )
    grid = _grid(examples)
    tried = [_try_all(example, grid) for example in examples]
    still = np.array([seconds for seconds, _ in tried])
    framewise = all(example.human is not None for example in examples)
    counts = np.array([counted for _, counted in tried]) if framewise else None
    human_s = np.array([example.human_s for example in examples])
    owner = np.array([example.animal_id for example in examples])
    rows = []
    for index, example in enumerate(examples):
        best = _best(still, human_s, counts, owner != example.animal_id)
        rows.append(_held_out(example, grid[best], still[index, best], counts, (index, best)))
    final = grid[_best(still, human_s, counts, np.full(len(examples), fill_value=True))]
    held_out = pd.DataFrame(rows)
    before, after = _summary(examples, held_out, grid, counts)
    return Fit(
        held_out,
        *final,
        before,
        after,
        "kappa" if framewise else "mean absolute error",
        _flags(animals, grid, final),
    )


def _grid(examples: Sequence[Example]) -> list[tuple[float, float]]:
    """Return the values to try: thresholds over the range of the motion, in equal ratios."""
    motion = np.concatenate(
        [
            example.signal.motion[
                (example.signal.time_s >= example.start_s)
                & (example.signal.time_s <= example.stop_s)
            ]
            for example in examples
        ]
    )
    motion = motion[np.isfinite(motion) & (motion > 0)]
    low, high = np.quantile(motion, [0.01, 0.99])
    thresholds = [float(f"{value:.3g}") for value in np.geomspace(low, high, _STEPS)]
    return [(threshold, least) for threshold in dict.fromkeys(thresholds) for least in MIN_BOUTS_S]


def _try_all(example: Example, grid: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Return immobility, shape (values,), and counts against people, shape (values, 2, 2).

    The grid holds each threshold with all minimum bouts, in that order.
    """
    time_s = example.signal.time_s
    inside = (time_s >= example.start_s) & (time_s < example.stop_s)
    human = None if example.human is None else example.human[inside]
    seconds, counts = [], []
    for threshold in dict.fromkeys(threshold for threshold, _ in grid):
        bouts = to_bouts(example.signal.states(threshold), time_s)
        edges = bouts[["start_s", "stop_s"]].to_numpy(np.float64)
        length = np.diff(np.clip(edges, example.start_s, example.stop_s), axis=1)[:, 0]
        row = np.searchsorted(edges[:, 0], time_s[inside], side="right") - 1
        unseen = (bouts["state"] == UNSCORED).to_numpy()[row]
        for least in MIN_BOUTS_S:
            still = counts_immobile(bouts, least)
            seconds.append(float(length[still].sum()))
            mask = np.where(unseen, np.nan, still[row])
            counts.append(
                np.zeros((2, 2)) if human is None else coefficients.count_pairs(mask, human)
            )
    return np.array(seconds), np.array(counts)


def _mask(state: np.ndarray) -> Floats:
    """Return 1 immobile, 0 not immobile, NaN not scored; shape (frames,)."""
    return np.where(state == UNSCORED, np.nan, (state == IMMOBILE).astype(np.float64))


def _best(still: Floats, human_s: Floats, counts: Floats | None, used: np.ndarray) -> int:
    """Return the index of the values that fit the used trials best; of equal ones, the middle."""
    if counts is not None:
        merit = coefficients.pooled_kappa(np.swapaxes(counts[used], 0, 1))
    else:
        merit = -np.abs(still[used] - human_s[used, None]).mean(axis=0)
    merit = np.where(np.isfinite(merit), merit, -np.inf)
    equal = np.flatnonzero(merit >= merit.max() - 1e-12)
    return int(equal[len(equal) // 2])


def _held_out(
    example: Example,
    values: tuple[float, float],
    after_s: float,
    counts: Floats | None,
    place: tuple[int, int],
) -> dict[str, object]:
    """Return the row of one trial."""
    row: dict[str, object] = {
        "trial_id": example.trial_id,
        "animal_id": example.animal_id,
        "immobile_below": values[0],
        "min_bout_s": values[1],
        "human_s": example.human_s,
        "before_s": _before_s(example),
        "after_s": after_s,
    }
    if counts is not None:
        row["kappa_before"] = float(coefficients.cohen_kappa(_before_counts(example)))
        row["kappa_after"] = float(coefficients.cohen_kappa(counts[place]))
    return row


def _before_s(example: Example) -> float:
    """Return the immobility in the results."""
    time_s = example.signal.time_s
    bouts = to_bouts(example.signal.frames["state"].to_numpy(object), time_s)
    found = measure(bouts, example.start_s, example.stop_s).get("immobility_s")
    return np.nan if found is None else float(found)


def _before_counts(example: Example) -> Floats:
    """Return the counts of the states in the results against people's."""
    time_s = example.signal.time_s
    inside = (time_s >= example.start_s) & (time_s < example.stop_s)
    human = np.full(len(time_s), np.nan) if example.human is None else example.human
    mask = _mask(example.signal.frames["state"].to_numpy(object))
    return coefficients.count_pairs(mask[inside], human[inside])


def _summary(
    examples: Sequence[Example],
    held_out: pd.DataFrame,
    grid: Sequence[tuple[float, float]],
    counts: Floats | None,
) -> tuple[float, float]:
    """Return the agreement before the fit, and on held-out animals after it."""
    if counts is None:
        errors = held_out[["before_s", "after_s"]].sub(held_out["human_s"], axis=0).abs().mean()
        return float(errors["before_s"]), float(errors["after_s"])
    chosen = zip(held_out["immobile_below"], held_out["min_bout_s"], strict=True)
    after = np.array([counts[row, grid.index(values)] for row, values in enumerate(chosen)])
    before = np.array([_before_counts(example) for example in examples])
    return float(coefficients.pooled_kappa(before)), float(coefficients.pooled_kappa(after))


def _flags(
    animals: Sequence[str], grid: Sequence[tuple[float, float]], final: tuple[float, float]
) -> tuple[Flag, ...]:
    """Return the flags on the fit."""
    flags = []
    if len(animals) < FEW_ANIMALS:
        flags.append(
            Flag(
                "few_animals",
                len(animals),
                f"Only {len(animals)} animals were scored by hand; the fitted values may be wrong "
                "for others. Score at least 5, better 10.",
            )
        )
    if final[0] in (grid[0][0], grid[-1][0]):
        flags.append(
            Flag(
                "threshold_at_edge",
                final[0],
                f"The fitted threshold {final[0]:g} is at the edge of the motion's range: "
                "the motion does not show the difference that people saw.",
            )
        )
    return tuple(flags)
