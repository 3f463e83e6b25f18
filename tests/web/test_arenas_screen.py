"""Arenas drawn with the mouse, by keys, and by two people at once."""

import errno
import os
from functools import partial

import av
import numpy as np
import pandas as pd
import pytest

from behave.errors import OutputError
from behave.files import PART
from behave.simulate.render import World, render_video
from behave.simulate.swim import Bout, Swim
from behave.study import pipeline
from behave.tracking.arenas.layout import read_arenas
from behave.web.answers import Refused
from behave.web.arenas import DrawnVideos, keep, use
from behave.web.saved import version_of
from behave.web.workspace import open_workspace


@pytest.fixture
def table(study):
    return study / "arenas.csv"


def drag(page, start, stop):
    """Drag on the picture from one point of the frame to another."""
    box = page.locator("canvas.board").bounding_box()
    zoom = box["width"] / 320
    x1, y1, x2, y2 = (value * zoom for value in (*start, *stop))
    page.mouse.move(box["x"] + x1, box["y"] + y1)
    page.mouse.down()
    page.mouse.move(box["x"] + (x1 + x2) / 2, box["y"] + (y1 + y2) / 2)
    page.mouse.move(box["x"] + x2, box["y"] + y2)
    page.mouse.up()


def click(page, *points):
    box = page.locator("canvas.board").bounding_box()
    zoom = box["width"] / 320
    for x, y in points:
        page.mouse.click(box["x"] + x * zoom, box["y"] + y * zoom)


def bump(video):
    """Write the first second of a video anew, moved by 12 px, as if the camera had been bumped."""
    with av.open(str(video)) as source:
        pictures = [
            np.roll(frame.to_ndarray(format="gray"), 12, axis=1)
            for frame, _ in zip(source.decode(video=0), range(15), strict=False)
        ]
    with av.open(str(video), "w") as target:
        stream = target.add_stream("libx264", rate=15, options={"crf": "10"})
        stream.height, stream.width = pictures[0].shape
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="gray")))
        target.mux(stream.encode(None))


def film(video, **look):
    """Film two animals for a second with another camera."""
    world = World(**{"width": 320, "height": 240, "arenas": 2, "fps": 15.0} | look)
    render_video(video, world, [Swim((Bout(0, 1, "swimming"),))] * 2, seed=3)


def save(page):
    page.click("button.main")
    page.wait_for_selector("#message >> text=Saved in arenas.csv")


@pytest.fixture(autouse=True)
def undrawn(study, request):
    """Take away what the run found, so that the pictures are empty, unless a test wants it."""
    if "last_run" not in request.node.name:
        (study / "results" / "arenas" / "arenas.csv").unlink()


@pytest.fixture
def page(visit, address):
    page = visit().go(address, "Arenas")
    page.wait_for_selector("canvas.board")
    return page


def test_what_is_drawn_with_the_mouse_is_found_in_the_table(page, table, study):
    drag(page, (20, 30), (140, 200))
    page.click("button >> text=Ellipse")
    drag(page, (180, 40), (300, 210))
    save(page)
    first, second = read_arenas(table, {"a.mp4": study / "a.mp4"})["a.mp4"]
    for arena, name, shape, box in (
        (first, "1", "rectangle", (20, 30, 120, 170)),
        (second, "2", "ellipse", (180, 40, 120, 170)),
    ):
        assert (arena.name, arena.shape) == (name, shape)
        drawn = (arena.x, arena.y, arena.width, arena.height)
        assert drawn == pytest.approx(box, abs=1.5)


def test_a_polygon_is_drawn_corner_by_corner(page, table, study):
    page.click("button >> text=Polygon")
    corners = [(30, 40), (130, 50), (110, 200), (40, 180)]
    click(page, *corners)
    page.keyboard.press("Enter")
    save(page)
    (arena,) = read_arenas(table, {"a.mp4": study / "a.mp4"})["a.mp4"]
    assert arena.shape == "polygon"
    assert [value for point in arena.points for value in point] == pytest.approx(
        [value for point in corners for value in point], abs=1.5
    )


def test_arenas_are_made_moved_and_resized_by_keys_alone(page, table):
    page.keyboard.press("r")
    page.keyboard.press("n")
    for key in ("ArrowRight", "Shift+ArrowDown", "Alt+ArrowRight", "Alt+Shift+ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Control+s")
    page.wait_for_selector("#message >> text=Saved in arenas.csv")
    (row,) = pd.read_csv(table).to_dict("records")
    box = row["x_px"], row["y_px"], row["width_px"], row["height_px"]
    assert box == pytest.approx((320 / 3 + 1, 240 / 3 + 10, 320 / 3 + 1, 240 / 3 + 10), abs=0.1)


def test_a_polygon_ends_at_its_first_corner(page, table, study):
    page.click("button >> text=Polygon")
    click(page, (30, 40), (130, 50), (110, 200), (31, 41))
    page.wait_for_selector("text=1 arena in this video")
    save(page)
    (arena,) = read_arenas(table, {"a.mp4": study / "a.mp4"})["a.mp4"]
    assert len(arena.points) == 3


def test_a_polygon_is_made_and_its_corners_moved_by_keys_alone(page, table, study):
    page.keyboard.press("p")
    page.keyboard.press("n")
    page.keyboard.press(".")  # its first corner: a quarter along the upper edge
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press(",")  # its last corner: the middle of the left edge
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#message >> text=Saved in arenas.csv")
    (arena,) = read_arenas(table, {"a.mp4": study / "a.mp4"})["a.mp4"]
    assert len(arena.points) == 6
    assert arena.points[0] == pytest.approx((133.3, 70), abs=0.1)
    assert arena.points[5] == pytest.approx((105.7, 120), abs=0.1)


def test_a_look_at_another_screen_loses_no_drawing(page, table):
    drag(page, (20, 30), (140, 200))
    page.wait_for_selector("text=1 arena in this video")
    page.click("nav >> text=Results")
    page.wait_for_selector(".animal")
    page.click("nav >> text=Arenas")
    page.wait_for_selector("#message >> text=It is not saved yet")
    page.wait_for_selector("text=1 arena in this video")
    save(page)
    assert len(pd.read_csv(table)) == 1


def test_what_the_last_run_found_is_where_drawing_begins(visit, study, table, tools):
    folder = study / "results" / "arenas"
    (folder / "arenas.csv").rename(folder / "away.csv")
    with tools.serving(study) as address:
        page = visit().go(address, "Arenas")
        page.wait_for_selector("text=0 arenas in this video")
        (folder / "away.csv").rename(folder / "arenas.csv")
        page.reload()
        page.wait_for_selector("text=2 arenas in this video")
        page.wait_for_selector("text=These were found by the last run")
        page.click("button[aria-label='Choose arena 1']")
        page.keyboard.press("Shift+ArrowDown")
        save(page)
    found, saved = pd.read_csv(folder / "arenas.csv"), pd.read_csv(table)
    assert (saved["y_px"] - found["y_px"]).tolist() == [pytest.approx(10, abs=0.1), 0, 0, 0]
    assert saved["video"].tolist() == ["a.mp4", "a.mp4", "b.mp4", "b.mp4"]


def test_a_video_that_cannot_be_read_does_not_keep_others_from_being_drawn(
    visit, study, table, tools
):
    (study / "a.mp4").write_bytes(b"no video")
    with tools.serving(study) as address:
        page = visit().go(address, "Arenas")
        page.wait_for_selector(".stage .fault")
        page.select_option("select", "1")
        page.wait_for_selector("canvas.board")
        drag(page, (20, 30), (140, 200))
        save(page)
    assert pd.read_csv(table)["video"].tolist() == ["b.mp4"]


def test_an_arena_is_moved_resized_deleted_and_brought_back_with_the_mouse(page, table):
    drag(page, (20, 30), (120, 130))
    page.click("button >> text=Move")
    drag(page, (60, 60), (80, 90))
    drag(page, (140, 160), (160, 200))  # its lower right corner
    page.keyboard.press("Delete")
    page.wait_for_selector("text=0 arenas in this video")
    page.keyboard.press("Control+z")
    save(page)
    (row,) = pd.read_csv(table).to_dict("records")
    box = row["x_px"], row["y_px"], row["width_px"], row["height_px"]
    assert box == pytest.approx((40, 60, 120, 140), abs=1.5)


def test_the_scale_comes_from_two_points_and_a_length(page, table):
    drag(page, (20, 30), (120, 130))
    page.click("button >> text=Scale")
    click(page, (50, 50), (50, 150))
    page.fill("#length_cm", "20")
    page.click("text=Set the scale")
    save(page)
    assert pd.read_csv(table)["px_per_cm"].tolist() == [pytest.approx(5, abs=0.1)]


def test_found_arenas_are_copied_to_all_videos_of_the_camera_and_shown(page, table):
    page.get_by_label("Cylinders").fill("2")
    page.click("text=Find them")
    page.wait_for_selector("text=2 arenas in this video")
    page.click("text=Copy to this camera's videos")
    page.wait_for_selector(".sheet figure:nth-child(2) canvas")
    save(page)
    saved = pd.read_csv(table)
    assert saved["video"].tolist() == ["a.mp4", "a.mp4", "b.mp4", "b.mp4"]
    first, second = (
        saved[saved["video"] == video].drop(columns="video") for video in ("a.mp4", "b.mp4")
    )
    assert first.to_numpy().tolist()[0][:5] == second.to_numpy().tolist()[0][:5]


@pytest.mark.parametrize(
    ("refilm", "said"),
    [
        (bump, "Moved by about 1"),
        (partial(film, width=400), "of another size"),
        (partial(film, view="top"), "Another scene"),
    ],
)
def test_a_bumped_or_another_camera_is_told_on_the_sheet(page, study, table, refilm, said):
    refilm(study / "b.mp4")
    page.get_by_label("Cylinders").fill("2")
    page.click("text=Find them")
    page.wait_for_selector("text=2 arenas in this video")
    page.click("text=Copy to this camera's videos")
    page.wait_for_selector(f".sheet figure:nth-child(2) >> text={said}")
    save(page)
    videos = set(pd.read_csv(table)["video"])
    assert videos == ({"a.mp4", "b.mp4"} if refilm is bump else {"a.mp4"})


def test_a_copy_is_taken_back_as_one_step_or_in_one_video(page, table):
    page.get_by_label("Cylinders").fill("2")
    page.click("text=Find them")
    page.wait_for_selector("text=2 arenas in this video")
    page.click("text=Copy to this camera's videos")
    second = page.locator(".sheet figure:nth-child(2)")
    second.locator("text=2 arenas").wait_for()
    page.click("button >> text=Undo")
    second.locator("text=no arenas yet").wait_for()
    second.locator("text=Copy here").click()
    second.locator("text=2 arenas").wait_for()
    second.locator("text=As saved").click()
    second.locator("text=no arenas yet").wait_for()
    page.wait_for_selector("text=2 arenas in this video")
    save(page)
    assert set(pd.read_csv(table)["video"]) == {"a.mp4"}


def test_rows_of_other_videos_and_patterns_stay(study, table, visit, tools):
    table.write_text(
        "video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\nelse.mp4,7,1,2,30,40\n"
    )
    with tools.serving(study) as address:
        page = visit().go(address, "Arenas")
        page.wait_for_selector("text=1 arena in this video")
        page.click("button >> text=Rectangle")
        drag(page, (180, 40), (300, 210))
        save(page)
    saved = pd.read_csv(table)
    assert saved["video"].tolist() == ["*", "else.mp4", "a.mp4", "a.mp4"]
    assert saved["arena"].astype(str).tolist() == ["1", "7", "1", "2"]


def test_two_people_do_not_overwrite_each_other(visit, address, table):
    pages = [visit().go(address, "Arenas") for _ in range(2)]
    for page in pages:
        page.wait_for_selector("canvas.board")
        drag(page, (20, 30), (140, 200))
    save(pages[0])
    kept = table.read_bytes()
    pages[1].click("button.main")
    pages[1].wait_for_selector("#message.fault >> text=Somebody else has saved arenas.csv")
    assert table.read_bytes() == kept
    pages[1].wait_for_selector("text=1 arena in this video")  # nor is the other's drawing lost


def test_the_study_runs_with_what_was_drawn(page, study, table):
    before = (study / "study.yaml").read_text()
    page.get_by_label("Cylinders").fill("2")
    page.click("text=Find them")
    page.wait_for_selector("text=2 arenas in this video")
    page.click("text=Copy to this camera's videos")
    page.wait_for_selector("#message >> text=Copied to 1 other video.")
    save(page)
    page.wait_for_selector("#message >> text=From now on runs use what is drawn")
    wanted = before.replace("arenas: {count: 2}", "arenas: {file: arenas.csv}")
    assert (study / "study.yaml").read_text() == wanted
    page.wait_for_selector("text=To score with what is saved here")
    outcome = pipeline.run(study / "study.yaml", study / "results")
    assert list(outcome.trials_log["status"]) == ["done"] * 4
    drawn, used = pd.read_csv(table), pd.read_csv(study / "results" / "arenas" / "arenas.csv")
    pd.testing.assert_frame_equal(drawn, used, check_dtype=False)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (
            "arenas: {count: 2}   # two cylinders\r\n",
            "arenas: {file: arenas.csv}   # two cylinders\r\n",
        ),
        ("arenas:\n  count: 2\n", None),
    ],
)
def test_the_study_file_is_changed_in_one_place_or_not_at_all(study, table, line, kept):
    file = study / "study.yaml"
    before = file.read_text().replace("arenas: {count: 2}\n", line).encode()
    file.write_bytes(before)
    workspace = open_workspace(file, study / "results")
    with pytest.raises(Refused, match="save them first"):
        use(workspace)
    table.write_text("video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\n")
    if kept is None:
        with pytest.raises(Refused, match="there yourself"):
            use(workspace)
        assert file.read_bytes() == before
    else:
        use(workspace)
        assert workspace.study.arenas.count is None
        assert file.read_bytes() == before.replace(line.encode(), kept.encode())


def test_arenas_of_some_videos_are_saved_and_it_is_said_that_runs_do_not_use_them_yet(page, study):
    before = (study / "study.yaml").read_text()
    drag(page, (20, 30), (140, 200))
    save(page)
    page.wait_for_selector(
        "#message >> text=Runs use it once every video has arenas: b.mp4 has none"
    )
    assert (study / "study.yaml").read_text() == before


def test_what_was_drawn_earlier_is_used_by_the_button_of_saving(visit, address, study, table):
    table.write_text("video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\n*,2,85,6,70,80\n")
    page = visit().go(address, "Arenas")
    page.click("button.main >> text=Use what is drawn")
    page.wait_for_selector("#message >> text=From now on runs use what is drawn")
    assert "arenas: {file: arenas.csv}" in (study / "study.yaml").read_text()


def test_drawn_arenas_that_the_study_file_cannot_be_made_to_name_are_saved_and_told(study, table):
    file = study / "study.yaml"
    file.write_text(file.read_text().replace("arenas: {count: 2}", "arenas:\n  count: 2"))
    table.write_text("video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\n*,2,85,6,70,80\n")
    workspace = open_workspace(file, study / "results")
    told = keep(workspace, None, DrawnVideos(version=version_of(table), videos={}))
    assert "Write  arenas: {file: arenas.csv}  there yourself" in told["refused"]
    assert len(told["videos"]["a.mp4"]) == 2


def test_a_full_disk_while_arenas_are_saved_loses_neither_the_table_nor_the_study(
    study, table, monkeypatch
):
    table.write_text("video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\n")
    before = table.read_bytes(), (study / "study.yaml").read_bytes()
    workspace = open_workspace(study / "study.yaml", study / "results")

    def full(handle: int, *_: object) -> None:
        os.close(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(OutputError, match="No space left"):
        keep(workspace, None, DrawnVideos(version=version_of(table), videos={}))
    assert (table.read_bytes(), (study / "study.yaml").read_bytes()) == before
    assert not list(study.glob(f".*{PART}"))
