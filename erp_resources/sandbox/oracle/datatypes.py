"""Oracle's data types: their spellings, what the driver is told of them, how they are stored.

A ``DataType`` is the type of any SQL expression. ``storage`` is the DuckDB type of its values; each
kind has one, except NUMBER: BIGINT or DECIMAL of 1 to 38 digits.
"""

import enum
import re
from dataclasses import dataclass, replace

import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.oracle.types import (
    FLOATING_SCALE,
    CharsetForm,
    ColumnInfo,
    OracleType,
)

MAX_DIGITS = 38
BIGINT_DIGITS = 18
FREE_SCALE = 10
"""Decimals kept of a NUMBER that is declared without precision."""


class Kind(enum.Enum):
    """A family of types that convert and compare alike; the value is its name in the dictionary."""

    NUMBER = "NUMBER"
    FLOAT = "BINARY_FLOAT"
    DOUBLE = "BINARY_DOUBLE"
    TEXT = "VARCHAR2"
    CHAR = "CHAR"
    CLOB = "CLOB"
    LONG = "LONG"
    RAW = "RAW"
    BLOB = "BLOB"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    TIMESTAMP_TZ = "TIMESTAMP WITH TIME ZONE"
    TIMESTAMP_LTZ = "TIMESTAMP WITH LOCAL TIME ZONE"
    DAYS = "INTERVAL DAY TO SECOND"
    MONTHS = "INTERVAL YEAR TO MONTH"
    ROWID = "ROWID"
    UNKNOWN = "UNKNOWN"


TEXTS = frozenset({Kind.TEXT, Kind.CHAR})
LARGE = frozenset({Kind.CLOB, Kind.LONG, Kind.BLOB})
MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ, Kind.TIMESTAMP_LTZ})
NUMBERS = frozenset({Kind.NUMBER, Kind.FLOAT, Kind.DOUBLE})

ZONED_STORAGE = "STRUCT(utc TIMESTAMP, offset_minutes SMALLINT)"
STORAGE = {
    Kind.FLOAT: "FLOAT",
    Kind.DOUBLE: "DOUBLE",
    Kind.TEXT: "VARCHAR",
    Kind.CHAR: "VARCHAR",
    Kind.CLOB: "VARCHAR",
    Kind.LONG: "VARCHAR",
    Kind.RAW: "BLOB",
    Kind.BLOB: "BLOB",
    Kind.DATE: "TIMESTAMP_S",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMP_TZ: ZONED_STORAGE,
    Kind.TIMESTAMP_LTZ: "TIMESTAMP WITH TIME ZONE",
    Kind.DAYS: "BIGINT",  # microseconds
    Kind.MONTHS: "BIGINT",
    Kind.ROWID: "HUGEINT",  # object, file, block and row number in one, see rowids.py
    Kind.UNKNOWN: "VARCHAR",
}
WIRE = {
    Kind.NUMBER: OracleType.NUMBER,
    Kind.FLOAT: OracleType.BINARY_FLOAT,
    Kind.DOUBLE: OracleType.BINARY_DOUBLE,
    Kind.TEXT: OracleType.VARCHAR,
    Kind.CHAR: OracleType.CHAR,
    Kind.CLOB: OracleType.CLOB,
    Kind.LONG: OracleType.LONG,
    Kind.RAW: OracleType.RAW,
    Kind.BLOB: OracleType.BLOB,
    Kind.DATE: OracleType.DATE,
    Kind.TIMESTAMP: OracleType.TIMESTAMP,
    Kind.TIMESTAMP_TZ: OracleType.TIMESTAMP_TZ,
    Kind.TIMESTAMP_LTZ: OracleType.TIMESTAMP_LTZ,
    Kind.ROWID: OracleType.ROWID,
    Kind.UNKNOWN: OracleType.VARCHAR,
}


@dataclass(frozen=True)
class DataType:
    """The type of a column or expression.

    ``precision`` and ``scale`` are declared ones (0 and ``FLOATING_SCALE`` for a plain NUMBER);
    ``size`` is the declared length of text and RAW, in characters if ``in_chars``, else in bytes.
    """

    kind: Kind
    precision: int = 0
    scale: int = 0
    size: int = 0
    national: bool = False
    in_chars: bool = False
    storage: str = ""

    def __post_init__(self) -> None:
        """Fill in the kind's storage."""
        if not self.storage:
            object.__setattr__(self, "storage", STORAGE[self.kind])

    @property
    def decimals(self) -> int:
        """Digits behind the point that a stored NUMBER has."""
        found = re.search(r",(\d+)\)", self.storage)
        return int(found[1]) if found else 0

    @property
    def is_free(self) -> bool:
        """Whether it is a NUMBER of any scale."""
        return self.kind is Kind.NUMBER and self.scale == FLOATING_SCALE


def free_number(decimals: int = FREE_SCALE) -> DataType:
    """The type of a computed number with that many decimals."""
    storage = f"DECIMAL({MAX_DIGITS},{decimals})"
    return DataType(Kind.NUMBER, scale=FLOATING_SCALE, storage=storage)


def text(size: int = 4000) -> DataType:
    """The type of a computed text of at most ``size`` characters."""
    return DataType(Kind.TEXT, size=max(1, min(size, 32767)))


WHOLE = DataType(Kind.NUMBER, scale=FLOATING_SCALE, storage="BIGINT")
"""A NUMBER that is known to hold integers only, e.g. a count."""
DATE = DataType(Kind.DATE)
TIMESTAMP = DataType(Kind.TIMESTAMP, scale=6)
TIMESTAMP_TZ = DataType(Kind.TIMESTAMP_TZ, scale=6)
TIMESTAMP_LTZ = DataType(Kind.TIMESTAMP_LTZ, scale=6)
DAYS = DataType(Kind.DAYS)
MONTHS = DataType(Kind.MONTHS)
DOUBLE = DataType(Kind.DOUBLE)
RAW = DataType(Kind.RAW, size=2000)
ROWID = DataType(Kind.ROWID, size=18)
UNKNOWN = DataType(Kind.UNKNOWN, size=1)
CLOB = DataType(Kind.CLOB)

_SPELLING = re.compile(
    r"(?P<base>[A-Z][A-Z0-9_]*(?: (?:RAW|PRECISION))?)\s*"
    r"(?:\(\s*(?P<first>\d+|\*)\s*(?:,\s*(?P<second>-?\d+)\s*)?(?P<unit> ?(?:CHAR|BYTE))?\s*\))?"
    r"(?P<zone> WITH (?:LOCAL )?TIME ZONE)?"
)
_SIZED = {
    "VARCHAR2": (Kind.TEXT, False),
    "VARCHAR": (Kind.TEXT, False),
    "NVARCHAR2": (Kind.TEXT, True),
    "CHAR": (Kind.CHAR, False),
    "NCHAR": (Kind.CHAR, True),
    "RAW": (Kind.RAW, False),
}
_PLAIN = {
    "DATE": DATE,
    "CLOB": CLOB,
    "NCLOB": DataType(Kind.CLOB, national=True),
    "BLOB": DataType(Kind.BLOB),
    "LONG": DataType(Kind.LONG),
    "BINARY_DOUBLE": DOUBLE,
    "BINARY_FLOAT": DataType(Kind.FLOAT),
    "ROWID": ROWID,
}
_INTEGERS = frozenset({"INTEGER", "INT", "SMALLINT"})


def parse(spelling: str) -> DataType:
    """The type that a declaration or a CAST spells.

    Raises:
        ValueError: no such type, or one that the sandbox does not store.
    """
    normal = " ".join(spelling.upper().split())
    found = _SPELLING.fullmatch(normal)
    if found is None:
        raise ValueError(f"unknown data type {spelling!r}")
    base, first, second = found["base"], found["first"], found["second"]
    if base == "TIMESTAMP":
        return _timestamp(found["zone"], int(first or 6))
    if base in _SIZED:
        return _sized(base, first, in_chars=(found["unit"] or "").strip() == "CHAR")
    if base in _INTEGERS:
        return _number("*", "0")
    if base in {"NUMBER", "DECIMAL", "NUMERIC"}:
        return _number(first, second)
    if base == "FLOAT":
        return replace(free_number(), precision=int(first or 126))
    if base in _PLAIN and first is None:
        return _PLAIN[base]
    raise ValueError(f"unknown data type {spelling!r}")


def _timestamp(zone: str | None, digits: int) -> DataType:
    if zone is None:
        return DataType(Kind.TIMESTAMP, scale=digits)
    kind = Kind.TIMESTAMP_LTZ if "LOCAL" in zone else Kind.TIMESTAMP_TZ
    return DataType(kind, scale=digits)


def _sized(base: str, size: str | None, *, in_chars: bool) -> DataType:
    kind, national = _SIZED[base]
    if size is None and kind is not Kind.CHAR:
        raise ValueError(f"{base} needs a length")
    return DataType(kind, size=int(size or 1), national=national, in_chars=in_chars or national)


def _number(first: str | None, second: str | None) -> DataType:
    if first is None:
        return free_number()
    precision = MAX_DIGITS if first == "*" else int(first)
    scale = int(second or 0)
    if not 1 <= precision <= MAX_DIGITS or not 0 <= scale <= MAX_DIGITS:
        raise ValueError(f"NUMBER({first},{second}) is not stored by the sandbox")
    storage = f"DECIMAL({max(precision, scale)},{scale})"
    if scale == 0 and precision <= BIGINT_DIGITS:
        storage = "BIGINT"
    return DataType(Kind.NUMBER, precision, scale, storage=storage)


def column_info(name: str, kind: DataType, *, nullable: bool = True) -> ColumnInfo:
    """What the driver is told of a result column."""
    form = CharsetForm.NONE
    if kind.kind in TEXTS | {Kind.CLOB, Kind.LONG, Kind.UNKNOWN}:
        form = CharsetForm.NATIONAL if kind.national else CharsetForm.DATABASE
    return ColumnInfo(
        name=name,
        type=WIRE[kind.kind],
        precision=kind.precision,
        scale=kind.scale,
        size=kind.size,
        charset_form=form,
        nullable=nullable,
    )


_ARROW = {
    "BIGINT": pa.int64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "BLOB": pa.binary(),
    "TIMESTAMP_S": pa.timestamp("s"),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
    ZONED_STORAGE: pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int16())]),
}


def arrow_type(kind: DataType) -> pa.DataType:
    """The Arrow type in which a column of this type is loaded and read."""
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind.storage)
    if found:
        return pa.decimal128(int(found[1]), int(found[2]))
    return _ARROW[kind.storage]


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema in which the rows of a declared table are loaded."""
    return pa.schema([(column.name, arrow_type(parse(column.type))) for column in table.columns])
