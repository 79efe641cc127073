"""TDS packets on a socket: framing, messages and TLS in all three places where TDS has it.

Knows nothing of what the messages say.
"""

import socket
import ssl
import struct
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from erp_resources.sandbox.sqlserver.codes import PacketType, Status
from erp_resources.sandbox.sqlserver.primitives import ProtocolError
from erp_resources.sandbox.sqlserver.tls import TlsChannel

_HEADER = struct.Struct(">BBHHBB")
_HEADER_SIZE = 8
_RECEIVE_SIZE = 1 << 16
_ENCRYPT_SIZE = 1 << 18
_LARGEST_MESSAGE = 1 << 28
_TLS_RECORD_HANDSHAKE = b"\x16"
INITIAL_PACKET_SIZE = 4096


class DisconnectedError(Exception):
    """The client is gone, or has to go."""


class Message(NamedTuple):
    """What a client sent, put together from its packets."""

    type: int
    status: int
    """Status bits of the first and the last packet."""

    body: bytes


class Transport:
    """One client's connection. One thread may read while another writes; ``kill`` is for all.

    Everything that reads or writes raises ``DisconnectedError`` when the connection has ended,
    and ``ProtocolError`` for packets that are none.
    """

    def __init__(self, sock: socket.socket, session_id: int) -> None:
        self._socket = sock
        self._session_id = session_id
        self._received = bytearray()
        self._tls: TlsChannel | None = None
        self.packet_size = INITIAL_PACKET_SIZE

    def kill(self) -> None:
        """Cut the connection from any thread; the session notices at its next read or write."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the client was faster

    def close(self) -> None:
        """Free the socket."""
        self._socket.close()

    # TLS

    def begins_with_tls(self) -> bool:
        """Whether the client opens with a TLS record, as TDS 8.0 does, rather than a packet."""
        while not self._received:
            self._received += self._receive()
        return self._received.startswith(_TLS_RECORD_HANDSHAKE)

    def start_tls(self, context: ssl.SSLContext, *, in_packets: bool) -> None:
        """Shake hands, after which everything is encrypted.

        Args:
            context: the server's certificate and rules.
            in_packets: whether the handshake travels in PRELOGIN packets (TDS 7.x).
        """
        channel = TlsChannel(context)
        is_done = False
        while not is_done:
            received = self.read_message().body if in_packets else self._raw()
            try:
                answer, is_done = channel.shake_hands(received)
            except ssl.SSLError as error:
                raise DisconnectedError("the client refused TLS") from error
            if answer and in_packets:
                answer = self._header(PacketType.PRELOGIN, True, len(answer), 0) + answer
            if answer:
                self._send(answer)
        self._tls = channel
        self._received = bytearray(self._decrypted(bytes(self._received)))

    def end_tls(self) -> None:
        """Go on in plain bytes, as after a login that alone was encrypted."""
        self._tls = None

    # Reading

    def read_message(self) -> Message:
        """The next message, waiting for it."""
        kind, status, body = self._read_packet()
        parts, size, first = [body], len(body), status
        while not status & Status.END_OF_MESSAGE:
            other, status, body = self._read_packet()
            size += len(body)
            if other != kind or size > _LARGEST_MESSAGE:
                raise ProtocolError("packets do not make a message")
            parts.append(body)
        return Message(kind, first | status, b"".join(parts))

    def _read_packet(self) -> tuple[int, int, bytes]:
        kind, status, length, _, _, _ = _HEADER.unpack(self._take(_HEADER_SIZE))
        if length < _HEADER_SIZE:
            raise ProtocolError(f"a packet of {length} bytes")
        return kind, status, self._take(length - _HEADER_SIZE)

    def _take(self, size: int) -> bytes:
        while len(self._received) < size:
            self._received += self._decrypted(self._receive())
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _raw(self) -> bytes:
        """What has been received, or else what comes next."""
        taken = bytes(self._received) or self._receive()
        self._received.clear()
        return taken

    def _decrypted(self, data: bytes) -> bytes:
        if self._tls is None:
            return data
        try:
            return self._tls.decrypt(data)
        except ssl.SSLError as error:
            raise DisconnectedError from error

    def _receive(self) -> bytes:
        try:
            data = self._socket.recv(_RECEIVE_SIZE)
        except OSError as error:
            raise DisconnectedError from error
        if not data:
            raise DisconnectedError
        return data

    # Writing

    def write_packets(self, data: bytes, first_number: int, *, is_end: bool) -> tuple[int, int]:
        """Send the part of an answer that fills packets, and the rest too if ``is_end``.

        Args:
            data: tokens; at least one byte if ``is_end``.
            first_number: of the answer's packets that were sent before.
            is_end: whether the answer ends with ``data``.

        Returns:
            How many bytes and how many packets were sent.
        """
        room = self.packet_size - _HEADER_SIZE
        # The last packet says so in its header: without the end, keep something for it.
        full = max(0, len(data) - 1) // room
        pieces: list[bytes | memoryview] = []
        if full:
            pieces.append(self._full_packets(data[: full * room], full, first_number))
        if is_end:
            rest = data[full * room :]
            header = self._header(PacketType.TABULAR_RESULT, True, len(rest), first_number + full)
            pieces += (header, rest)
        if pieces:
            self._send(b"".join(pieces))
        return len(data) if is_end else full * room, full + is_end

    def _full_packets(self, data: bytes, count: int, first_number: int) -> memoryview:
        room = self.packet_size - _HEADER_SIZE
        packets = np.empty((count, self.packet_size), np.uint8)
        header = self._header(PacketType.TABULAR_RESULT, False, room, 0)
        packets[:, :_HEADER_SIZE] = np.frombuffer(header, np.uint8)
        packets[:, 6] = np.arange(first_number, first_number + count) & 0xFF
        packets[:, _HEADER_SIZE:] = np.frombuffer(data, np.uint8).reshape(count, room)
        return packets.reshape(-1).data

    def _header(self, kind: PacketType, is_end: bool, body_size: int, number: int) -> bytes:
        status = Status.END_OF_MESSAGE if is_end else 0
        size = body_size + _HEADER_SIZE
        return _HEADER.pack(kind, status, size, self._session_id & 0xFFFF, number & 0xFF, 0)

    def _send(self, data: bytes) -> None:
        try:
            for piece in self._encrypted(data):
                self._socket.sendall(piece)
        except (OSError, ssl.SSLError) as error:
            raise DisconnectedError from error

    def _encrypted(self, data: bytes) -> Iterator[bytes]:
        if self._tls is None:
            yield data
            return
        for start in range(0, len(data), _ENCRYPT_SIZE):
            yield self._tls.encrypt(data[start : start + _ENCRYPT_SIZE])
