"""Connection pool shared by all connectors.

Opens, lends, checks and closes sessions. Knows nothing about SQL or RFC: a connector hands it
functions. Retrying belongs in ``retry.py``. A pool lives in one process; the cap across processes
is Dagster's ``pool=``.
"""

import atexit
import copy
import ctypes
import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from erp_resources.deadline import Deadline
from erp_resources.errors import (
    ConnectionLost,
    ErpError,
    PoolClosed,
    PoolFull,
    PoolTimeout,
    SourceUnavailable,
)
from erp_resources.pool_keeper import Driver, Keeper
from erp_resources.pool_parts import Loan, PoolSettings, Session, Waiter, call_stack

__all__ = ["ConnectionPool", "PoolSettings"]

C = TypeVar("C")

COUNTERS = (
    "requests_num",
    "requests_queued",
    "requests_wait_ms",
    "requests_errors",
    "requests_refused",
    "usage_ms",
    "returns_bad",
    "leaks_num",
    "connections_num",
    "connections_ms",
    "connections_errors",
    "connections_lost",
    "connections_closed",
)


def _is_lost(error: BaseException) -> bool:
    return isinstance(error, ConnectionLost)


class ConnectionPool(Generic[C]):
    """Lends sessions of one system and credential, first come first served.

    The clients' threads never dial, ping, reset or close; they only wait, until their deadline.
    One dial runs at a time, so a burst makes no storm and a wrong password is tried once. Use it
    as a context manager, or call ``close``.

    Args:
        name: Names the pool in messages, threads and logs, e.g. ``"sap"``.
        open: Opens a session by the deadline; raises the errors of ``errors.py``.
        ping: Returns if the session works, raises any error if not.
        close: Closes a session, dead or alive; may fail or hang.
        reset: Cleans a session that comes back, e.g. by a rollback; an error discards it.
        is_fatal: Whether an error of a client's block means that the session is dead.
        settings: Size and patience.
    """

    def __init__(  # noqa: PLR0913 - what a driver can do, each once and by name
        self,
        name: str,
        *,
        open: Callable[[Deadline], C],  # noqa: A002 - reads as what it does
        ping: Callable[[C, Deadline], object],
        close: Callable[[C], object],
        reset: Callable[[C, Deadline], object] | None = None,
        is_fatal: Callable[[BaseException], bool] = _is_lost,
        settings: PoolSettings | None = None,
    ) -> None:
        self.name = name
        self.settings = settings or PoolSettings()
        self._driver = Driver(open, ping, close, reset)
        self._is_fatal = is_fatal
        self._keeper = Keeper(name, self._driver, self.settings)
        _pools.add(self)

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def connection(self, timeout: float | None = None) -> AbstractContextManager[C]:
        """Lend a session for a ``with`` block.

        Args:
            timeout: Seconds for queueing, dialing and checking together; default of the settings.

        Raises:
            PoolTimeout: All sessions stayed in use.
            PoolFull: Too many clients wait already.
            SourceUnavailable: The source refused, did not answer in time, or is left alone for a
                while after that (``breaker.py``).
            LoginRefused: The credential was refused, now or earlier in this pool.
            PoolClosed: The pool is draining or closed.
        """
        seconds = self.settings.timeout if timeout is None else timeout
        return Loan(seconds, self._acquire, self._release, self._keeper.returns.put)

    @property
    def spare(self) -> int:
        """How many more clients would not have to wait for the session of another one."""
        with self._keeper.lock:
            clients = len(self._keeper.lent) + len(self._keeper.waiters)
        return max(0, self.settings.max_size - clients)

    def stats(self) -> dict[str, int]:
        """Return the pool's figures; the keys are those of psycopg_pool where it has them.

        Now: ``pool_min``, ``pool_max``, ``pool_size`` (places taken), ``pool_available`` (idle),
        ``pool_in_use``, ``pool_hanging`` (abandoned calls still in the driver),
        ``requests_waiting``, ``breaker_open`` (1, also on trial), ``breaker_failures`` (in a row).
        Since the start: ``requests_num``, ``requests_queued``, ``requests_wait_ms``,
        ``requests_errors``, ``requests_refused`` (at once, by the breaker), ``usage_ms``,
        ``returns_bad`` (discarded when they came back), ``leaks_num``, ``connections_num``
        (dials), ``connections_ms``, ``connections_errors``, ``connections_lost`` (found dead),
        ``connections_closed``.
        """
        keeper = self._keeper
        with keeper.lock:
            return {
                "pool_min": self.settings.min_size,
                "pool_max": self.settings.max_size,
                "pool_size": keeper.size(),
                "pool_available": len(keeper.idle),
                "pool_in_use": len(keeper.lent),
                "pool_hanging": keeper.jobs.hanging,
                "requests_waiting": len(keeper.waiters),
                "breaker_open": int(keeper.breaker.is_open),
                "breaker_failures": keeper.breaker.failures,
                **{key: int(keeper.counts[key]) for key in COUNTERS},
            }

    def drain(self, timeout: float) -> bool:
        """Lend no more, wait for the lent sessions, close; return whether all came back in time.

        Args:
            timeout: Most seconds to wait for clients; closing takes 1 s more at most.
        """
        self._refuse_clients()
        drained = self._wait_until(lambda: not self._keeper.lent, Deadline.after(timeout))
        self.close()
        return drained

    def close(self, timeout: float = 1.0) -> None:
        """Close the idle sessions now and the lent ones when they return; safe to call again.

        Args:
            timeout: Most seconds to wait for the driver to close sessions.
        """
        keeper = self._keeper
        self._refuse_clients()
        with keeper.lock:
            while keeper.idle:
                keeper.retire(keeper.idle.pop())
            for job in keeper.jobs.unfinished():
                if job.kind == "dial":
                    keeper.jobs.abandon(job)
        self._wait_until(lambda: not keeper.jobs.unfinished(), Deadline.after(timeout))
        keeper.stop()

    def forget_parent(self) -> None:
        """Begin anew in the child of a fork, without touching the parent's sessions."""
        # Never freed: a driver logs off when its connection is collected, here the parent's.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._keeper))
        self._keeper = Keeper(self.name, self._driver, self.settings)

    def _acquire(self, timeout: float) -> Session[C]:
        began = time.monotonic()
        keeper = self._keeper
        # Decide under the lock, wait outside it: only the waiting client blocks.
        with keeper.lock:
            keeper.counts["requests_num"] += 1
            self._refuse_if_hopeless()
            session = keeper.take_proven()
            waiter = None if session else self._enqueue()
        if waiter is not None:
            session = self._wait(waiter, Deadline(began + timeout), timeout)
        assert session is not None  # noqa: S101 - one of the two branches made it
        if self.settings.leak_warning is not None:
            session.borrower = threading.current_thread()
            session.stack = call_stack()
        return session

    def _refuse_if_hopeless(self) -> None:
        if self._keeper.closed:
            raise PoolClosed(f"pool {self.name!r} is closed; open a new one to go on")
        if self._keeper.refusal is not None:
            self._keeper.counts["requests_errors"] += 1
            raise _own(self._keeper.refusal)
        self._keeper.start()

    def _enqueue(self) -> Waiter[C]:
        keeper = self._keeper
        if refusal := keeper.breaker.refusal():
            keeper.counts["requests_errors"] += 1
            keeper.counts["requests_refused"] += 1
            raise refusal
        if len(keeper.waiters) >= self.settings.max_waiting:
            keeper.counts["requests_errors"] += 1
            raise PoolFull(f"pool {self.name!r}: {self._numbers()}; lower the concurrency")
        waiter: Waiter[C] = Waiter()
        keeper.waiters.append(waiter)
        keeper.counts["requests_queued"] += 1
        keeper.serve()
        return waiter

    def _wait(self, waiter: Waiter[C], deadline: Deadline, timeout: float) -> Session[C]:
        keeper = self._keeper
        began = time.monotonic()
        try:
            waiter.ready.wait(deadline.remaining())
        except BaseException:  # an interrupt: nobody will take the session
            self._withdraw(waiter, timeout)
            if waiter.session is not None:
                self._release(waiter.session, None)
            raise
        if not waiter.ready.is_set():
            self._withdraw(waiter, timeout)
        with keeper.lock:
            keeper.counts["requests_wait_ms"] += 1000 * (time.monotonic() - began)
            keeper.counts["requests_errors"] += waiter.session is None
        if waiter.session is None:
            raise _own(waiter.error)
        return waiter.session

    def _withdraw(self, waiter: Waiter[C], timeout: float) -> None:
        """Leave the queue, unless a session or an error was handed over at the last moment."""
        with self._keeper.lock:
            if waiter in self._keeper.waiters:
                self._keeper.waiters.remove(waiter)
                waiter.error = self._too_late(timeout)
                waiter.error.__cause__ = self._keeper.dial_error

    def _too_late(self, timeout: float) -> ErpError:
        within = f"within {timeout:g} s ({self._numbers()})"
        if self._keeper.lent:
            return PoolTimeout(f"pool {self.name!r}: no session {within}")
        return SourceUnavailable(
            f"pool {self.name!r}: no answer from the source {within}; check its host and network"
        )

    def _numbers(self) -> str:
        in_use, waiting = len(self._keeper.lent), len(self._keeper.waiters)
        return f"{in_use} of {self.settings.max_size} in use, {waiting} waiting"

    def _release(self, session: Session[C], error: BaseException | None) -> None:
        keeper = self._keeper
        fatal = error is not None and self._is_fatal(error)
        with keeper.lock:
            if session in keeper.lent:  # else it belongs to the parent of a fork
                keeper.take_back(session, error, fatal=fatal)
                keeper.serve()
        if keeper.closed:
            keeper.changed.set()

    def _refuse_clients(self) -> None:
        with self._keeper.lock:
            self._keeper.closed = True
            self._keeper.fail_all(PoolClosed(f"pool {self.name!r} was closed"))

    def _wait_until(self, is_done: Callable[[], bool], deadline: Deadline) -> bool:
        changed = self._keeper.changed
        while True:
            changed.clear()
            with self._keeper.lock:
                done = is_done()
            if done or not changed.wait(deadline.remaining()):
                return done


def _own(error: BaseException | None) -> BaseException:
    """Return a copy for one thread: a shared error would collect the tracebacks of all."""
    if not isinstance(error, ErpError):
        return error or AssertionError("a client was woken with neither session nor error")
    mine = copy.copy(error)
    mine.__cause__ = error.__cause__
    return mine


_pools: "weakref.WeakSet[ConnectionPool[Any]]" = weakref.WeakSet()


def _forget_parent() -> None:
    for pool in list(_pools):
        pool.forget_parent()


def _close_all() -> None:
    """Close what was left open before the interpreter ends: no thread can be started after that."""
    for pool in list(_pools):
        pool.close()


os.register_at_fork(after_in_child=_forget_parent)
atexit.register(_close_all)
