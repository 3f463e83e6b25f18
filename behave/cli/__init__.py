"""The command line: the only part of the package that uses click, prints or exits."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from behave import __version__
from behave.errors import BehaveError

# Each command is the function `command` in behave/cli/<name>.py. It is imported only
# when it is used, so that --help stays fast; its one-line help is repeated here.
COMMANDS = {
    "init": "Start a study: look at a folder of videos and write the files to complete.",
    "check": "Validate a study without running it.",
    "run": "Run a study: from videos to the verdict and its report.",
    "score": "Score videos without a study: immobility of each animal as CSV.",
    "analyze": "Statistics only: compare groups from any table with one row per animal.",
    "export": "Write the scores for other programs: BORIS, NWB.",
    "agree": "Compare the scores with people's scores, or fit the scoring to them.",
    "web": "Work in the browser: start a study, draw arenas, score, see results.",
    "audit": "Judge a published table of means, SDs or SEMs and n.",
    "pool": "Pool several experiments: fixed and random effects, a forest plot.",
    "power": "Plan a study: how many animals it needs.",
    "simulate": "Render synthetic videos with known states.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are used."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Accept --debug anywhere: people add it at the end of the line that failed."""
        if "--debug" in args:
            args = ["--debug", *(word for word in args if word != "--debug")]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a study uses them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is used."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"behave.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Turn the package's errors into messages and exit codes."""
        try:
            return super().invoke(ctx)
        except BehaveError as error:
            if ctx.params.get("debug"):
                raise
            count = len(error.problems)
            head = "Error:" if count == 1 else f"{count} errors:"
            click.echo(f"{head}\n{error}", err=True)
            ctx.exit(2)


@click.group(
    cls=LazyGroup,
    epilog="Example: behave run configs/nbqx_ketamine.yaml",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="behave")
def cli(debug: bool) -> None:
    """Score forced-swim videos and say whether an antagonist blocked a drug's effect."""
    del debug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    # A Windows console may not be UTF-8; printing a message must not raise an error there.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli.main(args=None if arguments is None else list(arguments), prog_name="behave")
