"""The verdict rule, version 1: from the contrasts to one label.

Effects are signed so that positive means benefit. K is the agonist's effect
under the antagonist's control, Kn its effect under the antagonist,
I = K - Kn, A the antagonist's own effect. Intervals are 95 % and unadjusted,
tests are one-sided at 5 %; rho is the share of K that may remain.

1. A cell has fewer than two animals, nothing varies within the cells, or the
   blocks leave a contrast undetermined: ``not_assessable``.
2. K's interval does not lie above 0: ``no_agonist_effect``.
3. I's interval lies below 0: ``enhanced``.
4. I's interval lies above 0: ``partially_blocked`` if Kn's interval lies
   above 0; else ``blocked`` if Kn - rho K < 0 and Kn + rho K > 0 by one-sided
   tests of these linear contrasts; else ``attenuated``.
5. Otherwise ``not_blocked`` if Kn - (1 - rho) K > 0 by a one-sided test and
   Kn's interval lies above 0; else ``inconclusive``.

The rule is a pure function of the contrasts and works on many experiments at
once, so that `benchmarks/verdict_error.py` simulates the very code that
gives the verdict.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from behave.stats.rule.contrasts import Estimates, Method, Model, estimate, residuals
from behave.stats.rule.design import Floats

RULE_VERSION = 1
ALPHA = 0.05
CONF_LEVEL = 0.95

LABELS = (
    "not_assessable",
    "no_agonist_effect",
    "enhanced",
    "partially_blocked",
    "blocked",
    "attenuated",
    "not_blocked",
    "inconclusive",
)

# Weights of the cells (control-control, control-agonist, antagonist-control,
# antagonist-agonist) where less of the outcome is benefit.
EFFECTS: dict[str, tuple[float, float, float, float]] = {
    "K": (1, -1, 0, 0),
    "Kn": (0, 0, 1, -1),
    "I": (1, -1, -1, 1),
    "A": (1, 0, -1, 0),
}
FAMILY = tuple(EFFECTS)


@dataclass(frozen=True)
class RuleTest:
    """One of the rule's one-sided tests: of Kn + share * K against 0."""

    name: str
    share: float
    alternative: str


def rule_tests(rho: float) -> tuple[RuleTest, RuleTest, RuleTest]:
    """Return the linear contrasts whose sign the rule asks for.

    K is estimated, so that +-rho K is never taken as a constant.

    Parameters
    ----------
    rho
        The share of the agonist's effect that may remain in ``blocked``.
    """
    return (
        RuleTest("Kn_below", -rho, "less"),
        RuleTest("Kn_above", rho, "greater"),
        RuleTest("Kn_remains", -(1 - rho), "greater"),
    )


def rule_weights(rho: float) -> Floats:
    """Return the cell weights of K, Kn, I, A and the rule's tests, (7, 4)."""
    agonist, under = np.array(EFFECTS["K"]), np.array(EFFECTS["Kn"])
    tests = [under + test.share * agonist for test in rule_tests(rho)]
    return np.array([*EFFECTS.values(), *tests], dtype="float64")


@dataclass(frozen=True)
class Ruling:
    """The contrasts that the rule looked at and the label that it gave.

    Parameters
    ----------
    estimates
        (..., 7): K, Kn, I, A and the rule's tests.
    label
        (...) one of `LABELS`.
    """

    estimates: Estimates
    label: npt.NDArray[np.str_]

    def effect(self, name: str) -> Estimates:
        """Return K, Kn, I or A."""
        return self.estimates[FAMILY.index(name)]


def judge(model: Model, outcome: Floats, rho: float, method: Method | None = None) -> Ruling:
    """Apply the rule to one experiment, or to many of the same layout.

    Parameters
    ----------
    model
        Of n animals in four cells.
    outcome
        (..., n), turned so that less of it is benefit.
    rho
        The share of the agonist's effect that may remain in ``blocked``.
    method
        Of the contrasts; None is the model's primary one.

    Returns
    -------
    Ruling
    """
    found = estimate(model, outcome, rule_weights(rho), method)
    sizes = np.bincount(model.cell, minlength=len(model.solution))
    # No residual at all: the four variances are 0 (after the blocks, if any).
    varies = (residuals(model, outcome) != 0).any(axis=-1)
    assessable = varies & bool((sizes >= 2).all())  # noqa: PLR2004 - the rule's own number
    return Ruling(found, give_label(found, assessable))


class Bounded(Protocol):
    """Contrasts with intervals, however they were made."""

    @property
    def estimate(self) -> Floats:
        """Values of the contrasts."""

    @property
    def std_error(self) -> Floats:
        """Their standard errors; NaN where a contrast is not determined."""

    def interval(self, level: float = ...) -> tuple[Floats, Floats]:
        """Return the ends of the two-sided intervals."""

    def bound(self, side: Literal["lower", "upper"], alpha: float = ...) -> Floats:
        """Return the one-sided bounds."""


def give_label(found: Bounded, assessable: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    """Give the label.

    Parameters
    ----------
    found
        (..., 7): K, Kn, I, A and the rule's tests, in that order.
    assessable
        (...) whether every cell has two animals and something varies.

    Returns
    -------
    numpy.ndarray
        (...) one of `LABELS`.
    """
    low, high = found.interval(CONF_LEVEL)
    agonist_works, remains = low[..., 0] > 0, low[..., 1] > 0
    less, more = high[..., 2] < 0, low[..., 2] > 0
    upper, lower = found.bound("upper", ALPHA), found.bound("lower", ALPHA)
    within = (upper[..., 4] < 0) & (lower[..., 5] > 0)
    mostly_remains = lower[..., 6] > 0
    estimable = np.isfinite(found.std_error).all(axis=-1)
    steps = [
        (~(assessable & estimable), "not_assessable"),
        (~agonist_works, "no_agonist_effect"),
        (less, "enhanced"),
        (more & remains, "partially_blocked"),
        (more & within, "blocked"),
        (more, "attenuated"),
        (mostly_remains & remains, "not_blocked"),
    ]
    conditions, labels = zip(*steps, strict=True)
    return np.select(conditions, labels, default="inconclusive")
