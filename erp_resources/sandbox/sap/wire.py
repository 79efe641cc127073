"""The numbers, texts and parameter values that the frames of ``protocol`` are made of."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from erp_resources.sandbox.sap.protocol import RfcType

Buffer = bytes | bytearray | memoryview

_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_UNIT_BYTES = 2


class ProtocolError(Exception):
    """A frame that is not what ``protocol`` describes."""


@dataclass(frozen=True)
class Block:
    """A parameter's value: rows in the ABAP layout.

    Attributes:
        rows: how many; 1 for a scalar or a structure.
        row_length: bytes of one row.
        parts: the rows, in pieces that may be made while they are sent, and thus only once.
        heap: what STRING and XSTRING cells point into.
    """

    rows: int
    row_length: int
    parts: Iterable[Buffer]
    heap: Buffer = b""


class Reader:
    """Reads one frame's payload; all raise ``ProtocolError`` where it is too short."""

    def __init__(self, payload: Buffer) -> None:
        self._payload = memoryview(payload)
        self._at = 0

    def _take(self, size: int) -> memoryview:
        taken = self._payload[self._at : self._at + size]
        if len(taken) != size:
            raise ProtocolError("a frame ends in the middle of a value")
        self._at += size
        return taken

    def u8(self) -> int:
        """One byte."""
        return self._take(1)[0]

    def u16(self) -> int:
        """Two bytes."""
        number: int = _U16.unpack(self._take(_U16.size))[0]
        return number

    def u32(self) -> int:
        """Four bytes."""
        number: int = _U32.unpack(self._take(_U32.size))[0]
        return number

    def text(self) -> str:
        """A text; unpaired surrogates, which UTF-16 in a field may well have, become U+FFFD."""
        return str(self._take(self.u32() * _UNIT_BYTES), "utf-16-le", errors="replace")

    def texts(self) -> dict[str, str]:
        """A count of pairs of texts, and these."""
        return {self.text(): self.text() for _ in range(self.u16())}

    def block(self) -> Block:
        """The value of a parameter."""
        rows, row_length = self.u32(), self.u32()
        data = self._take(rows * row_length)
        return Block(rows, row_length, [data], self._take(self.u32()))


def u16(number: int) -> bytes:
    """Two bytes."""
    return _U16.pack(number)


def u32(number: int) -> bytes:
    """Four bytes."""
    return _U32.pack(number)


def text(value: str) -> bytes:
    """A text with its length."""
    units = value.encode("utf-16-le")
    return _U32.pack(len(units) // _UNIT_BYTES) + units


def texts(pairs: dict[str, str]) -> bytes:
    """A count of pairs of texts, and these."""
    return u16(len(pairs)) + b"".join(text(name) + text(value) for name, value in pairs.items())


def parameter_head(name: str, kind: RfcType, block: Block) -> bytes:
    """A parameter up to its rows."""
    return text(name) + bytes([kind]) + u32(block.rows) + u32(block.row_length)
