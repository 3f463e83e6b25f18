"""Measure the scorer's speed as a whole process, against decoding alone.

Run as ``python benchmarks/throughput.py [VIDEO --arenas FILE]``. Without a video
it renders, at each size in turn, two minutes of four SYNTHETIC animals in a
camera's noise and repeats them to six minutes. A picture that is too clean
decodes too fast to compare with: the table says the bit rate. Fewer minutes have
too few key frames that differ to learn the empty arena from.

Scorer and decoder run in turn, several pairs of them, so that a busy machine
slows both. Decoding alone is ``ffmpeg -threads 1 -i VIDEO -f null -`` where
ffmpeg is installed, else the same decoder through PyAV with one thread; the
table says which. Start-up is the time for a two-second clip.

    ratio = decoding time / (scoring time - start-up)

Time is what a clock on the wall shows, where decoding and analysis overlap on
two cores; CPU is user and system time of all of the scorer's threads. Memory is
that of all of its processes together, for the first minute and for the whole.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

from behave.simulate.render import World, arena_boxes, render_video
from behave.simulate.swim import Swim, random_bouts

DECODE = (
    "import av, sys\n"
    "with av.open(sys.argv[1]) as container:\n"
    "    stream = container.streams.video[0]\n"
    "    stream.thread_type = 'NONE'\n"
    "    for frame in container.decode(stream): pass\n"
)


SIZES = ("640x480", "1280x720", "1920x1080")
SHOWN_S = 120.0  # of the animals, before they are shown again


class Run(NamedTuple):
    """One run of a command: what the clock says, CPU of all threads, and peak memory."""

    seconds: float
    cpu_s: float
    megabytes: float


def main() -> None:
    """Print a table for each size."""
    options = _options()
    for size in [""] if options.video else options.size or SIZES:
        with tempfile.TemporaryDirectory() as name:
            _measure(options, size, Path(name))


def _measure(options: argparse.Namespace, size: str, folder: Path) -> None:
    """Print the figures of one video."""
    video, arenas = _material(options, size, folder)
    count, seconds, shown = _length(video)
    brief = _cut(video, folder / f"brief{video.suffix}", 2.0)
    minute = _cut(video, folder / f"minute{video.suffix}", 60.0)
    twin = Path(shutil.copy(video, folder / f"twin{video.suffix}"))
    rate = video.stat().st_size * 8 / seconds / 1e6
    print(f"{shown}: {count} frames, {seconds:.0f} s, {rate:.1f} Mbit/s, {_count(arenas)} arenas")
    print(f"decoding alone: {' '.join(_decoder(Path('VIDEO')))[:40]}")
    _score([brief], arenas, folder, 1)  # the first run may have to compile
    start = min(_score([brief], arenas, folder, 1) for _ in range(3))
    pairs = [
        (_timed(_decoder(video)), _score([video], arenas, folder, 1)) for _ in range(options.pairs)
    ]
    _print_pairs(pairs, start, count)
    first = _score([minute], arenas, folder, 1).megabytes
    whole = max(scoring.megabytes for _, scoring in pairs)
    print(f"peak memory {first:.0f} MB for a minute, {whole:.0f} MB for {seconds / 60:.0f} minutes")
    one = _score([video, twin], arenas, folder, 1)
    two = _score([video, twin], arenas, folder, 2)
    print(f"two files: {one.seconds:.1f} s one after the other, {two.seconds:.1f} s with --jobs 2")
    print(f"  {one.seconds / two.seconds:.2f} times as fast, {two.megabytes:.0f} MB in all\n")


def _options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", nargs="?", type=Path, help="a video; else one is rendered")
    parser.add_argument("--arenas", type=Path, help="its table of arenas")
    parser.add_argument("--size", action="append", help="a rendered video's size; else three")
    parser.add_argument("--fps", type=float, default=30, help="its frame rate")
    parser.add_argument("--minutes", type=float, default=6, help="its length")
    parser.add_argument("--count", type=int, default=4, help="its number of arenas")
    parser.add_argument("--crf", type=int, default=18, help="its compression, x264's rate factor")
    parser.add_argument("--pairs", type=int, default=3, help="pairs of runs")
    return parser.parse_args()


def _material(options: argparse.Namespace, size: str, folder: Path) -> tuple[Path, Path]:
    """Return the video and its arenas, rendered where none was named."""
    if options.video:
        return options.video, options.arenas
    width, height = (int(part) for part in size.split("x"))
    world = World(
        width=width,
        height=height,
        fps=options.fps,
        arenas=options.count,
        crf=options.crf,
        preset="veryfast",
    )
    rng = np.random.default_rng(0)
    swims = [Swim(tuple(random_bouts(rng, SHOWN_S, 0.5))) for _ in range(options.count)]
    render_video(folder / "short.mp4", world, swims, 0)
    arenas = folder / "arenas.csv"
    boxes = arena_boxes(world)
    boxes.insert(0, "video", "*")
    boxes.to_csv(arenas, index=False)
    return _repeat(folder / "short.mp4", folder / "long.mp4", options.minutes * 60), arenas


def _repeat(source: Path, target: Path, seconds: float) -> Path:
    """Write a clip over and over without encoding it again."""
    with av.open(str(source)) as reading:
        stream = reading.streams.video[0]
        packets = [packet for packet in reading.demux(stream) if packet.size]
        ticks = max(packet.pts + packet.duration for packet in packets)
        rounds = round(seconds / float(ticks * stream.time_base))
    with av.open(str(target), "w") as writing:
        for turn in range(rounds):
            with av.open(str(source)) as reading:
                stream = reading.streams.video[0]
                if turn == 0:
                    out = writing.add_stream_from_template(stream)
                for packet in reading.demux(stream):
                    if packet.size:
                        packet.pts += turn * ticks
                        packet.dts += turn * ticks
                        packet.stream = out
                        writing.mux(packet)
    return target


def _cut(source: Path, target: Path, seconds: float) -> Path:
    """Write the beginning of a video without encoding it again."""
    with av.open(str(source)) as reading, av.open(str(target), "w") as writing:
        stream = reading.streams.video[0]
        out = writing.add_stream_from_template(stream)
        for packet in reading.demux(stream):
            if packet.size and packet.dts * stream.time_base < seconds:
                packet.stream = out
                writing.mux(packet)
    return target


def _count(arenas: Path) -> int:
    """Return how many arenas a table has."""
    return len(arenas.read_text("utf-8").splitlines()) - 1


def _length(video: Path) -> tuple[int, float, str]:
    """Return a video's frames and seconds, and its size in words."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        times = [p.pts for p in container.demux(stream) if p.size]
        size = f"{stream.codec_context.width}x{stream.codec_context.height}"
        return len(times), float((max(times) - min(times)) * stream.time_base), size


def _decoder(video: Path) -> list[str]:
    """Return the command that decodes a video and drops the frames."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg:
        return [ffmpeg, "-v", "error", "-threads", "1", "-i", str(video), "-f", "null", "-"]
    return [sys.executable, "-c", DECODE, str(video)]


def _score(videos: list[Path], arenas: Path, folder: Path, jobs: int) -> Run:
    """Score videos in a fresh process."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    paths = [str(video) for video in videos]
    command = [sys.executable, "-m", "behave", "score", *paths, "--arenas", str(arenas)]
    return _timed([*command, "--out", str(out), "--jobs", str(jobs)])


def _timed(command: list[str]) -> Run:
    """Run a command, watching the memory of all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own words
        peak = _Peak(process.pid)
        peak.start()
        _, errors = process.communicate()
        seconds = time.perf_counter() - start
        peak.over.set()
        peak.join()
    if process.returncode:
        sys.exit(f"{' '.join(command)}\n{errors.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, cpu_s, peak.megabytes)


class _Peak(threading.Thread):
    """Watches the memory of a process and its children (Linux; else it stays NaN)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.over, self.megabytes = pid, threading.Event(), float("nan")

    def run(self) -> None:
        """Look every 50 ms."""
        while not self.over.wait(0.05):
            pages = sum(map(_pages, _family(self.pid)))
            if pages:
                here = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
                self.megabytes = max(here, self.megabytes if self.megabytes > 0 else 0.0)


def _family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [
            pid,
            *(one for child in children.read_text().split() for one in _family(int(child))),
        ]
    except OSError:
        return [pid]


def _pages(pid: int) -> int:
    """Return the pages of memory that a process holds."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0


def _print_pairs(pairs: list[tuple[Run, Run]], start: Run, count: int) -> None:
    """Print each pair and the medians."""
    print(f"start-up {start.seconds:.2f} s, {start.cpu_s:.2f} s of CPU (a two-second clip)")
    print(f"{'pair':<8}{'decoding':>12}{'scoring':>12}{'ratio':>8}{'CPU':>12}{'CPU':>12}")
    for number, (decoding, scoring) in enumerate(pairs, start=1):
        ratio = decoding.seconds / (scoring.seconds - start.seconds)
        print(
            f"{number:<8}{decoding.seconds:>10.2f} s{scoring.seconds:>10.2f} s{ratio:>8.2f}"
            f"{decoding.cpu_s:>10.2f} s{scoring.cpu_s:>10.2f} s"
        )
    decoding_s = statistics.median(decoding.seconds for decoding, _ in pairs)
    scoring_s = statistics.median(scoring.seconds for _, scoring in pairs)
    print(f"{'frames/s':<8}{count / decoding_s:>12.0f}{count / scoring_s:>12.0f}  whole process")
    ratio = statistics.median(d.seconds / (s.seconds - start.seconds) for d, s in pairs)
    per_cpu = statistics.median(d.cpu_s / (s.cpu_s - start.cpu_s) for d, s in pairs)
    print(f"median ratio {ratio:.2f}, of CPU {per_cpu:.2f}")


if __name__ == "__main__":
    main()
