"""``behave web``: see, draw and score in the browser."""

from pathlib import Path

import click

from behave.cli.console import FOLDER


@click.command(
    epilog="""\b
Examples:
  behave web study.yaml
  behave web my_videos --port 8765 --read-only"""
)
@click.argument("source", metavar="STUDY", type=click.Path(exists=True, path_type=Path))
@click.option("--results", type=FOLDER, help="Results folder. Default: results/<study>.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen at. Default: any that is free.",
)
@click.option("--read-only", is_flag=True, help="Let nothing be changed.")
@click.option("--no-open", is_flag=True, help="Print the address and open no browser.")
def command(
    source: Path, results: Path | None, host: str, port: int, read_only: bool, no_open: bool
) -> None:
    """Draw arenas, score by hand, and look at scores, in the browser.

    STUDY is a study file (YAML) or a folder of videos. The page is served on
    this computer alone and needs no network. What is drawn and scored is
    written beside the study: arenas.csv, and tables of bouts in by_hand/.
    Stop it with Ctrl+C.
    """
    import webbrowser

    try:
        from behave.web.server import Place, serve
    except ImportError as error:
        raise click.UsageError(
            f"the browser pages need the extra 'web' ({error.name} is missing): "
            'pip install "behave-fst[web]"'
        ) from error
    from behave.web.desk import open_workspace

    desk = open_workspace(source, results, read_only=read_only)

    def started(address: str) -> None:
        click.echo(f"Open {address}\nStop with Ctrl+C.")
        if not no_open:
            webbrowser.open(address)

    serve(desk, Place(host, port), started)
