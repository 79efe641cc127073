"""Reads ahead: iterators in threads of their own, a few items ahead of whoever consumes them.

A driver that waits for its server, and a consumer that writes files, then work at the same time.
"""

import threading
from collections.abc import Iterator, Sequence
from contextvars import ContextVar, copy_context
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


_ends: ContextVar[tuple[threading.Event, ...]] = ContextVar("_ends", default=())
"""Set once nobody wants what the present thread reads, nor what is read by its reading."""


class _End:
    """What a thread says last: its iterator's end, or the error that ended it."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def is_wanted() -> bool:
    """Whether what this thread reads still has a consumer; so has what nobody reads ahead."""
    return not any(end.is_set() for end in _ends.get())


def prefetched(items: Iterator[T], *, ahead: int, name: str) -> Iterator[T]:
    """Yield the items of an iterator that runs in a thread, at most ``ahead`` items ahead.

    An error of the iterator is raised here, after the items before it. Closing this generator
    closes the iterator, in its own thread, and waits for that.

    Args:
        name: of the thread.
    """
    return merged([items], ahead=ahead, name=name)


def merged(sources: Sequence[Iterator[T]], *, ahead: int, name: str) -> Iterator[T]:
    """Yield the items of several iterators as they come, each iterator in a thread of its own.

    The first error of an iterator is raised here. Then, and when this generator is closed, all
    iterators are closed, each in its own thread after the item it is at, and waited for.

    Args:
        ahead: most items of all together that nobody has asked for yet, beside the last of each.
        name: of the threads; they see the context variables of this one.
    """
    readers: _Readers[T] = _Readers(len(sources), ahead)
    seen = copy_context()
    seen.run(readers.tell_end)
    threads = [
        threading.Thread(target=seen.copy().run, args=(readers.run, items), name=name, daemon=True)
        for items in sources
    ]
    started: list[threading.Thread] = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
        yield from readers.received()
    finally:
        readers.stop()
        for thread in started:
            thread.join()


class _Readers(Generic[T]):
    """What the threads share with whoever consumes their items."""

    def __init__(self, count: int, ahead: int) -> None:
        self._count = count
        self._places = threading.Semaphore(ahead)
        self._queue: SimpleQueue[T | _End] = SimpleQueue()
        self._stopped = threading.Event()

    def tell_end(self) -> None:
        """Let ``is_wanted`` see, in the present context, when nobody consumes any more."""
        _ends.set((*_ends.get(), self._stopped))

    def run(self, items: Iterator[T]) -> None:
        """Read until the end, an error or ``stop``; a thread's only function."""
        end = _End()
        try:
            for item in items:
                self._queue.put(item)
                self._places.acquire()
                if self._stopped.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - raised again where the items are consumed
            end = _End(error)
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()
            self._queue.put(end)

    def received(self) -> Iterator[T]:
        """Yield what the threads read."""
        running = self._count
        while running:
            item = self._queue.get()
            if not isinstance(item, _End):
                yield item
                self._places.release()
            elif item.error is not None:
                raise item.error
            else:
                running -= 1

    def stop(self) -> None:
        """Let each thread end after the item it is at."""
        self._stopped.set()
        self._places.release(self._count)
