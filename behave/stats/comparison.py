"""The stage's face: from one row per animal to the tables and the verdict."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.stats.anova import anova
from behave.stats.arms import Arm, Family, compared_rows, differences, find_families
from behave.stats.assumptions import check_assumptions
from behave.stats.cautions import find_cautions, find_left_aside, find_positive_control_cautions
from behave.stats.contrasts import Model, build_model
from behave.stats.course import compare_course, describe_course, tabulate_course
from behave.stats.design import Sample, prepare, unit_of
from behave.stats.equivalence import tabulate_equivalence
from behave.stats.families import (
    describe_family,
    numbers,
    tabulate_differences,
    tabulate_family,
)
from behave.stats.latency import compare_latency
from behave.stats.locomotor import Locomotion, compare_locomotion, find_locomotor_cautions
from behave.stats.options import DesignOptions
from behave.stats.pairs import tabulate_pairs
from behave.stats.reversal import estimate_reversal
from behave.stats.scorer import (
    METHOD,
    ScorerError,
    carry_scorer_error,
    describe_scorer_error,
    find_scorer_cautions,
    tabulate_scorer_error,
)
from behave.stats.sensitivity import (
    Alternative,
    add_ruling,
    analyse_sensitivity,
    summarise_sensitivity,
)
from behave.stats.series import (
    describe_series,
    find_series,
    find_series_cautions,
    tabulate_curves,
    tabulate_series,
)
from behave.stats.tidy import (
    METHODS,
    describe_cells,
    tabulate_contrasts,
)
from behave.stats.verdict import ALPHA, FAMILY, RULE_VERSION, Ruling, judge
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
        ``locomotor`` (the same effects on locomotion; None without a control),
        ``families`` (further comparisons by the same rule: arms with label,
        effects, flags and text, and the differences between arms) and
        ``dose_series``, and ``scorer_error`` (None without people's scores).
    dose_response
        The table of that name; no rows without a dose series.
    latency, latency_cells, latency_curve
        The tables of these names; no rows without latencies.
    """

    contrasts: pd.DataFrame
    anova: pd.DataFrame
    cells: pd.DataFrame
    equivalence: pd.DataFrame
    assumptions: pd.DataFrame
    sensitivity: pd.DataFrame
    dose_response: pd.DataFrame
    latency: pd.DataFrame
    latency_cells: pd.DataFrame
    latency_curve: pd.DataFrame
    verdict: dict[str, Any]


def compare(
    measures: pd.DataFrame,
    design: DesignOptions,
    *,
    alternatives: Iterable[Alternative] = (),
    seed: int = 1,
    locomotion: pd.DataFrame | None = None,
    bins: pd.DataFrame | None = None,
    human: pd.DataFrame | None = None,
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
    seed
        Of what is drawn at random: the bootstrap and the permutation among
        the sensitivity analyses.
    locomotion
        Of the form of ``measures``, with the outcome of ``design.locomotor``;
        None where there is no locomotor control.
    bins
        The time bins of the scored window, for `behave.stats.course`; None
        where the design does not ask for them.
    human
        ``trial_id`` or ``animal_id`` and the outcome as people scored it, of
        some of the animals; None where the design names none.

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
    measures = measures.reset_index(drop=True)
    # Without an antagonist there is no label that could hold or not.
    others = list(alternatives) if design.antagonist else []
    sample = prepare(measures, design)
    model = build_model(sample.cell, sample.blocks)
    ruling = judge(model, sample.signed, design.residual_fraction)
    control = (
        compare_locomotion(locomotion, design, design.locomotor)
        if locomotion is not None and design.locomotor
        else None
    )
    families = find_families(measures, design)
    found = [differences(measures, design, family) for family in families]
    series = find_series(measures, design)
    course = compare_course(bins, sample) if bins is not None else None
    error = _scorer_error(sample, human, seed)
    latency = compare_latency(sample)
    pairs = tabulate_pairs(sample, model)
    sensitivity = analyse_sensitivity(sample, ruling, others, seed=seed)
    if error and design.antagonist:
        sensitivity = add_ruling(sensitivity, "scorer", METHOD, error.ruling, str(ruling.label))
    verdict = _verdict(sample, model, ruling, sensitivity, control)
    verdict["scorer_error"] = describe_scorer_error(error, verdict["label"]) if error else None
    verdict["families"] = [
        describe_family(family, item) for family, item in zip(families, found, strict=True)
    ]
    verdict["families"] += [describe_course(course)] if course else []
    verdict["dose_series"] = [describe_series(item) for item in series]
    verdict["text"] = " ".join(
        [verdict["text"]]
        + [item["text"] for item in (*verdict["families"], *verdict["dose_series"])]
    )
    used = set(compared_rows([Arm("", sample, model, ruling), *_arms(families)]))
    used |= {int(row) for item in series for row in item.rows}
    more = [
        *find_scorer_cautions(error),
        *find_positive_control_cautions(families),
        *find_series_cautions(series),
        *find_left_aside(measures, design, used),
    ]
    verdict["flags"] += [asdict(flag) for flag in more]
    contrasts = [
        tabulate_contrasts(sample, model, ruling),
        *(tabulate_family(family) for family in families),
        *(tabulate_differences(f, item) for f, item in zip(families, found, strict=True) if item),
        *(tabulate_series(item) for item in series),
        *([tabulate_course(course)] if course else []),
        *([tabulate_scorer_error(error)] if error else []),
        *([pairs] if len(pairs) else []),
        *([control.contrasts] if control else []),
    ]
    return Comparison(
        contrasts=pd.concat(contrasts, ignore_index=True) if contrasts[1:] else contrasts[0],
        anova=_anova(sample),
        cells=describe_cells(sample),
        equivalence=tabulate_equivalence(sample, ruling),
        assumptions=check_assumptions(model, sample.outcome),
        sensitivity=_all_sensitivity(sensitivity, design, families, others),
        dose_response=tabulate_curves(series),
        latency=latency.contrasts,
        latency_cells=latency.cells,
        latency_curve=latency.curves,
        verdict=verdict,
    )


def _scorer_error(sample: Sample, human: pd.DataFrame | None, seed: int) -> ScorerError | None:
    """Match people's scores to the animals and carry the scorer's error along."""
    if human is None:
        return None
    key = "trial_id" if "trial_id" in human and "trial_id" in sample.frame else "animal_id"
    scores = human.set_index(key)[sample.design.outcome]
    matched = sample.frame[key].map(scores).to_numpy(dtype="float64")
    return carry_scorer_error(sample, matched, seed)


def _arms(families: list[Family]) -> list[Arm]:
    """Return the arms of all families."""
    return [arm for family in families for arm in family.arms]


def _all_sensitivity(
    own: pd.DataFrame,
    design: DesignOptions,
    families: list[Family],
    alternatives: list[Alternative],
) -> pd.DataFrame:
    """Return the sensitivity of the verdict, and of each further label under its name.

    An arm that is the study's own comparison is not told twice.
    """
    tables = [own]
    for arm in _arms(families):
        if arm.tested == "I" and (arm.sample.design != design or arm.within is not None):
            found = analyse_sensitivity(arm.sample, arm.ruling, alternatives, arm.within)
            tables.append(found.assign(comparison=arm.name))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else own


def _anova(sample: Sample) -> pd.DataFrame:
    """Test the factors, their interactions and the blocks in use."""
    design = sample.design
    factors = {design.agonist.column: sample.cell % 2}
    if design.antagonist:
        factors = {design.antagonist.column: sample.cell // 2, **factors}
    codes = {
        name: pd.factorize(sample.frame[name])[0].astype("int64")
        for name in (*design.blocks, *([design.by] if design.by else []))
    }
    crossed = {name: code for name, code in codes.items() if name == design.by}
    blocks = {name: code for name, code in codes.items() if name != design.by}
    return anova(
        sample.outcome,
        factors | {name: code for name, code in crossed.items() if len(np.unique(code)) > 1},
        {name: code for name, code in blocks.items() if len(np.unique(code)) > 1},
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
    reversal = estimate_reversal(model, sample.signed) if design.antagonist else None
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
        **{name: numbers(ruling.effect(name)) for name in FAMILY},
        "reversal_pct": reversal and asdict(reversal),
        "flags": [asdict(flag) for flag in flags],
        "sensitivity": summarise_sensitivity(sensitivity),
        "locomotor": control and _locomotor(control),
        "text": word_verdict(sample, model, ruling, reversal),
    }


def _locomotor(control: Locomotion) -> dict[str, Any]:
    """Return the effects on locomotion; positive means more movement."""
    outcome = control.sample.design.outcome
    return {
        "outcome": outcome,
        "unit": unit_of(outcome),
        "method": METHODS[control.model.primary],
        **{name: numbers(control.ruling.effect(name)) for name in FAMILY},
    }
