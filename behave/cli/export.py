"""``behave export``: scores for other programs."""

from pathlib import Path

import click

from behave.cli.console import KNOWN_FOLDER, shown


@click.command(epilog="Example: behave export results/nbqx-ketamine --boris --nwb")
@click.argument("results", type=KNOWN_FOLDER)
@click.option("--boris", is_flag=True, help="Bouts as BORIS's aggregated events and a project.")
@click.option("--nwb", is_flag=True, help="A file of Neurodata Without Borders per trial.")
def command(results: Path, boris: bool, nwb: bool) -> None:
    """Write the scores of a results folder for other programs.

    RESULTS is the folder of 'behave run' or 'behave score'. The files go into
    its folder 'export'. --nwb needs the extra: pip install 'behave-fst[nwb]'.
    """
    if not boris and not nwb:
        raise click.UsageError("say what to write: --boris, --nwb, or both")
    if boris:
        from behave.export.boris import export_boris

        for path in export_boris(results):
            click.echo(f"wrote {shown(path)}")
    if nwb:
        from behave.export.nwb import export_nwb

        written = export_nwb(results)
        click.echo(f"wrote {len(written)} files into {shown(results / 'export' / 'nwb')}")
