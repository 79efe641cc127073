"""The tokens of one answer on their way into packets."""

from erp_resources.sandbox.sqlserver.transport import Transport

_SEND_SIZE = 1 << 18


class Reply:
    """Collects what an answer consists of and sends it in packets; used for one after another."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._pieces: list[bytes | memoryview] = []
        self._size = 0
        self._packets_sent = 0

    def write(self, piece: bytes | memoryview) -> None:
        """Add to the answer; sends once that is worth a system call."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _SEND_SIZE:
            self.flush()

    def flush(self) -> None:
        """Send what fills packets."""
        data = b"".join(self._pieces)
        sent, packets = self._transport.write_packets(data, self._packets_sent, is_end=False)
        self._pieces = [data[sent:]]
        self._size = len(data) - sent
        self._packets_sent += packets

    def end(self) -> None:
        """Send the rest, the last packet marked as such; the next answer may begin."""
        self._transport.write_packets(b"".join(self._pieces), self._packets_sent, is_end=True)
        self._pieces, self._size, self._packets_sent = [], 0, 0
