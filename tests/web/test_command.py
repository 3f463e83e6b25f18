"""``behave web`` from the command line, and a folder of videos without a study."""

import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.scoring import ScoringOptions
from behave.study.inputs.plan import plan_videos
from behave.tracking import TrackingOptions
from behave.web.answers import Refused
from behave.web.frames import FrameServer
from behave.web.score import begin
from behave.web.workspace import open_workspace


@pytest.fixture
def folder(scored, tmp_path):
    """Return a folder that holds a video and nothing else."""
    target = tmp_path / "videos"
    target.mkdir()
    shutil.copy(scored / "a.mp4", target)
    return target


def test_the_command_prints_an_address_that_opens_the_page(folder):
    words = [sys.executable, "-m", "behave", "web", str(folder), "--no-open"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as program:
        try:
            address = program.stdout.readline().split()[1]
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            assert address.startswith("http://127.0.0.1:")
            page = address.partition("?")[0]
            assert b"<title>behave</title>" in browser.open(address).read()
            assert b"main.js" in browser.open(page).read()
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(page)  # noqa: S310 - our own address
        finally:
            program.terminate()


def test_a_port_that_is_taken_is_told(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = CliRunner().invoke(cli, ["web", str(folder), "--no-open", "--port", port])
    assert ran.exit_code == 2
    assert "the page cannot be served here" in ran.output
    assert "--port" in ran.output


def test_a_faulty_study_is_told_as_everywhere(folder):
    (folder / "study.yaml").write_text("study: small\nvideo: .\n")
    ran = CliRunner().invoke(cli, ["web", str(folder / "study.yaml"), "--no-open"])
    assert ran.exit_code == 2
    assert "did you mean 'videos'?" in ran.output


def test_in_a_folder_each_video_is_a_trial_until_arenas_are_drawn(folder):
    workspace = open_workspace(folder)
    assert list(workspace.trials["trial_id"]) == ["a_arena1"]
    (folder / "arenas.csv").write_text(
        "video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\n*,left,100,6,70,80\n"
    )
    assert list(workspace.trials["trial_id"]) == ["a_arena1", "a_arenaleft"]
    assert workspace.arena_of("a_arenaleft").x == 100
    # As `behave score` names them.
    plan = plan_videos(
        [folder], folder / "arenas.csv", 1, TrackingOptions(), ScoringOptions()
    ).trials
    assert list(plan["trial_id"]) == list(workspace.trials["trial_id"])


def test_the_pages_say_what_to_type(folder, scored):
    assert open_workspace(folder).run_command == (
        f"behave score {folder} --arenas {folder / 'arenas.csv'} --out {folder / 'results'}"
    )
    study = scored / "study.yaml"
    assert open_workspace(study).run_command == f"behave run {study}"
    assert open_workspace(study, Path("my results")).run_command.endswith(' --out "my results"')


def test_what_a_folder_was_scored_as_stands_beside_its_new_videos(folder, scored):
    results = folder / "results"
    (results / "overlays").mkdir(parents=True)
    shutil.copy(scored / "a.mp4", results / "overlays" / "a_arena2.mp4")
    shutil.copy(scored / "b.mp4", folder)
    (results / "trials_log.csv").write_text(
        "trial_id,animal_id,video,arena,status\na_arena2,a_arena2,a.mp4,2,done\n"
    )
    assert list(open_workspace(folder).trials["trial_id"]) == ["a_arena2", "b_arena1"]


def test_track_exports_have_no_pictures_to_draw_on_or_to_score(folder):
    (folder / "tracks.xlsx").write_bytes(b"")
    (folder / "trials.csv").write_text(
        "animal_id,video,arena,treatment\n001,tracks.xlsx,1,vehicle\n002,tracks.xlsx,2,ketamine\n"
    )
    (folder / "study.yaml").write_text(
        "study: small\ntrials: trials.csv\nvideos: .\ntracking: {method: ethovision}\n"
        "protocol: {duration_s: 12, score_window_s: [1, 11], bin_s: 5}\n"
        "design:\n  agonist: {column: treatment, control: vehicle, level: ketamine}\n"
    )
    workspace = open_workspace(folder / "study.yaml")
    assert list(workspace.videos) == ["tracks.xlsx"]
    assert workspace.filmed == {}
    with pytest.raises(Refused, match="no trial with a video"):
        begin(workspace, "anna")
    with pytest.raises(Refused, match="holds no pictures"):
        FrameServer(workspace).browser("tracks.xlsx")


def test_a_folder_is_scored_by_hand_without_any_results(folder, visit, tools):
    with tools.serving(folder, source="") as address:
        page = visit().go(address, "Score")
        page.fill("#scorer", "anna")
        page.click("text=Begin")
        page.wait_for_selector(".time:has-text('frame')")
        for _ in range(3):
            page.keyboard.press("i")
            page.keyboard.press("ArrowUp")
            page.keyboard.press("m")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=All trials are done")
    table = pd.read_csv(folder / "by_hand" / "anna.csv")
    assert set(table["trial_id"]) == {"a_arena1"}
    assert table["duration_s"].sum() == pytest.approx(12, abs=0.1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no < in names")
def test_names_are_shown_as_text_whatever_is_in_them(folder, visit, tools):
    name = "<img src=x onerror=document.title='run'>.mp4"
    (folder / "a.mp4").rename(folder / name)
    with tools.serving(folder, source="") as address:
        page = visit().go(address, "Arenas")
        page.wait_for_selector("canvas.board")
        assert page.inner_text("option") == name
        assert page.title() == "videos - behave"
        assert page.locator("main img").count() == 0
