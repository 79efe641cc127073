"""Opens, checks, limits and closes connections to an SAP system: one thread at a time in each.

What errors mean is in ``error_codes.py``; which functions are called is not known here.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from erp_resources.deadline import Deadline
from erp_resources.errors import ConnectionLost, DeadlineExceeded, SourceUnavailable
from erp_resources.retry import ATTEMPTS, LONGEST_DELAY_SECONDS, retrying
from erp_resources.sap.drivers import Connection, Driver, Package
from erp_resources.sap.error_codes import translating
from erp_resources.sap.parameters import LogonParams
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
        dial: opens another connection by a deadline.
        call_timeout: most seconds for one call.
        interfaces: of the functions that the connector has used.
        is_changed: whether a called function may have left changes uncommitted.
    """

    connection: Connection
    system: str
    dial: Callable[[Deadline], Connection] = field(repr=False)
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
        deadline = Deadline.after(ATTEMPTS * (self.call_timeout + LONGEST_DELAY_SECONDS))
        for attempt in retrying(deadline, system=self.system, about=about):
            with attempt:
                self.mend()
                return ask()
        raise AssertionError  # retrying raises the last error

    def mend(self) -> None:
        """Go on with another connection if a call has ended this one.

        So does any short dump, and to call a function without S_RFC is one.
        """
        if not self.connection.is_valid():
            self.connection = self.dial(Deadline.after(self.call_timeout))

    @contextmanager
    def using(self, function: str, about: str) -> Iterator[None]:
        """``watched``, with a function's interface asked for if this is its first use."""
        with self.watched(about):
            self.interfaces.of(function, self.connection)
            yield

    @contextmanager
    def watched(self, about: str, deadline: Deadline | None = None) -> Iterator[None]:
        """Cancel what runs in the block at its deadline; errors leave it as ours.

        Raises:
            ConnectionLost: the connection is dead already.
            DeadlineExceeded: the call was cancelled, and the connection with it.
        """
        if not self.connection.is_valid():
            raise ConnectionLost(f"{self.system}: connection is closed; read again on a new one")
        seconds = self.call_timeout if deadline is None else deadline.remaining()
        expired = threading.Event()
        watchdog = threading.Timer(seconds, self._cancel, (expired,))
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

    def _cancel(self, expired: threading.Event) -> None:
        expired.set()
        with suppress(RfcError):  # it ended by itself a moment ago
            self.connection.cancel()


def connect(
    driver: Driver,
    params: LogonParams,
    call_timeout: float,
    interfaces: Interfaces,
    deadline: Deadline,
) -> SapSession:
    """Log on by ``deadline``, or give up on it.

    A pool takes it as ``open=partial(connect, driver, params, call_timeout, interfaces)``.

    Raises:
        SourceUnavailable: refused, or no answer in time.
        LoginRefused: client, user or credential is wrong; not to be tried again.
    """
    dial = partial(_dialed, driver, params)
    return SapSession(dial(deadline), params.system, dial, call_timeout, interfaces)


def _dialed(driver: Driver, params: LogonParams, deadline: Deadline) -> Connection:
    what = f"{params.system}: {params.address}"
    if deadline.expired:
        raise SourceUnavailable(f"{what} was not dialed: no time was left; raise the timeout")
    dial = partial(driver.connect, params.values)
    try:
        with translating(params.system, about=params.address, connecting=True):
            return call_within(deadline, dial, what=what, dispose=_hang_up)
    except DeadlineExceeded as error:
        raise SourceUnavailable(f"{error}; check host, gateway and SAProuter") from error


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
            partial(_hang_up, session.connection),
            what=f"{session.system}: log-off",
        )


def _hang_up(connection: Connection) -> None:
    with suppress(RfcError):  # it was dead: that is what was wanted
        connection.close()
