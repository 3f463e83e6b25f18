"""Counts: the same four effects as ratios, beside the label.

The rule compares differences of means, for counts too: Welch's contrasts ask
nothing of the shape of the data. A count is often thought of in ratios ('half as many
rearings'), and whether effects are alike depends on the scale: 10 to 5 and 20
to 10 differ by 5 and 10, and both halve. So both are told.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from behave.model.tables import CONTRASTS
from behave.schema import conform
from behave.stats.comparisons.families import numbers
from behave.stats.methods.counts import QuasiPoisson, fit_quasi_poisson
from behave.stats.methods.multiple import ADJUSTMENTS, adjust
from behave.stats.rule.contrasts import independent_columns, is_estimable
from behave.stats.rule.design import outcome_name
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.subcomparisons import Subcomparison
from behave.stats.rule.verdict import CONF_LEVEL, EFFECTS
from behave.stats.wording.meaning import under
from behave.stats.wording.tidy_tables import contrast_words, effects_in

METHOD = "quasi-Poisson, log link"


@dataclass(frozen=True)
class Ratios:
    """The effects of a count on the log scale, positive where they are benefit.

    Parameters
    ----------
    arm
        The comparison by the rule, in differences.
    fit
        The model.
    effects
        (k,) of `behave.stats.wording.tidy_tables.effects_in`.
    """

    arm: Subcomparison
    fit: QuasiPoisson
    effects: Estimates

    @property
    def names(self) -> tuple[str, ...]:
        """The effects that the design has."""
        return effects_in(self.arm.sample.design)


def estimate_ratios(arm: Subcomparison) -> Ratios | None:
    """Estimate the effects of a count as ratios.

    Parameters
    ----------
    arm
        A comparison by the rule.

    Returns
    -------
    Ratios or None
        None where the outcome is no count, a group has no event, or the design
        has a random unit, which this model does not know.
    """
    sample, model = arm.sample, arm.model
    if sample.design.kind != "count" or model.group is not None or not len(sample.cell):
        return None
    kept = independent_columns(model.matrix)
    fit = fit_quasi_poisson(sample.outcome, model.matrix[:, kept], sample.cell.astype("float64"))
    if fit is None:
        return None
    weights = np.array([EFFECTS[name] for name in effects_in(sample.design)], dtype="float64")
    full = np.zeros((len(weights), len(kept)))
    cells = np.array(kept) < weights.shape[1]
    full[:, cells] = weights[:, np.array(kept)[cells]]
    found = fit.contrasts(full if sample.design.benefit == "decrease" else -full)
    known = is_estimable(model, weights)
    parts = (np.where(known, part, np.nan) for part in (found.estimate, found.std_error, found.df))
    return Ratios(arm, fit, Estimates(*parts))


def tabulate_ratios(
    ratios: Ratios | None, family: str = "counts", suffix: str = ""
) -> list[pd.DataFrame]:
    """Tabulate the effects (`behave.model.tables.CONTRASTS`): log ratios, and the ratios as effect sizes."""
    if ratios is None:
        return []
    found, design = ratios.effects, ratios.arm.sample.design
    low, high = found.interval(CONF_LEVEL)
    words = contrast_words(design)
    sizes = np.bincount(ratios.arm.sample.cell, minlength=4)
    frame = pd.DataFrame(
        {
            "contrast_id": [f"{name}_ratio{suffix}" for name in ratios.names],
            "family": family,
            "contrast": [f"log of {design.outcome}: {words[name]}" for name in ratios.names],
            "method": METHOD,
            "estimate": found.estimate,
            "std_error": found.std_error,
            "df": found.df,
            "statistic": found.statistic,
            "p_value": found.p_value,
            "p_adj": adjust(found.p_value, design.adjust),
            "adjust": ADJUSTMENTS[design.adjust],
            "conf_low": low,
            "conf_high": high,
            "conf_level": CONF_LEVEL,
            "effsize_type": "ratio",
            "effsize": np.exp(found.estimate),
            "effsize_low": np.exp(low),
            "effsize_high": np.exp(high),
            "n1": [int(sizes[np.array(EFFECTS[name]) > 0].sum()) for name in ratios.names],
            "n2": [int(sizes[np.array(EFFECTS[name]) < 0].sum()) for name in ratios.names],
            "unit": "log ratio",
            "planned": True,
        }
    )
    return [conform(frame, CONTRASTS)]


def describe_ratios(ratios: Ratios | None) -> dict[str, Any] | None:
    """Return the ratios as JSON can hold them (on the log scale); None where there are none."""
    if ratios is None:
        return None
    effects = {name: numbers(ratios.effects[index]) for index, name in enumerate(ratios.names)}
    return {
        "method": METHOD,
        "dispersion": ratios.fit.dispersion,
        **effects,
        "text": format_ratios(ratios),
    }


def format_ratios(ratios: Ratios) -> str:
    """Say by what the agonist multiplied the count, and whether the scale matters."""
    design = ratios.arm.sample.design
    drug, blocker, what = design.agonist.name, design.antagonist, outcome_name(design.outcome)
    told = {name: _ratio(ratios, name) for name in ratios.names}
    if blocker is None:
        return f"As a ratio, {drug} multiplied {what} by {told['K']} (quasi-Poisson)."
    told_ratios = (
        f"As ratios (quasi-Poisson), {drug} multiplied {what} by {told['K']} "
        f"{under(blocker, blocker.control)} and by {told['Kn']} {under(blocker, blocker.name)}; the "
        f"second of these ratios over the first is {told['I']}."
    )
    sentences = [told_ratios]
    as_ratio, as_difference = _side(ratios.effects[2]), _side(ratios.arm.ruling.effect("I"))
    if as_ratio is None or as_difference is None:
        return sentences[0]
    if as_ratio == as_difference:
        sentences.append(
            "The interaction is shown on both scales, as a difference and as a ratio."
            if as_ratio
            else "The interaction is not shown on either scale, as a difference or as a ratio."
        )
    else:
        scales = {True: "a difference", False: "a ratio"}
        sentences.append(
            "The interaction depends on the scale: it is shown in opposite directions."
            if as_ratio and as_difference
            else f"The interaction depends on the scale: it is shown as {scales[bool(as_difference)]} "
            f"and not as {scales[not as_difference]}. The label speaks of differences."
        )
    return " ".join(sentences)


def _ratio(ratios: Ratios, name: str) -> str:
    """Return the treated over the control mean with its interval, whatever direction is benefit."""
    found = ratios.effects[ratios.names.index(name)]
    # K and Kn are treated over control; I is the ratio under the antagonist over that without.
    turned = -1 if ratios.arm.sample.design.benefit == "decrease" else 1
    turned = -turned if name == "I" else turned
    middle = turned * float(found.estimate)
    if not np.isfinite(middle):
        return "an unknown factor"
    low, high = sorted(turned * float(end) for end in found.interval(CONF_LEVEL))
    shown = [f"{np.exp(value):.2f}" for value in (middle, low, high)]
    return f"{shown[0]} ({CONF_LEVEL:.0%} interval {shown[1]} to {shown[2]})"


def _side(found: Estimates) -> int | None:
    """Return on which side of 0 an interval lies, 0 where it includes it; None without one."""
    low, high = (float(end) for end in found.interval(CONF_LEVEL))
    return int(low > 0) - int(high < 0) if np.isfinite(low) else None
