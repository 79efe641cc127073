"""The small pieces of the connection pool: its settings, and what it keeps per session and client.

Nothing here decides anything; every decision is in ``pool.py``.
"""

import math
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from types import CodeType, FrameType, TracebackType
from typing import Generic, Literal, Self, TypeVar

import dagster as dg
from pydantic import ConfigDict, Field, model_validator

from erp_resources.breaker import FAILURES, PAUSE_SECONDS
from erp_resources.deadline import Deadline
from erp_resources.workers import Workers

C = TypeVar("C")

LIFETIME_JITTER = 0.05  # sessions opened together must not all expire together
STACK_DEPTH = 8
NEVER = -math.inf  # the time of what has not happened

Place = tuple[CodeType, int]


class PoolSettings(dg.Config):
    """Size and patience of one pool; the defaults suit an ERP that gives out few sessions.

    A ``dg.Config``, since Dagster refuses any other model as a field of a resource.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_size: int = Field(default=0, ge=0, le=100, description="Sessions kept open, even idle.")
    max_size: int = Field(default=4, ge=1, le=100, description="Most sessions open at once.")
    timeout: float = Field(
        default=30.0, gt=0, le=3600, description="Seconds a client waits for a session, in all."
    )
    connect_timeout: float = Field(
        default=15.0, gt=0, le=600, description="Seconds after which one dial is abandoned."
    )
    call_timeout: float = Field(
        default=5.0, gt=0, le=600, description="Seconds after which a ping or reset is abandoned."
    )
    max_waiting: int = Field(
        default=64, ge=1, le=10_000, description="Clients that may wait; the next is refused."
    )
    max_lifetime: float = Field(
        default=1800.0, gt=0, description="Seconds until a session is replaced, less up to 5 %."
    )
    max_idle: float = Field(
        default=600.0, gt=0, description="Seconds until an unused session above min_size is closed."
    )
    validate_after_idle: float = Field(
        default=0.5, ge=0, description="Seconds unused after which a session is pinged when asked."
    )
    keepalive: float = Field(
        default=60.0, gt=0, description="Seconds unused after which a session is pinged unasked."
    )
    leak_warning: float | None = Field(
        default=3600.0, gt=0, description="Seconds in use after which the borrower is logged."
    )
    breaker_failures: int = Field(
        default=FAILURES,
        ge=1,
        le=1000,
        description="Most dials and pings failed in a row; then the source is left alone.",
    )
    breaker_seconds: float = Field(
        default=PAUSE_SECONDS,
        gt=0,
        le=3600,
        description="Seconds it is left alone before one client tries again.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.min_size > self.max_size:
            raise ValueError(f"min_size {self.min_size} is above max_size {self.max_size}")
        return self


@dataclass(eq=False, slots=True)
class Session(Generic[C]):
    """One open connection; times are of ``time.monotonic()``."""

    connection: C
    expires_at: float
    proved_at: float  # last evidence that it works
    since: float  # when it was lent or, if idle, came back
    borrower: threading.Thread | None = None
    stack: tuple[Place, ...] = ()
    warned: bool = False

    @classmethod
    def opened(cls, connection: C, settings: PoolSettings) -> "Session[C]":
        """Return the record of a connection opened just now."""
        now = time.monotonic()
        share = 1.0 - LIFETIME_JITTER * random.random()  # noqa: S311 - spreads load, no secret
        return cls(connection, now + share * settings.max_lifetime, now, now)


@dataclass(eq=False, slots=True)
class Waiter(Generic[C]):
    """A client in the queue; ``ready`` is set when either ``session`` or ``error`` is."""

    ready: threading.Event = field(default_factory=threading.Event)
    session: Session[C] | None = None
    error: BaseException | None = None


Kind = Literal["dial", "ping", "reset", "close", "bury"]  # to bury is to close a dead session


@dataclass(eq=False, slots=True)
class Job(Generic[C]):
    """A driver call in a worker thread."""

    kind: Kind
    session: Session[C] | None  # none while dialing
    deadline: Deadline
    call: Callable[[Deadline], Session[C]]


class Jobs(Generic[C]):
    """The driver calls under way, each until it is done or abandoned at its deadline.

    Args:
        name: Names the threads.
        guard: The pool's lock; held when ``finish`` is called.
        finish: Told what a job came to: its session, and its error if it failed.
        dispose: Closes the session of an abandoned job that came back after all.
    """

    def __init__(
        self,
        name: str,
        guard: threading.RLock,
        finish: Callable[[Job[C], Session[C] | None, BaseException | None], None],
        dispose: Callable[[Session[C]], object],
    ) -> None:
        self._guard = guard
        self._finish = finish
        self._dispose = dispose
        self._workers = Workers(name)
        self._running: dict[Job[C], None] = {}
        self.hanging = 0  # abandoned, and still inside the driver

    def start(self, job: Job[C]) -> None:
        """Run ``job`` in another thread; call it under the guard."""
        try:
            self._workers.run(partial(self._run, job))
        except RuntimeError as error:  # the process may start no more threads
            self._finish(job, job.session, error)
        else:
            self._running[job] = None

    def count(self, *kinds: Kind) -> int:
        """Return how many jobs of these kinds are under way."""
        return sum(job.kind in kinds for job in self._running)

    def overdue(self) -> list[Job[C]]:
        """Return the jobs that are past their deadline."""
        return [job for job in self._running if job.deadline.expired]

    def unfinished(self) -> list[Job[C]]:
        """Return all jobs under way."""
        return list(self._running)

    def abandon(self, job: Job[C]) -> None:
        """Stop waiting for ``job``; its thread disposes of what it may still come to."""
        del self._running[job]
        self.hanging += 1

    def stop(self) -> None:
        """Let the threads end."""
        self._workers.stop()

    def _run(self, job: Job[C]) -> None:
        session, failure = job.session, None
        try:
            session = job.call(job.deadline)
        except BaseException as error:  # noqa: BLE001 - handed to the clients that wait
            failure = error
        with self._guard:
            abandoned = job not in self._running
            if abandoned:
                self.hanging -= 1
            else:
                del self._running[job]
                self._finish(job, session, failure)
        if abandoned and session is not None and job.kind not in {"close", "bury"}:
            self._dispose(session)


class Abandoned(Exception):  # noqa: N818 - a reason, never raised
    """Why a loan came back: its client was collected as garbage."""


class Loan(AbstractContextManager[C]):
    """Borrows a session for the length of a ``with`` block.

    Args:
        timeout: Seconds to wait for it.
        acquire: Waits for it.
        release: Takes it back, with the error that ended the block.
        orphaned: The same for a loan that ends by garbage collection: it may take no lock.
    """

    __slots__ = ("_acquire", "_orphaned", "_release", "_session", "_timeout")

    def __init__(
        self,
        timeout: float,
        acquire: Callable[[float], Session[C]],
        release: Callable[[Session[C], BaseException | None], None],
        orphaned: Callable[[tuple[Session[C], BaseException | None]], None],
    ) -> None:
        self._timeout = timeout
        self._acquire = acquire
        self._release = release
        self._orphaned = orphaned
        self._session: Session[C] | None = None

    def __enter__(self) -> C:
        self._session = self._acquire(self._timeout)
        return self._session.connection

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        if isinstance(exc, GeneratorExit):
            # A collector may be closing the generator, in a thread that is inside the pool.
            self._orphaned((session, exc))
        else:
            self._release(session, exc)

    def __del__(self) -> None:
        if self._session is not None:
            # No lock may be taken here, for the same reason; the queue's put takes none.
            self._orphaned((self._session, Abandoned()))


def call_stack() -> tuple[Place, ...]:
    """Return where the caller of the pool is, innermost first; cheap enough for every checkout."""
    places: list[Place] = []
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - traceback costs twenty times more
    while frame is not None and len(places) < STACK_DEPTH:
        places.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return tuple(places)


def format_stack(stack: tuple[Place, ...]) -> str:
    """Return ``stack`` in the form of a traceback."""
    frames = [(code.co_filename, line, code.co_name, None) for code, line in reversed(stack)]
    return "".join(traceback.StackSummary.from_list(frames).format())
