"""SQL Server's types: spellings, what ``sys.types`` says of them, how the sandbox stores them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.sqlserver.types import MAX, SqlServerError, SqlType


class Family(Enum):
    """Types that convert and compare alike."""

    BIT = "bit"
    WHOLE = "whole"
    EXACT = "exact"
    MONEY = "money"
    FLOAT = "float"
    TEXT = "text"
    BINARY = "binary"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    ZONED = "zoned"
    GUID = "guid"
    ROWVERSION = "rowversion"
    XML = "xml"
    HIERARCHY = "hierarchy"
    VARIANT = "variant"


NUMBERS = frozenset({Family.BIT, Family.WHOLE, Family.EXACT, Family.MONEY, Family.FLOAT})
TIMES = frozenset({Family.DATE, Family.TIME, Family.MOMENT, Family.ZONED})


@dataclass(frozen=True)
class Facts:
    """One type as ``sys.types`` and ``sp_datatype_info`` describe it.

    ``bytes``, ``precision`` and ``scale`` are those of the type without arguments; ``storage`` is
    the type in DuckDB, empty where it depends on the arguments.
    """

    family: Family
    system_type_id: int
    bytes: int
    precision: int = 0
    scale: int = 0
    storage: str = "VARCHAR"
    user_type_id: int = 0


ZONED_STORAGE = "STRUCT(utc TIMESTAMP, offset_minutes SMALLINT)"
ZONED_NANO_STORAGE = "STRUCT(utc TIMESTAMP_NS, offset_minutes SMALLINT)"

# Highest precedence first: of two types that meet, the lower one is converted.
FACTS: dict[str, Facts] = {
    "hierarchyid": Facts(Family.HIERARCHY, 240, 892, user_type_id=128),
    "sql_variant": Facts(Family.VARIANT, 98, 8016),
    "xml": Facts(Family.XML, 241, -1),
    "datetimeoffset": Facts(Family.ZONED, 43, 10, 34, 7, ZONED_STORAGE),
    "datetime2": Facts(Family.MOMENT, 42, 8, 27, 7, "TIMESTAMP"),
    "datetime": Facts(Family.MOMENT, 61, 8, 23, 3, "TIMESTAMP"),
    "smalldatetime": Facts(Family.MOMENT, 58, 4, 16, 0, "TIMESTAMP"),
    "date": Facts(Family.DATE, 40, 3, 10, 0, "DATE"),
    "time": Facts(Family.TIME, 41, 5, 16, 7, "TIME"),
    "float": Facts(Family.FLOAT, 62, 8, 53, 0, "DOUBLE"),
    "real": Facts(Family.FLOAT, 59, 4, 24, 0, "FLOAT"),
    "decimal": Facts(Family.EXACT, 106, 17, 38, 38, ""),
    "numeric": Facts(Family.EXACT, 108, 17, 38, 38, ""),
    "money": Facts(Family.MONEY, 60, 8, 19, 4, "DECIMAL(19,4)"),
    "smallmoney": Facts(Family.MONEY, 122, 4, 10, 4, "DECIMAL(10,4)"),
    "bigint": Facts(Family.WHOLE, 127, 8, 19, 0, "BIGINT"),
    "int": Facts(Family.WHOLE, 56, 4, 10, 0, "INTEGER"),
    "smallint": Facts(Family.WHOLE, 52, 2, 5, 0, "SMALLINT"),
    "tinyint": Facts(Family.WHOLE, 48, 1, 3, 0, "UTINYINT"),
    "bit": Facts(Family.BIT, 104, 1, 1, 0, "BOOLEAN"),
    # Within a statement a rowversion is the number whose eight bytes it shows.
    "timestamp": Facts(Family.ROWVERSION, 189, 8, storage="BIGINT"),
    "uniqueidentifier": Facts(Family.GUID, 36, 16),
    "nvarchar": Facts(Family.TEXT, 231, 8000),
    "nchar": Facts(Family.TEXT, 239, 8000),
    "varchar": Facts(Family.TEXT, 167, 8000),
    "char": Facts(Family.TEXT, 175, 8000),
    "varbinary": Facts(Family.BINARY, 165, 8000, storage="BLOB"),
    "binary": Facts(Family.BINARY, 173, 8000, storage="BLOB"),
}
_PRECEDENCE = {name: place for place, name in enumerate(FACTS)}
_SYNONYMS = {
    "integer": "int",
    "dec": "decimal",
    "rowversion": "timestamp",
    "double precision": "float",
    "character": "char",
    "char varying": "varchar",
    "character varying": "varchar",
    "national char": "nchar",
    "national character": "nchar",
    "national char varying": "nvarchar",
    "national character varying": "nvarchar",
    "binary varying": "varbinary",
}
_SPELLING = re.compile(
    r"\s*(?:\[?sys\]?\s*\.\s*)?\[?(?P<name>[a-z_0-9]+(?: +[a-z]+)*)\]?\s*"
    r"(?:\(\s*(?P<first>\d+|max)\s*(?:,\s*(?P<second>\d+)\s*)?\))?\s*",
    re.IGNORECASE,
)
SYSNAME = SqlType("nvarchar", 128)
INT = SqlType("int")
BIGINT = SqlType("bigint")
FLOAT = SqlType("float")
BIT = SqlType("bit")
NVARCHAR_MAX = SqlType("nvarchar", MAX)
_MOST = {"nvarchar": 4000, "nchar": 4000, "varchar": 8000, "char": 8000}
_MOST_DIGITS, _DEFAULT_DIGITS = 38, 18
_MOST_DECIMALS = 7
_REAL_DIGITS, _FLOAT_DIGITS = 24, 53


def family(kind: SqlType) -> Family:
    """The family of a type."""
    return FACTS[kind.name].family


def parse_type(spelling: str, default_size: int = 1) -> SqlType:
    """Read a spelling such as ``decimal(28, 12)``.

    Args:
        spelling: in any case.
        default_size: length of a text or binary type without one: 1 in a declaration, 30 in CAST.

    Raises:
        SqlServerError: 243 for no type, 1001, 1002 and 2750 for arguments out of bounds.
    """
    found = _SPELLING.fullmatch(spelling)
    name = " ".join(found["name"].lower().split()) if found else ""
    if name == "sysname":
        return SYSNAME
    name = _SYNONYMS.get(name, name)
    if found is None or name not in FACTS:
        raise SqlServerError(243, f"Type {spelling.strip()} is not a defined system type.")
    first = _length(found["first"])
    maker = _MAKERS.get(name) or _MAKERS_BY_FAMILY.get(FACTS[name].family)
    if maker is not None:
        return maker(name, first, int(found["second"] or 0), default_size)
    if first is not None:
        raise SqlServerError(2716, f"Cannot specify a column width on data type {name}.")
    return SqlType(name)


def _length(spelled: str | None) -> int | None:
    if spelled is None:
        return None
    return MAX if spelled.lower() == "max" else int(spelled)


def _sized(name: str, first: int | None, _: int, default_size: int) -> SqlType:
    size = default_size if first is None else first
    if size == 0 or size > _MOST.get(name, 8000) or (size == MAX and "var" not in name):
        raise SqlServerError(1001, f"Length or precision specification {size} is invalid.")
    return SqlType(name, size)


def _exact(name: str, first: int | None, scale: int, _: int) -> SqlType:
    precision = _DEFAULT_DIGITS if first is None else first
    if not 1 <= precision <= _MOST_DIGITS:
        raise SqlServerError(
            2750,
            f"Column or parameter #1: Specified column precision {precision} is greater than the "
            f"maximum precision of {_MOST_DIGITS}.",
        )
    if scale > precision:
        raise SqlServerError(1002, f"Specified scale {scale} is invalid.", severity=15)
    return SqlType(name, precision=precision, scale=scale)


def _float(_: str, first: int | None, __: int, ___: int) -> SqlType:
    digits = _FLOAT_DIGITS if first is None else first
    if not 1 <= digits <= _FLOAT_DIGITS:
        raise SqlServerError(1001, f"Length or precision specification {digits} is invalid.")
    return SqlType("real" if digits <= _REAL_DIGITS else "float")


def _fractional(name: str, first: int | None, _: int, __: int) -> SqlType:
    scale = _MOST_DECIMALS if first is None else first
    if not 0 <= scale <= _MOST_DECIMALS:
        raise SqlServerError(1002, f"Specified scale {scale} is invalid.", severity=15)
    return SqlType(name, scale=scale)


_Maker = Callable[[str, int | None, int, int], SqlType]
_MAKERS: dict[str, _Maker] = {
    "float": _float,
    **dict.fromkeys(("time", "datetime2", "datetimeoffset"), _fractional),
}
_MAKERS_BY_FAMILY: dict[Family, _Maker] = {
    Family.TEXT: _sized,
    Family.BINARY: _sized,
    Family.EXACT: _exact,
}


def spelling(kind: SqlType) -> str:
    """A type as a declaration spells it."""
    if family(kind) in {Family.TEXT, Family.BINARY}:
        return f"{kind.name}({'max' if kind.size == MAX else kind.size})"
    if family(kind) is Family.EXACT:
        return f"{kind.name}({kind.precision},{kind.scale})"
    if kind.name in {"time", "datetime2", "datetimeoffset"}:
        return f"{kind.name}({kind.scale})"
    return kind.name


def storage(kind: SqlType, *, nanos: bool = False) -> str:
    """The DuckDB type of a value within a statement.

    Args:
        kind: the type.
        nanos: whether a time holds nanoseconds instead of microseconds.
    """
    if family(kind) is Family.EXACT:
        return f"DECIMAL({kind.precision},{kind.scale})"
    if nanos:
        return {
            Family.TIME: "TIME_NS",
            Family.MOMENT: "TIMESTAMP_NS",
            Family.ZONED: ZONED_NANO_STORAGE,
        }[family(kind)]
    return FACTS[kind.name].storage


def higher(first: SqlType, second: SqlType) -> SqlType:
    """Of two types the one with the higher precedence."""
    return first if _PRECEDENCE[first.name] <= _PRECEDENCE[second.name] else second


def width(kind: SqlType) -> int:
    """``max_length`` of ``sys.columns``: bytes, -1 for (max)."""
    if family(kind) in {Family.TEXT, Family.BINARY}:
        wide = kind.name.startswith("n") and kind.size != MAX
        return kind.size * 2 if wide else kind.size
    if family(kind) is Family.EXACT:
        limits = ((9, 5), (19, 9), (28, 13), (38, 17))
        return next(size for digits, size in limits if kind.precision <= digits)
    if kind.name in {"time", "datetime2", "datetimeoffset"}:
        clock = 3 if kind.scale < 3 else 4 if kind.scale < 5 else 5  # noqa: PLR2004 documented steps
        return clock + {"time": 0, "datetime2": 3, "datetimeoffset": 5}[kind.name]
    return FACTS[kind.name].bytes


def precision(kind: SqlType) -> int:
    """``precision`` of ``sys.columns``."""
    if family(kind) is Family.EXACT:
        return kind.precision
    shown = {"time": 8, "datetime2": 19, "datetimeoffset": 26}
    if kind.name in shown:
        return shown[kind.name] + (kind.scale + 1 if kind.scale else 0)
    return FACTS[kind.name].precision


def scale(kind: SqlType) -> int:
    """``scale`` of ``sys.columns``."""
    if family(kind) is Family.EXACT or kind.name in {"time", "datetime2", "datetimeoffset"}:
        return kind.scale
    return FACTS[kind.name].scale


def is_unicode(kind: SqlType) -> bool:
    """Whether a text type holds UTF-16."""
    return kind.name in {"nvarchar", "nchar"}


def is_fixed(kind: SqlType) -> bool:
    """Whether values are padded to the declared length."""
    return kind.name in {"nchar", "char", "binary"}


_ARROW: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "UTINYINT": pa.uint8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "FLOAT": pa.float32(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
    "BLOB": pa.binary(),
    "DECIMAL(19,4)": pa.decimal128(19, 4),
    "DECIMAL(10,4)": pa.decimal128(10, 4),
    ZONED_STORAGE: pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int16())]),
}
_NANOS: dict[Family, pa.DataType] = {
    Family.TIME: pa.time64("ns"),
    Family.MOMENT: pa.timestamp("ns"),
    Family.ZONED: pa.struct([("utc", pa.timestamp("ns")), ("offset_minutes", pa.int16())]),
}


def arrow_type(kind: SqlType, *, nanos: bool = False) -> pa.DataType:
    """The Arrow type of a column in a load and in a result (see ``ResultSet``).

    Args:
        kind: the type.
        nanos: whether a time is wanted with its seventh digit (from 1677 to 2262 only).
    """
    if family(kind) is Family.EXACT:
        return pa.decimal128(kind.precision, kind.scale)
    if family(kind) is Family.ROWVERSION:
        return pa.binary()
    if nanos:
        return _NANOS[family(kind)]
    return _ARROW[FACTS[kind.name].storage]


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table's rows, times in microseconds."""
    return pa.schema(
        [(column.name, arrow_type(parse_type(column.type))) for column in table.columns]
    )
