"""The stage's face: from one row per animal to the tables and the verdict."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.stats.comparisons.counts import describe_ratios, estimate_ratios, tabulate_ratios
from behave.stats.comparisons.families import numbers
from behave.stats.comparisons.latency import compare_latency
from behave.stats.comparisons.outcomes import (
    describe_outcomes,
    judge_outcomes,
    tabulate_outcome_cells,
    tabulate_outcome_contrasts,
    tabulate_outcomes,
)
from behave.stats.comparisons.pairs import tabulate_pairs
from behave.stats.methods.anova import anova
from behave.stats.methods.assumptions import check_assumptions
from behave.stats.options import DesignOptions
from behave.stats.rule.design import Sample, prepare, unit_of
from behave.stats.rule.equivalence import tabulate_equivalence
from behave.stats.rule.reversal import estimate_reversal
from behave.stats.rule.subcomparisons import Subcomparison
from behave.stats.rule.verdict import ALPHA, FAMILY, judge, model_of, probability_half_gone, rule_of
from behave.stats.secondary_analyses import (
    Part,
    check_locomotion,
    check_rater_bias,
    compare_secondary,
    secondary_sensitivity,
)
from behave.stats.sensitivity.analyses import (
    Alternative,
    add_ruling,
    analyse_sensitivity,
    summarise_sensitivity,
)
from behave.stats.sensitivity.rater_bias import METHOD
from behave.stats.wording.outcome_flags import find_outcome_flags
from behave.stats.wording.sentences import (
    format_meaning,
    format_verdict,
    headline_of,
    qualify,
    unknown_alone,
)
from behave.stats.wording.tidy_tables import (
    describe_cells,
    effects_in,
    method_name,
    tabulate_contrasts,
)


@dataclass(frozen=True)
class Comparison:
    """What the design compares, as tables, and the verdict.

    Parameters
    ----------
    contrasts, anova, cells, equivalence, assumptions, sensitivity
        The tables of the same names in `behave.model.tables`.
    verdict
        The content of ``stats/verdict.json``: ``label``, ``rule_version``,
        ``rho``, ``alpha``, objects ``K``, ``Kn``, ``I`` and ``A`` (their
        numbers None where they cannot be computed), ``flags`` and ``text``;
        beside them ``headline`` (the label as a sentence), ``meaning`` (what it means and does not mean) and ``qualifiers`` (what
        it says of the label's footing), ``probability_half_gone`` (that more than
        half of K is gone, with a flat prior; None where K is not shown), ``outcome``, ``unit``, ``method``, ``reversal_pct`` (the
        share of K that the antagonist took away, None where K is not shown),
        ``sensitivity`` (how many alternative analyses agree, and where the
        label gives way),
        ``locomotor`` (the same effects on locomotion; None without a control),
        ``families`` (further comparisons by the same rule: arms with label,
        effects, flags and text, and the differences between arms) and
        ``dose_series``, and ``scorer_error`` (None without people's scores).
    dose_response
        The table of that name; no rows without a dose series.
    latency, latency_cells, latency_curve
        The tables of these names; no rows without latencies.
    outcomes, outcome_cells
        The tables of these names; no rows where the design names no other
        outcome. In the verdict they stand under ``outcomes``.
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
    outcomes: pd.DataFrame
    outcome_cells: pd.DataFrame
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
    outcomes: Mapping[str, pd.DataFrame] | None = None,
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
        The same animals scored or timed otherwise, each put through the same
        rule for the sensitivity table.
    seed
        Of what is drawn at random: the bootstrap and the permutation among
        the sensitivity analyses.
    locomotion
        Of the form of ``measures``, with the outcome of ``design.locomotor``;
        None where there is no locomotor control.
    bins
        The time bins of the scored window, for `behave.stats.comparisons.time_course`; None
        where the design does not ask for them.
    human
        ``trial_id`` or ``animal_id`` and the outcome as people scored it, of
        some of the animals; None where the design names none.
    outcomes
        Of the form of ``measures``, with the outcome of each of
        ``design.other_outcomes``, by its name.

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
    model = model_of(sample)
    own = Subcomparison("", sample, model, judge(model, sample.signed, rule_of(design)))
    label = str(own.ruling.label)
    further = compare_secondary(measures, own, bins)
    scorer, error = check_rater_bias(sample, human, seed, label)
    judged = judge_outcomes(own, outcomes or {})
    ratios = estimate_ratios(own)
    parts = [
        further,
        scorer,
        check_locomotion(own, locomotion),
        Part({"counts": describe_ratios(ratios)}, tabulate_ratios(ratios)),
        Part({"outcomes": describe_outcomes(judged)}, tabulate_outcome_contrasts(judged)),
    ]
    sensitivity = analyse_sensitivity(sample, own.ruling, others, seed=seed)
    if error and design.antagonist:
        sensitivity = add_ruling(sensitivity, "scorer", METHOD, error.ruling, label)
    verdict = _verdict(own, sensitivity)
    for part in parts:
        verdict |= part.told
        verdict["flags"] += [asdict(flag) for flag in part.flags]
    latency = compare_latency(sample)
    return Comparison(
        contrasts=_stacked(
            tabulate_contrasts(sample, model, own.ruling),
            *(table for part in parts for table in part.contrasts),
            tabulate_pairs(sample, model),
        ),
        anova=_anova(sample),
        cells=describe_cells(sample),
        equivalence=tabulate_equivalence(sample, own.ruling),
        assumptions=check_assumptions(model, sample.outcome),
        sensitivity=_stacked(sensitivity, *secondary_sensitivity(further.families, design, others)),
        dose_response=further.dose_response,
        latency=latency.contrasts,
        latency_cells=latency.cells,
        latency_curve=latency.curves,
        outcomes=tabulate_outcomes(judged),
        outcome_cells=tabulate_outcome_cells(judged),
        verdict=verdict,
    )


def _stacked(*tables: pd.DataFrame) -> pd.DataFrame:
    """Return the tables as one; empty ones would spoil the types of the others."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]


def _anova(sample: Sample) -> pd.DataFrame:
    """Test the factors, their interactions and the blocks in use."""
    design = sample.design
    factors = {design.agonist.column: sample.cell % 2}
    if design.antagonist:
        factors = {design.antagonist.column: sample.cell // 2, **factors}
    codes = {
        name: pd.factorize(sample.frame[name])[0].astype("int64")
        for name in (*design.blocks, *design.by)
    }
    # Several further factors cut the animals into cells too small to cross them all.
    whole = design.by if len(design.by) == 1 else ()
    crossed = {name: code for name, code in codes.items() if name in whole}
    blocks = {name: code for name, code in codes.items() if name not in whole}
    return anova(
        sample.outcome,
        factors | {name: code for name, code in crossed.items() if len(np.unique(code)) > 1},
        {name: code for name, code in blocks.items() if len(np.unique(code)) > 1},
        dict(zip(design.covariates, sample.covariates.T, strict=True)),
    )


def _verdict(own: Subcomparison, sensitivity: pd.DataFrame) -> dict[str, Any]:
    """Return the verdict as JSON can hold it."""
    sample, model, ruling = own.sample, own.model, own.ruling
    design = sample.design
    reversal = estimate_reversal(model, sample.signed) if design.antagonist else None
    flags = find_outcome_flags(sample, ruling)
    qualifiers = qualify(sample, ruling, [flag.name for flag in flags])
    gone = probability_half_gone(model, sample.signed) if design.antagonist else math.nan
    judged = str(ruling.label) not in {"not_assessable", "no_agonist_effect"}
    return {
        "label": str(ruling.label),
        "headline": headline_of(sample, ruling, qualifiers),
        "qualifiers": qualifiers,
        "meaning": " ".join(
            [*format_meaning(sample, model, ruling), *unknown_alone(sample, ruling)]
        ),
        "rule_version": design.rule_version,
        "rho": design.residual_fraction,
        "alpha": ALPHA,
        "outcome": design.outcome,
        "unit": unit_of(design.outcome),
        "method": method_name(model),
        "effects": list(effects_in(design)),
        **{name: numbers(ruling.effect(name)) for name in FAMILY},
        "reversal_pct": reversal and asdict(reversal),
        "probability_half_gone": gone if judged and math.isfinite(gone) else None,
        "flags": [asdict(flag) for flag in flags],
        "sensitivity": summarise_sensitivity(sensitivity, design),
        "text": format_verdict(sample, model, ruling, reversal),
    }
