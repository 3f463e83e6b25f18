"""What tracking is told of a trial, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from behave.model.flags import Flag

# Between the files of a recording that the camera split, where a table names them; no file
# on Windows has it in its name.
CHAPTER_MARK = "|"

# Files of keypoints, which may be named in place of videos.
POSE_SUFFIXES = frozenset((".csv", ".h5", ".hdf5"))

# Seconds of clear evidence that outweigh a change of state, where motion has been smoothed.
SWITCH_PENALTY_S = 0.06

# Correlation of the steps above which two scenes are one. Rendered videos of one camera reach
# .60 or more, those of two cameras .17 or less.
SAME_SCENE = 0.28

Shape = Literal["rectangle", "ellipse", "polygon"]
EntrySource = Literal["given", "detected", "first frame"]


@dataclass(frozen=True)
class Recording:
    """A video: one file, or the chapters into which the camera split it, with one time line.

    Parameters
    ----------
    name
        Its name in the trials table.
    files
        Its files, in order.
    fps
        Frames per second as given by a person; none: the files tell when their frames
        are shown.
    """

    name: str
    files: tuple[Path, ...]
    fps: float | None = None

    @classmethod
    def of(cls, video: "Video") -> "Recording":
        """Return a file as a recording; a recording is one already."""
        return video if isinstance(video, Recording) else cls(video.name, (video,))

    def __str__(self) -> str:
        """Return its files as a message names them."""
        return CHAPTER_MARK.join(map(str, self.files))

    @property
    def first(self) -> Path:
        """Its first file: the only one of keypoints, of a track export and of most videos."""
        return self.files[0]

    @property
    def suffix(self) -> str:
        """How its files' names end, in small letters."""
        return self.first.suffix.lower()


# What this floor's functions take for a video; a file is a recording of one.
Video = Path | Recording


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
        What makes the score doubtful.
    kept
        Share of the trial's frames in which each keypoint was trusted; empty
        where there are none.
    secondary
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
    secondary: "Track | None" = None


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
