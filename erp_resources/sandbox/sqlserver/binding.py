"""Values of variables and parameters, as DuckDB takes them."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp_resources.sandbox.sqlserver.datatypes import FACTS, Family, family
from erp_resources.sandbox.sqlserver.sql.errors import not_here
from erp_resources.sandbox.sqlserver.types import MAX, Parameter, SqlType

_LONG = {
    "text": SqlType("varchar", MAX),
    "ntext": SqlType("nvarchar", MAX),
    "image": SqlType("varbinary", MAX),
}


@dataclass(frozen=True)
class Variable:
    """A variable's type and its value, as DuckDB takes it."""

    type: SqlType
    value: Any = None


def variable(parameter: Parameter) -> Variable:
    """The variable that a parameter is within its batch.

    Raises:
        SqlServerError: 40000 for a type that the sandbox does not know.
    """
    kind = _LONG.get(parameter.type.name, parameter.type)
    if kind.name not in FACTS:
        raise not_here(f"a parameter of type {kind.name}")
    if family(kind) in {Family.TEXT, Family.BINARY} and kind.size == 0:
        kind = replace(kind, size=1)
    return Variable(kind, _bound(parameter.value, kind))


def _bound(value: Any, kind: SqlType) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value).upper()
    if isinstance(value, bytes) and family(kind) is Family.ROWVERSION:
        return int.from_bytes(value[:8].ljust(8, b"\0"), "big")
    if isinstance(value, datetime) and family(kind) is Family.ZONED:
        return _zoned(value)
    return value


def _zoned(moment: datetime) -> dict[str, Any]:
    offset = moment.utcoffset()
    if offset is None:
        return {"utc": moment, "offset_minutes": 0}
    minutes = int(offset.total_seconds() // 60)
    return {"utc": (moment - offset).replace(tzinfo=None), "offset_minutes": minutes}
