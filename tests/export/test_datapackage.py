"""The description of the results is a valid data package, and the tables are as it says."""

import gzip
import json

import pandas as pd
import pytest

from behave import files
from behave.export import datapackage
from behave.model import tables
from behave.schema import conform

frictionless = pytest.importorskip("frictionless", reason="needs the test extra")

# It leaves the archives that it reads to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def results(tmp_path):
    """Write the tables of three trials, one of which failed; a design column follows."""
    ids = {"trial_id": ["001", "Maus ä"], "animal_id": ["001", "=2"]}
    logged = {"trial_id": [*ids["trial_id"], "Maus ö"], "animal_id": [*ids["animal_id"], "3"]}
    status = ["done", "failed", "done"]
    log = pd.DataFrame({**logged, "video": "a.mp4", "arena": "1", "status": status})
    files.write_table(conform(log, tables.TRIALS_LOG), tmp_path / "trials_log.csv")
    measured = {
        "immobility_s": [12.5, None],
        "latency_censored": [False, None],
        "n_bouts": [3, None],
    }
    rows = pd.DataFrame({**ids, "epoch": "whole", **measured, "status": ["done", "failed"]})
    rows = rows.assign(treatment=["ketamine", "vehicle"])
    files.write_table(conform(rows, tables.MEASURES), tmp_path / "measures.csv")
    bouts = {"trial_id": "001", "animal_id": "001", "source": "auto", "state": "immobile"}
    spans = pd.DataFrame([{**bouts, "start_s": 0.0, "stop_s": 12.5, "duration_s": 12.5}])
    files.write_table(conform(spans, tables.BOUTS), tmp_path / "bouts.csv")
    frames = pd.DataFrame({"frame": [0, 1], "time_s": [0.0, 0.04], "state": "immobile"})
    for name in ("001", "Maus ä", "Maus ö"):
        files.write_table(conform(frames, tables.FRAMES), tmp_path / "frames" / f"{name}.csv.gz")
    analysed = pd.DataFrame({"animal_id": ["001"], "dose": ["10"], "immobility_s": [12.5]})
    files.write_table(analysed, tmp_path / "export" / "analysed.csv")
    groups = pd.DataFrame({"vehicle + vehicle": [1.5, None], "NBQX + ketamine": [2.0, 3.0]})
    files.write_table(groups, tmp_path / "export" / "prism_column.csv")
    datapackage.write(tmp_path, "Demo 1", synthetic=True)
    return tmp_path


def faults(folder):
    """Return what an independent reader finds wrong with a data package."""
    report = frictionless.validate(str(folder / "datapackage.json"))
    return report.flatten(["type", "note", "fieldName"])


def test_every_table_is_described_and_is_as_described(results):
    assert faults(results) == []
    described = json.loads((results / "datapackage.json").read_text("ascii"))
    paths = {resource["path"] for resource in described["resources"]}
    written = {path.relative_to(results).as_posix() for path in results.rglob("*.csv*")}
    assert paths == written
    assert "SYNTHETIC" in described["title"]
    kinds = {
        field["name"]: field["type"]
        for resource in described["resources"]
        if resource["path"].startswith("export/")
        for field in resource["schema"]["fields"]
    }
    assert kinds == {
        "animal_id": "string", "dose": "number", "immobility_s": "number",
        "vehicle + vehicle": "number", "NBQX + ketamine": "number",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "old", "new", "fault"),
    [
        ("measures.csv", "12.5", "many", "type-error"),
        ("measures.csv", "done", "ended", "constraint-error"),
        ("bouts.csv", "001,001", "009,001", "foreign-key"),
        ("trials_log.csv", "Maus ä,", "001,", "primary-key"),
        ("export/analysed.csv", "12.5", "many", "type-error"),
    ],
)
def test_a_table_that_is_not_as_described_is_found(results, table, old, new, fault):
    path = results / table
    text = path.read_text("utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert fault in {kind for kind, *_ in faults(results)}


def test_frames_that_are_not_as_described_are_found(results):
    path = results / "frames" / "001.csv.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    path.write_bytes(gzip.compress(text.replace("immobile", "asleep").encode()))
    assert "constraint-error" in {kind for kind, *_ in faults(results)}


def test_the_same_results_are_described_by_the_same_bytes(results):
    before = (results / "datapackage.json").read_bytes()
    datapackage.write(results, "Demo 1", synthetic=True)
    assert (results / "datapackage.json").read_bytes() == before
