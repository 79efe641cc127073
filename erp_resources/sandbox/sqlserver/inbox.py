"""Reads a client's messages in a thread of its own, to see an attention while a statement runs."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from erp_resources.sandbox.sqlserver.codes import PacketType
from erp_resources.sandbox.sqlserver.primitives import ProtocolError
from erp_resources.sandbox.sqlserver.transport import DisconnectedError, Message, Transport

_REPEAT_INTERRUPT_SECONDS = 0.05
_MESSAGES_AHEAD = 64


class CancelledError(Exception):
    """The client does not want the rest of the answer any more, or is gone."""


class Inbox:
    """The messages of one client in order; whoever takes one answers it before the next."""

    def __init__(self, transport: Transport, interrupt: Callable[[], None], name: str) -> None:
        """Read from ``transport``; call ``interrupt`` when what runs is to end."""
        self._transport = transport
        self._interrupt = interrupt
        self._messages: queue.Queue[Message | Exception] = queue.Queue(_MESSAGES_AHEAD)
        self._lock = threading.Lock()
        self._attentions = 0
        self._is_running = False
        self._idle = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self._read, name=name, daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def next(self) -> Message:
        """The next message, waiting for it.

        Raises:
            DisconnectedError: the connection has ended.
            ProtocolError: what came is no message.
        """
        item = self._messages.get()
        if isinstance(item, Exception):
            raise item
        return item

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let an attention interrupt what is done inside.

        Raises:
            CancelledError: there is an attention already.
        """
        with self._lock:
            self._raise_if_cancelled()
            self._is_running = True
        try:
            yield
        finally:
            with self._idle:
                self._is_running = False
                self._idle.notify_all()

    def check(self) -> None:
        """Go on only if there is no attention.

        Raises:
            CancelledError: there is one.
        """
        with self._lock:
            self._raise_if_cancelled()

    def _raise_if_cancelled(self) -> None:
        if self._attentions:
            raise CancelledError

    def answered_attention(self) -> None:
        """The attention that ``next`` returned is answered."""
        with self._lock:
            self._attentions -= 1

    def close(self) -> None:
        """Wait for the thread, once the connection is cut."""
        while self._thread.is_alive():
            self._drain()
            self._thread.join(_REPEAT_INTERRUPT_SECONDS)

    def _drain(self) -> None:
        """Make room, lest the thread wait for somebody to take a message."""
        while not self._messages.empty():
            self._messages.get_nowait()

    def _read(self) -> None:
        try:
            while True:
                message = self._transport.read_message()
                if message.type == PacketType.ATTENTION:
                    self._stop_running()
                self._messages.put(message)
        except (DisconnectedError, ProtocolError) as end:
            self._stop_running()
            self._messages.put(end)

    def _stop_running(self) -> None:
        """Note the attention; interrupt again and again, as a statement may not have begun yet."""
        with self._idle:
            self._attentions += 1
            while self._is_running:
                self._interrupt()
                self._idle.wait(_REPEAT_INTERRUPT_SECONDS)
