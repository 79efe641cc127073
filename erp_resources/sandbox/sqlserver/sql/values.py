"""Typed SQL values: what a T-SQL expression has become, and the type that several values share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from erp_resources.sandbox.sqlserver.datatypes import (
    NUMBERS,
    Family,
    family,
    higher,
    is_fixed,
    is_unicode,
    storage,
)
from erp_resources.sandbox.sqlserver.sql.errors import not_here, quote, sql_error
from erp_resources.sandbox.sqlserver.types import MAX, SqlType

Unit = Literal["us", "ns", "ticks"]
"""How a time is held: DuckDB's microseconds or nanoseconds, or 100 ns since 1970 as a BIGINT,
which alone has both the seventh digit and the years from 1 to 9999."""

MAX_DIGITS = 38


@dataclass(frozen=True)
class Value:
    """DuckDB SQL for one value, and its T-SQL type.

    ``literal`` is the text of a literal. ``constant`` says that no column is read. ``variable`` is
    the name of the variable that it is. ``is_null`` says that it is the word NULL.
    """

    sql: str
    type: SqlType
    nullable: bool = True
    unit: Unit = "us"
    literal: str | None = None
    constant: bool = False
    variable: str | None = None
    is_null: bool = False

    @property
    def family(self) -> Family:
        """The family of the type."""
        return family(self.type)

    @property
    def storage(self) -> str:
        """The DuckDB type of ``sql``."""
        if self.unit == "ticks":
            return "BIGINT"
        return storage(self.type, nanos=self.unit == "ns")


# An untyped NULL is an int, as for a real server.
NULL = Value("CAST(NULL AS INTEGER)", SqlType("int"), constant=True, is_null=True)


def derived(sql: str, kind: SqlType, *inputs: Value, unit: Unit = "us") -> Value:
    """A value computed from others; constant, or never NULL, if they all are."""
    return Value(
        sql,
        kind,
        nullable=any(value.nullable for value in inputs),
        unit=unit,
        constant=all(value.constant for value in inputs),
    )


def text_literal(content: str, *, unicode: bool) -> Value:
    """A string literal under the length it has."""
    if "\x00" in content:
        raise not_here("a text literal with a zero character")
    kind = SqlType("nvarchar" if unicode else "varchar", max(1, text_length(content)))
    return Value(quote(content), kind, nullable=False, literal=content, constant=True)


def text_length(content: str) -> int:
    """Length in UTF-16 units."""
    return len(content.encode("utf-16-le")) // 2


def number_literal(spelling: str) -> Value:
    """A number literal: int, numeric or, with an exponent, float."""
    if "e" in spelling.lower():
        return Value(
            f"CAST({quote(spelling)} AS DOUBLE)", SqlType("float"), nullable=False, constant=True
        )
    number = Decimal(spelling)
    is_int = "." not in spelling and number < 2**31
    kind = SqlType("int") if is_int else _literal_type(number)
    sql = f"CAST({quote(spelling)} AS {storage(kind)})"
    return Value(sql, kind, nullable=False, literal=spelling, constant=True)


def _literal_type(number: Decimal) -> SqlType:
    decimals = max(0, -int(number.as_tuple().exponent))
    digits = max(len(number.as_tuple().digits), decimals, 1)
    if digits > MAX_DIGITS:
        raise sql_error(
            1007,
            f"The number '{number}' is out of the range for numeric representation "
            f"(maximum precision {MAX_DIGITS}).",
        )
    return SqlType("numeric", precision=digits, scale=decimals)


def bytes_literal(digits: str) -> Value:
    """``0x…``."""
    if len(digits) % 2:
        digits = "0" + digits
    kind = SqlType("varbinary", max(1, len(digits) // 2))
    return Value(f"unhex({quote(digits)})", kind, nullable=False, constant=True)


_DIGITS = {"bit": 1, "tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}


def as_decimal(value: Value) -> SqlType:
    """The decimal type under which a number enters decimal arithmetic."""
    if value.family is Family.EXACT:
        return value.type
    if value.family is Family.MONEY:
        digits = 19 if value.type.name == "money" else 10
        return SqlType("decimal", precision=digits, scale=4)
    if value.literal is not None and value.literal.isdigit():
        return SqlType("decimal", precision=len(value.literal), scale=0)
    return SqlType("decimal", precision=_DIGITS[value.type.name], scale=0)


def common_type(values: Sequence[Value]) -> SqlType:
    """The type that the branches of a CASE, COALESCE or UNION share."""
    known = [value for value in values if not value.is_null]
    if not known:
        return NULL.type
    highest = known[0].type
    for value in known[1:]:
        highest = higher(highest, value.type)
    found = family(highest)
    if found is Family.TEXT and all(value.family is Family.TEXT for value in known):
        return _common_text([value.type for value in known])
    if found is Family.BINARY:
        return _common_binary([value.type for value in known])
    if found is Family.EXACT:
        return _common_decimal(highest.name, known)
    if highest.name in {"time", "datetime2", "datetimeoffset"}:
        return replace(highest, scale=max(_fraction(value) for value in known))
    return highest


def _fraction(value: Value) -> int:
    if value.type.name in {"time", "datetime2", "datetimeoffset"}:
        return value.type.scale
    return {"datetime": 3, "smalldatetime": 0, "date": 0}.get(value.type.name, 7)


def _common_text(kinds: Sequence[SqlType]) -> SqlType:
    unicode = any(is_unicode(kind) for kind in kinds)
    fixed = all(is_fixed(kind) for kind in kinds)
    sizes = [kind.size for kind in kinds]
    name = ("n" if unicode else "") + ("char" if fixed else "varchar")
    return SqlType(name, MAX if MAX in sizes else max(sizes))


def _common_binary(kinds: Sequence[SqlType]) -> SqlType:
    fixed = all(is_fixed(kind) for kind in kinds)
    sizes = [kind.size for kind in kinds]
    return SqlType("binary" if fixed else "varbinary", MAX if MAX in sizes else max(sizes))


def _common_decimal(name: str, values: Sequence[Value]) -> SqlType:
    kinds = [as_decimal(value) for value in values if value.family in NUMBERS]
    scale = max(kind.scale for kind in kinds)
    whole = max(kind.precision - kind.scale for kind in kinds)
    if whole + scale > MAX_DIGITS:
        scale = max(0, MAX_DIGITS - whole)
    return SqlType(name, precision=min(MAX_DIGITS, whole + scale), scale=scale)
