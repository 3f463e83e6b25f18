# ruff: noqa: INP001 - a script beside its tables, not a module
"""Draw the SYNTHETIC tables of the locomotor example; the numbers are invented.

Run it to write the three tables anew: the same seed gives the same bytes.
"""

from pathlib import Path

import numpy as np
import pandas as pd

SEED, PER_CELL = 8, 14
# Mean immobility (s of 240) and distance (cm in 10 min). Ketamine is made to
# shorten immobility, and to raise the distance with or without NBQX; NBQX is
# made to take the first effect away.
CELLS = {
    ("vehicle", "vehicle"): (150, 3000),
    ("vehicle", "ketamine"): (60, 4200),
    ("NBQX", "vehicle"): (150, 2900),
    ("NBQX", "ketamine"): (146, 4000),
}
SD_IMMOBILITY_S, SD_DISTANCE_CM = 25, 500


def simulate() -> dict[str, pd.DataFrame]:
    """Return ``trials``, ``immobility`` and ``open_field``, one row per animal."""
    rng = np.random.default_rng(SEED)
    rows = [
        {
            "pretreatment": before,
            "treatment": drug,
            "immobility_s": round(max(float(rng.normal(immobility, SD_IMMOBILITY_S)), 0.0), 1),
            "distance_cm": round(float(rng.normal(distance, SD_DISTANCE_CM))),
        }
        for (before, drug), (immobility, distance) in CELLS.items()
        for _ in range(PER_CELL)
    ]
    table = pd.DataFrame(rows)
    table.insert(0, "animal_id", [f"m{number:02d}" for number in range(1, len(table) + 1)])
    table["synthetic"] = "true"
    return {
        "trials": table[["animal_id", "pretreatment", "treatment", "synthetic"]],
        "immobility": table[["animal_id", "immobility_s"]],
        "open_field": table[["animal_id", "distance_cm"]],
    }


if __name__ == "__main__":
    for name, table in simulate().items():
        table.to_csv(Path(__file__).with_name(f"{name}.csv"), index=False, lineterminator="\n")
