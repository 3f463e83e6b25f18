"""A person's corrections count in the comparison, and are told."""

import pandas as pd
import pytest

from behave.files import write_table
from behave.model.tables import BINS, BOUTS, BY_HAND, MEASURES, TRIALS_LOG
from behave.schema import conform
from behave.scoring.measures import measure, measure_bins
from behave.study.corrections import FILE, apply_corrections

WINDOW = {"start_s": 10.0, "stop_s": 30.0}


@pytest.fixture
def tables():
    """One trial, entered at 5 s: mobile for 20 s, then immobile for 20 s."""
    ids = {"trial_id": "t1", "animal_id": "m1"}
    bouts = pd.DataFrame(
        [("mobile", 5.0, 25.0, 20.0), ("immobile", 25.0, 45.0, 20.0)],
        columns=["state", "start_s", "stop_s", "duration_s"],
    )
    row = {**ids, "epoch": "score_window", **WINDOW, "status": "done"}
    row |= measure(bouts, 15.0, 35.0)
    bins = measure_bins(bouts, 10.0, 30.0, 5.0)
    return (
        conform(pd.DataFrame([row]), MEASURES),
        conform(bins.assign(**ids), BINS),
        conform(bouts.assign(**ids, source="auto"), BOUTS),
        conform(pd.DataFrame([{**ids, "status": "done", "entry_s": 5.0}]), TRIALS_LOG),
    )


def correction(folder, trial="t1"):
    row = {"trial_id": trial, "animal_id": "m1", "source": "manual", "scorer": "Anna",
           "state": "immobile", "start_s": 21.0, "stop_s": 25.0, "duration_s": 4.0}  # fmt: skip
    write_table(conform(pd.DataFrame([row]), BY_HAND), folder / FILE)


def test_without_corrections_nothing_is_changed(tmp_path, tables):
    assert apply_corrections(tmp_path, *tables) is None


def test_corrected_seconds_reach_measures_and_bins_and_are_told(tmp_path, tables):
    assert tables[0]["immobility_s"].tolist() == [10.0]
    correction(tmp_path)
    found = apply_corrections(tmp_path, *tables)
    assert found.measures["immobility_s"].tolist() == [14.0]
    assert found.measures["corrected_s"].tolist() == [4.0]
    assert found.bins["immobility_s"].tolist() == [0.0, 4.0, 10.0]
    assert found.told == "Corrected by Anna: m1 4.0 s."


def test_corrections_of_a_trial_that_is_not_here_change_nothing(tmp_path, tables):
    correction(tmp_path, trial="other")
    assert apply_corrections(tmp_path, *tables) is None
