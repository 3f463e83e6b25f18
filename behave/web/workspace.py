"""What lies open: a study or a folder of videos, its trials, its arenas, its results."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from behave import files, tracking
from behave.errors import BehaveError, InputError, Problem
from behave.model.tables import ARENAS_USED, TRIALS_LOG
from behave.scoring import ScoringOptions
from behave.study.inputs.plan import plan_videos
from behave.study.inputs.study_file import Study, load_study
from behave.study.inputs.trials import read_trials
from behave.study.inputs.video_files import files_of, find_videos
from behave.tracking import Arena, Recording, Tracker, TrackingOptions

BY_HAND = "by_hand"
IDS = ("trial_id", "animal_id", "video", "arena")


@dataclass
class Workspace:
    """What lies open.

    Parameters
    ----------
    name
        The study's name, or the folder's.
    home
        Folder of what people make: ``by_hand/``, and ``arenas.csv`` where the
        study names none.
    planned
        ``trial_id, animal_id, video, arena, entry_s, exclude`` and, in a
        study, the design's columns; in a folder of videos one row per video.
    videos
        The file of each video, by its name in the trials.
    arenas_file
        The table of arenas, which need not be there yet.
    results
        The folder of results, which need not be there.
    source
        The study file or the folder, as it was named.
    study
        The study; none for a folder of videos.
    read_only
        Whether nothing may be changed.
    faults
        What is wrong with the table of animals; while there is something, there are no
        trials.
    """

    name: str
    home: Path
    planned: pd.DataFrame
    videos: Mapping[str, Recording]
    arenas_file: Path
    results: Path
    source: Path
    study: Study | None = None
    read_only: bool = False
    faults: tuple[Problem, ...] = ()
    _proposed: dict[str, list[Arena]] = field(default_factory=dict)
    _tables: dict[tuple[Path, str], tuple[object, list[Arena]]] = field(default_factory=dict)
    _log: tuple[int, pd.DataFrame] | None = None
    _lock: Lock = field(default_factory=Lock)

    def read_animals(self) -> None:
        """Read the study's animals, anew where the table was changed."""
        if self.study is None:
            return
        try:
            trials = read_trials(self.study.trials, self.study.design, self.study.key)
        except InputError as error:
            self.faults = tuple(error.problems)
            self.videos = self._videos_there()
            return
        self.faults = ()
        self.planned = trials.reset_index(drop=True)
        self.videos = files_of(trials, self.study)

    def _videos_there(self) -> dict[str, Recording]:
        """Return the videos of the study's folder, where no table names them yet."""
        if self.study is None or self.study.videos is None:
            return {}
        try:
            found = find_videos([self.study.videos])
        except InputError:
            return {}
        fps = self.study.tracking.fps
        return {name: Recording(name, (file,), fps) for name, file in found.items()}

    @property
    def by_hand(self) -> Path:
        """The folder of what people scored and corrected."""
        return self.home / BY_HAND

    @property
    def filmed(self) -> dict[str, Recording]:
        """The videos that have pictures; a track export or a file of keypoints has none."""
        return {
            name: recording
            for name, recording in self.videos.items()
            if self.tracker.has_picture(recording)
        }

    @property
    def tracker(self) -> Tracker:
        """What measures the motion."""
        return tracking.tracker_of(self.study.tracking_options if self.study else TrackingOptions())

    @property
    def duration_s(self) -> float | None:
        """Length of a trial from the animal's entry; none: to the end of the video."""
        return self.study.protocol.duration_s if self.study else None

    @property
    def epochs(self) -> dict[str, tuple[float, float]]:
        """The named time windows, from the animal's entry."""
        return self.study.protocol.epochs if self.study else {"whole": (0.0, np.inf)}

    @property
    def scoring(self) -> ScoringOptions:
        """How motion becomes immobility."""
        return self.study.scoring if self.study else ScoringOptions()

    @property
    def run_command(self) -> str:
        """What to type for the program to score what lies open."""
        source, results, arenas = map(_quoted, (self.source, self.results, self.arenas_file))
        if self.study is not None:
            usual = self.results == usual_results(self.study)
            return f"behave run {source}" + ("" if usual else f" --out {results}")
        return f"behave score {source} --arenas {arenas} --out {results}"

    @property
    def trials(self) -> pd.DataFrame:
        """The trials; those of a folder follow what was scored, and what is drawn."""
        if self.study is not None:
            return self.planned
        scored = self.log()
        scored = scored[scored["video"].isin(list(self.videos))]
        drawn = [
            row | {"trial_id": name, "animal_id": name, "arena": arena}
            for row in self.planned.to_dict("records")
            if row["video"] not in set(scored["video"])
            for arena in ([one.name for one in self.drawn(row["video"])] or [row["arena"]])
            for name in [f"{row['trial_id'].removesuffix(row['arena'])}{arena}"]
        ]
        known = scored[list(IDS)].assign(entry_s=np.nan, exclude=False)
        return pd.DataFrame([*known.to_dict("records"), *drawn])

    def trial(self, trial_id: str) -> dict[str, Any]:
        """Return the row of a trial; an unknown name raises KeyError."""
        rows = self.trials[self.trials["trial_id"] == trial_id]
        if rows.empty:
            raise KeyError(trial_id)
        return {str(name): value for name, value in rows.iloc[0].items()}

    def log(self) -> pd.DataFrame:
        """Return ``trials_log.csv`` of the results; without results it has no rows."""
        path = self.results / TRIALS_LOG.file
        try:
            stamp = path.stat().st_mtime_ns
        except OSError:
            return pd.DataFrame(columns=list(TRIALS_LOG.names))
        known = self._log
        if known is None or known[0] != stamp:
            text = tuple(column.name for column in TRIALS_LOG.columns if column.kind == "text")
            known = self._log = stamp, files.read_table(path, text)
        return known[1]

    def entry_s(self, trial_id: str) -> float:
        """Return the video time of an animal's entry: as scored, else as given, else 0."""
        log = self.log()
        scored = log.loc[log["trial_id"] == trial_id, "entry_s"]
        known = [*scored, self.trial(trial_id)["entry_s"]]
        return next((float(value) for value in known if not pd.isna(value)), 0.0)

    def drawn(self, video: str) -> list[Arena]:
        """Return the arenas that somebody drew in a video; none where nobody did."""
        return self._read(self.arenas_file, video)

    def used(self, video: str) -> list[Arena]:
        """Return the arenas that the last run used in a video; none where it was not run."""
        return self._read(self.results / ARENAS_USED.file, video)

    def _read(self, table: Path, video: str) -> list[Arena]:
        """Return what a table has for a video, read again when it changes; none if faulty."""
        try:
            stat = table.stat()
        except OSError:
            return []
        stamp = stat.st_mtime_ns, stat.st_size
        known = self._tables.get((table, video))
        if known is None or known[0] != stamp:
            try:
                arenas = tracking.read_arenas(table, {video: self.videos[video]})[video]
            except InputError:
                arenas = []
            known = self._tables[table, video] = stamp, arenas
        return known[1]

    def _found(self, video: str) -> list[Arena]:
        """Find a video's arenas; none where no number is given or they are not found."""
        with self._lock:
            if video not in self._proposed:
                try:
                    found = tracking.find_arenas(
                        self.videos[video],
                        self._count,
                        self.study.protocol.test if self.study else None,
                    )
                except BehaveError:
                    found = []
                self._proposed[video] = found
            return self._proposed[video]

    @property
    def _count(self) -> int:
        """How many arenas a video shows, as the study says; 0 if it does not."""
        return (self.study.arenas.count or 0) if self.study and self.study.arenas else 0

    def arena_of(self, trial_id: str) -> Arena | None:
        """Return a trial's arena as drawn, else as used, else as found; none: the whole picture."""
        return self._arena_of(trial_id, self.drawn, self.used)

    def scored_arena_of(self, trial_id: str) -> Arena | None:
        """Return the arena in which a trial was scored, whatever was drawn since."""
        return self._arena_of(trial_id, self.used, self.drawn)

    def _arena_of(self, trial_id: str, *sources: Callable[[str], list[Arena]]) -> Arena | None:
        """Return a trial's arena from the first source that knows its video."""
        row = self.trial(trial_id)
        arenas: list[Arena] = []
        for source in (*sources, self._found) if self._count else sources:
            arenas = arenas or source(str(row["video"]))
        return next((arena for arena in arenas if arena.name == row["arena"]), None)


def open_workspace(
    source: Path,
    results: Path | None = None,
    *,
    read_only: bool = False,
    beside: bool = False,
) -> Workspace:
    """Lay out a study file, or a folder of videos.

    Parameters
    ----------
    source
        The study file, or the folder.
    results
        Folder of ``behave run`` or ``behave score``; none: ``results/<study>``.
    read_only
        Whether nothing may be changed.
    beside
        Whether results without a folder of their own lie beside the study file, and not
        where the program was started.

    Raises
    ------
    InputError
        If the study file is faulty, or there is no video. A table of animals that is not
        complete yet is no reason: see `Workspace.faults`.
    """
    if source.is_dir():
        return _open_folder(source, results, read_only=read_only)
    study = load_study(source)
    home = source.resolve().parent
    drawn = study.arenas.file if study.arenas else None
    usual = home / usual_results(study) if beside else usual_results(study)
    workspace = Workspace(
        name=study.study,
        home=home,
        planned=pd.DataFrame(columns=[*IDS, "entry_s", "exclude"]),
        videos={},
        arenas_file=drawn or home / "arenas.csv",
        results=results or usual,
        source=source,
        study=study,
        read_only=read_only,
    )
    workspace.read_animals()
    return workspace


def _open_folder(folder: Path, results: Path | None, *, read_only: bool) -> Workspace:
    """Lay out a folder of videos."""
    results = results or folder / "results"
    plan = plan_videos([folder], None, 1, TrackingOptions(), ScoringOptions())
    # Results that lie in the folder hold videos too: the overlays.
    own = {name: one for name, one in plan.videos.items() if not one.first.is_relative_to(results)}
    trials = plan.trials[plan.trials["video"].isin(list(own))]
    return Workspace(
        name=folder.resolve().name,
        home=folder,
        planned=trials.reset_index(drop=True),
        videos=own,
        arenas_file=folder / "arenas.csv",
        results=results,
        source=folder,
        read_only=read_only,
    )


def usual_results(study: Study) -> Path:
    """Return the folder into which a study's results go where none is named."""
    return Path("results") / study.study


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
