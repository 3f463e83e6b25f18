"""The time bins of the test as repeated measures, beside the verdict.

One linear mixed model: the mean of every cell in every bin, the blocks, and a
random intercept of the animal. It shows when in the test an effect is there;
it never changes the label.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.model.arrays import Floats
from behave.model.tables import CONTRASTS
from behave.schema import conform
from behave.stats.comparisons.families import numbers
from behave.stats.methods.multiple import ADJUSTMENTS, adjust
from behave.stats.rule.design import Sample, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.mixed import MIXED, fit_random_intercept, repeated_matrix
from behave.stats.rule.verdict import ALPHA, CONF_LEVEL, EFFECTS
from behave.stats.wording.sentences import amount
from behave.stats.wording.tidy_tables import contrast_words, effects_in

FAMILY_NAME = "time_bins"
SECONDS = 60.0


@dataclass(frozen=True)
class TimeCourseResult:
    """Effects in every bin, and how the tested one changes over the bins.

    Parameters
    ----------
    starts, stops
        (b,) the bins, in s from the animal's entry.
    effects
        Each effect in every bin, (b,); positive is benefit.
    trend
        Change of the tested effect per minute.
    n
        Animals of each cell.
    tested
        ``I``, or ``K`` where there is no antagonist.
    icc
        Share of the variance that lies between animals.
    sample
        The animals.
    """

    starts: Floats
    stops: Floats
    effects: dict[str, Estimates]
    trend: Estimates
    n: list[int]
    tested: str
    icc: float
    sample: Sample

    @property
    def names(self) -> list[str]:
        """The bins in words: ``120 to 180 s``."""
        return [f"{a:g} to {b:g} s" for a, b in zip(self.starts, self.stops, strict=True)]


def compare_time_course(bins: pd.DataFrame, sample: Sample) -> TimeCourseResult | None:
    """Estimate the effects in every time bin.

    Parameters
    ----------
    bins
        ``animal_id`` (and ``trial_id`` where the measures have it), ``start_s,
        stop_s, immobility_s, scored_s``: the bins of the scored window.
    sample
        The animals of the verdict.

    Returns
    -------
    Course or None
        None where there are fewer than two bins, or too few animals for the
        model.
    """
    key = "trial_id" if "trial_id" in bins and "trial_id" in sample.frame else "animal_id"
    animal = {str(name): index for index, name in enumerate(sample.frame[key])}
    known = bins[bins[key].astype(str).isin(animal) & (bins["scored_s"] > 0)]
    starts = np.unique(known["start_s"].to_numpy(dtype="float64"))
    if len(starts) < 2:  # noqa: PLR2004 - one bin is no course
        return None
    stops = np.array([known.loc[known["start_s"] == start, "stop_s"].max() for start in starts])
    who = np.array([animal[str(name)] for name in known[key]])
    when = np.searchsorted(starts, known["start_s"].to_numpy(dtype="float64"))
    cells = 4 if sample.design.antagonist else 2
    matrix = repeated_matrix(
        sample.cell[who] * len(starts) + when,
        cells * len(starts),
        sample.blocks[who],
        sample.covariates[who],
    )
    fitted = fit_random_intercept(_outcome(known, sample), matrix, who)
    if fitted is None:
        return None
    weights = {
        name: _per_bin(name, len(starts), matrix.shape[1]) for name in effects_in(sample.design)
    }
    tested = "I" if sample.design.antagonist else "K"
    middle = (starts + stops) / 2 / SECONDS
    slope = (middle - middle.mean()) / np.sum((middle - middle.mean()) ** 2)
    return TimeCourseResult(
        starts=starts,
        stops=stops,
        effects={name: fitted.contrasts(rows) for name, rows in weights.items() if name != "A"},
        trend=fitted.contrasts(slope[np.newaxis] @ weights[tested])[0],
        n=[int((sample.cell == cell).sum()) for cell in range(cells)],
        tested=tested,
        icc=fitted.icc,
        sample=sample,
    )


def _outcome(bins: pd.DataFrame, sample: Sample) -> Floats:
    """Return each bin's immobility, as for its full length, turned so that less is benefit."""
    scored = bins["scored_s"].to_numpy(dtype="float64")
    share = bins["immobility_s"].to_numpy(dtype="float64") / scored
    percent = sample.design.outcome.endswith("_pct")
    length = (bins["stop_s"] - bins["start_s"]).to_numpy(dtype="float64")
    value = share * (100.0 if percent else length)
    return np.asarray(value if sample.design.benefit == "decrease" else -value)


def _per_bin(effect: str, bins: int, columns: int) -> Floats:
    """Return an effect's weights in every bin, (bins, columns)."""
    weights = np.zeros((bins, columns))
    for cell, weight in enumerate(EFFECTS[effect]):
        if weight:
            weights[np.arange(bins), cell * bins + np.arange(bins)] = weight
    return weights


def tabulate_time_course(course: TimeCourseResult) -> pd.DataFrame:
    """Tabulate the effects in every bin and the trend (`behave.model.tables.CONTRASTS`)."""
    unit = unit_of(course.sample.design.outcome)
    said = contrast_words(course.sample.design)
    rows = []
    how = course.sample.design.adjust
    for effect, found in course.effects.items():
        low, high = found.interval(CONF_LEVEL)
        adjusted = adjust(found.p_value, how)
        for index, name in enumerate(course.names):
            rows.append(
                _row(found[index], (low[index], high[index]), unit)
                | {
                    "contrast_id": f"{effect}_{name}",
                    "family": f"{FAMILY_NAME}: {effect}",
                    "contrast": f"{said[effect]}, {name}",
                    "p_adj": adjusted[index],
                    "adjust": ADJUSTMENTS[how],
                }
            )
    low, high = course.trend.interval(CONF_LEVEL)
    rows.append(
        _row(course.trend, (low, high), f"{unit} per min")
        | {
            "contrast_id": f"trend of {course.tested}",
            "family": f"{FAMILY_NAME}: trend",
            "contrast": f"change of {course.tested} over the bins, per minute",
        }
    )
    return conform(pd.DataFrame(rows), CONTRASTS)


def _row(found: Estimates, interval: tuple[Any, Any], unit: str) -> dict[str, Any]:
    """Return what all rows of the course have."""
    return {
        "method": MIXED,
        "estimate": float(found.estimate),
        "std_error": float(found.std_error),
        "df": float(found.df),
        "statistic": float(found.statistic),
        "p_value": float(found.p_value),
        "conf_low": float(interval[0]),
        "conf_high": float(interval[1]),
        "conf_level": CONF_LEVEL,
        "unit": unit,
        "planned": True,
    }


def describe_time_course(course: TimeCourseResult) -> dict[str, Any]:
    """Return the course in the form of a family of arms, as JSON can hold it."""
    return {
        "family": FAMILY_NAME,
        "title": "Time bins",
        "effects": ["K", "I"] if course.tested == "I" else ["K"],
        "arms": [
            {
                "name": name,
                "control": course.sample.design.agonist.control,
                "label": None,
                "n": course.n,
                "flags": [],
                **{effect: numbers(found[index]) for effect, found in course.effects.items()},
            }
            for index, name in enumerate(course.names)
        ],
        "differences": [],
        "trend_per_min": numbers(course.trend),
        "icc": course.icc,
        "text": _words(course),
    }


def _words(course: TimeCourseResult) -> str:
    """Say in which bins the tested effect is shown, and whether it changes."""
    found = course.effects[course.tested]
    how = course.sample.design.adjust
    adjusted = adjust(found.p_value, how)
    shown = [name for name, p in zip(course.names, adjusted, strict=True) if p < ALPHA]
    unit = unit_of(course.sample.design.outcome)
    where = f"in {', '.join(shown)}" if shown else "in no bin"
    low, high = course.trend.interval(CONF_LEVEL)
    changes = "it changed" if low > 0 or high < 0 else "no change was shown"
    return (
        f"Time bins (mixed model, secondary; it never enters the label): {course.tested} is shown "
        f"{where} ({ADJUSTMENTS[how]}, 5%); over the bins {changes}: "
        f"{amount(course.trend, f'{unit} per min')}."
    )
