"""A small rendered study, its page served, and a real browser to look at it."""

import os
import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from behave.simulate.render import World, render_video
from behave.simulate.swim import Bout, Swim
from behave.study import pipeline
from behave.web.home import Home
from behave.web.server import Place, make_server
from behave.web.workspace import open_workspace

# Synthetic: two animals per video, seen from the side, 12 s.
LOOK = World(view="side", width=320, height=240, arenas=2, fps=15.0)
DURATION_S = 12
STILL = {  # immobile from, to, by video and arena
    ("a.mp4", "1"): (4.0, 8.0),
    ("a.mp4", "2"): (2.0, 5.0),
    ("b.mp4", "1"): (6.0, 10.0),
    ("b.mp4", "2"): (3.0, 9.0),
}
TRIALS = """\
animal_id,video,arena,entry_s,pretreatment,treatment
001,a.mp4,1,0,vehicle,vehicle
002,a.mp4,2,0,vehicle,ketamine
003,b.mp4,1,0,NBQX,vehicle
004,b.mp4,2,0,NBQX,ketamine
"""
STUDY = """\
study: small
trials: trials.csv
videos: .
arenas: {count: 2}
protocol: {duration_s: 12, score_window_s: [1, 11], bin_s: 5}
design:
  agonist:    {column: treatment,    control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX}
"""


def swim(start_s, stop_s):
    """Return a swim that is immobile for one known stretch."""
    bouts = (
        Bout(0, start_s, "swimming"),
        Bout(start_s, stop_s, "immobile"),
        Bout(stop_s, DURATION_S, "swimming"),
    )
    return Swim(bouts)


@pytest.fixture(scope="session")
def scored(tmp_path_factory):
    """Render a study of four animals and run it once."""
    folder = tmp_path_factory.mktemp("web") / "study"
    folder.mkdir()
    for seed, video in enumerate(("a.mp4", "b.mp4")):
        swims = [swim(*STILL[video, arena]) for arena in ("1", "2")]
        render_video(folder / video, LOOK, swims, seed=seed)
    (folder / "trials.csv").write_text(TRIALS)
    (folder / "study.yaml").write_text(STUDY)
    outcome = pipeline.run(folder / "study.yaml", folder / "results")
    assert list(outcome.trials_log["status"]) == ["done"] * 4
    return folder


@pytest.fixture
def videos(scored, tmp_path):
    """Return a folder with a subfolder of two videos and nothing else."""
    folder = tmp_path / "lab" / "swims"
    folder.mkdir(parents=True)
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(scored / name, folder)
    return folder


@pytest.fixture
def study(scored, tmp_path):
    """Return a copy of the study that a test may write into."""
    return shutil.copytree(scored, tmp_path / "study")


@contextmanager
def serving(folder, *, source="study.yaml", read_only=False):
    """Serve a study, or the first screen where there is no source; gives the first address."""
    workspace = None
    if source is not None:
        workspace = open_workspace(folder / source, folder / "results", read_only=read_only)
    home = Home((folder.resolve(),), read_only)
    server, listening, address = make_server(workspace, Place(), home)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield address
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture
def address(study):
    """Serve the study and return its first address."""
    with serving(study) as first:
        yield first


def find_chromium() -> str | None:
    """Return where Chromium, or Chrome, is installed; none if it is not."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium():
    """Start a real browser; without one the test is skipped, in CI it fails."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only browsers need it

    path = find_chromium()
    if path is None:
        reason = "Chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # A superuser, as in a container, cannot use the browser's own sandbox.
    superuser = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if superuser else []
        )
        yield browser
        browser.close()


class Visitor:
    """A person with a browser of their own; what goes wrong in the page is kept."""

    def __init__(self, browser):
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.faults = []
        self.page = self.open_page()

    def open_page(self):
        """Open another window of the same browser."""
        page = self.context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def go(self, address, screen):
        """Open a screen by the first address."""
        self.page.goto(address)
        self.page.click(f"nav >> text={screen}")
        self.page.wait_for_selector(f"nav a[aria-current] >> text={screen}")
        return self.page


@pytest.fixture
def visit(chromium):
    """Return a function that brings another person; no script may fail in their pages."""
    visitors = []

    def arrive():
        visitors.append(Visitor(chromium))
        return visitors[-1]

    yield arrive
    faults = [fault for one in visitors for fault in one.faults]
    for one in visitors:
        one.context.close()
    assert faults == []


def wait_for(condition, within_s=30):
    """Wait until something is so."""
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it did not come to be"
        time.sleep(0.02)


def shown_s(page) -> float:
    """Return the video time of the frame on the screen; -1 while there is none."""
    told = page.inner_text(".time").split()
    if not told:
        return -1.0
    minutes, seconds = told[0].split(":")
    return 60 * int(minutes) + float(seconds)


@pytest.fixture
def tools():
    """Hand over what the tests of several screens share."""
    return Tools


class Tools:
    """What the tests of several screens share."""

    wait_for = staticmethod(wait_for)
    shown_s = staticmethod(shown_s)
    serving = staticmethod(serving)
    still = STILL
    study_text = STUDY
    duration_s = DURATION_S
    root = Path(__file__).parent
