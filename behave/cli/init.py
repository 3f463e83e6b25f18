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
    help="Number of cylinders in each video.",
)
@click.option(
    "--blind", is_flag=True, help="Give each video a code, and write the key to a separate file."
)
def command(folder: Path, count: int, blind: bool) -> None:
    """Start a study from a folder of videos.

    Writes three things into FOLDER: study.yaml; trials.xlsx, with one row for
    each cylinder of each video; and, for each camera, a picture with the
    cylinders numbered. Complete the sheet, then use 'behave check' and
    'behave run'.

    With --blind the study is written to FOLDER/blind, where videos and animals
    have codes instead of names. FOLDER/key.xlsx says which video each code
    stands for. Somebody else completes it with the groups.
    """
    from behave.study.inputs.new_study import start_blind_study, start_study

    written, notes = (start_blind_study if blind else start_study)(folder, count)
    for name in written:
        click.echo(f"wrote {shown(folder / name)}")
    for note in notes:
        click.echo(f"- no picture: {note}", err=True)
    if blind:
        study = folder / "blind" / "study.yaml"
        click.echo(
            f"\nNow somebody who may know the groups completes {shown(folder / 'key.xlsx')} and keeps it."
            f"\n'behave score {shown(study.parent)} --count {count}' scores the videos without it."
            f"\nDeclare exclusions in {shown(study.parent / 'trials.xlsx')}"
            f"\nbefore you start 'behave run {shown(study)}', which reads the key."
        )
        return
    click.echo(
        f"\nNow complete {shown(folder / 'trials.xlsx')} (its sheet 'help' explains each column), then:\n"
        f"  behave check {shown(folder / 'study.yaml')}\n  behave run {shown(folder / 'study.yaml')}"
    )
