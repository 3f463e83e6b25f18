"""Files that two people may have open: nobody overwrites what the other has saved.

Whoever reads a file is given the version it had, and sends it back with what
is to be saved. If the file has changed in between, nothing is written.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from filelock import FileLock

from behave.files import write_bytes

ABSENT = "absent"
WAIT_S = 10


class Conflict(Exception):  # noqa: N818 - it is no fault of the program's
    """Somebody else has saved the file since it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Somebody else has saved {path.name} since you opened it, so yours was not saved. "
            "Reload the page to see theirs; write down first what you want to keep."
        )


def version_of(path: Path) -> str:
    """Return a file's version: a hash of its content."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    except FileNotFoundError:
        return ABSENT


def version_of_rows(rows: pd.DataFrame) -> str:
    """Return the version of a part of a table: a hash of its rows."""
    return hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()[:24]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep others from saving a file for as long as the block runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=WAIT_S):
        yield


def save(
    path: Path,
    version: str,
    make: Callable[[], bytes],
    version_now: Callable[[Path], str] = version_of,
) -> None:
    """Write a file if nobody else did.

    Parameters
    ----------
    path
        The file.
    version
        The version that the one who saves has read.
    make
        Makes the new content, from what is in the file now.
    version_now
        Tells the version of the file, or of the part of it that is saved.

    Raises
    ------
    Conflict
        If the file is of another version by now.
    OutputError
        If it cannot be written.
    """
    with held(path):
        if version_now(path) != version:
            raise Conflict(path)
        write_bytes(make(), path)
