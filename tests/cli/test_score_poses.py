"""``behave score`` on files of keypoints, from the command line to its tables."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.files import read_table


@pytest.fixture
def poses(tmp_path):
    """Write a 20-s file of one animal that paddles, floats from 5 to 15 s, and paddles."""
    time_s = np.arange(500) / 25
    paddles = (time_s < 5) | (time_s >= 15)
    columns, values = [], []
    for number, name in enumerate(("nose", "tail_base", "back", "paw1", "paw2", "paw3", "paw4")):
        stroke = 8 * np.sin(2 * np.pi * 3 * time_s + number) * paddles * name.startswith("paw")
        values += [20.0 * number + stroke, np.full(500, 5.0 * (number % 3)), np.ones(500)]
        columns += [("net", name, coord) for coord in ("x", "y", "likelihood")]
    header = pd.MultiIndex.from_tuples(columns, names=["scorer", "bodyparts", "coords"])
    path = tmp_path / "in" / "mouse.csv"
    path.parent.mkdir()
    pd.DataFrame(np.stack(values, axis=1), columns=header).to_csv(path)
    return path


def behave(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.mark.parametrize("test", ["fst", "freezing"])
def test_a_file_of_keypoints_is_scored_without_its_video(poses, tmp_path, test):
    out = tmp_path / "out"
    result = behave("score", poses, "--fps", 25, "--test", test, "--out", out, "--jobs", 1)
    assert result.exit_code == 0, result.output
    (row,) = read_table(out / "measures.csv", ("arena",)).to_dict("records")
    assert (row["trial_id"], row["arena"], row["epoch"]) == ("mouse_arena1", "1", "whole")
    assert row["immobility_s"] == pytest.approx(10, abs=0.3)
    assert (out / "frames" / "mouse_arena1.csv.gz").exists()


def test_the_file_of_keypoints_is_told_by_its_content(poses, tmp_path):
    result = behave("score", poses, "--fps", 25, "--out", tmp_path / "out", "--jobs", 1)
    assert result.exit_code == 0, result.output
    inputs = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["inputs"]
    assert inputs["keypoints"] == {"mouse.csv": hashlib.sha256(poses.read_bytes()).hexdigest()}


@pytest.mark.parametrize("suffix", [".csv", ".h5"])
def test_each_individual_of_a_file_is_a_trial_of_its_own(poses, tmp_path, suffix):
    """The second individual is the first one 400 px further on, half as long immobile."""
    one = pd.read_csv(poses, header=[0, 1, 2], index_col=0)
    other = one.iloc[(np.arange(500) + 125) % 500].set_axis(one.index) + [400.0, 0, 0] * 7
    other.iloc[:125] = (one.iloc[:125] + [400.0, 0, 0] * 7).to_numpy()
    other.iloc[:, 2::3] = 1.0
    both = pd.concat([one, other], axis=1)
    both.columns = pd.MultiIndex.from_tuples(
        [("net", who, part, coord) for who in ("m1", "m2") for _, part, coord in one.columns],
        names=["scorer", "individuals", "bodyparts", "coords"],
    )
    file = tmp_path / f"pairDLC_net_el{suffix}"
    if suffix == ".csv":
        both.to_csv(file)
    else:
        pytest.importorskip("tables", reason="PyTables (extra dlc) is not installed")
        both.to_hdf(file, key="tracks")
    out = tmp_path / "out"
    result = behave("score", file, "--fps", 25, "--out", out, "--jobs", 1)
    assert result.exit_code == 0, result.output
    table = read_table(out / "measures.csv", ("arena",)).set_index("arena")
    assert table.loc["m1", "trial_id"] == "pairDLC_net_el_arenam1"
    assert table.loc["m1", "immobility_s"] == pytest.approx(10, abs=0.3)
    assert table.loc["m2", "immobility_s"] == pytest.approx(5, abs=0.6)


def test_a_folder_of_keypoints_is_searched(poses, tmp_path):
    result = behave("score", poses.parent, "--fps", 25, "--out", tmp_path / "out", "--jobs", 1)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "give --fps"),
        (("--fps", "25", "--count", "2"), "no arenas"),
        (("--fps", "0"), "--fps"),
        (("--fps", "25", "--project", "."), "either --fps"),
    ],
)
def test_what_does_not_go_together_is_said(poses, tmp_path, words, told):
    result = behave("score", poses, *words, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert told in result.output


def test_freezing_needs_keypoints(tmp_path):
    result = behave("score", tmp_path, "--count", 1, "--test", "freezing", "--out", tmp_path / "o")
    assert result.exit_code == 2
    assert "keypoints" in result.output


def test_a_project_without_a_network_is_told_before_anything_runs(tmp_path):
    (tmp_path / "clip.mp4").touch()
    words = ("--count", 1, "--test", "freezing", "--project", tmp_path, "--out", tmp_path / "o")
    result = behave("score", tmp_path, *words)
    assert result.exit_code == 2
    assert "no snapshot" in result.output
    assert not (tmp_path / "o").exists()


def test_a_table_that_is_no_track_fails_and_the_others_go_on(poses, tmp_path):
    (poses.parent / "notes.csv").write_text("a,b\n1,2\n")
    out = tmp_path / "out"
    result = behave("score", poses.parent, "--fps", 25, "--out", out, "--jobs", 1)
    assert result.exit_code == 1
    log = read_table(out / "trials_log.csv", ("message",)).set_index("trial_id")
    assert log.loc["mouse_arena1", "status"] == "done"
    assert "does not hold keypoints" in log.loc["notes_arena1", "message"]


def test_a_folder_as_deeplabcut_leaves_it_is_scored_once_per_table(poses, tmp_path):
    """Beside the HDF5 file lie the same table as CSV, lengths of limbs, and where a crop was."""
    pytest.importorskip("tables", reason="PyTables (extra dlc) is not installed")
    table = pd.read_csv(poses, header=[0, 1, 2], index_col=0)
    stem = "mouseDLC_Resnet50_fstJan1shuffle1_200"
    table.to_hdf(poses.with_name(f"{stem}.h5"), key="df_with_missing")
    poses.rename(poses.with_name(f"{stem}.csv"))
    table.iloc[:, :3].to_csv(poses.with_name(f"{stem}_skeleton.csv"))
    out = tmp_path / "out"
    result = behave("score", poses.parent, "--fps", 25, "--out", out, "--jobs", 1)
    assert result.exit_code == 0, result.output
    (row,) = read_table(out / "measures.csv", ("arena",)).to_dict("records")
    assert (row["trial_id"], row["video"]) == (f"{stem}_arena1", f"{stem}.h5")
    assert row["immobility_s"] == pytest.approx(10, abs=0.3)


@pytest.mark.shared_data
def test_a_real_mouse_s_freezing_is_scored_as_a_person_did(shared_data, tmp_path):
    """As a user has it: one animal, its keypoints' file and the frame rate, nothing else."""
    folder, out = shared_data / "freezing_pose", tmp_path / "out"
    file = folder / "demo1_tracking.csv"
    result = behave("score", file, "--fps", 50, "--test", "freezing", "--out", out, "--jobs", 1)
    assert result.exit_code == 0, result.output
    states = read_table(out / "frames" / "demo1_tracking_arena1.csv.gz", ("state",))["state"]
    found = (states == "immobile").to_numpy()
    human = pd.read_csv(folder / "demo1_human_freezing.csv").iloc[:, 1].to_numpy() > 0
    assert 2 * (found & human).sum() / (found.sum() + human.sum()) >= 0.90
    assert (found == human).mean() >= 0.95
