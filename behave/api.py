"""The package from Python, for notebooks and scripts: `score`, `run`, `load_results`, `compare`.

The commands of the same names make the same calls.
"""

import html
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from pydantic import ValidationError

from behave import files, stats
from behave.errors import InputError, Problem, did_you_mean
from behave.model import tables
from behave.schema import Table, conform
from behave.scoring import ScoringOptions
from behave.study import pipeline
from behave.study.execution.processes import Execution, cores
from behave.study.inputs.plan import plan_videos
from behave.tracking import TrackingOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EFFECTS = ("K", "Kn", "I", "A")
PathLike = str | Path


def score(
    videos: PathLike | Iterable[PathLike],
    *,
    arenas: int | PathLike,
    out: PathLike | None = None,
    test: Literal["fst", "tst", "freezing"] = "fst",
    jobs: int | None = None,
) -> pd.DataFrame:
    """Score videos: how long each animal was immobile.

    Parameters
    ----------
    videos
        A video, a folder of videos, or several of them.
    arenas
        How many animals each video shows, or a table of arenas (``arenas.csv``).
    out
        Folder that keeps all results, and reuses what did not change; none: they are not
        kept.
    test
        Kind of test.
    jobs
        Videos scored at a time; none: one per core.

    Returns
    -------
    pandas.DataFrame
        One row per trial, columns of `behave.model.tables.MEASURES`; ``status`` and
        ``message`` say what became of it. Times in s, from the animal's entry.

    Raises
    ------
    InputError
        If the input is wrong; nothing was scored then.

    Examples
    --------
    >>> scores = behave.score("videos", arenas=4)  # doctest: +SKIP
    >>> scores[["trial_id", "immobility_s"]]  # doctest: +SKIP
    """
    named = [videos] if isinstance(videos, (str, Path)) else list(videos)
    count, table = (arenas, None) if isinstance(arenas, int) else (0, Path(arenas))
    plan = plan_videos(
        [Path(name) for name in named], table, count, TrackingOptions(test=test), ScoringOptions()
    )
    with tempfile.TemporaryDirectory() as kept_nowhere:
        folder = Path(kept_nowhere if out is None else out)
        outcome = pipeline.score(plan, folder, Execution(jobs or cores()))
        measures = _read(folder, tables.MEASURES)
    messages = outcome.trials_log.set_index("trial_id")["message"]
    return measures.assign(message=measures["trial_id"].map(messages))


def run(
    study: PathLike,
    out: PathLike | None = None,
    *,
    jobs: int | None = None,
    force: bool = False,
) -> "StudyResults":
    """Run a study: score every animal, compare the groups, write the report.

    Parameters
    ----------
    study
        The study file.
    out
        The results folder; none: ``results/<study>``.
    jobs
        Videos scored at a time; none: one per core.
    force
        Measure every video again, even if it did not change.

    Raises
    ------
    InputError
        If the input is wrong; nothing was run then.
    OutputError
        If a result cannot be written.
    """
    execution = Execution(jobs or cores(), force)
    outcome = pipeline.run(Path(study), None if out is None else Path(out), execution)
    return load_results(outcome.folder)


def load_results(folder: PathLike) -> "StudyResults":
    """Read what a run wrote.

    Parameters
    ----------
    folder
        The results folder.

    Raises
    ------
    InputError
        If there are no results in it.
    """
    place = Path(folder)
    if not (place / "run.json").is_file():
        raise InputError(
            Problem(
                "there are no results here",
                file=str(place),
                expected="a folder that 'behave run', 'score' or 'analyze' wrote",
                fix="name the results folder, for example results/my-study",
            )
        )
    return StudyResults(place)


def compare(
    measures: pd.DataFrame,
    *,
    design: Mapping[str, Any],
    seed: int = 1,
) -> "Comparison":
    """Compare the groups of a table with one row per animal, and give the verdict.

    Parameters
    ----------
    measures
        ``animal_id``, the outcome, and the columns of the design.
    design
        The ``design`` block of a study file, as a mapping.
    seed
        Of what the sensitivity analyses draw at random.

    Raises
    ------
    InputError
        If the design or the table is faulty.

    Examples
    --------
    >>> comparison = behave.compare(
    ...     table,
    ...     design={
    ...         "agonist": {"column": "drug", "control": "vehicle", "level": "ketamine"},
    ...         "antagonist": {"column": "pre", "control": "vehicle", "level": "NBQX"},
    ...     },
    ... )  # doctest: +SKIP
    >>> comparison.label  # doctest: +SKIP
    'partially_blocked'
    """
    try:
        options = stats.DesignOptions.model_validate(dict(design))
    except ValidationError as error:
        raise InputError(*map(_as_problem, error.errors(include_url=False))) from error
    levels = [factor.column for factor in (options.agonist, options.antagonist) if factor]
    text = measures.assign(
        **{name: measures[name].astype(str) for name in levels if name in measures}
    )
    return Comparison(text, options, stats.compare(text, options, seed=seed))


def _as_problem(fault: Mapping[str, Any]) -> Problem:
    """Return one fault of a design as the package tells it."""
    place = ".".join(["design", *map(str, fault["loc"])])
    return Problem(str(fault["msg"]), at=place, found=repr(fault.get("input")))


@dataclass(frozen=True, repr=False)
class Comparison:
    """Groups compared, and the verdict; a notebook shows it as a table.

    Parameters
    ----------
    measures
        The animals.
    design
        What was compared.
    tables
        All that was computed; see `behave.stats.Comparison`.
    """

    measures: pd.DataFrame = field(repr=False)
    design: "stats.DesignOptions"
    tables: "stats.Comparison" = field(repr=False)

    @property
    def label(self) -> str:
        """The verdict's label."""
        return str(self.tables.verdict["label"])

    @property
    def text(self) -> str:
        """The verdict in sentences."""
        return str(self.tables.verdict["text"])

    @property
    def effects(self) -> pd.DataFrame:
        """K, Kn, I and A with their 95 % intervals; positive is benefit."""
        return effects_table(self.tables.verdict)

    def plot(self) -> "Figure":
        """Draw every animal, and the effects with their intervals."""
        from behave.report import draw_estimation  # noqa: PLC0415 - matplotlib loads for a second

        return draw_estimation(
            self.measures,
            self.tables.cells,
            self.tables.verdict,
            self.design.model_dump(mode="json"),
        )

    def __repr__(self) -> str:
        return _as_text(self.tables.verdict)

    def _repr_html_(self) -> str:
        return _as_html(self.tables.verdict)


@dataclass(frozen=True, repr=False)
class StudyResults:
    """The tables and the verdict of a results folder, each read when it is asked for.

    Parameters
    ----------
    folder
        The results folder.
    """

    folder: Path

    @property
    def measures(self) -> pd.DataFrame:
        """One row per trial and time window."""
        return _read(self.folder, tables.MEASURES)

    @property
    def bins(self) -> pd.DataFrame:
        """One row per trial and time bin."""
        return _read(self.folder, tables.BINS)

    @property
    def bouts(self) -> pd.DataFrame:
        """One row per bout."""
        return _read(self.folder, tables.BOUTS)

    @property
    def trials_log(self) -> pd.DataFrame:
        """What became of each trial, and what is to be known about its recording."""
        return _read(self.folder, tables.TRIALS_LOG)

    @property
    def contrasts(self) -> pd.DataFrame:
        """All contrasts, by all methods."""
        return _read(self.folder, tables.CONTRASTS)

    def frames(self, trial_id: str) -> pd.DataFrame:
        """Return one trial frame by frame: time, motion, state, position."""
        table = tables.FRAMES
        path = self.folder / "frames" / f"{trial_id}.csv.gz"
        if not path.is_file():
            known = [item.name.removesuffix(".csv.gz") for item in path.parent.glob("*.csv.gz")]
            raise InputError(
                Problem(
                    f"no frames of trial '{trial_id}'",
                    file=str(path.parent),
                    expected="a trial that was scored",
                    fix=did_you_mean(trial_id, sorted(known)),
                )
            )
        return conform(files.read_table(path, _text_of(table)), table)

    @property
    def verdict(self) -> dict[str, Any]:
        """The content of ``stats/verdict.json``; empty where nothing was compared."""
        path = self.folder / "stats" / "verdict.json"
        found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return found

    @property
    def report(self) -> Path:
        """The report, one file."""
        return self.folder / "report.html"

    def plot(self) -> "Figure":
        """Draw every animal, and the effects with their intervals."""
        from behave.report import draw_estimation  # noqa: PLC0415 - matplotlib loads for a second

        made = json.loads((self.folder / "run.json").read_text("utf-8"))
        measures = self.measures
        window = measures[measures["epoch"] == "score_window"]
        return draw_estimation(
            window if len(window) else measures,
            _read(self.folder, tables.CELLS),
            self.verdict,
            made["configuration"]["design"],
        )

    def __repr__(self) -> str:
        return f"Results in {self.folder}\n{_as_text(self.verdict)}"

    def _repr_html_(self) -> str:
        return _as_html(self.verdict)


def effects_table(verdict: Mapping[str, Any]) -> pd.DataFrame:
    """Return the effects of a verdict as a table.

    Returns
    -------
    pandas.DataFrame
        Index K, Kn, I, A; columns ``estimate``, ``conf_low``, ``conf_high``, ``p_value``, in
        the outcome's unit, NaN where they cannot be computed.
    """
    columns = ["estimate", "conf_low", "conf_high", "p_value"]
    rows = [[(verdict.get(name) or {}).get(column) for column in columns] for name in EFFECTS]
    return pd.DataFrame(rows, index=list(EFFECTS), columns=columns, dtype="float64")


def _as_text(verdict: Mapping[str, Any]) -> str:
    """Return a verdict for a terminal."""
    if not verdict:
        return "No groups were compared."
    table = effects_table(verdict).to_string(float_format=lambda value: f"{value:.3g}")
    return f"{verdict['label']}\n{table}\n{verdict['text']}"


def _as_html(verdict: Mapping[str, Any]) -> str:
    """Return a verdict for a notebook."""
    if not verdict:
        return "<p>No groups were compared.</p>"
    table = effects_table(verdict).to_html(float_format=lambda value: f"{value:.3g}", na_rep="")
    label = html.escape(str(verdict["label"]).replace("_", " "))
    return f"<p><b>{label}</b></p>{table}<p>{html.escape(str(verdict['text']))}</p>"


def _text_of(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that hold text."""
    return tuple(column.name for column in table.columns if column.kind == "text")


def _read(folder: Path, table: Table) -> pd.DataFrame:
    """Return a table of the results; without rows where there is none."""
    path = folder / table.file
    if not path.exists():
        return pd.DataFrame(columns=list(table.names))
    return files.read_table(path, _text_of(table))
