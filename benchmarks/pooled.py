"""How often pooled experiments show an interaction, where there is one and where there is none.

Every experiment has four groups of one size and one SD; the true interaction varies
between experiments with an SD tau. The table of docs/pooling.md::

    python benchmarks/pooled.py
"""

import numpy as np

from behave.stats.pool import pool

ANIMALS, SD_S, EFFECT_S = 10, 34, 60
LABS = 5_000


def shares(experiments: int, tau: float, effect: float, seed: int) -> tuple[float, float]:
    """Return how often fixed and random effects lie above 0, of two-sided 5 % tests.

    Parameters
    ----------
    experiments
        Of each lab.
    tau, effect
        SD between experiments and mean of the true interaction, in s; without an
        effect both sides count.
    seed
        Of the draws.
    """
    rng = np.random.default_rng(seed)
    spread = rng.chisquare(ANIMALS - 1, (LABS, experiments, 4)) / (ANIMALS - 1) * SD_S**2
    errors = np.sqrt(spread.sum(axis=-1) / ANIMALS)
    truth = effect + tau * rng.normal(size=errors.shape)
    found = truth + SD_S * np.sqrt(4 / ANIMALS) * rng.normal(size=errors.shape)
    counts = np.zeros(2)
    for estimates, own in zip(found, errors, strict=True):
        pooled = pool(estimates, own)
        for place, mean in enumerate((pooled.fixed, pooled.random)):
            low, high = mean.interval()
            counts[place] += low > 0 or (effect == 0 and high < 0)
    return float(counts[0] / LABS), float(counts[1] / LABS)


def main() -> None:
    """Print the table."""
    print("| experiments | tau (s) | wrong: fixed | random | shown: fixed | random |")
    print("| --- | --- | --- | --- | --- | --- |")
    for experiments in (2, 3, 5):
        for tau in (0.0, 20.0):
            wrong = shares(experiments, tau, 0.0, 1)
            right = shares(experiments, tau, EFFECT_S, 2)
            told = " | ".join(f"{100 * value:.1f} %" for value in (*wrong, *right))
            print(f"| {experiments} | {tau:g} | {told} |", flush=True)


if __name__ == "__main__":
    main()
