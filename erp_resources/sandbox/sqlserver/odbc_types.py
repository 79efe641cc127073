"""SQL Server's types as ODBC numbers and describes them, for the catalogue procedures."""

from dataclasses import dataclass

from erp_resources.sandbox.sqlserver import datatypes
from erp_resources.sandbox.sqlserver.datatypes import Family, family
from erp_resources.sandbox.sqlserver.types import MAX, SqlType

_LONG = 2_147_483_647


@dataclass(frozen=True)
class OdbcType:
    """A row of ``sp_datatype_info``; the names are ODBC's."""

    data_type: int
    column_size: int
    quote: str | None = None
    params: str | None = None
    searchable: int = 2
    case_sensitive: int = 0
    unsigned: int | None = None
    money: int = 0
    auto: int | None = None
    scales: tuple[int | None, int | None] = (None, None)
    sql_data_type: int | None = None
    sub: int | None = None
    radix: int | None = None


def _exact(data_type: int, size: int) -> OdbcType:
    return OdbcType(
        data_type, size, params="precision,scale", unsigned=0, auto=0, scales=(0, 38), radix=10
    )


def _whole(data_type: int, size: int, unsigned: int = 0) -> OdbcType:
    return OdbcType(data_type, size, unsigned=unsigned, auto=0, scales=(0, 0), radix=10)


def _text(data_type: int, size: int, params: str) -> OdbcType:
    return OdbcType(data_type, size, "'", params, searchable=3)


ODBC_TYPES: dict[str, OdbcType] = {
    "sql_variant": OdbcType(-150, 8000, scales=(0, 0)),
    "uniqueidentifier": OdbcType(-11, 36, "'"),
    "xml": OdbcType(-152, 0, "'", searchable=0, case_sensitive=1),
    "nchar": _text(-8, 4000, "length"),
    "nvarchar": _text(-9, 4000, "max length"),
    "bit": OdbcType(-7, 1, scales=(0, 0)),
    "tinyint": _whole(-6, 3, unsigned=1),
    "bigint": _whole(-5, 19),
    "varbinary": OdbcType(-3, 8000, params="max length"),
    "binary": OdbcType(-2, 8000, params="length"),
    "timestamp": OdbcType(-2, 8),
    "char": _text(1, 8000, "length"),
    "numeric": _exact(2, 38),
    "decimal": _exact(3, 38),
    "money": OdbcType(3, 19, unsigned=0, money=1, auto=0, scales=(4, 4), radix=10),
    "smallmoney": OdbcType(3, 10, unsigned=0, money=1, auto=0, scales=(4, 4), radix=10),
    "int": _whole(4, 10),
    "smallint": _whole(5, 5),
    "float": OdbcType(6, 53, unsigned=0, auto=0, radix=2),
    "real": OdbcType(7, 24, unsigned=0, auto=0, radix=2),
    "varchar": _text(12, 8000, "max length"),
    "date": OdbcType(91, 10, "'", searchable=3, sql_data_type=9, sub=1),
    "time": OdbcType(-154, 16, "'", "scale", searchable=3, scales=(0, 7), sql_data_type=-154),
    "datetime2": OdbcType(
        93, 27, "'", "scale", searchable=3, scales=(0, 7), sql_data_type=9, sub=3
    ),
    "datetime": OdbcType(93, 23, "'", searchable=3, scales=(3, 3), sql_data_type=9, sub=3),
    "smalldatetime": OdbcType(93, 16, "'", searchable=3, scales=(0, 0), sql_data_type=9, sub=3),
    "datetimeoffset": OdbcType(
        -155, 34, "'", "scale", searchable=3, scales=(0, 7), sql_data_type=-155
    ),
    "hierarchyid": OdbcType(-151, 892),
}
LONG_TYPES: dict[str, OdbcType] = {
    "ntext": OdbcType(-10, 1_073_741_823, "'", searchable=1),
    "image": OdbcType(-4, _LONG, searchable=0),
    "text": OdbcType(-1, _LONG, "'", searchable=1),
}
"""Types that drivers ask for and tables of the sandbox cannot have."""


def column_size(kind: SqlType) -> int:
    """ODBC's COLUMN_SIZE of a column: characters, digits or bytes; 0 for (max)."""
    if kind.size == MAX:
        return 0
    if family(kind) in {Family.TEXT, Family.BINARY}:
        return kind.size
    if family(kind) is Family.EXACT:
        return kind.precision
    if kind.name in {"time", "datetime2", "datetimeoffset"}:
        return datatypes.precision(kind)
    return ODBC_TYPES[kind.name].column_size


def transfer_length(kind: SqlType) -> int:
    """ODBC's BUFFER_LENGTH."""
    if kind.size == MAX:
        return 0
    if family(kind) is Family.EXACT:
        return kind.precision + 2
    sizes = {"money": 21, "smallmoney": 12, "datetime": 16, "smalldatetime": 16, "date": 6}
    sizes |= {"datetime2": 16, "datetimeoffset": 20, "time": 12}
    return sizes.get(kind.name, datatypes.width(kind))


def decimal_digits(kind: SqlType) -> int | None:
    """ODBC's DECIMAL_DIGITS; NULL where it means nothing."""
    return datatypes.scale(kind) if ODBC_TYPES[kind.name].scales[0] is not None else None
