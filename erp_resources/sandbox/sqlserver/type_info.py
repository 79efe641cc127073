"""TYPE_INFO: how TDS names a type, written for columns and read for parameters."""

import enum
import struct
from typing import NamedTuple

from erp_resources.sandbox.sqlserver.codes import COLLATION, NOT_IN_THE_SANDBOX
from erp_resources.sandbox.sqlserver.primitives import Reader
from erp_resources.sandbox.sqlserver.types import MAX, SqlServerError, SqlType

MAX_LENGTH = 0xFFFF
"""Length of a (max) type in TYPE_INFO; its values are then sent in chunks (PLP)."""

_COLLATION_SIZE = 5
_UTF8_FLAG = 0x04
_UNKNOWN_DATA_TYPE = 8009
_ROWVERSION_SIZE = 8
_TIMESTAMP_USER_TYPE = 0x50
_LARGEST_LONG = 0x7FFFFFFF
_LARGEST_NTEXT = 0x7FFFFFFE
_LARGEST_VARIANT = 8009


class Wire(enum.IntEnum):
    """First byte of a TYPE_INFO (MS-TDS 2.2.5.4)."""

    NULL = 0x1F
    IMAGE = 0x22
    TEXT = 0x23
    GUID = 0x24
    INT_N = 0x26
    DATE_N = 0x28
    TIME_N = 0x29
    DATETIME2_N = 0x2A
    DATETIMEOFFSET_N = 0x2B
    INT1 = 0x30
    BIT = 0x32
    INT2 = 0x34
    INT4 = 0x38
    DATETIME4 = 0x3A
    FLOAT4 = 0x3B
    MONEY = 0x3C
    DATETIME = 0x3D
    FLOAT8 = 0x3E
    VARIANT = 0x62
    NTEXT = 0x63
    BIT_N = 0x68
    DECIMAL_N = 0x6A
    NUMERIC_N = 0x6C
    FLOAT_N = 0x6D
    MONEY_N = 0x6E
    DATETIME_N = 0x6F
    MONEY4 = 0x7A
    INT8 = 0x7F
    BIG_VARBINARY = 0xA5
    BIG_VARCHAR = 0xA7
    BIG_BINARY = 0xAD
    BIG_CHAR = 0xAF
    NVARCHAR = 0xE7
    NCHAR = 0xEF
    XML = 0xF1


class WireType(NamedTuple):
    """The type of a parameter as it was read, with what its value's layout depends on."""

    wire: Wire
    type: SqlType
    is_plp: bool = False
    is_utf8: bool = False
    size: int = 0
    """Bytes of every value that is not NULL; 0 if they differ."""


_BY_SIZE: dict[Wire, dict[int, str]] = {
    Wire.INT_N: {1: "tinyint", 2: "smallint", 4: "int", 8: "bigint"},
    Wire.BIT_N: {1: "bit"},
    Wire.FLOAT_N: {4: "real", 8: "float"},
    Wire.MONEY_N: {4: "smallmoney", 8: "money"},
    Wire.DATETIME_N: {4: "smalldatetime", 8: "datetime"},
    Wire.GUID: {16: "uniqueidentifier"},
}
"""Types of one length byte: their name follows from it."""

FIXED_SIZES: dict[Wire, tuple[str, int]] = {
    Wire.INT1: ("tinyint", 1),
    Wire.BIT: ("bit", 1),
    Wire.INT2: ("smallint", 2),
    Wire.INT4: ("int", 4),
    Wire.INT8: ("bigint", 8),
    Wire.FLOAT4: ("real", 4),
    Wire.FLOAT8: ("float", 8),
    Wire.MONEY4: ("smallmoney", 4),
    Wire.MONEY: ("money", 8),
    Wire.DATETIME4: ("smalldatetime", 4),
    Wire.DATETIME: ("datetime", 8),
}
"""Types without a length, which cannot be NULL."""

_SCALED = {
    Wire.TIME_N: "time",
    Wire.DATETIME2_N: "datetime2",
    Wire.DATETIMEOFFSET_N: "datetimeoffset",
}
_DECIMALS = {Wire.DECIMAL_N: "decimal", Wire.NUMERIC_N: "numeric"}
_TEXTS = {
    Wire.NVARCHAR: "nvarchar",
    Wire.NCHAR: "nchar",
    Wire.BIG_VARCHAR: "varchar",
    Wire.BIG_CHAR: "char",
}
_BINARIES = {Wire.BIG_VARBINARY: "varbinary", Wire.BIG_BINARY: "binary"}
_LONGS = {Wire.TEXT: "text", Wire.NTEXT: "ntext", Wire.IMAGE: "image"}
NATIONAL = {"nchar", "nvarchar", "ntext", "xml"}
"""Types whose text travels in UTF-16."""


def decimal_size(precision: int) -> int:
    """Bytes of a decimal's sign and magnitude."""
    for digits, size in ((9, 5), (19, 9), (28, 13)):
        if precision <= digits:
            return size
    return 17


def time_size(scale: int) -> int:
    """Bytes of a time of day with ``scale`` fractional digits."""
    return 3 if scale <= 2 else 4 if scale <= 4 else 5  # noqa: PLR2004 - digits, not names


def user_type(kind: SqlType) -> int:
    """The UserType of a column, by which a rowversion differs from other bytes."""
    return _TIMESTAMP_USER_TYPE if kind.name == "timestamp" else 0


def _constant_infos() -> dict[str, bytes]:
    infos = {
        name: bytes((wire, size))
        for wire, names in _BY_SIZE.items()
        for size, name in names.items()
    }
    return infos | {
        "date": bytes((Wire.DATE_N,)),
        "xml": bytes((Wire.XML, 0)),
        "timestamp": struct.pack("<BH", Wire.BIG_BINARY, _ROWVERSION_SIZE),
        "text": struct.pack("<BI", Wire.TEXT, _LARGEST_LONG) + COLLATION,
        "ntext": struct.pack("<BI", Wire.NTEXT, _LARGEST_NTEXT) + COLLATION,
        "image": struct.pack("<BI", Wire.IMAGE, _LARGEST_LONG),
        "sql_variant": struct.pack("<BI", Wire.VARIANT, _LARGEST_VARIANT),
    }


_CONSTANT_INFOS = _constant_infos()
_WIRE_BY_NAME = {
    name: wire for group in (_SCALED, _DECIMALS, _TEXTS, _BINARIES) for wire, name in group.items()
}


def type_info(kind: SqlType) -> bytes:
    """The TYPE_INFO of a column; always of the variant that can be NULL.

    Raises:
        SqlServerError: the sandbox does not send this type.
    """
    if kind.name in _CONSTANT_INFOS:
        return _CONSTANT_INFOS[kind.name]
    wire = _WIRE_BY_NAME.get(kind.name)
    if wire is None:
        raise SqlServerError(NOT_IN_THE_SANDBOX, f"not in the sandbox: values of type {kind.name}")
    if wire in _DECIMALS:
        return bytes((wire, decimal_size(kind.precision), kind.precision, kind.scale))
    if wire in _SCALED:
        return bytes((wire, kind.scale))
    collation = COLLATION if wire in _TEXTS else b""
    return struct.pack("<BH", wire, length(kind)) + collation


def length(kind: SqlType) -> int:
    """Most bytes of a value of a text or binary type; ``MAX_LENGTH`` for (max)."""
    if kind.size == MAX:
        return MAX_LENGTH
    if kind.name == "timestamp":
        return _ROWVERSION_SIZE
    return 2 * kind.size if kind.name in NATIONAL else kind.size


def read_type_info(reader: Reader) -> WireType:
    """The type of a parameter.

    Raises:
        ProtocolError: the message ends too early.
        SqlServerError: 8009 for a type that is none, or that the sandbox does not take.
    """
    code = reader.byte()
    try:
        wire = Wire(code)
    except ValueError as error:
        raise _unknown(code) from error
    if wire in _BY_SIZE:
        return _read_sized(reader, wire)
    if wire in _TEXTS or wire in _BINARIES:
        return _read_variable(reader, wire)
    if wire in _LONGS:
        return _read_long(reader, wire)
    return _read_other(reader, wire)


def _unknown(code: int) -> SqlServerError:
    text = (
        "The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is "
        f"incorrect. Data type 0x{code:02X} is unknown."
    )
    return SqlServerError(_UNKNOWN_DATA_TYPE, text)


def _read_sized(reader: Reader, wire: Wire) -> WireType:
    size = reader.byte()
    name = _BY_SIZE[wire].get(size)
    if name is None:
        raise _unknown(wire)
    return WireType(wire, SqlType(name), size=size)


def _read_variable(reader: Reader, wire: Wire) -> WireType:
    length = reader.uint(2)
    is_text = wire in _TEXTS
    collation = reader.raw(_COLLATION_SIZE) if is_text else bytes(_COLLATION_SIZE)
    name = _TEXTS[wire] if is_text else _BINARIES[wire]
    is_plp = length == MAX_LENGTH
    size = length // 2 if name in NATIONAL else length
    is_utf8 = bool(collation[3] & _UTF8_FLAG)
    return WireType(wire, SqlType(name, MAX if is_plp else size), is_plp, is_utf8)


def _read_long(reader: Reader, wire: Wire) -> WireType:
    reader.uint(4)  # the longest value that may come
    collation = bytes(_COLLATION_SIZE) if wire == Wire.IMAGE else reader.raw(_COLLATION_SIZE)
    return WireType(wire, SqlType(_LONGS[wire]), is_utf8=bool(collation[3] & _UTF8_FLAG))


def _read_other(reader: Reader, wire: Wire) -> WireType:
    if wire in FIXED_SIZES:
        return WireType(wire, SqlType(FIXED_SIZES[wire][0]))
    if wire in _DECIMALS:
        _, precision, scale = reader.raw(3)
        return WireType(wire, SqlType(_DECIMALS[wire], precision=precision, scale=scale))
    if wire in _SCALED:
        return WireType(wire, SqlType(_SCALED[wire], scale=reader.byte()))
    if wire == Wire.XML:
        return _read_xml(reader)
    if wire == Wire.DATE_N:
        return WireType(wire, SqlType("date"))
    if wire == Wire.NULL:
        return WireType(wire, SqlType("nvarchar", 1))
    raise _unknown(wire)


def _read_xml(reader: Reader) -> WireType:
    if reader.byte():  # a schema collection follows
        reader.b_varchar()
        reader.b_varchar()
        reader.utf16(reader.uint(2))
    return WireType(Wire.XML, SqlType("xml"), is_plp=True)
