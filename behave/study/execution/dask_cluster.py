"""Running tasks on a Dask cluster: on this computer, by SSH, or with a queue such as SLURM.

All computers of the cluster must have access to the videos and the results
folder under the same paths; this is checked before anything is run.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from behave import __version__, tracking
from behave.errors import BehaveError, InputError, OutputError, Problem
from behave.files import PART
from behave.study.execution.faults import LostProcessError, as_reported_error
from behave.tracking import Recording

Task = TypeVar("Task")
Result = TypeVar("Result")

LOCAL = "local"
CONNECT_S = 30
# How often a task is given to another worker if its worker is lost. On a user's own cluster
# the scheduler's setting is used (distributed.scheduler.allowed-failures).
RETRIES = 2
SHOWN_PATHS = 3


@dataclass(frozen=True)
class DaskCluster:
    """A cluster to run tasks on.

    Parameters
    ----------
    client
        Dask's own connection to it.
    """

    client: Any

    def run_tasks(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result | BehaveError]]:
        """Run a function on each task; see `behave.study.execution.processes.run_tasks`.

        Raises
        ------
        OutputError
            If the scheduler is lost.
        """
        lost = []
        for index, result in self._run(function, tasks, range(len(tasks))):
            if isinstance(result, LostProcessError):
                lost.append(index)
            else:
                yield index, result
        # If a worker dies, Dask gives up all tasks that waited there. Run these one at a time,
        # so that only the task that kills its workers fails.
        for alone in lost:
            yield from self._run(function, tasks, [alone])

    def _run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], indices: Sequence[int]
    ) -> Iterator[tuple[int, Result | BehaveError]]:
        """Run some of the tasks; a task whose worker is lost is repeated until Dask gives it up."""
        distributed = _distributed()
        waiting = {
            self.client.submit(run_one, function, tasks[index], pure=False): index
            for index in indices
        }
        for future in distributed.as_completed(list(waiting), loop=self.client.loop):
            index = waiting.pop(future)
            if future.cancelled() or future.status == "lost":
                raise OutputError(
                    Problem(
                        "the connection to the cluster was lost",
                        fix="start the cluster again and run again; finished measurements are kept",
                    )
                )
            try:
                yield index, future.result()
            except distributed.scheduler.KilledWorker:
                yield index, LostProcessError("several workers were lost with it")
            except Exception as error:  # noqa: BLE001 - an error in one trial must not stop the others
                yield index, as_reported_error(error)

    def check_shared(self, folder: Path, videos: Mapping[str, Recording]) -> None:
        """Raise InputError if a worker does not have access to the same files as this computer.

        Parameters
        ----------
        folder
            The results folder, which exists.
        videos
            The videos by their names. Missing videos are not checked; their trials fail later.

        Raises
        ------
        InputError
            With one problem for each worker that cannot work.
        """
        probe = folder / f".shared.{secrets.token_hex(8)}{PART}"
        try:
            probe.write_text(probe.name, encoding="ascii")
        except OSError as error:
            raise OutputError(
                Problem(
                    "the results folder cannot be written",
                    file=str(folder),
                    found=error.strerror or str(error),
                    fix="check that the disk is not full, or choose another folder with --out",
                )
            ) from error
        named = (part for recording in videos.values() for part in recording.files)
        sizes = {str(path): size for path in named if (size := _size(str(path))) >= 0}
        try:
            found = self.client.run(see, str(probe), sizes, __version__, on_error="return")
        finally:
            probe.unlink(missing_ok=True)
        problems = [_unable(worker, fault) for worker, fault in sorted(found.items()) if fault]
        if problems:
            raise InputError(*problems)


@contextmanager
def connect(address: str, jobs: int) -> Iterator[DaskCluster]:
    """Connect to a cluster for as long as the block runs.

    Parameters
    ----------
    address
        ``local`` for processes on this computer, the address of a scheduler
        (``tcp://10.0.0.1:8786``), or the file to which it wrote its address
        (``scheduler.json``).
    jobs
        Number of processes, if the cluster is local.

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers, or the cluster has no workers.
    """
    distributed = _distributed()
    settings = {"distributed.scheduler.allowed-failures": RETRIES}
    if address == LOCAL:
        with (
            import_module("dask").config.set(settings),
            distributed.LocalCluster(jobs, 1, processes=True, dashboard_address=None) as local,
            distributed.Client(local, set_as_default=False) as client,
        ):
            yield DaskCluster(client)
        return
    place = {"scheduler_file": address} if address.endswith(".json") else {"address": address}
    try:
        if address.endswith(".json"):
            _wait_for(Path(address))
        client = distributed.Client(**place, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(
                "no Dask scheduler answers",
                at=address,
                expected="the address of a scheduler, such as tcp://10.0.0.1:8786, the file to "
                "which it wrote its address, or 'local'",
                found=str(error).splitlines()[0] if str(error) else type(error).__name__,
                fix="start a scheduler with 'dask scheduler', or correct the address",
            )
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError as error:
            raise InputError(
                Problem(
                    "the cluster has no workers",
                    at=address,
                    fix="start workers, for example with 'dask worker ADDRESS --nthreads 1'; with a "
                    "queue, wait until their jobs have begun",
                )
            ) from error
        yield DaskCluster(client)


def _wait_for(file: Path) -> None:
    """Wait until a new scheduler has written its file; Dask itself would wait without end."""
    deadline = time.monotonic() + CONNECT_S
    while not file.is_file():
        if time.monotonic() > deadline:
            raise FileNotFoundError(f"there is no file {file}")
        time.sleep(0.2)


def _distributed() -> Any:
    """Import Dask's optional package for clusters, only when it is needed."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise InputError(
            Problem(
                "Dask is not installed",
                expected="the optional packages for clusters",
                fix="pip install 'behave-fst[cluster]'",
            )
        ) from error


def run_one(function: Callable[[Task], Result], task: Task) -> Result:
    """Run a task on a worker, with one thread."""
    tracking.use_one_thread()
    return function(task)


def see(probe: str, sizes: Mapping[str, int], version: str) -> str:
    """Return the reason why a worker cannot take part; "" if it can.

    Parameters
    ----------
    probe
        A file that the run has just written into the results folder.
    sizes
        Path of each video file -> its size in bytes.
    version
        The run's version of this package.
    """
    if version != __version__:
        return f"it has behave {__version__}, and this computer has {version}"
    folder = Path(probe).parent
    if not Path(probe).is_file():
        return f"it does not find the results folder {folder}"
    if not os.access(folder, os.W_OK):
        return f"it may not write into the results folder {folder}"
    unseen = [path for path, size in sizes.items() if _size(path) != size]
    if unseen:
        more = f" and {len(unseen) - SHOWN_PATHS} more" if len(unseen) > SHOWN_PATHS else ""
        return f"it does not find {', '.join(unseen[:SHOWN_PATHS])}{more}, or the size differs"
    return ""


def _size(path: str) -> int:
    """Return a file's size; -1 if it is not found."""
    try:
        return Path(path).stat().st_size
    except OSError:
        return -1


def _unable(worker: str, fault: Any) -> Problem:
    """Return the problem that says why a worker cannot take part."""
    if isinstance(fault, ModuleNotFoundError):
        fault = "behave is not installed there"
    return Problem(
        "a worker of the cluster cannot take part",
        at=worker,
        expected="the same version of behave, and the videos and the results folder under the "
        "same paths as here",
        found=str(fault),
        fix="use a disk that all computers share, also for --out; or stop that worker",
    )
