"""Scores for other programs, held to those programs' own checks."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave import files
from behave.cli import cli
from behave.errors import InputError
from behave.export import boris
from behave.export.nwb import export_nwb
from behave.model import tables
from behave.schema import conform
from behave.study.raters.human_scores import read_scores


@pytest.fixture
def results(tmp_path):
    """Write the results of two trials, one of which failed."""
    times = np.arange(250) / 25
    states = np.where(times < 4, "immobile", np.where(times < 6, "mobile", "unscored"))
    ids = {"trial_id": "001", "animal_id": "m 1"}
    bouts = [("immobile", 0, 4), ("mobile", 4, 6), ("unscored", 6, 10)]
    rows = [
        {**ids, "source": "auto", "state": state, "start_s": a, "stop_s": b, "duration_s": b - a}
        for state, a, b in bouts
    ]
    log = pd.DataFrame(
        [
            {**ids, "video": "a/b.mp4", "arena": "1", "status": "done"},
            {"trial_id": "002", "animal_id": "m 2", "video": "c.mp4", "status": "failed"},
        ]
    )
    frames = {"frame": range(250), "time_s": times, "motion": 0.01, "state": states}
    frames = pd.DataFrame(frames).assign(x_px=np.where(times < 6, 40.5, np.nan), y_px=20.0)
    files.write_table(conform(log, tables.TRIALS_LOG), tmp_path / "trials_log.csv")
    files.write_table(conform(pd.DataFrame(rows), tables.BOUTS), tmp_path / "bouts.csv")
    files.write_table(conform(frames, tables.FRAMES), tmp_path / "frames" / "001.csv.gz")
    run = {
        "started": "2026-01-02T03:04:05+00:00",
        "command": ["behave", "run", "study.yaml"],
        "configuration": {"protocol": {"test": "fst", "species": "rat"}},
    }
    (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return tmp_path


def test_boris_events_are_read_back_as_the_bouts_that_they_were(results):
    path, _ = boris.export_boris(results)
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    assert tuple(table.columns) == boris.BORIS_COLUMNS
    assert set(table["Behavior type"]) == {"STATE"}
    assert list(table["Behavior"]) == ["immobile", "mobile"]
    read = read_scores([path])
    (bout,) = read.bouts.to_dict("records")
    assert (bout["start_s"], bout["stop_s"]) == (0.0, 4.0)
    assert (bout["observation"], bout["subject"], bout["media"]) == ("001", "m 1", "a/b.mp4")


def test_a_boris_project_holds_each_bout_as_a_pair_of_events(results):
    _, path = boris.export_boris(results)
    project = json.loads(path.read_text("utf-8"))
    assert [animal["name"] for animal in project["subjects_conf"].values()] == ["m 1"]
    kinds = {item["code"]: item["type"] for item in project["behaviors_conf"].values()}
    assert kinds == {"immobile": "State event", "mobile": "State event"}
    (observation,) = project["observations"].values()
    assert observation["file"]["1"] == ["a/b.mp4"]
    assert observation["media_info"]["length"] == {"a/b.mp4": 10.0}
    events = [(time, code, picture) for time, _, code, _, _, picture in observation["events"]]
    assert events == [
        (0.0, "immobile", 0), (4.0, "immobile", 100), (4.0, "mobile", 100), (6.0, "mobile", 150),
    ]  # fmt: skip


def test_chapters_are_several_media_of_one_player(results):
    log = files.read_table(results / "trials_log.csv", ("trial_id", "animal_id", "arena"))
    files.write_table(log.replace({"a/b.mp4": "a.mp4|b.mp4"}), results / "trials_log.csv")
    _, path = boris.export_boris(results)
    (observation,) = json.loads(path.read_text("utf-8"))["observations"].values()
    assert observation["file"]["1"] == ["a.mp4", "b.mp4"]
    assert observation["media_info"]["length"] == {}


def test_a_folder_without_results_is_told(tmp_path):
    with pytest.raises(InputError, match="holds no results"):
        boris.export_boris(tmp_path)


def test_the_command_writes_both(results):
    pytest.importorskip("ndx_pose", reason="needs the nwb extra")
    done = CliRunner().invoke(cli, ["export", str(results), "--boris", "--nwb"])
    assert done.exit_code == 0, done.output
    assert (results / "export" / "nwb" / "001.nwb").is_file()
    assert CliRunner().invoke(cli, ["export", str(results)]).exit_code == 2


def test_nwb_files_pass_their_own_validator_and_hold_the_scores(results):
    pytest.importorskip("ndx_pose", reason="needs the nwb extra")
    pynwb = pytest.importorskip("pynwb", reason="needs the nwb extra")
    (path,) = export_nwb(results)
    assert pynwb.validate(path=str(path)) == []
    with pynwb.NWBHDF5IO(str(path), "r") as stream:
        session = stream.read()
        assert (session.subject.subject_id, session.subject.species) == (
            "m 1",
            "Rattus norvegicus",
        )
        module = session.processing["behavior"]
        bouts = module["bouts"].to_dataframe()
        assert list(bouts["state"]) == ["immobile", "mobile", "unscored"]
        assert list(bouts["stop_time"]) == [4.0, 6.0, 10.0]
        centre = module["pose"]["centre"]
        assert centre.data[0, 0] == 40.5
        assert np.isnan(centre.data[-1, 0])
        assert len(module["motion"].data) == 250


def test_the_inspector_finds_nothing_that_breaks_good_practice(results):
    inspector = pytest.importorskip("nwbinspector", reason="needs the dev extra's nwbinspector")
    (path,) = export_nwb(results)
    found = [
        message
        for message in inspector.inspect_nwbfile(nwbfile_path=str(path))
        if message.importance.value >= inspector.Importance.BEST_PRACTICE_VIOLATION.value
    ]
    # An animal's age is not in a results folder; all else is as it should be.
    assert {message.check_function_name for message in found} <= {"check_subject_age"}
