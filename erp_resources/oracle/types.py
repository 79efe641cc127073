"""How Oracle's types travel: the expression selected, the Arrow type asked for, the type landed.

Numbers are exact or refused. A NUMBER without a precision is fetched as ``decimal256`` and cast:
``decimal128`` would wrap in the driver where a value has too many digits (measured, oracledb 26.1).
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from erp_resources.connector import OFFSET_SUFFIX, Column
from erp_resources.errors import InvalidQuery, UnsupportedType

if TYPE_CHECKING:
    import pyarrow as pa

MAX_PRECISION = 38
"""Digits of Delta's and Polars' widest decimal."""
INT64_DIGITS = 18
MICROSECOND_DIGITS = 6
"""Fractions of a second that Delta's timestamps keep; finer ones are landed as text."""

_SPELLING = re.compile(
    r"(?P<base>[A-Z][A-Z0-9_ ]*?)"
    r"(?:\((?P<first>\*|\d+)(?: (?:CHAR|BYTE))?(?:,(?P<second>-?\d+))?\))?"
    r"(?P<zone> WITH(?: LOCAL)? TIME ZONE)?$"
)
_TEXT = {"VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "CLOB", "NCLOB", "LONG", "ROWID", "UROWID"}
_BYTES = {"RAW", "LONG RAW", "BLOB"}
_AS_TEXT = ("INTERVAL DAY", "INTERVAL YEAR")


@dataclass(frozen=True)
class Fetched:
    """One column of a SELECT list and what becomes of it.

    Attributes:
        name: the column in the lake.
        expression: SQL that selects it.
        wire: Arrow type to request from the driver.
        landed: Arrow type after the exact cast; Delta's and Polars' type.
    """

    name: str
    expression: str
    wire: "pa.DataType"
    landed: "pa.DataType"

    @property
    def is_bounded_number(self) -> bool:
        """Whether it is fetched as a type that the driver would squeeze any number into."""
        from pyarrow.types import is_decimal128, is_int64

        plain = self.expression == quoted(self.name)
        return plain and bool(is_int64(self.wire) or is_decimal128(self.wire))


def quoted(identifier: str) -> str:
    """An identifier as SQL text. Oracle allows no double quote inside one, nor do we."""
    if '"' in identifier or "\0" in identifier or not identifier:
        raise InvalidQuery(f"oracle: {identifier!r} is not a name that Oracle allows")
    return f'"{identifier}"'


def fetched(column: Column) -> list[Fetched]:
    """How ``column`` is read; two columns for a time with a zone (the instant and its offset).

    Raises:
        UnsupportedType: naming the column, its type and the remedy.
    """
    import pyarrow as pa

    match = _SPELLING.fullmatch(column.type)
    base = match["base"] if match else column.type
    name = quoted(column.name)
    if base in _TEXT:
        return [_plain(column, pa.large_string())]
    if base in _BYTES:
        return [_plain(column, pa.large_binary())]
    if match and base in ("NUMBER", "FLOAT"):
        return [_number(column, match)]
    if match and base in ("DATE", "TIMESTAMP"):
        return _time(column, match)
    if base in ("BINARY_DOUBLE", "BINARY_FLOAT"):
        return [_plain(column, pa.float64() if base == "BINARY_DOUBLE" else pa.float32())]
    if base.startswith(_AS_TEXT):
        return [Fetched(column.name, f"TO_CHAR({name})", pa.large_string(), pa.large_string())]
    raise UnsupportedType(
        f"oracle: column {column.name!r} has type {column.type!r}, which has no exact counterpart; "
        "leave it out with the declaration's `columns`"
    )


def still_fits(column: Fetched, type_name: str, precision: int | None, scale: int | None) -> bool:
    """Whether a number, as a statement describes it now, is held exactly by the type asked for.

    Args:
        type_name: the driver's name of the column's type, e.g. ``DB_TYPE_NUMBER``.
    """
    from pyarrow.types import is_int64

    if type_name != "DB_TYPE_NUMBER" or not precision:
        return False
    decimals = max(scale or 0, 0)
    digits = max(precision - min(scale or 0, 0), decimals)
    if is_int64(column.wire):
        return digits <= INT64_DIGITS and decimals == 0
    places: int = column.wire.scale
    before_point: int = column.wire.precision - places
    return decimals <= places and digits - decimals <= before_point


def _plain(column: Column, arrow: "pa.DataType") -> Fetched:
    return Fetched(column.name, quoted(column.name), arrow, arrow)


def _number(column: Column, match: re.Match[str]) -> Fetched:
    import pyarrow as pa

    if match["base"] == "FLOAT" or (match["first"] in (None, "*") and match["second"] is None):
        if column.scale is None:
            raise UnsupportedType(
                f"oracle: column {column.name!r} is a {column.type} without a precision and nobody "
                "said how many decimals it has; run `erp catalog refresh` or declare `scales`"
            )
        wide = pa.decimal256(76, column.scale)
        landed = pa.decimal128(MAX_PRECISION, column.scale)
        return Fetched(column.name, quoted(column.name), wide, landed)
    precision = MAX_PRECISION if match["first"] == "*" else int(match["first"])
    scale = int(match["second"] or 0)
    digits = max(precision - min(scale, 0), scale)
    if digits > MAX_PRECISION:
        raise UnsupportedType(
            f"oracle: column {column.name!r} is a {column.type}: over {MAX_PRECISION} digits; "
            "leave it out with the declaration's `columns`"
        )
    if scale <= 0 and digits <= INT64_DIGITS:
        return _plain(column, pa.int64())
    return _plain(column, pa.decimal128(digits, max(scale, 0)))


def _time(column: Column, match: re.Match[str]) -> list[Fetched]:
    import pyarrow as pa

    name = quoted(column.name)
    instant = pa.timestamp("us", "UTC") if match["zone"] else pa.timestamp("us")
    if int(match["first"] or MICROSECOND_DIGITS) > MICROSECOND_DIGITS:
        zone = "TZH:TZM" if match["zone"] else ""
        text = f"TO_CHAR({name}, 'YYYY-MM-DD\"T\"HH24:MI:SS.FF9{zone}')"
        return [Fetched(column.name, text, pa.large_string(), pa.large_string())]
    if not match["zone"]:
        return [_plain(column, instant)]
    utc = Fetched(column.name, f"SYS_EXTRACT_UTC({name})", pa.timestamp("us"), instant)
    if "LOCAL" in match["zone"]:
        return [utc]
    minutes = f"EXTRACT(TIMEZONE_HOUR FROM {name}) * 60 + EXTRACT(TIMEZONE_MINUTE FROM {name})"
    return [utc, Fetched(column.name + OFFSET_SUFFIX, minutes, pa.int64(), pa.int16())]
