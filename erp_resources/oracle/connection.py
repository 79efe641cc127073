"""Opens, checks, limits, cancels and closes sessions of Oracle's thin driver.

The only place that knows the driver's traps. What its errors mean is in ``error_codes.py``;
statements belong in ``reader.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn

from erp_resources.deadline import Deadline
from erp_resources.errors import (
    ConnectionLost,
    DeadlineExceeded,
    SettingsError,
    SourceUnavailable,
)
from erp_resources.oracle.error_codes import translate
from erp_resources.workers import call_within

if TYPE_CHECKING:
    from types import ModuleType

    import oracledb

__all__ = [
    "ConnectParams",
    "cancel",
    "close",
    "connect",
    "driver",
    "limit_calls",
    "ping",
    "reset",
    "translate",
    "translating",
]

LOGOFF_SECONDS = 1.0  # and as long again for a silent server
LONGEST_CALL_MS = 2**31 - 1
KEEPALIVE_MINUTES = 1  # the kernel then ends a call whose host has vanished
SHORTEST_DIAL_SECONDS = 0.05


@dataclass(frozen=True)
class ConnectParams:
    """Where to connect, and as whom; ``system`` is the connector's key in messages."""

    host: str
    service: str
    user: str
    password: str = field(repr=False)
    port: int = 1521
    protocol: Literal["tcp", "tcps"] = "tcp"
    wallet: str | None = None
    system: str = "oracle"

    @property
    def address(self) -> str:
        """Host, port and service as a person writes them."""
        return f"{self.host}:{self.port}/{self.service}"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self.system}: connection parameters hold a password; pass their source")


@functools.cache
def driver() -> ModuleType:
    """Return the ``oracledb`` module, switched to thin mode for good.

    Raises:
        SettingsError: The driver is not installed, or was switched to thick mode before.
    """
    try:
        import oracledb
    except ImportError as error:
        raise SettingsError(
            "oracle: the driver is missing; install erp-assets with the extra 'oracle'"
        ) from error
    try:
        # Until the mode is set, a first connect to a silent host blocks those to all others.
        oracledb.enable_thin_mode()  # type: ignore[no-untyped-call]  # not annotated
    except oracledb.Error as error:
        raise SettingsError(
            "oracle: the driver is in thick mode; remove init_oracle_client from this process"
        ) from error
    return oracledb


@contextmanager
def translating(
    system: str, *, table: str | None = None, user: str | None = None
) -> Iterator[None]:
    """Turn the driver's errors in the block into ours, each with its cause."""
    try:
        yield
    except (driver().Error, OSError) as error:
        raise translate(error, system=system, table=table, user=user) from error


def connect(params: ConnectParams, deadline: Deadline) -> oracledb.Connection:
    """Open a session by ``deadline``, or give up on it.

    A pool takes it as ``open=partial(connect, params)``, with ``ping``, ``close`` and ``reset``.

    Raises:
        SourceUnavailable: Refused, starting, or no answer in time.
        LoginRefused: The credential is wrong, or the account locked.
        SettingsError: Service, certificate or host name cannot be right.
    """
    what = f"{params.system}: {params.address}"
    if deadline.expired:
        raise SourceUnavailable(f"{what} was not dialed: no time was left; raise the timeout")
    dial = functools.partial(_dial, params, deadline)
    try:
        with translating(what, user=params.user):
            # Oracle's connect has no limit after TCP: a silent listener holds it for ever.
            return call_within(deadline, dial, what=what, dispose=close)
    except DeadlineExceeded as error:
        raise SourceUnavailable(f"{error}; check that listener and database are up") from error


def _dial(params: ConnectParams, deadline: Deadline) -> oracledb.Connection:
    connection: oracledb.Connection = driver().connect(
        user=params.user,
        password=params.password,
        host=params.host,
        port=params.port,
        service_name=params.service,
        protocol=params.protocol,
        wallet_location=params.wallet,
        tcp_connect_timeout=max(SHORTEST_DIAL_SECONDS, deadline.remaining()),
        expire_time=KEEPALIVE_MINUTES,
        retry_count=0,
    )
    return connection


def limit_calls(connection: oracledb.Connection, deadline: Deadline) -> None:
    """End each further round trip that lasts as long as is left now; set it before every call.

    A server that does not even confirm the cancel can hold the call for as long again.

    Raises:
        ConnectionLost: The session is closed.
        DeadlineExceeded: No time is left.
    """
    if not connection.is_healthy():
        # Setting call_timeout now would end the interpreter (SIGSEGV in oracledb 26.1).
        raise ConnectionLost("oracle: the session is closed; read again on a new one")
    milliseconds = int(deadline.remaining() * 1000)
    if milliseconds <= 0:
        raise DeadlineExceeded("oracle: no time is left for the call; raise the timeout")
    connection.call_timeout = min(milliseconds, LONGEST_CALL_MS)


def ping(connection: oracledb.Connection, deadline: Deadline) -> None:
    """Make one round trip to the server; any error means that the session is useless."""
    limit_calls(connection, deadline)
    with translating("oracle"):
        connection.ping()


def reset(connection: oracledb.Connection, deadline: Deadline) -> None:
    """End the transaction that a client left open, if there is one."""
    if connection.is_healthy() and not connection.transaction_in_progress:
        return
    limit_calls(connection, deadline)
    with translating("oracle"):
        connection.rollback()


def close(connection: oracledb.Connection) -> None:
    """Close a session, dead or alive; the log-off takes 2 s at most."""
    with suppress(driver().Error, OSError, ConnectionLost):
        limit_calls(connection, Deadline.after(LOGOFF_SECONDS))
    with suppress(driver().Error, OSError):
        connection.close()


def cancel(connection: oracledb.Connection) -> None:
    """Stop what another thread runs on ``connection``; it fails there with ORA-01013."""
    with suppress(driver().Error, OSError):
        if connection.is_healthy():
            connection.cancel()
