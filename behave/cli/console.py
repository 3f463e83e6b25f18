"""What the commands share: progress on a terminal, and how results are told."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

if TYPE_CHECKING:
    from behave.study.cluster import Cluster

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@contextmanager
def cluster_at(address: str | None, jobs: int) -> "Iterator[Cluster | None]":
    """Connect to a Dask cluster where one is named."""
    if address is None:
        yield None
        return
    from behave.study.cluster import connect

    with connect(address, jobs) as cluster:
        yield cluster


@contextmanager
def progress_bars() -> Iterator[Callable[[str, float, int], None]]:
    """Yield a function that shows (stage, done, total); silent without a terminal."""
    if not sys.stderr.isatty():
        from behave.study.execution import silent

        yield silent
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<11}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        known: dict[str, Any] = {}

        def show(stage: str, done: float, total: int) -> None:
            if stage not in known:
                known[stage] = bars.add_task(stage, total=total)
            bars.update(known[stage], completed=done, total=total)

        yield show


def tell_trials(log: pd.DataFrame) -> None:
    """Print how many trials were done, and why others were not."""
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


def tell_verdict(verdict: Mapping[str, Any]) -> None:
    """Print the verdict's label and its text, what stands beside it, and what to be careful about."""
    click.echo(f"\nVerdict: {str(verdict['label']).replace('_', ' ')}\n{verdict['text']}")
    for item in (*verdict["families"], *verdict["dose_series"], verdict["scorer_error"]):
        if item:
            click.echo(f"\n{item['text']}")
    found = verdict["sensitivity"]
    if found["of"]:
        told = f"Sensitivity analyses: agree {found['agree']} of {found['of']} with the label."
        click.echo(f"\n{told} {found['text']}".rstrip())
    if verdict["flags"]:
        click.echo("\nWhat to be careful about:")
        for flag in verdict["flags"]:
            click.echo(f"- {flag['text']}")


def exit_code(log: pd.DataFrame) -> int:
    """Return 1 where a trial failed, else 0."""
    return int("status" in log and (log["status"] == "failed").any())
