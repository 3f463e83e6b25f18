"""``behave init``: how a study starts."""

from pathlib import Path

import click

from behave.cli.console import KNOWN_FOLDER, shown


@click.command(epilog="Example: behave init videos --count 4")
@click.argument("folder", type=KNOWN_FOLDER)
@click.option(
    "--count",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Cylinders that each video shows.",
)
@click.option(
    "--blind", is_flag=True, help="Give each video a code, and keep the key in a file of its own."
)
def command(folder: Path, count: int, blind: bool) -> None:
    """Start a study from a folder of videos.

    Writes study.yaml and trials.xlsx into FOLDER, the sheet prefilled with one
    row per cylinder of each video, and a numbered picture of each camera's
    cylinders. Complete the sheet, then use 'behave check' and 'behave run'.

    With --blind the study lies in FOLDER/blind, where videos and animals have
    codes for names; FOLDER/key.xlsx says what is behind them, and is completed
    with the groups by somebody else.
    """
    from behave.study.inputs.new_study import start_blind_study, start_study

    written, remarks = (start_blind_study if blind else start_study)(folder, count)
    for name in written:
        click.echo(f"wrote {shown(folder / name)}")
    for remark in remarks:
        click.echo(f"- no picture: {remark}", err=True)
    if blind:
        study = folder / "blind" / "study.yaml"
        click.echo(
            f"\nNow somebody who may know the groups completes {shown(folder / 'key.xlsx')} and keeps it."
            f"\n'behave score {shown(study.parent)} --count {count}' scores without it; exclusions are declared in\n"
            f"{shown(study.parent / 'trials.xlsx')} before 'behave run {shown(study)}' reads it."
        )
        return
    click.echo(
        f"\nNow complete {shown(folder / 'trials.xlsx')} (its sheet 'help' explains each column), then:\n"
        f"  behave check {shown(folder / 'study.yaml')}\n  behave run {shown(folder / 'study.yaml')}"
    )
