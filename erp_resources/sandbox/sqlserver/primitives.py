"""How TDS writes strings, and a reader that never reads beyond the message.

Knows no message: what the numbers and strings mean is for the callers.
"""


class ProtocolError(Exception):
    """The client sent what is not TDS; the connection cannot go on."""


def b_varchar(text: str) -> bytes:
    """UTF-16 text of up to 255 units behind its length in one byte; longer text is cut."""
    data = text.encode("utf-16-le", "replace")[: 2 * 255]
    return bytes((len(data) // 2,)) + data


def us_varchar(text: str) -> bytes:
    """UTF-16 text behind its length in two bytes."""
    data = text.encode("utf-16-le", "replace")
    return (len(data) // 2).to_bytes(2, "little") + data


class Reader:
    """Reads one message from front to back.

    Every method raises ``ProtocolError`` if the message ends too early.
    """

    def __init__(self, data: bytes, position: int = 0) -> None:
        self._data = memoryview(data)
        self._position = position

    @property
    def remaining(self) -> int:
        """Bytes that are left."""
        return max(0, len(self._data) - self._position)

    def raw(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        if size > self.remaining:
            raise ProtocolError(f"{size} bytes wanted, {self.remaining} left")
        end = self._position + size
        taken = bytes(self._data[self._position : end])
        self._position = end
        return taken

    def uint(self, size: int) -> int:
        """An unsigned little-endian integer of ``size`` bytes."""
        return int.from_bytes(self.raw(size), "little")

    def byte(self) -> int:
        """The next byte."""
        return self.uint(1)

    def peek(self) -> int:
        """The next byte, which stays."""
        value = self.byte()
        self._position -= 1
        return value

    def utf16(self, units: int) -> str:
        """Text of ``units`` UTF-16 code units."""
        try:
            return self.raw(2 * units).decode("utf-16-le")
        except UnicodeDecodeError as error:
            raise ProtocolError("text is not UTF-16") from error

    def b_varchar(self) -> str:
        """Text behind its length in one byte."""
        return self.utf16(self.byte())
