"""Every screen can be used with a keyboard and a screen reader, in light and in dark."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

SCREENS = ("home/", "#/animals", "#/arenas", "#/run", "#/review", "#/results", "#/score")
READY = {
    "home/": "text=Choose the folder",
    "#/animals": ".grid input",
    "#/arenas": "canvas.board",
    "#/run": "#before h2",
    "#/review": ".time:has-text('frame')",
    "#/results": ".animal",
    "#/score": "#scorer",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium, address, scheme):
    # The page's own policy keeps every foreign script out, and the inspector is one.
    context = chromium.new_context(
        viewport={"width": 1400, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("nav a")  # the first address leads on to the page
    place = urlsplit(address)
    found = []
    for screen in SCREENS:
        page.goto(f"{place.scheme}://{place.netloc}/{screen}")
        page.reload()
        page.wait_for_selector(READY[screen])
        report = Axe().run(page)
        found += [
            (screen, fault["id"], fault["nodes"][0]["html"])
            for fault in report.response["violations"]
            if fault["impact"] in {"serious", "critical"}
        ]
    context.close()
    assert found == []


@pytest.mark.parametrize("size", [(1400, 900), (1100, 750)])
def test_the_working_screens_fit_their_window(chromium, address, size):
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("nav a")  # the first address leads on to the page
    place = urlsplit(address)
    for screen in ("#/animals", "#/review"):
        page.goto(f"{place.scheme}://{place.netloc}/{screen}")
        page.reload()
        page.wait_for_selector(READY[screen])
        assert page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        ) == [width, height]
    context.close()
