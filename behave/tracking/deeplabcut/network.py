"""Finding the files of a trained DeepLabCut network, without importing DeepLabCut.

A network consists of a model configuration (``pytorch_config.yaml``) and a
snapshot of weights. Both are in a project, or in a separate folder. SuperAnimal
networks have weights only; DeepLabCut knows their configuration from the name
of the file.
"""

import glob
import hashlib
import importlib.util
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from behave.errors import InputError, Problem
from behave.tracking.options import TrackingOptions

PROJECT_CONFIG = "config.yaml"
MODEL_CONFIG = "pytorch_config.yaml"
SUPERANIMAL = re.compile(r"(superanimal_[a-z]+)_(\w+)\.pt$")
# Names of networks that find boxes, in DeepLabCut's projects and in SuperAnimals.
DETECTOR = re.compile(r"^snapshot-detector|_fasterrcnn_|_ssdlite")
_EPOCHS = re.compile(r"-(\d+)\.pt$")


@dataclass(frozen=True)
class NetworkFiles:
    """A trained network on disk.

    Parameters
    ----------
    config
        The model's ``pytorch_config.yaml``; None for a SuperAnimal network.
    snapshot
        The weights.
    detector
        The weights of the network that finds the animal's box for a top-down
        network; None: the arena is the box.
    """

    config: Path | None
    snapshot: Path
    detector: Path | None = None

    @property
    def sha256(self) -> str:
        """Hash of the files."""
        paths = [path for path in (self.config, self.snapshot, self.detector) if path is not None]
        return _hash(tuple((str(path), path.stat().st_mtime_ns) for path in paths))


def check_installed() -> None:
    """Check that DeepLabCut is installed.

    Raises
    ------
    InputError
        If it is not; the message says how to install it.
    """
    if importlib.util.find_spec("deeplabcut") is None:
        raise InputError(
            Problem(
                "DeepLabCut is not installed, so its network cannot be run",
                at="tracking.project",
                fix="pip install 'behave-fst[dlc]'; or analyse the videos on another computer and "
                "set tracking.outputs to the folder of the files",
            )
        )


def network_of(options: TrackingOptions) -> NetworkFiles:
    """Find the network that a study's options name; see `find_network`.

    Raises
    ------
    InputError
        If none is named, or it does not exist.
    """
    if options.project is None:
        raise InputError(Problem("no network is given", at="tracking.project"))
    return find_network(options.project, options.shuffle, options.snapshot)


def find_network(project: Path, shuffle: int, snapshot: str) -> NetworkFiles:
    """Find the model configuration and the weights.

    Parameters
    ----------
    project
        The project, or its ``config.yaml``; or a folder with a
        ``pytorch_config.yaml`` and snapshots, or with a SuperAnimal's weights.
    shuffle
        Number of the project's network.
    snapshot
        ``best``: the snapshot marked as best, or the last one if none is marked.
        Otherwise the path of a snapshot.

    Raises
    ------
    InputError
        If they do not exist.
    """
    if project.name.startswith("superanimal") and not project.exists():
        raise _not_local(project.name)
    if (project / PROJECT_CONFIG).is_file() and not (project / MODEL_CONFIG).is_file():
        project = project / PROJECT_CONFIG
    folder = project if project.is_dir() else _train_folder(project, shuffle)
    weights = _best(folder) if snapshot == "best" else Path(snapshot)
    if not weights.is_file():
        raise _missing("the snapshot does not exist", weights, "a file of weights ending in .pt")
    config = folder / MODEL_CONFIG
    if config.is_file():
        return NetworkFiles(config, weights, _detector(folder))
    if SUPERANIMAL.fullmatch(weights.name):
        return NetworkFiles(None, weights, _detector(folder))
    raise _missing(f"no {MODEL_CONFIG}", folder, "a network trained with DeepLabCut 3 (PyTorch)")


def _train_folder(project: Path, shuffle: int) -> Path:
    """Return the folder of a project's trained network."""
    settings = _settings(project)
    models = project.parent / "dlc-models-pytorch" / f"iteration-{settings.get('iteration', 0)}"
    begins = f"{settings.get('Task', '')}{settings.get('date', '')}-trainset"
    name = f"{begins}*shuffle{shuffle}"
    pattern = f"{glob.escape(begins)}*shuffle{shuffle}/train"
    found = sorted(folder.parent for folder in models.glob(pattern) if folder.is_dir())
    if len(found) == 1:
        return found[0] / "train"
    older = (project.parent / "dlc-models").is_dir() and not models.is_dir()
    raise InputError(
        Problem(
            f"no network of shuffle {shuffle}" if not found
            else f"{len(found)} networks of shuffle {shuffle}",
            file=str(project),
            at="tracking.shuffle",
            expected=f"one folder {name}/train in {models}",
            found=", ".join(folder.name for folder in found or sorted(models.glob("*"))) or "none",
            fix="this project was trained with the TensorFlow engine: analyse the videos with it, "
            "and set tracking.outputs to the folder of the files" if older
            else "correct tracking.shuffle, or set tracking.project to the train folder itself",
        )
    )  # fmt: skip


def _settings(project: Path) -> dict[str, Any]:
    """Return the content of a project's config.yaml."""
    try:
        content = yaml.safe_load(project.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise _missing(
            "the project cannot be read", project, f"its config.yaml ({error})"
        ) from error
    if not isinstance(content, dict) or "Task" not in content:
        raise _missing(
            "the file is not a DeepLabCut project", project, "a config.yaml written by DeepLabCut"
        )
    return content


def _best(folder: Path) -> Path:
    """Return the snapshot marked as best, otherwise the one trained longest."""
    trained = [path for path in folder.glob("*.pt") if not DETECTOR.search(path.name)]
    if not trained:
        raise _missing("no snapshot", folder, "weights ending in .pt")
    return _longest(trained)


def _detector(folder: Path) -> Path | None:
    """Return the detector in the folder of a top-down network; None if there is none."""
    trained = [path for path in folder.glob("*.pt") if DETECTOR.search(path.name)]
    return _longest(trained) if trained else None


def _longest(snapshots: list[Path]) -> Path:
    """Return the snapshot trained longest, of those marked as best if there are any."""
    return max([path for path in snapshots if "best" in path.name] or snapshots, key=_epochs)


def _epochs(path: Path) -> tuple[int, str]:
    """Return the number of epochs in a snapshot's name, for sorting."""
    found = _EPOCHS.search(path.name)
    return (int(found[1]) if found else -1), path.name


def _missing(what: str, place: Path, expected: str) -> InputError:
    return InputError(
        Problem(
            what,
            file=str(place),
            at="tracking.project",
            expected=expected,
            fix="give the project's config.yaml, or a folder with "
            f"{MODEL_CONFIG} and a snapshot (.pt)",
        )
    )


def _not_local(name: str) -> InputError:
    named = SUPERANIMAL.fullmatch(f"{name}.pt")
    animal, weights = (named[1], name) if named else (name, f"{name}_resnet_50")
    return InputError(
        Problem(
            f"the weights of {name} are not on this computer",
            at="tracking.project",
            expected=f"a folder with the weights, such as {weights}.pt",
            found=f"the name '{name}' and no such folder",
            fix='download them once with an internet connection: python -c "from dlclibrary import '
            f"download_huggingface_model as get; get('{weights}', 'weights'); "
            f"get('{animal}_fasterrcnn_resnet50_fpn_v2', 'weights')\"; then set "
            "tracking.project to the folder 'weights'",
        )
    )


@lru_cache
def _hash(parts: tuple[tuple[str, int], ...]) -> str:
    """Return the hash of files; with other modification times it is computed again."""
    digest = hashlib.sha256()
    for name, _ in parts:
        digest.update(Path(name).read_bytes())
    return digest.hexdigest()
