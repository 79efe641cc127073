"""Opens, checks, bounds and closes ODBC sessions: the only place that knows the libraries' traps.

What errors mean is in ``error_codes.py``; statements belong in ``reader.py``.
"""

import functools
import math
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, TypeVar

from erp_resources.deadline import Deadline
from erp_resources.errors import ConnectionLost, DeadlineExceeded, ErpError, SourceUnavailable
from erp_resources.odbc import connection_string
from erp_resources.odbc.dialect import Dialect
from erp_resources.odbc.drivers import load_libraries
from erp_resources.odbc.error_codes import translate
from erp_resources.workers import call_within

if TYPE_CHECKING:
    import arrow_odbc
    import pyodbc

T = TypeVar("T")

PING = "SELECT 1"
DRIVER_SECONDS_EARLIER = 0.5
"""The driver's own timeout comes first, so that it can end the call and keep the session."""


@dataclass(frozen=True)
class ConnectParams:
    """Where to connect, and as whom.

    Attributes:
        attributes: of the connection string, without user and password.
        dialect: of the database there.
        system: the connector's key, which begins messages.
        address: host and TCP port; where given, a refused port is found out at once, which
            Microsoft's driver reports only after the whole timeout.
        outcome: for a driver that takes an error behind rows for their end: a query that, in the
            same batch, tells the error number (0 for none) and the row count of what is read.
    """

    attributes: Mapping[str, str]
    dialect: Dialect
    user: str = ""
    password: str = field(default="", repr=False)
    system: str = "odbc"
    address: tuple[str, int] | None = None
    outcome: str | None = None

    def connection_string(self) -> str:
        """What the driver gets, the password included."""
        account = {"UID": self.user, "PWD": self.password}
        given = {name: value for name, value in account.items() if value}
        return connection_string.write({**self.attributes, **given})

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self.system}: connection parameters hold a password; pass their source")


class OdbcSession:
    """One session of a source, used by one thread at a time.

    Attributes:
        params: what it was opened with.
        in_snapshot: whether it holds a moment open, which ``reset`` ends.
        abandoned: whether a call on it hangs in the driver; then nobody may touch it again.
    """

    def __init__(self, params: ConnectParams, bulk: "arrow_odbc.Connection") -> None:
        self.params = params
        self.in_snapshot = False
        self.abandoned = False
        self._bulk: arrow_odbc.Connection | None = bulk
        self._rows: pyodbc.Connection | None = None

    @property
    def bulk(self) -> "arrow_odbc.Connection":
        """The connection that reads Arrow batches, and on which a moment is held.

        Raises:
            ConnectionLost: the session was closed.
        """
        if self._bulk is None:
            raise ConnectionLost(f"{self.params.system}: the session is closed; read on a new one")
        return self._bulk

    @property
    def rows(self) -> "pyodbc.Connection":
        """A second connection, for catalogue and typed parameters, opened when first wanted."""
        import pyodbc

        if self._rows is None:
            self._rows = pyodbc.connect(self.params.connection_string(), autocommit=True)
        return self._rows

    def limit_rows(self, deadline: Deadline) -> "pyodbc.Connection":
        """``rows``, whose statements end by themselves at ``deadline`` if the driver can do that.

        psqlODBC cannot; then whoever waits gives up, and the statement goes on in the server.
        """
        import pyodbc

        rows = self.rows
        with suppress(pyodbc.Error):
            rows.timeout = query_timeout(deadline)
        return rows

    def close(self) -> None:
        """Close both connections; a connection in which a call hangs is left to that call."""
        import pyodbc

        if self.abandoned:
            return
        rows, self._rows, self._bulk = self._rows, None, None
        if rows is not None:
            with suppress(pyodbc.Error):
                rows.close()

    def __repr__(self) -> str:
        return f"OdbcSession({self.params!r})"


def translated(
    error: Exception, params: ConnectParams, *, table: str | None = None, connecting: bool = False
) -> ErpError:
    """Our error for one of the libraries, with that as its cause.

    Neither keeps a traceback: its frames would hold statements, and with them locks and cursors of
    the server, open for as long as anybody keeps the error.
    """
    ours = translate(
        error,
        params.dialect,
        system=params.system,
        table=table,
        user=params.user or None,
        secret=params.password,
        connecting=connecting,
    )
    if not (params.password and params.password in str(error)):
        ours.__cause__ = error.with_traceback(None)
    return ours


def connect(params: ConnectParams, deadline: Deadline) -> OdbcSession:
    """Open a session by ``deadline``, or give up on it.

    A pool takes it as ``open=partial(connect, params)``, with ``ping``, ``close`` and ``reset``.

    Raises:
        SourceUnavailable: refused, starting, or no answer in time.
        LoginRefused: the credential is wrong, or the account locked.
        SettingsError: no such driver, data source or database.
    """
    load_libraries()
    if deadline.expired:
        raise SourceUnavailable(
            f"{params.system}: nothing was dialed: no time was left; raise the timeout"
        )
    dial = functools.partial(_dial, params, deadline)
    try:
        return call_within(deadline, dial, what=f"{params.system}: connect", dispose=close)
    except DeadlineExceeded as error:
        raise SourceUnavailable(f"{error}; check that the database is up") from error
    except driver_errors() as error:
        raise translated(error, params, connecting=True)  # noqa: B904 - it has its cause


def call(
    session: OdbcSession,
    deadline: Deadline,
    function: Callable[[], T],
    *,
    table: str | None = None,
) -> T:
    """Run ``function``, which uses the session, and give up on both at ``deadline``.

    Args:
        table: what is read, for messages.

    Raises:
        ConnectionLost: an earlier call was given up on.
        DeadlineExceeded: this one is: it hangs in the driver, and the session is lost.
        ErpError: what the driver's error means.
    """
    system = session.params.system
    _expect_usable(session)
    try:
        return call_within(deadline, function, what=f"{system}: {table or 'a call'}")
    except DeadlineExceeded:
        session.abandoned = True
        raise
    except ErpError as error:
        raise error.with_traceback(None)  # noqa: B904 - see ``translated``
    except driver_errors() as error:
        raise translated(error, session.params, table=table)  # noqa: B904 - it has its cause


def driver_errors() -> tuple[type[Exception], ...]:
    """What the two libraries and the sockets raise."""
    import arrow_odbc
    import pyodbc

    return arrow_odbc.Error, pyodbc.Error, OSError


def query_timeout(deadline: Deadline) -> int:
    """Seconds that a driver may take, in the whole numbers that ODBC knows; at least 1."""
    return max(1, math.floor(deadline.remaining() - DRIVER_SECONDS_EARLIER))


def ping(session: OdbcSession, deadline: Deadline) -> None:
    """Make one round trip to the server; any error means that the session is useless."""

    def round_trip() -> None:
        seconds = query_timeout(deadline)
        reader = session.bulk.read_arrow_batches(
            PING, batch_size=1, fetch_concurrently=False, query_timeout_sec=seconds
        )
        for _ in reader:
            pass

    call(session, deadline, round_trip)


def reset(session: OdbcSession, deadline: Deadline) -> None:
    """End the moment that a client held open, if there is one.

    Raises:
        ConnectionLost: a call still hangs in the session, which must be discarded.
    """
    _expect_usable(session)
    snapshot = session.params.dialect.snapshot
    if not session.in_snapshot or snapshot is None:
        return
    for statement in snapshot.end:
        run(session, deadline, statement)
    session.in_snapshot = False


def run(session: OdbcSession, deadline: Deadline, statement: str) -> None:
    """Run a statement without result on the session's bulk connection."""
    seconds = query_timeout(deadline)
    execute = functools.partial(session.bulk.execute, statement, query_timeout_sec=seconds)
    call(session, deadline, execute)


def close(session: OdbcSession) -> None:
    """Close a session, dead or alive."""
    session.close()


def _expect_usable(session: OdbcSession) -> None:
    if session.abandoned:
        raise ConnectionLost(
            f"{session.params.system}: a call hangs in the session; read again on a new one"
        )


def _dial(params: ConnectParams, deadline: Deadline) -> OdbcSession:
    import arrow_odbc

    if params.address is not None:
        with socket.create_connection(params.address, timeout=max(0.05, deadline.remaining())):
            pass
    bulk = arrow_odbc.connect(
        params.connection_string(), login_timeout_sec=math.ceil(deadline.remaining()) or 1
    )
    for statement in params.dialect.session_settings:
        bulk.execute(statement)
    return OdbcSession(params, bulk)
