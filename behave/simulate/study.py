"""Synthetic studies: the videos of a 2x2 design with given group effects, and their truth."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from behave.errors import OutputError, Problem
from behave.simulate.plan import Plan, check_plan, check_window, draw_study, draw_swim, view_of
from behave.simulate.render import World, render_video
from behave.simulate.suspension import draw_hang
from behave.simulate.suspension_render import SuspensionWorld, render_suspension
from behave.simulate.swim import Swim
from behave.simulate.truth import true_bouts, true_measures

# How a camera and its recorder leave a study: noise, then a good deal of compression.
RECORDING = World(noise=1.5, crf=35, preset="slow")


def simulate_study(
    folder: Path,
    plan: Plan,
    seed: int,
    *,
    recording: World = RECORDING,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Render a study and write its trials, its truth and what it is.

    Parameters
    ----------
    folder
        Folder to write: videos, ``trials.csv``, ``study.yaml``, ``README.md``,
        ``truth/measures.csv`` and ``truth/bouts.csv``.
    plan
        The study.
    seed
        Source of chance: one seed makes the same study again.
    recording
        The look of the videos; view, coat and arenas are the plan's.
    progress
        Called with the number of videos done and of all.

    Returns
    -------
    pandas.DataFrame
        The trials as written.

    Raises
    ------
    InputError
        If the animals do not fill the videos or the numbers make no study.
    OutputError
        If a file cannot be written.
    """
    check_plan(plan)
    trials, swims = draw_study(plan, seed)
    try:
        (folder / "truth").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            Problem("the folder cannot be made", file=str(folder), found=str(error))
        ) from error
    videos = list(dict.fromkeys(trials["video"]))
    for number, video in enumerate(videos):
        rows = np.flatnonzero(trials["video"] == video)
        world = replace(
            recording,
            view=view_of(plan, str(trials["cohort"].iloc[rows[0]])),
            coat=plan.coat,
            arenas=plan.arenas,
        )
        shown = [swims[row] for row in rows]
        if plan.test == "tst":
            _render_hanging(folder / video, plan, shown, seed * 1000 + number)
        else:
            render_video(folder / video, world, shown, seed=seed * 1000 + number)
        if progress:
            progress(number + 1, len(videos))
    _write(folder, plan, seed, trials, swims)
    return trials


def simulate_clip(
    path: Path, plan: Plan, seed: int, *, recording: World = RECORDING
) -> pd.DataFrame:
    """Render one video whose animals are all immobile for the same share of the window.

    Parameters
    ----------
    path
        Video to write.
    plan
        Arenas, view (``mixed`` is ``side``), coat, times and immobility.
    seed
        Source of chance.
    recording
        The look of the video in all other respects.

    Returns
    -------
    pandas.DataFrame
        The truth of every frame, as `render_video` returns it.
    """
    check_window(plan)
    rng = np.random.default_rng(seed)
    share = float(np.clip(plan.immobile_pct / 100, 0, 1))
    swims = [draw_swim(rng, plan, share, arena) for arena in range(plan.arenas)]
    if plan.test == "tst":
        return _render_hanging(path, plan, swims, seed)
    world = replace(recording, view=view_of(plan, "cohort 1"), coat=plan.coat, arenas=plan.arenas)
    return render_video(path, world, swims, seed)


def _render_hanging(path: Path, plan: Plan, swims: list[Swim], seed: int) -> pd.DataFrame:
    """Render the same states and entries as of a swim, of animals that hang by their tails."""
    rng = np.random.default_rng(seed)
    coat, wall = (0.12, 0.75) if plan.coat == "dark" else (0.85, 0.25)
    world = SuspensionWorld(
        arenas=plan.arenas, coat=coat, wall=wall, body=min(0.3, 0.73 / plan.arenas)
    )
    hangs = [
        replace(
            draw_hang(rng, plan.duration_s, 0.5, swim.entry_s),
            # Climbing is of the swim; here it would be on the tail.
            bouts=tuple(
                replace(bout, state="immobile" if bout.state == "immobile" else "swimming")
                for bout in swim.bouts
            ),
        )
        for swim in swims
    ]
    end_s = max(swim.entry_s for swim in swims) + plan.duration_s + 1.0
    return render_suspension(path, world, hangs, seed, end_s)


def _write(folder: Path, plan: Plan, seed: int, trials: pd.DataFrame, swims: list[Swim]) -> None:
    """Write the study's tables and texts."""
    measures = true_measures(plan, trials, swims)
    texts = {
        "trials.csv": trials.to_csv(index=False, lineterminator="\n"),
        "truth/measures.csv": _csv(measures),
        "truth/bouts.csv": _csv(true_bouts(plan, trials, swims)),
        "study.yaml": STUDY.format(
            arenas=plan.arenas,
            test=plan.test,
            duration=plan.duration_s,
            start=plan.window_start_s,
            blocks="[cohort]" if len(set(trials["cohort"])) > 1 else "[]",
        ),
        "README.md": README.format(
            command=_command(folder, plan, seed),
            **WORDS[plan.test],
            **_facts(plan, trials, measures),
        ),
    }
    for name, text in texts.items():
        try:
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise OutputError(
                Problem("the file cannot be written", file=str(folder / name), found=str(error))
            ) from error


STUDY = """\
# SYNTHETIC study: its videos were rendered by 'behave simulate'.
study: synthetic
trials: trials.csv
videos: .
arenas: {{count: {arenas}}}
protocol:
  test: {test}
  species: mouse
  duration_s: {duration:g}
  score_window_s: [{start:g}, {duration:g}]
  bin_s: {start:g}
tracking: {{method: silhouette}}
design:
  outcome: immobility_s
  benefit: decrease
  agonist: {{column: treatment, control: vehicle, level: ketamine}}
  antagonist: {{column: pretreatment, control: vehicle, level: NBQX}}
  blocks: {blocks}
  residual_fraction: 0.5
seed: 1
"""

WORDS = {
    "fst": {"kind": "forced-swim", "place": "cylinder"},
    "tst": {"kind": "tail suspension", "place": "compartment"},
}

README = """\
# A synthetic {kind} study

**Everything here is SYNTHETIC.** No animal was filmed and no drug was given: the videos were
drawn by a program (`behave simulate`), which is why the behaviour in every frame is known. Each
video says so in its picture and in its metadata, and `trials.csv` in its column `synthetic`.
Nothing here reproduces, supports or contradicts any published experiment.

Made by (the pictures' bytes depend on the version of the video encoder, the truth does not):

```
{command}
```

| file | what it is |
|---|---|
| `video_*.mp4` | {videos} video(s) of {arenas} {place}(s) |
| `trials.csv` | the {animals} animals: video, arena, group; doses, times, sex and weights are invented |
| `study.yaml` | a study file that runs it |
| `truth/measures.csv` | what is true of each animal, in the columns of a run's `measures.csv`, and `entry_s` |
| `truth/bouts.csv` | the true bouts; times count from the video's first frame |

The protocol is compressed: {duration:g} s after the animal's entry, scored from {start:g} s to
{duration:g} s, where a usual mouse test lasts 6 min and is scored from 2 to 6 min. A hand lowers
each animal into its {place} in the first seconds of a video.

Each animal's immobile share of the scored window was drawn from a normal distribution: vehicle
{vehicle:g} % on average, standard deviation {sd:g} %, ketamine lower by {effect:g} standard
deviations, of which NBQX removes {blocked:g} %. The spread is smaller and the effect larger than in
published studies, so that few animals per group can show a block. True immobility in the
scored window, mean (standard deviation) in s:

{groups}

Groups are balanced over videos and arenas, and cohorts hold all groups ({views}).
"""


def _facts(plan: Plan, trials: pd.DataFrame, measures: pd.DataFrame) -> dict[str, str | float]:
    """Return what the text beside the study says of it."""
    scored = measures[measures["epoch"] == "score_window"].set_index("animal_id")["immobility_s"]
    table = ["| pretreatment | treatment | n | immobility |", "|---|---|---|---|"]
    for group, members in trials.groupby(["pretreatment", "treatment"], sort=False)["animal_id"]:
        cell = scored[members]
        spread = f" ({cell.std():.1f})" if len(cell) > 1 else ""
        table.append(f"| {' | '.join(map(str, group))} | {len(cell)} | {cell.mean():.1f}{spread} |")
    table[2:] = sorted(table[2:], reverse=True)
    cohorts = list(dict.fromkeys(trials["cohort"]))
    return {
        "videos": trials["video"].nunique(),
        "arenas": plan.arenas,
        "animals": len(trials),
        "duration": plan.duration_s,
        "start": plan.window_start_s,
        "vehicle": plan.immobile_pct,
        "sd": plan.sd_pct,
        "effect": plan.effect_sd,
        "blocked": 100 * plan.blocked,
        "groups": "\n".join(table),
        "views": "; ".join(f"{cohort}: {view_of(plan, cohort)} view" for cohort in cohorts),
    }


def _csv(table: pd.DataFrame) -> str:
    """Return a table as text with the same bytes everywhere."""
    return table.to_csv(index=False, lineterminator="\n", float_format="%.4f")


def _command(folder: Path, plan: Plan, seed: int) -> str:
    """Return the command that makes the study again."""
    parts = [f"behave simulate --out {folder.name} --seed {seed}"]
    for field in fields(plan):
        value = getattr(plan, field.name)
        if value != field.default:
            option = field.name.removesuffix("_s").replace("_", "-")
            parts.append(
                f"--{option} {value:g}" if isinstance(value, float) else f"--{option} {value}"
            )
    return " ".join([*parts, "--force"])
