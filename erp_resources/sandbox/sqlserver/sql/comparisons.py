"""How values compare and sort: texts without case and trailing blanks, times by their instant."""

from erp_resources.sandbox.sqlserver.datatypes import NUMBERS, TIMES, Family, family, higher
from erp_resources.sandbox.sqlserver.sql.context import Context
from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.moments import ticks
from erp_resources.sandbox.sqlserver.sql.values import Value
from erp_resources.sandbox.sqlserver.types import SqlType

_ORDERED = frozenset({"<", ">", "<=", ">="})


def sort_key(value: Value) -> str:
    """SQL by which a value sorts, groups and is distinct.

    Raises:
        SqlServerError: 305 for XML, 40000 for types whose order the sandbox does not know.
    """
    if value.family is Family.TEXT:
        return f"ms.text_key({value.sql})"
    if value.family is Family.GUID:
        return f"ms.guid_key({value.sql})"
    if value.family is Family.ZONED:
        return f"struct_extract({value.sql}, 'utc')"
    if value.family is Family.XML:
        text = "The XML data type cannot be compared or sorted, except when using the IS NULL "
        raise sql_error(305, text + "operator.")
    if value.family in {Family.HIERARCHY, Family.VARIANT}:
        raise not_here(f"comparing {value.type.name}")
    return value.sql


def compare(context: Context, operator: str, left: Value, right: Value) -> str:
    """SQL of a comparison, after the conversion of the type with the lower precedence."""
    first, second = comparable(context, left, right, ordered=operator in _ORDERED)
    return f"({first} {operator} {second})"


def comparable(
    context: Context, left: Value, right: Value, *, ordered: bool = False
) -> tuple[str, str]:
    """SQL of two values as they compare with one another."""
    left, right = _one_type(context, left, right)
    if left.family in NUMBERS and right.family in NUMBERS:
        return left.sql, right.sql
    if left.family in TIMES and (left.unit != "us" or right.unit != "us"):
        return ticks(left), ticks(right)
    if left.family is Family.GUID and not ordered:
        return left.sql, right.sql
    return sort_key(left), sort_key(right)


def _one_type(context: Context, left: Value, right: Value) -> tuple[Value, Value]:
    if context.is_undeclared(left):
        return context.to(left, right.type), right
    if context.is_undeclared(right):
        return left, context.to(right, left.type)
    if left.is_null or right.is_null:
        return context.to(left, right.type), context.to(right, left.type)
    if left.family is right.family and left.family is not Family.BINARY:
        return left, right
    return _converted(context, left, right)


def _converted(context: Context, left: Value, right: Value) -> tuple[Value, Value]:
    kind = higher(left.type, right.type)
    numbers = {left.family, right.family} <= NUMBERS
    if numbers and Family.BIT not in {left.family, right.family}:
        return left, right
    if family(kind) is Family.EXACT and Family.TEXT in {left.family, right.family}:
        # A text takes the other's precision and scale.
        return context.to(left, kind), context.to(right, kind)
    if {left.family, right.family} == {Family.BINARY}:
        return left, right
    return (
        left if left.family is family(kind) else context.to(left, _wide(kind)),
        right if right.family is family(kind) else context.to(right, _wide(kind)),
    )


def _wide(kind: SqlType) -> SqlType:
    """The type to convert to for a comparison: without loss of digits."""
    if kind.name in {"time", "datetime2", "datetimeoffset"}:
        return SqlType(kind.name, scale=7)
    return kind
