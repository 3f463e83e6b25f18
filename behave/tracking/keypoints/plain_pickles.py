"""Pickles read without running what is in them.

A pickle may name any function and call it. Here only plain containers,
numbers, text and numpy's arrays are built. DeepLabCut's own types (its
configuration holds enumerations) become text; anything else is refused.

DeepLabCut's meta files are pickles, and its HDF5 files hold some: PyTables
keeps attributes and columns that HDF5 has no type for as pickles.
"""

import io
import pickle
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

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


def loads(content: bytes, **options: Any) -> Any:
    """Return what a pickle holds if it is plain."""
    return PlainUnpickler(io.BytesIO(content), **options).load()


@contextmanager
def plain_in_tables() -> Iterator[None]:
    """Let PyTables build plain values alone while it reads; it has no setting for that."""
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
