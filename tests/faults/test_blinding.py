"""Scores see no group; a blind study's key is read once, and when is told."""

import dataclasses
import json
import random

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from behave import files, sheets
from behave.cli import cli
from behave.errors import InputError
from behave.stats import DesignOptions, Factor
from behave.study import pipeline, stages
from behave.study.inputs.trials import read_trials

pytestmark = pytest.mark.slow

SCORES = ("bins.csv", "bouts.csv")
MEASURED = ["trial_id", "epoch", "immobility_s", "latency_s", "n_bouts", "scored_s", "status"]


def test_shuffled_groups_get_identical_scores(small_study, tmp_path):
    trials = sheets.read_sheet(small_study.with_name("trials.csv"))
    groups = ["pretreatment", "treatment"]
    order = list(range(len(trials)))
    random.Random(4).shuffle(order)  # noqa: S311 - a test's own order
    shuffled = trials.copy()
    shuffled[groups] = trials[groups].to_numpy()[order]
    assert not shuffled.equals(trials)
    other = small_study.with_name("shuffled.yaml")
    files.write_table(shuffled, small_study.with_name("shuffled.csv"))
    other.write_text(small_study.read_text().replace("trials.csv", "shuffled.csv"))
    pipeline.run(small_study, tmp_path / "told")
    pipeline.run(other, tmp_path / "shuffled")
    for name in (*SCORES, *(f"frames/{animal}.csv.gz" for animal in trials["animal_id"])):
        assert (tmp_path / "told" / name).read_bytes() == (
            tmp_path / "shuffled" / name
        ).read_bytes()
    told, mixed = (pd.read_csv(tmp_path / name / "measures.csv") for name in ("told", "shuffled"))
    pd.testing.assert_frame_equal(told[MEASURED], mixed[MEASURED])
    assert not told[groups].equals(mixed[groups])


@pytest.mark.parametrize("task", [stages.LayOut, stages.Follow, stages.Rate])
def test_what_a_stage_is_told_has_no_place_for_a_group(task):
    names = {field.name for field in dataclasses.fields(task)}
    assert not names & {"design", "study", "treatment", "pretreatment", "group", "extra"}


@pytest.fixture
def blind(small_study, tmp_path):
    """Start a blind study from videos whose names tell the groups."""
    videos = tmp_path / "videos"
    videos.mkdir()
    for number, name in enumerate(["veh_veh", "veh_ket", "nbqx_veh", "nbqx_ket"]):
        (videos / f"{name}.mp4").write_bytes(small_study.with_name(f"{number}.mp4").read_bytes())
    done = CliRunner().invoke(cli, ["init", str(videos), "--count", "2", "--blind"])
    assert done.exit_code == 0, done.output
    folder = videos / "blind"
    study = (folder / "study.yaml").read_text()
    before, _, rest = study.partition("protocol:")
    protocol = "protocol: {duration_s: 5, score_window_s: [1, 5], bin_s: 1}\ndesign:"
    study = before.replace("{count: 2}", "{file: arenas.csv}") + protocol + rest.split("design:")[1]
    (folder / "study.yaml").write_text(study)
    arenas = small_study.with_name("arenas.csv").read_text()
    (folder / "arenas.csv").write_text(arenas)
    return folder


def complete(key):
    """Fill in the key, as the person does who knows the groups."""
    book = openpyxl.load_workbook(key)
    sheet = book["trials"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        cells = dict(zip(header, row, strict=True))
        first, second = cells["true_video"].value.removesuffix(".mp4").split("_")
        cells["pretreatment"].value = {"veh": "vehicle", "nbqx": "NBQX"}[first]
        cells["treatment"].value = {"veh": "vehicle", "ket": "ketamine"}[second]
    book.save(key)


def test_nothing_in_a_blind_folder_tells_a_group(blind):
    names = ("veh", "ket", "nbqx")
    for path in blind.rglob("*"):
        assert not any(name in path.name.lower() for name in names)
    sheet = sheets.read_sheet(blind / "trials.xlsx")
    assert list(sheet.columns) == [
        "animal_id", "video", "arena", "entry_s", "exclude", "exclude_reason",
    ]  # fmt: skip
    assert len(sheet) == 8
    assert list(sheet["video"]) == sorted(sheet["video"])


def test_a_blind_study_is_scored_without_its_key_and_run_with_it(blind, tmp_path):
    key = blind.parent / "key.xlsx"
    locked_away = key.read_bytes()
    key.unlink()
    words = ["score", blind, "--arenas", blind / "arenas.csv", "--out", tmp_path / "scores"]
    scored = CliRunner().invoke(cli, [str(word) for word in words])
    assert scored.exit_code == 0, scored.output
    key.write_bytes(locked_away)
    complete(key)
    study = str(blind / "study.yaml")
    checked = CliRunner().invoke(cli, ["check", study])
    assert checked.exit_code == 0, checked.output
    record = blind.parent / "key.read.json"
    assert not record.exists()
    outcome = pipeline.run(blind / "study.yaml", tmp_path / "out")
    assert set(outcome.trials_log["status"]) == {"done"}
    measures = pd.read_csv(tmp_path / "out" / "measures.csv")
    groups = measures.groupby(["pretreatment", "treatment"])["trial_id"].nunique()
    assert list(groups) == [2, 2, 2, 2]
    first = json.loads((tmp_path / "out" / "run.json").read_text())["blinding"]
    assert first["first_read"] == json.loads(record.read_text())["first_read"]
    assert first["trials_unchanged"] is True
    # Whoever leaves an animal out after the groups were known is seen to have done so.
    trials = sheets.read_sheet(blind / "trials.xlsx")
    trials.loc[2, ["exclude", "exclude_reason"]] = ["true", "leaped out"]
    files.write_table(trials, blind / "trials.csv")
    text = (blind / "study.yaml").read_text()
    (blind / "study.yaml").write_text(text.replace("trials.xlsx", "trials.csv"))
    pipeline.run(blind / "study.yaml", tmp_path / "again")
    later = json.loads((tmp_path / "again" / "run.json").read_text())["blinding"]
    assert later["first_read"] == first["first_read"]
    assert later["trials_unchanged"] is False


def test_a_key_that_does_not_fit_its_trials_is_told(tmp_path):
    trials, key = tmp_path / "trials.csv", tmp_path / "key.csv"
    trials.write_text("animal_id,video,treatment\nQRT_1,QRT.mp4,vehicle\nQRT_2,QRT.mp4,vehicle\n")
    key.write_text("animal_id,treatment\nQRT_1,vehicle\n")
    design = DesignOptions(agonist=Factor(column="treatment", control="vehicle", level="ketamine"))
    with pytest.raises(InputError) as caught:
        read_trials(trials, design, key)
    first, second = caught.value.problems
    assert "stands in the trials and in the key" in first.what
    assert "'QRT_2' is not in the key" in second.what
