"""``behave pool``: several experiments together."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from behave.cli.console import FOLDER, KNOWN_FOLDER, shown

if TYPE_CHECKING:
    import pandas as pd


@click.command(epilog="Example: behave pool results/first results/second --out results/pooled")
@click.argument("results", nargs=-1, required=True, type=KNOWN_FOLDER)
@click.option("--out", type=FOLDER, required=True, help="Folder for the table and the figure.")
def command(results: tuple[Path, ...], out: Path) -> None:
    """Pool the effects of several experiments that asked the same question.

    RESULTS are the results folders of 'behave run' or 'behave analyze', one per
    experiment, of the same outcome, drugs and doses. K, Kn, I and A are pooled
    by fixed and by random effects. No label is given: the rule judges one
    experiment.
    """
    from behave.files import write_bytes, write_table, write_text
    from behave.model import tables
    from behave.report.figures.forest import forest
    from behave.report.style import png_bytes, svg_bytes
    from behave.stats.pool import format_pooled, pool_experiments
    from behave.study.inputs.experiments import read_experiments

    experiments = read_experiments(results)
    table, pooled = pool_experiments(experiments)
    tested = "I" if "I" in pooled else "K"
    if tested not in pooled:
        raise click.UsageError("fewer than two of these experiments have an estimate of K")
    unit = str(experiments[0].verdict["unit"])
    count = int(((table["effect"] == tested) & (table["row"] == "experiment")).sum())
    told = format_pooled(pooled[tested], tested, count, unit)
    click.echo("\n".join(_lines(table[table["effect"] == tested])))
    click.echo("\n" + "\n".join(told))
    figure = forest(
        table,
        tested,
        f"{tested} ({unit}); positive: benefit" if unit else f"{tested}; positive: benefit",
    )
    write_table(table, out / tables.POOLED.file)
    write_text(
        json.dumps({"tested": tested, "text": " ".join(told)}, indent=2) + "\n", out / "pooled.json"
    )
    write_bytes(png_bytes(figure), out / "forest.png")
    write_bytes(svg_bytes(figure), out / "forest.svg")
    click.echo(f"\nWritten: {shown(out / tables.POOLED.file)}, pooled.json, forest.png, forest.svg")


def _lines(table: "pd.DataFrame") -> list[str]:
    """Return the effect of every experiment and of both means as lines of a table."""
    width = max(10, *map(len, table["name"]))
    lines = [f"{'':{width}}{'estimate':>10}  {'95% interval':>18}"]
    for row in table.to_dict("records"):
        interval = f"[{row['conf_low']:.1f}, {row['conf_high']:.1f}]"
        label = str(row["label"]).replace("_", " ")
        lines.append(
            f"{row['name']:{width}}{row['estimate']:>10.1f}  {interval:>18}  {label}".rstrip()
        )
    return lines
