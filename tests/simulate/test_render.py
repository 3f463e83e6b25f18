"""Rendered videos: what is in them is what their truth says."""

from itertools import pairwise

import av
import numpy as np
import pytest

from behave.errors import InputError, OutputError
from behave.simulate.render import World, arena_boxes, render_video
from behave.simulate.swim import Bout, Swim

SMALL = World(width=160, height=120, arenas=2, fps=20.0)


def small_swims():
    bouts = (Bout(0, 1, "swimming"), Bout(1, 2, "immobile"), Bout(2, 3, "climbing"))
    return [Swim(bouts, entry_s=0.5), Swim(bouts)]


def read_frames(path):
    with av.open(str(path)) as container:
        frames = [
            (float(frame.time), frame.to_ndarray(format="gray"))
            for frame in container.decode(video=0)
        ]
        return container.metadata, frames


def test_truth_has_a_row_per_arena_and_frame_with_the_bouts_states(tmp_path):
    truth = render_video(tmp_path / "clip.mp4", SMALL, small_swims(), seed=1)

    assert list(truth.columns) == ["arena", "frame", "time_s", "state", "behaviour", "x_px", "y_px"]
    assert len(truth) == 2 * 70  # 0.5 s before the entry and 3 s after it
    first = truth[truth["arena"] == "1"]
    assert first["state"].isna().sum() == 10
    assert first["x_px"].isna().sum() == 10
    counted = truth.groupby("arena")["behaviour"].value_counts().to_dict()
    assert counted == {
        ("1", "swimming"): 20,
        ("1", "immobile"): 20,
        ("1", "climbing"): 20,
        ("2", "swimming"): 20,
        ("2", "immobile"): 20,
        ("2", "climbing"): 30,  # the last bout goes on to the end
    }
    mobile = truth["behaviour"].isin(["swimming", "climbing"])
    assert (mobile == (truth["state"] == "mobile")).all()


@pytest.mark.parametrize(
    ("codec", "suffix"), [("libx264", "mp4"), ("mpeg4", "avi"), ("mjpeg", "avi"), ("ffv1", "mkv")]
)
def test_the_video_has_the_frames_and_times_of_the_truth(tmp_path, codec, suffix):
    path = tmp_path / f"clip.{suffix}"
    world = World(width=160, height=120, arenas=2, fps=20.0, codec=codec)
    truth = render_video(path, world, small_swims(), seed=1)

    _, frames = read_frames(path)
    times = np.array([time for time, _ in frames])
    np.testing.assert_allclose(times - times[0], truth["time_s"].to_numpy()[:70], atol=1e-3)
    assert all(picture.shape == (120, 160) for _, picture in frames)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_uneven_times_are_those_of_the_truth(tmp_path, codec):
    path = tmp_path / "clip.mkv"
    world = World(width=160, height=120, arenas=2, fps=20.0, variable_rate=True, codec=codec)
    truth = render_video(path, world, small_swims(), seed=1)

    _, frames = read_frames(path)
    times = truth.loc[truth["arena"] == "1", "time_s"].to_numpy()
    np.testing.assert_allclose([time for time, _ in frames], times, atol=1e-3)
    assert np.ptp(np.diff(times)) > 0.03


def test_one_seed_makes_the_same_truth_and_pictures_and_another_does_not(tmp_path):
    lossless = World(width=160, height=120, arenas=2, fps=20.0, codec="ffv1")
    truths, pictures = [], []
    for number, seed in enumerate((7, 7, 8)):
        path = tmp_path / f"{number}.mkv"
        truths.append(render_video(path, lossless, small_swims(), seed=seed))
        pictures.append(read_frames(path)[1][40][1])

    assert truths[0].equals(truths[1])
    assert np.array_equal(pictures[0], pictures[1])
    assert not truths[0].equals(truths[2])
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("view", ["side", "top"])
@pytest.mark.parametrize("coat", ["dark", "light"])
def test_the_animal_is_where_the_truth_says_and_has_its_coats_brightness(tmp_path, view, coat):
    world = World(view=view, coat=coat, width=200, height=200, fps=10.0, noise=0.0, codec="ffv1")
    path = tmp_path / "clip.mkv"
    truth = render_video(path, world, [Swim((Bout(0, 3, "immobile"),), entry_s=2.0)], seed=3)

    frames = [picture.astype(float) for _, picture in read_frames(path)[1]]
    change = frames[40] - frames[0]
    rows, columns = np.nonzero(change < -80 if coat == "dark" else change > 80)
    off = np.hypot(columns.mean() - truth["x_px"][40], rows.mean() - truth["y_px"][40])
    assert off < 6  # of a body some 70 px long
    box = arena_boxes(world).iloc[0]
    assert box["x_px"] <= columns.min()
    assert columns.max() <= box["x_px"] + box["width_px"]
    assert box["y_px"] <= rows.min()
    assert rows.max() <= box["y_px"] + box["height_px"]


@pytest.mark.parametrize("view", ["side", "top"])
def test_the_cylinder_is_empty_before_a_hand_lowers_the_animal(tmp_path, view):
    world = World(view=view, width=200, height=200, fps=10.0, noise=0.0, codec="ffv1")
    path = tmp_path / "clip.mkv"
    render_video(path, world, [Swim((Bout(0, 2, "immobile"),), entry_s=3.0)], seed=3)

    frames = [picture.astype(float) for _, picture in read_frames(path)[1]]
    changed = [(np.abs(frame - frames[0]) > 30).sum() for frame in frames]
    assert max(changed[:15]) < 10  # ripples only
    assert changed[25] > 200  # hand and animal
    assert changed[45] > 200  # animal


def test_limbs_move_the_pixels_more_than_ripples_do(tmp_path):
    world = World(width=200, height=200, fps=25.0, noise=0.0, codec="ffv1")
    path = tmp_path / "clip.mkv"
    swim = Swim((Bout(0, 4, "swimming"), Bout(4, 8, "immobile")), balancing=0.0)
    render_video(path, world, [swim], seed=3)

    frames = np.stack([picture.astype(float) for _, picture in read_frames(path)[1]])
    change = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2))
    assert change[10:95].mean() > 3 * change[125:].mean() > 0


def test_light_step_drift_flicker_and_repeated_frames_show(tmp_path):
    path = tmp_path / "clip.mkv"
    world = World(
        width=160,
        height=120,
        fps=20.0,
        codec="ffv1",
        noise=1.0,
        light_step=-0.3,
        light_step_s=2.0,
        light_drift=0.1,
        flicker=0.02,
        duplicates=0.2,
    )
    render_video(path, world, [Swim((Bout(0, 4, "immobile"),))], seed=3)

    frames = np.stack([picture.astype(float) for _, picture in read_frames(path)[1]])
    light = frames.mean(axis=(1, 2)) / frames[0].mean()
    assert light[50:].mean() / light[:35].mean() == pytest.approx(0.76, abs=0.01)  # 1 - 0.3 + drift
    assert light[:35].std() > 0.005
    repeated = np.mean([np.array_equal(one, two) for one, two in pairwise(frames)])
    assert 0.08 < repeated < 0.35


@pytest.mark.parametrize("view", ["side", "top"])
@pytest.mark.parametrize("arenas", [1, 2, 4])
def test_picture_and_file_say_that_they_are_synthetic_outside_the_arenas(tmp_path, view, arenas):
    path = tmp_path / "clip.mp4"
    world = World(view=view, arenas=arenas, fps=5.0, noise=0.0, coat="light", crf=5)
    render_video(path, world, [Swim((Bout(0, 0.4, "immobile"),))] * arenas, seed=3)

    metadata, frames = read_frames(path)
    assert "SYNTHETIC" in metadata["comment"]
    picture = frames[0][1]
    outside = np.ones(picture.shape, bool)
    for box in arena_boxes(world).itertuples():
        outside[box.y_px : box.y_px + box.height_px, box.x_px : box.x_px + box.width_px] = False
    # Nothing else outside the arenas of a dark scene is nearly white.
    assert (picture[outside] > 190).sum() > 60


def test_arenas_are_numbered_left_to_right_then_top_to_bottom():
    boxes = arena_boxes(World(view="top", arenas=4))
    assert boxes["arena"].tolist() == ["1", "2", "3", "4"]
    assert boxes["x_px"][0] == boxes["x_px"][2] < boxes["x_px"][1] == boxes["x_px"][3]
    assert boxes["y_px"][0] == boxes["y_px"][1] < boxes["y_px"][2] == boxes["y_px"][3]


@pytest.mark.parametrize(
    ("world", "swims", "said"),
    [
        (World(arenas=2), [Swim((Bout(0, 1, "immobile"),))], "one swim per arena"),
        (World(), [Swim((Bout(1, 2, "immobile"),))], "begin at 0"),
        (World(view="below"), [Swim((Bout(0, 1, "immobile"),))], "side or top"),
        (World(width=321), [Swim((Bout(0, 1, "immobile"),))], "even"),
    ],
)
def test_what_cannot_be_rendered_is_refused(tmp_path, world, swims, said):
    with pytest.raises(InputError, match=said):
        render_video(tmp_path / "clip.mp4", world, swims, seed=1)


def test_an_unknown_codec_or_a_folder_that_is_not_there_is_an_output_error(tmp_path):
    swims = [Swim((Bout(0, 0.2, "immobile"),))]
    with pytest.raises(OutputError, match="codec"):
        render_video(tmp_path / "clip.mp4", World(codec="vp9"), swims, seed=1)
    with pytest.raises(OutputError, match="cannot be written"):
        render_video(tmp_path / "absent" / "clip.mp4", World(), swims, seed=1)
