"""What all sessions of one server share, and what a server knows of each session."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import Faults, InjectedError, Point
from erp_resources.sandbox.sqlserver.login import Passwords
from erp_resources.sandbox.sqlserver.prelogin import Encrypt
from erp_resources.sandbox.sqlserver.tls import Tls
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlSession

_SEVERITIES = {
    229: 14,  # permission denied
    596: 21,  # the session is in the kill state
    601: 12,  # a scan without locks lost its place
    701: 17,  # not enough memory
    823: 24,  # a read failed
    824: 24,  # a page is damaged
    1105: 17,  # a filegroup is full
    1205: 13,  # deadlock victim
    4060: 11,  # no such database
    9002: 17,  # the transaction log is full
    18456: 14,  # login failed
}
_SEVERITY = 16


@dataclass(frozen=True)
class Service:
    """What all sessions of a server share."""

    open_session: Callable[[str, str], SqlSession]
    passwords: Passwords
    encrypt: Encrypt
    tls: Tls | None
    faults: Faults
    counters: Counters
    stopping: threading.Event

    def check_fault(self, point: Point, rows_sent: int = 0) -> None:
        """Do what is armed for ``point``; see ``Faults.check``.

        Raises:
            SqlServerError: by an armed error, with the severity that its number has.
        """
        try:
            self.faults.check(point, rows_sent, self.stopping)
        except InjectedError as error:
            severity = _SEVERITIES.get(error.code, _SEVERITY)
            raise SqlServerError(error.code, error.text, severity=severity) from error


@dataclass
class SessionInfo:
    """What a database administrator would see of a session (sys.dm_exec_sessions)."""

    id: int
    user: str = ""
    database: str = ""
    host: str = ""
    program: str = ""
    library: str = ""
    is_encrypted: bool = False
