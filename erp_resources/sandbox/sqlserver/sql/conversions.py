"""Conversions between SQL Server's types: which there are, and who does them."""

from collections.abc import Callable
from dataclasses import replace

from erp_resources.sandbox.sqlserver.datatypes import (
    NUMBERS,
    NVARCHAR_MAX,
    TIMES,
    Family,
    family,
    is_fixed,
    storage,
)
from erp_resources.sandbox.sqlserver.sql import (
    number_conversions,
    text_conversions,
    time_conversions,
)
from erp_resources.sandbox.sqlserver.sql.conversion import Conversion, unknown
from erp_resources.sandbox.sqlserver.sql.errors import sql_error
from erp_resources.sandbox.sqlserver.sql.values import Value, derived
from erp_resources.sandbox.sqlserver.types import SqlType

MACROS = text_conversions.MACROS
IMPLICIT = Conversion()


def convert(value: Value, kind: SqlType, how: Conversion = IMPLICIT) -> Value:
    """Convert a value to a type.

    Raises:
        SqlServerError: 206, 257 or 529 where SQL Server knows no such conversion, 40000 where the
            sandbox does not.
    """
    if value.is_null:
        sql = f"CAST(NULL AS {storage(kind)})"
        return Value(sql, kind, constant=True, is_null=True)
    if value.type == kind and not is_fixed(kind):
        return value
    _check_allowed(value, kind, how)
    if value.family is Family.VARIANT:
        # It is held as its text.
        value = replace(value, type=NVARCHAR_MAX)
    return _TO[family(kind)](value, kind, how)


_EXPLICIT_ONLY = frozenset(
    {(source, target) for source in (Family.MOMENT,) for target in NUMBERS}
    | {(Family.GUID, Family.BINARY), (Family.XML, Family.TEXT), (Family.HIERARCHY, Family.TEXT)}
    | {(Family.VARIANT, target) for target in Family}
    | {(Family.TEXT, Family.BINARY), (Family.TEXT, Family.ROWVERSION)}
)
_NEVER = frozenset(
    {(source, target) for source in (Family.DATE, Family.TIME, Family.ZONED) for target in NUMBERS}
    | {
        (target, source)
        for source in (Family.DATE, Family.TIME, Family.ZONED)
        for target in NUMBERS
    }
    | {(Family.DATE, Family.TIME), (Family.TIME, Family.DATE)}
    | {(Family.GUID, target) for target in NUMBERS | TIMES}
    | {(source, Family.GUID) for source in NUMBERS | TIMES}
    | {(Family.XML, target) for target in NUMBERS | TIMES | {Family.GUID}}
    | {(Family.HIERARCHY, target) for target in NUMBERS | TIMES | {Family.GUID, Family.XML}}
    | {(source, Family.HIERARCHY) for source in NUMBERS | TIMES | {Family.GUID, Family.XML}}
    | {(Family.ROWVERSION, target) for target in TIMES | {Family.FLOAT, Family.GUID}}
)


def _check_allowed(value: Value, kind: SqlType, how: Conversion) -> None:
    pair = (value.family, family(kind))
    names = (value.type.name, kind.name)
    if pair in _NEVER:
        if how.explicit:
            text = f"Explicit conversion from data type {names[0]} to {names[1]} is not allowed."
            raise sql_error(529, text)
        raise sql_error(206, f"Operand type clash: {names[0]} is incompatible with {names[1]}")
    if pair in _EXPLICIT_ONLY and not how.explicit and pair[0] is not pair[1]:
        raise sql_error(
            257,
            f"Implicit conversion from data type {names[0]} to {names[1]} is not allowed. "
            "Use the CONVERT function to run this query.",
        )


def _as_text(value: Value, kind: SqlType, _: Conversion) -> Value:
    """XML, paths of hierarchyid and values of sql_variant are held as their text."""
    if value.family not in {Family.TEXT, family(kind)}:
        raise unknown(value, kind)
    return derived(value.sql, kind, value)


_TO: dict[Family, Callable[[Value, SqlType, Conversion], Value]] = {
    Family.BIT: number_conversions.to_bit,
    Family.WHOLE: number_conversions.to_whole,
    Family.EXACT: number_conversions.to_exact,
    Family.MONEY: number_conversions.to_money,
    Family.FLOAT: number_conversions.to_float,
    Family.TEXT: text_conversions.to_text,
    Family.BINARY: text_conversions.to_binary,
    Family.DATE: time_conversions.to_date,
    Family.TIME: time_conversions.to_time,
    Family.MOMENT: time_conversions.to_moment,
    Family.ZONED: time_conversions.to_zoned,
    Family.GUID: text_conversions.to_guid,
    Family.ROWVERSION: text_conversions.to_rowversion,
    Family.XML: _as_text,
    Family.HIERARCHY: _as_text,
    Family.VARIANT: _as_text,
}
