"""How TTC writes integers, byte strings and key/value pairs, and a reader for them.

Knows no message: what the numbers and strings mean is for the callers.
"""

from collections.abc import Callable

SHORT_LENGTH = 252
"""Longest byte string that is written with a plain length byte."""

CHUNKED = 0xFE
_NULL = 0xFF


def encode_uint(value: int) -> bytes:
    """A length byte and as many big-endian bytes as ``value`` needs; 0 is a single zero."""
    size = (value.bit_length() + 7) // 8
    return bytes((size,)) + value.to_bytes(size, "big")


def encode_int(value: int) -> bytes:
    """Like ``encode_uint``; the high bit of the length byte says that the value is negative."""
    encoded = encode_uint(abs(value))
    return bytes((encoded[0] | 0x80,)) + encoded[1:] if value < 0 else encoded


def encode_bytes(value: bytes) -> bytes:
    """A length byte and the bytes, or one chunk between marks; empty and NULL are the same."""
    if len(value) <= SHORT_LENGTH:
        return bytes((len(value),)) + value
    return b"".join((bytes((CHUNKED,)), encode_uint(len(value)), value, b"\0"))


def encode_sized(value: bytes | str) -> bytes:
    """The length as an integer and then, unless it is 0, the bytes with their own length."""
    data = value.encode() if isinstance(value, str) else value
    return encode_uint(len(data)) + encode_bytes(data) if data else b"\0"


def encode_pair(key: str, value: str, flags: int = 0) -> bytes:
    """One key with its value and flags, as in the answers to a login."""
    return encode_sized(key) + encode_sized(value) + encode_uint(flags)


class Reader:
    """Reads a TTC byte stream, asking for the next packet whenever it runs dry.

    A request carries no total length, so only parsing tells where it ends.
    """

    def __init__(self, next_payload: Callable[[], bytes]) -> None:
        self._next_payload = next_payload
        self._data = b""
        self._position = 0

    def feed(self, data: bytes) -> None:
        """Forget what is left and go on with ``data``."""
        self._data = data
        self._position = 0

    @property
    def remaining(self) -> int:
        """Bytes that can be read without another packet."""
        return len(self._data) - self._position

    def raw(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        if self.remaining < size:
            self._pull(size)
        end = self._position + size
        taken = self._data[self._position : end]
        self._position = end
        return taken

    def _pull(self, size: int) -> None:
        pieces = [self._data[self._position :]]
        have = len(pieces[0])
        while have < size:
            pieces.append(self._next_payload())
            have += len(pieces[-1])
        self.feed(b"".join(pieces))

    def byte(self) -> int:
        """The next byte."""
        return self.raw(1)[0]

    def uint16(self) -> int:
        """Two big-endian bytes."""
        return int.from_bytes(self.raw(2), "big")

    def uint(self) -> int:
        """An integer of variable length, negative ones included."""
        size = self.byte()
        value = int.from_bytes(self.raw(size & 0x7F), "big")
        return -value if size & 0x80 else value

    def byte_string(self) -> bytes | None:
        """A byte string with its length; ``None`` for NULL, which an empty one is."""
        size = self.byte()
        if size in (0, _NULL):
            return None
        if size != CHUNKED:
            return self.raw(size)
        chunks = []
        while chunk_size := self.uint():
            chunks.append(self.raw(chunk_size))
        return b"".join(chunks)

    def sized(self) -> bytes | None:
        """A byte string behind its length as an integer; ``None`` if that is 0."""
        return self.byte_string() if self.uint() else None

    def text(self) -> str:
        """A sized byte string as text; empty for NULL."""
        return (self.sized() or b"").decode()

    def terminated(self) -> bytes:
        """The bytes up to the next zero byte, which is consumed."""
        collected = bytearray()
        while byte := self.byte():
            collected.append(byte)
        return bytes(collected)

    def skip_uints(self, count: int) -> None:
        """Pass over ``count`` integers of variable length."""
        for _ in range(count):
            self.uint()
