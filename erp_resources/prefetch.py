"""Reads ahead: an iterator in a thread of its own, a few items ahead of whoever consumes them.

A driver that waits for its server, and a consumer that writes files, then work at the same time.
"""

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class _End:
    """What the thread says last: the iterator's end, or the error that ended it."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def prefetched(items: Iterator[T], *, ahead: int, name: str) -> Iterator[T]:
    """Yield the items of an iterator that runs in a thread, at most ``ahead`` items ahead.

    An error of the iterator is raised here, after the items before it. Closing this generator
    closes the iterator, in its own thread, and waits for that.

    Args:
        name: of the thread.
    """
    reader = _Reader(items, ahead)
    thread = threading.Thread(target=reader.run, name=name, daemon=True)
    thread.start()
    try:
        yield from reader.received()
    finally:
        reader.stop()
        thread.join()


class _Reader(Generic[T]):
    def __init__(self, items: Iterator[T], ahead: int) -> None:
        self._items = items
        self._places = threading.Semaphore(ahead)
        self._queue: SimpleQueue[T | _End] = SimpleQueue()
        self._stopped = False

    def run(self) -> None:
        """Read until the end, an error or ``stop``; the thread's only function."""
        end = _End()
        try:
            for item in self._items:
                self._queue.put(item)
                self._places.acquire()
                if self._stopped:
                    break
        except BaseException as error:  # noqa: BLE001 - raised again where the items are consumed
            end = _End(error)
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()
            self._queue.put(end)

    def received(self) -> Iterator[T]:
        """Yield what ``run`` reads."""
        while not isinstance(item := self._queue.get(), _End):
            yield item
            self._places.release()
        if item.error is not None:
            raise item.error

    def stop(self) -> None:
        """Let ``run`` end after the item it is at."""
        self._stopped = True
        self._places.release()
