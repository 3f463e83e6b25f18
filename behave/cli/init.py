"""``behave init``: how a study starts."""

from pathlib import Path
from typing import Literal

import click

from behave.cli.console import KNOWN_FOLDER, shown


@click.command(epilog="Example: behave init videos")
@click.argument("folder", type=KNOWN_FOLDER)
@click.option(
    "--count",
    type=click.IntRange(1, 64),
    help="Number of cylinders in each video. Default: as many as are seen.",
)
@click.option(
    "--blind", is_flag=True, help="Give each video a code, and write the key to a separate file."
)
@click.option(
    "--test",
    type=click.Choice(["fst", "tst"]),
    default="fst",
    show_default=True,
    help="Kind of test; 'tst': tail suspension, whose animals are not counted: give --count.",
)
def command(folder: Path, count: int | None, blind: bool, test: Literal["fst", "tst"]) -> None:
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

    started = (start_blind_study if blind else start_study)(folder, count, test)
    click.echo(
        f"{started.videos} video{'s' if started.videos != 1 else ''}, {started.count} "
        f"{'cylinder' if test == 'fst' else 'animal'}{'s' if started.count != 1 else ''} in each."
    )
    for name in started.written:
        click.echo(f"wrote {shown(folder / name)}")
    for note in started.notes:
        click.echo(f"- {note}", err=True)
    if blind:
        study = folder / "blind" / "study.yaml"
        click.echo(
            f"\nNow somebody who may know the groups completes {shown(folder / 'key.xlsx')} and keeps it."
            f"\n'behave score {shown(study.parent)} --count {started.count}' scores without it; exclusions are declared in\n"
            f"{shown(study.parent / 'trials.xlsx')} before 'behave run {shown(study)}' reads it."
        )
        return
    path = shown(folder / "study.yaml")
    # A path with a space is one argument only in quotation marks.
    typed = f'"{path}"' if " " in path else path
    click.echo(
        f"\nNow complete {shown(folder / 'trials.xlsx')} (its sheet 'help' explains each column), then:\n"
        f"  behave check {typed}\n  behave run {typed}"
    )
