"""A trained DeepLabCut network run on a video's arenas, fed by our own reader.

The video is decoded once; each arena is cut out and given to DeepLabCut's
own inference runner as a picture of one animal. So the times are the video's,
no frame is lost in silence, and nothing is written to the project.

DeepLabCut takes ten seconds and a gigabyte to import. That happens here, when
the first network is loaded, and once in each process.
"""

import contextlib
import io
import logging
import multiprocessing
import os
import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from behave.errors import InputError, Problem, TrialError
from behave.tracking.container import ReadLog
from behave.tracking.options import TrackingOptions
from behave.tracking.pose import make_track
from behave.tracking.pose_files import Poses
from behave.tracking.pose_network import (
    MODEL_CONFIG,
    SUPERANIMAL,
    NetworkFiles,
    check_installed,
    find_network,
)
from behave.tracking.remarks import remark_file
from behave.tracking.trial import Arena, Track, Trial
from behave.tracking.video import (
    Frame,
    UInt8,
    colours,
    frame_size,
    probe,
    read_ahead,
    read_frames,
)
from behave.tracking.watch import needed_until

Floats = npt.NDArray[np.float64]

# The runner is asked for this many pictures at a time, so that what it keeps
# of each does not add up over a long video.
AT_A_TIME = 512
ANY_DETECTOR = "fasterrcnn_mobilenet_v3_large_fpn"


def track(video: Path, trials: Sequence[Trial], options: TrackingOptions) -> list[Track]:
    """Measure the motion of every animal in a video by a trained network.

    Parameters
    ----------
    video
        The video.
    trials
        Its animals. An arena without a size is the whole picture.
    options
        Which network, and how.

    Returns
    -------
    list of Track
        In the order of the trials.

    Raises
    ------
    TrialError
        If the video cannot be read or the network gave another number of rows.
    InputError
        If the network is not there or cannot be loaded.
    """
    log = ReadLog()
    frames = read_needed(video, needed_until(trials), log)
    poses, time_s = find_poses(video, trials, options, frames)
    flags = tuple(remark_file(time_s, probe(video), log))
    return [
        make_track(mine, time_s, trial, options, flags)
        for trial, mine in zip(trials, poses, strict=True)
    ]


def find_poses(
    video: Path, trials: Sequence[Trial], options: TrackingOptions, frames: Iterable[Frame]
) -> tuple[list[Poses], Floats]:
    """Find the keypoints of every animal in the frames of a video.

    Parameters
    ----------
    video, trials, options
        As for `track`.
    frames
        The video's frames, taken one by one as the network needs them.

    Returns
    -------
    poses
        Those of each trial, in px of the full frame.
    time_s
        Time of each frame.
    """
    network = load(options)
    width, height = frame_size(video)
    boxes = [_box(trial.arena, width, height) for trial in trials]
    times: list[float] = []

    def timed() -> Iterator[Frame]:
        for frame in frames:
            times.append(frame.time_s)
            yield frame

    found = network.follow(cut_arenas(timed(), boxes), len(boxes))
    if len(found) != len(times):
        raise TrialError(
            Problem(
                "the network gave another number of rows than the video has frames",
                file=str(video),
                expected=str(len(times)),
                found=str(len(found)),
                fix="run again; report it if it happens again",
            )
        )
    poses = [
        _in_frame(found[:, number], box, network.keypoints, video)
        for number, box in enumerate(boxes)
    ]
    return poses, np.array(times)


def read_needed(video: Path, end_s: float | None, log: ReadLog) -> Iterator[Frame]:
    """Yield a video's frames up to a time after which no trial needs them; none: all."""
    for frame in read_ahead(read_frames(video, log)):
        if end_s is not None and frame.time_s > end_s:
            return
        yield frame


class Network:
    """A network that is ready to find keypoints.

    Parameters
    ----------
    files
        Its configuration and weights.
    device
        ``auto``, ``cpu``, ``cuda``, ``mps``.
    batch_size
        Pictures that go through the network together.
    trusted
        Whether a snapshot that holds more than weights is loaded.

    Raises
    ------
    InputError
        If DeepLabCut is not installed, or the network cannot be loaded.
    """

    def __init__(
        self, files: NetworkFiles, device: str, batch_size: int, *, trusted: bool = False
    ) -> None:
        check_installed()
        # DeepLabCut looks for its window system and its model hub when imported.
        os.environ.setdefault("DLClight", "True")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            # Its own and its libraries' remarks say nothing to our users.
            warnings.simplefilter("ignore")
            import torch  # noqa: PLC0415 - a gigabyte that only this needs
            from deeplabcut.pose_estimation_pytorch.apis.utils import (  # noqa: PLC0415
                get_pose_inference_runner,
            )
            from deeplabcut.pose_estimation_pytorch.config.pose import PoseConfig  # noqa: PLC0415

            if multiprocessing.parent_process() is not None:
                # There is a process per core already; threads would only wait.
                torch.set_num_threads(1)
            config = _configuration(PoseConfig, files)
            self.top_down = config["method"] == "td"
            if config["method"] not in ("bu", "td"):
                raise _unsupported(files, config["method"])
            self.keypoints = tuple(str(name) for name in config["metadata"]["bodyparts"])
            # A project may ask for a loader that runs what is in the file, and
            # name the device that it was trained on: neither is its to decide.
            config["runner"]["load_weights_only"] = not trusted
            config["device"] = device
            self.runner: Any = _loaded_runner(
                lambda: get_pose_inference_runner(config, files.snapshot, batch_size=batch_size),
                files,
                device,
            )

    def follow(self, pictures: Iterator[UInt8], per_frame: int) -> Floats:
        """Find the keypoints in pictures that follow each other.

        Parameters
        ----------
        pictures
            RGB, all of one size, shape (height, width, 3).
        per_frame
            How many of them belong to one frame.

        Returns
        -------
        numpy.ndarray
            Column, row and likelihood in px of the picture, shape (frames,
            per_frame, keypoints, 3).
        """
        told: list[BaseException] = []
        stream = _told(pictures, told)
        rows: list[npt.NDArray[np.float32]] = []
        while True:
            asked = islice(stream, AT_A_TIME)
            # The runner takes the pictures in a thread of its own.
            given = self.runner.inference(map(self._with_context, asked))
            if told:
                raise told[0]
            if not given:
                break
            rows += [_surest(result["bodyparts"]) for result in given]
        whole = len(rows) // per_frame * per_frame
        shape = (whole // per_frame, per_frame, len(self.keypoints), 3)
        return np.array(rows[:whole], np.float64).reshape(shape)

    def _with_context(self, picture: UInt8) -> Any:
        """Return a picture as the runner takes it; the arena is the animal's box."""
        if not self.top_down:
            return picture
        height, width = picture.shape[:2]
        return picture, {"bboxes": np.array([[0, 0, width, height]], float)}


def load(options: TrackingOptions) -> Network:
    """Return the network, loaded once in each process.

    Raises
    ------
    InputError
        If it is not named, not there, or DeepLabCut is not installed.
    """
    if options.project is None:
        raise InputError(Problem("no network is named", at="tracking.project"))
    files = find_network(options.project, options.shuffle, options.snapshot)
    chosen = options.device, options.batch_size, options.trust_snapshot
    return _loaded(files, *chosen, files.sha256)


@lru_cache(maxsize=1)
def _loaded(
    files: NetworkFiles,
    device: str,
    batch_size: int,
    trusted: bool,  # noqa: FBT001 - part of the cache's key, as the others
    sha256: str,
) -> Network:
    del sha256  # another content under the same name is another network
    return Network(files, device, batch_size, trusted=trusted)


def _loaded_runner(build: Callable[[], Any], files: NetworkFiles, device: str) -> Any:
    """Return DeepLabCut's runner, or say in plain words why it cannot be had."""
    # It logs how to switch the check of the snapshot off.
    silenced = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        return build()
    except pickle.UnpicklingError as error:
        raise InputError(
            Problem(
                "the snapshot holds more than weights, and loading it could run a program",
                file=str(files.snapshot),
                found=str(error).split(". ")[0].strip(),
                fix="export it again with this version of DeepLabCut; if you made the file "
                "yourself, set 'tracking: {trust_snapshot: true}'",
            )
        ) from error
    except (RuntimeError, KeyError, AssertionError, OSError, EOFError) as error:
        raise InputError(
            Problem(
                f"the network cannot be loaded on device '{device}'",
                file=str(files.snapshot),
                expected=f"weights of the model that {MODEL_CONFIG} describes, and a device that "
                "this computer has",
                found=f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
                if str(error).strip()
                else type(error).__name__,
                fix="correct tracking.snapshot or tracking.device",
            )
        ) from error
    finally:
        logging.disable(silenced)


def cut_arenas(
    frames: Iterator[Frame], boxes: Sequence[tuple[int, int, int, int]]
) -> Iterator[UInt8]:
    """Yield each arena of each frame as an RGB picture, all of one size.

    Parameters
    ----------
    frames
        Frames in order.
    boxes
        Left, top, width and height of each arena in px. Smaller arenas are
        filled up with black on the right and below.
    """
    width, height = (max(box[axis] for box in boxes) for axis in (2, 3))
    for frame in frames:
        picture = colours(frame)
        for left, top, across, tall in boxes:
            part = picture[top : top + tall, left : left + across]
            if part.shape[:2] != (height, width):
                filled = np.zeros((height, width, 3), np.uint8)
                filled[: part.shape[0], : part.shape[1]] = part
                part = filled
            yield np.ascontiguousarray(part)


def _configuration(configs: Any, files: NetworkFiles) -> Any:
    """Return a network's configuration: its file's, or what DeepLabCut knows by its name."""
    if files.config is not None:
        return configs.from_yaml(files.config)
    named = SUPERANIMAL.fullmatch(files.snapshot.name)
    animal, model = named.groups() if named else ("", "")
    # These networks were trained on boxes round one animal. Naming a detector
    # says so; it is not run, because the arena is the box.
    return configs.build_for_superanimal_inference(
        super_animal=animal, model_name=model, detector_name=ANY_DETECTOR, max_individuals=1
    )


def _told(pictures: Iterator[UInt8], told: list[BaseException]) -> Iterator[UInt8]:
    """Yield pictures; a fault of theirs ends them and is kept for the caller's thread."""
    try:
        yield from pictures
    except Exception as error:  # noqa: BLE001 - raised again by the caller
        told.append(error)


def _surest(found: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return the keypoints of the individual that the network is surest of."""
    if not len(found):
        return np.full((found.shape[1], 3), np.nan, np.float32)
    trust = np.nansum(found[..., 2], axis=1)
    surest: npt.NDArray[np.float32] = found[int(trust.argmax()), :, :3].astype(np.float32)
    return surest


def _box(arena: Arena, width: int, height: int) -> tuple[int, int, int, int]:
    """Return an arena's left, top, width and height within the frame, in whole px."""
    if not arena.width:
        return 0, 0, width, height
    left, top = max(round(arena.x), 0), max(round(arena.y), 0)
    right = min(round(arena.x + arena.width), width)
    bottom = min(round(arena.y + arena.height), height)
    return left, top, right - left, bottom - top


def _in_frame(
    found: Floats, box: tuple[int, int, int, int], keypoints: tuple[str, ...], video: Path
) -> Poses:
    """Return one arena's keypoints in px of the full frame."""
    xy = found[:, None, :, :2] + np.array(box[:2])
    likelihood = np.where(np.isfinite(xy).all(axis=-1), found[:, None, :, 2], 0.0)
    return Poses(video.name, ("",), keypoints, xy, np.nan_to_num(likelihood))


def _unsupported(files: NetworkFiles, method: str) -> InputError:
    return InputError(
        Problem(
            "this kind of network cannot be run here",
            file=str(files.config or files.snapshot),
            at="method",
            expected="bu (bottom-up) or td (top-down)",
            found=str(method),
            fix="analyse the videos with DeepLabCut itself and name its files by tracking.outputs",
        )
    )
