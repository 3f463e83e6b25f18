"""`behave simulate`: synthetic videos with known states."""

import sys
from pathlib import Path

import click

from behave.cli.console import FOLDER, NEW_FILE, shown

EPILOG = """\b
Examples:
  behave simulate --out my_study --seed 7
  behave simulate --clip clip.mp4 --view top --arenas 1 --duration 60
"""


@click.command(epilog=EPILOG)
@click.option(
    "--out",
    type=FOLDER,
    help="Render a 2x2 study (vehicle or NBQX, then vehicle or ketamine) into this folder.",
)
@click.option(
    "--clip",
    type=NEW_FILE,
    help="Render one video instead, and <name>_truth.csv with the state of each frame.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same truth.")
@click.option("--per-cell", default=8, show_default=True, help="Animals in each group.")
@click.option(
    "--test",
    type=click.Choice(["fst", "tst"]),
    default="fst",
    show_default=True,
    help="Kind of test; 'tst': tail suspension, seen from the side.",
)
@click.option("--arenas", default=4, show_default=True, help="Cylinders per video.")
@click.option(
    "--view",
    type=click.Choice(["mixed", "side", "top"]),
    default="mixed",
    show_default=True,
    help="View of the camera; 'mixed': one view per cohort.",
)
@click.option(
    "--coat",
    type=click.Choice(["dark", "light"]),
    default="dark",
    show_default=True,
    help="Colour of the coat.",
)
@click.option(
    "--duration",
    default=120.0,
    show_default=True,
    help="Length of the test from the animal's entry, in seconds.",
)
@click.option(
    "--window-start",
    default=30.0,
    show_default=True,
    help="Start of the scored window, in seconds from the animal's entry.",
)
@click.option(
    "--immobile-pct",
    default=62.0,
    show_default=True,
    help="Mean immobility of vehicle animals (or of a clip's animals), in % of the window.",
)
@click.option(
    "--sd-pct",
    default=7.0,
    show_default=True,
    help="Standard deviation between animals, in % of the window.",
)
@click.option(
    "--effect-sd",
    default=4.0,
    show_default=True,
    help="Ketamine's effect, in standard deviations between animals.",
)
@click.option(
    "--blocked", default=0.95, show_default=True, help="Share of the effect that NBQX removes."
)
@click.option("--force", is_flag=True, help="Overwrite existing files.")
def command(
    out: Path | None,
    clip: Path | None,
    seed: int,
    per_cell: int,
    arenas: int,
    view: str,
    coat: str,
    duration: float,
    window_start: float,
    immobile_pct: float,
    sd_pct: float,
    effect_sd: float,
    blocked: float,
    test: str,
    force: bool,
) -> None:
    """Render synthetic videos of a forced swim or a tail suspension, with known states.

    With --out, the folder gets videos, trials.csv, study.yaml, the true bouts
    and measures of every animal, and a README that says that it is synthetic.
    The groups are balanced over videos, arenas and cohorts.
    """
    from behave.errors import OutputError, Problem
    from behave.simulate.plan import Plan
    from behave.simulate.study import simulate_clip, simulate_study

    if (out is None) == (clip is None):
        raise click.UsageError("give either --out FOLDER (a study) or --clip FILE (one video)")
    plan = Plan(
        per_cell=per_cell,
        arenas=arenas,
        view=view,
        coat=coat,
        duration_s=duration,
        window_start_s=window_start,
        immobile_pct=immobile_pct,
        sd_pct=sd_pct,
        effect_sd=effect_sd,
        blocked=blocked,
        test=test,
    )
    target = clip if clip is not None else Path(str(out)) / "trials.csv"
    if target.exists() and not force:
        raise OutputError(
            Problem(
                "the file exists already",
                file=str(target),
                fix="choose another name, or overwrite it with --force",
            )
        )
    if clip is not None:
        truth = simulate_clip(clip, plan, seed)
        truth_file = clip.with_name(clip.stem + "_truth.csv")
        truth.to_csv(truth_file, index=False, lineterminator="\n", float_format="%.4f")
        click.echo(f"{shown(clip)} and {truth_file.name}: SYNTHETIC, {arenas} arenas")
    elif out is not None:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(
            console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True
        ) as bar:
            task = bar.add_task("rendering", total=None)
            trials = simulate_study(
                out,
                plan,
                seed,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        click.echo(f"{shown(out)}: SYNTHETIC study of {len(trials)} animals; run it with")
        click.echo(f"  behave run {shown(out / 'study.yaml')}")
