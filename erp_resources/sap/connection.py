"""Checks, limits, mends and closes connections to an SAP system: one thread at a time in each.

How they are opened is in ``dialing.py``, and what errors mean in ``error_codes.py``; which
functions are called is not known here.
"""

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from erp_resources.deadline import Deadline
from erp_resources.errors import ConnectionLost, DeadlineExceeded
from erp_resources.retry import retrying
from erp_resources.sap.dialing import Dialer, hang_up
from erp_resources.sap.drivers import Connection, Package
from erp_resources.sap.error_codes import translating
from erp_resources.workers import call_within
from erp_rfc import Cut, Function, RfcError

T = TypeVar("T")

ROLLBACK = "BAPI_TRANSACTION_ROLLBACK"
LOGOFF_SECONDS = 2.0


@dataclass(frozen=True)
class Interfaces:
    """The interfaces of functions as one connector found them, each at its first use.

    The SDK keeps them by system ID until the process ends, and would read a function that a
    transport has changed by its old one. Two threads may ask for one at once: calls that are under
    way keep the interface that they began with.
    """

    _known: dict[str, Function] = field(default_factory=dict, repr=False)

    def of(self, function: str, connection: Connection) -> Function:
        """The interface of a function; the SDK forgets what it knew before it is asked."""
        if function not in self._known:
            connection.forget(function)
            self._known[function] = connection.describe(function)
        return self._known[function]


@dataclass
class SapSession:
    """One connection of the pool.

    Attributes:
        system: key of the system, which begins messages.
        redial: opens another connection.
        call_timeout: most seconds for one call.
        interfaces: of the functions that the connector has used.
        is_changed: whether a called function may have left changes uncommitted.
    """

    connection: Connection
    system: str
    redial: Callable[[], Connection] = field(repr=False)
    call_timeout: float = 300.0
    interfaces: Interfaces = field(default_factory=Interfaces)
    is_changed: bool = False

    def describe(self, function: str) -> Function:
        """The interface of a function, asked for once in a connector."""
        with self.watched(f"function {function!r}"):
            return self.interfaces.of(function, self.connection)

    def call(
        self,
        function: str,
        parameters: Mapping[str, object],
        wanted: Sequence[str] | None = None,
        about: str | None = None,
    ) -> dict[str, object]:
        """Call a function; its outputs as plain values."""
        with self.using(function, about or f"function {function!r}"):
            return self.connection.call(function, parameters, wanted=wanted)

    def read_lines(
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut],
        *,
        delimiter: str,
        about: str,
    ) -> Package:
        """Call a function that returns lines of text; FIELDS comes back with them."""
        with self.using(function, about):
            return self.connection.read_lines(
                function, parameters, table, columns, delimiter=delimiter, tables=("FIELDS",)
            )

    def read_table(
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut] | None,
        about: str,
    ) -> Package:
        """Call a function that returns typed rows."""
        with self.using(function, about):
            return self.connection.read_table(function, parameters, table, columns)

    def patiently(self, ask: Callable[[], T], about: str) -> T:
        """What ``ask`` finds by calls of this session that change nothing; tried again if it fails.

        Each attempt has a connection that lives: another one where the call before ended it.

        Raises:
            TransientError: all attempts failed; it is given up.
        """
        each_has_its_own = Deadline.after(math.inf)
        for attempt in retrying(each_has_its_own, system=self.system, about=about):
            with attempt:
                self.mend()
                return ask()
        raise AssertionError  # retrying raises the last error

    def mend(self) -> None:
        """Go on with another connection if a call has ended this one.

        So does any short dump, and to call a function without S_RFC is one.

        Raises:
            SourceUnavailable: there is no other one.
            LoginRefused: nor will there be.
        """
        if not self.connection.is_valid():
            hang_up(self.connection)
            self.connection = self.redial()

    @contextmanager
    def using(self, function: str, about: str) -> Iterator[None]:
        """``watched``, with a function's interface asked for if this is its first use."""
        with self.watched(about):
            self.interfaces.of(function, self.connection)
            yield

    @contextmanager
    def watched(self, about: str, deadline: Deadline | None = None) -> Iterator[None]:
        """Cancel what runs in the block at its deadline; errors leave it as ours.

        A connection that was cancelled is closed, also if the call ended at the same time.

        Raises:
            ConnectionLost: the connection is dead already.
            DeadlineExceeded: the call was cancelled, and the connection with it.
        """
        connection = self.connection
        if not connection.is_valid():
            raise ConnectionLost(f"{self.system}: connection is closed; read again on a new one")
        seconds = self.call_timeout if deadline is None else deadline.remaining()
        expired = threading.Event()
        watchdog = threading.Timer(seconds, _cancel, (connection, expired))
        watchdog.daemon = True
        watchdog.start()
        try:
            with translating(self.system, about=about):
                yield
        except (ConnectionLost, DeadlineExceeded) as error:
            if not expired.is_set():
                raise
            raise DeadlineExceeded(
                f"{self.system}: {about}: no answer within {seconds:.1f} s; read in smaller pages, "
                "or raise the call timeout",
                code=error.code,
            ) from error.__cause__
        finally:
            watchdog.cancel()
            watchdog.join()  # else it could still cancel the next call
            if expired.is_set():
                hang_up(connection)


def _cancel(connection: Connection, expired: threading.Event) -> None:
    expired.set()
    with suppress(RfcError):  # the call ended by itself a moment ago
        connection.cancel()


def connect(
    dialer: Dialer, call_timeout: float, interfaces: Interfaces, deadline: Deadline
) -> SapSession:
    """Log on by ``deadline``, or give up on it.

    A pool takes it as ``open=partial(connect, dialer, call_timeout, interfaces)``.

    Raises:
        SourceUnavailable: refused, or no answer in time.
        LoginRefused: client, user or credential is wrong; not to be tried again.
    """
    system = dialer.params.system
    return SapSession(dialer.dial(deadline), system, dialer.redial, call_timeout, interfaces)


def ping(session: SapSession, deadline: Deadline) -> None:
    """Make one round trip; any error means that the connection is useless."""
    with session.watched("ping", deadline):
        session.connection.ping()


def reset(session: SapSession, deadline: Deadline) -> None:
    """Undo what a client left uncommitted; a connection that died raises ``ConnectionLost``."""
    if session.connection.is_valid() and not session.is_changed:
        return
    with session.watched("rollback", deadline):
        session.connection.call(ROLLBACK, {})
    session.is_changed = False


def close(session: SapSession) -> None:
    """Close a connection, dead or alive; a silent server is waited for 2 s at most."""
    with suppress(DeadlineExceeded):
        call_within(
            Deadline.after(LOGOFF_SECONDS),
            partial(hang_up, session.connection),
            what=f"{session.system}: log-off",
        )
