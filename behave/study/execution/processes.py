"""Tasks, one after the other or in processes; a task that dies takes no other with it."""

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

# Each process decodes with one thread: processes are the unit of parallel
# work, and a library that starts a thread per core inside each would make
# them wait for one another.
ONE_THREAD = (
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "VECLIB_MAXIMUM_THREADS",
)

# Windows cannot wait for more in one pool.
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
        """Refuse a cluster whose computers do not see the same files as this one."""
        ...


@dataclass(frozen=True)
class Execution:
    """What steers a run and never changes its results.

    Parameters
    ----------
    jobs
        How many processes.
    force
        Measure every video again, whatever was kept.
    progress
        Told (stage, done, total) as work goes on; parts of tasks count.
    debug
        Raise a fault that nobody foresaw, with its traceback, in place of a
        failed trial.
    overlay
        Draw each scored trial, to be looked at.
    cluster
        Where tasks are run; none: in processes of this computer.
    """

    jobs: int = 1
    force: bool = False
    progress: Progress = silent
    debug: bool = False
    overlay: bool = False
    cluster: Cluster | None = None

    def has_spare_core(self, tasks: int) -> bool:
        """Return whether this computer has a core that none of so many tasks will keep busy."""
        return self.cluster is None and min(self.jobs, tasks) < cores()

    def check_shared(self, folder: Path, videos: Mapping[str, Recording]) -> None:
        """Refuse a cluster that does not see the files; see `Cluster.check_shared`."""
        if self.cluster is not None:
            self.cluster.check_shared(folder, videos)

    def each(
        self, function: Callable[[Task], Result], tasks: Sequence[Task], stage: str, few: int = 1
    ) -> Iterator[tuple[Task, Result | BehaveError]]:
        """Run a function on each task; yield (task, result or error) as they come.

        So few tasks are done here: to start processes would take longer.
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
    """Run a function on each task and yield the results as they come.

    Parameters
    ----------
    function
        Of one task; importable by name, so that a spawned process finds it.
    tasks
        What it is called with; picklable.
    jobs
        How many processes; with 1, or a single task, everything happens here.
    shares
        Where each task tells what share of it is done; none: nobody watches.

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
    # A dying process takes its pool with it: what was lost is run again, each in a process of
    # its own, so that the task that kills is found; and what is lost again one by one, with
    # all of the memory to itself.
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
    """The memory in which this process tells how far its tasks are."""

    shares: "Shares | None" = None


def _work(function: Callable[[Task], Result], task: Task, index: int) -> Result:
    """Do a task in a process of the pool."""
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
    """Give a task to a pool; to one that has died by now the task is lost."""
    try:
        return pool.submit(_work, function, task, index)
    except BrokenProcessPool as error:
        lost: Future[Result] = Future()
        lost.set_exception(error)
        return lost


def _pool(count: int, shares: "Shares | None") -> AbstractContextManager[Executor]:
    """Return a pool of fresh processes, each with one thread, that end with this one."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    # spawn everywhere: Windows and macOS know nothing else, and a forked
    # process would inherit the decoder's threads in an unknown state.
    context = multiprocessing.get_context("spawn")
    return _ended(ProcessPoolExecutor(count, context, initializer=_begin, initargs=(shares,)))


@contextmanager
def _ended(pool: Executor) -> Iterator[Executor]:
    """Give a pool's unfinished tasks up when the block ends early, as by an error or Ctrl-C."""
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(shares: "Shares | None") -> None:
    """Prepare a process of the pool: it ends with the one that started it, even if that is killed."""
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
    except Exception as error:  # noqa: BLE001 - one trial's defect must not stop the others
        return as_reported_error(error)
