"""A real network for the tests marked ``dlc``, trained once."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def deeplabcut_here():
    """Skip with a reason where DeepLabCut is not installed; fail where it must be."""
    if importlib.util.find_spec("deeplabcut") is None:
        reason = "DeepLabCut (the extra dlc) is not installed"
        if os.environ.get("BEHAVE_NEEDS_DLC") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def tiny(deeplabcut_here, tmp_path_factory):  # noqa: ARG001 - it skips or fails first
    """Return a folder with a trained project, unseen clips and DeepLabCut's own outputs.

    The network is real and tiny (0.4 million weights), trained from random
    weights on 80 rendered pictures of one mouse; see ``train_tiny.py``.
    """
    folder = tmp_path_factory.mktemp("tiny")
    script = Path(__file__).with_name("train_tiny.py")
    quiet = {"DLClight": "True", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        env=os.environ | quiet, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return folder
