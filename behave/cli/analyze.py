"""``behave analyze``: statistics only."""

from pathlib import Path

import click

from behave.cli.console import FILE, FOLDER, print_notes, print_verdict, shown


@click.command(epilog="Example: behave analyze study.yaml --measures scored_by_hand.xlsx")
@click.argument("study", type=FILE)
@click.option(
    "--measures",
    type=FILE,
    required=True,
    help="Table (.csv or .xlsx) with the outcome and a column animal_id or trial_id.",
)
@click.option(
    "--out", type=FOLDER, help="Results folder. Default: results/<study>-<name of the table>."
)
def command(study: Path, measures: Path, out: Path | None) -> None:
    """Compare the groups of a study from any table with one row per animal.

    The groups come from the study's table of trials, the outcome from
    --measures: a table scored by hand or by another program, or the
    measures.csv of an earlier run. A table with one column per group, as in
    Prism, is read too. Videos and arenas are not used.
    """
    from behave.study import pipeline

    outcome = pipeline.analyze(study, measures, out)
    print_notes(outcome.notes)
    if outcome.verdict is not None:
        print_verdict(outcome.verdict)
    click.echo(f"\nReport: {shown(outcome.folder / 'report.html')}")
