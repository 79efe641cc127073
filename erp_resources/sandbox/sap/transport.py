"""Frames of ``protocol`` on a socket. Knows nothing of what they say."""

import contextlib
import select
import socket
import struct
from collections.abc import Iterable

from erp_resources.sandbox.sap.protocol import Message
from erp_resources.sandbox.sap.wire import Buffer, ProtocolError

_HEAD = struct.Struct("<IB")
_LARGEST_REQUEST = 1 << 28


class DisconnectedError(Exception):
    """The client is gone, or has to go."""


class Transport:
    """One client's connection, for one thread but for ``kill``.

    What reads or writes raises ``DisconnectedError`` when the connection has ended.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def kill(self) -> None:
        """Cut the connection from any thread; the session notices at its next read or write."""
        with contextlib.suppress(OSError):  # the client was faster
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the socket."""
        self._socket.close()

    def read(self) -> tuple[Message, bytearray]:
        """The next request and its payload.

        Raises:
            ProtocolError: for a frame that is none.
        """
        length, number = _HEAD.unpack(self._receive(_HEAD.size))
        if not 0 < length <= _LARGEST_REQUEST:
            raise ProtocolError(f"a frame of {length} bytes")
        try:
            message = Message(number)
        except ValueError as error:
            raise ProtocolError(f"no message has the number {number}") from error
        return message, self._receive(length - 1)

    def _receive(self, size: int) -> bytearray:
        received = bytearray(size)
        view = memoryview(received)
        while view:
            try:
                count = self._socket.recv_into(view)
            except OSError as error:
                raise DisconnectedError from error
            if not count:
                raise DisconnectedError
            view = view[count:]
        return received

    def write(self, message: Message, parts: Iterable[Buffer], length: int) -> None:
        """Send an answer.

        Args:
            message: what it is.
            parts: its payload, in pieces that may be made while they are sent.
            length: of all parts together.
        """
        try:
            self._socket.sendall(_HEAD.pack(length + 1, message))
            for part in parts:
                self._socket.sendall(part)
        except OSError as error:
            raise DisconnectedError from error

    def wait_for_end(self, seconds: float) -> None:
        """Let time pass, unless the client leaves: it has nothing else to say meanwhile."""
        if select.select([self._socket], [], [], seconds)[0]:
            raise DisconnectedError
