"""How often the quasi-Poisson interaction is wrong when the ratios are equal.

Counts of four groups whose means double with the agonist, with and without the
antagonist; Poisson, and negative binomial with a variance of mean + mean^2 / 4::

    python benchmarks/counts.py
"""

import numpy as np

from behave.stats.methods.counts import fit_quasi_poisson

EXPERIMENTS, ANIMALS, SIZE = 2000, 8, 4
MEANS = np.array([14.0, 28, 14, 28])
INTERACTION = np.array([[1.0, -1, -1, 1]])


def share_wrong(size: float | None, seed: int = 1) -> float:
    """Return the share of experiments in which the 5 % test finds an interaction.

    Parameters
    ----------
    size
        Of the negative binomial distribution; None is Poisson.
    seed
        Of the draws.
    """
    rng = np.random.default_rng(seed)
    cell = np.repeat(np.arange(4), ANIMALS)
    matrix = np.eye(4)[cell]
    found = []
    for _ in range(EXPERIMENTS):
        means = MEANS[cell] * (1 if size is None else rng.gamma(size, 1 / size, len(cell)))
        fit = fit_quasi_poisson(rng.poisson(means).astype(float), matrix, cell.astype(float))
        found.append(fit is not None and float(fit.contrasts(INTERACTION).p_value[0]) < 0.05)  # noqa: PLR2004 - 5 %
    return float(np.mean(found))


if __name__ == "__main__":
    print(f"negative binomial, size {SIZE}: {100 * share_wrong(SIZE):.1f} %")
    print(f"Poisson: {100 * share_wrong(None):.1f} %")
