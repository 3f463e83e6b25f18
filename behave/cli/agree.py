"""``behave agree``: people's scores beside the program's."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from behave.cli.console import FILE, FOLDER, shown

if TYPE_CHECKING:
    import pandas as pd

    from behave.scoring.agreement.fitting import Fit
    from behave.study.raters.agreement import Agreement

# (quantity, statistic), its name in words, digits, unit
_SHOWN = (
    (("frames", "kappa"), "kappa", 2, ""),
    (("immobility_s", "icc_a1"), "ICC(A,1)", 2, ""),
    (("immobility_s", "bias"), "bias", 1, " s"),
)


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
    help="Scored seconds of the video, where there are neither results nor marks.",
)
@click.option("--behavior", multiple=True, help="Name of immobility in the scores. Repeatable.")
@click.option("--fit", is_flag=True, help="Fit threshold and minimum bout to the people's scores.")
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

    SCORES are BORIS exports (tabular or aggregated), tables of bouts, or
    totals per animal, of one or more people.

    With --fit, threshold and minimum bout are fitted to what people scored,
    each animal being scored by values fitted on the others; nothing is
    decoded again.
    """
    from behave.study.raters.agreement import agree
    from behave.study.raters.human_scores import IMMOBILE_NAMES, read_scores

    if results is None and out is None:
        raise click.UsageError("give --results, or --out for people alone")
    folder = out or Path(results or ".") / "agreement"
    read = read_scores(scores, behavior or IMMOBILE_NAMES)
    found = agree(read, results, epoch=epoch, window=window, fit_scoring=fit, seed=seed)
    _write(found, folder)
    _tell(found.comparisons, found.raters)
    if found.fit is not None:
        _tell_fit(found.fit, folder)
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
    # Beside the program people's own pairs are in the table, not in the figures.
    shown = [pair for pair in pairs if MACHINE in pair] or pairs
    drawn = {
        "bland_altman": figures.bland_altman_plot(found.ratings, found.comparisons, shown),
        "identity": figures.identity_plot(found.ratings, shown),
        "ethogram": figures.ethogram_plot(found.bouts),
    }
    for name, figure in drawn.items():
        write_bytes(png_bytes(figure), folder / "figures" / f"{name}.png")
        write_bytes(svg_bytes(figure), folder / "figures" / f"{name}.svg")


def _tell(comparisons: "pd.DataFrame", raters: "pd.DataFrame") -> None:
    """Print the main statistics of each pair, and who stands apart."""
    for (first, second), rows in comparisons.groupby(["rater_1", "rater_2"], sort=False):
        known = rows.set_index(["quantity", "statistic"]).to_dict("index")
        said = [
            f"{label} {one['estimate']:.{digits}f} [{one['conf_low']:.{digits}f}, "
            f"{one['conf_high']:.{digits}f}]{unit}"
            for place, label, digits, unit in _SHOWN
            if (one := known.get(place))
        ]
        who = f"{first} and {second}" if second else str(first)
        animals = known["immobility_s", "icc_a1"]["n_animals"]
        click.echo(f"{who} (n = {animals}): {', '.join(said)}")
    for rater in raters[raters["flags"] != ""].to_dict("records"):
        said_of = rater["flags"].replace(";", ", ")
        click.echo(f"  note: {rater['rater']} is {said_of}", err=True)


def _tell_fit(fit: "Fit", folder: Path) -> None:
    """Write and print the fitted values and what they are worth."""
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
        f"Held-out {fit.criterion}: {fit.before:.2f}{unit} before, "
        f"{fit.after:.2f}{unit} with values fitted on the other animals.\n{lines}",
        nl=False,
    )
    for flag in fit.flags:
        click.echo(f"  note: {flag.text}", err=True)
