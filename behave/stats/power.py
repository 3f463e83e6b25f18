"""How many animals an experiment needs, and what a given number buys.

The power of K and of I is exact for normal outcomes with one standard
deviation; how often the rule gives each label is simulated with the rule's
own code, because the label rests on several dependent tests.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy import special

from behave.model.labels import LABELS
from behave.model.tables import POWER
from behave.schema import conform
from behave.stats.rule.contrasts import build_model
from behave.stats.rule.verdict import ALPHA, Rule, judge

SIZES = (4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64)
# Cells that enter each contrast; each adds its variance.
CELLS_OF = {"K": 2, "I": 4}
MOST = 5000
# A share below half a percent would read 0 %.
SHOWN = 0.005
# Experiments simulated at once, so that memory stays small with many animals.
BATCH = 500


class Expectation(BaseModel):
    """What is expected of the experiment, in the outcome's unit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    effect: float = Field(gt=0, description="K: the agonist's effect under vehicle.")
    std_dev: float = Field(gt=0, description="Standard deviation between animals of a cell.")
    blocked: float = Field(
        default=1.0, ge=0, le=2, description="Share of the effect that the antagonist removes."
    )
    residual_fraction: float = Field(
        default=0.5, gt=0, lt=1, description="rho: the share that may remain in 'blocked'."
    )

    @property
    def rule(self) -> Rule:
        """The rule that the experiment will be judged by."""
        return Rule(self.residual_fraction)


def plan(
    expected: Expectation, sizes: Sequence[int] = SIZES, *, seed: int, count: int = 2000
) -> pd.DataFrame:
    """Tabulate power and label frequencies by the number of animals per cell.

    Parameters
    ----------
    expected
        What is taken to be true.
    sizes
        Animals per cell, at least 2.
    seed
        Of the simulated experiments.
    count
        Experiments simulated for each size.

    Returns
    -------
    pandas.DataFrame
        `behave.model.tables.POWER`, one row per size.
    """
    rng = np.random.default_rng(seed)
    rows = [
        {
            "n_per_cell": size,
            "n_total": 4 * size,
            "K_power": power_of("K", expected, size),
            "I_power": power_of("I", expected, size),
            **label_shares(expected, size, rng, count),
        }
        for size in sorted(set(sizes))
    ]
    return conform(pd.DataFrame(rows), POWER)


def power_of(contrast: str, expected: Expectation, size: int) -> float:
    """Return the probability that the contrast's 95 % interval lies above 0.

    Parameters
    ----------
    contrast
        K, or I with a full or partial block.
    expected
        What is taken to be true.
    size
        Animals per cell.

    Notes
    -----
    Noncentral t with the pooled variance of the contrast's own cells. Welch's
    interval, which the verdict uses, is a little wider with few animals.
    """
    cells = CELLS_OF[contrast]
    effect = expected.effect * (1.0 if contrast == "K" else expected.blocked)
    df = cells * (size - 1)
    noncentrality = effect / expected.std_dev / np.sqrt(cells / size)
    return float(1 - special.nctdtr(df, noncentrality, special.stdtrit(df, 1 - ALPHA / 2)))


def animals_needed(contrast: str, expected: Expectation, power: float) -> int | None:
    """Return the smallest number per cell that gives a contrast the power.

    None where no number up to `MOST` does, as for I without any block.
    """
    return next(
        (size for size in range(2, MOST + 1) if power_of(contrast, expected, size) >= power), None
    )


def label_shares(
    expected: Expectation, size: int, rng: np.random.Generator, count: int
) -> dict[str, float]:
    """Simulate experiments and return how often the rule gives each label.

    Parameters
    ----------
    expected
        What is taken to be true; animals are normal.
    size
        Animals per cell, at least 2.
    rng
        Source of chance.
    count
        Experiments.
    """
    cell = np.repeat(np.arange(4), size)
    model = build_model(cell, np.empty((len(cell), 0), dtype=np.int64))
    left = expected.effect * (1 - expected.blocked)
    means = -np.array([0.0, expected.effect, 0.0, left])[cell]
    labels = []
    for start in range(0, count, BATCH):
        noise = rng.standard_normal((min(BATCH, count - start), len(cell)))
        outcome = means + expected.std_dev * noise
        labels.append(judge(model, outcome, expected.rule).label)
    found = np.concatenate(labels)
    return {label: float(np.mean(found == label)) for label in LABELS if label != "not_assessable"}


def true_labels(expected: Expectation) -> list[str]:
    """Return the labels that would be right if the expectation is true.

    Where the antagonist removes part of the effect, several may be: a small
    remainder is both a partial block and within the bounds of ``blocked``.
    """
    left, rho = 1 - expected.blocked, expected.residual_fraction
    right = {
        "reversed": left < 0,
        "partially_blocked": 0 < left < 1,
        "blocked": abs(left) < rho,
        "not_blocked": left > 1 - rho,
    }
    return [label for label, holds in right.items() if holds]


def find_needs(
    table: pd.DataFrame, expected: Expectation, power: float, *, seed: int, count: int = 2000
) -> dict[str, int | None]:
    """Return the animals per cell that give K, I and each right label the power.

    Parameters
    ----------
    table
        From `plan`: between which of its sizes a label reaches the power.
    expected
        What is taken to be true.
    power
        The wanted probability.
    seed, count
        Of the simulated experiments of each further size.

    Returns
    -------
    dict
        None where no number does: for a label, none of the sizes tried.
    """
    needs = {contrast: animals_needed(contrast, expected, power) for contrast in CELLS_OF}
    sizes = [1, *(int(size) for size in table["n_per_cell"])]
    for label in true_labels(expected):
        reached = [False, *(table[label] >= power)]
        if True not in reached:
            needs[label] = None
            continue
        first = reached.index(True)
        low, high = sizes[first - 1], sizes[first]
        while high - low > 1:
            middle = (low + high) // 2
            rng = np.random.default_rng([seed, middle])
            enough = label_shares(expected, middle, rng, count)[label] >= power
            low, high = (low, middle) if enough else (middle, high)
        needs[label] = high
    return needs


def format_plan(
    table: pd.DataFrame, needs: Mapping[str, int | None], sizes: Sequence[int], power: float
) -> list[str]:
    """Say what numbers of animals buy and what the wanted power costs.

    Parameters
    ----------
    table
        From `plan`, with a row for each of `sizes`.
    needs
        From `find_needs`.
    sizes
        Animals per cell that are asked about.
    power
        The wanted probability.

    Returns
    -------
    list of str
        Plain sentences.
    """
    costs = []
    contrasts = {"K": "the agonist's effect", "I": "the interaction"}
    for name, needed in needs.items():
        if name in contrasts:
            cost = f"takes {needed} animals per group" if needed else f"takes more than {MOST}"
            costs.append(f"To show {contrasts[name]} with {power:.0%} power {cost}.")
        else:
            largest = f"more than {table['n_per_cell'].max()}"
            cost = f"about {needed} animals per group (simulated)" if needed else largest
            label = name.replace("_", " ")
            costs.append(f"To get the verdict '{label}' in {power:.0%} takes {cost}.")
    return [*(_bought(table, size) for size in dict.fromkeys(sizes)), *costs]


def _bought(table: pd.DataFrame, size: int) -> str:
    """Say what one number of animals buys."""
    row = table.loc[table["n_per_cell"] == size].iloc[0]
    ranked = sorted(LABELS[1:], key=lambda label: -row[label])
    likely = ", ".join(
        f"{label.replace('_', ' ')} {row[label]:.0%}" for label in ranked if row[label] >= SHOWN
    )
    return (
        f"{size} animals per group ({4 * size} in all) show the agonist's effect in "
        f"{row['K_power']:.0%} of such experiments and the interaction in {row['I_power']:.0%}. "
        f"The verdict would be: {likely}."
    )
