"""Running DeepLabCut's networks on pictures. Only this module imports DeepLabCut.

The import takes ten seconds and a gigabyte of memory. It happens once in each
process, when the first network is loaded.
"""

import contextlib
import io
import logging
import multiprocessing
import os
import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from behave.errors import InputError, Problem
from behave.model.arrays import Floats
from behave.tracking.deeplabcut.network import (
    MODEL_CONFIG,
    SUPERANIMAL,
    NetworkFiles,
    check_installed,
    network_of,
)
from behave.tracking.options import TrackingOptions

UInt8 = npt.NDArray[np.uint8]

# The runner gets this many pictures at a time, which limits its memory in a long video. If
# boxes are found first, the pictures themselves are kept in memory.
AT_A_TIME, AT_A_TIME_BOXED = 512, 64
ANY_DETECTOR = "fasterrcnn_mobilenet_v3_large_fpn"


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
        # Otherwise DeepLabCut starts its windows and connects to its model hub when imported.
        os.environ.setdefault("DLClight", "True")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        with _quiet():
            import torch  # noqa: PLC0415 - a gigabyte that only this needs
            from deeplabcut.pose_estimation_pytorch.apis.utils import (  # noqa: PLC0415
                get_detector_inference_runner,
                get_pose_inference_runner,
                resolve_device,
            )
            from deeplabcut.pose_estimation_pytorch.config.pose import PoseConfig  # noqa: PLC0415

            if multiprocessing.parent_process() is not None:
                # There is one process per core already; more threads would only wait.
                torch.set_num_threads(1)
            config = _configuration(PoseConfig, files)
            self.top_down = config["method"] == "td"
            if config["method"] not in ("bu", "td"):
                raise _unsupported(files, config["method"])
            self.keypoints = tuple(str(name) for name in config["metadata"]["bodyparts"])
            # The project may ask to execute code in the snapshot, and may name the device of
            # its training; both are decided here instead.
            config["runner"]["load_weights_only"] = not trusted
            config["device"] = device
            self.runner: Any = _loaded_runner(
                lambda: get_pose_inference_runner(config, files.snapshot, batch_size=batch_size),
                files.snapshot,
                device,
            )
            self.detector: Any = None
            if self.top_down and files.detector is not None:
                config["detector"]["runner"]["load_weights_only"] = not trusted
                snapshot = files.detector
                with without_downloads():
                    self.detector = _loaded_runner(
                        lambda: get_detector_inference_runner(
                            config,
                            snapshot,
                            batch_size,
                            # Given by name, so that DeepLabCut does not run detectors on Apple's
                            # graphics, which do not support them.
                            device=resolve_device(config),
                            max_individuals=1,
                        ),
                        snapshot,
                        device,
                    )

    def follow(self, pictures: Iterator[UInt8], per_frame: int) -> Floats:
        """Find the keypoints in consecutive pictures.

        Parameters
        ----------
        pictures
            RGB, all of one size, shape (height, width, 3).
        per_frame
            Number of pictures that belong to one frame.

        Returns
        -------
        numpy.ndarray
            Column, row and likelihood in px of the picture, shape (frames,
            per_frame, keypoints, 3).
        """
        errors: list[BaseException] = []
        stream = _collecting(pictures, errors)
        rows: list[npt.NDArray[np.float32]] = []
        while True:
            # The runner reads the pictures in its own thread.
            given = self.runner.inference(self._asked(stream))
            if errors:
                raise errors[0]
            if not given:
                break
            rows += [_surest(result["bodyparts"]) for result in given]
        whole = len(rows) // per_frame * per_frame
        shape = (whole // per_frame, per_frame, len(self.keypoints), 3)
        return np.array(rows[:whole], np.float64).reshape(shape)

    def _asked(self, pictures: Iterator[UInt8]) -> Iterable[Any]:
        """Return some pictures in the runner's form; for top-down networks with the animal's box."""
        if not self.top_down:
            return islice(pictures, AT_A_TIME)
        if self.detector is None:
            return ((picture, _whole(picture)) for picture in islice(pictures, AT_A_TIME))
        kept = list(islice(pictures, AT_A_TIME_BOXED))
        found = self.detector.inference(kept)
        # If no box is found, the whole arena is used; the likelihood of the keypoints then
        # shows whether there is an animal.
        return [
            (picture, boxes if len(boxes["bboxes"]) else _whole(picture))
            for picture, boxes in zip(kept, found, strict=True)
        ]


def load(options: TrackingOptions) -> Network:
    """Return the network, loaded once in each process.

    Raises
    ------
    InputError
        If no network is given, it is not found, or DeepLabCut is not installed.
    """
    files = network_of(options)
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
    del sha256  # part of the cache's key: a file with other content is another network
    return Network(files, device, batch_size, trusted=trusted)


def _loaded_runner(build: Callable[[], Any], snapshot: Path, device: str) -> Any:
    """Return DeepLabCut's runner, or raise InputError with the reason why it cannot be made."""
    try:
        return build()
    except pickle.UnpicklingError as error:
        raise InputError(
            Problem(
                "the snapshot holds more than weights, and loading it could execute a program",
                file=str(snapshot),
                found=str(error).split(". ")[0].strip(),
                fix="export it again with this version of DeepLabCut; if you made the file "
                "yourself, set 'tracking: {trust_snapshot: true}'",
            )
        ) from error
    except (RuntimeError, KeyError, AssertionError, OSError, EOFError) as error:
        raise InputError(
            Problem(
                f"the network cannot be loaded on device '{device}'",
                file=str(snapshot),
                expected=f"weights of the model that {MODEL_CONFIG} describes, and a device that "
                "this computer has",
                found=f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
                if str(error).strip()
                else type(error).__name__,
                fix="correct tracking.snapshot or tracking.device",
            )
        ) from error


@contextlib.contextmanager
def without_downloads() -> Iterator[None]:
    """Build detectors without downloading the weights of their backbones.

    DeepLabCut would download them, and then replace them by those of the snapshot.
    """
    from torchvision.models.detection import faster_rcnn, ssdlite  # noqa: PLC0415 - in dlc

    places = (
        (faster_rcnn, "resnet50"),
        (faster_rcnn, "mobilenet_v3_large"),
        (ssdlite, "mobilenet_v3_large"),
    )
    usual = [getattr(room, name) for room, name in places]
    for (room, name), build in zip(places, usual, strict=True):
        setattr(room, name, partial(_untrained, build))
    try:
        yield
    finally:
        for (room, name), build in zip(places, usual, strict=True):
            setattr(room, name, build)


def _untrained(build: Callable[..., Any], *, weights: object, **options: Any) -> Any:
    """Build a backbone with random weights; the argument `weights` is ignored."""
    del weights
    return build(weights=None, **options)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Suppress messages of DeepLabCut and its libraries, which do not help our users.

    One of them says how to switch off the check of a snapshot.
    """
    silenced = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(silenced)


def _configuration(configs: Any, files: NetworkFiles) -> Any:
    """Return a network's configuration: from its file, or DeepLabCut's own for this name."""
    if files.config is not None:
        return configs.from_yaml(files.config)
    animal, model = _superanimal(files.snapshot)
    # These networks were trained on boxes around one animal. DeepLabCut learns this from the
    # name of a detector, which is given even if there is none.
    detector = _superanimal(files.detector)[1] if files.detector else ANY_DETECTOR
    return configs.build_for_superanimal_inference(
        super_animal=animal, model_name=model, detector_name=detector, max_individuals=1
    )


def _superanimal(weights: Path) -> tuple[str, str]:
    """Return the animal and the model in the name of a SuperAnimal's file of weights."""
    named = SUPERANIMAL.fullmatch(weights.name)
    return (named[1], named[2]) if named else ("", "")


def _whole(picture: UInt8) -> dict[str, Any]:
    """Return a picture's whole area as the animal's box."""
    height, width = picture.shape[:2]
    return {"bboxes": np.array([[0, 0, width, height]], float)}


def _collecting(pictures: Iterator[UInt8], errors: list[BaseException]) -> Iterator[UInt8]:
    """Yield pictures; an error ends the iteration and is kept for the caller's thread."""
    try:
        yield from pictures
    except Exception as error:  # noqa: BLE001 - raised again by the caller
        errors.append(error)


def _surest(found: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return the keypoints of the individual with the highest total likelihood."""
    if not len(found):
        return np.full((found.shape[1], 3), np.nan, np.float32)
    trust = np.nansum(found[..., 2], axis=1)
    surest: npt.NDArray[np.float32] = found[int(trust.argmax()), :, :3].astype(np.float32)
    return surest


def _unsupported(files: NetworkFiles, method: str) -> InputError:
    return InputError(
        Problem(
            "this kind of network cannot be run here",
            file=str(files.config or files.snapshot),
            at="method",
            expected="bu (bottom-up) or td (top-down)",
            found=str(method),
            fix="analyse the videos with DeepLabCut itself and set tracking.outputs to its files",
        )
    )
