"""How often a covariate makes ``blocked`` appear, and whether it does so wrongly.

Normal outcomes of one SD in four groups; a covariate that is correlated with the
outcome within groups. The same animals are judged without it (Welch) and with it
(the planned analysis of ``design.covariates``). For each correlation new covariates
are drawn many times, and for each of these many outcomes::

    python benchmarks/covariate.py
"""

import numpy as np

from behave.stats.rule.contrasts import build_model
from behave.stats.rule.verdict import judge

SD_S = 34
BASE_S = 160
EFFECT_S = 85
ANIMALS = 12
COVARIATES, OUTCOMES = 1000, 10
CORRELATIONS = (0.0, 0.1, 0.3, 0.5, 0.7)


def share_blocked(correlation: float, remains: float, seed: int) -> tuple[float, float]:
    """Return the shares of ``blocked`` without and with the covariate.

    Parameters
    ----------
    correlation
        Of covariate and outcome within groups.
    remains
        The share of the agonist's effect that is left under the antagonist.
    seed
        Of the draws.
    """
    rng = np.random.default_rng(seed)
    cell = np.repeat(np.arange(4), ANIMALS)
    means = np.array([BASE_S, BASE_S - EFFECT_S, BASE_S, BASE_S - remains * EFFECT_S])[cell]
    none = np.empty((len(cell), 0), dtype="int64")
    found = np.zeros(2)
    for _ in range(COVARIATES):
        covariate = rng.normal(size=len(cell))
        rest = rng.normal(size=(OUTCOMES, len(cell)))
        own = correlation * covariate + np.sqrt(1 - correlation**2) * rest
        outcome = means + SD_S * own
        models = (build_model(cell, none), build_model(cell, none, covariates=covariate[:, None]))
        found += [np.mean(judge(model, outcome).label == "blocked") for model in models]
    return float(found[0] / COVARIATES), float(found[1] / COVARIATES)


def main() -> None:
    """Print the table of docs/verdict.md."""
    print(
        f"n {ANIMALS} per group, K {EFFECT_S} s, SD {SD_S} s, {COVARIATES * OUTCOMES} experiments"
    )
    print("correlation  right: without  with   wrong (half left): without  with")
    for number, correlation in enumerate(CORRELATIONS):
        right = share_blocked(correlation, 0.0, 2 * number)
        wrong = share_blocked(correlation, 0.5, 2 * number + 1)
        told = [f"{100 * value:.1f}" for value in (*right, *wrong)]
        print(f"{correlation:11.1f}  {told[0]:>14}  {told[1]:>4}   {told[2]:>26}  {told[3]:>4}")


if __name__ == "__main__":
    main()
