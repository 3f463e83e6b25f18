"""Speed of a DeepLabCut network through this package, beside its bare inference runner.

Run from the repository, with the extra ``dlc``:
``python benchmarks/dlc_throughput.py PROJECT/config.yaml VIDEO``. Both give the
network the same whole frames in the same batches; the runner has them in memory
already, this package decodes them from the file and makes motion of them.
"""

import argparse
import sys
import time
from pathlib import Path

from behave.tracking import Arena, TrackingOptions, Trial, deeplabcut
from behave.tracking.video import frame_size, read_frames

ROUNDS = 3


def peak_mb() -> float:
    """Return the process's peak memory in MB; NaN where the system does not tell."""
    if sys.platform == "win32":
        return float("nan")
    import resource  # noqa: PLC0415 - Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a round of both per line, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("video", type=Path)
    parser.add_argument("--batch-size", type=int, default=8)
    given = parser.parse_args()
    options = TrackingOptions(
        method="deeplabcut", project=given.project, batch_size=given.batch_size
    )
    network = deeplabcut.load(options)
    trial = Trial("whole", Arena("1", 0, 0, 0, 0))
    deeplabcut.track(given.video, [trial], options)  # both find a warm network
    before = peak_mb()
    box = (0, 0, *frame_size(given.video))
    rates = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        (track,) = deeplabcut.track(given.video, [trial], options)
        wrapped = len(track.motion) / (time.perf_counter() - began)
        frames = list(deeplabcut.cut_arenas(read_frames(given.video), [box]))
        began = time.perf_counter()
        network.runner.inference(frames)
        bare = len(frames) / (time.perf_counter() - began)
        del frames
        rates.append(wrapped / bare)
        print(f"file to motion {wrapped:6.1f} frames/s; bare runner {bare:6.1f}; {rates[-1]:.2f}x")
    print(f"median ratio {sorted(rates)[ROUNDS // 2]:.2f}; peak memory before {before:.0f} MB")


if __name__ == "__main__":
    main()
