"""What the commands share: progress on a terminal, and how results are printed."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from behave.files import absolute

if TYPE_CHECKING:
    from behave.study.execution.processes import Cluster


class UserPath(click.Path):
    """A path as a person types it, made absolute and normal; only this class does that."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the absolute path, without ``..``."""
        return absolute(Path(os.fsdecode(super().convert(value, param, ctx))))


FILE = UserPath(exists=True, dir_okay=False)
FOLDER = UserPath(file_okay=False)
NEW_FILE = UserPath(dir_okay=False)
KNOWN_FOLDER = UserPath(exists=True, file_okay=False)
KNOWN_PATH = UserPath(exists=True)
ANY_PATH = UserPath()
# Time between two lines of progress where the output is a log file and not a terminal.
LINE_EVERY_S = 60


def shown(path: Path) -> str:
    """Return a path relative to the working folder if it is inside it, otherwise unchanged."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


@contextmanager
def cluster_at(address: str | None, jobs: int) -> "Iterator[Cluster | None]":
    """Connect to a Dask cluster if an address is given; yield None otherwise."""
    if address is None:
        yield None
        return
    from behave.study.execution.dask_cluster import connect

    with connect(address, jobs) as cluster:
        yield cluster


@contextmanager
def progress_bars() -> Iterator[Callable[[str, float, int], None]]:
    """Yield a function that shows (stage, done, total): as bars, or as lines in a log."""
    if not sys.stderr.isatty():
        yield ProgressLines(lambda line: click.echo(line, err=True)).show
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
    )

    columns = (
        TextColumn("{task.description:<11}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        known: dict[str, tuple[Any, float]] = {}

        def show(stage: str, done: float, total: int) -> None:
            if stage not in known:
                known[stage] = bars.add_task(stage, total=total, left=""), time.monotonic()
            bar, began = known[stage]
            left = format_duration(remaining_s(time.monotonic() - began, done, total))
            bars.update(bar, completed=done, total=total, left=left and f"about {left} left")

        yield show


class ProgressLines:
    """Progress for a log file, such as that of a queue: a line each minute.

    Parameters
    ----------
    write
        Writes a line.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.began: dict[str, float] = {}
        self.last_s = time.monotonic()

    def show(self, stage: str, done: float, total: int) -> None:
        """Write a line if the last one is more than a minute old."""
        now_s = time.monotonic()
        began = self.began.setdefault(stage, now_s)
        if now_s - self.last_s < LINE_EVERY_S or not 0 < done < total:
            return
        self.last_s = now_s
        left = format_duration(remaining_s(now_s - began, done, total))
        self.write(
            f"{stage}: {int(done)} of {total} ({100 * done / total:.0f} %), about {left} left"
        )


def remaining_s(elapsed_s: float, done: float, total: int) -> float | None:
    """Return how long the rest of a stage will take at the present speed; None if unknown.

    The library's own estimate uses the last half minute only, and a video often takes longer.

    Examples
    --------
    >>> remaining_s(60, 8, 32)
    180.0
    """
    return elapsed_s * (total - done) / done if 0 < done < total else None


def format_duration(seconds: float | None) -> str:
    """Return a duration in seconds, minutes or hours; "" for None.

    Examples
    --------
    >>> format_duration(40), format_duration(300), format_duration(7800)
    ('40 s', '5 min', '2 h 10 min')
    """
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 2:  # noqa: PLR2004 - below two minutes seconds matter
        return f"{seconds:.0f} s"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def print_notes(notes: Iterable[str]) -> None:
    """Print how the tables were understood when they were read."""
    for note in notes:
        click.echo(f"- {note}")


def print_trials(log: pd.DataFrame) -> None:
    """Print how many trials were scored, and why others failed."""
    counts = Counter(log["status"])
    click.echo(
        f"{counts['done']} of {len(log)} trials scored"
        + "".join(
            f", {counts[status]} {status}"
            for status in ("failed", "excluded", "missing")
            if counts[status]
        )
        + "."
    )
    for row in log[log["status"] == "failed"].itertuples():
        click.echo(f"  failed: {row.trial_id}: {row.message}", err=True)


def print_verdict(verdict: Mapping[str, Any]) -> None:
    """Print the verdict's label and text, the secondary analyses and the flags."""
    # Without an antagonist there is no verdict: only the agonist's effect is printed.
    if "I" in verdict["effects"]:
        click.echo(f"\nVerdict: {str(verdict['label']).replace('_', ' ')}")
    click.echo(f"{verdict['headline']}\n{verdict['text']}")
    for item in (
        verdict["counts"],
        verdict["outcomes"],
        *verdict["families"],
        *verdict["dose_series"],
        verdict["scorer_error"],
    ):
        if item:
            click.echo(f"\n{item['text']}")
    found = verdict["sensitivity"]
    if found["of"]:
        counted = f"Sensitivity analyses: {found['agree']} of {found['of']} agree with the label."
        click.echo(f"\n{counted} {found['text']}".rstrip())
    if verdict["flags"]:
        click.echo("\nWhat to be careful about:")
        for flag in verdict["flags"]:
            click.echo(f"- {flag['text']}")


def exit_code(log: pd.DataFrame) -> int:
    """Return 1 if a trial failed, otherwise 0."""
    return int("status" in log and (log["status"] == "failed").any())
