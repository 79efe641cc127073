"""Circuit breaker: a source that cannot be reached is left alone, then tried by one call.

One per system and process, whichever pools ask. It judges dials and pings only; what becomes of a
lent session is its client's affair. The states are pybreaker's, whose ``call`` holds a lock while
it runs: so it is never given the call, only told what the call came to.
"""

import os
import threading
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pybreaker
import structlog
from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN

from erp_resources.deadline import Deadline
from erp_resources.errors import ConnectionLost, DeadlineExceeded, ErpError, SourceUnavailable

FAILURES = 5
PAUSE_SECONDS = 30.0
ASK_AGAIN_SECONDS = 1.0  # for clients that meet a trial: its outcome decides, not they

# Silence while a session is dialed or checked counts like a refusal.
_COUNTED = (SourceUnavailable, ConnectionLost, DeadlineExceeded)

_log = structlog.get_logger(__name__)


class Breaker:
    """Whether one system may be asked for sessions now; safe to use from any thread.

    Closed, it admits every call. After ``failures`` failed calls in a row it opens and admits
    none for ``seconds``; then it admits one trial, which closes it or opens it again. No method
    waits, and times are of the monotonic clock: pybreaker's own is the wall clock.

    Args:
        system: Names the system in messages and logs, e.g. ``"oracle"``.
        failures: Failed calls in a row after which it opens.
        seconds: How long it stays open.
    """

    def __init__(
        self, system: str, failures: int = FAILURES, seconds: float = PAUSE_SECONDS
    ) -> None:
        self.system = system
        self._seconds = seconds
        self._lock = threading.Lock()
        self._until = Deadline.after(0.0)  # end of the pause or, on trial, of the trial
        self._since = datetime.now(UTC)
        self._outage = ""
        self._error: BaseException | None = None
        self._changes: deque[dict[str, Any]] = deque(maxlen=100)
        self._circuit = pybreaker.CircuitBreaker(
            fail_max=failures, reset_timeout=seconds, throw_new_error_on_trip=False, name=system
        )

    @property
    def state(self) -> str:
        """``closed``, ``open`` or ``half-open``, that is on trial."""
        return self._circuit.current_state

    @property
    def is_open(self) -> bool:
        """Whether the source is left alone, or on trial."""
        return self.state != STATE_CLOSED

    @property
    def failures(self) -> int:
        """How many calls in a row have failed."""
        return self._circuit.fail_counter

    def refusal(self) -> SourceUnavailable | None:
        """Return why the source may not be asked now, or None if it may be."""
        state = self.state
        if state == STATE_CLOSED or not (seconds := self._until.remaining()):
            return None
        if state == STATE_HALF_OPEN:
            seconds = min(seconds, ASK_AGAIN_SECONDS)
        error = SourceUnavailable(self._outage, retry_after=seconds)
        error.__cause__ = self._error
        return error

    def admit(self, deadline: Deadline) -> SourceUnavailable | None:
        """Return None if a call may begin now, else why not; whoever begins tells ``settle``.

        Args:
            deadline: When the call ends at the latest. A trial of which nothing was heard by then
                makes way for another.
        """
        if not self.is_open:
            return None
        with self._lock:
            refusal = self.refusal()
            if refusal is None and self.is_open:
                self._wait_until(deadline, "on trial until")
                self._circuit.half_open()
                self._note()
        return refusal

    def settle(self, error: BaseException | None) -> None:
        """Learn what an admitted call came to; an error that is not ours says nothing."""
        with self._lock:
            if isinstance(error, _COUNTED):
                self._fail(error)
            elif error is None or isinstance(error, ErpError):  # the source answered
                self._succeed()

    def log_changes(self) -> None:
        """Write the changes of state since the last time; the other methods never log."""
        with suppress(IndexError):
            while True:
                _log.warning("breaker", system=self.system, **self._changes.popleft())

    def _succeed(self) -> None:
        if self.is_open:
            self._circuit.close()
            self._note()
        elif self._circuit.fail_counter:
            self._circuit.close()  # counts from zero again
        self._error = None  # its traceback holds what the driver's frames held

    def _fail(self, error: BaseException) -> None:
        before = self.state
        if before == STATE_OPEN:
            return  # the call began before it opened
        self._error = error
        with suppress(_Failure):
            self._circuit.call(_fail)
        if self.state == STATE_OPEN:
            self._since = datetime.now(UTC) if before == STATE_CLOSED else self._since
            self._wait_until(Deadline.after(self._seconds), "not asked again before")
            self._note(error=str(error))

    def _wait_until(self, end: Deadline, what: str) -> None:
        self._until = end
        moment = datetime.now(UTC) + timedelta(seconds=end.remaining())
        self._outage = (
            f"{self.system}: unreachable since {self._since:%Y-%m-%d %H:%M:%S} UTC, {what} "
            f"{moment:%H:%M:%S}; check its host and network"
        )

    def _note(self, **details: str) -> None:
        self._changes.append({"state": self.state, **details})


class _Failure(Exception):  # noqa: N818 - never leaves this module
    """What pybreaker is shown in place of an error, which would collect tracebacks."""


def _fail() -> None:
    raise _Failure


_breakers: dict[str, Breaker] = {}


def breaker_of(system: str, failures: int = FAILURES, seconds: float = PAUSE_SECONDS) -> Breaker:
    """Return this process's breaker of ``system``; the first to ask decides its settings."""
    return _breakers.setdefault(system, Breaker(system, failures, seconds))


def start_over() -> None:
    """Forget all breakers, as the child of a fork must: another thread may have held a lock."""
    _breakers.clear()


os.register_at_fork(after_in_child=start_over)
