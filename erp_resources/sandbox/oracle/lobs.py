"""LOB locators: what a client gets instead of a CLOB's or BLOB's content, and reads through.

A locator names one cell of an Arrow column, which is kept for as long as its cursor lives.
"""

import bisect
import threading
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from erp_resources.sandbox.oracle.codes import NOT_IMPLEMENTED, LobOperation, MessageType
from erp_resources.sandbox.oracle.primitives import encode_bytes, encode_int
from erp_resources.sandbox.oracle.types import OracleError

LOCATOR_SIZE = 40
CHUNK_SIZE = 8060
_NUMBER = slice(16, 24)
_FLAGS = 4
_INITIALISED = 0x08
_BLOB = 0x01
_UTF16_TEXT = 0x80
_INVALID_LOCATOR = 22275
_CHARACTER_SIZE = 2


@dataclass(frozen=True)
class LobRequest:
    """One call on a locator; offsets count from 1, in characters or bytes."""

    operation: int
    locator: bytes
    offset: int
    amount: int | None


@dataclass(frozen=True)
class _Cells:
    """The cells of one column chunk, numbered from ``first``."""

    first: int
    cells: pa.Array
    owner: int


def locator_template(*, is_text: bool) -> bytes:
    """A locator without its number, which belongs in the bytes 16 to 23, big-endian."""
    locator = bytearray(LOCATOR_SIZE)
    locator[1] = LOCATOR_SIZE - 2
    locator[_FLAGS] = 0 if is_text else _BLOB
    locator[_FLAGS + 1] = _INITIALISED
    # Text is served in UTF-16, as from any database whose character set has varying widths.
    locator[_FLAGS + 2] = _UTF16_TEXT if is_text else 0
    return bytes(locator)


class LobStore:
    """The LOBs that one session's clients hold locators of."""

    def __init__(self) -> None:
        # Rows are encoded, and so LOBs added, in another thread than the one that serves reads.
        self._lock = threading.Lock()
        self._chunks: list[_Cells] = []
        self._next = 1

    def add(self, cells: pa.Array, owner: int) -> int:
        """Keep the cells of a column chunk for the cursor ``owner``.

        Returns:
            The number of the first cell; the others follow.
        """
        with self._lock:
            first = self._next
            self._next += len(cells)
            self._chunks.append(_Cells(first, cells, owner))
        return first

    def forget(self, owner: int) -> None:
        """Let go of what was kept for a cursor."""
        with self._lock:
            self._chunks = [chunk for chunk in self._chunks if chunk.owner != owner]

    def value(self, locator: bytes) -> str | bytes:
        """The whole content behind a locator.

        Raises:
            OracleError: ORA-22275 if its cursor is closed or it never was one.
        """
        number = int.from_bytes(locator[_NUMBER], "big")
        with self._lock:
            found = bisect.bisect_right(self._chunks, number, key=lambda chunk: chunk.first) - 1
            chunk = self._chunks[found] if found >= 0 else None
        if chunk is None or number - chunk.first >= len(chunk.cells):
            raise OracleError(_INVALID_LOCATOR, "invalid LOB locator specified")
        content: Any = chunk.cells[number - chunk.first].as_py()
        return content if isinstance(content, str) else bytes(content or b"")

    def answer(self, request: LobRequest) -> bytes:
        """Do one call on a locator; the messages to answer with, without their end.

        Raises:
            OracleError: ORA-03001 for all that writes, ORA-22275 for a dead locator.
        """
        if request.operation not in _READING:
            raise OracleError(NOT_IMPLEMENTED, "unimplemented feature: writing a LOB")
        content = self.value(request.locator)
        result = b""
        amount = request.amount
        if request.operation == LobOperation.READ:
            result, amount = self._read(content, request.offset, request.amount or 0)
        elif request.operation == LobOperation.LENGTH:
            amount = _length(content)
        elif request.operation == LobOperation.CHUNK_SIZE:
            amount = CHUNK_SIZE
        tail = encode_int(amount) if amount is not None else b""
        if request.operation == LobOperation.IS_OPEN:
            tail += b"\0"
        return result + bytes((MessageType.PARAMETER,)) + request.locator + tail

    @staticmethod
    def _read(content: str | bytes, offset: int, amount: int) -> tuple[bytes, int]:
        unit = _CHARACTER_SIZE if isinstance(content, str) else 1
        data = _raw(content)[(offset - 1) * unit : (offset - 1 + amount) * unit]
        message = bytes((MessageType.LOB_DATA,)) + encode_bytes(data) if data else b""
        return message, len(data) // unit


_READING = (
    LobOperation.READ,
    LobOperation.LENGTH,
    LobOperation.CHUNK_SIZE,
    LobOperation.OPEN,
    LobOperation.CLOSE,
    LobOperation.IS_OPEN,
)


def _raw(content: str | bytes) -> bytes:
    return content.encode("utf-16-be") if isinstance(content, str) else content


def _length(content: str | bytes) -> int:
    """Bytes of a BLOB, UTF-16 units of a CLOB."""
    unit = _CHARACTER_SIZE if isinstance(content, str) else 1
    return len(_raw(content)) // unit
