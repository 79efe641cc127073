"""The Oracle listener: settings of a server, and its sessions as an administrator sees them."""

import socket
from collections.abc import Callable, Mapping

from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.listener import Listener
from erp_resources.sandbox.oracle.logon import Verifier
from erp_resources.sandbox.oracle.profiles import PROFILES
from erp_resources.sandbox.oracle.service import Service, SessionInfo
from erp_resources.sandbox.oracle.session import Session
from erp_resources.sandbox.oracle.transport import Transport
from erp_resources.sandbox.oracle.types import SqlSession

_FIRST_SESSION_ID = 101


class OracleServer(Listener[Session]):
    """An Oracle database as far as the thin driver can tell.

    >>> with OracleServer(engine.session, {"APPS": password}) as server:
    ...     oracledb.connect(user="APPS", password=password, dsn=f"127.0.0.1:{server.port}/EBS")
    """

    def __init__(  # noqa: PLR0913 - the settings of a server, all but two by keyword
        self,
        open_session: Callable[[str], SqlSession],
        users: Mapping[str, str],
        *,
        service: str = "EBS",
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        profile: str = "19c",
    ) -> None:
        """Prepare a server; ``start`` or ``with`` lets clients in.

        Args:
            open_session: makes the engine's session for a user that has logged on.
            users: passwords by user name; names are in capitals unless they were quoted.
            service: the service name, which is also the SID.
            host: address to listen on.
            port: port to listen on; 0 takes a free one.
            faults: faults that tests arm.
            profile: ``19c`` or ``23ai``: which release's protocol is spoken.
        """
        super().__init__("oracle", (host, port), _FIRST_SESSION_ID, faults)
        self._service = Service(
            name=service,
            profile=PROFILES[profile],
            open_session=open_session,
            verifiers={user: Verifier.of(password) for user, password in users.items()},
            decoy=Verifier.of(""),
            faults=self.faults,
            counters=self.counters,
            stopping=self._stopping,
        )

    @property
    def sessions(self) -> list[SessionInfo]:
        """The sessions that are connected now."""
        return [session.info for session in self._open_sessions()]

    def _open_session(self, connection: socket.socket, session_id: int) -> Session:
        return Session(Transport(connection), self._service, session_id)
