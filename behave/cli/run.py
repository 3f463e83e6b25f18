"""``behave run``: a whole study, from videos to the report."""

from pathlib import Path

import click

from behave.cli.console import (
    FILE,
    FOLDER,
    cluster_at,
    exit_code,
    print_notes,
    print_trials,
    print_verdict,
    progress_bars,
    shown,
)


@click.command(epilog="Example: behave run configs/nbqx_ketamine.yaml --jobs 2")
@click.argument("study", type=FILE)
@click.option("--out", type=FOLDER, help="Results folder. Default: results/<study>.")
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
    study: Path,
    out: Path | None,
    jobs: int | None,
    dask: str | None,
    force: bool,
    overlay: bool,
) -> None:
    """Run a study: score every animal, compare the groups, give the verdict.

    STUDY is the study file (YAML). Measurements of an earlier run are used
    again if nothing that they depend on has changed. The exit code is 0 if all
    trials were scored, 1 if some failed, and 2 if the input is wrong and
    nothing was run.
    """
    from behave.study import pipeline
    from behave.study.execution.processes import Execution, cores

    with cluster_at(dask, jobs or cores()) as cluster, progress_bars() as progress:
        outcome = pipeline.run(
            study,
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
    if outcome.verdict is not None:
        print_verdict(outcome.verdict)
    click.echo(f"\nReport: {shown(outcome.folder / 'report.html')}")
    ctx.exit(exit_code(outcome.trials_log))
