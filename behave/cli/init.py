"""``behave init``: how a study starts."""

from pathlib import Path

import click


@click.command(epilog="Example: behave init videos --count 4")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--count",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Cylinders that each video shows.",
)
def command(folder: Path, count: int) -> None:
    """Start a study from a folder of videos.

    Writes study.yaml and trials.xlsx into FOLDER, the sheet prefilled with one
    row per cylinder of each video, and a numbered picture of each camera's
    cylinders. Complete the sheet, then use 'behave check' and 'behave run'.
    """
    from behave.study.start import start_study

    written, remarks = start_study(folder, count)
    for name in written:
        click.echo(f"wrote {folder / name}")
    for remark in remarks:
        click.echo(f"- no picture: {remark}", err=True)
    click.echo(
        f"\nNow complete {folder / 'trials.xlsx'} (its sheet 'help' explains each column), then:\n"
        f"  behave check {folder / 'study.yaml'}\n  behave run {folder / 'study.yaml'}"
    )
