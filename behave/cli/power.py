"""``behave power``: how many animals a study needs, and what a given number can show."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from behave.cli.console import FOLDER, shown

if TYPE_CHECKING:
    import pandas as pd

EPILOG = """\b
Examples:
  behave power --effect 45 --sd 34
  behave power --effect 45 --sd 34 --blocked 0.5 --n 8 --n 16 --out planning
"""
HEADER_LINES = 3
SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command(epilog=EPILOG)
@click.option(
    "--effect",
    type=click.FloatRange(0, min_open=True),
    required=True,
    help="Expected effect of the agonist under vehicle (K), in the outcome's unit.",
)
@click.option(
    "--sd",
    type=click.FloatRange(0, min_open=True),
    required=True,
    help="Standard deviation between animals of a group, in the same unit.",
)
@click.option(
    "--blocked",
    type=click.FloatRange(0, 2),
    default=1.0,
    show_default=True,
    help="Share of the effect that the antagonist removes: 0 none, 1 all, above 1 a reversal.",
)
@click.option(
    "--n",
    "sizes",
    type=click.IntRange(2, 200),
    multiple=True,
    default=(8,),
    show_default=True,
    help="Animals per group to report in words; may be given again.",
)
@click.option("--power", type=SHARE, default=0.8, show_default=True, help="Power to reach.")
@click.option(
    "--rho",
    type=SHARE,
    default=0.5,
    show_default=True,
    help="Share of the effect that may remain in 'blocked' (design.residual_fraction).",
)
@click.option("--seed", default=1, show_default=True, help="Seed of the simulated experiments.")
@click.option(
    "--count",
    type=click.IntRange(100, 100_000),
    default=2000,
    show_default=True,
    help="Simulated experiments per size.",
)
@click.option("--out", type=FOLDER, help="Write power.csv and a figure to this folder.")
def command(
    effect: float,
    sd: float,
    blocked: float,
    sizes: tuple[int, ...],
    power: float,
    rho: float,
    seed: int,
    count: int,
    out: Path | None,
) -> None:
    """Say how many animals a 2x2 study needs to show the effects that you expect.

    Assumes four groups of equal size, and normal outcomes with the same
    standard deviation in each group. The power of the contrasts is exact. How
    often each label is given is found by simulation.
    """
    from behave.stats.power import (
        SIZES,
        Expectation,
        find_needs,
        format_plan,
        format_plans,
        plan,
        true_labels,
    )

    expected = Expectation(effect=effect, std_dev=sd, blocked=blocked, residual_fraction=rho)
    table = plan(expected, (*SIZES, *sizes), seed=seed, count=count)
    shares = table.drop(columns="n_total").set_index("n_per_cell")
    percent = shares.mul(100).round().astype(int)
    percent.columns = [name.replace("_", " ") for name in shares.columns]
    click.echo("Percent of experiments, by animals per group (n)\n")
    click.echo(_aligned(percent.reset_index(names="n").astype(str)))
    needs = find_needs(table, expected, power, seed=seed, count=count)
    click.echo("\n" + "\n".join(format_plan(table, needs, sizes, power)))
    if true_labels(expected):
        click.echo("\nOther plans, and how often each gives a label that would be right:")
        for size in dict.fromkeys(sizes):
            for line in format_plans(expected, size, seed=seed, count=count):
                click.echo(f"- {line}")
    if out is not None:
        from behave.files import write_bytes, write_table
        from behave.model import tables
        from behave.report.figures.power import power_plot
        from behave.report.style import png_bytes, svg_bytes

        write_table(table, out / tables.POWER.file)
        figure = power_plot(table, power)
        write_bytes(png_bytes(figure), out / "power.png")
        write_bytes(svg_bytes(figure), out / "power.svg")
        click.echo(f"\nWritten: {shown(out / tables.POWER.file)}, power.png, power.svg")


def _aligned(table: "pd.DataFrame") -> str:
    """Return a table as text: one word of a header per line, columns aligned to the right."""
    columns = []
    for name in table.columns:
        words = name.split()
        cells = [*[""] * (HEADER_LINES - len(words)), *words, *table[name]]
        width = max(map(len, cells))
        columns.append([cell.rjust(width) for cell in cells])
    return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))
