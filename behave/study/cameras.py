"""Which camera filmed each trial, and how its motion is read."""

import base64
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave import __version__, tracking
from behave.errors import BehaveError
from behave.model.tables import CALIBRATION
from behave.schema import conform
from behave.scoring.calibration import Calibration, Pool, calibrate, pool_shares
from behave.scoring.calibration.histogram import MOTION
from behave.study.cache import store
from behave.study.inputs.plan import Plan
from behave.tracking import Recording

Scene = npt.NDArray[np.uint8]
Each = Callable[..., Iterator[tuple[Any, Any]]]


@dataclass(frozen=True)
class LookAt:
    """Look at the scene of one video.

    Parameters
    ----------
    name
        The video's name in the trials table.
    video, sha256
        The file and the hash of its content.
    folder
        The results folder.
    """

    name: str
    video: Recording
    sha256: str
    folder: Path


def look_at(task: LookAt) -> Scene:
    """Return a video's scene, or the one that was kept.

    Raises
    ------
    TrialError
        If the video cannot be read.
    """
    key = store.key_of(__version__, task.sha256)
    kept = store.load_scene(task.folder, key)
    if kept is not None:
        height, width, packed = kept
        return np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8).reshape(
            height, width
        )
    found = np.round(255 * tracking.scene_of(task.video)).astype(np.uint8)
    packed = base64.b64encode(zlib.compress(found.tobytes())).decode("ascii")
    store.save_scene(task.folder, key, (*found.shape, packed))
    return found


def name_cameras(
    plan: Plan, hashes: Mapping[str, str], folder: Path, each: Callable[..., Iterable[Any]]
) -> dict[str, str]:
    """Name the camera of each video.

    A column ``camera`` of the trials says it; videos without are of one camera where their
    scenes are alike, and are numbered. A track export or a file of keypoints shows no
    scene: all that are not named are of one camera.

    Parameters
    ----------
    plan
        What is scored.
    hashes
        Content hash of each video that can be read.
    folder
        The results folder.
    each
        Runs a function on each task and yields (task, result or error).
    """
    named = plan.cameras
    found = {video: named[video] for video in hashes if video in named}
    rest = sorted(set(hashes) - found.keys())
    numbers = (str(number) for number in count(1) if str(number) not in named.values())
    if not plan.pictured or len(rest) < 2:  # noqa: PLR2004 - one video is one camera
        return found | dict.fromkeys(rest, next(numbers))
    tasks = [LookAt(name, plan.videos[name], hashes[name], folder) for name in rest]
    scenes = {
        task.name: scene
        for task, scene in each(look_at, tasks)
        if not isinstance(scene, BehaveError)  # then no animal can be followed in it either
    }
    return found | group_scenes({name: scenes[name] for name in rest if name in scenes}, numbers)


def group_scenes(scenes: Mapping[str, Scene], names: Iterator[str]) -> dict[str, str]:
    """Return the camera of each video: that of the first video whose scene is most alike."""
    firsts: dict[str, Scene] = {}
    cameras = {}
    for video, scene in scenes.items():
        likeness = {
            camera: tracking.scene_likeness(first, scene)
            for camera, first in firsts.items()
            if first.shape == scene.shape
        }
        best = max(likeness, key=lambda camera: likeness[camera], default=None)
        if best is None or likeness[best] < tracking.SAME_SCENE:
            best = next(names)
            firsts[best] = scene
        cameras[video] = best
    return cameras


@dataclass(frozen=True)
class Measured:
    """What a camera's scale is learnt from, of one trial by one tracker.

    Parameters
    ----------
    histogram
        See `behave.scoring.calibration.histogram`.
    default
        The tracker's own threshold; NaN: it has none.
    """

    histogram: npt.NDArray[np.float64]
    default: float


@dataclass(frozen=True)
class Scales:
    """How each trial's motion is read.

    Parameters
    ----------
    cameras
        Of each trial.
    trackers
        Whose motion is scored, and whose stands beside it.
    calibrations
        Of each camera and tracker.
    pools
        What they were learnt from.
    """

    cameras: Mapping[str, str]
    trackers: Sequence[str]
    calibrations: Sequence[Calibration]
    pools: Sequence[Pool]

    def immobile_below(self, trial_id: str) -> tuple[float, ...]:
        """Return the thresholds of a trial, one for each tracker; NaN: not known."""
        known = {(one.camera, one.tracker): one.immobile_below for one in self.calibrations}
        camera = self.cameras[trial_id]
        return tuple(known.get((camera, tracker), np.nan) for tracker in self.trackers)

    def table(self) -> pd.DataFrame:
        """Return the calibrations as a table, columns as in `CALIBRATION`."""
        rows = [
            {name: getattr(one, name) for name in CALIBRATION.names} for one in self.calibrations
        ]
        return conform(pd.DataFrame(rows, columns=list(CALIBRATION.names)), CALIBRATION)

    def shares(self) -> pd.DataFrame:
        """Return the pooled motion: ``camera, tracker, motion, share``, empty bins left out."""
        parts = [
            pd.DataFrame(
                {"camera": pool.camera, "tracker": pool.tracker, "motion": MOTION, "share": shares}
            )[shares > 0]
            for pool in self.pools
            for shares in [pool_shares(pool)]
        ]
        columns = ["camera", "tracker", "motion", "share"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def read_scales(
    plan: Plan, cameras: Mapping[str, str], measured: Mapping[str, Sequence[Measured]]
) -> Scales:
    """Tell how the motion of each camera is read.

    Parameters
    ----------
    plan
        What is scored.
    cameras
        The camera of each video.
    measured
        Of each trial that was followed, by each tracker.
    """
    active = plan.active[plan.active["trial_id"].isin(list(measured))]
    rows = active[["trial_id", "animal_id", "video"]].to_dict("records")
    camera_of = {row["trial_id"]: cameras[row["video"]] for row in rows}
    trackers = plan.tracker.signals
    pools = []
    for camera in sorted(set(camera_of.values()), key=_natural):
        mine = [row for row in rows if camera_of[row["trial_id"]] == camera]
        for index, tracker in enumerate(trackers):
            histograms: dict[str, npt.NDArray[np.float64]] = {}
            for row in sorted(mine, key=lambda row: str(row["trial_id"])):
                one = measured[row["trial_id"]][index].histogram
                # An animal with several trials still weighs as one.
                histograms[row["animal_id"]] = histograms.get(row["animal_id"], 0.0) + one
            defaults = np.array([measured[row["trial_id"]][index].default for row in mine])
            known = defaults[np.isfinite(defaults)]
            default = float(np.median(known)) if known.size else float("nan")
            by_animal = dict(sorted(histograms.items()))
            pools.append(Pool(camera, tracker, default, by_animal, plan.tracker.rest_spreads))
    given = {}
    for pool in pools:
        for_all = plan.given.get((None, pool.tracker))
        threshold = plan.given.get((pool.camera, pool.tracker), for_all)
        if threshold is not None:
            given[pool.camera, pool.tracker] = threshold
    return Scales(camera_of, trackers, calibrate(pools, given), pools)


def _natural(name: str) -> tuple[bool, int, str]:
    """Order numbers by their value, before names."""
    return (not name.isdecimal(), int(name) if name.isdecimal() else 0, name)
