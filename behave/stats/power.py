"""How many animals an experiment needs, and what a given number buys.

The power of K and of I is exact for normal outcomes with one standard
deviation; how often the rule gives each label is simulated with the rule's
own code, because the label rests on several dependent tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    return simulate_plan(expected, Plan(((size,) * 4,)), rng, count)[0]


@dataclass(frozen=True)
class Plan:
    """How many animals are tested, in one look or in several.

    Parameters
    ----------
    looks
        Animals per cell, in the order of the cells, at each look; each look
        holds the animals of the one before.
    alpha
        Of each look's tests and intervals.
    """

    looks: tuple[tuple[int, int, int, int], ...]
    alpha: float = ALPHA


# Pocock's nominal level for two looks that together err in 5 %, two-sided (Biometrika
# 1977;64:191-199). For the rule's one-sided tests it is a little strict.
POCOCK = 0.0294
# Labels with which a plan of two looks ends at its first.
ENDING = ("enhanced", "reversed", "partially_blocked", "blocked", "not_blocked")


def other_plans(size: int) -> dict[str, Plan]:
    """Return what else could be done with so many animals per cell, by its name.

    The cells with the antagonist enter Kn and its tests, which are the harder
    ones, so that it pays to make them larger. Of two looks the first has two
    thirds of the animals, the second four thirds.
    """
    small, first = max(2, round(size * 5 / 6)), max(2, round(size * 2 / 3))
    large = 2 * size - small
    return {
        f"{size} per group": Plan(((size,) * 4,)),
        f"{small}, {small}, {large}, {large} (more with the antagonist)": Plan(
            ((small, small, large, large),)
        ),
        f"{first} per group, then {2 * first} if still open": Plan(
            ((first,) * 4, (2 * first,) * 4), POCOCK
        ),
    }


def simulate_plan(
    expected: Expectation, planned: Plan, rng: np.random.Generator, count: int
) -> tuple[dict[str, float], float]:
    """Simulate experiments of a plan.

    Parameters
    ----------
    expected
        What is taken to be true; animals are normal.
    planned
        The plan; it ends at the first look with a label of `ENDING`.
    rng
        Source of chance.
    count
        Experiments.

    Returns
    -------
    tuple
        How often the rule gives each label, and the animals used on average.
    """
    rule = Rule(expected.residual_fraction, alpha=planned.alpha)
    last = planned.looks[-1]
    cell = np.repeat(np.arange(4), last)
    place = np.concatenate([np.arange(n) for n in last])
    left = expected.effect * (1 - expected.blocked)
    means = -np.array([0.0, expected.effect, 0.0, left])[cell]
    labels, used = [], []
    for start in range(0, count, BATCH):
        noise = rng.standard_normal((min(BATCH, count - start), len(cell)))
        outcome = means + expected.std_dev * noise
        label = np.full(len(outcome), "", dtype="U24")
        animals = np.zeros(len(outcome))
        going = np.ones(len(outcome), dtype=bool)
        for look in planned.looks:
            within = place < np.array(look)[cell]
            model = build_model(cell[within], np.empty((within.sum(), 0), dtype=np.int64))
            label[going] = judge(model, outcome[going][:, within], rule).label
            animals[going] = within.sum()
            going &= ~np.isin(label, ENDING)
            if not going.any():
                break
        labels.append(label)
        used.append(animals)
    found = np.concatenate(labels)
    shares = {
        label: float(np.mean(found == label)) for label in LABELS if label != "not_assessable"
    }
    return shares, float(np.mean(np.concatenate(used)))


def format_plans(expected: Expectation, size: int, *, seed: int, count: int = 2000) -> list[str]:
    """Say what other plans buy with about as many animals.

    Parameters
    ----------
    expected
        What is taken to be true.
    size
        Animals per cell of the plain plan.
    seed, count
        Of the simulated experiments of each plan.
    """
    right = true_labels(expected)
    lines = []
    for name, planned in other_plans(size).items():
        shares, animals = simulate_plan(
            expected, planned, np.random.default_rng([seed, size]), count
        )
        told = ", ".join(f"{label.replace('_', ' ')} {shares[label]:.0%}" for label in right)
        several = len(planned.looks) > 1
        used = f"{animals:.0f} animals on average" if several else f"{animals:.0f} animals"
        strict = f"; each look tests at {planned.alpha:.2%}" if several else ""
        lines.append(f"{name}: {used}, {told}{strict}")
    return lines


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
