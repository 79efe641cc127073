"""Oracle Net packets on a socket: framing, markers, and watching for a break without blocking.

Knows nothing of what the DATA packets carry.
"""

import select
import socket
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from erp_resources.sandbox.oracle.codes import DataFlag, Marker, PacketType

_HEADER_SIZE = 8
_DATA_OVERHEAD = _HEADER_SIZE + 2
_RECEIVE_SIZE = 1 << 17
_SEND_SIZE = 1 << 20
_INITIAL_SDU = 8192
_FOLLOW_UP_MILLISECONDS = 200
_LARGEST_UNSPLIT = 16
"""Clients close a packet early rather than split an integer, which has fewer bytes than this."""
_END_OF_RESPONSE = b"\x1d"

Buffer = bytes | memoryview


class DisconnectedError(Exception):
    """The client is gone, or says that it is going."""


class BreakReceivedError(Exception):
    """The client wants the current call to end."""


class Packet(NamedTuple):
    """One packet without its header."""

    type: int
    body: bytes
    is_full: bool

    @property
    def is_break(self) -> bool:
        """Whether this is a marker that asks the server to stop what it does."""
        return self.type == PacketType.MARKER and self.body[2] in (Marker.BREAK, Marker.INTERRUPT)

    @property
    def is_reset(self) -> bool:
        """Whether this is the marker that ends a break."""
        return self.type == PacketType.MARKER and self.body[2] == Marker.RESET


class Transport:
    """One client's connection. Used by the session's thread only, but for ``kill``."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._received = bytearray()
        self._packets: deque[Packet] = deque()
        self._long_lengths = False
        self._last_was_full = False
        self.sdu = _INITIAL_SDU
        self.marks_end_of_response = False
        """Whether responses end with a mark, as agreed on at connect (23ai)."""

    def fileno(self) -> int:
        """The socket's descriptor, for ``poll``."""
        return self._socket.fileno()

    def kill(self) -> None:
        """Cut the connection from any thread; the session notices at its next read or write."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the client was faster

    def close(self) -> None:
        """Free the socket."""
        self._socket.close()

    # Reading

    def read_packet(self) -> Packet:
        """The next packet, waiting for it.

        Raises:
            DisconnectedError: the client closed the connection.
        """
        while not self._packets:
            self._receive()
        packet = self._packets.popleft()
        self._last_was_full = packet.is_full
        return packet

    def read_payload(self) -> bytes:
        """What the next DATA packet carries.

        Raises:
            BreakReceivedError: a break came instead.
            DisconnectedError: the client closed the connection or ends the session.
        """
        packet = self.read_packet()
        while packet.is_reset:  # the end of a break that was over already
            packet = self.read_packet()
        if packet.is_break:
            raise BreakReceivedError
        if packet.type != PacketType.DATA or _flags(packet) & DataFlag.END_OF_FILE:
            raise DisconnectedError
        return packet.body[2:]

    def discard_request(self) -> None:
        """Throw away the rest of a request that cannot be parsed.

        No length of a request is on the wire, but a client fills every packet but the last.
        """
        while self._last_was_full and (self._packets or self._is_readable(_FOLLOW_UP_MILLISECONDS)):
            self.read_payload()

    def break_is_waiting(self) -> bool:
        """Take in what has arrived, without waiting; whether a break is among it.

        Raises:
            DisconnectedError: the client closed the connection.
        """
        while self._is_readable(0):
            self._receive()
        return any(packet.is_break for packet in self._packets)

    def _is_readable(self, milliseconds: int) -> bool:
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        return bool(poller.poll(milliseconds))

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_RECEIVE_SIZE)
        except OSError as error:
            raise DisconnectedError from error
        if not data:
            raise DisconnectedError
        self._received += data
        while (packet := self._cut_packet()) is not None:
            self._packets.append(packet)

    def _cut_packet(self) -> Packet | None:
        if len(self._received) < _HEADER_SIZE:
            return None
        length_bytes = 4 if self._long_lengths else 2
        length = int.from_bytes(self._received[:length_bytes], "big")
        if length < _HEADER_SIZE:
            raise DisconnectedError
        if len(self._received) < length:
            return None
        is_full = length > self.sdu - _LARGEST_UNSPLIT
        packet = Packet(self._received[4], bytes(self._received[_HEADER_SIZE:length]), is_full)
        del self._received[:length]
        return packet

    # Writing

    def accept(self, body: bytes, sdu: int) -> None:
        """Send ACCEPT; packet lengths have four bytes from here on."""
        self.write_packet(PacketType.ACCEPT, body)
        self._long_lengths = True
        self.sdu = sdu

    def write_packet(self, packet_type: PacketType, body: bytes) -> None:
        """Send one packet."""
        self._write(self._header(packet_type, len(body)) + body)

    def write_marker(self, marker: Marker) -> None:
        """Send one marker."""
        self.write_packet(PacketType.MARKER, bytes((1, 0, marker)))

    def write_response(self, parts: Iterable[Buffer], *, is_last: bool = True) -> None:
        """Send one response, cut into packets; stops early if a break arrives meanwhile.

        Args:
            parts: the bytes of the messages, in order.
            is_last: false for the answers of the handshake, which are never marked as ended.

        Raises:
            BreakReceivedError: the client does not want the rest any more.
            DisconnectedError: the client is gone.
        """
        marked = self.marks_end_of_response and is_last
        data = b"".join((*parts, _END_OF_RESPONSE) if marked else parts)
        sent_before = False
        for block in self._blocks(memoryview(data), marked=marked):
            if sent_before and self.break_is_waiting():
                raise BreakReceivedError
            self._write(block)
            sent_before = True

    def _blocks(self, data: memoryview, *, marked: bool) -> Iterator[bytes]:
        """Whole packets, as many together as are worth one system call."""
        room = self.sdu - _DATA_OVERHEAD
        per_block = max(1, _SEND_SIZE // room) * room
        for start in range(0, len(data), per_block):
            end = min(start + per_block, len(data))
            pieces: list[Buffer] = []
            for at in range(start, end, room):
                piece = data[at : min(at + room, end)]
                is_end = marked and at + room >= len(data)
                pieces.append(self._header(PacketType.DATA, len(piece) + 2))
                pieces.append(_DATA_FLAGS[is_end])
                pieces.append(piece)
            yield b"".join(pieces)

    def _header(self, packet_type: PacketType, body_size: int) -> bytes:
        length = body_size + _HEADER_SIZE
        if self._long_lengths:
            return struct.pack(">IBBH", length, packet_type, 0, 0)
        return struct.pack(">HHBBH", length, 0, packet_type, 0, 0)

    def _write(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise DisconnectedError from error


_DATA_FLAGS = {False: b"\0\0", True: DataFlag.END_OF_RESPONSE.to_bytes(2, "big")}


def _flags(packet: Packet) -> int:
    return int.from_bytes(packet.body[:2], "big")
