"""A lock that allows only one run at a time in a results folder.

It is a lock of the operating system, which is released whenever its process
ends; a killed run therefore never blocks the next one.
"""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from behave.errors import OutputError, Problem
from behave.files import remove_parts, write_text
from behave.study.cache.provenance import now


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Lock a results folder during the block, and remove temporary files from it first.

    Parameters
    ----------
    folder
        The folder; it is created if it does not exist.

    Raises
    ------
    OutputError
        If another run has locked it, or it cannot be written.
    """
    owner = folder / ".lock-owner.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise OutputError(
            Problem(
                "another run is writing into this folder",
                file=str(folder),
                found=_shown(owner),
                fix="wait until it has ended, or choose another folder with --out",
            )
        ) from None
    except OSError as error:
        raise OutputError(
            Problem(
                "the results folder cannot be written",
                file=str(folder),
                found=error.strerror or str(error),
                fix="choose a writable folder with --out",
            )
        ) from error
    try:
        remove_parts(folder)
        held = {"process": os.getpid(), "computer": platform.node(), "since": now()}
        write_text(json.dumps(held), owner)
        yield
    finally:
        # Temporary files are left if the run could not be finished.
        remove_parts(folder)
        owner.unlink(missing_ok=True)
        lock.release()


def _shown(owner: Path) -> str:
    """Return which run has locked the folder, as far as it is known."""
    try:
        held = json.loads(owner.read_text("utf-8"))
        return f"process {held['process']} on {held['computer']}, since {held['since']}"
    except (OSError, ValueError, KeyError):
        return "a run that has just begun"
