"""Values of which one is chosen: CASE, IIF, COALESCE, ISNULL, NULLIF and set operators."""

from collections.abc import Sequence
from dataclasses import replace

from erp_resources.sandbox.sqlserver.datatypes import TIMES
from erp_resources.sandbox.sqlserver.sql.context import Context
from erp_resources.sandbox.sqlserver.sql.moments import with_unit
from erp_resources.sandbox.sqlserver.sql.values import Unit, Value, common_type
from erp_resources.sandbox.sqlserver.types import SqlType


def unified(context: Context, values: Sequence[Value], kind: SqlType | None = None) -> list[Value]:
    """The values under their common type, or under ``kind``, all held alike."""
    declared = [value for value in values if not context.is_undeclared(value)] or values
    common = kind or common_type(declared)
    converted = [context.to(value, common) for value in values]
    if converted[0].family not in TIMES:
        return converted
    unit = _unit([value for value in converted if not value.is_null])
    return [
        replace(value, sql=f"CAST(NULL AS {replace(value, unit=unit).storage})", unit=unit)
        if value.is_null
        else with_unit(value, unit)
        for value in converted
    ]


def _unit(values: Sequence[Value]) -> Unit:
    units = {value.unit for value in values}
    if len(units) <= 1:
        return units.pop() if units else "us"
    return "ticks" if values[0].type.name == "datetime2" else "ns"


def branches(context: Context, tests: Sequence[str], values: Sequence[Value]) -> Value:
    """``CASE WHEN test THEN value … ELSE the last value END``."""
    fitted = unified(context, values)
    pairs = zip(tests, fitted, strict=False)
    whens = " ".join(f"WHEN {test} THEN {value.sql}" for test, value in pairs)
    return Value(
        f"CASE {whens} ELSE {fitted[-1].sql} END",
        fitted[0].type,
        any(value.nullable for value in fitted),
        unit=fitted[0].unit,
    )


def coalesced(context: Context, values: Sequence[Value], kind: SqlType | None = None) -> Value:
    """The first value that is not NULL."""
    fitted = unified(context, values, kind)
    sql = ", ".join(value.sql for value in fitted)
    nullable = all(value.nullable for value in fitted)
    return Value(f"coalesce({sql})", fitted[0].type, nullable, unit=fitted[0].unit)
