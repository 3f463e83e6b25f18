"""Several experiments that asked the same question, pooled: fixed and random effects.

``pool(estimates, errors) -> Pooled`` for one effect; ``pool_experiments`` for
K, Kn, I and A of several verdicts, as `behave.model.tables.POOLED`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from behave.model.arrays import Floats
from behave.model.tables import POOLED
from behave.schema import conform
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import CONF_LEVEL, FAMILY
from behave.stats.wording.numbers import amount_of, number, p_in_words

# Below so many experiments the quantile of Hartung and Knapp's t is above 2.7.
FEW = 5


@dataclass(frozen=True)
class Pooled:
    """One effect over several experiments.

    Parameters
    ----------
    fixed
        What these very experiments show on average, each weighted by its precision.
    random
        What experiments like these show on average; df is their number less one, or
        infinite where the usual interval is the wider one.
    fixed_weights, random_weights
        (k,) shares of each experiment, which sum to 1.
    tau
        SD of the true effect between experiments (DerSimonian and Laird); 0 where
        the experiments differ no more than their animals explain.
    q, p_value
        Cochran's Q and its p: whether the experiments differ more than that.
    """

    fixed: Estimates
    random: Estimates
    fixed_weights: Floats
    random_weights: Floats
    tau: float
    q: float
    p_value: float


def pool(estimates: Floats, errors: Floats) -> Pooled:
    """Pool one effect.

    Parameters
    ----------
    estimates, errors
        (k,) of k experiments, at least two; all errors above 0.

    Returns
    -------
    Pooled

    Notes
    -----
    Fixed effects take a normal quantile (df infinite). Random effects take tau
    from DerSimonian and Laird (Control Clin Trials 1986;7:177-188) and the wider
    of two intervals: that of Hartung and Knapp (Stat Med 2001;20:3875-3889) with
    k - 1 df, and the usual normal one, because few experiments can agree by
    chance (`benchmarks/pooled.py` has the sizes of both and of this). Written
    out because statsmodels' one-step estimate lets tau squared fall below 0.
    Checked against the same formulas in R (golden/pool.R).
    """
    k = len(estimates)
    weights = errors**-2.0
    mean = float(weights @ estimates / weights.sum())
    q = float(weights @ (estimates - mean) ** 2)
    spread = weights.sum() - (weights @ weights) / weights.sum()
    tau_squared = max(0.0, float((q - (k - 1)) / spread))
    wider = 1 / (errors**2 + tau_squared)
    middle = float(wider @ estimates / wider.sum())
    excess = float(wider @ (estimates - middle) ** 2) / (k - 1)
    usual = 1 / math.sqrt(wider.sum())
    candidates = (
        _estimate(middle, usual, math.inf),
        _estimate(middle, usual * math.sqrt(excess), k - 1),
    )
    return Pooled(
        fixed=_estimate(mean, 1 / math.sqrt(weights.sum()), math.inf),
        random=max(candidates, key=lambda found: float(found.interval(CONF_LEVEL)[1])),
        fixed_weights=weights / weights.sum(),
        random_weights=wider / wider.sum(),
        tau=math.sqrt(tau_squared),
        q=q,
        p_value=float(special.chdtrc(k - 1, q)),
    )


def _estimate(value: float, error: float, df: float) -> Estimates:
    """Return one number as estimates; a t of very many df is normal."""
    return Estimates(np.array(value), np.array(error), np.array(min(df, 1e9)))


@dataclass(frozen=True)
class Experiment:
    """One experiment's verdict.

    Parameters
    ----------
    name
        Of the experiment.
    verdict
        The content of its ``stats/verdict.json``.
    """

    name: str
    verdict: Mapping[str, Any]

    def effect(self, name: str) -> Estimates | None:
        """Return K, Kn, I or A; None where it has no standard error."""
        found = self.verdict.get(name) or {}
        if not found.get("std_error"):
            return None
        return Estimates(*(np.array(found[key]) for key in ("estimate", "std_error", "df")))


def pool_experiments(experiments: Sequence[Experiment]) -> tuple[pd.DataFrame, dict[str, Pooled]]:
    """Pool the effects of several experiments of one outcome and one question.

    Returns
    -------
    table
        `behave.model.tables.POOLED`: per effect the experiments, then both means.
    pooled
        By effect; those that two experiments or more have.
    """
    rows, pooled = [], {}
    for name in FAMILY:
        known = {item.name: item.effect(name) for item in experiments}
        found = {key: effect for key, effect in known.items() if effect is not None}
        if len(found) < 2:  # noqa: PLR2004 - one experiment is not pooled
            continue
        pooled[name] = pool(
            np.array([float(effect.estimate) for effect in found.values()]),
            np.array([float(effect.std_error) for effect in found.values()]),
        )
        unit = str(experiments[0].verdict["unit"])
        labels = {item.name: str(item.verdict["label"]) for item in experiments}
        shares = zip(pooled[name].fixed_weights, pooled[name].random_weights, strict=True)
        rows += [
            {
                **_numbers(effect),
                "effect": name,
                "row": "experiment",
                "name": key,
                "weight_fixed_pct": 100 * fixed,
                "weight_random_pct": 100 * random,
                "label": labels[key],
                "unit": unit,
            }
            for (key, effect), (fixed, random) in zip(found.items(), shares, strict=True)
        ]
        for kind, effect in (("fixed", pooled[name].fixed), ("random", pooled[name].random)):
            between = {
                "tau": pooled[name].tau,
                "q": pooled[name].q,
                "q_p_value": pooled[name].p_value,
            }
            rows.append(
                {
                    **_numbers(effect),
                    **between,
                    "effect": name,
                    "row": kind,
                    "name": f"{kind} effects",
                    "unit": unit,
                }
            )
    return conform(pd.DataFrame(rows), POOLED), pooled


def _numbers(found: Estimates) -> dict[str, float | None]:
    """Return an effect's columns."""
    low, high = found.interval(CONF_LEVEL)
    df = float(found.df)
    return {
        "estimate": float(found.estimate),
        "std_error": float(found.std_error),
        "df": df if df < 1e9 else None,  # noqa: PLR2004 - normal
        "p_value": float(found.p_value),
        "conf_low": float(low),
        "conf_high": float(high),
    }


def format_pooled(pooled: Pooled, tested: str, count: int, unit: str) -> list[str]:
    """Say what the experiments show together, as sentences.

    Parameters
    ----------
    pooled
        Of the effect that is tested.
    tested
        Its name: I, or K without an antagonist.
    count
        How many experiments.
    unit
        Of the outcome.
    """
    low, high = (float(end) for end in pooled.random.interval(CONF_LEVEL))
    shown = "is shown" if low > 0 else "lies below 0" if high < 0 else "is not shown"
    together = (
        f"Over {count} experiments like these, {tested} {shown}: "
        f"{_amount(pooled.random, unit)} (random effects, {p_in_words(float(pooled.random.p_value))})."
    )
    told = [
        together,
        f"In these {count} experiments alone it is {_amount(pooled.fixed, unit)} (fixed effects).",
    ]
    spread = f"the SD between experiments is estimated as {amount_of(pooled.tau, unit)}"
    differ = "differ more" if pooled.p_value < 1 - CONF_LEVEL else "were not shown to differ more"
    told.append(
        f"The experiments {differ} than their animals explain (Q {p_in_words(pooled.p_value)}; {spread})."
    )
    if count < FEW:
        wide = float(pooled.random.df) < count
        told.append(
            f"{count} experiments say little about how far experiments differ"
            + (", which is why the random-effects interval is wide." if wide else ".")
        )
    return told


def _amount(found: Estimates, unit: str) -> str:
    """Return an estimate with its interval."""
    low, high = (number(float(end)) for end in found.interval(CONF_LEVEL))
    return f"{amount_of(float(found.estimate), unit)} ({CONF_LEVEL:.0%} interval {low} to {high})"
