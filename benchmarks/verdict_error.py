"""How often the verdict rule gives each label, and how often it is wrong.

Experiments are simulated with a known truth and judged by the very code that
judges a study (`behave.stats.rule.verdict.judge`). All data are synthetic.

    python benchmarks/verdict_error.py                    # prints the tables
    python benchmarks/verdict_error.py --write docs/verdict_error.md
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import optimize, stats

from behave.model.labels import BLOCK_LABELS, LABELS, RULE_VERSION
from behave.stats.power import POCOCK, Expectation, other_plans, simulate_plan
from behave.stats.rule.contrasts import build_model
from behave.stats.rule.design import accompanied, varying
from behave.stats.rule.verdict import FAMILY, Rule, judge

RHO = 0.5
SD = 34.0  # s, vehicle mice in the literature
VEHICLE = 145.0  # s of 240, mean of published mouse vehicle groups
CEILING = 240.0  # s, the scored window
SIZES = (6, 8, 12, 24)
FEW_AND_MANY = (8, 24)  # where every layout has its labels counted
MODERATE, CLEAR, LARGE = 45.0, 2.5 * SD, 4 * SD  # s, the agonist's effect under vehicle
LAYOUTS = 20  # random assignments to cohorts per scenario
SHARES = {  # of the agonist's effect that remains under the antagonist
    "useless antagonist": 1.0,
    "half block": 0.5,
    "full block": 0.0,
    "reversal": -0.5,
}
AFRESH = 12  # times as many experiments where a rate looked worst
LIMIT, LIMIT_WITH_COHORTS = 0.05, 0.07


@dataclass(frozen=True)
class Scenario:
    """How the animals are laid out, in cells VV, VK, NV, NK (vehicle, NBQX; vehicle, ketamine)."""

    name: str
    shares: tuple[float, ...] = (1, 1, 1, 1)
    deviations: tuple[float, ...] = (SD, SD, SD, SD)
    cohorts: str = ""
    vehicle: float = VEHICLE
    ceiling: float = np.inf

    def sizes(self, n: int) -> list[int]:
        """Return the animals per cell for n per cell on average."""
        return [max(2, round(n * share)) for share in self.shares]


ADVERSE = {"shares": (1.4, 0.6, 1.4, 0.6), "deviations": (18, 40, 18, 40)}
SCENARIOS = (
    Scenario("equal n and SD"),
    Scenario("n 1.4 : 0.6", shares=(1.4, 0.6, 1.4, 0.6)),
    Scenario("SD 18 : 40 s", deviations=(18, 40, 18, 40)),
    Scenario("n 1.4 : 0.6, SD 18 : 40 s", **ADVERSE),
    Scenario("one small cell, one wide cell", shares=(1, 1, 1, 0.5), deviations=(20, 20, 20, 50)),
    Scenario("at the ceiling", vehicle=215.0, ceiling=CEILING),
    Scenario("cohorts, balanced", cohorts="balanced"),
    Scenario("cohorts, unbalanced", cohorts="unbalanced"),
    Scenario("cohorts, unbalanced; n 1.4 : 0.6, SD 18 : 40 s", cohorts="unbalanced", **ADVERSE),
)


@dataclass(frozen=True)
class Outcome:
    """What became of the simulated experiments, as shares of all."""

    labels: dict[str, float]
    habit: float  # 'significant here, not significant there'
    interaction: float  # the interaction's interval leaves out 0
    interaction_pooled: float  # the same by the pooled variance of an ANOVA


def simulate(
    scenario: Scenario, n: int, truth: tuple[float, float], rng: np.random.Generator, count: int
) -> Outcome | None:
    """Simulate experiments and judge them.

    Parameters
    ----------
    scenario
        How the animals are laid out.
    n
        Animals per cell, on average.
    truth
        K, the agonist's effect under vehicle, in s; and Kn / K.
    rng
        Source of chance.
    count
        Experiments.

    Returns
    -------
    Outcome or None
        None where the ceiling leaves no room for such a truth.
    """
    effect, share = truth
    sizes = scenario.sizes(n)
    cell = np.repeat(np.arange(4), sizes)
    target = scenario.vehicle - np.array([0, effect, 0, share * effect])
    if target.max() > scenario.ceiling - 10:
        return None
    means = _latent(target, scenario)
    layouts = LAYOUTS if scenario.cohorts else 1
    labels, habits, tests, pooled = [], [], [], []
    for _ in range(layouts):
        cohort = _assign(cell, scenario.cohorts, rng)
        stays = accompanied(cohort)
        model = build_model(cell[stays], varying(cohort[stays]))
        noise = rng.standard_normal((count // layouts, len(cell)))
        shift = rng.normal(0, SD, (count // layouts, 3))[:, cohort[:, 0]] if cohort.size else 0.0
        values = means[cell] + np.array(scenario.deviations)[cell] * noise
        outcome = np.minimum(values, scenario.ceiling) + shift
        ruling = judge(model, outcome[:, stays], Rule(RHO))
        low, high = ruling.estimates.interval()
        away = (low > 0) | (high < 0)
        labels.append(ruling.label)
        habits.append((low[:, 0] > 0) & ~away[:, 1])
        tests.append(away[:, FAMILY.index("I")])
        by_anova = judge(model, outcome[:, stays], Rule(RHO), "pooled").effect("I")
        pooled.append(by_anova.p_value < 0.05)  # noqa: PLR2004 - 5 %
    found = np.concatenate(labels)
    return Outcome(
        {label: float(np.mean(found == label)) for label in LABELS},
        float(np.mean(np.concatenate(habits))),
        float(np.mean(np.concatenate(tests))),
        float(np.mean(np.concatenate(pooled))),
    )


def _assign(cell: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Return the animals' cohort, (n, 1), or (n, 0) without cohorts."""
    if not kind:
        return np.empty((len(cell), 0), dtype=int)
    if kind == "balanced":
        return (np.arange(len(cell)) % 3)[:, np.newaxis]
    # Most animals that got the antagonist were tested late, most others early.
    late = cell >= 2  # noqa: PLR2004 - the antagonist's two cells
    weights = np.where(late[:, np.newaxis], [0.15, 0.3, 0.55], [0.55, 0.3, 0.15])
    return (rng.random((len(cell), 1)) > weights.cumsum(axis=1)[:, :2]).sum(axis=1, keepdims=True)


def _latent(target: np.ndarray, scenario: Scenario) -> np.ndarray:
    """Return the normal means whose values, cut at the ceiling, average the target."""
    if not np.isfinite(scenario.ceiling):
        return target

    def cut(mean: float, deviation: float) -> float:
        z = (scenario.ceiling - mean) / deviation
        return float(
            mean * stats.norm.cdf(z)
            - deviation * stats.norm.pdf(z)
            + scenario.ceiling * stats.norm.sf(z)
        )

    return np.array(
        [
            optimize.brentq(lambda mean: cut(mean, sd) - wanted, wanted - 1, wanted + 20 * sd)  # noqa: B023 - used at once
            for wanted, sd in zip(target, scenario.deviations, strict=True)
        ]
    )


SHOWN = [label for label in LABELS if label != "not_assessable"]


def _frequencies(found: Outcome) -> str:
    """Return the frequency of each label and of the habit, as cells of a row."""
    shares = [*(found.labels[label] for label in SHOWN), found.habit]
    return " | ".join(f"{100 * share:.1f}" for share in shares)


def label_table(rng: np.random.Generator, count: int) -> Iterator[str]:
    """Yield the label frequencies with equal cells, as a Markdown table."""
    yield "| truth | K | n | " + " | ".join(SHOWN) + " | 'here, not there' |"
    yield "|---|---|---|" + "---|" * (len(SHOWN) + 1)
    truths = [("no effect of either", 0.0, 1.0)]
    truths += [(name, k, share) for k in (MODERATE, LARGE) for name, share in SHARES.items()]
    for name, effect, share in truths:
        for n in SIZES:
            found = simulate(SCENARIOS[0], n, (effect, share), rng, count)
            yield f"| {name} | {effect:g} s | {n} | {_frequencies(found)} |"


def layout_table(rng: np.random.Generator, count: int) -> Iterator[str]:
    """Yield the label frequencies in the other layouts, as a Markdown table."""
    yield "| layout | truth | n | " + " | ".join(SHOWN) + " | 'here, not there' |"
    yield "|---|---|---|" + "---|" * (len(SHOWN) + 1)
    truths = [("no effect of either", 0.0, 1.0)]
    truths += [(name, CLEAR, share) for name, share in SHARES.items() if share >= 0]
    for scenario in SCENARIOS[1:]:
        for name, effect, share in truths:
            for n in FEW_AND_MANY:
                found = simulate(scenario, n, (effect, share), rng, count)
                yield f"| {scenario.name} | {name} | {n} | {_frequencies(found)} |"


# What is wrong, the share of the effect that truly remains, and the rate asked for.
ERRORS: tuple[tuple[str, float, Callable[[Outcome], float]], ...] = (
    ("`blocked`, half of it left", RHO, lambda found: found.labels["blocked"]),
    ("`reversed`, nothing left", 0.0, lambda found: found.labels["reversed"]),
    ("`not_blocked`, half of it gone", 1 - RHO, lambda found: found.labels["not_blocked"]),
    (
        "a block label, useless antagonist",
        1.0,
        lambda found: sum(found.labels[label] for label in BLOCK_LABELS),
    ),
    ("I by pooled ANOVA, useless antagonist", 1.0, lambda found: found.interaction_pooled),
)


def error_table(rng: np.random.Generator, count: int) -> Iterator[str]:
    """Yield the worst rates of wrong labels per layout, as a Markdown table."""
    yield "| layout | " + " | ".join(name for name, _, _ in ERRORS) + " | limit |"
    yield "|---|" + "---|" * (len(ERRORS) + 1)
    for scenario in SCENARIOS:
        limit = LIMIT_WITH_COHORTS if scenario.cohorts else LIMIT
        cells = [_worst(scenario, share, rate, rng, count) for _, share, rate in ERRORS]
        yield f"| {scenario.name} | {' | '.join(cells)} | {100 * limit:.0f} |"


def _worst(
    scenario: Scenario,
    share: float,
    rate: Callable[[Outcome], float],
    rng: np.random.Generator,
    count: int,
) -> str:
    """Return the worst rate over sizes and effects, and where it is.

    The worst of many estimates lies above its true value by chance, so the
    place that looked worst is simulated afresh, with more experiments.
    """
    # Effects that leave K in doubt, make it plain, and make it huge.
    places = [(n, effect) for n in SIZES for effect in (MODERATE, CLEAR, LARGE)]
    first = [simulate(scenario, n, (effect, share), rng, count) for n, effect in places]
    rates = [rate(found) if found else -1.0 for found in first]
    n, effect = places[int(np.argmax(rates))]
    again = simulate(scenario, n, (effect, share), rng, AFRESH * count)
    if not again:
        return "no room"
    limit = LIMIT_WITH_COHORTS if scenario.cohorts else LIMIT
    beyond = rate(again) > limit + _margin(limit, AFRESH * count, 0.99)
    figure = f"{100 * rate(again):.1f}"
    return f"{f'**{figure}**' if beyond else figure} (n {n}, K {effect:g} s)"


def _margin(rate: float, count: int, level: float) -> float:
    """Return how far a simulated rate may lie above its true value by chance."""
    return float(stats.norm.ppf(level) * np.sqrt(rate * (1 - rate) / count))


def size_table(rng: np.random.Generator, count: int) -> Iterator[str]:
    """Yield how often the interaction is found where there is none, n = 10 per cell."""
    yield "| layout | primary method | pooled ANOVA |"
    yield "|---|---|---|"
    for scenario in SCENARIOS:
        found = simulate(scenario, 10, (MODERATE, 1.0), rng, count)
        yield (
            f"| {scenario.name} | {100 * found.interaction:.1f} "
            f"| {100 * found.interaction_pooled:.1f} |"
        )


def plan_table(rng: np.random.Generator, count: int) -> Iterator[str]:
    """Yield how often plans of about 12 per group are right and wrong, as a Markdown table."""
    yield (
        "| plan | K | animals | `blocked`, all gone | `blocked`, half left | `not_blocked`, half gone "
        "| `reversed`, nothing left | a block label, useless antagonist |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for name, planned in other_plans(12).items():
        for effect in (MODERATE, 60.0, CLEAR, LARGE):
            gone, half, idle = (
                simulate_plan(
                    Expectation(effect=effect, std_dev=SD, blocked=blocked), planned, rng, count
                )
                for blocked in (1.0, 0.5, 0.0)
            )
            block = sum(idle[0][label] for label in BLOCK_LABELS)
            shares = [
                gone[0]["blocked"],
                half[0]["blocked"],
                half[0]["not_blocked"],
                gone[0]["reversed"],
                block,
            ]
            told = " | ".join(f"{100 * share:.1f}" for share in shares)
            yield f"| {name} | {effect:g} s | {gone[1]:.0f} | {told} |"


def report(seed: int, count: int) -> str:
    """Return the whole page."""
    rng = np.random.default_rng(seed)
    margin = 100 * _margin(0.05, count, 0.975)
    labels, errors, sizes = (
        "\n".join(table(rng, count)) for table in (label_table, error_table, size_table)
    )
    # With chances of its own, so that it can be drawn without the others.
    layouts = "\n".join(layout_table(np.random.default_rng([seed, 1]), count))
    plans = "\n".join(plan_table(np.random.default_rng([seed, 2]), 5 * count))
    return f"""# How often the verdict is wrong

Written by `python benchmarks/verdict_error.py --write docs/verdict_error.md` (seed {seed},
{count} simulated experiments per figure; a rate of 5 % is known to +-{margin:.1f} points). All data are
synthetic: normal, SD {SD:g} s unless the layout says otherwise, vehicle at {VEHICLE:g} s of {CEILING:g} s.
Each experiment is judged by the code that judges a study: version {RULE_VERSION} of the rule, with
rho = {RHO:g}. Figures are percent.

## Each label's frequency

Four cells of n animals, equal SD. 'Here, not there' is the habit of calling an antagonist
effective because the agonist is significant under vehicle and not under the antagonist. With a
useless antagonist it is wrong each time it appears.

{labels}

## Wrong labels at their boundaries

`blocked` is wrong when half of the effect, or more, is left; `not_blocked` is wrong when half of
it, or more, is gone. Both are worst at exactly half. `reversed` is wrong when nothing is left or
more. A block label (`blocked`, `partially_blocked`, `attenuated`, `reversed`) is wrong with a
useless antagonist. Each figure is the worst
over n = {", ".join(map(str, SIZES))} per cell and K = {MODERATE:g}, {CLEAR:g} and {LARGE:g} s, with where it occurred, from
{AFRESH * count} fresh experiments there; bold where it lies above the limit by more than chance (99 %).

{errors}

In 'cohorts, unbalanced' most animals that got the antagonist are tested in late cohorts. 'At the
ceiling' puts vehicle at 215 s with times cut at {CEILING:g} s; K and Kn are those of the measured times.

## The interaction test where there is no interaction

n = 10 per cell on average, K = {MODERATE:g} s in both arms, nominal 5 %.

{sizes}

## Each label's frequency in the other layouts

K = {CLEAR:g} s where the agonist acts, n per cell on average; the layouts are those above.

{layouts}

## Other plans with about 12 animals per group

`behave power` offers them. In '8 per group, then 16' the rule looks twice, each time with tests at
{100 * POCOCK:.2f} % and intervals to match (Pocock's bound), and ends at the first look with any label but
`attenuated`, `inconclusive` and `no_agonist_effect`. {5 * count} experiments per figure; animals are
the mean number in all under a full block.

{plans}
"""


def main() -> None:
    """Print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", type=Path, help="write the page to this file")
    parser.add_argument("--count", type=int, default=2000, help="experiments per figure")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    page = report(options.seed, options.count)
    if options.write:
        options.write.write_text(page, encoding="utf-8", newline="\n")
    else:
        print(page)


if __name__ == "__main__":
    main()
