"""Progress of tasks, reported while they run, from any process.

The finished share of each task is kept in memory that all processes share. It is
written without a lock, because a process that is killed would not release it.
"""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import Array, c_double

Shares = Array[c_double]

# Often enough for a progress bar, and seldom enough to cost no time.
UPDATE_EACH_S = 0.5


class _Work:
    """The shared memory, and the task that this process works on."""

    shares: "Shares | None" = None
    task = 0


def report_share(share: float) -> None:
    """Report the finished share of the current task, 0 to 1."""
    if _Work.shares is not None:
        _Work.shares[_Work.task] = min(max(share, 0.0), 1.0)


@contextmanager
def working_on(task: int, shares: "Shares | None") -> Iterator[None]:
    """Within the block, `report_share` reports the progress of one task."""
    _Work.shares, _Work.task = shares, task
    try:
        yield
    finally:
        _Work.shares = None


class TaskProgress:
    """The progress of a stage's tasks.

    Parameters
    ----------
    report
        Called with (done, total) whenever more is done; parts of tasks count.
    total
        Number of tasks.
    """

    def __init__(self, report: Callable[[float, int], None], total: int) -> None:
        self.shares: Shares = multiprocessing.get_context("spawn").RawArray("d", max(total, 1))
        self._report = report
        self._total = total
        self._reported = -1.0
        self._lock = threading.Lock()

    def finish(self, task: int) -> None:
        """Count a task as done, whether it succeeded or failed."""
        self.shares[task] = 1.0
        self.update()

    def update(self) -> None:
        """Report how much is done, if that has changed."""
        with self._lock:
            done = sum(self.shares)
            if done != self._reported:
                self._reported = done
                self._report(done, self._total)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Report the progress regularly until the block ends."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(UPDATE_EACH_S):
                self.update()

        self.update()
        watcher = threading.Thread(target=watch, name="advance", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
