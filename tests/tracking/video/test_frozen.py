"""A recorder that hung repeats its picture: that time is unscored, and short repeats are not."""

import cv2
import numpy as np
import pandas as pd
import pytest

from behave.simulate.encode import write_frames
from behave.simulate.plan import Plan, draw_swim
from behave.simulate.render import World, arena_boxes, render_video
from behave.tracking.silhouette import tracks
from behave.tracking.trial import Arena, Trial
from behave.tracking.video.frozen import find_frozen, frozen_within, hide
from behave.tracking.video.picture import to_grey
from behave.tracking.video.reader import read_frames

FPS, SECONDS, HUNG_S = 30, 26, (12.0, 22.0)
WORLD = World(fps=FPS, width=240, height=200, arenas=2, codec="ffv1")


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """Return the pictures of a recording of two animals, and its arenas."""
    rng = np.random.default_rng(4)
    plan = Plan(duration_s=22, window_start_s=4, immobile_pct=50)
    swims = [draw_swim(rng, plan, 0.5, number) for number in range(2)]
    video = tmp_path_factory.mktemp("frozen") / "filmed.mkv"
    render_video(video, WORLD, swims, seed=4)
    pictures = [
        np.round(255 * to_grey(frame.luma, full_range=frame.full_range)).clip(0, 255)
        for frame in read_frames(video)
    ]
    return [picture.astype(np.uint8) for picture in pictures], arena_boxes(WORLD)


def tracked(pictures, boxes, video, **encoder):
    """Encode pictures, and return the tracks of both animals."""
    frames = ((number / FPS, picture) for number, picture in enumerate(pictures))
    write_frames(video, frames, fps=FPS, size=(WORLD.width, WORLD.height), **encoder)
    trials = []
    for _, box in boxes.iterrows():
        edges = (box["x_px"], box["y_px"], box["width_px"], box["height_px"])
        arena = Arena(str(box["arena"]), *map(float, edges))
        trials.append(Trial(arena.name, arena, entry_s=3.5, duration_s=20.0))
    return tracks.track(video, trials, ahead=False)


def flag_of(track):
    """Return the value of the flag on frozen pictures; none if it was not raised."""
    return next((flag.value for flag in track.flags if flag.name == "frozen_picture"), None)


@pytest.mark.parametrize(
    ("name", "encoder"),
    [("a.mp4", {}), ("b.mp4", {"preset": "medium"}), ("c.avi", {"codec": "mpeg4"}),
     ("d.avi", {"codec": "mjpeg"})],
)  # fmt: skip
def test_a_recorder_that_hung_was_blind(filmed, tmp_path, name, encoder):
    pictures, boxes = filmed
    start, stop = (round(at * FPS) for at in HUNG_S)
    hung = [*pictures[:start], *[pictures[start]] * (stop - start), *pictures[stop:]]
    sound = tracked(pictures, boxes, tmp_path / f"sound_{name}", **encoder)
    for right, found in zip(sound, tracked(hung, boxes, tmp_path / name, **encoder), strict=True):
        assert flag_of(right) is None
        assert flag_of(found) == pytest.approx(10.0, abs=0.2)
        time_s, motion = found.motion["time_s"], found.motion["motion"]
        inside = time_s.between(HUNG_S[0] + 0.2, HUNG_S[1] - 0.1)
        assert motion[inside].isna().all()
        outside = time_s.between(5, HUNG_S[0] - 0.1) | time_s.between(HUNG_S[1] + 0.2, 23)
        same = right.motion["motion"][outside] < tracks.IMMOBILE_BELOW
        assert motion[outside].notna().all()
        assert (same == (motion[outside] < tracks.IMMOBILE_BELOW)).mean() > 0.95


@pytest.mark.parametrize("rate", [10, 20, 3])
def test_pictures_stored_several_times_are_scored(filmed, tmp_path, rate):
    pictures, boxes = filmed
    kept = [pictures[int(number * rate / FPS) * FPS // rate] for number in range(len(pictures))]
    for found in tracked(kept, boxes, tmp_path / "stored.mp4"):
        assert flag_of(found) is None
        assert found.motion["motion"][found.motion["time_s"].between(5, 23)].notna().all()


def test_an_animal_that_floats_still_without_noise_is_seen_while_another_moves(tmp_path):
    def draw(number):
        picture = np.full((WORLD.height, WORLD.width), 190, np.uint8)
        if number > 3 * FPS:
            cv2.ellipse(picture, (60, 100), (22, 12), 0, 0, 360, 40, -1)
            turn = 40 * np.sin(number / 4)
            cv2.ellipse(picture, (180, 100 + round(turn / 4)), (22, 12), turn, 0, 360, 40, -1)
        return picture

    boxes = pd.DataFrame(
        [("1", 10, 20, 100, 160), ("2", 130, 20, 100, 160)],
        columns=["arena", "x_px", "y_px", "width_px", "height_px"],
    )
    found = tracked(map(draw, range(20 * FPS)), boxes, tmp_path / "still.mkv", codec="ffv1")
    assert [flag_of(track) for track in found] == [None, None]
    during = found[0].motion["time_s"].between(5, 19)
    assert (found[0].motion["motion"][during] < tracks.IMMOBILE_BELOW).all()


def test_a_key_frame_does_not_end_a_freeze_and_a_new_picture_does():
    times_s = np.arange(100) / 10
    changes = np.ones(100)
    changes[20:60] = 0
    changes[40] = 0.1  # stored anew
    assert find_frozen(times_s, changes) == pytest.approx(np.array([[1.9, 6.0]]))
    changes[40] = 1.2
    assert find_frozen(times_s, changes) == pytest.approx(np.array([[1.9, 4.0], [4.0, 6.0]]))


def test_key_frames_that_are_refined_do_not_hide_a_freeze():
    """As MPEG-4 with a key frame in every 12: three pictures of each change by next to nothing."""
    times = np.arange(400) / 25
    changes = np.full(400, 1.0)
    changes[101:250] = np.resize([0.02, 0.02, 0.002, 0.002, *8 * [0.0]], 149)
    found = find_frozen(times, changes)
    assert len(found) == 1
    assert np.diff(found[0])[0] == pytest.approx(6.0, abs=0.6)
    changes[101:250] *= 20  # so much changes in a quiet scene under strong compression
    assert len(find_frozen(times, changes)) == 0


def test_a_freeze_up_to_the_end_is_found():
    changes = np.ones(100)
    changes[70:] = 0
    ((start_s, stop_s),) = find_frozen(np.arange(100) / 10, changes)
    assert (start_s, stop_s) == pytest.approx((6.9, 9.9))


def test_a_window_counts_its_own_frozen_seconds():
    stretches = np.array([[1.0, 4.0], [6.0, 7.0]])
    assert frozen_within(stretches, 3.0, 6.5) == pytest.approx(1.5)
    assert frozen_within(np.empty((0, 2)), 0.0, 9.0) == 0


def test_what_was_not_seen_is_hidden():
    time_s = np.arange(6.0)
    table = pd.DataFrame({"frame": range(6), "time_s": time_s, "motion": 1.0, "x_px": 5.0})
    hidden = hide(table, np.array([[1.0, 4.0]]))
    assert list(hidden["motion"].isna()) == [False, False, True, True, True, False]
    assert list(hidden["x_px"].isna()) == [False, False, True, True, False, False]
    assert table["motion"].notna().all()
