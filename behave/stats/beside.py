"""What stands beside the verdict, each part as rows, as JSON and as flags.

None of it enters the label. Every part is made where the design asks for it
and the animals allow it, and is empty elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from behave.flags import Flag
from behave.stats.arms import Arm, Family, compared_rows, find_families
from behave.stats.cautions import find_positive_control_cautions
from behave.stats.course import compare_course, describe_course, tabulate_course
from behave.stats.design import Sample, unit_of
from behave.stats.differences import differences
from behave.stats.families import (
    describe_family,
    numbers,
    tabulate_differences,
    tabulate_family,
)
from behave.stats.layout import find_left_aside
from behave.stats.locomotor import compare_locomotion, find_locomotor_cautions
from behave.stats.options import DesignOptions
from behave.stats.scorer import (
    ScorerError,
    carry_scorer_error,
    describe_scorer_error,
    find_scorer_cautions,
    tabulate_scorer_error,
)
from behave.stats.sensitivity import Alternative, analyse_sensitivity
from behave.stats.series import (
    describe_series,
    find_series,
    find_series_cautions,
    tabulate_curves,
    tabulate_series,
)
from behave.stats.tidy import METHODS
from behave.stats.verdict import FAMILY


@dataclass(frozen=True)
class Part:
    """One part of what stands beside the verdict.

    Parameters
    ----------
    told
        Entries of ``stats/verdict.json``.
    contrasts
        Tables of `behave.tables.CONTRASTS`.
    flags
        Remarks on it.
    """

    told: Mapping[str, Any]
    contrasts: Sequence[pd.DataFrame] = ()
    flags: Sequence[Flag] = ()


@dataclass(frozen=True)
class Further(Part):
    """The further comparisons, dose series and time bins.

    Parameters
    ----------
    families
        The arms by the question that they answer.
    dose_response
        The curves (`behave.tables.DOSE_RESPONSE`).
    """

    families: Sequence[Family] = ()
    dose_response: pd.DataFrame = field(default_factory=pd.DataFrame)


def compare_further(measures: pd.DataFrame, own: Arm, bins: pd.DataFrame | None) -> Further:
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
    course = compare_course(bins, own.sample) if bins is not None else None
    pairs = list(zip(families, found, strict=True))
    used = {*compared_rows([own, *(arm for family in families for arm in family.arms)])}
    used |= {int(row) for item in series for row in item.rows}
    return Further(
        told={
            "families": [
                *(describe_family(family, item) for family, item in pairs),
                *([describe_course(course)] if course else []),
            ],
            "dose_series": [
                describe_series(item, table) for item, table in zip(series, tables, strict=True)
            ],
        },
        contrasts=[
            *map(tabulate_family, families),
            *(tabulate_differences(family, item) for family, item in pairs if item),
            *tables,
            *([tabulate_course(course)] if course else []),
        ],
        flags=[
            *find_positive_control_cautions(families),
            *find_series_cautions(series),
            *find_left_aside(measures, design, used),
        ],
        families=families,
        dose_response=tabulate_curves(series),
    )


def further_sensitivity(
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


def check_scorer(
    sample: Sample, human: pd.DataFrame | None, seed: int, label: str
) -> tuple[Part, ScorerError | None]:
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
        error = carry_scorer_error(sample, matched, seed)
    if error is None:
        return Part({"scorer_error": None}), None
    told = {"scorer_error": describe_scorer_error(error, label)}
    return Part(told, [tabulate_scorer_error(error)], find_scorer_cautions(error)), error


def check_locomotion(own: Arm, locomotion: pd.DataFrame | None) -> Part:
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
        return Part({"locomotor": None}, [], find_locomotor_cautions(design, own.ruling, None))
    control = compare_locomotion(locomotion, design, design.locomotor)
    outcome = control.sample.design.outcome
    told = {
        "outcome": outcome,
        "unit": unit_of(outcome),
        "method": METHODS[control.model.primary],
        **{name: numbers(control.ruling.effect(name)) for name in FAMILY},
    }
    flags = find_locomotor_cautions(design, own.ruling, control)
    return Part({"locomotor": told}, [control.contrasts], flags)
