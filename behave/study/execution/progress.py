"""How far tasks are, told while they run, in whatever process they do.

The share of each task that is done stands in memory that all processes see. It
is written without a lock, because a process that is killed would keep it.
"""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import Array, c_double

Shares = Array[c_double]

# Often enough to see a bar move, seldom enough to cost nothing.
LOOKS_EACH_S = 0.5


class _Work:
    """Where the task that this process works on writes its share."""

    shares: "Shares | None" = None
    task = 0


def report_share(share: float) -> None:
    """Tell what share of the present task is done, 0 to 1; whoever watches will see it."""
    if _Work.shares is not None:
        _Work.shares[_Work.task] = min(max(share, 0.0), 1.0)


@contextmanager
def working_on(task: int, shares: "Shares | None") -> Iterator[None]:
    """Let what is told here count for one task."""
    _Work.shares, _Work.task = shares, task
    try:
        yield
    finally:
        _Work.shares = None


class TaskProgress:
    """The shares of a stage's tasks, and who is told of them.

    Parameters
    ----------
    tell
        Told (done, total) whenever more is done; parts of tasks count.
    total
        How many tasks there are.
    """

    def __init__(self, tell: Callable[[float, int], None], total: int) -> None:
        self.shares: Shares = multiprocessing.get_context("spawn").RawArray("d", max(total, 1))
        self._tell = tell
        self._total = total
        self._told = -1.0
        self._lock = threading.Lock()

    def finish(self, task: int) -> None:
        """Count a task as done, however it ended."""
        self.shares[task] = 1.0
        self.look()

    def look(self) -> None:
        """Tell how much is done, if that has changed."""
        with self._lock:
            done = sum(self.shares)
            if done != self._told:
                self._told = done
                self._tell(done, self._total)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look every now and then, until the tasks are done."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(LOOKS_EACH_S):
                self.look()

        self.look()
        watcher = threading.Thread(target=watch, name="advance", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
