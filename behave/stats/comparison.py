"""The stage's face: from one row per animal to the tables and the verdict."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.stats.anova import anova
from behave.stats.antagonists import (
    Arm,
    compare_others,
    tabulate_antagonists,
    word_antagonists,
)
from behave.stats.assumptions import check_assumptions
from behave.stats.cautions import find_cautions
from behave.stats.contrasts import Estimates, Model, build_model
from behave.stats.design import DesignOptions, Sample, prepare, unit_of
from behave.stats.locomotor import Locomotion, compare_locomotion, find_locomotor_cautions
from behave.stats.reversal import estimate_reversal
from behave.stats.sensitivity import Alternative, analyse_sensitivity, summarise_sensitivity
from behave.stats.tidy import METHODS, describe_cells, tabulate_contrasts, tabulate_rule_tests
from behave.stats.verdict import ALPHA, CONF_LEVEL, FAMILY, RULE_VERSION, Ruling, judge
from behave.stats.wording import word_verdict


@dataclass(frozen=True)
class Comparison:
    """What the design compares, as tables, and the verdict.

    Parameters
    ----------
    contrasts, anova, cells, equivalence, assumptions, sensitivity
        The tables of the same names in `behave.tables`.
    verdict
        The content of ``stats/verdict.json``: ``label``, ``rule_version``,
        ``rho``, ``alpha``, objects ``K``, ``Kn``, ``I`` and ``A`` (their
        numbers None where they cannot be computed), ``flags`` and ``text``;
        beside them ``outcome``, ``unit``, ``method``, ``reversal_pct`` (the
        share of K that the antagonist took away, None where K is not shown),
        ``sensitivity`` (how many alternative analyses agree),
        ``locomotor`` (the same effects on locomotion; None without a control)
        and ``other_antagonists`` (label, effects, flags and text of each).
    """

    contrasts: pd.DataFrame
    anova: pd.DataFrame
    cells: pd.DataFrame
    equivalence: pd.DataFrame
    assumptions: pd.DataFrame
    sensitivity: pd.DataFrame
    verdict: dict[str, Any]


def compare(
    measures: pd.DataFrame,
    design: DesignOptions,
    *,
    alternatives: Iterable[Alternative] = (),
    locomotion: pd.DataFrame | None = None,
) -> Comparison:
    """Compare the four cells of the design and give the verdict.

    Parameters
    ----------
    measures
        One row per animal: ``animal_id``, the outcome, the columns of the
        factors and blocks (text), and ``status`` (done, failed, excluded or
        missing; all done where the column is absent). Only rows that are done
        and have an outcome are analysed; the others are counted. Rows with
        other levels of the factors are left aside and counted.
    design
        What is compared.
    alternatives
        ``(analysis, setting, measures)``: the same animals scored or timed
        otherwise, each put through the same rule for the sensitivity table.
    locomotion
        Of the form of ``measures``, with the outcome of ``design.locomotor``;
        None where there is no locomotor control.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If a column is missing, a level of the design does not occur, an
        animal has several rows, an analysed animal has no block, or an
        outcome is not a number.
    """
    sample = prepare(measures, design)
    model = build_model(sample.cell, sample.blocks)
    ruling = judge(model, sample.signed, design.residual_fraction)
    sensitivity = analyse_sensitivity(sample, ruling, alternatives)
    control = (
        compare_locomotion(locomotion, design, design.locomotor)
        if locomotion is not None and design.locomotor
        else None
    )
    others = compare_others(measures, design)
    contrasts = [tabulate_contrasts(sample, model, ruling)]
    if others:
        contrasts.append(tabulate_antagonists([Arm(sample, model, ruling), *others]))
    if control:
        contrasts.append(control.contrasts)
    verdict = _verdict(sample, model, ruling, sensitivity, control)
    verdict["other_antagonists"] = [_other(arm) for arm in others]
    verdict["text"] += word_antagonists(others)
    return Comparison(
        contrasts=pd.concat(contrasts, ignore_index=True) if contrasts[1:] else contrasts[0],
        anova=_anova(sample),
        cells=describe_cells(sample),
        equivalence=tabulate_rule_tests(sample, ruling),
        assumptions=check_assumptions(model, sample.outcome),
        sensitivity=sensitivity,
        verdict=verdict,
    )


def _anova(sample: Sample) -> pd.DataFrame:
    """Test the two factors, their interaction and the blocks in use."""
    design = sample.design
    codes = {name: pd.factorize(sample.frame[name])[0] for name in design.blocks}
    return anova(
        sample.outcome,
        {design.antagonist.column: sample.cell // 2, design.agonist.column: sample.cell % 2},
        {name: code.astype("int64") for name, code in codes.items() if len(np.unique(code)) > 1},
    )


def _verdict(
    sample: Sample,
    model: Model,
    ruling: Ruling,
    sensitivity: pd.DataFrame,
    control: Locomotion | None,
) -> dict[str, Any]:
    """Return the verdict as JSON can hold it."""
    design = sample.design
    reversal = estimate_reversal(model, sample.signed)
    flags = [
        *find_cautions(sample, ruling),
        *find_locomotor_cautions(design, ruling, control),
    ]
    return {
        "label": str(ruling.label),
        "rule_version": RULE_VERSION,
        "rho": design.residual_fraction,
        "alpha": ALPHA,
        "outcome": design.outcome,
        "unit": unit_of(design.outcome),
        "method": METHODS[model.primary],
        **{name: _numbers(ruling.effect(name)) for name in FAMILY},
        "reversal_pct": reversal and asdict(reversal),
        "flags": [asdict(flag) for flag in flags],
        "sensitivity": summarise_sensitivity(sensitivity),
        "locomotor": control and _locomotor(control),
        "text": word_verdict(sample, model, ruling, reversal),
    }


def _other(arm: Arm) -> dict[str, Any]:
    """Return another antagonist's label, effects and flags."""
    return {
        "antagonist": arm.name,
        "control": arm.sample.design.antagonist.control,
        "label": str(arm.ruling.label),
        "method": METHODS[arm.model.primary],
        **{name: _numbers(arm.ruling.effect(name)) for name in FAMILY},
        "flags": [asdict(flag) for flag in find_cautions(arm.sample, arm.ruling)],
        "text": word_verdict(arm.sample, arm.model, arm.ruling, None),
    }


def _locomotor(control: Locomotion) -> dict[str, Any]:
    """Return the effects on locomotion; positive means more movement."""
    outcome = control.sample.design.outcome
    return {
        "outcome": outcome,
        "unit": unit_of(outcome),
        "method": METHODS[control.model.primary],
        **{name: _numbers(control.ruling.effect(name)) for name in FAMILY},
    }


def _numbers(effect: Estimates) -> dict[str, float | None]:
    """Return one contrast's numbers, None where there is none."""
    low, high = effect.interval(CONF_LEVEL)
    values = {
        "estimate": effect.estimate,
        "std_error": effect.std_error,
        "conf_low": low,
        "conf_high": high,
        "df": effect.df,
        "p_value": effect.p_value,
    }
    return {name: float(value) if np.isfinite(value) else None for name, value in values.items()}
