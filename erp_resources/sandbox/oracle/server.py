"""The listener: accepts connections and gives each a session in a thread of its own."""

import itertools
import socket
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.logon import Verifier
from erp_resources.sandbox.oracle.profiles import PROFILES
from erp_resources.sandbox.oracle.service import Service, SessionInfo
from erp_resources.sandbox.oracle.session import Session
from erp_resources.sandbox.oracle.transport import Transport
from erp_resources.sandbox.oracle.types import SqlSession

_FIRST_SESSION_ID = 101


class OracleServer:
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
        self.counters = Counters()
        self.faults = faults or Faults()
        self._address = (host, port)
        self._stopping = threading.Event()
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
        self._lock = threading.Lock()
        self._sessions: dict[int, tuple[Session, threading.Thread]] = {}
        self._ids = itertools.count(_FIRST_SESSION_ID)
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that the server listens on, once it is started."""
        if self._listener is None:
            return self._address[1]
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def sessions(self) -> list[SessionInfo]:
        """The sessions that are connected now."""
        with self._lock:
            return [session.info for session, _ in self._sessions.values()]

    def start(self) -> Self:
        """Listen, and serve in threads of the server's own."""
        self._listener = socket.create_server(self._address, backlog=128)
        self._acceptor = threading.Thread(
            target=self._accept, args=(self._listener,), name="oracle-listener", daemon=True
        )
        self._acceptor.start()
        return self

    def stop(self) -> None:
        """Let nobody in any more, cut all sessions and wait for their threads to end."""
        self._stopping.set()
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
        if self._acceptor is not None:
            self._acceptor.join()
        self.drop_sessions()
        with self._lock:
            threads = [thread for _, thread in self._sessions.values()]
        for thread in threads:
            thread.join()
        if self._listener is not None:
            self._listener.close()

    def drop_sessions(self) -> None:
        """Cut all connections without a word, as a crash of the database would."""
        with self._lock:
            sessions = [session for session, _ in self._sessions.values()]
        for session in sessions:
            session.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # stopped
            self._begin(connection)

    def _begin(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        session = Session(Transport(connection), self._service, next(self._ids))
        name = f"oracle-session-{session.info.id}"
        thread = threading.Thread(target=self._serve, args=(session,), name=name, daemon=True)
        self.counters.add("connections")
        with self._lock:
            self._sessions[session.info.id] = (session, thread)
        thread.start()

    def _serve(self, session: Session) -> None:
        try:
            session.run()
        finally:
            with self._lock:
                del self._sessions[session.info.id]
