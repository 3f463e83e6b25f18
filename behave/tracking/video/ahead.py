"""Decoding in a thread of its own, while earlier frames are analysed."""

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")


def read_ahead(items: Iterator[Item], depth: int = 8) -> Iterator[Item]:
    """Yield the same items, made in a thread of their own while the caller works.

    Decoding and the analysis of earlier frames then overlap: both leave
    Python's lock while they work.
    """
    waiting: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def make() -> None:
        try:
            for item in items:
                waiting.put((item, None))
                if stopped.is_set():
                    return
            waiting.put((None, StopIteration()))
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            waiting.put((None, error))

    thread = threading.Thread(target=make, name="decoder", daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                waiting.get(timeout=0.05)
            except queue.Empty:
                continue
