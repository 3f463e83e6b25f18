"""Provenance of a result: versions, configuration, inputs and times."""

import importlib.metadata
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from behave import __version__
from behave.study.cache.store import content_hash

LIBRARIES = (
    "av",
    "matplotlib",
    "numpy",
    "opencv-python-headless",
    "pandas",
    "pydantic",
    "scipy",
    "statsmodels",
)
# Libraries that run a network; recorded if they are installed.
NETWORK_LIBRARIES = ("deeplabcut", "torch")


def versions() -> dict[str, str]:
    """Return the versions of everything that can change a number."""
    found = {"behave": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "absent"
    for name in NETWORK_LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def record(
    *,
    configuration: Mapping[str, Any],
    inputs: Mapping[str, Path],
    videos: Mapping[str, str],
    keypoints: Mapping[str, str] | None = None,
    seed: int,
    started: str,
) -> dict[str, Any]:
    """Return the content of ``run.json``.

    Parameters
    ----------
    configuration
        The study file in full, defaults included.
    inputs
        Files that were read, by their role in the study.
    videos
        Content hash of each video by its name in the trials.
    keypoints
        Content hash of the file of keypoints, or of the network, for each video.
    seed
        The study's seed.
    started
        When the run began.
    """
    return {
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "command": ["behave", *sys.argv[1:]],
        "configuration": dict(configuration),
        "seed": seed,
        "inputs": {
            part: {"file": path.name, "sha256": content_hash(path)}
            for part, path in sorted(inputs.items())
        }
        | {"videos": dict(videos)}
        | ({"keypoints": dict(keypoints)} if keypoints else {}),
        "started": started,
        "finished": now(),
    }
