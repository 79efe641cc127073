"""The sessions of a pool: which exist, which may be lent next, and when to dial, check or close.

All of it runs under one lock and never waits; what can wait is a job in another thread. Who waits
for a session, and how long, belongs in ``pool.py``.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

import structlog

from erp_resources.breaker import breaker_of
from erp_resources.deadline import Deadline
from erp_resources.errors import LoginRefused, SourceUnavailable
from erp_resources.pool_parts import (
    NEVER,
    Abandoned,
    Job,
    Jobs,
    Kind,
    PoolSettings,
    Session,
    Waiter,
    format_stack,
)

C = TypeVar("C")

HOUSEKEEPING_SECONDS = 0.25
FIRST_PAUSE_SECONDS = 1.0  # after a failed dial that no client depends on; doubles
LONGEST_PAUSE_SECONDS = 60.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Driver(Generic[C]):
    """What a connector's driver can do; see ``ConnectionPool``."""

    open: Callable[[Deadline], C]
    ping: Callable[[C, Deadline], object]
    close: Callable[[C], object]
    reset: Callable[[C, Deadline], object] | None


class Keeper(Generic[C]):
    """Keeps the sessions of one pool; every method but ``start`` wants ``lock`` held."""

    def __init__(self, name: str, driver: Driver[C], settings: PoolSettings) -> None:
        self.name = name
        self.settings = settings
        self.lock = threading.RLock()
        self.waiters: deque[Waiter[C]] = deque()
        self.idle: deque[Session[C]] = deque()  # the next to lend at the right
        self.lent: set[Session[C]] = set()
        self.jobs = Jobs(f"erp-pool-{name}", self.lock, self._finish, self._bury)
        self.returns: SimpleQueue[tuple[Session[C], BaseException | None] | None] = SimpleQueue()
        self.counts: defaultdict[str, float] = defaultdict(float)
        self.changed = threading.Event()
        self.closed = False
        self.refusal: LoginRefused | None = None
        self.dial_error: BaseException | None = None  # why the last dial failed, if it did
        self.breaker = breaker_of(name, settings.breaker_failures, settings.breaker_seconds)
        self._driver = driver
        self._trust_seconds = settings.validate_after_idle
        self._housekeeper: threading.Thread | None = None
        self._lost_at = NEVER  # what was proved to work before this must prove it again
        self._pause = 0.0
        self._dial_after = NEVER
        self._notes: deque[tuple[str, dict[str, Any]]] = deque(maxlen=100)

    def start(self) -> None:
        """Start the housekeeper and open ``min_size`` sessions, if that was not done yet."""
        with self.lock:
            if self._housekeeper is None and not self.closed:
                self._housekeeper = threading.Thread(
                    target=self._keep_house, name=f"erp-pool-{self.name}-housekeeper", daemon=True
                )
                self._housekeeper.start()
                self.serve()

    def stop(self) -> None:
        """Let all threads end."""
        self.jobs.stop()
        self.returns.put(None)

    def size(self) -> int:
        """Return how many of ``max_size`` places are taken."""
        jobs = self.jobs.count("dial", "ping", "reset", "close")
        return len(self.idle) + len(self.lent) + jobs

    def take_proven(self) -> Session[C] | None:
        """Lend an idle session that needs no ping, if nobody waits for one already."""
        if not self.idle or self.waiters or not self._is_proven(self.idle[-1]):
            return None
        return self._lend(self.idle.pop())

    def take_back(self, session: Session[C], error: BaseException | None, *, fatal: bool) -> None:
        """Receive a lent session; ``error`` is what ended its client's block."""
        self.lent.remove(session)
        now = time.monotonic()
        self.counts["usage_ms"] += 1000 * (now - session.since)
        if fatal:
            self.counts["returns_bad"] += 1
            self._lose(session)
            self._bury(session)
            return
        if error is not None:
            session.proved_at = NEVER  # who knows where the block stopped: ping it first
        elif session.since > self._lost_at:
            session.proved_at = now
        session.since = now
        if isinstance(error, Abandoned):
            self.counts["leaks_num"] += 1
            self.retire(session)
        elif self._driver.reset is not None and not self.closed:
            self._begin("reset", session, self._driver.reset)
        else:
            self._put_back(session)

    def retire(self, session: Session[C]) -> None:
        """Close a session that works; it keeps its place until that is done."""
        self._begin("close", session, self._close)

    def serve(self) -> None:
        """Bring idle sessions and waiting clients together, and dial if that is not enough."""
        while self.waiters and self.idle:
            if self._is_proven(self.idle[-1]):
                self._hand_over(self.idle.pop())
            elif time.monotonic() >= self.idle[-1].expires_at or self.breaker.is_open:
                self.retire(self.idle.pop())  # a dead one could not tell that an outage is over
            elif len(self.waiters) > self.jobs.count("ping", "reset"):
                self._begin("ping", self.idle.pop(), self._driver.ping)
            else:
                break
        self._grow()

    def fail_all(self, error: BaseException) -> None:
        """Hand ``error`` to every client that waits."""
        while self.waiters:
            waiter = self.waiters.popleft()
            waiter.error = error
            waiter.ready.set()

    def _is_proven(self, session: Session[C]) -> bool:
        now = time.monotonic()
        proof_ends = session.proved_at + self._trust_seconds
        return session.proved_at > self._lost_at and now <= proof_ends and now < session.expires_at

    def _lend(self, session: Session[C]) -> Session[C]:
        session.since = time.monotonic()
        session.warned = False
        self.lent.add(session)
        return session

    def _hand_over(self, session: Session[C]) -> None:
        waiter = self.waiters.popleft()
        waiter.session = self._lend(session)
        waiter.ready.set()

    def _put_back(self, session: Session[C], *, checked: bool = False) -> None:
        if self.closed or time.monotonic() >= session.expires_at:
            self.retire(session)
        elif checked and self.waiters:
            self._hand_over(session)
        elif self._is_proven(session):
            self.idle.append(session)
        else:
            self.idle.appendleft(session)

    def _lose(self, session: Session[C]) -> None:
        """Note a death: the older idle sessions died with it, the others are in doubt."""
        horizon = max(session.since, session.proved_at)
        older = [other for other in self.idle if other.proved_at <= horizon]
        self.idle = deque(other for other in self.idle if other.proved_at > horizon)
        self._lost_at = time.monotonic()
        self.counts["connections_lost"] += 1 + len(older)
        for other in older:
            self._bury(other)

    def _grow(self) -> None:
        wanted = len(self.waiters) > self.jobs.count("ping", "reset")
        enough = self.settings.max_size if wanted else self.settings.min_size
        # One dial at a time: no storm of logins, and a wrong password is tried once.
        if self.size() >= enough or self.jobs.count("dial") or self.closed or self.refusal:
            return
        hopeless = wanted and not self._is_alive()
        if self.jobs.hanging > self.settings.max_size:
            if hopeless:
                self.fail_all(self._silence(f"{self.jobs.hanging} calls hang in the driver"))
        elif hopeless or time.monotonic() >= self._dial_after:
            deadline = Deadline.after(self.settings.connect_timeout)
            refusal = self.breaker.admit(deadline)
            if refusal is None:
                self.counts["connections_num"] += 1
                self.jobs.start(Job("dial", None, deadline, self._dial))
            elif wanted:
                self.fail_all(refusal)

    def _is_alive(self) -> bool:
        return bool(self.lent or self.idle or self.jobs.count("ping", "reset"))

    def _silence(self, what: str) -> SourceUnavailable:
        return SourceUnavailable(
            f"pool {self.name!r}: no answer from the source, {what}; check its host and network"
        )

    # ---- driver calls, each in a worker thread, and what becomes of them ----

    def _begin(
        self, kind: Kind, session: Session[C], call: Callable[[C, Deadline], object]
    ) -> None:
        def work(deadline: Deadline) -> Session[C]:
            call(session.connection, deadline)
            return session

        deadline = Deadline.after(self.settings.call_timeout)
        self.jobs.start(Job(kind, session, deadline, work))

    def _dial(self, deadline: Deadline) -> Session[C]:
        began = time.monotonic()
        session = Session.opened(self._driver.open(deadline), self.settings)
        with self.lock:
            self.counts["connections_ms"] += 1000 * (time.monotonic() - began)
            self._pause, self._dial_after, self.dial_error = 0.0, NEVER, None
        return session

    def _close(self, connection: C, _: Deadline) -> None:
        self._driver.close(connection)

    def _bury(self, session: Session[C]) -> None:
        """Close a session that is no longer counted: dead, or too late."""
        with self.lock:
            self._begin("bury", session, self._close)

    def _finish(self, job: Job[C], session: Session[C] | None, error: BaseException | None) -> None:
        if job.kind in {"close", "bury"}:
            self.counts["connections_closed"] += 1
        elif session is None:
            self._dial_failed(error or self._silence("a dial came to nothing"))
        elif error is not None:
            if job.kind == "ping":
                self._ping_failed(session, error)
            self._lose(session)
            self._bury(session)
        elif job.kind == "reset":
            self._put_back(session)  # a reset may be done without asking the source
        else:
            self._judge(None)
            session.proved_at = time.monotonic()
            self._put_back(session, checked=True)
        self.serve()
        if self.closed:
            self.changed.set()

    def _dial_failed(self, error: BaseException) -> None:
        self.counts["connections_errors"] += 1
        self.dial_error = error
        if isinstance(error, LoginRefused):
            self.refusal = error
        if self.waiters and (self.refusal or not self._is_alive()):
            self.fail_all(error)
        else:  # no client will tell of it
            self._notes.append(("dial failed", {"error": str(error)}))
        self._judge(error)
        self._pause = min(max(2 * self._pause, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        self._dial_after = time.monotonic() + self._pause

    def _ping_failed(self, session: Session[C], error: BaseException) -> None:
        if session.proved_at > self._lost_at:  # else no news: many die of one restart
            self._judge(error)

    def _judge(self, error: BaseException | None) -> None:
        """Tell the breaker of a dial or ping; nobody waits for a source that is left alone."""
        self.breaker.settle(error)
        if refusal := self.breaker.refusal():
            self.fail_all(refusal)

    def _abandon(self, job: Job[C]) -> None:
        self.jobs.abandon(job)
        self._notes.append(("driver call abandoned", {"call": job.kind}))
        if job.session is None:
            seconds = self.settings.connect_timeout
            self._dial_failed(self._silence(f"a dial was abandoned after {seconds:g} s"))
        elif job.kind in {"ping", "reset"}:
            if job.kind == "ping":
                seconds = self.settings.call_timeout
                silence = self._silence(f"a ping was abandoned after {seconds:g} s")
                self._ping_failed(job.session, silence)
            self._lose(job.session)

    # ---- the housekeeper's thread ----

    def _keep_house(self) -> None:
        stopping = False
        while not stopping or self.lent:
            try:
                returned = self.returns.get(timeout=HOUSEKEEPING_SECONDS)
            except Empty:
                returned = None
            else:
                stopping = stopping or returned is None
            with self.lock:
                if returned is not None and returned[0] in self.lent:
                    self.take_back(*returned, fatal=False)
            self._inspect()

    def _inspect(self) -> None:
        with self.lock:
            for job in self.jobs.overdue():
                self._abandon(job)
            for session in list(self.idle):
                self._inspect_idle(session)
            self._note_leaks()
            self.serve()
        while self._notes:  # outside the lock: a log may block
            event, details = self._notes.popleft()
            _log.warning(event, pool=self.name, **details)
        self.breaker.log_changes()

    def _inspect_idle(self, session: Session[C]) -> None:
        now = time.monotonic()
        unused = now - session.since >= self.settings.max_idle
        spare = len(self.idle) + len(self.lent) > self.settings.min_size
        if now >= session.expires_at or (unused and spare):
            self.idle.remove(session)
            self.retire(session)
        elif now - max(session.since, session.proved_at) >= self.settings.keepalive:
            self.idle.remove(session)
            self._begin("ping", session, self._driver.ping)

    def _note_leaks(self) -> None:
        limit = self.settings.leak_warning
        for session in self.lent:
            seconds = time.monotonic() - session.since
            if limit is not None and seconds >= limit and not session.warned:
                session.warned = True
                borrower = session.borrower.name if session.borrower else ""
                details = {"borrower": borrower, "stack": format_stack(session.stack)}
                self._notes.append(("session not returned", {"seconds": seconds, **details}))
