"""The first screen's look at a folder: everything is listed at once, and filled in as it is seen."""

import shutil
from pathlib import Path

import pytest

from behave import tracking
from behave.errors import TrialError
from behave.web.home import Looks

SAMPLE = Path(__file__).parents[2] / "videos_sample"


@pytest.fixture
def counted(monkeypatch):
    """Return the names of the videos whose cylinders are counted."""
    names = []
    count = tracking.count_cylinders
    monkeypatch.setattr(
        tracking, "count_cylinders", lambda video: names.append(video.name) or count(video)
    )
    return names


def test_cylinders_are_counted_once_for_videos_that_show_one_picture(counted):
    looks = Looks()
    found = [looks.at(SAMPLE / f"video_{number}.mp4") for number in (1, 2, 5)]
    assert [look["count"] for look in found] == [4, 4, 4]
    assert counted == ["video_1.mp4", "video_5.mp4"]
    assert found[0]["arenas"] == found[1]["arenas"] != found[2]["arenas"]


def test_a_video_is_looked_at_again_only_when_its_file_has_changed(tmp_path, counted):
    looks, path = Looks(), tmp_path / "a.mp4"
    shutil.copyfile(SAMPLE / "video_1.mp4", path)
    assert looks.at(path) is looks.at(path)
    shutil.copyfile(SAMPLE / "video_5.mp4", path)
    looks.at(path)
    assert counted == ["a.mp4", "a.mp4"]


def test_a_video_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(TrialError):
        Looks().at(tmp_path / "a.mp4")


def test_a_folder_of_many_videos_is_listed_at_once_and_filled_in_as_it_is_scrolled(
    visit, videos, tools
):
    first = min(videos.glob("*.mp4"))
    for number in range(40):
        shutil.copyfile(first, videos / f"z{number:02d}.mp4")
    with tools.serving(videos.parent, source=None) as address:
        page = visit().page
        page.goto(address)
        page.click(".listing >> text=swims")
        page.wait_for_selector("text=42 videos")
        assert page.locator("figure").count() == 42
        last = page.locator("figure .told").last
        page.wait_for_selector("figure:nth-child(24) img")
        assert last.inner_text() == ""
        last.scroll_into_view_if_needed()
        page.wait_for_selector("figure:last-child img")
        page.wait_for_selector("figure:last-child .told:has-text('min')")
