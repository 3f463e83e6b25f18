"""Secondary analyses, which do not change the verdict: each as rows, as JSON and as flags.

None of it enters the label. Every part is made where the design asks for it
and the animals allow it, and is empty elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from behave.model.flags import Flag
from behave.stats.comparisons.differences import differences
from behave.stats.comparisons.dose_series import (
    describe_series,
    find_series,
    find_series_flags,
    tabulate_curves,
    tabulate_series,
)
from behave.stats.comparisons.families import (
    describe_family,
    find_subgroup_flags,
    numbers,
    tabulate_differences,
    tabulate_family,
)
from behave.stats.comparisons.locomotor import compare_locomotion, find_locomotor_flags
from behave.stats.comparisons.time_course import (
    compare_time_course,
    describe_time_course,
    tabulate_time_course,
)
from behave.stats.options import DesignOptions
from behave.stats.rule.design import Sample, unit_of
from behave.stats.rule.subcomparisons import Family, Subcomparison, compared_rows, find_families
from behave.stats.rule.verdict import FAMILY
from behave.stats.sensitivity.analyses import Alternative, analyse_sensitivity
from behave.stats.sensitivity.rater_bias import (
    RaterBias,
    carry_rater_bias,
    describe_rater_bias,
    find_rater_bias_flags,
    tabulate_rater_bias,
)
from behave.stats.wording.design_balance import find_left_aside
from behave.stats.wording.outcome_flags import find_positive_control_flags
from behave.stats.wording.tidy_tables import method_name


@dataclass(frozen=True)
class Part:
    """One secondary analysis.

    Parameters
    ----------
    told
        Entries of ``stats/verdict.json``.
    contrasts
        Tables of `behave.model.tables.CONTRASTS`.
    flags
        Remarks on it.
    """

    told: Mapping[str, Any]
    contrasts: Sequence[pd.DataFrame] = ()
    flags: Sequence[Flag] = ()


@dataclass(frozen=True)
class SecondaryAnalyses(Part):
    """The further comparisons, dose series and time bins.

    Parameters
    ----------
    families
        The arms by the question that they answer.
    dose_response
        The curves (`behave.model.tables.DOSE_RESPONSE`).
    """

    families: Sequence[Family] = ()
    dose_response: pd.DataFrame = field(default_factory=pd.DataFrame)


def compare_secondary(
    measures: pd.DataFrame, own: Subcomparison, bins: pd.DataFrame | None
) -> SecondaryAnalyses:
    """Make the further comparisons that the design names.

    Parameters
    ----------
    measures
        As for `behave.stats.compare`, the index from 0.
    own
        The comparison of the verdict.
    bins
        The time bins; None where they are not asked for.
    """
    design = own.sample.design
    families = find_families(measures, design)
    found = [differences(measures, design, family) for family in families]
    series = find_series(measures, design)
    tables = [tabulate_series(item) for item in series]
    course = compare_time_course(bins, own.sample) if bins is not None else None
    pairs = list(zip(families, found, strict=True))
    used = {*compared_rows([own, *(arm for family in families for arm in family.arms)])}
    used |= {int(row) for item in series for row in item.rows}
    return SecondaryAnalyses(
        told={
            "families": [
                *(describe_family(family, item) for family, item in pairs),
                *([describe_time_course(course)] if course else []),
            ],
            "dose_series": [
                describe_series(item, table) for item, table in zip(series, tables, strict=True)
            ],
        },
        contrasts=[
            *map(tabulate_family, families),
            *(tabulate_differences(family, item) for family, item in pairs if item),
            *tables,
            *([tabulate_time_course(course)] if course else []),
        ],
        flags=[
            *find_positive_control_flags(families),
            *find_series_flags(series),
            *find_subgroup_flags(own, pairs),
            *find_left_aside(measures, design, used),
        ],
        families=families,
        dose_response=tabulate_curves(series),
    )


def secondary_sensitivity(
    families: Sequence[Family], design: DesignOptions, alternatives: Sequence[Alternative]
) -> list[pd.DataFrame]:
    """Return the sensitivity of each further label under its name.

    An arm that is the study's own comparison is not told twice.
    """
    tables = []
    for arm in (arm for family in families for arm in family.arms):
        own = arm.sample.design == design and arm.within is None
        if arm.tested == "I" and not own:
            found = analyse_sensitivity(arm.sample, arm.ruling, alternatives, arm.within)
            tables.append(found.assign(comparison=arm.name))
    return tables


def check_rater_bias(
    sample: Sample, human: pd.DataFrame | None, seed: int, label: str
) -> tuple[Part, RaterBias | None]:
    """Match people's scores to the animals and carry the scorer's error along.

    Parameters
    ----------
    sample
        The animals of the verdict.
    human
        As for `behave.stats.compare`.
    seed
        Of the draws.
    label
        Of the verdict.
    """
    error = None
    if human is not None:
        key = "trial_id" if "trial_id" in human and "trial_id" in sample.frame else "animal_id"
        scores = human.set_index(key)[sample.design.outcome]
        matched = sample.frame[key].map(scores).to_numpy(dtype="float64")
        error = carry_rater_bias(sample, matched, seed)
    if error is None:
        return Part({"scorer_error": None}), None
    told = {"scorer_error": describe_rater_bias(error, label)}
    return Part(told, [tabulate_rater_bias(error)], find_rater_bias_flags(error)), error


def check_locomotion(own: Subcomparison, locomotion: pd.DataFrame | None) -> Part:
    """Compare the locomotor control in the cells of the verdict.

    Parameters
    ----------
    own
        The comparison of the verdict.
    locomotion
        As for `behave.stats.compare`.
    """
    design = own.sample.design
    if locomotion is None or design.locomotor is None:
        return Part({"locomotor": None}, [], find_locomotor_flags(design, own.ruling, None))
    control = compare_locomotion(locomotion, design, design.locomotor)
    outcome = control.sample.design.outcome
    told = {
        "outcome": outcome,
        "unit": unit_of(outcome),
        "method": method_name(control.model),
        **{name: numbers(control.ruling.effect(name)) for name in FAMILY},
    }
    flags = find_locomotor_flags(design, own.ruling, control)
    return Part({"locomotor": told}, [control.contrasts], flags)
