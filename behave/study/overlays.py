"""Overlays of scored trials, and the stretches to look at first.

If an overlay cannot be drawn, the trial gets a flag; the run does not fail.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from behave import __version__, files
from behave.errors import BehaveError
from behave.model.flags import Flag
from behave.model.tables import DOUBTFUL, FRAMES
from behave.schema import conform
from behave.scoring.doubt import doubtful_stretches, most_doubtful
from behave.study.cache import store
from behave.study.execution.processes import Execution
from behave.tracking import Recording, Trial
from behave.tracking.trial import Scene

FOLDER = "overlays"


@dataclass(frozen=True)
class Rated:
    """A trial whose frames are scored.

    Parameters
    ----------
    trial
        The animal and its arena.
    immobile_below
        The threshold that was used.
    span_s
        Video times between which it was scored.
    frames
        File of its scored frames.
    """

    trial: Trial
    immobile_below: float
    span_s: tuple[float, float]
    frames: Path


@dataclass(frozen=True)
class Overlay:
    """Draw the overlays of one video's trials.

    Parameters
    ----------
    video, sha256
        The file and the hash of its content.
    trials
        Those of its trials that were scored; empty for a file without a picture.
    outlined
        Whether the animals were followed by their silhouette.
    folder
        The results folder.
    force
        Whether to draw existing overlays again.
    """

    video: Recording
    sha256: str
    trials: tuple[Rated, ...]
    outlined: bool
    folder: Path
    force: bool = False

    def file(self, rated: Rated) -> Path:
        """Return the path of a trial's overlay."""
        return self.folder / FOLDER / f"{rated.trial.trial_id}.mp4"

    def key(self, rated: Rated) -> str:
        """Return the key of an overlay, made from everything that it shows."""
        parts = asdict(replace(rated, span_s=(0.0, 0.0), frames=Path()))
        scored = store.content_hash(rated.frames)
        return store.key_of(__version__, self.sha256, parts, self.outlined, scored)

    def is_current(self, rated: Rated) -> bool:
        """Return whether a trial's overlay shows the present score."""
        try:
            kept = _key_file(self.folder, rated.trial.trial_id).read_text("utf-8")
        except OSError:
            return False
        return self.file(rated).exists() and kept == self.key(rated)


@dataclass(frozen=True)
class Overlays:
    """The overlays that were drawn.

    Parameters
    ----------
    paths
        Trial -> path of its overlay below the results folder.
    doubtful
        The stretches to look at first, columns as in `behave.model.tables.DOUBTFUL`.
    faults
        Trial -> flag, for each trial without an overlay.
    """

    paths: Mapping[str, str]
    doubtful: pd.DataFrame
    faults: Mapping[str, Flag]


def overlay(task: Overlay) -> pd.DataFrame:
    """Draw a video's overlays; return its trials' doubtful stretches.

    Raises
    ------
    BehaveError
        If the video cannot be read or an overlay cannot be written.
    """
    # Drawing loads the video libraries, which the processes that plan do without.
    from behave.tracking.overlay import draw_overlays  # noqa: PLC0415

    scenes, stretches = {}, []
    for rated in task.trials:
        name = rated.trial.trial_id
        frames = conform(files.read_table(rated.frames), FRAMES)
        found = doubtful_stretches(frames, rated.span_s, rated.immobile_below)
        stretches.append(found.assign(trial_id=name))
        if task.force or not task.is_current(rated):
            _key_file(task.folder, name).unlink(missing_ok=True)
            scenes[task.key(rated)] = Scene(
                rated.trial, frames, rated.immobile_below, task.outlined, task.file(rated)
            )
    if scenes:
        draw_overlays(task.video, list(scenes.values()))
        # The key is written last: an unfinished overlay has none, and is drawn again.
        for key, scene in scenes.items():
            files.write_text(key, _key_file(task.folder, scene.trial.trial_id))
    return pd.concat(stretches, ignore_index=True)


def find_stale(folder: Path, tasks: Iterable[Overlay]) -> list[Path]:
    """Return the overlays of an earlier run that do not show the present score.

    Parameters
    ----------
    folder
        The results folder.
    tasks
        The overlays of the present scores.
    """
    drawn = list((folder / FOLDER).glob("*.mp4"))
    if not drawn:
        return []
    current = {
        task.file(rated) for task in tasks for rated in task.trials if task.is_current(rated)
    }
    return [
        path
        for file in drawn
        if file not in current
        for path in (_key_file(folder, file.stem), file)
    ]


def _key_file(folder: Path, trial_id: str) -> Path:
    """Return the file that keeps the key of a trial's overlay."""
    return folder / store.FOLDER / FOLDER / f"{trial_id}.txt"


def draw(tasks: Sequence[Overlay], unpictured: Sequence[str], execution: Execution) -> Overlays:
    """Draw the overlays of all videos.

    Parameters
    ----------
    tasks
        One per video.
    unpictured
        Trials that were scored from a file without a picture.
    execution
        How the tasks are run.

    Returns
    -------
    Overlays
        If the overlays of a video cannot be drawn, its trials get a flag.
    """
    paths: dict[str, str] = {}
    faults = {name: _fault("it was scored from a file without a picture") for name in unpictured}
    stretches = []
    for task, result in execution.each(overlay, tasks, "overlays"):
        names = [rated.trial.trial_id for rated in task.trials]
        if isinstance(result, BehaveError):
            reason = "; ".join(
                f"{problem.what} ({problem.found})" if problem.found else problem.what
                for problem in result.problems
            )
            faults |= {name: _fault(reason) for name in names}
        else:
            paths |= {name: f"{FOLDER}/{name}.mp4" for name in names}
            stretches.append(result)
    doubtful = pd.concat(stretches, ignore_index=True) if stretches else pd.DataFrame()
    if not doubtful.empty:
        # Videos are finished in any order: the trials' names decide the order of equal doubt.
        doubtful = most_doubtful(doubtful.sort_values(["trial_id", "start_s"]))
    return Overlays(dict(sorted(paths.items())), conform(doubtful, DOUBTFUL), faults)


def _fault(reason: str) -> Flag:
    """Return the flag for a trial without an overlay."""
    return Flag("no_overlay", 1.0, f"There is no overlay of this trial: {reason}.")
