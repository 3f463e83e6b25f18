"""A frame asked for by its number is the frame that the tracker saw under that number."""

import random

import av
import cv2
import numpy as np
import pytest

from behave.errors import TrialError
from behave.tracking.video.browse import Browser, read_times
from behave.tracking.video.picture import colours
from behave.tracking.video.reader import read_frames

SIZE = (64, 48)
COUNT = 60


def write_video(path, *, codec="libx264", stamps=None, **options):
    """Write a video whose frames differ, each with its own grey."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            codec, rate=25, options={k: str(v) for k, v in options.items()}
        )
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(COUNT):
            picture = np.full((SIZE[1], SIZE[0], 3), 20 + 3 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number if stamps is None else stamps[number]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


VARIABLE = [number + (number // 7) * 3 for number in range(COUNT)]
KINDS = {
    "few key frames, frames in another order": {"g": 50, "bf": 3},
    "one key frame": {"g": 1000, "bf": 2},
    "a key frame each": {"codec": "mjpeg"},
    "variable rate": {"g": 20, "stamps": VARIABLE},
}


@pytest.fixture(params=KINDS, ids=str)
def video(request, tmp_path):
    options = dict(KINDS[request.param])
    suffix = ".avi" if options.get("codec") == "mjpeg" else ".mp4"
    return write_video(tmp_path / f"video{suffix}", **options)


def grey(jpeg):
    return float(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE).mean())


def truth(video):
    """Return time and mean colour of every frame as the tracker reads them."""
    return [(frame.time_s, float(colours(frame).mean())) for frame in read_frames(video)]


def test_every_frame_in_any_order_is_the_trackers_own(video):
    seen = truth(video)
    browser = Browser(video, kept_bytes=5 * SIZE[0] * SIZE[1] * 2)  # so that it must decode again
    np.testing.assert_allclose(browser.times_s, [time_s for time_s, _ in seen], atol=1e-6)
    order = [*range(COUNT), *reversed(range(COUNT))]
    random.Random(1).shuffle(order)  # noqa: S311 - an order, not a secret
    for number in order:
        picture = browser.picture(number)
        assert picture.number == number
        assert picture.time_s == pytest.approx(seen[number][0], abs=1e-6)
        assert grey(picture.jpeg) == pytest.approx(seen[number][1], abs=1.2)
    browser.close()


def test_without_time_the_frame_given_says_which_it_is(video):
    browser = Browser(video, kept_bytes=0)
    seen = truth(video)
    picture = browser.picture(COUNT - 2, within_s=0)
    assert grey(picture.jpeg) == pytest.approx(seen[picture.number][1], abs=1.2)
    assert picture.time_s == pytest.approx(seen[picture.number][0], abs=1e-6)


def test_numbers_beyond_the_ends_are_the_ends(video):
    browser = Browser(video)
    assert browser.picture(-5).number == 0
    assert browser.picture(10_000).number == COUNT - 1


def test_a_part_is_cut_and_shrunk(video):
    picture = Browser(video).picture(0, box=(10, 8, 40, 20), width=20)
    decoded = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape[:2] == (10, 20)


def test_a_part_outside_the_picture_is_the_whole_picture(video):
    decoded = Browser(video).picture(0, box=(500, 500, 10, 10)).jpeg
    assert cv2.imdecode(np.frombuffer(decoded, np.uint8), cv2.IMREAD_COLOR).shape[:2] == SIZE[::-1]


def test_the_tracker_sees_the_same_luma(video):
    browser = Browser(video)
    for frame in read_frames(video):
        if frame.number % 13 == 0:
            np.testing.assert_array_equal(browser.frame(frame.number).luma, frame.luma)


def test_memory_does_not_grow_with_what_was_looked_at(video):
    browser = Browser(video, kept_bytes=10 * SIZE[0] * SIZE[1] * 3 // 2)
    for number in range(COUNT):
        browser.picture(number)
    assert len(browser._kept) <= 10


def test_what_is_no_video_is_refused(tmp_path):
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(TrialError):
        read_times(tmp_path / "notes.mp4")
