"""What a run would do and what stands in its way, found without running it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from behave.errors import Problem
from behave.model.tables import TRIALS
from behave.schema import notes_of
from behave.stats import DesignOptions
from behave.stats.comparisons.dose_series import find_series
from behave.stats.rule.design import place, sort_animals
from behave.stats.rule.subcomparisons import find_families
from behave.stats.wording.design_balance import find_balance_flags
from behave.study.inputs.freeze import Lock, freeze
from behave.study.inputs.measures import read_locomotion, read_outcomes
from behave.study.inputs.plan import plan_study
from behave.study.inputs.repeated_rows import read_bins, read_human_scores
from behave.study.inputs.study_file import Study, load_study
from behave.study.inputs.trials import read_trials
from behave.study.run_record import configuration_of
from behave.study.video_checks import VideoFindings, check_videos

# Of the optional columns, these are for the record of the study; the others
# (entry_s, camera, exclude, ...) steer the run.
RECORDED = tuple(
    name
    for name in TRIALS.names
    if name not in {"trial_id", "animal_id", "video", "arena", "entry_s", "camera", "exclude", "exclude_reason", "synthetic"}
)  # fmt: skip


@dataclass(frozen=True)
class Findings:
    """What `check` found.

    Parameters
    ----------
    study
        Name of the study.
    trials
        Trials by status: ``to score``, ``failed``, ``excluded``, ``missing``.
    videos
        How many videos would be decoded, and their total length in s.
    cells
        Trials to score per level of the antagonist (rows) and agonist (columns).
    problems
        What would make trials fail.
    notes
        What a run would do all the same, but its owner should know.
    """

    study: str
    trials: Mapping[str, int]
    videos: tuple[int, float]
    cells: pd.DataFrame
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def check(path: Path, tell: Callable[[int, int], None] | None = None) -> Findings:
    """Validate a study without running it.

    Parameters
    ----------
    path
        The study file.
    tell
        Told how many videos were looked at, of how many.

    Raises
    ------
    InputError
        If the input is wrong and nothing could be run.
    """
    study = load_study(path)
    trials = read_trials(study.trials, study.design, study.key)
    locomotion = read_locomotion(study, trials)
    read_bins(study, trials)
    read_human_scores(study, trials)
    read_outcomes(study, trials)
    # A study of scores from elsewhere names no videos, and none are asked for.
    if study.videos is None and not (trials["video"] != "").any():
        found = VideoFindings((), frozenset(), (), 0.0)
        notes = ["No videos: scores come from a table (behave analyze --measures FILE)."]
        active = trials[~trials["exclude"]]
    else:
        plan = plan_study(study, trials)
        found = check_videos(plan, tell)
        notes = [*_unused_arenas(study), *found.notes]
        active = plan.active
    fails = active["trial_id"].isin(found.failing)
    cells = _cells(active[~fails], study.design)
    return Findings(
        study=study.study,
        trials={
            "to score": int((~fails).sum()),
            "failed": int(fails.sum()),
            "excluded": int(trials["exclude"].sum()),
            "missing": len(trials) - len(active) - int(trials["exclude"].sum()),
        },
        videos=(len(set(active.loc[~fails, "video"]) - {""}), found.length_s),
        cells=cells,
        problems=found.problems,
        notes=(
            *notes_of(trials, locomotion),
            *notes,
            *_small_cells(cells, study.design),
            *_layout(trials, found.failing, study),
            *_further(active[~fails], study.design),
            *_outcomes(study.design),
            *_unexplained(trials),
            *_unrecorded(trials),
        ),
    )


def lock(path: Path) -> Lock:
    """Freeze the analysis of a study that can be run; see `behave.study.inputs.freeze`."""
    study = load_study(path)
    return freeze(path, study, configuration_of(study))


def _unused_arenas(study: Study) -> list[str]:
    """Say that arenas were drawn which the study file does not name."""
    drawn = study.trials.parent / "arenas.csv"
    if not study.arenas or study.arenas.file is not None or not drawn.is_file():
        return []
    told = (
        "arenas.csv lies beside the study and is not used: arenas are found in each video. To use "
        "what was drawn, write  arenas: {file: arenas.csv}  in the study file."
    )
    return [told]


def _cells(trials: pd.DataFrame, design: DesignOptions) -> pd.DataFrame:
    """Count the trials in the cells of the verdict's comparison."""
    cell = place(trials, design)
    counts = [int((cell == number).sum()) for number in range(4)]
    columns = pd.Index([design.agonist.control, design.agonist.name], name=design.agonist.column)
    if design.antagonist is None:
        return pd.DataFrame([counts[:2]], index=["animals"], columns=columns)
    rows = pd.Index(
        [design.antagonist.control, design.antagonist.name], name=design.antagonist.column
    )
    return pd.DataFrame([counts[:2], counts[2:]], index=rows, columns=columns)


def _layout(trials: pd.DataFrame, failing: Collection[str], study: Study) -> list[str]:
    """Say how the animals lie over groups, batches and cages, as the report would."""
    fate = pd.Series("done", index=trials.index).mask(trials["trial_id"].isin(failing), "failed")
    if study.videos is not None:
        fate = fate.mask(trials["video"] == "", "missing")
    # The outcome is not known yet, and does not matter here.
    measures = trials.assign(
        status=fate.mask(trials["exclude"], "excluded"),
        **{study.design.outcome: range(len(trials))},
    )
    return [flag.text for flag in find_balance_flags(sort_animals(measures, study.design))]


def _further(trials: pd.DataFrame, design: DesignOptions) -> list[str]:
    """Say which further comparisons the animals allow, with the n of their cells."""
    # The outcome is not known yet; any numbers tell which cells have animals.
    measures = trials.reset_index(drop=True).assign(**{design.outcome: range(len(trials))})
    told = [
        f"{family.title}: "
        + "; ".join(
            f"{arm.name} (n = {', '.join(str(n) for n in arm.sample.counts['done'] if n)})"
            for arm in family.arms
        )
        for family in find_families(measures, design)
    ]
    told += [
        f"Doses of {series.name}: "
        + ", ".join(f"{dose:g} (n = {(series.cell == code).sum()})"
                    for code, dose in enumerate(series.doses))
        for series in find_series(measures, design)
    ]  # fmt: skip
    return [f"Also compared: {line}." for line in told]


def _outcomes(design: DesignOptions) -> list[str]:
    """Say which outcomes are judged beside the study's own, and which make the family."""
    if not design.other_outcomes:
        return []
    told = "; ".join(
        f"{name} ({other.outcome}, benefit: {other.benefit}{', primary' if other.primary else ''})"
        for name, other in design.other_outcomes.items()
    )
    return [f"Outcomes beside {design.outcome}: {told}."]


def _small_cells(cells: pd.DataFrame, design: DesignOptions) -> list[str]:
    """Say which cells are too small for a verdict."""
    small = [
        f"{row} + {column}: {cells.loc[row, column]}"
        for row in cells.index
        for column in cells.columns
        if cells.loc[row, column] < 2  # noqa: PLR2004 - the rule's own minimum
    ]
    if design.antagonist is None:
        return ["The design names no antagonist: effects are compared, and no verdict is given."]
    if not small:
        return []
    return [
        "No verdict is possible with fewer than 2 animals in a cell (" + "; ".join(small) + ")."
    ]


def _unexplained(trials: pd.DataFrame) -> list[str]:
    """Say which animals are left out without a reason."""
    bare = trials[trials["exclude"] & (trials["exclude_reason"] == "")]
    if bare.empty:
        return []
    named = ", ".join(bare["trial_id"])
    return [f"Excluded without a reason: {named}. Give each an 'exclude_reason' before unblinding."]


def _unrecorded(trials: pd.DataFrame) -> list[str]:
    """Say which of the columns that a reader would ask for are not there."""
    absent = [
        name
        for name in RECORDED
        if name not in trials or not (trials[name].astype(str) != "").any()
    ]
    return ["Not recorded: " + ", ".join(absent) + "."] if absent else []
