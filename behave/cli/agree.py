"""``behave agree``: how well people's scores agree with the program's and with one another."""

import math
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from behave.cli.console import FILE, FOLDER, print_notes, shown

if TYPE_CHECKING:
    import pandas as pd

    from behave.scoring.agreement.fitting import Fit
    from behave.study.raters.agreement import Agreement

# (quantity, statistic), the name that is printed, digits, unit
_SHOWN = (
    (("frames", "kappa"), "kappa", 2, ""),
    (("immobility_s", "icc_a1"), "ICC(A,1)", 2, ""),
    (("immobility_s", "bias"), "bias", 1, " s"),
)
_FLAG_TEXTS = {
    "apart": "agrees less with the others than they agree with one another (apart)",
    "biased": "scores more, or less, immobility than the others on average (biased)",
    "drifting": "differs from the others by an amount that changes from trial to trial (drifting)",
}


@click.command(
    epilog="""\b
Examples:
  behave agree by_hand.xlsx --results results/nbqx-ketamine
  behave agree rater1.tsv rater2.tsv --window 120 360"""
)
@click.argument("scores", nargs=-1, required=True, metavar="SCORES...", type=FILE)
@click.option("--results", type=FOLDER, help="Results of behave run or behave score.")
@click.option("--out", type=FOLDER, help="Folder to write to. Default: agreement, in the results.")
@click.option(
    "--epoch",
    type=click.Choice(["score_window", "whole"]),
    default="score_window",
    show_default=True,
    help="Epoch of the results that people scored.",
)
@click.option(
    "--window",
    type=(float, float),
    metavar="START STOP",
    help="Start and end of the scored part of the video in seconds. Needed only without "
    "--results, and if the scores do not mark their start and end.",
)
@click.option(
    "--behavior", multiple=True, help="Name of immobility in the scores; may be given again."
)
@click.option(
    "--fit", is_flag=True, help="Fit the threshold and the minimum bout to the people's scores."
)
@click.option("--seed", default=1, show_default=True, help="Seed of the bootstrap.")
def command(
    scores: tuple[Path, ...],
    results: Path | None,
    out: Path | None,
    epoch: str,
    window: tuple[float, float] | None,
    behavior: tuple[str, ...],
    fit: bool,
    seed: int,
) -> None:
    """Compare people's scores with the program's, and people with one another.

    SCORES are files of one or more people: BORIS exports (tabular or
    aggregated), tables of bouts, or tables with one total per animal.

    With --fit, the threshold and the minimum bout are fitted to the people's
    scores. To measure how good the fit is, each animal is scored with values
    that were fitted to the other animals. The videos are not read again.
    """
    from behave.study.raters.agreement import agree
    from behave.study.raters.human_scores import IMMOBILE_NAMES, read_scores

    if results is None and out is None:
        raise click.UsageError("give --results, or --out for people alone")
    folder = out or Path(results or ".") / "agreement"
    read = read_scores(scores, behavior or IMMOBILE_NAMES)
    print_notes(read.notes)
    found = agree(read, results, epoch=epoch, window=window, fit_scoring=fit, seed=seed)
    _write(found, folder)
    _print_agreement(found.comparisons, found.raters)
    if found.fit is not None:
        _report_fit(found.fit, folder)
    click.echo(f"Tables and figures: {shown(folder)}")


def _write(found: "Agreement", folder: Path) -> None:
    """Write all tables and figures."""
    from behave.files import write_bytes, write_table
    from behave.model import tables
    from behave.report.figures import agreement as figures
    from behave.report.style import png_bytes, svg_bytes
    from behave.scoring.agreement.raters import MACHINE, pairs_of

    write_table(found.comparisons, folder / tables.AGREEMENT.file)
    write_table(found.ratings, folder / tables.RATINGS.file)
    write_table(found.raters, folder / tables.RATERS.file)
    raters = list(dict.fromkeys(found.ratings["rater"]))
    pairs = pairs_of(raters)
    # If the program is compared, the figures show only its own pairs; the table has all pairs.
    shown = [pair for pair in pairs if MACHINE in pair] or pairs
    drawn = {
        "bland_altman": figures.bland_altman_plot(found.ratings, found.comparisons, shown),
        "identity": figures.identity_plot(found.ratings, shown),
        "ethogram": figures.ethogram_plot(found.bouts),
    }
    for name, figure in drawn.items():
        write_bytes(png_bytes(figure), folder / "figures" / f"{name}.png")
        write_bytes(svg_bytes(figure), folder / "figures" / f"{name}.svg")


def _print_agreement(comparisons: "pd.DataFrame", raters: "pd.DataFrame") -> None:
    """Print the main statistics of each pair, and the flags of each rater."""
    for (first, second), rows in comparisons.groupby(["rater_1", "rater_2"], sort=False):
        known = rows.set_index(["quantity", "statistic"]).to_dict("index")
        printed = [
            _statistic(one, label, digits, unit)
            for place, label, digits, unit in _SHOWN
            if (one := known.get(place))
        ]
        who = f"{first} and {second}" if second else str(first)
        animals = known["immobility_s", "icc_a1"]["n_animals"]
        click.echo(f"{who} (n = {animals}): {', '.join(printed)}")
    for rater in raters[raters["flags"] != ""].to_dict("records"):
        for name in rater["flags"].split(";"):
            click.echo(f"  flag: {rater['rater']} {_FLAG_TEXTS[name]}", err=True)


def _statistic(row: "Mapping[Hashable, Any]", label: str, digits: int, unit: str) -> str:
    """Return a statistic with its interval, or with the reason why it has none."""
    estimate, low, high = (row[name] for name in ("estimate", "conf_low", "conf_high"))
    if not math.isfinite(estimate):
        return f"{label} not computable (these animals do not vary enough)"
    if not (math.isfinite(low) and math.isfinite(high)):
        reason = (
            "fewer than 3 animals"
            if row["n_animals"] < 3  # noqa: PLR2004 - as in coefficients.bootstrap
            else "these animals do not vary enough"
        )
        return f"{label} {estimate:.{digits}f}{unit} (no interval: {reason})"
    return f"{label} {estimate:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]{unit}"


def _report_fit(fit: "Fit", folder: Path) -> None:
    """Write and print the fitted values and how well they do on held-out animals."""
    from behave.files import write_table, write_text
    from behave.model import tables
    from behave.schema import conform

    write_table(conform(fit.held_out, tables.AGREEMENT_FIT), folder / tables.AGREEMENT_FIT.file)
    lines = (
        "# Paste into the study file.\n"
        "scoring:\n"
        f"  immobile_below: {fit.immobile_below:g}\n"
        f"  min_bout_s: {fit.min_bout_s:g}\n"
    )
    write_text(lines, folder / "scoring.yaml")
    unit = "" if fit.criterion == "kappa" else " s"
    click.echo(
        f"Held-out {fit.criterion}: {fit.before:.2f}{unit} before the fit, "
        f"{fit.after:.2f}{unit} with values fitted to the other animals.\n{lines}",
        nl=False,
    )
    for flag in fit.flags:
        click.echo(f"  flag: {flag.text}", err=True)
