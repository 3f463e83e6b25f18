"""The verdict rule: from the contrasts to one label.

Effects are signed so that positive means benefit. K is the agonist's effect
under the antagonist's control, Kn its effect under the antagonist,
I = K - Kn, A the antagonist's own effect. Intervals are 95 % and unadjusted,
tests are one-sided at 5 %; rho is the share of K that may remain.
`behave.model.labels.RULES` says in words when each label is given. Version 2:

1. A cell has fewer than two animals, nothing varies within the cells, or K, Kn
   or I is not determined: ``not_assessable``. (A may be unknown.)
2. K's interval does not lie above 0: ``no_agonist_effect``.
3. I's interval lies below 0: ``enhanced``.
4. I's interval lies above 0: ``reversed`` if Kn's interval lies below 0 and
   Kn + rho K > 0 is not shown; ``partially_blocked`` if Kn's interval lies above
   0; ``blocked`` if Kn - rho K < 0 is shown by a one-sided test of this linear
   contrast; else ``attenuated``.
5. Otherwise ``not_blocked`` if Kn - (1 - rho) K > 0 by a one-sided test and
   Kn's interval lies above 0; else ``inconclusive``.

Version 1 asks ``blocked`` for Kn + rho K > 0 as well, has no ``reversed``, and
gives no label where A is not determined.

The rule is a pure function of the contrasts and works on many experiments at
once, so that `benchmarks/verdict_error.py` simulates the very code that
gives the verdict.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from behave.model.arrays import Floats
from behave.model.labels import RULE_VERSION
from behave.stats.options import DesignOptions
from behave.stats.rule.contrasts import Method, Model, build_model, estimate, residuals
from behave.stats.rule.design import Sample, varying
from behave.stats.rule.estimates import Estimates

ALPHA = 0.05
CONF_LEVEL = 1 - ALPHA

# Weights of the cells (control-control, control-agonist, antagonist-control,
# antagonist-agonist) where less of the outcome is benefit.
EFFECTS: dict[str, tuple[float, float, float, float]] = {
    "K": (1, -1, 0, 0),
    "Kn": (0, 0, 1, -1),
    "I": (1, -1, -1, 1),
    "A": (1, 0, -1, 0),
}
FAMILY = tuple(EFFECTS)
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """The rule as a study asks for it.

    Parameters
    ----------
    rho
        The share of the agonist's effect that may remain in ``blocked``.
    version
        2, or 1 for results of before.
    alpha
        Of the one-sided tests; the intervals are of level 1 - alpha. A plan that
        looks at the animals twice tests more strictly each time.
    """

    rho: float = 0.5
    version: int = RULE_VERSION
    alpha: float = ALPHA


def rule_of(design: DesignOptions) -> Rule:
    """Return the rule that a design asks for."""
    return Rule(design.residual_fraction, design.rule_version)


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
        (...) one of `behave.model.labels.LABELS`.
    """

    estimates: Estimates
    label: npt.NDArray[np.str_]

    def effect(self, name: str) -> Estimates:
        """Return K, Kn, I or A."""
        return self.estimates[FAMILY.index(name)]


def model_of(sample: Sample, kept: Booleans | None = None, *, plain: bool = False) -> Model:
    """Lay out the model that a design asks for.

    Parameters
    ----------
    sample
        The animals.
    kept
        (n,) which of them are taken; None for all.
    plain
        Without blocks, covariates and random unit.
    """
    taken = np.ones(len(sample.cell), dtype=bool) if kept is None else kept
    cell = sample.cell[taken]
    if plain:
        return build_model(cell, sample.blocks[taken, :0])
    return build_model(
        cell,
        varying(sample.blocks[taken]),
        covariates=sample.covariates[taken],
        group=None if sample.group is None else sample.group[taken],
    )


def judge(
    model: Model, outcome: Floats, rule: Rule | None = None, method: Method | None = None
) -> Ruling:
    """Apply the rule to one experiment, or to many of the same layout.

    Parameters
    ----------
    model
        Of n animals in four cells.
    outcome
        (..., n), turned so that less of it is benefit.
    rule
        None is version 2 with rho = 0.5.
    method
        Of the contrasts; None is the model's primary one.

    Returns
    -------
    Ruling
    """
    rule = rule or Rule()
    found = estimate(model, outcome, rule_weights(rule.rho), method)
    sizes = np.bincount(model.cell, minlength=len(model.solution))
    # No residual at all: the four variances are 0 (after the blocks, if any).
    varies = (residuals(model, outcome) != 0).any(axis=-1)
    assessable = varies & bool((sizes >= 2).all())  # noqa: PLR2004 - the rule's own number
    return Ruling(found, give_label(found, assessable, rule))


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


@dataclass(frozen=True)
class Shown:
    """What the rule's intervals and tests show, (...) each; False is 'not shown'.

    Parameters
    ----------
    acts, opposes
        K's interval lies above 0, below 0.
    remains, turned
        Kn's interval lies above 0, below 0.
    less, more
        I's interval lies above 0 (the effect is smaller under the antagonist),
        below 0 (it is larger).
    mostly_gone
        Kn - rho K < 0, one-sided.
    turn_is_small
        Kn + rho K > 0, one-sided.
    mostly_left
        Kn - (1 - rho) K > 0, one-sided.
    """

    acts: Booleans
    opposes: Booleans
    remains: Booleans
    turned: Booleans
    less: Booleans
    more: Booleans
    mostly_gone: Booleans
    turn_is_small: Booleans
    mostly_left: Booleans


def find_shown(found: Bounded, rule: Rule) -> Shown:
    """Return what the intervals and the one-sided tests show.

    Parameters
    ----------
    found
        (..., 7): K, Kn, I, A and the rule's tests, in that order.
    rule
        With the level of the tests.
    """
    low, high = found.interval(1 - rule.alpha)
    upper, lower = found.bound("upper", rule.alpha), found.bound("lower", rule.alpha)
    return Shown(
        acts=low[..., 0] > 0,
        opposes=high[..., 0] < 0,
        remains=low[..., 1] > 0,
        turned=high[..., 1] < 0,
        less=low[..., 2] > 0,
        more=high[..., 2] < 0,
        mostly_gone=upper[..., 4] < 0,
        turn_is_small=lower[..., 5] > 0,
        mostly_left=lower[..., 6] > 0,
    )


def give_label(
    found: Bounded, assessable: Booleans, rule: Rule | None = None
) -> npt.NDArray[np.str_]:
    """Give the label.

    Parameters
    ----------
    found
        (..., 7): K, Kn, I, A and the rule's tests, in that order.
    assessable
        (...) whether every cell has two animals and something varies.
    rule
        None is version 2 with rho = 0.5.

    Returns
    -------
    numpy.ndarray
        (...) one of `behave.model.labels.LABELS`.
    """
    rule = rule or Rule()
    shown = find_shown(found, rule)
    first = rule.version == 1
    known = np.isfinite(found.std_error)
    if not first:
        known = np.delete(known, FAMILY.index("A"), axis=-1)
    steps = [
        (~(assessable & known.all(axis=-1)), "not_assessable"),
        (~shown.acts, "no_agonist_effect"),
        (shown.more, "enhanced"),
        (shown.less & shown.turned & ~shown.turn_is_small & (not first), "reversed"),
        (shown.less & shown.remains, "partially_blocked"),
        (shown.less & shown.mostly_gone & (shown.turn_is_small | (not first)), "blocked"),
        (shown.less, "attenuated"),
        (shown.mostly_left & shown.remains, "not_blocked"),
    ]
    conditions, labels = zip(*steps, strict=True)
    return np.select(conditions, labels, default="inconclusive")


def probability_half_gone(model: Model, outcome: Floats) -> float:
    """Return the probability that more than half of the agonist's effect is gone.

    Parameters
    ----------
    model
        Of n animals in four cells.
    outcome
        (n,), turned so that less of it is benefit.

    Returns
    -------
    float
        Of Kn - K/2 < 0 with a flat prior on the effects: the estimate's own t
        distribution, so 1 less the one-sided p. NaN where it cannot be had. It
        supposes that K is above 0 and never enters the label.
    """
    weights = np.array(EFFECTS["Kn"]) - np.array(EFFECTS["K"]) / 2
    found = estimate(model, outcome, weights[np.newaxis])[0]
    return float(found.p_greater_than(found.statistic))
