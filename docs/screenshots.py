"""Make the pictures of the report and of the pages anew, from the sample study's results.

Usage: ``python docs/screenshots.py results/nbqx-ketamine`` (needs Chromium).
"""

import argparse
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from behave.web.server import Place, make_server
from behave.web.workspace import open_workspace

ROOT = Path(__file__).resolve().parents[1]
IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1180, "height": 820}


@contextmanager
def _page(results: Path) -> Iterator[Page]:
    """Open the pages for a copy of the sample study, so that the study itself is not changed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "my_videos"
        shutil.copytree(ROOT / "videos_sample", place)
        workspace = open_workspace(place / "study.yaml", results)
        server, listening, address = make_server(workspace, Place())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        superuser = hasattr(os, "geteuid") and os.geteuid() == 0
        try:
            with sync_playwright() as play:
                browser = play.chromium.launch(
                    executable_path=shutil.which("chromium"),
                    args=["--no-sandbox"] if superuser else [],
                )
                page = browser.new_page(viewport=SIZE)
                page.goto(address)
                yield page
                browser.close()
        finally:
            server.should_exit = True
            thread.join()


def _home(page: Page) -> None:
    page.wait_for_selector("nav a")
    page.goto(page.url.partition("#")[0] + "home/")
    page.wait_for_selector("figure:nth-child(8) img", timeout=180_000)
    page.wait_for_timeout(1500)


def _animals(page: Page) -> None:
    page.goto(page.url.removesuffix("home/"))
    page.click("nav >> text=Animals")
    page.wait_for_selector(".grid input")
    page.fill("[aria-label='pretreatment, row 3']", "NBXQ")
    page.wait_for_selector("td.wrong")
    page.wait_for_timeout(300)


def _run(page: Page) -> None:
    page.click("#undo")
    page.wait_for_selector("#saved.good")
    page.click("nav >> text=Run")
    page.wait_for_selector("#fates")
    page.wait_for_selector("#before >> text=can be scored", timeout=180_000)


def _arenas(page: Page) -> None:
    page.click("nav >> text=Arenas")
    page.wait_for_selector("text=4 arenas in this video")
    page.click("text=Copy to this camera")
    page.wait_for_selector(".sheet figure:nth-child(8) canvas")
    page.click("button[aria-label='Choose arena 2']")
    page.wait_for_timeout(7000)  # until the message has disappeared


def _score(page: Page) -> None:
    page.click("nav >> text=Score")
    page.fill("#scorer", "anna")
    page.click("text=Begin")
    page.wait_for_selector(".time:has-text('frame')")
    page.locator("main").focus()
    page.keyboard.press(" ")
    for key, wait_ms in (("i", 3000), ("m", 2500), ("i", 2000), ("m", 3000)):
        page.wait_for_timeout(wait_ms)
        page.keyboard.press(key)
    page.keyboard.press(" ")
    page.wait_for_timeout(500)


def _review(page: Page) -> None:
    page.click("nav >> text=Review")
    page.wait_for_selector(".time:has-text('frame')")
    page.fill("#scorer", "anna")
    page.locator("main").focus()
    page.keyboard.press("d")
    page.wait_for_timeout(1500)
    page.keyboard.press("[")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(300)
    page.keyboard.press("m")
    page.wait_for_selector("#corrections tr")
    page.wait_for_timeout(7000)


def _all_animals(page: Page) -> None:
    page.click("#together")
    page.wait_for_timeout(1500)


def _results(page: Page) -> None:
    page.click("nav >> text=Results")
    page.wait_for_selector(".animal")
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#blinding input", "anna")
    page.click("#blinding button")
    page.wait_for_selector("#verdict figure img")
    page.wait_for_timeout(1000)


def _report(results: Path) -> None:
    """Take a picture of the top of the report."""
    superuser = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"] if superuser else []
        )
        page = browser.new_page(viewport=SIZE)
        page.goto((results / "report.html").resolve().as_uri())
        page.screenshot(
            path=IMAGES / "report.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": SIZE["width"], "height": 1330},
        )
        browser.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="Results of the sample study.")
    arguments = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    _report(arguments.results)
    with _page(arguments.results) as page:
        for name, act in (
            ("home", _home), ("animals", _animals), ("run", _run), ("arenas", _arenas),
            ("score", _score), ("review", _review), ("all_animals", _all_animals),
            ("results", _results),
        ):  # fmt: skip
            act(page)
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=IMAGES / f"web_{name}.png", full_page=name == "arenas")


if __name__ == "__main__":
    main()
