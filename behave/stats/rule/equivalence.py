"""One-sided tests: those of the verdict rule, and equivalence within fixed bounds.

The rule asks whether what remains of the agonist's effect lies within a share
of that effect, which is itself estimated. ``tost`` asks whether an effect lies
within bounds that were fixed beforehand (``design.equivalence_bound``). It
stands beside the rule and never enters it.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from behave.model.tables import EQUIVALENCE
from behave.schema import conform
from behave.stats.rule.design import Sample, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import ALPHA, FAMILY, Ruling, rule_tests


def tost(found: Estimates, bound: float) -> tuple[float, float]:
    """Return the p-values of 'above -bound' and 'below bound'.

    Parameters
    ----------
    found
        One contrast.
    bound
        Of equivalence, in the outcome's unit.

    Returns
    -------
    tuple
        Both below alpha, the effect lies within the bounds; the larger of the
        two is the p of the whole procedure, which agrees with the 1 - 2 alpha
        interval lying within them.

    Notes
    -----
    Checked against two one-sided Welch tests in R.

    References
    ----------
    Schuirmann DJ. J Pharmacokinet Biopharm 1987;15:657-680.
    """
    above = found.p_greater_than((found.estimate + bound) / found.std_error)
    below = found.p_greater_than((bound - found.estimate) / found.std_error)
    return float(above), float(below)


def tabulate_equivalence(sample: Sample, ruling: Ruling) -> pd.DataFrame:
    """Tabulate the one-sided tests (`behave.model.tables.EQUIVALENCE`)."""
    rows = [*_rule_rows(sample, ruling), *_bound_rows(sample, ruling)]
    return conform(pd.DataFrame(rows), EQUIVALENCE)


def _rule_rows(sample: Sample, ruling: Ruling) -> Iterator[dict[str, Any]]:
    """Yield the rule's own tests, of linear contrasts against 0."""
    if sample.design.antagonist is None:
        return
    rho = sample.design.residual_fraction
    for index, test in enumerate(rule_tests(rho), start=len(FAMILY)):
        found = ruling.estimates[index]
        side = 1.0 if test.alternative == "greater" else -1.0
        yield {
            "contrast_id": test.name,
            "procedure": "rule",
            "contrast": f"Kn {'+' if test.share > 0 else '-'} {abs(test.share):g} K",
            "alternative": test.alternative,
            "bound": 0.0,
            **_numbers(found, float(found.statistic)),
            "p_value": float(found.p_greater_than(side * found.statistic)),
            "alpha": ALPHA,
            "rho": rho,
            "unit": unit_of(sample.design.outcome),
        }


def _bound_rows(sample: Sample, ruling: Ruling) -> Iterator[dict[str, Any]]:
    """Yield the two tests of each effect that the blocked state asks to be small."""
    bound = sample.design.equivalence_bound
    if bound is None:
        return
    for name in ("Kn", "A") if sample.design.antagonist else ("K",):
        found = ruling.effect(name)
        if not found.std_error > 0:
            continue
        above, below = tost(found, bound)
        for alternative, end, p_value in (("greater", -bound, above), ("less", bound, below)):
            yield {
                "contrast_id": f"{name}_{'above' if end < 0 else 'below'}_bound",
                "procedure": "TOST",
                "contrast": name,
                "alternative": alternative,
                "bound": end,
                **_numbers(found, float((found.estimate - end) / found.std_error)),
                "p_value": p_value,
                "p_tost": max(above, below),
                "alpha": ALPHA,
                "unit": unit_of(sample.design.outcome),
            }


def _numbers(found: Estimates, statistic: float) -> dict[str, float]:
    """Return what every row says of its contrast."""
    return {
        "estimate": float(found.estimate),
        "std_error": float(found.std_error),
        "df": float(found.df),
        "statistic": statistic,
    }
