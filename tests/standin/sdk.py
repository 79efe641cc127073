"""The SDK's C functions by ctypes: a thin second client beside pyrfc, and one that can be nasty."""

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

OK: Final = 0
COMMUNICATION_FAILURE: Final = 1
LOGON_FAILURE: Final = 2
ABAP_RUNTIME_FAILURE: Final = 3
ABAP_EXCEPTION: Final = 5
CANCELED: Final = 7
INVALID_PROTOCOL: Final = 11
SERIALIZATION_FAILURE: Final = 12
INVALID_HANDLE: Final = 13
NOT_FOUND: Final = 17
NOT_SUPPORTED: Final = 18
ILLEGAL_STATE: Final = 19
INVALID_PARAMETER: Final = 20
CODEPAGE_CONVERSION_FAILURE: Final = 21
CONVERSION_FAILURE: Final = 22
BUFFER_TOO_SMALL: Final = 23
TABLE_MOVE_BOF: Final = 24
TABLE_MOVE_EOF: Final = 25

_GARBAGE = 0xAB
_HAND_OUT_HANDLES = frozenset(
    f"Rfc{name}"
    for name in (
        "AppendNewRow",
        "CreateFunction",
        "CreateThroughput",
        "GetCurrentRow",
        "GetFunctionDesc",
        "OpenConnection",
    )
)
_LENGTHS = {"key": 128, "message": 512, "message_class": 21, "message_type": 2, "number": 4}
_VARIABLES = ("v1", "v2", "v3", "v4")

Argument = int | bytes | float | ctypes.Array[ctypes.c_uint16] | object


class ErrorInfo(ctypes.Structure):
    """RFC_ERROR_INFO."""

    _fields_ = (
        ("code", ctypes.c_int),
        ("group", ctypes.c_int),
        *((name, ctypes.c_uint16 * length) for name, length in _LENGTHS.items()),
        *((name, ctypes.c_uint16 * 51) for name in _VARIABLES),
    )

    def text(self, name: str) -> str:
        """A text member up to its end mark."""
        return bytes(getattr(self, name)).decode("utf-16-le").partition("\0")[0]


class ConnectionParameter(ctypes.Structure):
    """RFC_CONNECTION_PARAMETER."""

    _fields_ = (("name", ctypes.c_char_p), ("value", ctypes.c_char_p))


class SdkError(Exception):
    """What a function of the SDK reported."""

    def __init__(self, info: ErrorInfo) -> None:
        super().__init__(f"{info.text('key')}: {info.text('message')}")
        self.code: int = info.code
        self.group: int = info.group
        self.key = info.text("key")
        self.text = info.text("message")
        self.message_class = info.text("message_class")
        self.number = info.text("number")
        self.variables = tuple(info.text(name) for name in _VARIABLES)


@contextmanager
def refused(code: int) -> Iterator[None]:
    """What happens inside fails with this code."""
    with pytest.raises(SdkError) as refusal:
        yield
    assert refusal.value.code == code, refusal.value


def utf16(text: str) -> bytes:
    """A text with an end mark, as the SDK takes it."""
    return text.encode("utf-16-le", "surrogatepass") + b"\0\0"


def units(count: int) -> ctypes.Array[ctypes.c_uint16]:
    """A buffer full of garbage."""
    return (ctypes.c_uint16 * count)(*[_GARBAGE] * count)


def text_in(buffer: ctypes.Array[ctypes.c_uint16], length: int | None = None) -> str:
    """What stands in a buffer."""
    return bytes(buffer)[: None if length is None else 2 * length].decode("utf-16-le")


class Sdk:
    """A loaded library; every call raises ``SdkError`` unless it went well."""

    def __init__(self, path: Path) -> None:
        self._library = ctypes.CDLL(str(path))
        self._connections: list[int] = []

    def __call__(self, function: str, *arguments: Argument) -> int:
        """Call any function that takes an RFC_ERROR_INFO; returns the handle that it creates.

        The RFC_ERROR_INFO holds garbage before, as on a caller's stack.
        """
        info = ErrorInfo()
        ctypes.memset(ctypes.byref(info), _GARBAGE, ctypes.sizeof(info))
        creates = function in _HAND_OUT_HANDLES
        entry_point = self._library[function]
        entry_point.restype = ctypes.c_void_p if creates else ctypes.c_int
        returned = entry_point(*map(_passed, arguments), ctypes.byref(info))
        if info.code != OK or (creates and not returned):
            assert creates or returned == info.code, "the error's code is not the one returned"
            raise SdkError(info)
        return int(returned)

    def without_error_info(self, function: str, *arguments: Argument) -> int:
        """The same, with a null RFC_ERROR_INFO, and the code as its value."""
        code: int = self._library[function](*map(_passed, arguments), None)
        return code

    def name(self, function: str, value: int) -> str:
        """What one of the functions that name an enumeration's values says."""
        entry_point = self._library[function]
        entry_point.restype = ctypes.POINTER(ctypes.c_uint16)
        pointer = entry_point(value)
        length = next(i for i in range(100) if pointer[i] == 0)
        return bytes(pointer[i] for i in range(length)).decode()

    def connect(self, parameters: Mapping[str, str]) -> int:
        """RfcOpenConnection."""
        array = (ConnectionParameter * len(parameters))(
            *(ConnectionParameter(utf16(name), utf16(text)) for name, text in parameters.items())
        )
        self._connections.append(self("RfcOpenConnection", array, len(parameters)))
        return self._connections[-1]

    def close_connections(self) -> None:
        """Close what is still open of the connections that this object made."""
        while self._connections:
            code = self.without_error_info("RfcCloseConnection", self._connections.pop())
            assert code in (OK, COMMUNICATION_FAILURE, INVALID_HANDLE)

    def is_valid(self, connection: int) -> bool:
        """RfcIsConnectionHandleValid."""
        valid = ctypes.c_int(-1)
        entry_point = self._library["RfcIsConnectionHandleValid"]
        entry_point(ctypes.c_void_p(connection), ctypes.byref(valid), None)
        return bool(valid.value)

    def create(self, connection: int, function: str) -> int:
        """A function's container; its description stays cached."""
        description = self("RfcGetFunctionDesc", connection, utf16(function))
        return self("RfcCreateFunction", description)

    def number(self, function: str, *arguments: Argument) -> int:
        """A function that hands out one unsigned number, which stands before the error."""
        value = ctypes.c_ulonglong(0)
        self(function, *arguments, ctypes.byref(value))
        return value.value

    def child(self, function: str, container: int, name: str) -> int:
        """RfcGetTable and RfcGetStructure."""
        handle = ctypes.c_void_p()
        self(function, container, utf16(name), ctypes.byref(handle))
        assert handle.value is not None
        return handle.value

    def set_text(self, container: int, field: str, text: str) -> None:
        """RfcSetString, which takes text for any type."""
        encoded = utf16(text)
        self("RfcSetString", container, utf16(field), encoded, len(encoded) // 2 - 1)

    def text(self, container: int, field: str) -> str:
        """RfcGetString, with a buffer as long as it asks for."""
        length = ctypes.c_uint()
        self("RfcGetStringLength", container, utf16(field), ctypes.byref(length))
        buffer = units(length.value + 1)
        arguments = (buffer, len(buffer), ctypes.byref(length))
        self("RfcGetString", container, utf16(field), *arguments)
        assert buffer[length.value] == 0, "no end mark"
        return text_in(buffer, length.value)


def _passed(argument: Argument) -> object:
    """Handles do not fit into ctypes' ints; small numbers do not mind being wide."""
    if isinstance(argument, int):
        return ctypes.c_void_p(argument & 0xFFFF_FFFF_FFFF_FFFF)
    return ctypes.c_double(argument) if isinstance(argument, float) else argument
