"""One run at a time in a results folder.

The lock is the operating system's: it ends with the process that holds it,
however that process ends, so a killed run never blocks the next one.
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
    """Hold a results folder for as long as the block runs, and tidy it first.

    Parameters
    ----------
    folder
        The folder; it is made where it is not there.

    Raises
    ------
    OutputError
        If another run holds it, or it cannot be written.
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
                fix="choose a folder that may be written with --out",
            )
        ) from error
    try:
        remove_parts(folder)
        held = {"process": os.getpid(), "computer": platform.node(), "since": now()}
        write_text(json.dumps(held), owner)
        yield
    finally:
        # Of a run that could not be finished.
        remove_parts(folder)
        owner.unlink(missing_ok=True)
        lock.release()


def _shown(owner: Path) -> str:
    """Say who holds the folder, as far as it can be told."""
    try:
        held = json.loads(owner.read_text("utf-8"))
        return f"process {held['process']} on {held['computer']}, since {held['since']}"
    except (OSError, ValueError, KeyError):
        return "a run that has just begun"
