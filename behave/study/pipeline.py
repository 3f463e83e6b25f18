"""A study from its files to its results: the stages in order, and what they write.

======== ================================ ====================================
stage    reads                            writes
======== ================================ ====================================
score    videos, trials, arenas           measures, bins, bouts, frames, log
compare  measures, trials, design         ``stats/``
report   the tables above                 ``figures/``, ``report.html``
======== ================================ ====================================

Tables, figures and page get their names when all of them are written: a run
that cannot be finished leaves the results of the one before as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from behave import files, report, stats
from behave.errors import InputError, Problem
from behave.export import datapackage
from behave.files import as_file_name
from behave.model import tables
from behave.model.flags import Flag
from behave.schema import notes_of
from behave.scoring import EarlierCalibration
from behave.scoring.calibration import find_calibration_flags
from behave.study.alternatives import alternatives
from behave.study.cache import provenance
from behave.study.cache.lock import hold
from behave.study.cache.store import content_hash
from behave.study.corrections import apply_corrections
from behave.study.execution.processes import SERIAL, Execution
from behave.study.inputs.blinding import open_key
from behave.study.inputs.calibration_file import decisions_in
from behave.study.inputs.freeze import find_lock_flags
from behave.study.inputs.measures import read_locomotion, read_measures, read_outcomes
from behave.study.inputs.outcomes import bounds_for, unit_flags
from behave.study.inputs.plan import Plan, plan_study
from behave.study.inputs.repeated_rows import inside_window, read_bins, read_human_scores
from behave.study.inputs.study_file import ProtocolOptions, Study, load_study
from behave.study.inputs.trials import add_background, read_trials
from behave.study.results import results_of, write_json, write_statistics
from behave.study.run_record import design_inputs, earlier_calibration, inputs_of, record_of
from behave.study.score_tables import Scores
from behave.study.scores import score_trials
from behave.study.stages import picture_name


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Parameters
    ----------
    folder
        Where the results are.
    trials_log
        One row per trial; empty where only statistics were run.
    verdict
        The verdict; None where nothing was compared.
    notes
        What was understood when the tables were read.
    """

    folder: Path
    trials_log: pd.DataFrame
    verdict: Mapping[str, Any] | None
    notes: tuple[str, ...] = ()


def run(path: Path, out: Path | None = None, execution: Execution = SERIAL) -> Outcome:
    """Run a study, from its videos to its report.

    Parameters
    ----------
    path
        The study file.
    out
        The results folder; ``results/<study>`` where none is given.
    execution
        How.

    Raises
    ------
    InputError
        If the input is wrong; nothing was run then.
    OutputError
        If a result cannot be written.
    """
    started = provenance.now()
    study = load_study(path)
    trials = read_trials(study.trials, study.design, study.key)
    locomotion = read_locomotion(study, trials)
    bins, human = read_bins(study, trials), read_human_scores(study, trials)
    outcomes = read_outcomes(study, trials)
    plan = plan_study(study, trials)
    folder = out or Path("results") / study.study
    with hold(folder):
        open_key(study.key, study.trials)
        scores = score_trials(plan, folder, execution)
        execution.progress("statistics", 0, 1)
        people = (
            apply_corrections(
                path.resolve().parent, scores.measures, scores.bins, scores.bouts, scores.trials_log
            )
            if study.corrections
            else None
        )
        measures = scores.measures if people is None else people.measures
        bins_found = scores.bins if people is None else people.bins
        window = measures[measures["epoch"] == "score_window"]
        messages = scores.trials_log.set_index("trial_id")["message"]
        scored = add_background(window, trials).assign(
            message=window["trial_id"].map(messages),
            camera=window["trial_id"].map(scores.scales.cameras),
        )
        comparison = stats.compare(
            scored,
            study.design,
            alternatives=alternatives(scored, scores.rescored, study.design.outcome),
            seed=study.seed,
            locomotion=locomotion,
            bins=inside_window(bins_found, study)
            if bins is None and study.design.time_course
            else bins,
            human=human,
            outcomes=_with_background(outcomes, trials),
        )
        execution.progress("statistics", 1, 1)
        made = record_of(path, study, inputs_of(path, study), started, scores)
        unlearnt = find_calibration_flags(scores.scales.calibrations)
        comparison = _flagged(
            comparison,
            [*find_lock_flags(made["lock"]), *unlearnt, *_suspected_units(outcomes, study)],
        )
        execution.progress("report", 0, 1)
        with files.together():
            scores.write(folder)
            if people is not None:
                files.write_table(people.measures, folder / tables.CORRECTED.file)
            else:  # of corrections that were taken back
                files.remove(folder / tables.CORRECTED.file)
            write_statistics(comparison, folder)
            write_json(made, folder / "run.json")
            results = results_of(
                study,
                trials,
                comparison,
                made,
                measures=measures,
                bins=bins_found,
                bouts=scores.bouts,
                trials_log=scores.trials_log,
                pictures={
                    name: f"arenas/{picture_name(name)}" for name in scores.hashes if plan.pictured
                },
                overlays=scores.overlays.paths if scores.overlays else {},
                source=(
                    _scored_from(scores),
                    *_decisions(study),
                    *([people.told] if people else []),
                ),
                calibration=scores.scales.table(),
                motion_shares=scores.scales.shares(),
                doubtful=scores.overlays.doubtful if scores.overlays else pd.DataFrame(),
                trackers=scores.by_tracker.get(tables.TRACKERS.file, pd.DataFrame()),
                disagreements=scores.by_tracker.get(tables.DISAGREEMENTS.file, pd.DataFrame()),
            )
            report.write(results, folder)
        datapackage.write(folder, study.study, synthetic=results.synthetic)
        execution.progress("report", 1, 1)
        notes = (*notes_of(trials, locomotion), *([people.told] if people else []))
        return Outcome(folder, scores.trials_log, comparison.verdict, notes)


def score(plan: Plan, folder: Path, execution: Execution = SERIAL) -> Outcome:
    """Score the trials of a plan; there is no design, so nothing is compared."""
    started = provenance.now()
    with hold(folder):
        scores = score_trials(plan, folder, execution)
        arenas = plan.arenas_file
        configuration = {
            "arenas": {"count": plan.count or None, "file": arenas.name if arenas else None},
            "tracking": plan.tracking.model_dump(mode="json"),
            "scoring": plan.scoring.model_dump(mode="json") | earlier_calibration(plan.scoring),
        }
        made = provenance.record(
            configuration=configuration,
            inputs={"arenas": arenas} if arenas else {},
            videos=scores.hashes,
            keypoints=scores.keypoints,
            seed=1,
            started=started,
        )
        with files.together():
            scores.write(folder)
            write_json(made, folder / "run.json")
        datapackage.write(folder, "scores")
        unlearnt = find_calibration_flags(scores.scales.calibrations)
        return Outcome(folder, scores.trials_log, None, tuple(flag.text for flag in unlearnt))


def analyze(path: Path, measures_file: Path, out: Path | None = None) -> Outcome:
    """Run the statistics alone, on any table with one row per animal.

    Parameters
    ----------
    path
        The study file; only ``study, trials, protocol, design`` matter.
    measures_file
        The table of measures.
    out
        The results folder; ``results/<study>-<name of the table>`` where none is
        given, so that results from videos and from tables never meet.

    Raises
    ------
    InputError
        If the input is wrong, or the folder holds the results of a run from videos.
    """
    started = provenance.now()
    study = load_study(path)
    trials = read_trials(study.trials, study.design, study.key)
    measures = read_measures(measures_file, trials, study.design, study.protocol)
    outcomes = read_outcomes(study, trials)
    folder = out or Path("results") / as_file_name(f"{study.study}-{measures_file.stem}")
    _refuse_run_from_videos(folder)
    comparison = stats.compare(
        add_background(measures, trials),
        study.design,
        seed=study.seed,
        locomotion=read_locomotion(study, trials),
        bins=_bins_of_table(study, trials),
        human=read_human_scores(study, trials),
        outcomes=_with_background(outcomes, trials),
    )
    inputs = {"study": path, "trials": study.trials, "measures": measures_file}
    inputs |= design_inputs(study)
    made = record_of(path, study, inputs, started)
    outcome, bounds = study.design.outcome, bounds_for(study.design, study.protocol)
    suspected = [
        *unit_flags(measures[outcome], outcome, bounds),
        *_suspected_units(outcomes, study),
    ]
    comparison = _flagged(comparison, [*find_lock_flags(made["lock"]), *suspected])
    with hold(folder), files.together():
        write_statistics(comparison, folder)
        write_json(made, folder / "run.json")
        none = pd.DataFrame()
        results = results_of(
            study,
            trials,
            comparison,
            made,
            measures=measures,
            bins=none,
            bouts=none,
            trials_log=none,
            source=(_read_from(measures_file), *notes_of(measures)),
        )
        report.write(results, folder)
    datapackage.write(folder, study.study, synthetic=results.synthetic)
    return Outcome(folder, pd.DataFrame(), comparison.verdict, notes_of(trials, measures))


def _with_background(
    outcomes: Mapping[str, pd.DataFrame], trials: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the other outcomes with what the trials record of the animals."""
    return {name: add_background(table, trials) for name, table in outcomes.items()}


def _suspected_units(outcomes: Mapping[str, pd.DataFrame], study: Study) -> list[Flag]:
    """Return the flags of other outcomes whose numbers seem to be in another unit."""
    designs = {name: study.design.of_outcome(name) for name in outcomes}
    return [
        flag
        for name, design in designs.items()
        for flag in unit_flags(
            outcomes[name][design.outcome], design.outcome, bounds_for(design, ProtocolOptions())
        )
    ]


def _read_from(table: Path) -> str:
    """Return what the numbers of an analysis came from, in a sentence."""
    sha256 = content_hash(table)[:12]
    return f"Numbers from the table {table.name} (SHA-256 {sha256}): no video was scored here."


def _refuse_run_from_videos(folder: Path) -> None:
    """Refuse to write the statistics of a table over the results of a run from videos."""
    if (folder / tables.TRIALS_LOG.file).exists():
        raise InputError(
            Problem(
                "this folder holds the results of a run from videos",
                file=str(folder),
                expected="a folder of its own for results from a table",
                fix="name another folder with --out, or leave --out away",
            )
        )


def _scored_from(scores: Scores) -> str:
    """Return what the numbers of a run came from, in a sentence."""
    done = int((scores.trials_log["status"] == "done").sum())
    files_read = len(scores.hashes)
    return (
        f"Numbers from {files_read} recording{'s' if files_read != 1 else ''}, scored by behave: "
        f"{done} of {len(scores.trials_log)} trials."
    )


def _decisions(study: Study) -> tuple[str, ...]:
    """Return what people decided about thresholds, in sentences."""
    chosen = study.scoring.immobile_below
    return decisions_in(chosen.file) if isinstance(chosen, EarlierCalibration) else ()


def _bins_of_table(study: Study, trials: pd.DataFrame) -> pd.DataFrame | None:
    """Return the time bins where the design asks for them; there is no run that made any."""
    bins = read_bins(study, trials)
    if study.design.time_course and bins is None:
        raise InputError(
            Problem(
                "no table of time bins",
                at="design.time_course.file",
                expected="a table of bins beside the study file, such as a run's bins.csv",
                fix="name it, or leave 'time_course' out",
            )
        )
    return bins


def _flagged(comparison: "stats.Comparison", flags: Sequence[Flag]) -> "stats.Comparison":
    """Return the comparison with more flags: what no statistics could know."""
    told = [*comparison.verdict["flags"], *(asdict(flag) for flag in flags)]
    return replace(comparison, verdict=comparison.verdict | {"flags": told})
