"""Values of filters as T-SQL parameters: a placeholder of an exact type, and the value's text.

A parameter travels as text and is cast on the server. The type is the column's own where it holds
the value, so that an index can be used, and else one that does: nothing is rounded or cut.
"""

import re
from collections.abc import Callable
from datetime import UTC, time
from decimal import Decimal

from erp_resources.connector import Column, Scalar
from erp_resources.errors import InvalidQuery
from erp_resources.odbc.filter_values import as_moment, as_number
from erp_resources.sqlserver.types import MAX_PRECISION, Declared, declared, exact_number

LONGEST_VARCHAR, LONGEST_NVARCHAR = 8000, 4000
_HEXADECIMAL = re.compile(r"0x(?:[0-9A-Fa-f]{2})*")
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,7})?)?")
_DATETIME_TICKS = (0, 3, 7)
"""Last digits of the milliseconds that a ``datetime`` can hold."""
FIRST_YEAR = 1753
"""The first year of a ``datetime``."""


def parameter(column: Column, value: Scalar) -> tuple[str, str]:
    """A placeholder cast to a type that holds ``value``, and the value's text.

    Raises:
        InvalidQuery: such a value cannot be compared with such a column.
    """
    parts = declared(column)
    write = _WRITERS.get(parts.base)
    found = write(parts, column, value) if write is not None else None
    if found is None:
        raise InvalidQuery(
            f"filter on {column.name!r}: {value!r} cannot be compared with a "
            f"{column.type}; {_hint(parts)}"
        )
    return found


Written = tuple[str, str] | None


def _bit(_: Declared, __: Column, value: Scalar) -> Written:
    number = as_number(value)
    return ("CAST(? AS bit)", str(int(number))) if number in (0, 1) else None


def _number(_: Declared, column: Column, value: Scalar) -> Written:
    number, own = as_number(value), exact_number(column)
    if number is None or own is None:
        return None
    text = _written(number)
    precision, scale = _digits(text)
    if scale <= own[1] and precision - scale <= own[0] - own[1] and _in_range(column, number):
        return f"CAST(? AS {column.type})", text
    return (
        (f"CAST(? AS decimal({precision},{scale}))", text) if precision <= MAX_PRECISION else None
    )


def _in_range(column: Column, number: Decimal) -> bool:
    """Whether an integer or money column holds a number of its digits."""
    bounds = _BOUNDS.get(declared(column).base)
    return bounds is None or bounds[0] <= number <= bounds[1]


_BOUNDS = {
    "tinyint": (Decimal(0), Decimal(2**8 - 1)),
    "smallint": (Decimal(-(2**15)), Decimal(2**15 - 1)),
    "int": (Decimal(-(2**31)), Decimal(2**31 - 1)),
    "bigint": (Decimal(-(2**63)), Decimal(2**63 - 1)),
    "smallmoney": (Decimal(-(2**31)) / 10_000, Decimal(2**31 - 1) / 10_000),
    "money": (Decimal(-(2**63)) / 10_000, Decimal(2**63 - 1) / 10_000),
}


def _float(_: Declared, __: Column, value: Scalar) -> Written:
    number = as_number(value)
    return None if number is None else ("CAST(? AS float)", repr(float(number)))


def _text(_: Declared, __: Column, value: Scalar) -> Written:
    """Never cast to the column's length: a longer value would be cut and match wrongly."""
    if not isinstance(value, str):
        return None
    if value.isascii() and len(value) <= LONGEST_VARCHAR:
        return f"CAST(? AS varchar({LONGEST_VARCHAR}))", value
    is_long = len(value.encode("utf-16-le")) > 2 * LONGEST_NVARCHAR
    return f"CAST(? AS nvarchar({'max' if is_long else LONGEST_NVARCHAR}))", value


def _guid(_: Declared, __: Column, value: Scalar) -> Written:
    if not isinstance(value, str) or not _GUID.fullmatch(value):
        return None
    return "CAST(? AS uniqueidentifier)", value.upper()


def _bytes(_: Declared, __: Column, value: Scalar) -> Written:
    if not isinstance(value, str) or not _HEXADECIMAL.fullmatch(value):
        return None
    is_long = len(value) > len("0x") + 2 * LONGEST_VARCHAR
    return f"CONVERT(varbinary({'max' if is_long else LONGEST_VARCHAR}), ?, 1)", value


def _rowversion(parts: Declared, column: Column, value: Scalar) -> Written:
    if isinstance(value, int) and 0 <= value < 2**63:
        return "CAST(CAST(? AS bigint) AS binary(8))", str(value)
    return _bytes(parts, column, value)


def _date(_: Declared, __: Column, value: Scalar) -> Written:
    moment = as_moment(value)
    if moment is None or moment.tzinfo is not None:
        return None
    if moment.time() == time.min:
        return "CAST(? AS date)", moment.date().isoformat()
    return "CAST(? AS datetime2(6))", moment.isoformat()


def _datetime(_: Declared, __: Column, value: Scalar) -> Written:
    """A value between two ticks of a ``datetime`` is compared as it is, not moved to a tick."""
    moment = as_moment(value)
    if moment is None or moment.tzinfo is not None:
        return None
    milliseconds, rest = divmod(moment.microsecond, 1000)
    is_tick = rest == 0 and milliseconds % 10 in _DATETIME_TICKS and moment.year >= FIRST_YEAR
    if is_tick:
        return "CAST(? AS datetime)", moment.isoformat(timespec="milliseconds")
    return "CAST(? AS datetime2(6))", moment.isoformat()


def _datetime2(parts: Declared, __: Column, value: Scalar) -> Written:
    moment = as_moment(value)
    if moment is None or moment.tzinfo is not None:
        return None
    return f"CAST(? AS datetime2({max(6, parts.digits(7))}))", moment.isoformat()


def _datetimeoffset(parts: Declared, __: Column, value: Scalar) -> Written:
    moment = as_moment(value)
    if moment is None or moment.tzinfo is None:
        return None
    utc = moment.astimezone(UTC).isoformat()
    return f"CAST(? AS datetimeoffset({max(6, parts.digits(7))}))", utc


def _time(_: Declared, __: Column, value: Scalar) -> Written:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    return "CAST(? AS time(7))", value


def _written(number: Decimal) -> str:
    """A number without exponent and without trailing zeros; ``normalize`` would round it."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digits(text: str) -> tuple[int, int]:
    """The least precision and scale of a decimal type that holds the number in ``text``."""
    whole, _, decimals = text.lstrip("-").partition(".")
    return max(len(whole.lstrip("0") + decimals), 1), len(decimals)


def _hint(parts: Declared) -> str:
    if parts.base in ("date", "datetime", "smalldatetime", "datetime2"):
        return "write it as 2024-12-31T23:59:59"
    if parts.base == "datetimeoffset":
        return "write it with its offset, as 2024-12-31T23:59:59+01:00"
    if parts.base in ("binary", "varbinary", "timestamp"):
        return "write it as 0x0123ABCD"
    return "write a value of that type" if parts.base in _WRITERS else "filter on another column"


_WRITERS: dict[str, Callable[[Declared, Column, Scalar], Written]] = {
    "bit": _bit,
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "money", "smallmoney"), _number),
    **dict.fromkeys(("decimal", "numeric"), _number),
    **dict.fromkeys(("float", "real"), _float),
    **dict.fromkeys(("char", "varchar", "nchar", "nvarchar"), _text),
    "uniqueidentifier": _guid,
    **dict.fromkeys(("binary", "varbinary"), _bytes),
    "timestamp": _rowversion,
    "date": _date,
    **dict.fromkeys(("datetime", "smalldatetime"), _datetime),
    "datetime2": _datetime2,
    "datetimeoffset": _datetimeoffset,
    "time": _time,
}
