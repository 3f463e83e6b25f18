"""Frames are timed as they were filmed, whatever their container says of it."""

import av
import numpy as np
import pytest

from behave.errors import TrialError
from behave.tracking import Recording, probe
from behave.tracking.video.browse import Browser
from behave.tracking.video.picture import to_grey
from behave.tracking.video.reader import VideoReader, read_frames, sample_frames
from behave.tracking.video.timeline import mend

RATE = 25


@pytest.fixture
def steps():
    """Return 100 pictures of 48 x 64 px, each a grey level lighter: grey tells the number."""
    return [np.full((48, 64), 40 + index) for index in range(100)]


def copy(source, target, stamp=None, **options):
    """Copy the packets of a video into another container, stamped anew where asked for."""
    with av.open(str(source)) as reading, av.open(str(target), "w", **options) as writing:
        stream = reading.streams.video[0]
        out = writing.add_stream_from_template(stream)
        for number, packet in enumerate(p for p in reading.demux(stream) if p.size):
            if stamp is not None:
                packet.dts, packet.pts = stamp(number, packet)
            packet.stream = out
            writing.mux(packet)
    return target


def numbers(video):
    """Return which picture each frame shows, by its grey, and its time."""
    frames = [
        (255 * to_grey(f.luma, full_range=f.full_range).mean() - 40, f.time_s)
        for f in read_frames(video)
    ]
    return np.round([number for number, _ in frames]), np.array([time_s for _, time_s in frames])


@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("libx264", {"crf": "1", "bf": "3", "b-adapt": "0"}),
        ("libx264", {"crf": "1", "bf": "7", "b-pyramid": "strict"}),
        ("mpeg4", {"bf": "2", "qscale": "1", "flags": "+qscale"}),
    ],
)
def test_frames_stored_out_of_order_in_avi_are_all_used_in_their_order(
    write_video, steps, tmp_path, codec, options
):
    source = write_video(steps, "source.ts", codec=codec, options=options, fps=RATE)
    # AVI keeps the order of packets alone.
    avi = copy(
        source,
        tmp_path / "b.avi",
        lambda number, packet: (round(number / RATE / packet.time_base),) * 2,
    )
    shown, times = numbers(avi)
    assert len(shown) == len(steps)
    np.testing.assert_allclose(shown, np.arange(100), atol=1)
    # AVI says nothing of the last packet's length, and the reader guesses its stamp.
    np.testing.assert_allclose(times[:-1], np.arange(99) / RATE, atol=2e-3)
    assert times[-2] < times[-1] <= 99 / RATE + 2e-3
    reading = VideoReader(avi).read()
    assert sum(1 for _ in reading) == 100
    assert (reading.log.out_of_order, reading.log.repeated, reading.log.restarts) == (0, 0, 0)
    assert list(Browser(avi).times_s) == pytest.approx(times.tolist(), abs=1e-3)


@pytest.mark.parametrize("at", [30, 60, 97, 99])
@pytest.mark.parametrize("late_s", [0.5, 5.0, -0.7, 60.0])
def test_one_wild_stamp_moves_nothing_else(write_video, steps, tmp_path, at, late_s):
    source = write_video(steps, "even.mkv", codec="mjpeg", pix_fmt="yuvj420p", options={}, fps=RATE)
    if at == 99 and late_s == 0.5:
        pytest.skip("half a second before the last frame is a pause, and no wild stamp")
    wild = copy(
        source,
        tmp_path / "wild.mkv",
        # Matroska keeps presentation stamps alone; the others only have to rise for its writer.
        lambda number, packet: (
            packet.dts - round(2 / packet.time_base),
            packet.pts + (number == at) * round(late_s / packet.time_base),
        ),
    )
    times = np.array([frame.time_s for frame in read_frames(wild)])
    np.testing.assert_allclose(times, np.delete(np.arange(100) / RATE, at), atol=2e-3)


def test_a_restart_goes_on_and_a_pause_stays():
    joined = np.concatenate([np.arange(50), np.arange(50)]) / RATE
    mended = mend(joined)
    assert mended.restarts == 1
    np.testing.assert_allclose(mended.times_s, np.arange(100) / RATE, atol=1e-9)
    paused = np.arange(100) / RATE
    paused[40:] += 8.0
    np.testing.assert_allclose(mend(paused).times_s, paused)


def test_several_wild_stamps_are_no_restart():
    wild = np.arange(200) / RATE
    wild[[20, 21, 90, 150]] += [3.0, 3.0, -2.0, 40.0]
    mended = mend(wild)
    assert np.flatnonzero(np.isnan(mended.times_s)).tolist() == [20, 21, 90, 150]
    assert (mended.restarts, mended.out_of_order) == (0, 4)


def test_stamps_that_belong_to_other_frames_are_put_in_order():
    shuffled = np.arange(120).reshape(-1, 4)[:, [0, 3, 1, 2]].ravel() / RATE
    mended = mend(shuffled)
    np.testing.assert_allclose(mended.times_s, np.arange(120) / RATE)
    assert (mended.out_of_order, mended.restarts) == (0, 0)


def test_missing_stamps_are_taken_from_their_neighbours():
    stamps = np.arange(20) / RATE
    stamps[[4, 5, 11]] = np.nan
    np.testing.assert_allclose(mend(stamps).times_s, np.arange(20) / RATE)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [("pi.h264", "libx264", "yuv420p"), ("pi.mjpeg", "mjpeg", "yuvj420p")],
)  # fmt: skip
def test_a_bare_stream_asks_for_its_rate(write_video, steps, name, codec, pix_fmt):
    options = {"crf": "1"} if codec == "libx264" else {}
    video = write_video(steps, name, codec=codec, pix_fmt=pix_fmt, options=options)
    for read in (probe, lambda path: list(read_frames(path)), Browser):
        with pytest.raises(TrialError, match="without any times") as caught:
            read(video)
        assert "--fps" in str(caught.value)
    given = Recording(name, (video,), fps=50.0)
    times = [frame.time_s for frame in read_frames(given)]
    assert times == pytest.approx(np.arange(100) / 50)
    assert probe(given).duration_s == pytest.approx(2.0)
    assert len(list(sample_frames(given, 20))) >= 20


@pytest.mark.parametrize("rate", [600, 1000, 1])
def test_a_rate_that_no_camera_has_is_refused_unless_given(write_video, steps, rate):
    video = write_video(
        steps, f"at{rate}.avi", codec="mjpeg", pix_fmt="yuvj420p", options={}, fps=rate
    )
    with pytest.raises(TrialError, match="no camera has") as caught:
        probe(video)
    assert f"{rate} frames per second" in str(caught.value)
    assert probe(Recording("x", (video,), fps=30.0)).duration_s == pytest.approx(100 / 30)


@pytest.mark.parametrize("rate", [5, 25, 120])
def test_a_rate_that_cameras_have_is_taken(write_video, steps, rate):
    assert probe(write_video(steps, fps=rate)).rate == pytest.approx(rate, rel=0.02)


def test_pictures_of_another_size_are_left_out_of_every_reading(write_video, tmp_path):
    small = [np.full((48, 64), 80)] * 60
    large = [np.full((96, 128), 80)] * 40
    options = {"crf": "5", "g": "5", "bf": "0"}
    parts = [
        write_video(pictures, f"{n}.ts", options=options, fps=RATE)
        for n, pictures in enumerate((small, large))
    ]
    video = tmp_path / "both.ts"
    video.write_bytes(b"".join(part.read_bytes() for part in parts))
    reading = VideoReader(video).read()
    assert {frame.luma.shape for frame in reading} == {(48, 64)}
    assert reading.log.frames == 60
    assert reading.log.resized >= 38
    assert {frame.luma.shape for frame in sample_frames(video, 20)} == {(48, 64)}


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "options"),
    [("mjpeg", "yuvj420p", {}), ("mpeg4", "yuv420p", {"g": "5"})],
)
def test_a_recorder_that_died_before_its_index_is_sampled_to_its_end(
    write_video, steps, codec, pix_fmt, options
):
    video = write_video(steps, "died.avi", codec=codec, pix_fmt=pix_fmt, options=options, fps=RATE)
    content = bytearray(video.read_bytes())
    index = content.rindex(b"idx1")
    del content[index:]
    for mark, offset in ((b"RIFF", 4), (b"avih", 8 + 16), (b"strh", 8 + 32)):
        at = content.index(mark) + offset
        content[at : at + 4] = bytes(4)
    video.write_bytes(content)
    times = [frame.time_s for frame in sample_frames(video, 20)]
    assert len(times) >= 12
    assert times[-1] > 3.5
    assert len(list(read_frames(video))) == 100
