"""Daemon threads for calls into a driver that may never return.

A thread cannot be stopped from outside: at its deadline a call is abandoned, and whatever it
returns later goes to a function that disposes of it. What is called is not known here.
"""

import itertools
import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from erp_resources.deadline import Deadline
from erp_resources.errors import DeadlineExceeded

T = TypeVar("T")

REST_SECONDS = 5.0


class Workers:
    """Threads that run one task at a time: added when all are busy, ended after a rest."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.start_over()

    def start_over(self) -> None:
        """Forget all threads, as the child of a fork must: it has none of them."""
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._resting = 0  # threads waiting for a task that is not promised to them yet
        self._stopped = False

    def run(self, task: Callable[[], None]) -> None:
        """Run ``task`` soon in some thread; the task must handle its own errors.

        Raises:
            RuntimeError: The process may start no more threads; the task will not run.
        """
        with self._lock:
            rested = self._resting > 0
            self._resting -= rested
        if not rested:
            name = f"{self._name}-{next(self._numbers)}"
            _Worker(target=self._work, name=name, daemon=True).start()
        self._tasks.put(task)

    def stop(self) -> None:
        """End the resting threads now, the busy ones after their task; ``run`` stays usable."""
        with self._lock:
            self._stopped = True
            resting, self._resting = self._resting, 0
        for _ in range(resting):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._next_task()) is not None:
            task()
            del task  # what it holds must not wait for the next one
            with self._lock:
                if self._stopped:
                    return
                self._resting += 1

    def _next_task(self) -> Callable[[], None] | None:
        while True:
            try:
                return self._tasks.get(timeout=REST_SECONDS)
            except Empty:
                with self._lock:
                    # At zero a task was promised to this thread a moment ago: fetch it.
                    if self._resting:
                        self._resting -= 1
                        return None


class _Worker(threading.Thread):
    """Marks the threads that may be abandoned."""


class _Outcome(Generic[T]):
    """What a call in another thread came to, and whether anybody still waits for it."""

    def __init__(self, call: Callable[[], T], dispose: Callable[[T], None] | None) -> None:
        self._call = call
        self._dispose = dispose
        self._lock = threading.Lock()
        self._abandoned = False
        self._done = threading.Event()
        self._value: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._value.append(self._call())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error
        with self._lock:
            self._done.set()
            abandoned = self._abandoned
        if abandoned and self._value and self._dispose is not None:
            self._dispose(self._value[0])

    def wait(self, seconds: float) -> bool:
        """Return whether the call finished in time; if not, its result will be disposed of."""
        if self._done.wait(seconds):
            return True
        with self._lock:
            self._abandoned = not self._done.is_set()
            return not self._abandoned

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._value[0]


_callers = Workers("erp-call")
os.register_at_fork(after_in_child=_callers.start_over)


def call_within(
    deadline: Deadline,
    call: Callable[[], T],
    *,
    what: str,
    dispose: Callable[[T], None] | None = None,
) -> T:
    """Run ``call`` in a daemon thread and give up on it at ``deadline``.

    In a thread that may itself be abandoned the call runs in place: whoever owns that thread
    watches its deadline.

    Args:
        deadline: When to give up.
        call: What to run; takes no arguments.
        what: Names the call in the error, e.g. ``"oracle: connect to db1:1521"``.
        dispose: Given a result that came too late.

    Raises:
        DeadlineExceeded: The call still runs; it was abandoned.
    """
    if isinstance(threading.current_thread(), _Worker):
        return call()
    seconds = deadline.remaining()
    outcome = _Outcome(call, dispose)
    _callers.run(outcome.run)
    if not outcome.wait(seconds):
        raise DeadlineExceeded(f"{what} gave no answer within {seconds:.1f} s and was abandoned")
    return outcome.result()
