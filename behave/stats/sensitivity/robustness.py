"""The same question by other means: random blocks, bootstrap, permutation.

``check_robustness(sample, model, ruling, seed)`` gives rows of
`behave.model.tables.SENSITIVITY`. Where a method estimates all the effects, the rule
is applied to its estimates and intervals; where it tests the interaction alone,
it agrees if it finds I exactly where the main analysis does. None of them
changes the label.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.model.arrays import Floats
from behave.stats.methods.resampling import DRAWS, bootstrap, permute
from behave.stats.rule.columns import text_of
from behave.stats.rule.contrasts import Model
from behave.stats.rule.design import Integers, Sample, block_columns
from behave.stats.rule.mixed import fit_random_intercept, repeated_matrix
from behave.stats.rule.verdict import (
    ALPHA,
    CONF_LEVEL,
    EFFECTS,
    FAMILY,
    Bounded,
    Ruling,
    give_label,
    rule_of,
    rule_weights,
)

# Columns of animals that were kept or bred together: their names in the trials table.
TOGETHER = ("cohort", "litter", "cage")
INTERACTION = np.array(EFFECTS["I"], dtype="float64")

Row = dict[str, Any]


@dataclass(frozen=True)
class Main:
    """What the alternatives are compared with.

    Parameters
    ----------
    sample, model, ruling
        Of the main analysis.
    label
        Its label.
    differs
        Whether its interval of I excludes 0.
    """

    sample: Sample
    model: Model
    ruling: Ruling
    label: str
    differs: bool

    @property
    def rule(self) -> Floats:
        """The weights of K, Kn, I, A and of the rule's tests, (7, 4)."""
        return rule_weights(self.sample.design.residual_fraction)

    def judged(self, analysis: str, setting: str, found: Bounded, note: str = "") -> Row:
        """Return the row of a method that estimates all effects."""
        label = str(give_label(found, np.array(True), rule_of(self.sample.design)))
        return {
            "analysis": analysis,
            "setting": setting,
            "label": label,
            "agrees": label == self.label,
            **effect_columns(found),
            "note": note,
        }

    def tested(self, analysis: str, setting: str, p_value: float, note: str = "") -> Row:
        """Return the row of a method that tests the interaction alone."""
        # Where the agonist itself did nothing, the label does not rest on I.
        meaningful = self.label != "no_agonist_effect"
        return {
            "analysis": analysis,
            "setting": setting,
            "agrees": (p_value < ALPHA) == self.differs if meaningful else None,
            "I_p_value": p_value,
            "note": note,
        }


def effect_columns(found: Bounded) -> dict[str, float]:
    """Return the columns of the estimates and intervals of K, Kn and I."""
    low, high = found.interval(CONF_LEVEL)
    return {
        f"{name}_{part}": float(values[..., FAMILY.index(name)])
        for name in ("K", "Kn", "I")
        for part, values in (
            ("estimate", found.estimate),
            ("conf_low", low),
            ("conf_high", high),
        )
    }


def check_robustness(sample: Sample, model: Model, ruling: Ruling, seed: int) -> list[Row]:
    """Ask the same question by other means.

    Parameters
    ----------
    sample, model, ruling
        Of the main analysis, which was assessable.
    seed
        Of the random draws.

    Returns
    -------
    list of dict
        Rows of `behave.model.tables.SENSITIVITY`; a method that the animals do not
        allow has none.
    """
    low, high = ruling.effect("I").interval(CONF_LEVEL)
    main = Main(sample, model, ruling, str(ruling.label), bool(low > 0 or high < 0))
    if model.group is not None:
        # The others take animals as independent, which the planned analysis denies.
        return [*_random_blocks(main)]
    return [
        *_random_blocks(main),
        *_bootstrap(main, seed),
        *_permutation(main, seed),
    ]


def _random_blocks(main: Main) -> Iterator[Row]:
    """Take cohort, litter and cage as random, one at a time; the other blocks stay fixed."""
    sample = main.sample
    fixed = _codes_of(sample)
    # The planned random unit is the main analysis already.
    named = dict.fromkeys([*sample.design.blocks, *TOGETHER])
    for name in (name for name in named if name not in sample.design.random):
        if name not in sample.frame or (text_of(sample.frame, name) == "").any():
            continue
        matrix = _matrix(
            sample, {column: codes for column, codes in fixed.items() if column != name}
        )
        group = pd.factorize(text_of(sample.frame, name))[0].astype("int64")
        fit = fit_random_intercept(sample.signed, matrix, group)
        if fit is None:
            continue
        weights = np.zeros((len(main.rule), matrix.shape[1]))
        weights[:, : main.rule.shape[1]] = main.rule
        note = (
            f"SD between {fit.groups} levels of {name} {fit.group_sd:.3g}, "
            f"within them {fit.residual_sd:.3g}."
        )
        setting = f"{name} random, REML, Satterthwaite df"
        yield main.judged("mixed model", setting, fit.contrasts(weights), note)


def _bootstrap(main: Main, seed: int) -> Iterator[Row]:
    """Draw animals anew within their cells."""
    sample = main.sample
    matrix = _matrix(sample, _codes_of(sample))
    found = bootstrap(sample.cell, matrix, sample.signed, main.rule, seed=seed)
    if found is not None:
        setting = f"BCa intervals, {DRAWS} draws within groups"
        note = "BCa intervals are too short with few animals."
        yield main.judged("bootstrap", setting, found, note)


def _permutation(main: Main, seed: int) -> Iterator[Row]:
    """Permute what the model without the interaction leaves."""
    sample = main.sample
    p = permute(main.model, sample.signed, INTERACTION, sample.blocks, seed=seed)
    if np.isfinite(p):
        within = " within blocks" if main.model.blocked else ""
        yield main.tested("permutation", f"Freedman-Lane, {DRAWS} orders{within}", p)


def _codes_of(sample: Sample) -> dict[str, Integers]:
    """Return the codes of the fixed blocks in use, by column."""
    codes = {
        name: pd.factorize(text_of(sample.frame, name))[0].astype("int64")
        for name in block_columns(sample.design)
    }
    return {name: code for name, code in codes.items() if len(np.unique(code)) > 1}


def _matrix(sample: Sample, blocks: dict[str, Integers]) -> Floats:
    """Return the columns of the cells and of the blocks, of full rank, (n, p).

    Blocks within blocks, such as cages within cohorts, say some things twice;
    what adds nothing is left out. The contrasts are determined, or the main
    analysis would have had no label, and so they do not depend on the choice.
    """
    codes = np.column_stack([np.empty((len(sample.cell), 0), dtype="int64"), *blocks.values()])
    whole = repeated_matrix(sample.cell, len(EFFECTS["I"]), codes, sample.covariates)
    kept = list(range(len(EFFECTS["I"])))
    for column in range(len(kept), whole.shape[1]):
        if np.linalg.matrix_rank(whole[:, [*kept, column]]) > len(kept):
            kept.append(column)
    return whole[:, kept]
