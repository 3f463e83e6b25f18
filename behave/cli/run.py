"""``behave run``: everything, from videos to the report."""

from pathlib import Path

import click

from behave.cli.console import (
    FILE,
    FOLDER,
    cluster_at,
    exit_code,
    progress_bars,
    shown,
    tell_notes,
    tell_trials,
    tell_verdict,
)


@click.command(epilog="Example: behave run configs/nbqx_ketamine.yaml --jobs 2")
@click.argument("study", type=FILE)
@click.option("--out", type=FOLDER, help="Results folder. Default: results/<study>.")
@click.option(
    "--jobs", type=click.IntRange(1), help="Videos scored at a time. Default: one per core."
)
@click.option(
    "--dask",
    metavar="ADDRESS|local",
    help="Run on a Dask cluster: a scheduler's address or file, or 'local'.",
)
@click.option("--force", is_flag=True, help="Measure every video again, even if unchanged.")
@click.option("--overlay", is_flag=True, help="Draw each score, as overlays/<trial_id>.mp4.")
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

    STUDY is the study file (YAML). What was measured before and has not
    changed is used again. Ends with exit code 0 if all trials were done, 1 if
    some failed, 2 if the input is wrong and nothing was run.
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
    tell_notes(outcome.notes)
    tell_trials(outcome.trials_log)
    if outcome.verdict is not None:
        tell_verdict(outcome.verdict)
    click.echo(f"\nReport: {shown(outcome.folder / 'report.html')}")
    ctx.exit(exit_code(outcome.trials_log))
