"""Stops a statement from another thread as the servers do: again and again, until it has ended."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AGAIN_SECONDS = 0.05


@contextmanager
def interrupting(interrupt: Callable[[], object], after: float) -> Iterator[None]:
    """Call ``interrupt`` ``after`` so many seconds, and then on until the block has ended.

    One call is not enough: on a busy machine it may come before the statement has begun.
    """
    ended = threading.Event()

    def repeat() -> None:
        wait = after
        while not ended.wait(wait):
            interrupt()
            wait = AGAIN_SECONDS

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
