"""``behave score``: measures of each animal from videos, without a study."""

from pathlib import Path
from typing import Literal

import click

from behave.cli.console import (
    ANY_PATH,
    FILE,
    FOLDER,
    KNOWN_PATH,
    cluster_at,
    exit_code,
    print_notes,
    print_trials,
    progress_bars,
    shown,
)


@click.command(epilog="Example: behave score videos --count 4 --out scores")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=ANY_PATH)
@click.option("--out", type=FOLDER, required=True, help="Results folder.")
@click.option("--arenas", type=FILE, help="Table of arenas (arenas.csv).")
@click.option("--count", type=click.IntRange(1, 64), help="Number of arenas in each video.")
@click.option(
    "--test",
    type=click.Choice(["fst", "tst", "freezing"]),
    default="fst",
    show_default=True,
    help="Kind of test: forced swim, or freezing, which needs keypoints.",
)
@click.option(
    "--fps",
    type=click.FloatRange(0, min_open=True),
    help="Frames per second: of files of keypoints, and of videos whose files do not tell it.",
)
@click.option(
    "--project",
    type=KNOWN_PATH,
    help="DeepLabCut project with a trained network that finds keypoints in the videos.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Videos to score at the same time. Default: one per core.",
)
@click.option(
    "--dask",
    metavar="ADDRESS|local",
    help="Run on a Dask cluster: the scheduler's address, its file (.json), or 'local'.",
)
@click.option("--force", is_flag=True, help="Measure every video again, even if unchanged.")
@click.option(
    "--overlay",
    is_flag=True,
    help="Write a small video of each trial that shows its score: overlays/<trial_id>.mp4.",
)
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    arenas: Path | None,
    count: int | None,
    test: Literal["fst", "tst", "freezing"],
    fps: float | None,
    project: Path | None,
    jobs: int | None,
    dask: str | None,
    force: bool,
    overlay: bool,
) -> None:
    """Score videos, or folders of videos: the immobility of each animal as CSV.

    Say where the animals are: with --count, the number of cylinders to find in
    each video, or with --arenas, a table. Each arena of each video is a trial,
    which lasts from the animal's entry to the end of the recording.

    With --project, a trained DeepLabCut network follows the animals. With
    --fps alone, PATH is a file of DeepLabCut's keypoints, or a folder of such
    files, and each animal in a file is a trial. With --fps and --count or
    --arenas, the videos were filmed at that rate, whatever their files say.
    """
    from behave.scoring import ScoringOptions
    from behave.study import pipeline
    from behave.study.execution.processes import Execution, cores
    from behave.study.inputs.plan import plan_videos
    from behave.tracking import POSE_SUFFIXES, TrackingOptions

    files_of_keypoints = any(path.suffix.lower() in POSE_SUFFIXES for path in paths)
    if fps and (files_of_keypoints or not (arenas or count)):
        if arenas or count:
            raise click.UsageError(
                "files of keypoints have no arenas: leave out --count and --arenas"
            )
        if project:
            raise click.UsageError("give either --fps (files of keypoints) or --project (videos)")
        if overlay:
            raise click.UsageError("--overlay needs videos, and --fps is for files of keypoints")
        options = TrackingOptions(method="deeplabcut", fps=fps, test=test)
    else:
        if files_of_keypoints:
            raise click.UsageError(
                "give --fps, the frames per second of the video: a file of keypoints does not hold it"
            )
        if test == "freezing" and not project:
            raise click.UsageError(
                "freezing is scored from keypoints: give files of keypoints, or videos and --project"
            )
        if (arenas is None) == (count is None):
            raise click.UsageError("give either --count or --arenas, to say where the animals are")
        method: Literal["deeplabcut", "silhouette"] = "deeplabcut" if project else "silhouette"
        options = TrackingOptions(method=method, project=project, test=test, fps=fps)
    plan = plan_videos(paths, arenas, count or 0, options, ScoringOptions())
    with cluster_at(dask, jobs or cores()) as cluster, progress_bars() as progress:
        outcome = pipeline.score(
            plan,
            out,
            Execution(
                jobs or cores(),
                force,
                progress,
                ctx.find_root().params.get("debug", False),
                overlay,
                cluster,
            ),
        )
    print_notes(outcome.notes)
    print_trials(outcome.trials_log)
    click.echo(f"Measures: {shown(out / 'measures.csv')}")
    ctx.exit(exit_code(outcome.trials_log))
