"""Overlays show what the tables say, at the time the video says it."""

import av
import numpy as np
import pytest

from behave.errors import OutputError
from behave.simulate.render import World, arena_boxes, render_video
from behave.simulate.swim import Bout, Swim
from behave.tracking.overlay import (
    BAR_PX,
    COLOURS,
    RIBBON_PX,
    TRACE_PX,
    WIDTH_PX,
    clock,
    draw_overlays,
)
from behave.tracking.trial import Arena, Scene, Trial

# Synthetic: 6 s at 30 fps, seen from above; floating from 2 to 4 s.
LOOK = World(view="top", width=160, height=160, arenas=1, fps=30.0)
BOUTS = (Bout(0, 2, "swimming"), Bout(2, 4, "immobile"), Bout(4, 6, "swimming"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return the clip, the overlay's pictures with their times, and the true frames."""
    folder = tmp_path_factory.mktemp("overlay")
    truth = render_video(folder / "clip.mp4", LOOK, [Swim(BOUTS)], seed=1)
    frames = truth.assign(motion=np.where(truth["state"] == "immobile", 0.005, 0.05))
    scene = scene_of(frames, folder / "overlays" / "a.mp4")
    draw_overlays(folder / "clip.mp4", [scene])
    return folder / "clip.mp4", pictures_of(scene.file), frames


def scene_of(frames, file, *, outlined=True):
    (box,) = arena_boxes(LOOK).to_dict("records")
    arena = Arena("1", box["x_px"], box["y_px"], box["width_px"], box["height_px"])
    return Scene(Trial("a", arena), frames, 0.02, outlined, file)


def pictures_of(path):
    with av.open(str(path)) as container:
        return [
            (float(frame.time), frame.to_ndarray(format="rgb24").astype(int))
            for frame in container.decode(video=0)
        ]


def bar_of(picture):
    """Return the colour of the state's bar, between its name and the time."""
    bottom = picture.shape[0] - TRACE_PX - RIBBON_PX
    return np.median(picture[bottom - BAR_PX : bottom, 120:200].reshape(-1, 3), axis=0)


def test_every_second_frame_of_30_is_shown_at_its_own_time(drawn):
    _, pictures, frames = drawn
    assert len(frames) == 180
    times = [time for time, _ in pictures]
    assert times == pytest.approx(frames["time_s"].iloc[::2].tolist(), abs=1e-3)
    assert {picture.shape[1] for _, picture in pictures} == {WIDTH_PX}
    assert pictures[0][1].shape[0] % 2 == 0


@pytest.mark.parametrize(
    ("time_s", "state"), [(1.0, "mobile"), (2.1, "immobile"), (3.9, "immobile"), (4.1, "mobile")]
)
def test_the_bar_has_the_colour_of_the_true_state(drawn, time_s, state):
    _, pictures, _ = drawn
    _, picture = min(pictures, key=lambda shown: abs(shown[0] - time_s))
    assert np.abs(bar_of(picture) - COLOURS[state]).max() < 12


def test_the_arena_shown_is_that_of_the_time_shown(drawn):
    clip, pictures, _ = drawn
    (box,) = arena_boxes(LOOK).to_dict("records")
    x, y, wide, high = (int(box[name]) for name in ("x_px", "y_px", "width_px", "height_px"))
    film = [
        (time, picture[y : y + high, x : x + wide].mean(axis=2))
        for time, picture in pictures_of(clip)
    ]
    for time_s, picture in pictures[5:85:20]:
        side = picture[:WIDTH_PX].mean(axis=2)
        rows = (np.arange(high) + 0.5) / high * min(WIDTH_PX, side.shape[0])
        columns = (np.arange(wide) + 0.5) / wide * WIDTH_PX
        small = side[rows.astype(int)][:, columns.astype(int)]
        nearest, _ = min(film, key=lambda shown: np.abs(shown[1] - small).mean())
        assert nearest == pytest.approx(time_s, abs=0.05)


def test_the_outline_lies_round_the_true_place(drawn):
    _, pictures, frames = drawn
    (box,) = arena_boxes(LOOK).to_dict("records")
    scale = WIDTH_PX / box["width_px"]
    for time_s, picture in pictures[10:80:10]:
        arena = picture[: picture.shape[0] - BAR_PX - TRACE_PX - RIBBON_PX - 2]
        # The clip is grey: what has a colour was drawn.
        rows, columns = np.nonzero(np.ptp(arena, axis=2) > 25)
        assert len(rows) > 30
        true = frames.iloc[(frames["time_s"] - time_s).abs().argmin()]
        middle = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
        placed = (true["x_px"] - box["x_px"]) * scale, (true["y_px"] - box["y_px"]) * scale
        assert np.hypot(middle[0] - placed[0], middle[1] - placed[1]) < 0.08 * WIDTH_PX


def test_without_an_outline_the_centre_is_marked(drawn, tmp_path):
    clip, _, frames = drawn
    scene = scene_of(frames.iloc[:30], tmp_path / "a.mp4", outlined=False)
    draw_overlays(clip, [scene])
    pictures = pictures_of(scene.file)
    assert len(pictures) == 15  # to the end of the scored frames, not of the video
    (box,) = arena_boxes(LOOK).to_dict("records")
    _, columns = np.nonzero(np.ptp(pictures[5][1][:300], axis=2) > 40)
    x = (frames["x_px"].iloc[10] - box["x_px"]) * WIDTH_PX / box["width_px"]
    assert np.median(columns) == pytest.approx(x, abs=4)


def test_a_file_that_cannot_be_written_is_an_output_error_and_leaves_nothing(drawn, tmp_path):
    clip, _, frames = drawn
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="overlay cannot be written"):
        draw_overlays(clip, [scene_of(frames, tmp_path / "taken" / "a.mp4")])
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_times_are_written_as_the_tables_write_them():
    assert [clock(0.0), clock(12.34), clock(71.96)] == ["0.0 s", "12.3 s", "72.0 s"]
