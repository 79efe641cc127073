"""Lets clients in and gives each a session in a thread of its own; the same for every protocol.

What is said on a connection belongs to the protocol's session.
"""

import itertools
import socket
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import Faults


class ClientSession(Protocol):
    """One client's connection, as the listener sees it."""

    def run(self) -> None:
        """Serve until the client leaves, the server stops or a fault ends it."""
        ...

    def kill(self) -> None:
        """Cut the connection, from any thread."""
        ...


S = TypeVar("S", bound=ClientSession)


class Listener(ABC, Generic[S]):
    """The part of a server that accepts connections; use it as a context manager.

    Attributes:
        counters: what clients asked for; the listener itself counts ``connections``.
        faults: what tests arm to make the server misbehave.
    """

    def __init__(
        self,
        name: str,
        address: tuple[str, int],
        first_session_id: int,
        faults: Faults | None,
        counters: Counters | None = None,
    ) -> None:
        """Prepare to listen; ``start`` or ``with`` lets clients in.

        Args:
            name: of the protocol, for the names of threads.
            address: host and port; port 0 takes a free one.
            first_session_id: the number of the first session.
            faults: faults that tests arm.
            counters: where to count; an own one unless given.
        """
        self.counters = counters or Counters()
        self.faults = faults or Faults()
        self._name = name
        self._address = address
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads: dict[int, tuple[S, threading.Thread]] = {}
        self._ids = itertools.count(first_session_id)
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None

    @abstractmethod
    def _open_session(self, connection: socket.socket, session_id: int) -> S:
        """The protocol's session on a connection that was just accepted."""

    @property
    def port(self) -> int:
        """The port that the server listens on, once it is started."""
        if self._listener is None:
            return self._address[1]
        port: int = self._listener.getsockname()[1]
        return port

    def start(self) -> Self:
        """Listen, and serve in threads of the server's own."""
        self._listener = socket.create_server(self._address, backlog=128)
        self._acceptor = threading.Thread(
            target=self._accept, args=(self._listener,), name=f"{self._name}-listener", daemon=True
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
        with self._lock:  # before the first of them ends and is no longer known
            threads = [thread for _, thread in self._threads.values()]
        self.drop_sessions()
        for thread in threads:
            thread.join()
        if self._listener is not None:
            self._listener.close()

    def drop_sessions(self) -> None:
        """Cut all connections without a word, as a crash of the database would."""
        for session in self._open_sessions():
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

    def _open_sessions(self) -> list[S]:
        """The sessions that are connected now."""
        with self._lock:
            return [session for session, _ in self._threads.values()]

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
        session_id = next(self._ids)
        session = self._open_session(connection, session_id)
        name = f"{self._name}-session-{session_id}"
        thread = threading.Thread(
            target=self._serve, args=(session, session_id), name=name, daemon=True
        )
        self.counters.add("connections")
        with self._lock:
            self._threads[session_id] = (session, thread)
        thread.start()

    def _serve(self, session: S, session_id: int) -> None:
        try:
            session.run()
        finally:
            with self._lock:
                del self._threads[session_id]
