"""Where a crop lay: DeepLabCut's ``_meta.pickle``, read without running what is in it.

A pickle may name any function and call it. Here only plain containers,
numbers, text and numpy's arrays are built. DeepLabCut's own types (its
configuration holds enumerations) become text; anything else is refused.
"""

import io
import pickle
import re
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from behave.errors import Problem, TrialError

# The makers of numpy's scalars and arrays; version 2 moved them, and pickles
# of either version must be read by either.
_CORE = "numpy._core" if int(np.__version__.split(".")[0]) > 1 else "numpy.core"
_NUMPY = {
    **{
        (f"{core}.multiarray", name): f"{_CORE}.multiarray"
        for core in ("numpy.core", "numpy._core")
        for name in ("scalar", "_reconstruct")
    },
    ("numpy", "ndarray"): "numpy",
    ("numpy", "dtype"): "numpy",
}
_PLAIN: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    **{("builtins", kind.__name__): kind for kind in (set, frozenset, complex, bytearray, range)},
}
# Paths are strings to us: nothing is opened through them.
_PATHS = {"Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath"}
# By this an enumeration's member is found in some versions of Python; `_join`
# takes its place too, and finds nothing.
_MEMBER = ("builtins", "getattr")
# What stands behind the network's name in files made from its output.
_DERIVED = re.compile(r"(_(el|bx|sk|filtered|full|assemblies))+$")


class PlainUnpickler(pickle.Unpickler):
    """Builds containers, numbers, text and numpy arrays, and nothing else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return a harmless maker, or refuse."""
        if (module_name, global_name) in _PLAIN:
            return _PLAIN[module_name, global_name]
        if (module_name, global_name) in _NUMPY:
            return super().find_class(_NUMPY[module_name, global_name], global_name)
        if module_name.startswith("pathlib") and global_name in _PATHS:
            return _join
        if module_name.startswith("deeplabcut.") or (module_name, global_name) == _MEMBER:
            return _join
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is no plain value")


def _join(*parts: object) -> str:
    """Return text in the place of what would have been made or called."""
    return "/".join(str(part) for part in parts)


def meta_file(path: Path) -> Path:
    """Return where the meta file of a file of keypoints would be."""
    return path.with_name(_DERIVED.sub("", path.stem) + "_meta.pickle")


def read_offset(path: Path) -> tuple[float, float]:
    """Return the corner of the crop that a file of keypoints counts from.

    Parameters
    ----------
    path
        The file of keypoints. DeepLabCut puts the meta file beside it.

    Returns
    -------
    x, y
        In px of the full frame; 0, 0 where there was no crop or there is no
        meta file.

    Raises
    ------
    TrialError
        If the meta file is there but does not tell.
    """
    meta = meta_file(path)
    try:
        content = PlainUnpickler(io.BytesIO(meta.read_bytes())).load()
        data = content["data"]
        if not data["cropping"]:
            return 0.0, 0.0
        left, _, top, _ = (float(value) for value in data["cropping_parameters"])
    except FileNotFoundError:
        return 0.0, 0.0
    except Exception as error:  # a damaged pickle raises whatever its bytes lead to
        raise TrialError(
            Problem(
                "it cannot be told whether the network saw the whole picture or a crop",
                file=str(meta),
                expected="DeepLabCut's meta file, with plain values for 'cropping' and "
                "'cropping_parameters'",
                found=f"{type(error).__name__}: {error}",
                fix="analyse the video again; or, if it was not cropped, move this file away",
            )
        ) from error
    return left, top
