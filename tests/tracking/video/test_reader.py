"""Frames come in order, on one grey scale, with the time of their stamps."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from behave.errors import TrialError
from behave.tracking.video.ahead import read_ahead
from behave.tracking.video.browse import Browser
from behave.tracking.video.picture import Frame, colours, to_grey
from behave.tracking.video.reader import VideoReader, probe, read_frames, sample_frames
from behave.tracking.video.seeking import middle_frame


def greys(video: Path) -> np.ndarray:
    """Return each frame's mean grey, 0 to 255."""
    return np.array(
        [255 * to_grey(f.luma, full_range=f.full_range).mean() for f in read_frames(video)]
    )


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("h264.mp4", "libx264", "yuv420p"),
        ("h264.mov", "libx264", "yuv444p"),
        ("mpeg4.avi", "mpeg4", "yuv420p"),
        ("mjpeg.avi", "mjpeg", "yuvj420p"),
        ("h264.mkv", "libx264", "yuvj420p"),
        ("wmv2.wmv", "wmv2", "yuv420p"),
        ("mpeg2.mpg", "mpeg2video", "yuv420p"),
        ("ffv1.mkv", "ffv1", "yuv420p"),
        ("ffv1_gray.mkv", "ffv1", "gray"),
        ("ten_bit.mkv", "ffv1", "yuv420p10le"),
        ("rgb.mkv", "ffv1", "bgr0"),
    ],
)
def test_every_container_and_luma_range_gives_the_same_greys(
    write_video, ramp, name, codec, pix_fmt
):
    options = {"crf": "5"} if codec == "libx264" else {"qscale": "2", "flags": "+qscale"}
    video = write_video(ramp, name, codec=codec, pix_fmt=pix_fmt, options=options)
    frames = list(read_frames(video))
    assert [frame.number for frame in frames] == list(range(30))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(30) / 30, atol=2e-3)
    np.testing.assert_allclose(greys(video), 20 + 6 * np.arange(30), atol=2.5)


def test_luma_is_the_decoders_memory_not_a_copy(write_video, ramp):
    frame = next(read_frames(write_video(ramp)))
    assert not frame.luma.flags.owndata


def test_time_comes_from_stamps_not_from_the_rate(write_video, ramp):
    steps = np.random.default_rng(3).uniform(0.01, 0.2, 30)
    times = np.cumsum(steps) - steps[0]
    video = write_video(ramp, "vfr.mkv", times_s=times)
    got = [frame.time_s for frame in read_frames(video)]
    np.testing.assert_allclose(got, times, atol=1e-3)
    assert probe(video).variable_rate


def test_time_counts_from_the_first_frame(write_video, ramp):
    video = write_video(ramp, "late.mkv", times_s=5 + np.arange(30) / 30)
    assert next(read_frames(video)).time_s == 0


def test_odd_sizes_are_read_without_padding(write_video):
    pictures = [np.tile(np.linspace(20, 230, 51), (37, 1))] * 5
    video = write_video(pictures, "odd.mkv", codec="ffv1", pix_fmt="yuv444p")
    frame = next(read_frames(video))
    assert frame.luma.shape == (37, 51)
    np.testing.assert_allclose(
        255 * to_grey(frame.luma, full_range=frame.full_range), pictures[0], atol=1.5
    )


# What the file asks for, as (a b; c d), and where the corner at the top left comes to lie.
POSITIONS = {
    "a quarter clockwise": ((0, 1, -1, 0), "top right"),
    "a quarter back": ((0, -1, 1, 0), "bottom left"),
    "upside down": ((-1, 0, 0, -1), "bottom right"),
    "mirrored": ((-1, 0, 0, 1), "top right"),
    "flipped": ((1, 0, 0, -1), "bottom left"),
    "transposed": ((0, 1, 1, 0), "top left"),
    "transposed over the other corner": ((0, -1, -1, 0), "bottom right"),
}


@pytest.mark.parametrize(("matrix", "corner"), POSITIONS.values(), ids=POSITIONS)
def test_a_turned_or_mirrored_recording_is_read_as_it_is_shown(write_video, matrix, corner):
    picture = np.full((48, 64), 40)
    picture[:24, :32] = 200  # the top left corner is bright
    video = write_video([picture] * 5)
    content = bytearray(video.read_bytes())
    start = content.index(b"tkhd") + 4 + 40  # the display matrix of the track header
    a, b, c, d = (value << 16 for value in matrix)
    content[start : start + 36] = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], ">i4").tobytes()
    video.write_bytes(content)
    frame = next(read_frames(video))
    height, width = (64, 48) if matrix[0] == 0 else (48, 64)
    assert (probe(video).width, probe(video).height) == (width, height)
    browsed = Browser(video)
    sampled = next(sample_frames(video, 1)).luma
    for shown in (frame.luma, colours(frame)[..., 0], browsed.frame(0).luma, sampled):
        assert shown.shape == (height, width)
        bright = {
            f"{row} {column}": shown[y, x] > 150
            for row, y in (("top", 8), ("bottom", height - 8))
            for column, x in (("left", 8), ("right", width - 8))
        }
        assert [name for name, lit in bright.items() if lit] == [corner]
    jpeg = cv2.imdecode(np.frombuffer(browsed.picture(0).jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert jpeg.shape == (height, width)
    assert np.abs(jpeg.astype(float) - cv2.cvtColor(colours(frame), cv2.COLOR_RGB2GRAY)).mean() < 5


def test_probe_counts_what_is_stored_and_what_decodes(write_video, ramp):
    info = probe(write_video(ramp), decode=True)
    assert (info.width, info.height) == (64, 48)
    assert info.declared_frames == info.stored_frames == info.decodable_frames == 30
    assert info.rate == pytest.approx(30, rel=1e-3)
    assert info.average_rate == pytest.approx(30, rel=1e-3)
    assert info.duration_s == pytest.approx(1, abs=1e-3)
    assert not info.variable_rate


def test_broken_frames_are_skipped_and_counted(write_video):
    generator = np.random.default_rng(1)
    pictures = generator.integers(0, 255, (40, 48, 64))
    video = write_video(pictures, "broken.avi", codec="mjpeg", pix_fmt="yuvj420p")
    content = bytearray(video.read_bytes())
    starts = [i for i in range(len(content) - 2) if content[i : i + 3] == b"\xff\xd8\xff"]
    for start in starts[10:15]:
        content[start : start + 600] = bytes(600)
    video.write_bytes(content)
    reading = VideoReader(video).read()
    frames = list(reading)
    assert reading.log.broken == 5
    assert reading.log.frames == len(frames) == 35
    assert frames[10].time_s == pytest.approx(15 / 30, abs=0.002)  # a gap, not a shift
    info = probe(video, decode=True)
    assert (info.stored_frames, info.decodable_frames) == (40, 35)


class Stamped:
    """A container's worth of packets whose frames carry the given stamps."""

    def __init__(self, video: Path, stamps: list[int | None]) -> None:
        self.video, self.stamps = video, stamps

    def __call__(self, *_):
        """Yield the frames with their new stamps."""
        with av.open(str(self.video)) as container:
            for frame, stamp in zip(container.decode(video=0), self.stamps, strict=True):
                frame.pts = stamp
                yield frame


def read_with_stamps(monkeypatch, video, stamps_s):
    """Read a 30 fps clip as if its frames had been stamped like this."""
    with av.open(str(video)) as container:
        base = container.streams.video[0].time_base
    stamps = [round(stamp / base) for stamp in stamps_s]
    monkeypatch.setattr("behave.tracking.video.reader.decode_packets", Stamped(video, stamps))
    reading = VideoReader(video).read()
    return [frame.time_s for frame in reading], reading.log


def test_a_stamp_that_steps_back_costs_one_frame(monkeypatch, write_video, ramp):
    stamps = np.arange(30) / 30
    stamps[10] = stamps[8]
    times, log = read_with_stamps(monkeypatch, write_video(ramp), stamps)
    assert log.out_of_order == 1
    np.testing.assert_allclose(times, np.delete(np.arange(30) / 30, 10), atol=1e-3)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("empty.mp4", b"", "the video is empty"),
        ("text.mp4", b"animal,minutes\n1,2\n" * 50, "cannot be read as a video"),
        ("notes.txt", b"animal,minutes\n1,2\n" * 50, "not a video"),
    ],
)
def test_what_is_not_a_video_is_told_plainly(tmp_path, name, content, what):
    video = tmp_path / name
    video.write_bytes(content)
    for read in (
        probe,
        lambda path: list(read_frames(path)),
        lambda path: list(sample_frames(path, 5)),
    ):
        with pytest.raises(TrialError, match=what) as caught:
            read(video)
        assert str(video) in str(caught.value)


def test_a_missing_video_is_told_plainly(tmp_path):
    with pytest.raises(TrialError, match="does not exist"):
        probe(tmp_path / "nothing.mp4")


def test_a_recording_cut_off_before_its_index_is_told_plainly(write_video, ramp):
    video = write_video(ramp)
    video.write_bytes(video.read_bytes()[:1500])
    with pytest.raises(TrialError, match="cut off"):
        list(read_frames(video))


def test_sound_alone_is_not_a_video(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(TrialError, match="not a video"):
        probe(path)


def test_a_picture_is_not_a_video(tmp_path):
    path = tmp_path / "picture.png"
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "rgb24"
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    with pytest.raises(TrialError, match="not a video"):
        probe(path)


@pytest.mark.parametrize("key_frame_every", [5, 500])
def test_samples_are_spread_over_the_file(write_video, key_frame_every):
    pictures = [np.full((48, 64), 20 + index) for index in range(200)]
    video = write_video(pictures, options={"crf": "5", "g": str(key_frame_every)})
    samples = list(sample_frames(video, 20))
    times = np.array([sample.time_s for sample in samples])
    assert 12 <= times.size <= 21
    assert times[0] == 0
    assert np.all(np.diff(times) > 0)
    assert np.diff(times).max() < 1.0
    assert times[-1] > 5.5
    shown = [255 * to_grey(s.luma, full_range=s.full_range).mean() for s in samples]
    np.testing.assert_allclose(shown, 20 + 30 * times, atol=3)
    assert all(sample.time_s < 3 for sample in sample_frames(video, 20, stop_s=3))


@pytest.mark.parametrize(("name", "options"), [("clip.mp4", {}), ("clip.h264", {})])
def test_the_middle_frame_is_shown_without_reading_the_others(write_video, name, options):
    pictures = [np.full((48, 64), 20 + index) for index in range(200)]
    video = write_video(pictures, name, options={"crf": "5", "g": "10", **options})
    frame = middle_frame(video)
    shown = 255 * to_grey(frame.luma, full_range=frame.full_range).mean()
    # A bare stream cannot be sought in: its first frame is shown.
    assert shown == pytest.approx(120 if name == "clip.mp4" else 20, abs=12)


def test_reading_ahead_changes_nothing(write_video, ramp):
    video = write_video(ramp)
    plain = [(f.number, f.time_s, f.luma.mean()) for f in read_frames(video)]
    ahead = [(f.number, f.time_s, f.luma.mean()) for f in read_ahead(read_frames(video))]
    assert ahead == plain


def test_a_fault_in_reading_ahead_reaches_the_caller(tmp_path):
    with pytest.raises(TrialError, match="does not exist"):
        list(read_ahead(read_frames(tmp_path / "nothing.mp4")))


def test_reading_ahead_can_be_left_early(write_video, ramp):
    frames = read_ahead(read_frames(write_video(ramp)), depth=2)
    assert isinstance(next(frames), Frame)
    frames.close()
