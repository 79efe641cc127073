"""Values one at a time: bind values that a client sends, decoded to Python.

Rows go the other way, a column at a time: see ``rows``.
"""

import datetime as dt
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from erp_resources.sandbox.oracle.codes import NOT_IMPLEMENTED
from erp_resources.sandbox.oracle.types import CharsetForm, OracleError, OracleType

_ZERO = b"\x80"
_EXPONENT_BIAS = 192
_NEGATIVE_END = 102
_TIMESTAMP_SIZE = 11
_ZONE_HOUR_BIAS = 20
_BIAS = 60
_DURATION_BIAS = 0x80000000
_DOUBLE_SIZE = 8


def decode_number(data: bytes) -> int | Decimal:
    """NUMBER to ``int`` if it is whole, else to ``Decimal``; exact either way."""
    if data == _ZERO:
        return 0
    is_positive = bool(data[0] & 0x80)
    if is_positive:
        exponent = data[0] - _EXPONENT_BIAS
        pairs = [byte - 1 for byte in data[1:]]
    else:
        exponent = 255 - data[0] - _EXPONENT_BIAS
        pairs = [101 - byte for byte in data[1:] if byte != _NEGATIVE_END]
    padded = "".join(f"{pair:02d}" for pair in pairs)
    digits = padded.rstrip("0")
    power = 2 * (exponent - len(pairs)) + len(padded) - len(digits)
    sign = "" if is_positive else "-"
    value = Decimal(f"{sign}{digits}E{power}")
    return value if power < 0 else int(value)


def decode_datetime(data: bytes) -> dt.datetime:
    """DATE or TIMESTAMP to a datetime without zone; nanoseconds are cut to microseconds."""
    microsecond = 0
    if len(data) >= _TIMESTAMP_SIZE:
        microsecond = int.from_bytes(data[7:11], "big") // 1000
    year = (data[0] - 100) * 100 + data[1] - 100
    return dt.datetime(  # noqa: DTZ001 - the type has no zone
        year, data[2], data[3], data[4] - 1, data[5] - 1, data[6] - 1, microsecond
    )


def decode_zoned_datetime(data: bytes) -> dt.datetime:
    """TIMESTAMP WITH TIME ZONE, which travels in UTC, to a datetime in its own offset."""
    utc = decode_datetime(data).replace(tzinfo=dt.UTC)
    offset = dt.timedelta(hours=data[11] - _ZONE_HOUR_BIAS, minutes=data[12] - _BIAS)
    return utc.astimezone(dt.timezone(offset))


def decode_floating(data: bytes) -> float:
    """BINARY_DOUBLE or BINARY_FLOAT to ``float``."""
    if data[0] & 0x80:
        plain = bytes((data[0] & 0x7F,)) + data[1:]
    else:
        plain = bytes(255 - byte for byte in data)
    value: float = struct.unpack(">d" if len(data) == _DOUBLE_SIZE else ">f", plain)[0]
    return value


def decode_interval(data: bytes) -> dt.timedelta:
    """INTERVAL DAY TO SECOND to ``timedelta``; nanoseconds are cut to microseconds."""
    nanoseconds = int.from_bytes(data[7:11], "big") - _DURATION_BIAS
    return dt.timedelta(
        days=int.from_bytes(data[:4], "big") - _DURATION_BIAS,
        hours=data[4] - _BIAS,
        minutes=data[5] - _BIAS,
        seconds=data[6] - _BIAS,
        microseconds=nanoseconds / 1000,
    )


def text_encoding(form: int) -> str:
    """Python's name of the character set that text of this form travels in."""
    return "utf-16-be" if form == CharsetForm.NATIONAL else "utf-8"


_DECODERS: dict[int, Callable[[bytes], Any]] = {
    OracleType.NUMBER: decode_number,
    OracleType.BINARY_INTEGER: decode_number,
    OracleType.DATE: decode_datetime,
    OracleType.TIMESTAMP: decode_datetime,
    OracleType.TIMESTAMP_LTZ: decode_datetime,
    OracleType.TIMESTAMP_TZ: decode_zoned_datetime,
    OracleType.BINARY_DOUBLE: decode_floating,
    OracleType.BINARY_FLOAT: decode_floating,
    OracleType.INTERVAL_DS: decode_interval,
    OracleType.RAW: bytes,
    OracleType.LONG_RAW: bytes,
}
_TEXT_TYPES = {OracleType.VARCHAR, OracleType.CHAR, OracleType.LONG}


def can_decode(type_number: int) -> bool:
    """Whether a bind of this type has a decoder here."""
    return type_number in _DECODERS or type_number in _TEXT_TYPES


def decode_value(type_number: int, form: int, data: bytes | None) -> Any:
    """One bind value as Python; an empty value is NULL, as in Oracle.

    Raises:
        OracleError: ORA-03001 for a type without decoder.
    """
    if data is None:
        return None
    if type_number in _TEXT_TYPES:
        return data.decode(text_encoding(form))
    decoder = _DECODERS.get(type_number)
    if decoder is None:
        raise OracleError(NOT_IMPLEMENTED, f"unimplemented feature: bind of type {type_number}")
    return decoder(data)
