"""Running tasks one after the other or in processes; if one crashes, the others go on."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from behave.errors import BehaveError
from behave.study.execution.faults import LostProcessError, UnforeseenError, as_reported_error
from behave.study.execution.progress import Shares, TaskProgress, working_on
from behave.tracking import Recording

Task = TypeVar("Task")
Result = TypeVar("Result")

# Each process uses one thread. If a library started one thread per core in each
# process, the processes would wait for one another.
ONE_THREAD = (
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "VECLIB_MAXIMUM_THREADS",
)

# Windows cannot wait for more processes in one pool.
MAX_PROCESSES = 61 if sys.platform == "win32" else 1024


Progress = Callable[[str, float, int], None]


def silent(stage: str, done: float, total: int) -> None:
    """Report no progress."""
    del stage, done, total


class Cluster(Protocol):
    """Other computers that run tasks; `behave.study.execution.dask_cluster` connects to one."""

    def run_tasks(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result | BehaveError]]:
        """Run a function on each task; see `run_tasks`."""
        ...

    def check_shared(self, folder: Path, videos: Mapping[str, Recording]) -> None:
        """Raise InputError if a computer does not have access to the same files as this one."""
        ...


@dataclass(frozen=True)
class Execution:
    """How a run is executed; nothing of this changes its results.

    Parameters
    ----------
    jobs
        Number of processes.
    force
        Whether to measure every video again, even if a measurement is kept.
    progress
        Called with (stage, done, total) as the work proceeds; parts of tasks
        count.
    debug
        Whether to raise an unexpected error with its traceback, instead of
        counting the trial as failed.
    overlay
        Whether to draw an overlay of each scored trial.
    cluster
        Cluster on which tasks are run; None for processes of this computer.
    """

    jobs: int = 1
    force: bool = False
    progress: Progress = silent
    debug: bool = False
    overlay: bool = False
    cluster: Cluster | None = None

    def has_spare_core(self, tasks: int) -> bool:
        """Return whether this number of tasks leaves a core of this computer free."""
        return self.cluster is None and min(self.jobs, tasks) < cores()

    def check_shared(self, folder: Path, videos: Mapping[str, Recording]) -> None:
        """Check that a cluster has access to the files; see `Cluster.check_shared`."""
        if self.cluster is not None:
            self.cluster.check_shared(folder, videos)

    def each(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], stage: str, few: int = 1
    ) -> Iterator[tuple[Task, Result | BehaveError]]:
        """Run a function on each task; yield (task, result or error) as they are finished.

        Up to `few` tasks are done in this process: starting others would take longer.
        """
        advance = TaskProgress(lambda done, total: self.progress(stage, done, total), len(tasks))
        jobs = self.jobs if len(tasks) > few else 1
        results = (
            run_tasks(function, tasks, jobs, advance.shares)
            if self.cluster is None
            else self.cluster.run_tasks(function, tasks)
        )
        with advance.watched():
            for index, result in results:
                if self.debug and isinstance(result, UnforeseenError) and result.__cause__:
                    raise result.__cause__
                yield tasks[index], result
                advance.finish(index)


SERIAL = Execution()


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    jobs: int,
    shares: "Shares | None" = None,
) -> Iterator[tuple[int, Result | BehaveError]]:
    """Run a function on each task and yield the results as they are finished.

    Parameters
    ----------
    function
        Function of one task; importable by name, so that a new process finds it.
    tasks
        Its arguments; must be picklable.
    jobs
        Number of processes; with 1, or a single task, this process does the work.
    shares
        Shared memory to which each task writes the share of it that is done; None
        without progress.

    Yields
    ------
    tuple
        The task's position, and its result or the error that it raised. An
        error that is not the package's own comes as an `UnforeseenError`.
    """
    if jobs == 1 or len(tasks) <= 1:
        for index, task in enumerate(tasks):
            with working_on(index, shares):
                result = _result(partial(function, task))
            yield index, result
        return
    left: Sequence[int] = range(len(tasks))
    # If a process crashes, its pool is lost. The lost tasks are run again, each in its own
    # process, so that only the task that crashes is lost; and those that are lost again are
    # run one at a time, so that each can use all of the memory.
    for run in (_together, _apart, _alone):
        lost = []
        for index, result in run(function, tasks, left, jobs, shares):
            if isinstance(result, LostProcessError):
                lost.append(index)
            else:
                yield index, result
        left = lost
    for index in left:
        yield index, LostProcessError("most often the machine ran out of memory")


class _Seen:
    """The shared memory to which this process writes the progress of its tasks."""

    shares: "Shares | None" = None


def _work(function: Callable[[Task], Result], task: Task, index: int) -> Result:
    """Run a task in a process of the pool."""
    with working_on(index, _Seen.shares):
        return function(task)


def _together(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    indices: Sequence[int],
    jobs: int,
    shares: "Shares | None",
) -> Iterator[tuple[int, Result | BehaveError]]:
    """Run tasks in a pool of processes."""
    with _pool(min(jobs, len(indices), MAX_PROCESSES), shares) as pool:
        futures = {_submitted(pool, function, tasks[index], index): index for index in indices}
        for future in as_completed(futures):
            yield futures[future], _result(future.result)


def _apart(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    indices: Sequence[int],
    jobs: int,
    shares: "Shares | None",
) -> Iterator[tuple[int, Result | BehaveError]]:
    """Run each task in a process of its own, several at a time."""

    def run_one(index: int) -> Result | BehaveError:
        with _pool(1, shares) as pool:
            return _result(_submitted(pool, function, tasks[index], index).result)

    with _ended(ThreadPoolExecutor(jobs)) as threads:
        futures = {threads.submit(run_one, index): index for index in indices}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _alone(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    indices: Sequence[int],
    jobs: int,
    shares: "Shares | None",
) -> Iterator[tuple[int, Result | BehaveError]]:
    """Run each task in a process of its own, one at a time."""
    del jobs
    return _apart(function, tasks, indices, 1, shares)


def _submitted(
    pool: Executor, function: Callable[[Task], Result], task: Task, index: int
) -> "Future[Result]":
    """Give a task to a pool; if the pool has crashed, the task is lost."""
    try:
        return pool.submit(_work, function, task, index)
    except BrokenProcessPool as error:
        lost: Future[Result] = Future()
        lost.set_exception(error)
        return lost


def _pool(count: int, shares: "Shares | None") -> AbstractContextManager[Executor]:
    """Return a pool of new processes with one thread each, which end when this one ends."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    # 'spawn' on every system: it is the default on Windows and macOS, and a forked
    # process would inherit the decoder's threads in an unknown state.
    context = multiprocessing.get_context("spawn")
    return _ended(ProcessPoolExecutor(count, context, initializer=_begin, initargs=(shares,)))


@contextmanager
def _ended(pool: Executor) -> Iterator[Executor]:
    """Cancel a pool's unfinished tasks if the block ends early, by an error or Ctrl-C."""
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(shares: "Shares | None") -> None:
    """Prepare a process of the pool, so that it ends when its parent ends or is killed."""
    _Seen.shares = shares

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _result(call: Callable[[], Result]) -> Result | BehaveError:
    """Return what a call returns, or the error that it raises."""
    try:
        return call()
    except BrokenProcessPool:
        return LostProcessError("its process ended")
    except Exception as error:  # noqa: BLE001 - an error in one trial must not stop the others
        return as_reported_error(error)
