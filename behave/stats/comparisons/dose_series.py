"""Dose series: each dose against the control, the trend over doses, the curve.

A series is one drug in its doses, the other factor of the design held at one
level: NBQX in four doses, all with ketamine. It needs no verdict and gives
none; the verdicts dose by dose are arms (`behave.stats.rule.subcomparisons`).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.model.tables import CONTRASTS, DOSE_RESPONSE
from behave.schema import conform
from behave.stats.methods.dose import (
    DoseCurve,
    Scale,
    fit_dose_curve,
    trend_weights,
)
from behave.stats.methods.multiple import dunnett, dunnett_quantile
from behave.stats.options import Antagonist, DesignOptions, Factor
from behave.stats.rule.columns import codes_of, doses_of, text_of
from behave.stats.rule.contrasts import Model, build_model, estimate
from behave.stats.rule.design import (
    Integers,
    Sample,
    block_columns,
    covariates_of,
    group_of,
    sort_animals,
    unit_of,
    varying,
)
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import ALPHA, CONF_LEVEL
from behave.stats.wording.tidy_tables import method_name

MIN_DOSES = 2  # doses that make a series, and animals that make a group
# How a scale is named, and its unit; None is the dose's own.
SCALES: dict[Scale, tuple[str, str | None]] = {
    "dose": ("the dose", None),
    "log": ("log(dose), control apart", "log unit"),
}
PARAMETERS = ("at_zero", "at_most", "ed50", "hill")


@dataclass(frozen=True)
class DoseSeries:
    """One drug in its doses, all else equal.

    Parameters
    ----------
    factor
        The drug.
    others
        What the animals had beside it, ``ketamine`` or ``vehicle``; "" where the
        design has no other factor.
    doses
        (k,) rising, 0 first: the control.
    cell
        (n,) which dose each animal had.
    outcome
        (n,) as measured.
    model
        The means of the doses, and the blocks.
    against
        Each dose's effect against the control, (k - 1,); positive is benefit.
    trends
        The slope over the dose and over its logarithm, by the scale, that of
        ``design.dose_scale`` first; positive is benefit.
    curvature
        The quadratic contrast over the order of the doses, positive is benefit.
    curve
        Four parameters; None where the doses are too few.
    rows
        (n,) positions of the animals in the table of measures.
    design
        Of the study.
    """

    factor: Factor
    others: str
    doses: Floats
    cell: Integers
    outcome: Floats
    model: Model
    against: Estimates
    trends: dict[Scale, Estimates]
    curvature: Estimates
    curve: DoseCurve | None
    rows: Integers
    design: DesignOptions

    @property
    def name(self) -> str:
        """The series in words: ``NBQX with ketamine``."""
        return f"{self.factor.level} with {self.others}" if self.others else self.factor.level

    @property
    def turns(self) -> bool:
        """Whether the effect is shown to bend, its extreme lying between two doses."""
        low, high = self.curvature.interval(CONF_LEVEL)
        means = np.array([self.outcome[self.cell == c].mean() for c in range(len(self.doses))])
        ends = {0, len(means) - 1}
        inside = int(np.argmax(means)) not in ends or int(np.argmin(means)) not in ends
        return bool((low > 0 or high < 0) and inside)


def find_series(measures: pd.DataFrame, design: DesignOptions) -> list[DoseSeries]:
    """Return every dose series that the animals allow.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`, its index from 0.
    design
        The study's design.
    """
    found = []
    for factor, other in ((design.antagonist, design.agonist), (design.agonist, design.antagonist)):
        if factor is None or factor.dose_column is None:
            continue
        for side in (1, 0) if factor is design.antagonist else (0, 1):
            if other is None and side:
                continue
            series = _series(measures, design, factor, other, side)
            found += [series] if series else []
    return found


def _series(
    measures: pd.DataFrame, design: DesignOptions, factor: Factor, other: Factor | None, side: int
) -> DoseSeries | None:
    """Return one series, None where fewer than two doses have animals enough."""
    others = "" if other is None else (other.control, other.name)[side]
    drug, doses = text_of(measures, factor.column), doses_of(measures, factor)
    dose = doses.where(drug != factor.control, 0.0)
    # Each dose in turn as the agonist of a design without antagonist: the
    # animals are sorted, counted and checked as everywhere else.
    within = _within(measures, other, side)
    samples = [
        _dose_sample(measures, design, factor, float(value), within)
        for value in sorted(set(dose[dose > 0]))
    ]
    samples = [sample for sample in samples if (sample.cell == 1).sum() >= MIN_DOSES]
    if len(samples) < MIN_DOSES or (samples[0].cell == 0).sum() < MIN_DOSES:
        return None
    frame = pd.concat(
        [s.frame[s.cell == 1] for s in samples] + [samples[0].frame[samples[0].cell == 0]]
    )
    rows = frame.index.to_numpy()
    levels = np.array(sorted({0.0, *dose[rows]}))
    cell = np.searchsorted(levels, dose[rows].to_numpy(dtype="float64")).astype("int64")
    blocks = _blocks(frame, design)
    outcome = pd.to_numeric(measures.loc[rows, design.outcome]).to_numpy(dtype="float64")
    model = build_model(
        cell,
        blocks,
        n_cells=len(levels),
        covariates=covariates_of(frame, design),
        group=group_of(frame, design),
    )
    signed = outcome if design.benefit == "decrease" else -outcome
    against = np.hstack([np.ones((len(levels) - 1, 1)), -np.eye(len(levels) - 1)])
    scales: tuple[Scale, ...] = ("dose", "log") if design.dose_scale == "dose" else ("log", "dose")
    shape = [*(-trend_weights(levels, scale) for scale in scales), -_curvature_weights(len(levels))]
    shapes = estimate(model, signed, np.array(shape))
    return DoseSeries(
        factor=factor,
        others=others,
        doses=levels,
        cell=cell,
        outcome=outcome,
        model=model,
        against=estimate(model, signed, against, "pooled"),
        trends={scale: shapes[index] for index, scale in enumerate(scales)},
        curvature=shapes[len(scales)],
        curve=fit_dose_curve(dose[rows].to_numpy(dtype="float64"), outcome, unit=factor.dose_unit),
        rows=rows.astype("int64"),
        design=design,
    )


def _within(measures: pd.DataFrame, other: Factor | None, side: int) -> "pd.Series[bool] | None":
    """Return the rows in which the other factor has one level; None without one."""
    if other is None:
        return None
    within = text_of(measures, other.column) == (other.control, other.level)[side]
    if side and other.dose_column:
        within &= doses_of(measures, other) == other.dose
    return within


def _dose_sample(
    measures: pd.DataFrame,
    design: DesignOptions,
    factor: Factor,
    dose: float,
    within: "pd.Series[bool] | None",
) -> Sample:
    """Return the animals of one dose and of the control."""
    single = Factor(**factor.model_dump(include=set(Factor.model_fields)) | {"dose": dose})
    own = design.model_copy(update={"agonist": single, "antagonist": None, "other_antagonists": {}})
    return sort_animals(measures, own, within)


def _blocks(frame: pd.DataFrame, design: DesignOptions) -> Integers:
    """Return the codes of the blocks that vary among the animals, (n, b)."""
    return varying(codes_of(frame, block_columns(design)))


def _curvature_weights(count: int) -> Floats:
    """Return the weights of the quadratic contrast over the order of the doses, (count,).

    Its value is the coefficient of the square in the parabola through the
    means; NaN for two groups, which have none. The order has no unit.
    """
    order = np.arange(count, dtype="float64")
    line = np.column_stack([np.ones_like(order), order])
    square = order**2
    rest = square - line @ np.linalg.lstsq(line, square, rcond=None)[0]
    size = float(np.sum(rest**2))
    return rest / size if count > MIN_DOSES and size > 0 else np.full(count, np.nan)


def tabulate_series(series: DoseSeries) -> pd.DataFrame:
    """Tabulate a series (`behave.model.tables.CONTRASTS`).

    Each dose against the control with Dunnett's p and simultaneous intervals
    (pooled variance, as Dunnett's test has it), then trend and curvature by
    the primary method of the study.
    """
    sizes = np.bincount(series.cell, minlength=len(series.doses))
    df = float(series.model.df_residual)
    reach = dunnett_quantile(sizes[1:], int(sizes[0]), df, CONF_LEVEL) * series.against.std_error
    adjusted = dunnett(series.against.statistic, sizes[1:], int(sizes[0]), df)
    unit, blocked = unit_of(series.design.outcome), series.model.blocked
    rows = []
    for index, dose in enumerate(series.doses[1:]):
        own = series.factor.model_copy(update={"dose": float(dose)})
        one = _row(series, f"{own.name} - {series.factor.control}", series.against[index], unit)
        rows.append(
            one
            | {
                "method": "pooled variance, Dunnett" + (", blocks" if blocked else ""),
                "p_adj": adjusted[index],
                "adjust": "Dunnett",
                "conf_low": series.against.estimate[index] - reach[index],
                "conf_high": series.against.estimate[index] + reach[index],
                "n1": sizes[0],
                "n2": sizes[index + 1],
            }
        )
    dose_unit = series.factor.dose_unit.strip() or "unit of dose"
    for place, (scale, found) in enumerate(series.trends.items()):
        over, per = SCALES[scale]
        named = "trend" if place == 0 else f"trend over {over}"
        rows.append(
            _row(series, f"trend over {over}", found, f"{unit} per {per or dose_unit}".strip())
            | {"contrast_id": f"{named} of {series.name}", "method": method_name(series.model)}
        )
    rows.append(
        _row(series, "curvature over the order of the doses", series.curvature, f"{unit} per step")
        | {"contrast_id": f"curvature of {series.name}", "method": method_name(series.model)}
    )
    return conform(pd.DataFrame(rows), CONTRASTS)


def _row(series: DoseSeries, compared: str, found: Estimates, unit: str) -> dict[str, Any]:
    """Return what all rows of a series have."""
    low, high = found.interval(CONF_LEVEL)
    beside = f", all with {series.others}" if series.others else ""
    return {
        "contrast_id": compared + (f" with {series.others}" if series.others else ""),
        "family": f"doses of {series.name}",
        "contrast": compared + beside,
        "estimate": float(found.estimate),
        "std_error": float(found.std_error),
        "df": float(found.df),
        "statistic": float(found.statistic),
        "p_value": float(found.p_value),
        "conf_low": float(low),
        "conf_high": float(high),
        "conf_level": CONF_LEVEL,
        "unit": unit,
        "planned": True,
    }


def tabulate_curves(series: list[DoseSeries]) -> pd.DataFrame:
    """Tabulate the curves of all series (`behave.model.tables.DOSE_RESPONSE`)."""
    rows = [row for item in series for row in _curve_rows(item)]
    return conform(pd.DataFrame(rows), DOSE_RESPONSE)


def _curve_rows(series: DoseSeries) -> Iterator[dict[str, Any]]:
    """Yield the four parameters of one curve; none where they are not identified."""
    curve = series.curve
    if curve is None or not curve.ed50_identified or series.turns:
        return
    for parameter, error in zip(PARAMETERS, curve.std_error, strict=True):
        ed50 = parameter == "ed50"
        yield {
            "series": series.name,
            "parameter": parameter,
            "estimate": getattr(curve, parameter),
            "std_error": error,
            "conf_low": curve.ed50_low if ed50 else np.nan,
            "conf_high": curve.ed50_high if ed50 and np.isfinite(curve.ed50_high) else np.nan,
            "identified": True,
            "p_value": curve.p_value,
            "text": format_curve(series),
        }


def format_curve(series: DoseSeries) -> str:
    """Say what the curve tells: the ED50, or why it has none."""
    if series.curve is None:
        return "ED50 not identified: a curve needs a control and three doses."
    if series.turns:
        return (
            "ED50 not identified: the effect bends back between the doses, "
            "and the curve supposes that it never turns."
        )
    return series.curve.text


def describe_series(series: DoseSeries, table: pd.DataFrame) -> dict[str, Any]:
    """Return a series as JSON can hold it, with one sentence; the table is its own."""
    adjusted = table["p_adj"].dropna()
    shown = [f"{dose:g}" for dose, p in zip(series.doses[1:], adjusted, strict=False) if p < ALPHA]
    unit = series.factor.dose_unit
    told = f"{', '.join(shown)}{unit} differed" if shown else "no dose was shown to differ"
    return {
        "drug": series.factor.level,
        "with": series.others,
        "role": "antagonist" if isinstance(series.factor, Antagonist) else "agonist",
        "dose_column": series.factor.dose_column,
        "doses": [float(dose) for dose in series.doses],
        "turns": series.turns,
        "ed50_identified": bool(series.curve and series.curve.ed50_identified and not series.turns),
        "text": (
            f"Doses of {series.name}, against {series.factor.control} "
            f"(Dunnett, 5%): {told}. {_format_trend(series)} {format_curve(series)}"
        ),
    }


def _format_trend(series: DoseSeries) -> str:
    """Say whether the effect was shown to grow with the dose."""
    scale, found = next(iter(series.trends.items()))
    low, high = found.interval(CONF_LEVEL)
    if not math.isfinite(low):
        return "A trend could not be estimated."
    over = SCALES[scale][0]
    way = "rises" if low > 0 else "falls"
    shown = f"Benefit {way} with" if low > 0 or high < 0 else "No trend was shown over"
    return f"{shown} {over} (p = {float(found.p_value):.2g})."


def find_series_flags(series: list[DoseSeries]) -> list[Flag]:
    """Say which effects do not grow with the dose."""
    return [
        Flag(
            "dose_not_monotone",
            float(item.curvature.estimate),
            f"The effect of {item.name} bends back between the doses (quadratic contrast, "
            f"p = {float(item.curvature.p_value):.2g}): a higher dose did less than a lower one, "
            "so that a result at one dose does not tell of another.",
        )
        for item in series
        if item.turns
    ]
