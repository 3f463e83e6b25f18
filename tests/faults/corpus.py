"""A generator of faulty and odd video files, each tiny and each with its own fault.

Every sound file shows the same thing: a dark disc that circles on a pale ground.
The faults are made with PyAV (streams, time stamps, formats) and by cutting and
overwriting bytes. ``write_corpus`` makes all of them in a second or two.
"""

import os
import shutil
import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 10
SECONDS = 6
SIDE = 96
COUNT = RATE * SECONDS


def discs(count: int = COUNT, width: int = SIDE, height: int = SIDE) -> Iterator[np.ndarray]:
    """Yield pictures of a dark disc that circles, shape (height, width)."""
    rows, columns = np.mgrid[:height, :width]
    for index in range(count):
        y, x = 48 + 24 * np.sin(index / RATE), 48 + 24 * np.cos(index / RATE)
        yield np.where((rows - y) ** 2 + (columns - x) ** 2 < 100, 40, 200).astype(np.uint8)


def write_video(
    path: Path,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    count: int = COUNT,
    size: tuple[int, int] = (SIDE, SIDE),
    rate: int = RATE,
    stamp: Callable[[int], int] | None = None,
    options: dict[str, str] | None = None,
    colour_range: int | None = None,
    container_format: str | None = None,
) -> None:
    """Write the disc; ``stamp`` gives the time of a frame in milliseconds."""
    with av.open(str(path), "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        stream.codec_context.thread_count = 1
        if colour_range is not None:
            stream.codec_context.color_range = colour_range
        if stamp is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for index, picture in enumerate(discs(count, *size)):
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=pixels)
            if stamp is not None:
                frame.pts, frame.time_base = stamp(index), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_pair(path: Path, rests: tuple[float, float]) -> None:
    """Write two ovals side by side that swim and, every two seconds, rest for ``rests`` seconds."""
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE // 2
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"g": "10"})
        stream.width, stream.height, stream.pix_fmt = 2 * SIDE, SIDE, "yuv420p"
        stream.codec_context.thread_count = 1
        swum = [0, 0]
        for index in range(COUNT):
            swum = [
                step + (index % (2 * RATE) >= rest * RATE)
                for step, rest in zip(swum, rests, strict=True)
            ]
            ovals = [
                ((rows - 25 * np.sin(step / 4)) / (10 + 4 * np.sin(step))) ** 2
                + ((columns - 25 * np.cos(step / 4)) / (10 - 4 * np.sin(step))) ** 2
                for step in swum
            ]
            both = np.where(np.hstack(ovals) < 1, 40, 200).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(both, format="gray").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_restamped(path: Path, source: Path, stamp: Callable[[int], int]) -> None:
    """Copy a Flash video with other time stamps (ms), which no library would write.

    Its tags are: kind (1 byte), size (3), time (3 and its highest byte), stream
    (3), content, and the tag's whole size (4).
    """
    content = bytearray(source.read_bytes())
    at, number = 13, 0
    while at < len(content):
        if content[at] == 9:  # a frame
            time_ms = stamp(number) % 2**31
            content[at + 4 : at + 8] = (time_ms % 2**24).to_bytes(3, "big") + bytes([time_ms >> 24])
            number += 1
        at += 11 + int.from_bytes(content[at + 1 : at + 4], "big") + 4
    path.write_bytes(content)


def write_sound(path: Path, *, beside: int = 0) -> None:
    """Write three seconds of silence, alone or before so many frames of the disc."""
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=8000)
        picture = container.add_stream("libx264", rate=RATE) if beside else None
        if picture is not None:
            picture.width = picture.height = SIDE
            picture.pix_fmt = "yuv420p"
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 24000), np.float32), "fltp", "mono")
        silence.rate = 8000
        container.mux(sound.encode(silence))
        container.mux(sound.encode(None))
        if picture is not None:
            for disc in discs(beside):
                frame = av.VideoFrame.from_ndarray(disc, format="gray")
                container.mux(picture.encode(frame.reformat(format="yuv420p")))
            container.mux(picture.encode(None))


def write_two_streams(path: Path, first: str, count: int) -> None:
    """Write a first video stream of few frames and then the disc."""
    with av.open(str(path), "w") as container:
        streams = [
            (container.add_stream(codec, rate=RATE), frames)
            for codec, frames in ((first, count), ("libx264", COUNT))
        ]
        for stream, _ in streams:
            stream.width = stream.height = SIDE
            stream.pix_fmt = "yuvj420p" if stream.codec_context.name == "mjpeg" else "yuv420p"
        for stream, frames in streams:
            for disc in discs(frames):
                frame = av.VideoFrame.from_ndarray(disc, format="gray")
                container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
            container.mux(stream.encode(None))


def overwrite(content: bytes, mark: bytes, offset: int, new: bytes) -> bytes:
    """Overwrite bytes at a distance from a mark that must be there."""
    at = content.index(mark) + offset
    return content[:at] + new + content[at + len(new) :]


def write_corpus(folder: Path) -> list[str]:
    """Write every file of the corpus into a folder and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_formats(folder)
    write_video(folder / "good.mp4", options={"g": "10"})
    _write_times(folder, folder / "flash.flv")
    _write_cuts(folder, (folder / "good.mp4").read_bytes())
    _write_lies(folder, (folder / "good.mp4").read_bytes())
    _write_strange(folder)
    return sorted(path.name for path in folder.iterdir())


def _write_formats(folder: Path) -> None:
    """Write videos in unusual but lawful formats."""
    for name, codec, pixels in (
        ("ten_bit.mkv", "ffv1", "yuv420p10le"),
        ("grey_10_bit.mkv", "ffv1", "gray10le"),
        ("yuv422.mp4", "libx264", "yuv422p"),
        ("yuv444.mp4", "libx264", "yuv444p"),
        ("yuv400.mkv", "ffv1", "gray"),
        ("grey_16_bit.mkv", "ffv1", "gray16le"),
        ("rgb.mkv", "ffv1", "bgr0"),
        ("raw_rgb.avi", "rawvideo", "bgr24"),
        ("packed_422.avi", "rawvideo", "yuyv422"),
        ("mpeg4.avi", "mpeg4", "yuv420p"),
        ("mpeg2.mpg", "mpeg2video", "yuv420p"),
        ("wmv.wmv", "wmv2", "yuv420p"),
        ("flash.flv", "flv", "yuv420p"),
    ):
        rate = 25 if codec == "mpeg2video" else RATE
        write_video(folder / name, codec=codec, pixels=pixels, rate=rate)
    write_video(folder / "mjpeg_full.avi", codec="mjpeg", pixels="yuvj420p", colour_range=2)
    write_video(folder / "full_range.mp4", pixels="yuvj420p", colour_range=2)
    interlaced = {"x264-params": "interlaced=1:tff=1"}
    write_video(folder / "interlaced.mp4", options=interlaced)
    write_video(folder / "odd_size.mkv", codec="ffv1", size=(101, 97))
    write_video(folder / "thin.mkv", codec="ffv1", size=(96, 2))
    write_video(folder / "one_pixel.mkv", codec="ffv1", size=(1, 1), pixels="gray")
    write_video(folder / "one_frame.mp4", count=1)
    write_video(folder / "two_frames.mp4", count=2)
    write_video(folder / "header_only.mkv", codec="ffv1", count=0)
    write_video(folder / "raw_stream.mpg", container_format="h264")
    write_video(folder / "palette.avi", codec="gif", pixels="rgb8", container_format="gif")
    write_video(folder / "mkv_named.mp4", container_format="matroska")
    write_sound(folder / "sound_only.mp4")
    write_sound(folder / "sound_first.mp4", beside=COUNT)
    write_two_streams(folder / "two_videos.mkv", "libx264", COUNT)
    write_two_streams(folder / "cover_first.mkv", "mjpeg", 1)


def _write_times(folder: Path, good: Path) -> None:
    """Write videos whose time stamps are uneven, repeated, far apart or go back."""
    write_video(folder / "variable.mkv", stamp=lambda n: 100 * n + 45 * (n % 2))
    write_video(folder / "huge_gap.mkv", stamp=lambda n: 100 * n + 7_200_000 * (n >= 30))
    write_video(folder / "very_fast.mkv", stamp=lambda n: n)
    write_video(folder / "very_slow.mkv", stamp=lambda n: 60_000 * n)
    write_video(folder / "starts_late.mkv", stamp=lambda n: 5_000_000 + 100 * n)
    write_restamped(folder / "repeats.flv", good, lambda n: 100 * (n // 3) * 3)
    write_restamped(folder / "jumps_back.flv", good, lambda n: 100 * (n % 30))
    write_restamped(folder / "jitters.flv", good, lambda n: 100 * n - 250 * (n % 7 == 6))
    write_restamped(folder / "all_at_zero.flv", good, lambda n: 0 * n)
    write_restamped(folder / "backwards.flv", good, lambda n: 100 * (COUNT - n))
    write_video(folder / "half.ts", codec="mpeg2video", rate=25)
    half = (folder / "half.ts").read_bytes()
    (folder / "joined.ts").write_bytes(half + half)


def _write_cuts(folder: Path, good: bytes) -> None:
    """Write what is left of a video after a cut or a fault of the disk."""
    (folder / "zero_bytes.mp4").touch()
    (folder / "one_byte.mp4").write_bytes(good[:1])
    (folder / "cut_in_header.mp4").write_bytes(good[:40])
    for share in (10, 50, 90, 99):
        (folder / f"cut_at_{share}.mp4").write_bytes(good[: len(good) * share // 100])
        stream = (folder / "mpeg4.avi").read_bytes()
        (folder / f"cut_at_{share}.avi").write_bytes(stream[: len(stream) * share // 100])
    chance = np.random.default_rng(1)
    for name in ("good.mp4", "mpeg4.avi", "jitters.flv", "half.ts", "rgb.mkv"):
        content = (folder / name).read_bytes()
        middle = len(content) // 3
        noise = chance.bytes(len(content) // 5)
        whole = content[:middle] + noise + content[middle + len(noise) :]
        (folder / f"garbage_in_the_middle{Path(name).suffix}").write_bytes(whole)
    (folder / "zeros_in_the_middle.mp4").write_bytes(good[:2000] + bytes(2000) + good[4000:])
    (folder / "noise.mp4").write_bytes(chance.bytes(5000))
    (folder / "garbage_after.mp4").write_bytes(good + chance.bytes(3000))
    (folder / "garbage_before.mp4").write_bytes(chance.bytes(3000) + good)


def _write_lies(folder: Path, good: bytes) -> None:
    """Write videos whose header says what is not so."""
    number = struct.Struct(">I").pack
    # In 'mvhd' and 'mdhd', version 0: times, then scale and duration from byte 16.
    lies = {
        "zero_timescale.mp4": overwrite(good, b"mdhd", 16, number(0)),
        "absurd_timescale.mp4": overwrite(good, b"mdhd", 16, number(2**31 - 1)),
        "slow_timescale.mp4": overwrite(good, b"mdhd", 16, number(1)),
        "lying_duration.mp4": overwrite(good, b"mvhd", 20, number(2**31 - 1)),
        "lying_track_duration.mp4": overwrite(good, b"mdhd", 20, number(1)),
        # 'stts': version, count of entries, frames in the first, their step.
        "lying_frame_count.mp4": overwrite(good, b"stts", 12, number(100_000)),
        "no_time_between.mp4": overwrite(good, b"stts", 16, number(0)),
        "absurd_sample_count.mp4": overwrite(good, b"stsz", 12, number(2**31 - 1)),
        "unknown_codec.mp4": good.replace(b"avc1", b"zzz9"),
        # The matrix of 'tkhd' is rotated by a quarter: a=0, b=1, c=-1, d=0.
        "rotated.mp4": overwrite(
            good,
            b"tkhd",
            44,
            number(0) + number(65536) + number(0) + number(2**32 - 65536) + number(0),
        ),
        "tiny_in_header.mp4": overwrite(good, b"avc1", 28, struct.pack(">HH", 16, 16)),
    }
    for name, content in lies.items():
        (folder / name).write_bytes(content)
    avi = (folder / "mpeg4.avi").read_bytes()
    little = struct.Struct("<I").pack
    # 'strh' of AVI: scale at byte 28 after the mark, rate at 32.
    (folder / "zero_rate.avi").write_bytes(overwrite(avi, b"strh", 28, little(0) + little(0)))
    (folder / "absurd_rate.avi").write_bytes(overwrite(avi, b"strh", 28, little(1) + little(10**9)))
    (folder / "unknown_codec.avi").write_bytes(avi.replace(b"FMP4", b"zzz9"))


def _write_strange(folder: Path) -> None:
    """Write what has a video's name and is none, and one that cannot be opened."""
    (folder / "text.mp4").write_text("This is not a video.\n" * 100, encoding="utf-8")
    (folder / "page.avi").write_text("<html><body>404</body></html>", encoding="utf-8")
    (folder / "archive.mov").write_bytes(b"PK\x03\x04" + bytes(500))
    shutil.copy(folder / "good.mp4", folder / "wrong_extension.avi")
    shutil.copy(folder / "good.mp4", folder / "UPPER & blank.MP4")
    shutil.copy(folder / "good.mp4", folder / "no_permission.mp4")
    (folder / "no_permission.mp4").chmod(0)
    (folder / "folder.mp4").mkdir()
    if os.name == "posix":
        (folder / "loop.mp4").symlink_to("loop.mp4")
        (folder / "dangling.mp4").symlink_to("nowhere.mp4")
