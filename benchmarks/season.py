"""Cost of a season: CPU time per video and stage, and of the statistics per animal.

``python benchmarks/season.py VIDEO --count 4`` prints seconds of CPU (user and system, all
threads), which a busy machine does not lengthen as it does the clock's, and videos per hour
of one core. ``--trials N`` adds the statistics and the report of a study of N animals.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from behave import tracking
from behave.scoring import ScoringOptions
from behave.study import pipeline, stages
from behave.tracking import TrackingOptions, Trial

STUDY = """\
study: season
trials: trials.csv
design:
  agonist:    {column: treatment,    control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX}
"""


def cpu_of_video(video: Path, count: int) -> None:
    """Print the CPU time of each stage of one video."""
    info = tracking.probe(video)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.process_time()
        layout = stages.lay_out(stages.LayOut(video, video.name, (), count, folder))
        spent = {"arenas": time.process_time() - began}
        trials = tuple(
            Trial(f"{arena.name}", arena, None, info.duration_s) for arena in layout.arenas
        )
        began = time.process_time()
        options = TrackingOptions()
        stages.follow(stages.Follow(video, layout.sha256, trials, options, folder, force=True))
        spent["tracking"] = time.process_time() - began
        began = time.process_time()
        for trial in trials:
            epochs = {"whole": (0.0, info.duration_s)}
            stages.rate(stages.Rate(trial.trial_id, epochs, 60, ScoringOptions(), folder, epochs))
        spent["scoring"] = time.process_time() - began
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    total = sum(spent.values())
    minutes = info.duration_s / 60
    print(
        f"{video.name}: {info.width}x{info.height}, {info.rate:.0f} per s, {minutes:.1f} min, "
        f"{count} arenas"
    )
    for stage, seconds in spent.items():
        print(f"  {stage:<9} {seconds:6.2f} s of CPU")
    print(f"  {'all':<9} {total:6.2f} s of CPU; {total / minutes:.2f} s per minute of video")
    print(f"  videos of this length per hour and core: {3600 / total:.0f}")
    print(f"  written per video: {size / 1e6:.2f} MB")


def cpu_of_statistics(count: int) -> None:
    """Print the CPU time of statistics and report for a study of ``count`` animals."""
    chance = np.random.default_rng(1)
    index = np.arange(count)
    trials = pd.DataFrame({"animal_id": [f"m{number}" for number in index]})
    trials["pretreatment"] = np.where(index % 2, "vehicle", "NBQX")
    trials["treatment"] = np.where(index // 2 % 2, "vehicle", "ketamine")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trials.to_csv(folder / "trials.csv", index=False)
        scores = trials[["animal_id"]].assign(immobility_s=chance.normal(140, 34, count))
        scores.to_csv(folder / "measures.csv", index=False)
        (folder / "study.yaml").write_text(STUDY)
        began = time.process_time()
        pipeline.analyze(folder / "study.yaml", folder / "measures.csv", folder / "out")
        print(
            f"statistics and report of {count} animals: {time.process_time() - began:.1f} s of CPU"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--trials", type=int, nargs="*", default=[])
    given = parser.parse_args()
    if given.video:
        cpu_of_video(given.video, given.count)
    for number in given.trials:
        cpu_of_statistics(number)
