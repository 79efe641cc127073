"""A source of sessions for tests of the pool: counts everything, and fails as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from erp_resources.deadline import Deadline
from erp_resources.errors import ConnectionLost, ErpError, SourceUnavailable
from erp_resources.pool import ConnectionPool, PoolSettings

HANG_SECONDS = 10


class Connection:
    """A session, which is dead once its source has restarted."""

    def __init__(self, number: int, era: int) -> None:
        self.number = number
        self.era = era
        self.closed = False
        self.pings = 0
        self.resets = 0


class Source:
    """A server whose faults a test switches on, safe to use from any thread.

    Attributes:
        dial_error: Raised by the next dials, if set.
        reset_error: Raised by the next resets, if set.
        hangs: Which of ``open``, ``ping`` and ``close`` do not return before ``released``.
        threads: Names of the threads that called.
    """

    def __init__(self, *, dial: float = 0.0) -> None:
        self.dial_seconds = dial
        self.dial_error: Exception | None = None
        self.reset_error: Exception | None = None
        self.hangs: set[str] = set()
        self.released = threading.Event()
        self.opened: list[Connection] = []
        self.attempts = 0
        self.restarts = 0
        self.threads: set[str] = set()
        self._lock = threading.Lock()

    def open(self, deadline: Deadline) -> Connection:
        """Open a session after ``dial`` seconds."""
        assert not deadline.expired
        self.attempts += 1
        self._enter("open")
        time.sleep(self.dial_seconds)
        if self.dial_error is not None:
            raise self.dial_error
        with self._lock:
            self.opened.append(Connection(len(self.opened) + 1, self.restarts))
            return self.opened[-1]

    def ping(self, connection: Connection, deadline: Deadline) -> None:
        """Fail if the session is dead."""
        assert not deadline.expired
        self._enter("ping")
        connection.pings += 1
        self.use(connection)

    def reset(self, connection: Connection, deadline: Deadline) -> None:
        """Count, without asking whether the session is dead."""
        assert not deadline.expired
        self._enter("reset")
        connection.resets += 1
        if self.reset_error is not None:
            raise self.reset_error

    def close(self, connection: Connection) -> None:
        """Close the session; only once."""
        self._enter("close")
        with self._lock:
            assert not connection.closed, "closed twice"
            connection.closed = True

    def use(self, connection: Connection) -> None:
        """Do what a client does with a session; fails if it is dead."""
        if connection.closed or connection.era != self.restarts:
            raise ConnectionLost("test: end of file")

    def restart(self) -> None:
        """Kill all sessions."""
        self.restarts += 1

    @property
    def live(self) -> list[int]:
        """Numbers of the sessions that nobody closed."""
        with self._lock:
            return [connection.number for connection in self.opened if not connection.closed]

    def _enter(self, call: str) -> None:
        self.threads.add(threading.current_thread().name)
        if call in self.hangs:
            self.released.wait(HANG_SECONDS)


def refused() -> SourceUnavailable:
    """What a connector raises when nobody listens."""
    error = SourceUnavailable("test: refused; start it")
    error.__cause__ = ConnectionRefusedError(111, "refused")
    return error


@contextmanager
def pool_of(
    source: Source, *, with_reset: bool = False, **settings: Any
) -> Iterator[ConnectionPool[Connection]]:
    """Run a pool on ``source``; at the end all hanging calls go on."""
    pool = ConnectionPool(
        "test",
        open=source.open,
        ping=source.ping,
        close=source.close,
        reset=source.reset if with_reset else None,
        settings=PoolSettings(**{"timeout": 5.0, "breaker_failures": 1000, **settings}),
    )
    try:
        with pool:
            yield pool
    finally:
        source.released.set()


def ask(pool: ConnectionPool[Connection], timeout: float) -> tuple[float, ErpError | None]:
    """Check a session out and in; return the seconds to get it, or to the error, and the error."""
    began = time.monotonic()
    try:
        with pool.connection(timeout):
            return time.monotonic() - began, None
    except ErpError as error:
        return time.monotonic() - began, error


def works(pool: ConnectionPool[Connection], source: Source) -> bool:
    """Return whether a session comes at once and works."""
    try:
        with pool.connection(0.5) as connection:
            source.use(connection)
    except ErpError:
        return False
    return True


def fill(pool: ConnectionPool[Connection], count: int) -> list[Connection]:
    """Leave ``count`` idle sessions in the pool."""
    loans = [pool.connection() for _ in range(count)]
    connections = [loan.__enter__() for loan in loans]
    for loan in loans:
        loan.__exit__(None, None, None)
    return connections


def in_threads(count: int, work: Callable[[], object]) -> None:
    """Run ``work`` in as many threads at once, to the end."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def eventually(condition: Callable[[], object], seconds: float = 15.0) -> bool:
    """Wait until ``condition`` holds; return whether it did in time."""
    deadline = Deadline.after(seconds)
    while not condition() and not deadline.expired:
        time.sleep(0.005)
    return bool(condition())


def report(text: str) -> None:
    """Print a measured figure."""
    print(text)  # noqa: T201 - shown by pytest -rP
