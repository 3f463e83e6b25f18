"""The sample study from its videos to its report, held against its known truth.

The sample is synthetic: its videos were rendered with a known behaviour in
every frame.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.model.tables import DOSE_RESPONSE, OUTCOME_CELLS, OUTCOMES, RESULTS
from behave.stats import compare
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials

ROOT = Path(__file__).resolve().parents[1]
STUDY = ROOT / "configs" / "nbqx_ketamine.yaml"
TRUTH = ROOT / "videos_sample" / "truth"
TEXT = {"trial_id": str, "animal_id": str, "arena": str}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Run the sample study once by its command, two videos at a time."""
    folder = tmp_path_factory.mktemp("results")
    ran = CliRunner().invoke(cli, ["run", str(STUDY), "--out", str(folder), "--jobs", "2"])
    assert ran.exit_code == 0, ran.output
    return folder


@pytest.fixture(scope="module")
def truth():
    """Return the true measures of the scored window, by trial."""
    measures = pd.read_csv(TRUTH / "measures.csv", dtype=TEXT)
    return measures[measures["epoch"] == "score_window"].set_index("trial_id")


@pytest.fixture(scope="module")
def scored(results):
    """Return the measures of the scored window, by trial."""
    measures = pd.read_csv(results / "measures.csv", dtype=TEXT)
    return measures[measures["epoch"] == "score_window"].set_index("trial_id")


def test_every_file_of_the_contract_has_its_columns(results, scored):
    # A study without a dose series has no table of one.
    absent = (DOSE_RESPONSE, OUTCOMES, OUTCOME_CELLS)  # of designs that this study has not
    assert not any((results / table.file).exists() for table in absent)
    for table in (table for table in RESULTS if table not in absent):
        names = [table.file]
        if "<trial_id>" in table.file:
            names = [table.file.replace("<trial_id>", trial) for trial in scored.index]
        for name in names:
            columns = list(pd.read_csv(results / name, nrows=5).columns)
            assert columns[: len(table.names)] == list(table.names), name
            assert table.more or len(columns) == len(table.names), name
    for name in ("report.html", "run.json", "stats/verdict.json"):
        assert (results / name).stat().st_size > 0
    assert {file.suffix for file in (results / "figures").iterdir()} == {".png", ".svg"}
    assert len(list((results / "arenas").glob("*.png"))) == 8
    assert len(pd.read_csv(results / "arenas" / "arenas.csv")) == 32


def test_immobility_agrees_with_the_truth(scored, truth):
    window = truth["stop_s"] - truth["start_s"]
    error = 100 * (scored["immobility_s"] - truth["immobility_s"]) / window
    assert len(error) == 32
    assert error.abs().mean() < 1.6
    assert error.abs().max() < 4.2


def test_each_camera_has_a_scale_learnt_from_its_own_animals(results):
    """Four videos of each of two cameras, told apart by their pictures."""
    found = pd.read_csv(results / "calibration.csv", dtype={"camera": str})
    assert found["n_animals"].tolist() == [16, 16]
    assert found["source"].tolist() == ["learnt", "learnt"]
    assert found["clarity"].tolist() == [1.0, 1.0]
    log = pd.read_csv(results / "trials_log.csv", dtype={**TEXT, "camera": str})
    assert len(log.drop_duplicates(["video", "camera"])) == 8
    used = log.groupby("camera")["immobile_below"].unique().map(list).to_dict()
    assert used == {row.camera: [row.immobile_below] for row in found.itertuples()}


def test_the_animals_entry_is_detected(results, truth):
    log = pd.read_csv(results / "trials_log.csv", dtype=TEXT).set_index("trial_id")
    assert set(log["entry_source"]) == {"detected"}
    assert (log["entry_s"] - truth["entry_s"]).abs().max() < 1.0


def kappa(one, other):
    """Cohen's kappa of two boolean sequences."""
    agreement = np.mean(one == other)
    chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
    return (agreement - chance) / (1 - chance)


def test_frames_agree_with_the_truth(results, truth):
    bouts = pd.read_csv(TRUTH / "bouts.csv", dtype=TEXT)
    kappas = []
    for trial, row in truth.iterrows():
        frames = pd.read_csv(results / "frames" / f"{trial}.csv.gz")
        since = frames["time_s"] - row["entry_s"]
        inside = frames[(since >= 0) & (since < row["stop_s"]) & (frames["state"] != "unscored")]
        assert len(inside) > 0.98 * ((since >= 0) & (since < row["stop_s"])).sum()
        still = bouts[(bouts["trial_id"] == trial) & (bouts["state"] == "immobile")]
        times = inside["time_s"].to_numpy()[:, None]
        true = ((times >= still["start_s"].to_numpy()) & (times < still["stop_s"].to_numpy())).any(
            1
        )
        kappas.append(kappa((inside["state"] == "immobile").to_numpy(), true))
    assert np.mean(kappas) > 0.935
    assert min(kappas) > 0.89


def test_the_verdict_is_the_one_that_the_truth_gives(results, truth):
    study = load_study(STUDY)
    trials = read_trials(study.trials, study.design).set_index("trial_id")
    columns = ["pretreatment", "treatment", "cohort"]
    known = truth[["animal_id", "immobility_s"]].join(trials[columns]).reset_index()
    true = compare(known, study.design).verdict
    verdict = json.loads((results / "stats" / "verdict.json").read_text("utf-8"))
    assert verdict["label"] == true["label"] == "blocked"
    assert verdict["I"]["estimate"] == pytest.approx(true["I"]["estimate"], abs=5)


def test_the_report_says_that_the_sample_is_synthetic(results):
    assert "synthetic" in (results / "report.html").read_text("utf-8").lower()


def contents(folder):
    """Return each file's bytes, without what two runs may differ in."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name == "run.json":
            continue
        if name == "trials_log.csv":
            found[name] = pd.read_csv(path, dtype=str).drop(columns="seconds").to_csv()
        else:
            found[name] = path.read_bytes()
    return found


def test_a_second_run_writes_the_same_bytes_and_reuses_the_motion(results):
    before = contents(results)
    motion = {path: path.stat().st_mtime_ns for path in (results / "cache").rglob("*.csv.gz")}
    ran = CliRunner().invoke(cli, ["run", str(STUDY), "--out", str(results), "--jobs", "1"])
    assert ran.exit_code == 0, ran.output
    after = contents(results)
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []
    assert len(motion) == 32
    assert {path: path.stat().st_mtime_ns for path in motion} == motion
