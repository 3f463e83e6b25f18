"""Repeated measures against R's lmerTest, on the examples in `configs/`."""

import json
from pathlib import Path

import pandas as pd
import pytest

from behave.stats import compare
from behave.study.inputs.study_file import load_study

ROOT = Path(__file__).parents[2]
ANSWERS = json.loads((ROOT / "tests" / "golden" / "repeated.json").read_text("utf-8"))
DESIGN_OF = {name: "repeated_times" if name.startswith("K:") else "time_bins" for name in ANSWERS}


def contrasts_of(name):
    """Return the contrasts of an example."""
    folder = ROOT / "configs" / name
    key = "trial_id" if name == "repeated_times" else "animal_id"
    tables = [pd.read_csv(folder / f"{part}.csv") for part in ("trials", "immobility")]
    bins = pd.read_csv(folder / "bins.csv") if name == "time_bins" else None
    design = load_study(ROOT / "configs" / f"{name}.yaml").design
    return compare(tables[0].merge(tables[1], on=key), design, bins=bins).contrasts


@pytest.mark.parametrize("name", ANSWERS)
def test_the_contrast_is_rs(name):
    row = contrasts_of(DESIGN_OF[name]).set_index("contrast_id").loc[name]
    estimate, error, df, statistic, p_value = ANSWERS[name]
    assert row["estimate"] == pytest.approx(estimate, rel=1e-9)
    # The tolerances of REML and of Satterthwaite's df between programs.
    assert row["std_error"] == pytest.approx(error, rel=1e-5)
    assert row["df"] == pytest.approx(df, rel=1e-4)
    assert row["statistic"] == pytest.approx(statistic, rel=1e-5)
    assert row["p_value"] == pytest.approx(p_value, rel=1e-3)
