"""A published 2x2 judged from its table: means, SDs and n, without the animals.

Welch's contrasts need no more than each group's mean, SD and n, so the rule can
be applied to a paper's own table. What a paper prints is rounded; the rounding
is carried along by judging every corner of what the printed numbers may stand
for.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from behave.model.arrays import Floats
from behave.stats.rule.contrasts import welch_from_moments
from behave.stats.rule.design import outcome_name, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import (
    FAMILY,
    Rule,
    find_shown,
    give_label,
    rule_weights,
)
from behave.stats.wording.meaning import Names, explain, format_headline
from behave.stats.wording.numbers import amount_of, number, p_in_words

Claim = Literal["blocked", "partially_blocked", "reversed", "not_blocked", "enhanced"]
POWER = 0.8
# A group divided by its own mean has this mean, in percent or as a share.
OWN_VEHICLE = (100.0, 1.0)
MOST = 1000

# Row of the rule's contrasts, its name in words, the side of 0 on which it must lie, and
# whether the rule asks for it by a one-sided test.
_Needed = tuple[int, str, int, bool]
_ACTS: _Needed = (0, "K", 1, False)
_LESS: _Needed = (2, "I", 1, False)
_REMAINS: _Needed = (1, "Kn", 1, False)
CLAIMS: dict[str, tuple[_Needed, ...]] = {
    "blocked": (_ACTS, _LESS, (4, "Kn - {rho} K", -1, True)),
    "partially_blocked": (_ACTS, _LESS, _REMAINS),
    "reversed": (_ACTS, _LESS, (1, "Kn", -1, False)),
    "not_blocked": (_ACTS, (6, "Kn - {rest} K", 1, True), _REMAINS),
    "enhanced": (_ACTS, (2, "I", -1, False)),
}


@dataclass(frozen=True)
class Published:
    """A paper's table of four groups.

    Parameters
    ----------
    means, deviations, sizes
        (4,) mean, SD and n: control-control, control-agonist,
        antagonist-control, antagonist-agonist.
    mean_rounding, deviation_rounding
        (4,) half of the last printed digit, in the outcome's unit.
    agonist, antagonist
        The drugs.
    controls
        The control levels of antagonist and agonist.
    outcome
        Its name, the unit as its last token.
    benefit
        The direction in which the agonist acts.
    """

    means: Floats
    deviations: Floats
    sizes: Floats
    mean_rounding: Floats
    deviation_rounding: Floats
    agonist: str
    antagonist: str
    controls: tuple[str, str]
    outcome: str
    benefit: Literal["decrease", "increase"] = "decrease"


@dataclass(frozen=True)
class Condition:
    """One of the things that a claim needs shown.

    Parameters
    ----------
    name
        The contrast: ``I``, ``Kn - 0.5 K``.
    side
        1 where it must lie above 0, -1 below.
    found, needed
        The estimate, and the least one that these n and SDs would have shown.
    p_value
        Of the rule's test, one- or two-sided.
    one_sided
        Which.
    holds
        Whether it was shown.
    per_group
        Animals per group that would show it in 80 % of experiments if the
        printed means and SDs are the truth; None where no number would.
    """

    name: str
    side: int
    found: float
    needed: float
    p_value: float
    one_sided: bool
    holds: bool
    per_group: int | None


@dataclass(frozen=True)
class Audit:
    """What a published table says of its own question.

    Parameters
    ----------
    published
        The table.
    rule
        The rule.
    label
        At the printed numbers.
    labels
        That the unrounded numbers may have, the printed ones' first.
    estimates
        (7,): K, Kn, I, A and the rule's tests, at the printed numbers.
    ranges
        By effect: lowest and highest estimate, lowest and highest end of the
        interval, over what the printed numbers may stand for.
    claim
        What the paper claims.
    conditions
        What the claim needs.
    """

    published: Published
    rule: Rule
    label: str
    labels: tuple[str, ...]
    estimates: Estimates
    ranges: dict[str, tuple[float, float, float, float]]
    claim: str
    conditions: tuple[Condition, ...]


def audit(published: Published, claim: Claim = "blocked", rule: Rule | None = None) -> Audit:
    """Judge a published table.

    Parameters
    ----------
    published
        The table.
    claim
        What the paper says of it.
    rule
        None is version 2 with rho = 0.5.
    """
    rule = rule or Rule()
    weights = rule_weights(rule.rho)
    found = _contrasts(published, published.means, published.deviations, weights)
    corners = _contrasts(published, *_corners(published), weights)
    assessable = np.array(bool((published.sizes >= 2).all() and (published.deviations > 0).any()))  # noqa: PLR2004 - the rule's own number
    label = str(give_label(found, assessable, rule))
    others = give_label(corners, np.full(len(corners.estimate), bool(assessable)), rule)
    low, high = corners.interval()
    ranges = {
        name: (
            float(corners.estimate[:, index].min()),
            float(corners.estimate[:, index].max()),
            float(low[:, index].min()),
            float(high[:, index].max()),
        )
        for index, name in enumerate(FAMILY)
    }
    return Audit(
        published=published,
        rule=rule,
        label=label,
        labels=tuple(dict.fromkeys([label, *sorted(set(others.tolist()))])),
        estimates=found,
        ranges=ranges,
        claim=claim,
        conditions=tuple(_conditions(published, found, weights, claim, rule)),
    )


def _contrasts(
    published: Published, means: Floats, deviations: Floats, weights: Floats
) -> Estimates:
    """Return the rule's contrasts, signed so that positive means benefit."""
    turned = means if published.benefit == "decrease" else -means
    return welch_from_moments(turned, deviations, published.sizes, weights)


def _corners(published: Published) -> tuple[Floats, Floats]:
    """Return means and SDs at every corner of the rounding, (256, 4) each."""
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=8)))
    means = published.means + signs[:, :4] * published.mean_rounding
    deviations = published.deviations + signs[:, 4:] * published.deviation_rounding
    return means, np.maximum(deviations, 0.0)


def _conditions(
    published: Published, found: Estimates, weights: Floats, claim: str, rule: Rule
) -> Iterator[Condition]:
    """Yield what the claim needs, and what it would have taken."""
    for index, name, side, one_sided in CLAIMS[claim]:
        effect = found[index]
        tail = rule.alpha if one_sided else rule.alpha / 2
        critical = float(special.stdtrit(effect.df, 1 - tail)) * float(effect.std_error)
        p = float(effect.p_greater_than(side * effect.statistic))
        yield Condition(
            name=name.format(rho=f"{rule.rho:g}", rest=f"{1 - rule.rho:g}"),
            side=side,
            found=float(effect.estimate),
            needed=side * critical,
            p_value=p if one_sided else float(effect.p_value),
            one_sided=one_sided,
            holds=bool(side * effect.estimate > critical),
            per_group=_animals(published, weights[index], side * float(effect.estimate), tail),
        )


def _animals(published: Published, weights: Floats, effect: float, tail: float) -> int | None:
    """Return the animals per group that show an effect with 80 % power, equal groups."""
    if not effect > 0:
        return None
    sizes = np.arange(2, MOST + 1, dtype=np.float64)
    shares = (weights * published.deviations) ** 2
    error = np.sqrt(shares.sum() / sizes)
    df = shares.sum() ** 2 / (shares**2).sum() * (sizes - 1)
    power = 1 - special.nctdtr(df, effect / error, special.stdtrit(df, 1 - tail))
    enough = np.flatnonzero(power >= POWER)
    return int(sizes[enough[0]]) if len(enough) else None


def names_in(published: Published) -> Names:
    """Return how the drugs stand in a sentence."""
    return Names(
        agonist=published.agonist,
        antagonist=published.antagonist,
        there=f"under {published.antagonist}",
        without=f"under {published.controls[0]}",
        control=published.controls[0],
        alone=f"{published.antagonist} alone",
        subject=published.antagonist,
        bred=False,
    )


def describe_audit(found: Audit) -> dict[str, Any]:
    """Return an audit as JSON can hold it, its verdict as in ``verdict.json``."""
    low, high = found.estimates.interval()
    effects = {
        name: {
            "estimate": float(found.estimates.estimate[index]),
            "std_error": float(found.estimates.std_error[index]),
            "conf_low": float(low[index]),
            "conf_high": float(high[index]),
            "df": float(found.estimates.df[index]),
            "p_value": float(found.estimates.p_value[index]),
            "rounded_low": found.ranges[name][0],
            "rounded_high": found.ranges[name][1],
            "rounded_conf_low": found.ranges[name][2],
            "rounded_conf_high": found.ranges[name][3],
        }
        for index, name in enumerate(FAMILY)
    }
    return {
        "label": found.label,
        "labels_within_rounding": list(found.labels),
        "headline": headline(found),
        "rule_version": found.rule.version,
        "rho": found.rule.rho,
        "alpha": found.rule.alpha,
        "outcome": found.published.outcome,
        **{
            name: {key: value if np.isfinite(value) else None for key, value in parts.items()}
            for name, parts in effects.items()
        },
        "claim": found.claim,
        "conditions": [vars(item) for item in found.conditions],
        "text": " ".join(format_audit(found)),
    }


def headline(found: Audit) -> str:
    """Return the label as a sentence."""
    opposes = bool(found.estimates.interval()[1][0] < 0)
    return format_headline(
        found.label,
        names_in(found.published),
        outcome_name(found.published.outcome),
        found.rule,
        opposes=opposes,
    )


def format_audit(found: Audit) -> list[str]:
    """Say what the table shows, what rounding leaves open and what the claim needed."""
    if found.label == "not_assessable":
        return ["Each group needs at least two animals, and some group must vary."]
    shown = find_shown(found.estimates, found.rule)
    unit = unit_of(found.published.outcome)
    low, high = (float(end[1]) for end in found.estimates.interval())
    whole = amount_of(float(found.estimates.estimate[0]), unit)
    remainder = f"{number(low)} and {amount_of(high, unit)}, of {whole}"
    told = [explain(found.label, shown, found.rule, names_in(found.published), remainder)]
    told += [*_habit(found), *_own_vehicle(found)]
    if len(found.labels) > 1:
        others = ", ".join(label.replace("_", " ") for label in found.labels[1:])
        told.append(f"The printed digits leave other labels open: {others}.")
    else:
        told.append("Rounding of the printed numbers does not change the label.")
    told.append(_claim(found))
    return told


def _habit(found: Audit) -> list[str]:
    """Say where the paper's pair of tests would mislead."""
    low, high = found.estimates.interval()
    p = found.estimates.p_value
    here, there = low[0] > 0, not (low[1] > 0 or high[1] < 0)
    if not (here and there and not low[2] > 0):
        return []
    return [
        (
            f"K is significant ({p_in_words(float(p[0]))}) and Kn is not ({p_in_words(float(p[1]))}), "
            f"but the two do not differ significantly (I: {p_in_words(float(p[2]))}): significant here "
            "and not there is no evidence of a block."
        )
    ]


def _own_vehicle(found: Audit) -> list[str]:
    """Say that both control groups look as if they had been divided by themselves."""
    controls = found.published.means[[0, 2]]
    if not any(np.allclose(controls, end, rtol=1e-6) for end in OWN_VEHICLE):
        return []
    return [
        (
            f"Both control groups have a mean of {controls[0]:g}: the values look as if each arm had "
            "been divided by its own control group, which takes these means as known and makes p "
            "values too small."
        )
    ]


def _claim(found: Audit) -> str:
    """Say whether the claim was shown, and what it would have needed."""
    claim, unit = found.claim.replace("_", " "), unit_of(found.published.outcome)
    failed = [item for item in found.conditions if not item.holds]
    if not failed:
        return f"The claim '{claim}' has what it needs."
    parts = []
    for item in failed:
        where, least = ("above", "at least") if item.side > 0 else ("below", "at most")
        needs = (
            "no number of animals shows it if these means are the truth"
            if item.per_group is None
            else f"if these means are the truth, {item.per_group} animals per group show it with "
            f"{POWER:.0%} power"
        )
        parts.append(
            f"{item.name} {where} 0 was not shown ({amount_of(item.found, unit)}; with these n and "
            f"SDs {least} {amount_of(item.needed, unit)} was needed; {needs})"
        )
    return f"The claim '{claim}' needs more: {'; '.join(parts)}."
