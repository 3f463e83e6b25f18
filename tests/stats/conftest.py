"""Experiments for the statistics tests; synthetic unless the name says otherwise."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from behave.stats import DesignOptions

GOLDEN = Path(__file__).parents[1] / "golden"
CELLS = [
    ("vehicle", "vehicle"),
    ("vehicle", "ketamine"),
    ("NBQX", "vehicle"),
    ("NBQX", "ketamine"),
]


@pytest.fixture(scope="session")
def design() -> DesignOptions:
    """Return the main design: NBQX before ketamine, immobility as the outcome."""
    return DesignOptions(
        agonist={"column": "treatment", "control": "vehicle", "level": "ketamine"},
        antagonist={"column": "pretreatment", "control": "vehicle", "level": "NBQX"},
    )


@pytest.fixture(scope="session")
def blocked_design(design: DesignOptions) -> DesignOptions:
    """Return the main design with the cohort as a block."""
    return design.model_copy(update={"blocks": ("cohort",)})


@pytest.fixture(scope="session")
def experiment() -> Callable[..., pd.DataFrame]:
    """Return a maker of tables: the values of the four cells, in the order of `CELLS`."""

    def make(*cells: Sequence[float], cohort: Sequence[str] | None = None) -> pd.DataFrame:
        rows = [
            (before, drug, value)
            for (before, drug), values in zip(CELLS, cells, strict=True)
            for value in values
        ]
        table = pd.DataFrame(rows, columns=["pretreatment", "treatment", "immobility_s"])
        table.insert(0, "animal_id", [f"{index:03d}" for index in range(len(table))])
        if cohort is not None:
            table["cohort"] = list(cohort)
        return table

    return make


@pytest.fixture(scope="session")
def full_block(experiment: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """Return 4 x 10 animals: ketamine takes 100 s off, under NBQX nothing; SD about 15 s."""
    spread = np.linspace(-22, 22, 10)
    return experiment(160 + spread, 60 + spread, 158 + spread, 157 + spread)


@pytest.fixture(scope="session")
def cohort_table() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a simulated unequal 2x2 in three cohorts and R's answers (golden/blocked.R)."""
    table = pd.read_csv(GOLDEN / "blocked.csv", dtype={"cohort": "object"})
    return table, json.loads((GOLDEN / "blocked.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def models() -> dict[str, Any]:
    """Return simulated tables and R's answers: mixed models, latency, curves (golden/models.R)."""
    answers: dict[str, Any] = json.loads((GOLDEN / "models.json").read_text(encoding="utf-8"))
    return answers


@pytest.fixture(scope="session")
def load_reference(shared_data: Path) -> Callable[[str], tuple[pd.DataFrame, dict[str, Any]]]:
    """Return a reader of the reference tables and R's answers to them."""

    def load(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        folder = shared_data / "stats_golden"
        table = pd.read_csv(folder / f"{name}.csv").rename(columns={"animal": "animal_id"})
        return table, json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    return load
