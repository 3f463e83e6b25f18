"""``behave export``: scores for other programs."""

from pathlib import Path

import click

from behave.cli.console import KNOWN_FOLDER, shown


@click.command(epilog="Example: behave export results/nbqx-ketamine --boris --nwb")
@click.argument("results", type=KNOWN_FOLDER)
@click.option(
    "--boris", is_flag=True, help="Write a BORIS project and BORIS's table of aggregated events."
)
@click.option(
    "--nwb", is_flag=True, help="Write one Neurodata Without Borders (NWB) file per trial."
)
def command(results: Path, boris: bool, nwb: bool) -> None:
    """Write the scores of a results folder for other programs.

    RESULTS is the folder that 'behave run' or 'behave score' wrote. The files
    are written to its subfolder 'export'. --nwb needs further packages:
    pip install 'behave-fst[nwb]'.
    """
    if not boris and not nwb:
        raise click.UsageError("choose what to write: --boris, --nwb, or both")
    if boris:
        from behave.export.boris import export_boris

        for path in export_boris(results):
            click.echo(f"wrote {shown(path)}")
    if nwb:
        from behave.export.nwb import export_nwb

        written = export_nwb(results)
        click.echo(f"wrote {len(written)} files into {shown(results / 'export' / 'nwb')}")
