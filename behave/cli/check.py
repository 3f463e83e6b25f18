"""``behave check``: what a run would do, without running it."""

from pathlib import Path

import click

from behave.cli.console import FILE, progress_bars


@click.command(epilog="Example: behave check configs/nbqx_ketamine.yaml")
@click.argument("study", type=FILE)
@click.option(
    "--lock",
    "freeze",
    is_flag=True,
    help="Write design and scoring to STUDY.lock.json. Later runs report whether they still "
    "agree with it.",
)
@click.pass_context
def command(ctx: click.Context, study: Path, freeze: bool) -> None:
    """Validate a study: its file, its table of trials and its videos.

    Prints what would be scored, how many animals each group has, what is
    missing and what was not recorded. Nothing is run. Nothing is written,
    except the lock with --lock. The exit code is 1 if some trials would fail,
    and 2 if nothing could be run.
    """
    from behave.study.check import check, lock

    with progress_bars() as show:
        found = check(study, lambda done, total: show("videos", done, total))
    trials = ", ".join(f"{count} {status}" for status, count in found.trials.items())
    videos, length_s = found.videos
    click.echo(f"{found.study}: {trials}; {videos} videos, {length_s / 60:.0f} min in all.\n")
    click.echo("Animals to score per group:")
    click.echo(found.cells.to_string() + "\n")
    for note in found.notes:
        click.echo(f"- {note}")
    for problem in found.problems:
        click.echo(f"- {problem}", err=True)
    click.echo("Some trials would fail." if found.problems else "The study can be run.")
    if freeze:
        frozen = lock(study)
        click.echo(f"Analysis locked at {frozen.locked} (SHA-256 {frozen.sha256[:12]}).")
    ctx.exit(1 if found.problems else 0)
