"""The scorer's error, from people's scores of some animals, carried into the effects.

What a person would have scored is drawn for every animal that nobody scored,
from the regression of the people's scores on the program's, and the effects
are computed in each draw (multiple imputation). Between the draws they differ
by the scorer's error; the pooled intervals hold both that and the spread of
the animals.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.model.tables import CONTRASTS
from behave.schema import conform
from behave.stats.comparisons.families import numbers
from behave.stats.rule.contrasts import Model, build_model, estimate
from behave.stats.rule.design import Sample, unit_of
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import (
    CONF_LEVEL,
    EFFECTS,
    FAMILY,
    Ruling,
    give_label,
    judge,
    model_of,
    rule_of,
)
from behave.stats.wording.numbers import number
from behave.stats.wording.sentences import amount
from behave.stats.wording.tidy_tables import contrast_words, effects_in

METHOD = "people's scores by multiple imputation"
DRAWS = 500
# Animals that a regression with an error of its own can be learnt from, and
# those of a cell from which its own bias can.
LEAST, MIN_OF_CELL = 5, 2


@dataclass(frozen=True)
class RaterBias:
    """How the program's scores differ from people's, and what that does to the effects.

    Parameters
    ----------
    scored
        Animals of each cell that people scored.
    bias
        Mean of the program's score less the people's, (1,).
    noise
        SD of that difference.
    slope
        Of the people's scores over the program's.
    by_arm
        The bias of K, Kn, I and A: the effects computed on the difference;
        None where a cell has fewer than two scored animals.
    pooled
        K, Kn, I, A and the rule's tests as people would have scored, (7,).
    label
        What the rule gives for them.
    share
        Share of the draws with that label.
    sample
        The animals.
    """

    scored: list[int]
    bias: Estimates
    noise: float
    slope: float
    by_arm: Estimates | None
    pooled: Estimates
    label: str
    share: float
    sample: Sample

    @property
    def ruling(self) -> Ruling:
        """The pooled effects with their label."""
        return Ruling(self.pooled, np.array(self.label))


def carry_rater_bias(
    sample: Sample, human: Floats, seed: int, draws: int = DRAWS
) -> RaterBias | None:
    """Carry the scorer's error into K, Kn and I.

    Parameters
    ----------
    sample
        The animals as the program scored them.
    human
        (n,) people's scores in the outcome's unit, NaN where nobody scored.
    seed
        Of the draws.
    draws
        How many.

    Returns
    -------
    RaterBias or None
        None where fewer than five animals were scored.

    Notes
    -----
    Scores are drawn from the posterior of a linear regression under Jeffreys'
    prior, with an intercept of each cell where each has two scored animals,
    one for all elsewhere (a bias that differs by arm cannot be seen then, and
    is not carried). A scored animal keeps the people's score. The draws are
    pooled by Rubin's rules with the df of Barnard and Rubin (Biometrika
    1999;86:948-955). The regression, and not the raw difference, is what
    keeps the noise that the program's scores hold already from counting twice.
    """
    scored = np.isfinite(human)
    cells = 4 if sample.design.antagonist else 2
    per_cell = np.bincount(sample.cell[scored], minlength=cells)[:cells]
    if scored.sum() < LEAST or np.ptp(sample.outcome[scored]) <= 0:
        return None
    turn = 1.0 if sample.design.benefit == "decrease" else -1.0
    own_intercepts = bool((per_cell >= MIN_OF_CELL).all()) and scored.sum() > cells + 2
    intercepts = (
        sample.cell[:, np.newaxis] == np.arange(cells)
        if own_intercepts
        else np.ones((len(human), 1))
    )
    matrix = np.column_stack([intercepts, sample.signed]).astype("float64")
    drawn, slope = _draw(matrix, turn * human, scored, draws, np.random.default_rng(seed))
    model = model_of(sample)
    found = judge(model, drawn, rule_of(sample.design))
    pooled = _pool(found.estimates)
    # Without any spread in the draws the rule has nothing to go by.
    label = str(
        give_label(pooled, np.asarray(pooled.std_error[..., 0] > 0), rule_of(sample.design))
    )
    difference = sample.outcome[scored] - human[scored]
    return RaterBias(
        scored=per_cell.tolist(),
        bias=_mean(difference),
        noise=float(np.std(difference, ddof=1)),
        slope=slope,
        by_arm=_by_arm(sample, turn * difference, scored) if own_intercepts else None,
        pooled=pooled,
        label=label,
        share=float((found.label == label).mean()),
        sample=sample,
    )


def _draw(
    matrix: Floats,
    human: Floats,
    scored: "np.ndarray[Any, np.dtype[np.bool_]]",
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, float]:
    """Return people's scores of all animals, (draws, n), and the regression's slope."""
    known, y = matrix[scored], human[scored]
    coefficients, *_ = np.linalg.lstsq(known, y, rcond=None)
    rest = y - known @ coefficients
    df = len(y) - np.linalg.matrix_rank(known)
    scale = np.sqrt(float(rest @ rest) / rng.chisquare(df, draws))
    root = np.linalg.pinv(known.T @ known, hermitian=True)
    values, vectors = np.linalg.eigh(root)
    spread = vectors * np.sqrt(np.maximum(values, 0))
    betas = coefficients + scale[:, np.newaxis] * (
        rng.standard_normal((draws, len(coefficients))) @ spread.T
    )
    noise = scale[:, np.newaxis] * rng.standard_normal((draws, len(human)))
    drawn = betas @ matrix.T + noise
    drawn[:, scored] = y
    return np.asarray(drawn), float(coefficients[-1])


def _pool(found: Estimates) -> Estimates:
    """Pool the draws, (draws, k), by Rubin's rules."""
    draws = len(found.estimate)
    within = np.mean(found.std_error**2, axis=0)
    between = (1 + 1 / draws) * np.var(found.estimate, axis=0, ddof=1)
    total = within + between
    with np.errstate(divide="ignore", invalid="ignore"):
        share = between / total
        complete = np.mean(found.df, axis=0)
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        imputed = (draws - 1) / share**2
        df = 1 / (1 / imputed + 1 / observed)
    return Estimates(np.mean(found.estimate, axis=0), np.sqrt(total), df)


def _mean(difference: Floats) -> Estimates:
    """Return a mean with its t."""
    n = len(difference)
    error = float(np.std(difference, ddof=1)) / np.sqrt(n)
    return Estimates(np.array(difference.mean()), np.array(error), np.array(float(n - 1)))


def _by_arm(
    sample: Sample, difference: Floats, scored: "np.ndarray[Any, np.dtype[np.bool_]]"
) -> Estimates:
    """Return the effects of the difference itself, pooled over its few animals a cell."""
    none = np.zeros((int(scored.sum()), 0), dtype="int64")
    model: Model = build_model(sample.cell[scored], none)
    return estimate(model, difference, np.array(list(EFFECTS.values()), dtype="float64"), "pooled")


def tabulate_rater_bias(found: RaterBias) -> pd.DataFrame:
    """Tabulate the effects as people would have scored (`behave.model.tables.CONTRASTS`)."""
    design = found.sample.design
    low, high = found.pooled.interval(CONF_LEVEL)
    said = contrast_words(design)
    rows = [
        {
            "contrast_id": f"{name}_scorer",
            "family": "scorer error",
            "contrast": said[name],
            "method": METHOD,
            "estimate": found.pooled.estimate[index],
            "std_error": found.pooled.std_error[index],
            "df": found.pooled.df[index],
            "statistic": found.pooled.statistic[index],
            "p_value": found.pooled.p_value[index],
            "conf_low": low[index],
            "conf_high": high[index],
            "conf_level": CONF_LEVEL,
            "unit": unit_of(design.outcome),
            "planned": True,
        }
        for index, name in enumerate(FAMILY)
        if name in effects_in(design)
    ]
    return conform(pd.DataFrame(rows), CONTRASTS)


def describe_rater_bias(found: RaterBias, label: str) -> dict[str, Any]:
    """Return the scorer's error as JSON can hold it.

    Parameters
    ----------
    found
        The error.
    label
        Of the verdict, which stays what it is.
    """
    effects = effects_in(found.sample.design)
    return {
        "n_scored": found.scored,
        "bias": numbers(found.bias),
        "noise_sd": found.noise,
        "slope": found.slope,
        "bias_of": {
            name: numbers(found.by_arm[index])
            for index, name in enumerate(FAMILY)
            if found.by_arm and name in effects
        },
        "label": found.label if found.sample.design.antagonist else None,
        "share": found.share,
        **{name: numbers(found.pooled[FAMILY.index(name)]) for name in effects},
        "text": _words(found, label),
    }


def _words(found: RaterBias, label: str) -> str:
    """Say what the error is, whether it differs by arm, and what becomes of the effects."""
    design = found.sample.design
    unit = unit_of(design.outcome)
    tested = "I" if design.antagonist else "K"
    place = FAMILY.index(tested)
    sentences = [
        f"People scored {sum(found.scored)} of these animals. The program's scores differed from "
        f"theirs by {amount(found.bias, unit)} on average, with an SD of "
        f"{number(found.noise)} {unit}".rstrip()
        + "."
    ]
    if found.by_arm is None:
        sentences.append(
            "Too few animals of each group were scored to see whether that differs by arm."
        )
    else:
        low, high = found.by_arm[place].interval(CONF_LEVEL)
        shown = "differs by arm" if low > 0 or high < 0 else "was not shown to differ by arm"
        sentences.append(
            f"It {shown}: it alone would make {tested} {amount(found.by_arm[place], unit)}."
        )
    carried = amount(found.pooled[place], unit)
    sentences.append(f"With this error carried along, {tested} is {carried}")
    if design.antagonist:
        same = "the same label" if found.label == label else f"the label {_plain(found.label)}"
        sentences[-1] += f", and the rule gives {same} ({found.share:.0%} of the draws)"
    return " ".join(sentences) + "."


def _plain(label: str) -> str:
    return label.replace("_", " ")


def find_rater_bias_flags(found: RaterBias | None) -> list[Flag]:
    """Say that the scorer's error differs by arm."""
    if found is None or found.by_arm is None:
        return []
    design = found.sample.design
    tested = "I" if design.antagonist else "K"
    bias = found.by_arm[FAMILY.index(tested)]
    low, high = bias.interval(CONF_LEVEL)
    if not (low > 0 or high < 0):
        return []
    return [
        Flag(
            "scorer_bias_by_arm",
            float(bias.estimate),
            f"The program's scores differ from people's more in some groups than in others: that "
            f"alone would make {tested} {amount(bias, unit_of(design.outcome))}.",
        )
    ]
