"""From a folder of videos to a verdict with no terminal but the first command."""

import pandas as pd
import pytest
import yaml

from behave.study import pipeline
from behave.web.answers import Refused
from behave.web.home import Home

# As a spreadsheet copies it: with its header, cells parted by tabs.
SHEET = "animal_id\tpretreatment\ttreatment\n" + "\n".join(
    f"{animal}\t{before}\t{after}"
    for animal, before, after in (
        ("001", "vehicle", "vehicle"),
        ("002", "vehicle", "ketamine"),
        ("003", "NBQX", "vehicle"),
        ("004", "NBQX", "ketamine"),
    )
)


def paste(page, selector, text):
    """Paste into a cell as a browser does."""
    page.locator(selector).evaluate(
        """(cell, text) => {
            const clipboard = new DataTransfer();
            clipboard.setData("text/plain", text);
            cell.focus();
            cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
        }""",
        text,
    )


@pytest.fixture
def home(visit, videos, tools):
    """Return the first screen, in the folder above the videos."""
    with tools.serving(videos.parent, source=None) as address:
        page = visit().page
        page.goto(address)
        page.wait_for_selector("text=Choose the folder with your videos")
        yield page


def make_study(page):
    """Make a study of the two videos, of which each shows two animals for 12 s."""
    page.click(".listing >> text=swims")
    page.wait_for_selector("text=2 videos")
    for field, value in {"count": 2, "duration": 12, "from": 1, "to": 11}.items():
        page.fill(f"#{field}", str(value))
    page.fill("#name", "first swims")
    page.click("text=Make the study")
    page.wait_for_selector(".grid input")


@pytest.mark.slow
def test_from_a_folder_to_a_verdict_and_the_files_say_the_same(home, videos):
    make_study(home)
    assert home.locator(".grid tbody tr").count() == 4
    assert home.locator(".mistakes li").count() > 0  # the animals are not named yet
    paste(home, "[aria-label='animal_id, row 1']", SHEET)
    home.wait_for_selector("#saved.good >> text=complete")
    home.click("text=Next: run")
    home.wait_for_selector("text=4 animals in 2 videos")
    home.click("#start")
    home.wait_for_selector("text=Done.", timeout=180_000)
    assert home.locator("#fates .pill.good").count() == 4
    home.click("text=To the results")
    home.fill("#blinding input", "anna")
    home.click("#blinding button")
    home.wait_for_selector("#verdict .label")
    assert home.inner_text("#verdict .label") == "Not assessable"  # one animal in a group
    results = videos / "results" / "first swims"
    again = videos.parent / "again"
    pipeline.run(videos / "study.yaml", again)
    for name in ("measures.csv", "bouts.csv", "bins.csv"):
        assert (results / name).read_bytes() == (again / name).read_bytes()
    said = yaml.safe_load((videos / "study.yaml").read_text())
    assert said["protocol"]["score_window_s"] == [1, 11]


def test_a_mistake_is_marked_in_its_cell_and_goes_when_it_is_mended(home):
    make_study(home)
    paste(home, "[aria-label='animal_id, row 1']", SHEET.replace("003\tNBQX", "003\tNBXQ"))
    home.wait_for_selector("#saved >> text=1 to correct")
    wrong = home.locator("td.wrong")
    assert wrong.count() == 1
    assert wrong.first.locator("input").input_value() == "NBXQ"
    home.fill("[aria-label='pretreatment, row 3']", "NBQX")
    home.wait_for_selector("#saved.good >> text=complete")
    assert wrong.count() == 0


def test_undo_takes_a_paste_back(home):
    make_study(home)
    paste(home, "[aria-label='animal_id, row 1']", SHEET)
    assert home.input_value("[aria-label='animal_id, row 4']") == "004"
    home.click("#undo")
    assert home.input_value("[aria-label='animal_id, row 4']") == ""


def test_a_dropped_spreadsheet_is_taken_and_ids_stay_text(home, videos, tools):
    make_study(home)
    home.evaluate(
        """(text) => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "animals.csv"));
            document.querySelector(".grid").dispatchEvent(
                new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        "animal_id,video,arena,pretreatment,treatment\n007,a.mp4,1,vehicle,ketamine\n",
    )
    home.wait_for_selector("text=animals.csv: 1 rows")
    sheet = videos / "trials.xlsx"
    tools.wait_for(
        lambda: list(pd.read_excel(sheet, dtype=str)["animal_id"]) == ["007"], within_s=15
    )


def test_a_video_that_cannot_be_read_is_told_and_stops_nothing(visit, videos, tools):
    (videos / "broken.mp4").write_bytes(b"no video")
    with tools.serving(videos, source=None) as address:
        page = visit().page
        page.goto(address)
        page.wait_for_selector("text=3 videos")
        page.wait_for_selector("figure.odd:has-text('broken.mp4') >> text=cannot be read")
        page.wait_for_selector("figure:has-text('b.mp4') img")


@pytest.mark.slow
def test_a_run_that_is_paused_goes_on(visit, study, tools):
    with tools.serving(study) as address:
        page = visit().go(address, "Run")
        page.check("#anew")
        page.click("#start")
        page.wait_for_selector("#stop:not([disabled])")
        page.click("#stop")
        page.wait_for_selector("text=Paused.")
        page.click("#start")
        page.wait_for_selector("text=Done.", timeout=180_000)
        assert page.locator("#fates .pill.good").count() == 4


def test_a_study_that_cannot_run_says_why(visit, study, tools):
    table = study / "trials.csv"
    table.write_text(table.read_text().replace("003,b.mp4", "003,lost.mp4"))
    with tools.serving(study) as address:
        page = visit().go(address, "Run")
        page.wait_for_selector("#before >> text=lost.mp4")
        assert "3 animals" in page.inner_text("#before")


def test_nothing_outside_of_the_allowed_folders_is_shown(videos, tmp_path):
    home = Home((videos.resolve(),))
    (videos / "out").symlink_to(tmp_path)
    for path in (tmp_path, videos / "..", "/", videos / "out"):
        with pytest.raises(Refused, match="not allowed"):
            home.allowed(path)
    assert home.allowed(videos / "a.mp4") == (videos / "a.mp4").resolve()


def test_two_tabs_show_two_studies(visit, study, videos, tools):
    other = videos.parent / "other"
    study.rename(other)
    with tools.serving(videos.parent, source=None) as address:
        visitor = visit()
        visitor.page.goto(address)
        visitor.page.click(".listing >> text=other")
        visitor.page.click("#studies >> text=Open study.yaml")
        visitor.page.wait_for_selector("nav")
        assert visitor.page.inner_text("#study") == "small"
        second = visitor.open_page()
        second.goto(address.partition("?")[0])
        make = second.locator(".trail >> text=lab")
        make.click()
        make_study(second)
        assert second.inner_text("#study") == "first swims"
        visitor.page.reload()
        visitor.page.wait_for_selector("nav a")
        assert visitor.page.inner_text("#study") == "small"
