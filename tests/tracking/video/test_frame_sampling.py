"""Frames that nobody looks at may be left out by the decoder, and nothing else may change."""

import av
import numpy as np
import pytest

from behave.tracking.video.container import list_packets
from behave.tracking.video.frame_sampling import pace
from behave.tracking.video.reader import VideoReader

SIZE = 64


@pytest.fixture
def waves() -> list[np.ndarray]:
    """Return 60 pictures of a pattern that moves on, no two alike."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    return [128 + 90 * np.sin((rows + 2 * columns + 5 * i) / 9) for i in range(60)]


def _looks(video, *, sparing, end_s=None):
    """Return the times of all frames, the looks (time, picture), and how many were decoded."""
    reader = VideoReader(video)
    reading = reader.look(end_s) if sparing else reader.read(end_s)
    # A reading of everything yields everything: the looks are picked here.
    due = (lambda _: True) if sparing else pace(reader.info.rate)
    looks = [(frame.time_s, frame.luma.copy()) for frame in reading if due(frame.time_s)]
    return reading.times_s, looks, reading.log.frames


BOTH_WAYS = {"codec": "libx264", "options": {"bf": "3"}}


@pytest.mark.parametrize("end_s", [None, 1.2])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("both-ways.mp4", BOTH_WAYS),
        ("both-ways.mkv", BOTH_WAYS),
        ("apart.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p", "options": {}}),
    ],
)
def test_nothing_changes_when_frames_are_left_out(write_video, waves, name, options, end_s):
    video = write_video(waves, name, **options)

    times, looks, count = _looks(video, sparing=False, end_s=end_s)
    spared_times, spared_looks, spared_count = _looks(video, sparing=True, end_s=end_s)

    assert spared_times.tolist() == times.tolist()
    assert [time_s for time_s, _ in spared_looks] == [time_s for time_s, _ in looks]
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(spared_looks, looks, strict=True))
    assert spared_count < 0.8 * count


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("stream.ts", BOTH_WAYS),  # a packet may be half a frame
        ("old.avi", {"codec": "mpeg4", "options": {"bf": "2"}}),  # nor when it is shown is told
    ],
)
def test_all_frames_are_decoded_where_packets_do_not_tell_which_they_are(
    write_video, waves, name, options
):
    assert list_packets(write_video(waves, name, **options)).spare == "none"


def test_all_frames_are_decoded_where_two_have_one_time_stamp(write_video, waves, tmp_path):
    source = write_video(waves, "once.mkv", codec="mjpeg", pix_fmt="yuvj420p", options={})
    with av.open(str(source)) as reading, av.open(str(tmp_path / "twice.mkv"), "w") as writing:
        stream = reading.streams.video[0]
        out = writing.add_stream_from_template(stream)
        for packet in (packet for packet in reading.demux(stream) if packet.size):
            packet.pts = packet.dts = packet.pts // 70 * 70  # ms, a little over two frames
            packet.stream = out
            writing.mux(packet)
    packets = list_packets(tmp_path / "twice.mkv")
    assert list_packets(source).spare == "all"
    assert len(set(packets.stamps.tolist())) < len(packets.stamps)
    assert packets.spare == "none"


def test_uneven_times_are_kept_when_frames_are_left_out(write_video, waves):
    uneven = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.06, len(waves)))
    video = write_video(waves, "uneven.mkv", times_s=uneven)

    times, looks, _ = _looks(video, sparing=False)
    spared_times, spared_looks, _ = _looks(video, sparing=True)

    assert spared_times.tolist() == times.tolist()
    assert [time_s for time_s, _ in spared_looks] == [time_s for time_s, _ in looks]
