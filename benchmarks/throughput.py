"""Measure the scorer's speed as a whole process, against decoding alone, on one file.

Run as ``python benchmarks/throughput.py [VIDEO --arenas FILE]``. Without a video
it renders half a minute of four SYNTHETIC animals and repeats it to six minutes.

Scorer and decoder run in turn, several pairs of them, so that a busy machine
slows both. Decoding alone is ``ffmpeg -threads 1 -i VIDEO -f null -`` where
ffmpeg is installed, else the same decoder through PyAV with one thread; the
table says which. Start-up is the time for a two-second clip.

    ratio = decoding time / (scoring time - start-up)
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

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


def main() -> None:
    """Print the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video, arenas = _material(options, folder)
        count, seconds = _length(video)
        brief = _cut(video, folder / "brief.mp4", 2.0)
        twin = shutil.copy(video, folder / f"twin{video.suffix}")
        print(
            f"{video.name}: {count} frames, {seconds:.0f} s, {options.size}, {options.count} arenas"
        )
        print(f"decoding alone: {' '.join(_decoder(Path('VIDEO')))[:40]}")
        _score([brief], arenas, folder, 1)  # the first run may have to compile
        start = min(_score([brief], arenas, folder, 1)[0] for _ in range(3))
        pairs = [
            (_timed(_decoder(video))[0], *_score([video], arenas, folder, 1))
            for _ in range(options.pairs)
        ]
        _print_pairs(pairs, start, count)
        if options.jobs:
            one, _ = _score([video, Path(twin)], arenas, folder, 1)
            two, memory = _score([video, Path(twin)], arenas, folder, 2)
            print(f"two files: {one:.1f} s one after the other, {two:.1f} s with --jobs 2")
            print(f"  {one / two:.2f} times as fast, {memory:.0f} MB in all processes together")


def _options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", nargs="?", type=Path, help="a video; else one is rendered")
    parser.add_argument("--arenas", type=Path, help="its table of arenas")
    parser.add_argument("--size", default="640x480", help="size of the rendered video")
    parser.add_argument("--fps", type=float, default=30, help="its frame rate")
    parser.add_argument("--minutes", type=float, default=6, help="its length")
    parser.add_argument("--count", type=int, default=4, help="its number of arenas")
    parser.add_argument("--pairs", type=int, default=3, help="pairs of runs")
    parser.add_argument("--jobs", action="store_true", help="also two files with --jobs 2")
    return parser.parse_args()


def _material(options: argparse.Namespace, folder: Path) -> tuple[Path, Path]:
    """Return the video and its arenas, rendered where none was named."""
    if options.video:
        return options.video, options.arenas
    width, height = (int(part) for part in options.size.split("x"))
    world = World(width=width, height=height, fps=options.fps, arenas=options.count)
    rng = np.random.default_rng(0)
    swims = [Swim(tuple(random_bouts(rng, 30, 0.5))) for _ in range(options.count)]
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


def _length(video: Path) -> tuple[int, float]:
    """Return a video's frames and seconds."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        times = [p.pts for p in container.demux(stream) if p.size]
        return len(times), float((max(times) - min(times)) * stream.time_base)


def _decoder(video: Path) -> list[str]:
    """Return the command that decodes a video and drops the frames."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg:
        return [ffmpeg, "-v", "error", "-threads", "1", "-i", str(video), "-f", "null", "-"]
    return [sys.executable, "-c", DECODE, str(video)]


def _score(videos: list[Path], arenas: Path, folder: Path, jobs: int) -> tuple[float, float]:
    """Score videos in a fresh process; return seconds and peak memory in MB."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    paths = [str(video) for video in videos]
    command = [sys.executable, "-m", "behave", "score", *paths, "--arenas", str(arenas)]
    return _timed([*command, "--out", str(out), "--jobs", str(jobs)])


def _timed(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds and the peak memory of all its processes, MB."""
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
    return seconds, peak.megabytes


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


def _print_pairs(pairs: list[tuple[float, float, float]], start: float, count: int) -> None:
    """Print each pair and the medians."""
    print(f"start-up {start:.2f} s (a two-second clip)")
    print(f"{'pair':<8}{'decoding':>12}{'scoring':>12}{'ratio':>8}{'memory':>10}")
    for number, (decoding, scoring, memory) in enumerate(pairs, start=1):
        ratio = decoding / (scoring - start)
        print(f"{number:<8}{decoding:>10.2f} s{scoring:>10.2f} s{ratio:>8.2f}{memory:>7.0f} MB")
    decoding = statistics.median(pair[0] for pair in pairs)
    scoring = statistics.median(pair[1] for pair in pairs)
    print(f"{'frames/s':<8}{count / decoding:>12.0f}{count / scoring:>12.0f}  whole process")
    ratio = statistics.median(d / (s - start) for d, s, _ in pairs)
    print(f"median ratio {ratio:.2f}, peak memory {max(pair[2] for pair in pairs):.0f} MB")


if __name__ == "__main__":
    main()
