"""What tracking is told of a trial, and what it gives back."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from behave.model.flags import Flag

# Between the files of a recording that the camera split; no file on Windows has it in its name.
CHAPTER_MARK = "|"

# Seconds of clear evidence that outweigh a change of state, where motion has been smoothed.
SWITCH_PENALTY_S = 0.06

Shape = Literal["rectangle", "ellipse", "polygon"]
EntrySource = Literal["given", "detected", "first frame"]


def chapters_of(video: Path) -> list[Path]:
    """Return the files of a recording that the camera split, in order; itself where it is whole.

    Their paths are joined by ``|``, as in ``/videos/a.mp4|/videos/b.mp4``.
    """
    parts = str(video).split(CHAPTER_MARK)
    # Not the path's own question, which fails on a name that is too long.
    whole = len(parts) == 1 or os.path.exists(video)  # noqa: PTH110
    return [video] if whole else [Path(part) for part in parts]


@dataclass(frozen=True)
class Arena:
    """The region of the picture drawn for one animal, in px of the full frame.

    Parameters
    ----------
    name
        Its number or name in the trials table.
    x, y
        Left and top edge.
    width, height
        Size.
    shape
        ``rectangle``, the ``ellipse`` inscribed in it, or a ``polygon`` whose
        bounding box it is.
    px_per_cm
        Scale of the picture; none where it was not given.
    points
        Corners (x, y) of a polygon; empty for the other shapes.
    """

    name: str
    x: float
    y: float
    width: float
    height: float
    shape: Shape = "rectangle"
    px_per_cm: float | None = None
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Trial:
    """One animal in one video, without its group: tracking is blind to it.

    Parameters
    ----------
    trial_id
        Name of the trial.
    arena
        Where in the picture the animal is.
    entry_s
        Video time at which the animal enters; none: to be detected.
    duration_s
        Time from entry after which the animal no longer matters; none: to
        the end of the file.
    """

    trial_id: str
    arena: Arena
    entry_s: float | None = None
    duration_s: float | None = None


@dataclass(frozen=True)
class Track:
    """The motion of one animal.

    Parameters
    ----------
    trial_id
        Name of the trial.
    motion
        One row per frame, columns as in `behave.model.tables.MOTION`.
    entry_s
        Video time at which the animal entered; 0 when it was there from the
        first frame.
    entry_source
        Where ``entry_s`` comes from.
    immobile_below
        The threshold that suits this tracker's motion.
    switch_penalty_s
        Seconds of clear evidence that outweigh a change of state in this
        tracker's motion.
    flags
        Remarks on the quality of the recording.
    kept
        Share of the trial's frames in which each keypoint was trusted; empty
        where there are none.
    beside
        The same animal by its keypoints, where both trackers were asked for.
    """

    trial_id: str
    motion: pd.DataFrame
    entry_s: float
    entry_source: EntrySource
    immobile_below: float
    switch_penalty_s: float
    flags: tuple[Flag, ...] = ()
    kept: Mapping[str, float] = field(default_factory=dict)
    beside: "Track | None" = None


@dataclass(frozen=True)
class Scene:
    """What an overlay of one trial shows; no group is among it.

    Parameters
    ----------
    trial
        The animal and its arena.
    frames
        One row per frame, columns as in `behave.model.tables.FRAMES`.
    immobile_below
        The threshold of the motion.
    outlined
        Whether the animal was followed by its silhouette, whose outline is
        then shown; else its centre is marked.
    file
        Where the overlay is written.
    """

    trial: Trial
    frames: pd.DataFrame
    immobile_below: float
    outlined: bool
    file: Path
