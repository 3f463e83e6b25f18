# ruff: noqa: INP001 - a script beside its tables, not a module
"""Draw the SYNTHETIC tables of the example with two antagonists; the numbers are invented.

Run it to write the two tables anew: the same seed gives the same bytes.
"""

from pathlib import Path

import numpy as np
import pandas as pd

SEED, PER_CELL = 4, 14
# Mean immobility (s of 240). NBQX is made to take ketamine's effect away, and
# drug B, an invented one dissolved in saline, to leave it as it is.
CELLS = {
    ("vehicle", "vehicle"): 155,
    ("vehicle", "ketamine"): 65,
    ("NBQX", "vehicle"): 152,
    ("NBQX", "ketamine"): 150,
    ("saline", "vehicle"): 150,
    ("saline", "ketamine"): 62,
    ("drug B", "vehicle"): 154,
    ("drug B", "ketamine"): 66,
}
SD_IMMOBILITY_S = 22


def simulate() -> dict[str, pd.DataFrame]:
    """Return ``trials`` and ``immobility``, one row per animal."""
    rng = np.random.default_rng(SEED)
    rows = [
        (before, drug, round(float(rng.normal(mean, SD_IMMOBILITY_S)), 1))
        for (before, drug), mean in CELLS.items()
        for _ in range(PER_CELL)
    ]
    table = pd.DataFrame(rows, columns=["pretreatment", "treatment", "immobility_s"])
    table.insert(0, "animal_id", [f"m{number:03d}" for number in range(1, len(table) + 1)])
    table["synthetic"] = "true"
    return {
        "trials": table[["animal_id", "pretreatment", "treatment", "synthetic"]],
        "immobility": table[["animal_id", "immobility_s"]],
    }


if __name__ == "__main__":
    for name, table in simulate().items():
        table.to_csv(Path(__file__).with_name(f"{name}.csv"), index=False, lineterminator="\n")
