"""Arenas drawn with the mouse, by keys, and by two people at once."""

import pandas as pd
import pytest

from behave.tracking.arena import read_arenas


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


def save(page):
    page.click("button.main")
    page.wait_for_selector("#message >> text=Saved in arenas.csv")


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
    page.fill("input[aria-label^=Cylinders]", "2")
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


def test_rows_of_other_videos_and_patterns_stay(study, table, visit, tools):
    table.write_text(
        "video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\nelse.mp4,7,1,2,30,40\n"
    )
    with tools.serving(study) as address:
        page = visit().go(address, "Arenas")
        page.wait_for_selector("text=1 arenas in this video")
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
    pages[1].wait_for_selector("text=1 arenas in this video")  # nor is the other's drawing lost


def test_the_study_runs_with_what_was_drawn(page, study, table):
    page.fill("input[aria-label^=Cylinders]", "2")
    page.click("text=Find them")
    page.wait_for_selector("text=2 arenas in this video")
    page.click("text=Copy to this camera's videos")
    save(page)
    page.wait_for_selector("text=arenas: {file: arenas.csv}")
    found = read_arenas(table, {name: study / name for name in ("a.mp4", "b.mp4")})
    assert {name: [arena.name for arena in arenas] for name, arenas in found.items()} == {
        "a.mp4": ["1", "2"],
        "b.mp4": ["1", "2"],
    }
