# ruff: noqa: INP001 - a script beside its tables, not a module
"""Draw the SYNTHETIC tables of the example designs; every number is invented.

Run it to write the tables anew: the same seed gives the same bytes. Each
design has a folder here with ``trials.csv`` and ``immobility.csv`` (s of 240),
and a study file of the same name.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

SD_S = 22
OUTCOME = "immobility_s"
Tables = dict[str, pd.DataFrame]


def draw(cells: Iterable[dict[str, object]], per_cell: int, seed: int) -> pd.DataFrame:
    """Return ``per_cell`` animals of each cell, drawn round the cell's ``mean``."""
    rng = np.random.default_rng(seed)
    rows = []
    for cell in cells:
        levels = {name: value for name, value in cell.items() if name != "mean"}
        rows += [
            levels | {OUTCOME: round(float(np.clip(rng.normal(cell["mean"], SD_S), 0, 240)), 1)}
            for _ in range(per_cell)
        ]
    table = pd.DataFrame(rows)
    table.insert(0, "animal_id", [f"m{number:03d}" for number in range(1, len(table) + 1)])
    return table.assign(synthetic="true")


def split(table: pd.DataFrame, key: str = "animal_id") -> Tables:
    """Return the animals and their outcome as two tables."""
    return {"trials": table.drop(columns=OUTCOME), "immobility": table[[key, OUTCOME]]}


def antagonist_doses() -> Tables:
    """Return NBQX in four doses; half of ketamine's effect is gone at about 4 mg/kg."""
    dose, before, drug = "pretreatment_dose_mg_per_kg", "pretreatment", "treatment"
    cells = [
        {before: "vehicle", dose: 0, drug: "vehicle", "mean": 155},
        {before: "vehicle", dose: 0, drug: "ketamine", "mean": 65},
    ]
    for given in (1, 3, 10, 30):
        rest = 90 / (1 + (given / 4) ** 2)
        cells.append({before: "NBQX", dose: given, drug: "vehicle", "mean": 154})
        cells.append({before: "NBQX", dose: given, drug: "ketamine", "mean": 154 - rest})
    times = {"pretreatment_min_before_test": 60, "treatment_min_before_test": 30}
    return split(draw(cells, 12, 11).assign(**times))


def agonist_doses() -> Tables:
    """Return ketamine in five doses, most effective in the middle ones."""
    means = {1: 145, 3: 110, 10: 75, 30: 95, 100: 150}
    cells = [{"treatment": "vehicle", "treatment_dose_mg_per_kg": 0, "mean": 155}]
    cells += [
        {"treatment": "ketamine", "treatment_dose_mg_per_kg": dose, "mean": mean}
        for dose, mean in means.items()
    ]
    return split(draw(cells, 12, 12))


def genotype() -> Tables:
    """Return ketamine in wild types and in animals without GluA2, in which it does nothing."""
    means = {
        ("wild type", "vehicle"): 152,
        ("wild type", "ketamine"): 62,
        ("GluA2 knock-out", "vehicle"): 150,
        ("GluA2 knock-out", "ketamine"): 148,
    }
    cells = [{"genotype": g, "treatment": d, "mean": mean} for (g, d), mean in means.items()]
    return split(draw(cells, 14, 13))


def ampa_potentiator() -> Tables:
    """Return a potentiator alone and under NBQX, and ketamine as a positive control."""
    means = {
        ("vehicle", "vehicle"): 155,
        ("vehicle", "potentiator"): 85,
        ("NBQX", "vehicle"): 153,
        ("NBQX", "potentiator"): 150,
        ("vehicle", "ketamine"): 70,
    }
    cells = [{"pretreatment": b, "treatment": d, "mean": mean} for (b, d), mean in means.items()]
    return split(draw(cells, 14, 14))


def third_factor() -> Tables:
    """Return NBQX and ketamine in stressed animals, where it blocks, and in others, where not."""
    means = {"none": (150, 80, 149, 82), "chronic stress": (185, 80, 184, 180)}
    levels = [("vehicle", "vehicle"), ("vehicle", "ketamine"), ("NBQX", "vehicle"),
              ("NBQX", "ketamine")]  # fmt: skip
    cells = [
        {"stress": stress, "pretreatment": before, "treatment": drug, "mean": mean}
        for stress, own in means.items()
        for (before, drug), mean in zip(levels, own, strict=True)
    ]
    return split(draw(cells, 14, 15))


def fast_and_slow() -> Tables:
    """Return ketamine, which acts at once and fades, and fluoxetine, which needs weeks."""
    effects = {
        ("ketamine", "30 min"): 85,
        ("ketamine", "24 h"): 70,
        ("ketamine", "7 d"): 45,
        ("ketamine", "14 d"): 5,
        ("fluoxetine", "1 d"): 0,
        ("fluoxetine", "21 d"): 60,
    }
    control = {"ketamine": "saline", "fluoxetine": "vehicle"}
    cells = []
    for (drug, time), effect in effects.items():
        cells.append({"treatment": control[drug], "time_after": time, "mean": 155})
        cells.append({"treatment": drug, "time_after": time, "mean": 155 - effect})
    return split(draw(cells, 12, 16))


def repeated_times() -> Tables:
    """Return animals that were each tested at four times after ketamine or saline."""
    rng = np.random.default_rng(17)
    effects = {"30 min": 85, "24 h": 70, "7 d": 45, "14 d": 5}
    rows = []
    for number in range(24):
        drug = ("saline", "ketamine")[number % 2]
        own = rng.normal(155, 18)
        for time, effect in effects.items():
            value = rng.normal(own - effect * (drug == "ketamine"), 12)
            rows.append(
                {
                    "trial_id": f"m{number + 1:02d} {time}",
                    "animal_id": f"m{number + 1:02d}",
                    "treatment": drug,
                    "time_after": time,
                    "synthetic": "true",
                    OUTCOME: round(float(np.clip(value, 0, 240)), 1),
                }
            )
    return split(pd.DataFrame(rows), "trial_id")


def time_bins() -> Tables:
    """Return the 2x2 in minute bins; ketamine acts in the last two of the four minutes."""
    rng = np.random.default_rng(18)
    effect = {
        ("vehicle", "ketamine"): (0.02, 0.1, 0.5, 0.55),
        ("NBQX", "ketamine"): (0.0, 0.0, 0.05, 0.05),
    }
    trials, bins, totals = [], [], []
    for before in ("vehicle", "NBQX"):
        for drug in ("vehicle", "ketamine"):
            for _ in range(12):
                name = f"m{len(trials) + 1:03d}"
                trials.append((name, before, drug, "true"))
                own = rng.normal(0, 0.07)
                shares = np.array([0.5, 0.62, 0.68, 0.72]) + own + rng.normal(0, 0.07, 4)
                shares = np.clip(shares - effect.get((before, drug), (0, 0, 0, 0)), 0, 1)
                seconds = np.round(60 * shares, 1)
                totals.append((name, round(float(seconds.sum()), 1)))
                bins += [
                    (name, index + 2, 120 + 60 * index, 180 + 60 * index, value, 60)
                    for index, value in enumerate(seconds)
                ]
    columns = ["animal_id", "bin", "start_s", "stop_s", OUTCOME, "scored_s"]
    return {
        "trials": pd.DataFrame(
            trials, columns=["animal_id", "pretreatment", "treatment", "synthetic"]
        ),
        "immobility": pd.DataFrame(totals, columns=["animal_id", OUTCOME]),
        "bins": pd.DataFrame(bins, columns=columns),
    }


def people_checked() -> Tables:
    """Return the 2x2 as a program scored it, and people's scores of six animals a group."""
    means = {
        ("vehicle", "vehicle"): 155,
        ("vehicle", "ketamine"): 70,
        ("NBQX", "vehicle"): 152,
        ("NBQX", "ketamine"): 148,
    }
    cells = [{"pretreatment": b, "treatment": d, "mean": mean} for (b, d), mean in means.items()]
    people = draw(cells, 14, 19)
    rng = np.random.default_rng(20)
    # The program calls 4 s too much immobile, whatever was given.
    error = 4 + rng.normal(0, 6, len(people))
    auto = people.assign(**{OUTCOME: (people[OUTCOME] + error).clip(0, 240).round(1)})
    checked = people[people.groupby(["pretreatment", "treatment"]).cumcount() < 6]  # noqa: PLR2004 - six a group
    return split(auto) | {"people": checked[["animal_id", OUTCOME]].reset_index(drop=True)}


def several_outcomes() -> Tables:
    """Return the 2x2 in four tests: NBQX blocks in three; the open field shows no difference."""
    rng = np.random.default_rng(21)
    # Per group (vehicle, ketamine, NBQX, both): means, SD, decimals, the ends of the scale.
    tests = {
        "immobility": (OUTCOME, (155, 70, 152, 149), 22, 1, (0, 240)),
        "tail_suspension": (OUTCOME, (170, 95, 168, 160), 35, 1, (0, 360)),
        "sucrose": ("sucrose_preference_pct", (62, 78, 61, 64), 9, 1, (0, 100)),
        "feeding": ("latency_s", (330, 190, 325, 300), 90, 0, (0, 600)),
        "open_field": ("distance_cm", (2900, 3050, 2880, 2950), 420, 0, (0, 6000)),
    }
    levels = [("vehicle", "vehicle"), ("vehicle", "ketamine"), ("NBQX", "vehicle"),
              ("NBQX", "ketamine")]  # fmt: skip
    animals = [(cell, *levels[cell]) for cell in range(4) for _ in range(14)]
    names = [f"m{number:03d}" for number in range(1, len(animals) + 1)]
    trials = pd.DataFrame(
        {
            "animal_id": names,
            "pretreatment": [before for _, before, _ in animals],
            "treatment": [drug for _, _, drug in animals],
            "synthetic": "true",
        }
    )
    tables = {"trials": trials}
    for name, (column, means, spread, decimals, (low, high)) in tests.items():
        drawn = [rng.normal(means[cell], spread) for cell, _, _ in animals]
        values = np.clip(drawn, low, high).round(decimals)
        tables[name] = pd.DataFrame({"animal_id": names, column: values})
    return tables


DESIGNS: dict[str, Callable[[], Tables]] = {
    make.__name__: make
    for make in (
        antagonist_doses,
        agonist_doses,
        genotype,
        ampa_potentiator,
        third_factor,
        fast_and_slow,
        repeated_times,
        time_bins,
        people_checked,
        several_outcomes,
    )
}

if __name__ == "__main__":
    for name, make in DESIGNS.items():
        folder = Path(__file__).with_name(name)
        folder.mkdir(exist_ok=True)
        for part, table in make().items():
            table.to_csv(folder / f"{part}.csv", index=False, lineterminator="\n")
