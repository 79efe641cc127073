"""The SAP gateway: settings of a server, and its sessions as an administrator sees them."""

import errno
import random
import socket
from collections.abc import Callable, Mapping
from typing import Self

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.listener import Listener
from erp_resources.sandbox.sap.conversation import Conversation
from erp_resources.sandbox.sap.kept_answers import KeptAnswers
from erp_resources.sandbox.sap.protocol import FIRST_PORT
from erp_resources.sandbox.sap.service import Service, SessionInfo
from erp_resources.sandbox.sap.session import Session
from erp_resources.sandbox.sap.transport import Transport
from erp_resources.sandbox.sap.users import Passwords

_FIRST_SESSION_ID = 1
_SYSTEM_NUMBERS = 100


class SapServer(Listener[Session]):
    """An SAP application server, as far as a client of the stand-in SDK can tell.

    >>> with SapServer(engine.log_on, {"ERP_READER": password}) as server:
    ...     library.connect({"ASHOST": "127.0.0.1", "SYSNR": server.system_number, ...})
    """

    def __init__(  # noqa: PLR0913 - the settings of a server, all but two by keyword
        self,
        log_on: Callable[[str, str, str], Conversation],
        passwords: Mapping[str, str],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        counters: Counters | None = None,
        keep_bytes: int = 0,
    ) -> None:
        """Prepare a server; ``start`` or ``with`` lets clients in.

        Args:
            log_on: makes the engine's conversation of user, client and language.
            passwords: by user name.
            host: address to listen on.
            port: port to listen on, 3300 + system number; 0 takes a free one of the hundred.
            faults: faults that tests arm.
            counters: where to count; an own one unless given.
            keep_bytes: how much of what was read to keep, for the same question again.

        Raises:
            ValueError: the port is of no system number.
        """
        if port and not FIRST_PORT <= port < FIRST_PORT + _SYSTEM_NUMBERS:
            raise ValueError(f"port {port} is of no system number; they begin at {FIRST_PORT}")
        super().__init__("sap", (host, port), _FIRST_SESSION_ID, faults, counters)
        self._service = Service(
            log_on=log_on,
            passwords=Passwords(passwords),
            faults=self.faults,
            counters=self.counters,
            kept=KeptAnswers(keep_bytes),
            stopping=self._stopping,
        )

    @property
    def system_number(self) -> str:
        """SYSNR, once the server is started: two digits."""
        return f"{self.port - FIRST_PORT:02d}"

    @property
    def sessions(self) -> list[SessionInfo]:
        """The sessions that are connected now."""
        return [session.info for session in self._open_sessions()]

    def start(self) -> Self:
        """Listen, and serve in threads of the server's own.

        Raises:
            OSError: the port is taken, or all of them are.
        """
        host, port = self._address
        if port:
            return super().start()
        ports = list(range(FIRST_PORT, FIRST_PORT + _SYSTEM_NUMBERS))
        random.shuffle(ports)  # servers that start at the same time seldom try the same one
        for candidate in ports:
            self._address = (host, candidate)
            try:
                return super().start()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        raise OSError(errno.EADDRINUSE, "all system numbers are taken")

    def _open_session(self, connection: socket.socket, session_id: int) -> Session:
        return Session(Transport(connection), self._service, session_id, self.port)
