"""``behave analyze``: statistics only."""

from pathlib import Path

import click

from behave.cli.console import FILE, FOLDER, shown, tell_notes, tell_verdict


@click.command(epilog="Example: behave analyze study.yaml --measures scored_by_hand.xlsx")
@click.argument("study", type=FILE)
@click.option(
    "--measures",
    type=FILE,
    required=True,
    help="Table with animal_id (or trial_id) and the outcome, .csv or .xlsx.",
)
@click.option(
    "--out", type=FOLDER, help="Results folder. Default: results/<study>-<name of the table>."
)
def command(study: Path, measures: Path, out: Path | None) -> None:
    """Compare the groups of a study from any table with one row per animal.

    The groups come from the study's trials table, the outcome from --measures:
    scored by hand, by another program, or an earlier run's measures.csv. A
    column per group, as in Prism, is read too. Videos and arenas play no part.
    """
    from behave.study import pipeline

    outcome = pipeline.analyze(study, measures, out)
    tell_notes(outcome.notes)
    if outcome.verdict is not None:
        tell_verdict(outcome.verdict)
    click.echo(f"\nReport: {shown(outcome.folder / 'report.html')}")
