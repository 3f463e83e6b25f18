"""Speed of a DeepLabCut network through this package, beside its bare inference runner.

Run from the repository, with the extra ``dlc``:
``python benchmarks/dlc_throughput.py PROJECT/config.yaml VIDEO``. Both give the
network the same whole frames in the same batches; the runner has them in memory
already, this package decodes them from the file and makes motion of them. The two
are measured in pairs, in turn, because the machine's speed drifts.
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from behave.tracking import Arena, TrackingOptions, Trial
from behave.tracking.deeplabcut import inference, tracks
from behave.tracking.video.reader import probe, read_frames
from behave.tracking.video.seeking import frame_size


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
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    options = TrackingOptions(
        method="deeplabcut", project=given.project, batch_size=given.batch_size
    )
    network = inference.load(options)
    trial = Trial("whole", Arena("1", 0, 0, 0, 0))
    tenth = replace(trial, entry_s=0.0, duration_s=probe(given.video).duration_s / 10)
    tracks.track(given.video, [tenth], options)  # both find a warm network
    after_tenth = peak_mb()
    tracks.track(given.video, [trial], options)
    after_whole = peak_mb()
    box = (0, 0, *frame_size(given.video))
    rates, busy = [], []
    for turn in range(given.rounds):
        frames = list(tracks.cut_arenas(read_frames(given.video), [box]))
        seconds, cpu = {}, {}
        for ours in (turn % 2 == 0, turn % 2 == 1):  # neither is always the first
            began, used = time.perf_counter(), time.process_time()
            if ours:
                tracks.track(given.video, [trial], options)
            else:
                network.runner.inference(frames)
            seconds[ours] = time.perf_counter() - began
            cpu[ours] = time.process_time() - used
        wrapped, bare = len(frames) / seconds[True], len(frames) / seconds[False]
        del frames
        rates.append(wrapped / bare)
        busy.append(cpu[False] / cpu[True])
        print(
            f"file to motion {wrapped:6.1f} frames/s; bare runner {bare:6.1f}; {rates[-1]:.2f}x "
            f"({busy[-1]:.2f}x per second of CPU)"
        )
    print(
        f"median ratio {median(rates):.2f} of {given.rounds} pairs ({median(busy):.2f} per second of "
        f"CPU); peak memory {after_tenth:.0f} MB "
        f"after a tenth of the video, {after_whole:.0f} MB after all of it"
    )


if __name__ == "__main__":
    main()
