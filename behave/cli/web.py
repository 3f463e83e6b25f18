"""``behave web``: work in the browser."""

from pathlib import Path

import click

from behave.cli.console import FOLDER, KNOWN_FOLDER, KNOWN_PATH


@click.command(
    epilog="""\b
Examples:
  behave web --root my_videos
  behave web study.yaml
  behave web my_videos --port 8765 --read-only"""
)
@click.argument("source", metavar="[STUDY]", required=False, type=KNOWN_PATH)
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=KNOWN_FOLDER,
    help="Folder in which the first page may look for videos; may be given again. "
    "Default: your home folder.",
)
@click.option("--results", type=FOLDER, help="Results folder. Default: results/<study>.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Network address of the server."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of the server. Default: any free port.",
)
@click.option("--read-only", is_flag=True, help="Show everything, but allow no changes.")
@click.option(
    "--shortcut", is_flag=True, help="Only put an icon on the desktop that opens the pages."
)
@click.option("--no-open", is_flag=True, help="Print the address, but do not open a browser.")
def command(
    source: Path | None,
    roots: tuple[Path, ...],
    results: Path | None,
    host: str,
    port: int,
    read_only: bool,
    no_open: bool,
    shortcut: bool,
) -> None:
    """From a folder of videos to the verdict, in the browser.

    STUDY is a study file (YAML) or a folder of videos. Without STUDY, the
    first page lets you choose a folder and start a study. The pages are
    served to this computer only and need no internet. What you draw and score
    is saved in the study's folder: arenas.csv, and tables of bouts in by_hand/.
    Stop the program with Ctrl+C.
    """
    import webbrowser

    if shortcut:
        from behave.cli.shortcut import write_shortcut

        click.echo(f"wrote {write_shortcut()}")
        return
    try:
        from behave.web.home import Home
        from behave.web.server import Place, serve
    except ImportError as error:
        raise click.UsageError(
            f"the pages need further packages ({error.name} is missing); install them with "
            'pip install "behave-fst[web]"'
        ) from error
    from behave.web.workspace import open_workspace

    workspace = None if source is None else open_workspace(source, results, read_only=read_only)
    allowed = roots or ((Path.home(),) if workspace is None else (workspace.home,))
    home = Home(tuple(root.resolve() for root in allowed), read_only)

    def started(address: str) -> None:
        click.echo(f"Open {address}\nStop with Ctrl+C.")
        if not no_open:
            webbrowser.open(address)

    serve(workspace, Place(host, port), home, started)
