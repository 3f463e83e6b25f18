"""Arenas are read, found, ordered and drawn."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from behave.errors import InputError, TrialError
from behave.simulate.render import World, render_video
from behave.simulate.swim import Bout, Swim
from behave.tracking import TrackingOptions, track
from behave.tracking.arenas.layout import draw_arenas, find_arenas, read_arenas
from behave.tracking.arenas.polygon import polygon_mask
from behave.tracking.trial import Arena, Trial

HEADER = "video,arena,x_px,y_px,width_px,height_px,shape,px_per_cm\n"


@pytest.fixture
def table(tmp_path):
    """Return a function that writes an arenas table and gives its path."""

    def write(*rows: str) -> Path:
        path = tmp_path / "arenas.csv"
        path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def nowhere(tmp_path):
    """Return the path of a video that is not there."""
    return tmp_path / "nothing.mp4"


def overlap(found: Arena, box: tuple[float, float, float, float]) -> float:
    """Return the shared area of an arena and a box over their joint area."""
    left, top, width, height = box
    across = min(found.x + found.width, left + width) - max(found.x, left)
    down = min(found.y + found.height, top + height) - max(found.y, top)
    shared = max(across, 0) * max(down, 0)
    return shared / (found.width * found.height + width * height - shared)


def test_a_row_becomes_an_arena(table, nowhere):
    path = table("*,1,10,20,30,40,ellipse,4.5", "*,right,50,20,30,40,,")
    assert read_arenas(path, {"a.mp4": nowhere}) == {
        "a.mp4": [
            Arena("1", 10, 20, 30, 40, "ellipse", 4.5),
            Arena("right", 50, 20, 30, 40, "rectangle", None),
        ]
    }


def test_the_most_specific_pattern_counts(table, nowhere):
    path = table(
        "*,1,1,0,9,9,,",
        "cam1/*,1,2,0,9,9,,",
        "cam1/00*.mp4,1,3,0,9,9,,",
        "cam1/001.mp4,1,4,0,9,9,,",
    )
    names = ["cam1/001.mp4", "cam1/002.mp4", "cam1/x.mp4", "cam2/001.mp4", "cam1\\001.mp4"]
    found = read_arenas(path, dict.fromkeys(names, nowhere))
    assert [found[name][0].x for name in names] == [4, 3, 2, 1, 4]


def test_every_fault_of_the_table_is_told_with_its_row(table, write_video, nowhere):
    clip = write_video([np.full((48, 64), 90)] * 3)
    path = table("*,1,10,10,60,20,,", "*,2,10,10,20,20,,", "*,2,30,10,20,20,,")
    with pytest.raises(InputError) as caught:
        read_arenas(path, {"clip.mp4": clip, "other.mp4": nowhere})
    beyond, twice = sorted(caught.value.problems, key=lambda problem: problem.at)
    assert beyond.at == "row 2"
    assert "64 x 48" in beyond.expected
    assert twice.at == "row 4"
    assert "appears twice" in twice.what


def test_a_video_that_no_row_fits_is_an_error(table, nowhere):
    with pytest.raises(InputError, match=r"no row fits the video 'b\.mp4'"):
        read_arenas(table("a*,1,0,0,5,5,,"), {"b.mp4": nowhere})


def bench(lefts, width=70, top=40, bottom=210, size=(240, 480)):
    """Return an animated bench with upright cylinders in which a dark animal moves."""
    generator = np.random.default_rng(2)
    scene = np.full(size, 120.0)
    scene[220:] = 80
    scene[60:64, :400] = 100  # a shelf behind
    for left in lefts:
        scene[top:bottom, left : left + width] = 170
        scene[top:bottom, [left, left + 1, left + width - 2, left + width - 1]] = 95
    pictures = []
    for _ in range(16):
        picture = scene + generator.normal(0, 2, size)
        for left in lefts:
            at = left + generator.integers(20, width - 20), top + 60 + generator.integers(-5, 30)
            cv2.circle(picture, (int(at[0]), int(at[1])), 12, 40, -1)
        pictures.append(np.clip(picture, 0, 255))
    return pictures


@pytest.mark.parametrize("lefts", [[40, 130, 300, 390], [60, 200], [200]])
def test_cylinders_at_unequal_distances_are_found(write_video, lefts):
    video = write_video(bench(lefts), fps=2)
    found = find_arenas(video, len(lefts))
    assert [arena.name for arena in found] == [str(n + 1) for n in range(len(lefts))]
    assert all(arena.shape == "rectangle" for arena in found)
    assert min(map(overlap, found, [(left, 40, 70, 170) for left in lefts])) > 0.85


def test_pools_seen_from_above_are_numbered_row_by_row(write_video):
    centres = [(70, 72), (190, 66), (310, 70), (75, 175), (200, 172), (305, 178)]
    generator = np.random.default_rng(4)
    scene = np.full((240, 380), 90.0)
    for centre in centres:
        cv2.circle(scene, centre, 46, 160, -1)
        cv2.circle(scene, centre, 46, 60, 2)
    pictures = []
    for _ in range(16):
        picture = scene + generator.normal(0, 2, scene.shape)
        for column, row in centres:
            cv2.circle(picture, (column + int(generator.integers(-20, 20)), row), 9, 30, -1)
        pictures.append(np.clip(picture, 0, 255))
    found = find_arenas(write_video(pictures, fps=2), 6)
    assert all(arena.shape == "ellipse" for arena in found)
    boxes = [(column - 47, row - 47, 94, 94) for column, row in centres]
    assert min(map(overlap, found, boxes)) > 0.85


def test_a_plain_wall_has_no_cylinders(write_video):
    generator = np.random.default_rng(5)
    pictures = [np.clip(generator.normal(120, 3, (240, 320)), 0, 255) for _ in range(16)]
    with pytest.raises(TrialError, match="were not found"):
        find_arenas(write_video(pictures, fps=2), 3)


def test_the_picture_shows_outline_and_number(write_video):
    video = write_video([np.full((120, 160), 90)] * 12)
    png = draw_arenas(video, [Arena("7", 20, 30, 100, 80), Arena("8", 125, 30, 30, 30, "ellipse")])
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR).astype(int)
    coloured = np.ptp(picture, axis=2) > 60
    assert picture.shape == (120, 160, 3)
    assert coloured[30, 25:110].all()  # top edge
    assert coloured[35:105, 20].all()  # left edge
    assert coloured[35:60, 23:50].any()  # the number
    assert not coloured[60:100, 60:110].any()
    assert coloured[44, 125]
    assert not coloured[31, 126]


@pytest.mark.shared_data
def test_the_real_round_arena_is_found(shared_data):
    video = shared_data / "mouse_topview" / "mouse_video.mp4"
    (found,) = find_arenas(video, 1)
    assert found.shape == "ellipse"
    assert overlap(found, (100, 25, 420, 420)) > 0.9  # measured on the picture by hand


def test_a_polygon_is_read_with_its_corners(tmp_path):
    table = tmp_path / "arenas.csv"
    table.write_text(
        "video,arena,x_px,y_px,width_px,height_px,shape,points_px\n"
        "*,1,10,20,30,40,polygon,10 20; 40 30; 25 60\n"
    )
    arena = read_arenas(table, {"a.mp4": tmp_path / "a.mp4"})["a.mp4"][0]
    assert arena.points == ((10.0, 20.0), (40.0, 30.0), (25.0, 60.0))


@pytest.mark.parametrize(
    ("box", "points", "fault"),
    [
        ("10,20,30,40", "10 20; 40 30", "a polygon without its corners"),
        ("10,20,30,40", "", "a polygon without its corners"),
        ("10,20,30,50", "10 20; 40 30; 25 60", "does not fit its corners"),
    ],
)
def test_a_faulty_polygon_is_refused_with_its_row(tmp_path, box, points, fault):
    table = tmp_path / "arenas.csv"
    table.write_text(
        f"video,arena,x_px,y_px,width_px,height_px,shape,points_px\n*,1,{box},polygon,{points}\n"
    )
    with pytest.raises(InputError, match=fault) as caught:
        read_arenas(table, {"a.mp4": tmp_path / "a.mp4"})
    assert caught.value.problems[0].at.startswith("row 2")


def test_the_mask_of_a_polygon_is_its_inside():
    square = ((2.0, 0.0), (8.0, 0.0), (8.0, 10.0), (2.0, 10.0))
    arena = Arena("1", 2, 0, 6, 10, "polygon", points=square)
    assert polygon_mask(arena, (10, 6)).all()
    triangle = Arena("1", 0, 0, 100, 100, "polygon", points=((0, 0), (100, 0), (0, 100)))
    assert polygon_mask(triangle, (100, 100)).mean() == pytest.approx(0.5, abs=0.02)
    assert polygon_mask(triangle, (50, 50)).mean() == pytest.approx(0.5, abs=0.03)


def test_an_animal_is_followed_in_its_polygon_alone(tmp_path):
    # Synthetic: two animals side by side. The box of either polygon is the whole
    # picture, because a thin spike of it runs along the upper edge.
    look = World(view="top", width=200, height=100, arenas=2, fps=15.0)
    swims = [Swim((Bout(0, 8, "swimming"),)), Swim((Bout(0, 8, "swimming"),))]
    render_video(tmp_path / "a.mp4", look, swims, seed=3)
    left = Arena(
        "1", 0, 0, 200, 100, "polygon", None, ((0, 0), (200, 0), (100, 2), (100, 100), (0, 100))
    )
    right = replace(left, name="2", points=((0, 0), (200, 0), (200, 100), (100, 100), (100, 2)))
    trials = [Trial(arena.name, arena, 0.0, 8.0) for arena in (left, right)]
    first, second = (
        found.motion["x_px"].dropna()
        for found in track(tmp_path / "a.mp4", trials, TrackingOptions())
    )
    assert min(len(first), len(second)) > 60
    assert first.max() < 100
    assert second.min() > 100
