"""``behave audit``: a published table judged without its animals."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from behave.cli.console import FILE, NEW_FILE

if TYPE_CHECKING:
    from behave.stats.audit import Audit

EPILOG = """\b
Examples:
  behave audit table.csv
  behave audit table.csv --claim not_blocked --control aCSF --out audit.json

\b
The table, one row per group as printed:
  antagonist,agonist,mean,sem,n
  vehicle,vehicle,145.2,9.1,10
  vehicle,ketamine,88.0,8.4,10
  NBQX,vehicle,139.5,10.2,10
  NBQX,ketamine,121.3,9.9,10
"""
CLAIMS = ("blocked", "partially_blocked", "reversed", "not_blocked", "enhanced")


@click.command(epilog=EPILOG)
@click.argument("table", type=FILE)
@click.option(
    "--claim",
    type=click.Choice(CLAIMS),
    default="blocked",
    show_default=True,
    help="What the paper claims. The command reports what that claim would have needed.",
)
@click.option(
    "--benefit",
    type=click.Choice(["decrease", "increase"]),
    default="decrease",
    show_default=True,
    help="Direction in which the agonist acts.",
)
@click.option(
    "--outcome",
    default="immobility_s",
    show_default=True,
    help="Name of the outcome; its last part is the unit.",
)
@click.option(
    "--control", "controls", multiple=True, help="Name of a control level; may be given again."
)
@click.option(
    "--rho",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    help="Share of the effect that may remain in 'blocked'.",
)
@click.option("--out", type=NEW_FILE, help="Write the answer as JSON.")
def command(
    table: Path,
    claim: Literal["blocked", "partially_blocked", "reversed", "not_blocked", "enhanced"],
    benefit: Literal["decrease", "increase"],
    outcome: str,
    controls: tuple[str, ...],
    rho: float,
    out: Path | None,
) -> None:
    """Judge a published 2x2 from its means, SDs or SEMs and n.

    TABLE (.csv, .xlsx or .yaml) has a row per group: antagonist, agonist, mean,
    sd or sem, n. Write the numbers with the digits that are printed: the answer
    says how far their rounding could change it. Single animals are not needed.
    """
    from behave.stats.audit import audit, describe_audit, format_audit, headline
    from behave.stats.rule.verdict import Rule
    from behave.study.inputs.published import read_published

    published = read_published(table, outcome, benefit, controls)
    found = audit(published, claim, Rule(rho))
    click.echo(f"Verdict from the printed numbers: {found.label.replace('_', ' ')}")
    click.echo(headline(found) + "\n")
    click.echo("\n".join(_effects(found)) + "\n")
    click.echo("\n".join(format_audit(found)))
    if out is not None:
        from behave.files import write_text

        content = json.dumps(describe_audit(found), indent=2, allow_nan=False)
        write_text(content + "\n", out)
        click.echo(f"\nWritten: {out}")


def _effects(found: "Audit") -> list[str]:
    """Return the effects as lines of a table, each with its range within rounding."""
    low, high = found.estimates.interval()
    lines = [
        f"{'':4}{'estimate':>9}  {'95% interval':>18}  {'p':>7}  {'estimate within rounding':>25}"
    ]
    for index, name in enumerate(found.ranges):
        interval = f"[{low[index]:.1f}, {high[index]:.1f}]"
        least, most = found.ranges[name][:2]
        p = float(found.estimates.p_value[index])
        p_text = "< 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - the usual limit
        estimate = f"{found.estimates.estimate[index]:.1f}"
        rounding = f"{least:.1f} to {most:.1f}"
        lines.append(f"{name:4}{estimate:>9}  {interval:>18}  {p_text:>7}  {rounding:>25}")
    return lines
