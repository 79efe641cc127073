"""How SQL Server's types travel: the expression selected, the type asked for, the type landed.

Nothing is rounded: what a Delta type cannot hold goes into a companion column or is landed as text.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from erp_resources.connector import OFFSET_SUFFIX, Column
from erp_resources.errors import InvalidQuery
from erp_resources.odbc.dialect import Fetched
from erp_resources.odbc.standard import unsupported
from erp_resources.odbc.statements import refuse_garbled

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_NAME = 128
"""UTF-16 units of a ``sysname``."""
FINEST_DIGITS = 7
"""Most fractional digits of a ``time``, ``datetime2`` or ``datetimeoffset``, and the default."""
HUNDRED_NANOSECONDS_SUFFIX = "__100NS"
"""Ends the name of the column with the seventh fractional digit, which Delta's timestamps lack."""
DEFAULT_PRECISION, MAX_PRECISION = 18, 38
FLOAT_DIGITS, REAL_DIGITS = 53, 24
"""Binary digits of a ``float``, and the most of a ``float(n)`` that is stored as ``real``."""
MAX = "max"

_SPELLING = re.compile(r"(?P<base>[^()]+)(?:\((?P<size>\d+|max)(?:, *(?P<scale>\d+))?\))?")
_AS_IT_IS = {
    "bit": "bool",
    "tinyint": "int16",  # Delta has no unsigned integers
    "smallint": "int16",
    "int": "int32",
    "bigint": "int64",
    "date": "date32",
    "smalldatetime": "timestamp[us]",
    "datetime": "timestamp[us]",
}
_EXACT_NUMBERS = {
    "tinyint": (3, 0),
    "smallint": (5, 0),
    "int": (10, 0),
    "bigint": (19, 0),
    "money": (19, 4),
    "smallmoney": (10, 4),
}
_DECIMALS = {"decimal", "numeric"}
_TEXT = {
    "char": "{}",
    "varchar": "{}",
    "nchar": "{}",
    "nvarchar": "{}",
    "text": "CAST({} AS varchar(max))",
    "ntext": "CAST({} AS nvarchar(max))",
    "xml": "CAST({} AS nvarchar(max))",
    "time": "CONVERT(varchar(16), {}, 121)",  # ISO 8601 with the declared digits
    "uniqueidentifier": "CONVERT(char(36), {})",
    "hierarchyid": "{}.ToString()",
}
_BYTES = {
    "binary": "{}",
    "varbinary": "{}",
    "timestamp": "{}",
    "image": "CAST({} AS varbinary(max))",
}
_UNBOUNDED = {"text", "ntext", "xml", "image", "hierarchyid"}


@dataclass(frozen=True)
class Declared:
    """A type in its parts.

    Attributes:
        base: name in lower case, e.g. ``decimal``.
        size: length, precision or fractional digits; ``max``; ``None`` where none is given.
        scale: decimals of a decimal.
    """

    base: str
    size: int | str | None = None
    scale: int = 0

    def digits(self, default: int) -> int:
        """The precision, or the fractional digits, or ``default``."""
        return self.size if isinstance(self.size, int) else default

    @property
    def is_unbounded(self) -> bool:
        """Whether the longest value must be asked for."""
        return self.size == MAX or self.base in _UNBOUNDED


def declared(column: Column) -> Declared:
    """The parts of a column's type; e.g. ``decimal(28,12)`` is base, 28 and 12."""
    match = _SPELLING.fullmatch(column.type)
    if match is None:
        return Declared(column.type)
    size = match["size"]
    return Declared(
        match["base"].lower(),
        int(size) if size and size != MAX else size,
        int(match["scale"] or 0),
    )


def quoted(name: str) -> str:
    """An identifier in brackets, whatever characters it has.

    Raises:
        InvalidQuery: SQL Server allows no such name.
    """
    units = len(name.encode("utf-16-le", "surrogatepass")) // 2
    if not name or "\0" in name or units > LONGEST_NAME:
        raise InvalidQuery(f"{name!r} is not a name that SQL Server allows")
    refuse_garbled(name)
    return f"[{name.replace(']', ']]')}]"


def exact_number(column: Column) -> tuple[int, int] | None:
    """Precision and scale of a column of exact numbers; ``None`` for any other."""
    parts = declared(column)
    if parts.base in _DECIMALS:
        return parts.digits(DEFAULT_PRECISION), parts.scale
    return _EXACT_NUMBERS.get(parts.base)


def fetched(column: Column) -> list[Fetched]:
    """How ``column`` is read: one column, or one and its companions.

    Raises:
        UnsupportedType: naming the column, its type and the remedy.
    """
    import pyarrow as pa

    parts, name = declared(column), quoted(column.name)
    if parts.base in _AS_IT_IS:
        return [_plain(column, pa.type_for_alias(_AS_IT_IS[parts.base]))]
    if (number := exact_number(column)) is not None:
        return [_decimal(column, *number)]
    if parts.base in ("float", "real"):
        return [_plain(column, _binary_number(parts))]
    if parts.base in _TEXT:
        text = Fetched(column.name, _TEXT[parts.base].format(name), pa.string(), pa.large_string())
        return [replace(text, unbounded="text") if parts.is_unbounded else text]
    if parts.base in _BYTES:
        binary = Fetched(
            column.name, _BYTES[parts.base].format(name), pa.binary(), pa.large_binary()
        )
        return [replace(binary, unbounded="binary") if parts.is_unbounded else binary]
    if parts.base in ("datetime2", "datetimeoffset"):
        return _moment(column, parts)
    raise unsupported(column)


def _plain(column: Column, arrow: "pa.DataType") -> Fetched:
    return Fetched(column.name, quoted(column.name), arrow, arrow)


def _decimal(column: Column, precision: int, scale: int) -> Fetched:
    import pyarrow as pa

    plain = _plain(column, pa.decimal128(precision, scale))
    if scale < precision:
        return plain
    # FreeTDS writes -0.5 where arrow-odbc has room for -.5
    text = f"CONVERT(varchar({precision + 4}), {quoted(column.name)})"
    return replace(plain, expression=text, wire=pa.string())


def _binary_number(parts: Declared) -> "pa.DataType":
    import pyarrow as pa

    is_single = parts.base == "real" or parts.digits(FLOAT_DIGITS) <= REAL_DIGITS
    return pa.float32() if is_single else pa.float64()


def _moment(column: Column, parts: Declared) -> list[Fetched]:
    """A datetime2 or datetimeoffset; the driver cuts a seventh digit, its companion keeps it."""
    import pyarrow as pa

    name, digits = quoted(column.name), parts.digits(FINEST_DIGITS)
    wire = pa.timestamp("us")
    columns = [Fetched(column.name, name, wire, wire)]
    if parts.base == "datetimeoffset":
        utc = f"CAST(SWITCHOFFSET({name}, '+00:00') AS datetime2({digits}))"
        minutes = f"CAST(DATEPART(tzoffset, {name}) AS smallint)"
        columns = [
            Fetched(column.name, utc, wire, pa.timestamp("us", "UTC")),
            Fetched(column.name + OFFSET_SUFFIX, minutes, pa.int16(), pa.int16()),
        ]
    if digits == FINEST_DIGITS:
        seventh = f"CAST(DATEPART(nanosecond, {name}) / 100 % 10 AS smallint)"
        suffixed = column.name + HUNDRED_NANOSECONDS_SUFFIX
        columns.append(Fetched(suffixed, seventh, pa.int16(), pa.int8()))
    return columns
