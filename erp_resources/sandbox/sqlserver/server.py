"""The SQL Server listener: settings of a server, and its sessions as an administrator sees them."""

import socket
from collections.abc import Callable, Mapping

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.listener import Listener
from erp_resources.sandbox.sqlserver.login import Passwords
from erp_resources.sandbox.sqlserver.prelogin import Encrypt
from erp_resources.sandbox.sqlserver.service import Service, SessionInfo
from erp_resources.sandbox.sqlserver.session import Session
from erp_resources.sandbox.sqlserver.tls import Tls
from erp_resources.sandbox.sqlserver.transport import Transport
from erp_resources.sandbox.sqlserver.types import SqlSession

_FIRST_SESSION_ID = 51
_SEND_BUFFER = 1 << 20


class SqlServer(Listener[Session]):
    """A SQL Server as far as an ODBC driver can tell.

    >>> with SqlServer(engine.session, {"reader": password}) as server:
    ...     pyodbc.connect(f"Driver=...;Server=127.0.0.1,{server.port};UID=reader;...")
    """

    def __init__(  # noqa: PLR0913 - the settings of a server, all but two by keyword
        self,
        open_session: Callable[[str, str], SqlSession],
        passwords: Mapping[str, str],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        counters: Counters | None = None,
        tls: Tls | None = None,
        encrypt: Encrypt = "optional",
    ) -> None:
        """Prepare a server; ``start`` or ``with`` lets clients in.

        Args:
            open_session: makes the engine's session for a user and the database that it wants,
                which is empty for the user's default; error 4060 if there is none of that name.
            passwords: passwords by user name, of which the case does not matter.
            host: address to listen on.
            port: port to listen on; 0 takes a free one.
            faults: faults that tests arm.
            counters: where to count; an own one unless given.
            tls: certificate and key; without one nothing can be encrypted.
            encrypt: whether clients cannot, may or must encrypt everything.

        Raises:
            ValueError: encryption is required, but there is no certificate.
        """
        if encrypt == "required" and tls is None:
            raise ValueError("encryption cannot be required without a certificate")
        super().__init__("tds", (host, port), _FIRST_SESSION_ID, faults, counters)
        self._service = Service(
            open_session=open_session,
            passwords=Passwords(passwords),
            encrypt=encrypt if tls is not None else "off",
            tls=None if encrypt == "off" else tls,
            faults=self.faults,
            counters=self.counters,
            stopping=self._stopping,
        )

    @property
    def sessions(self) -> list[SessionInfo]:
        """The sessions that are connected now."""
        return [session.info for session in self._open_sessions()]

    def _open_session(self, connection: socket.socket, session_id: int) -> Session:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        return Session(Transport(connection, session_id), self._service, session_id)
