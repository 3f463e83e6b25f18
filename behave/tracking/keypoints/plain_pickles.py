"""Reading pickles without executing code in them.

A pickle can call any function. Here only containers, numbers, text and numpy
arrays are built. DeepLabCut's own types (its configuration holds enumerations)
become text; anything else raises an error.

DeepLabCut's meta files are pickles. Its HDF5 files contain some, because PyTables
stores attributes and columns for which HDF5 has no type as pickles.
"""

import io
import pickle
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

# The functions that build numpy's scalars and arrays. Version 2 moved them, and each version
# must read the pickles of both.
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
# Paths become text.
_PATHS = {"Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath"}
# Some versions of Python find a member of an enumeration with this; it is replaced by
# `_join` too.
_MEMBER = ("builtins", "getattr")


class PlainUnpickler(pickle.Unpickler):
    """Builds containers, numbers, text and numpy arrays, and nothing else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return a function that is safe to call, or raise UnpicklingError."""
        if (module_name, global_name) in _PLAIN:
            return _PLAIN[module_name, global_name]
        if (module_name, global_name) in _NUMPY:
            return super().find_class(_NUMPY[module_name, global_name], global_name)
        if module_name.startswith("pathlib") and global_name in _PATHS:
            return _join
        if module_name.startswith("deeplabcut.") or (module_name, global_name) == _MEMBER:
            return _join
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is not a plain value")


def _join(*parts: object) -> str:
    """Return text in place of an object or a call."""
    return "/".join(str(part) for part in parts)


def loads(content: bytes, **options: Any) -> Any:
    """Return the content of a pickle that holds only plain values."""
    return PlainUnpickler(io.BytesIO(content), **options).load()


@contextmanager
def plain_in_tables() -> Iterator[None]:
    """Make PyTables build only plain values within the block; it has no setting for this."""
    import tables.atom  # noqa: PLC0415 - in the extra dlc
    import tables.attributeset  # noqa: PLC0415 - as above

    rooms = tables.atom, tables.attributeset
    usual = [room.pickle for room in rooms]
    for room in rooms:
        room.pickle = SimpleNamespace(loads=loads)
    try:
        yield
    finally:
        for room, library in zip(rooms, usual, strict=True):
            room.pickle = library
