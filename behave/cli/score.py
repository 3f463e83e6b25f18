"""``behave score``: videos to measures, with no study."""

from pathlib import Path

import click

from behave.cli.console import FILE, FOLDER, exit_code, progress_bars, tell_trials


@click.command(epilog="Example: behave score videos --count 4 --out scores")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path)
)
@click.option("--out", type=FOLDER, required=True, help="Results folder.")
@click.option("--arenas", type=FILE, help="Table of arenas (arenas.csv).")
@click.option("--count", type=click.IntRange(1, 64), help="Arenas to find in each video.")
@click.option(
    "--test", type=click.Choice(["fst"]), default="fst", show_default=True, help="Kind of test."
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Videos scored at a time. Default: one per core."
)
@click.option("--force", is_flag=True, help="Measure every video again, even if unchanged.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    arenas: Path | None,
    count: int | None,
    test: str,
    jobs: int | None,
    force: bool,
) -> None:
    """Score videos, or folders of videos: the immobility of each animal as CSV.

    Say where the animals are by --count (cylinders to find in each video) or
    --arenas (a table). Each arena of each video is a trial from the animal's
    entry to the end of the recording.
    """
    from behave.scoring import ScoringOptions
    from behave.study import pipeline
    from behave.study.execution import Execution, cores
    from behave.study.plan import plan_videos
    from behave.tracking import TrackingOptions

    del test  # one kind so far; the option keeps scripts from breaking when more come
    if (arenas is None) == (count is None):
        raise click.UsageError("give either --count or --arenas, so that the animals are found")
    plan = plan_videos(paths, arenas, count or 0, TrackingOptions(), ScoringOptions())
    with progress_bars() as progress:
        outcome = pipeline.score(
            plan,
            out,
            Execution(jobs or cores(), force, progress, ctx.find_root().params.get("debug", False)),
        )
    tell_trials(outcome.trials_log)
    click.echo(f"Measures: {out / 'measures.csv'}")
    ctx.exit(exit_code(outcome.trials_log))
