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

import json
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
from behave.model.tables import (
    ANOVA,
    ASSUMPTIONS,
    CELLS,
    CONTRASTS,
    DOSE_RESPONSE,
    EQUIVALENCE,
    LATENCY,
    LATENCY_CELLS,
    LATENCY_CURVE,
    OUTCOME_CELLS,
    OUTCOMES,
    SENSITIVITY,
)
from behave.schema import conform, notes_of
from behave.scoring import EarlierCalibration, ScoringOptions
from behave.scoring.calibration import find_calibration_flags
from behave.study.alternatives import alternatives
from behave.study.cache import provenance
from behave.study.cache.lock import hold
from behave.study.cache.store import content_hash
from behave.study.corrections import apply_corrections
from behave.study.execution.processes import SERIAL, Execution
from behave.study.inputs.blinding import open_key
from behave.study.inputs.calibration_file import decisions_in
from behave.study.inputs.freeze import compare_lock, find_lock_flags
from behave.study.inputs.measures import (
    inside_window,
    read_bins,
    read_human_scores,
    read_locomotion,
    read_measures,
    read_outcomes,
)
from behave.study.inputs.outcomes import bounds_for, unit_flags
from behave.study.inputs.plan import Plan, plan_study
from behave.study.inputs.study_file import ProtocolOptions, Study, load_study
from behave.study.inputs.trials import add_background, read_trials
from behave.study.score_tables import Scores
from behave.study.scores import score_trials
from behave.study.stages import picture_name

STATS = (CONTRASTS, ANOVA, CELLS, EQUIVALENCE, ASSUMPTIONS, SENSITIVITY)
OPTIONAL = (DOSE_RESPONSE, LATENCY, LATENCY_CELLS, LATENCY_CURVE, OUTCOMES, OUTCOME_CELLS)


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
        made = _record(path, study, _inputs(path, study), started, scores)
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
            _write_statistics(comparison, folder)
            _write_json(made, folder / "run.json")
            results = _results(
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
            "scoring": plan.scoring.model_dump(mode="json") | _earlier(plan.scoring),
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
            _write_json(made, folder / "run.json")
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
    inputs |= _design_inputs(study)
    made = _record(path, study, inputs, started)
    outcome, bounds = study.design.outcome, bounds_for(study.design, study.protocol)
    suspected = [
        *unit_flags(measures[outcome], outcome, bounds),
        *_suspected_units(outcomes, study),
    ]
    comparison = _flagged(comparison, [*find_lock_flags(made["lock"]), *suspected])
    with hold(folder), files.together():
        _write_statistics(comparison, folder)
        _write_json(made, folder / "run.json")
        none = pd.DataFrame()
        results = _results(
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


def _record(
    path: Path,
    study: Study,
    inputs: Mapping[str, Path],
    started: str,
    scores: Scores | None = None,
) -> dict[str, Any]:
    """Return the content of ``run.json``, with what the analysis was locked as."""
    made = provenance.record(
        configuration=configuration_of(study),
        inputs=inputs,
        videos=scores.hashes if scores else {},
        keypoints=scores.keypoints if scores else {},
        seed=study.seed,
        started=started,
    )
    blinding = open_key(study.key, study.trials)
    lock = compare_lock(path, study, made["configuration"])
    if lock and blinding:
        # Both are times in UTC of one form, which sort as text.
        lock["before_key"] = lock["locked"] <= blinding["first_read"]
    return made | {"lock": lock, "blinding": blinding}


def _flagged(comparison: "stats.Comparison", flags: Sequence[Flag]) -> "stats.Comparison":
    """Return the comparison with more flags: what no statistics could know."""
    told = [*comparison.verdict["flags"], *(asdict(flag) for flag in flags)]
    return replace(comparison, verdict=comparison.verdict | {"flags": told})


def configuration_of(study: Study) -> dict[str, Any]:
    """Return the study file in full, its paths as they lie relative to each other."""
    content: dict[str, Any] = study.model_dump(mode="json")
    content["trials"] = study.trials.name
    content["videos"] = study.videos.name if study.videos else None
    content["key"] = study.key.name if study.key else None
    content["other_folders"] = [folder.name for folder in study.other_folders[1:]]
    content["tracking"] |= study.tracking.names()
    content["scoring"] |= _earlier(study.scoring)
    if study.arenas and study.arenas.file:
        content["arenas"]["file"] = study.arenas.file.name
    for part, item in study.design.tables.items():
        content["design"][part]["file"] = item.file.name if item.file else None
    for name, other in study.design.other_outcomes.items():
        content["design"]["other_outcomes"][name]["file"] = other.file.name
    return content


def _earlier(scoring: ScoringOptions) -> dict[str, Any]:
    """Return what an earlier calibration is called, and what is in it."""
    earlier = scoring.immobile_below
    if not isinstance(earlier, EarlierCalibration):
        return {}
    sha256 = content_hash(earlier.file) if earlier.file.is_file() else None
    return {"immobile_below": {"from": earlier.file.name, "sha256": sha256}}


def _inputs(path: Path, study: Study) -> dict[str, Path]:
    """Return the files that a run reads, by their part."""
    inputs = {"study": path, "trials": study.trials}
    if study.arenas and study.arenas.file:
        inputs["arenas"] = study.arenas.file
    if study.key:
        inputs["key"] = study.key
    if isinstance(study.scoring.immobile_below, EarlierCalibration):
        inputs["calibration"] = study.scoring.immobile_below.file
    return inputs | _design_inputs(study)


def _design_inputs(study: Study) -> dict[str, Path]:
    """Return the tables that the design names, by their part."""
    named = {part: item.file for part, item in study.design.tables.items() if item.file}
    others = study.design.other_outcomes
    return named | {f"outcome_{name}": other.file for name, other in others.items()}


def _results(
    study: Study,
    trials: pd.DataFrame,
    comparison: "stats.Comparison",
    made: Mapping[str, Any],
    **more: Any,
) -> report.Results:
    """Return all that the report is made of; ``more`` is what only one caller has."""
    configuration = made["configuration"]
    return report.Results(
        study=study.study,
        design=configuration["design"],
        protocol=_stated_protocol(study, scored=not more["trials_log"].empty),
        methods=_how_scored(configuration, more["trials_log"])
        | {
            "analysis": {"seed": study.seed},
            "versions": made["versions"],
        },
        verdict=comparison.verdict,
        contrasts=comparison.contrasts,
        anova=comparison.anova,
        cells=comparison.cells,
        equivalence=comparison.equivalence,
        assumptions=comparison.assumptions,
        sensitivity=comparison.sensitivity,
        **{name: getattr(comparison, name) for name in (Path(item.file).stem for item in OPTIONAL)},
        trials=trials,
        lock=made["lock"],
        synthetic="synthetic" in trials and bool(trials["synthetic"].any()),
        **more,
    )


def _how_scored(
    configuration: Mapping[str, Any], trials_log: pd.DataFrame
) -> dict[str, Mapping[str, Any]]:
    """Return the options of tracking and scoring; none where the numbers are a table's."""
    if trials_log.empty:
        return {}
    scoring = configuration["scoring"] | _thresholds(trials_log)
    return {"tracking": configuration["tracking"], "scoring": scoring}


def _stated_protocol(study: Study, *, scored: bool) -> dict[str, Any]:
    """Return what may be said of the test: what the study file says, and what scoring used.

    A default that nothing used, such as the species, would be an invention.
    """
    stated = set(study.protocol.model_fields_set)
    used = {"duration_s", "score_window_s", "bin_s"} if scored else set()
    return study.protocol.model_dump(mode="json", include=stated | used)


def _thresholds(trials_log: pd.DataFrame) -> dict[str, str]:
    """Return the threshold that was used, in place of 'the tracker's own'."""
    if trials_log.empty:
        return {}
    used = trials_log["immobile_below"].dropna().unique()
    return {"immobile_below": ", ".join(f"{value:g}" for value in used) or "none"}


def _write_statistics(comparison: "stats.Comparison", folder: Path) -> None:
    """Write ``stats/``."""
    for table in STATS:
        name = Path(table.file).stem
        files.write_table(conform(getattr(comparison, name), table), folder / table.file)
    # Written only where the design and the measures ask for it: nothing irrelevant lies there.
    for table in OPTIONAL:
        content = getattr(comparison, Path(table.file).stem)
        if len(content):
            files.write_table(conform(content, table), folder / table.file)
        else:
            files.remove(folder / table.file)
    _write_json(comparison.verdict, folder / "stats" / "verdict.json")


def _write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write JSON that any reader takes: NaN is not JSON and becomes null."""
    files.write_text(json.dumps(content, indent=2, allow_nan=False, default=str) + "\n", path)
