"""Values of RPC parameters, decoded to Python one at a time.

Rows go the other way, a column at a time: see ``rows``.
"""

import datetime as dt
import struct
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from erp_resources.sandbox.sqlserver.code_page import decode_1252
from erp_resources.sandbox.sqlserver.primitives import Reader
from erp_resources.sandbox.sqlserver.type_info import (
    FIXED_SIZES,
    NATIONAL,
    Wire,
    WireType,
    time_size,
)
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlType

_NULL_PLP = 0xFFFFFFFFFFFFFFFF
_NULL_LONG = 0xFFFFFFFF
_NULL_SHORT = 0xFFFF
_INVALID_VALUE = 8023
_LONG = {Wire.TEXT, Wire.NTEXT, Wire.IMAGE}
_TWO_LENGTH_BYTES = {
    Wire.BIG_VARBINARY,
    Wire.BIG_BINARY,
    Wire.BIG_VARCHAR,
    Wire.BIG_CHAR,
    Wire.NVARCHAR,
    Wire.NCHAR,
}
_DIGITS_OF_A_MICROSECOND = 6
_BASE_DATE = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - the type has no zone
_TICKS_PER_SECOND = 300


def read_value(reader: Reader, kind: WireType) -> Any:
    """The value of a parameter whose TYPE_INFO was read; ``None`` for NULL.

    Raises:
        ProtocolError: the message ends too early.
        SqlServerError: 8023 for bytes that are no value of the type.
    """
    data = _read_bytes(reader, kind)
    if data is None:
        return None
    if kind.size not in (0, len(data)):
        raise _invalid(kind.type)
    try:
        return _decode(data, kind)
    except (ValueError, OverflowError, IndexError, struct.error) as error:
        raise _invalid(kind.type) from error


def _invalid(kind: SqlType) -> SqlServerError:
    text = (
        "The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is "
        f"incorrect. The supplied value is not a valid instance of data type {kind.name}. Check "
        "the source data for invalid values. An example of an invalid value is data of numeric "
        "type with scale greater than precision."
    )
    return SqlServerError(_INVALID_VALUE, text)


def _read_bytes(reader: Reader, kind: WireType) -> bytes | None:
    wire = kind.wire
    if wire in FIXED_SIZES:
        return reader.raw(FIXED_SIZES[wire][1])
    if kind.is_plp:
        return _read_chunks(reader)
    if wire in _TWO_LENGTH_BYTES:
        size = reader.uint(2)
        return None if size == _NULL_SHORT else reader.raw(size)
    if wire in _LONG:
        size = reader.uint(4)
        return None if size == _NULL_LONG else reader.raw(size)
    if wire == Wire.NULL:
        return None
    size = reader.byte()
    return reader.raw(size) if size else None


def _read_chunks(reader: Reader) -> bytes | None:
    """A value in chunks (PLP); the total in front may be unknown, so the chunks alone count."""
    if reader.uint(8) == _NULL_PLP:
        return None
    chunks = []
    while size := reader.uint(4):
        chunks.append(reader.raw(size))
    return b"".join(chunks)


def _decode(data: bytes, kind: WireType) -> Any:
    name, scale = kind.type.name, kind.type.scale
    if name in NATIONAL:
        return data.decode("utf-16-le")
    if name in _SCALED_DECODERS:
        return _SCALED_DECODERS[name](data, scale)
    if name in _DECODERS:
        return _DECODERS[name](data)
    if kind.wire in {Wire.BIG_VARCHAR, Wire.BIG_CHAR, Wire.TEXT}:
        return data.decode() if kind.is_utf8 else decode_1252(data)
    return data


def _integer(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=True)


def _real(data: bytes) -> float:
    value: float = struct.unpack("<f", data)[0]
    return value


def _float(data: bytes) -> float:
    value: float = struct.unpack("<d", data)[0]
    return value


def _decimal(data: bytes, scale: int) -> Decimal:
    magnitude = int.from_bytes(data[1:], "little")
    digits = tuple(map(int, str(magnitude)))
    return Decimal((0 if data[0] else 1, digits, -scale))


def _money(data: bytes) -> Decimal:
    high, low = struct.unpack("<iI", data)
    return Decimal(high << 32 | low).scaleb(-4)


def _date(data: bytes) -> dt.date:
    return dt.date.fromordinal(int.from_bytes(data, "little") + 1)


def _since_midnight(data: bytes, scale: int) -> dt.timedelta:
    """Time of day; a seventh digit is cut, which Python has no place for."""
    units = int.from_bytes(data, "little")
    power = _DIGITS_OF_A_MICROSECOND - scale
    return dt.timedelta(microseconds=units * 10**power if power >= 0 else units // 10)


def _time(data: bytes, scale: int) -> dt.time:
    moment = _BASE_DATE + _since_midnight(data, scale)
    if moment.date() != _BASE_DATE.date():
        raise ValueError("a time of day beyond midnight")
    return moment.time()


def _datetime2(data: bytes, scale: int) -> dt.datetime:
    size = time_size(scale)
    return dt.datetime.combine(_date(data[size:]), _time(data[:size], scale))


def _datetimeoffset(data: bytes, scale: int) -> dt.datetime:
    utc = _datetime2(data[:-2], scale).replace(tzinfo=dt.UTC)
    return utc.astimezone(dt.timezone(dt.timedelta(minutes=_integer(data[-2:]))))


def _datetime(data: bytes) -> dt.datetime:
    days, ticks = struct.unpack("<iI", data)
    milliseconds = round(ticks * 1000 / _TICKS_PER_SECOND)
    return _BASE_DATE + dt.timedelta(days=days, milliseconds=milliseconds)


def _smalldatetime(data: bytes) -> dt.datetime:
    days, minutes = struct.unpack("<HH", data)
    return _BASE_DATE + dt.timedelta(days=days, minutes=minutes)


_DECODERS: dict[str, Callable[[bytes], Any]] = {
    "tinyint": lambda data: data[0],
    "smallint": _integer,
    "int": _integer,
    "bigint": _integer,
    "bit": lambda data: data[0] != 0,
    "real": _real,
    "float": _float,
    "money": _money,
    "smallmoney": lambda data: Decimal(_integer(data)).scaleb(-4),
    "date": _date,
    "datetime": _datetime,
    "smalldatetime": _smalldatetime,
    "uniqueidentifier": lambda data: uuid.UUID(bytes_le=data),
}
_SCALED_DECODERS: dict[str, Callable[[bytes, int], Any]] = {
    "decimal": _decimal,
    "numeric": _decimal,
    "time": _time,
    "datetime2": _datetime2,
    "datetimeoffset": _datetimeoffset,
}
