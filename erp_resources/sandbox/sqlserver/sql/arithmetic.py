"""Operators on numbers and texts, with the precisions that T-SQL gives their results."""

from dataclasses import replace

from erp_resources.sandbox.sqlserver.datatypes import (
    INT,
    NUMBERS,
    Family,
    higher,
    is_unicode,
    storage,
)
from erp_resources.sandbox.sqlserver.sql.context import Context
from erp_resources.sandbox.sqlserver.sql.errors import fail, not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.once import once
from erp_resources.sandbox.sqlserver.sql.values import MAX_DIGITS, Value, as_decimal, derived
from erp_resources.sandbox.sqlserver.types import MAX, SqlType

_NAMES = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}
_BIT_NAMES = {"&": "'&'", "|": "'|'", "^": "'^'"}
_ZERO = fail(8134, "Divide by zero error encountered.")
_INFINITE = fail(8115, "Arithmetic overflow error converting expression to data type float.")
_MOST_WHOLE_DIGITS, _LEAST_SCALE = 32, 6


def combine(context: Context, operator: str, left: Value, right: Value) -> Value:
    """``left operator right`` for ``+ - * / %``.

    Raises:
        SqlServerError: 402 or 8117 for types that do not combine, 40000 for dates.
    """
    left, right = _adapted(context, left, right)
    families = {left.family, right.family}
    if operator == "+" and families in ({Family.TEXT}, {Family.BINARY}):
        return _concatenated(left, right)
    _check_numbers(operator, left, right)
    if left.is_null or right.is_null:
        kind = right.type if left.is_null else left.type
        return Value(f"CAST(NULL AS {storage(kind)})", kind, constant=True)
    for family, compiled in _BY_FAMILY.items():
        if family in families:
            return compiled(operator, left, right)
    raise _incompatible(operator, left, right)


def _adapted(context: Context, left: Value, right: Value) -> tuple[Value, Value]:
    """A text that meets a number becomes one of its type."""
    if left.family is Family.TEXT and right.family in NUMBERS and not right.is_null:
        return context.to(left, right.type), right
    if right.family is Family.TEXT and left.family in NUMBERS and not left.is_null:
        return left, context.to(right, left.type)
    if left.is_null and right.family is Family.TEXT:
        return context.to(left, right.type), right
    if right.is_null and left.family is Family.TEXT:
        return left, context.to(right, left.type)
    return left, right


def _check_numbers(operator: str, left: Value, right: Value) -> None:
    if {left.family, right.family} <= NUMBERS:
        return
    if {left.type.name, right.type.name} & {"datetime", "smalldatetime"}:
        raise not_here(f"{operator} of {left.type.name} and {right.type.name}; use DATEADD")
    raise _incompatible(operator, left, right)


def _incompatible(operator: str, left: Value, right: Value) -> Exception:
    name = _NAMES.get(operator) or _BIT_NAMES[operator]
    return sql_error(
        402,
        f"The data types {left.type.name} and {right.type.name} are incompatible in the "
        f"{name} operator.",
    )


def _concatenated(left: Value, right: Value) -> Value:
    unicode = is_unicode(left.type) or is_unicode(right.type)
    text = left.family is Family.TEXT
    name = "varbinary" if not text else "nvarchar" if unicode else "varchar"
    most = 4000 if unicode else 8000
    sizes = (left.type.size, right.type.size)
    size = MAX if MAX in sizes else min(most, sum(sizes))
    sql = f"({left.sql} || {right.sql})"
    if size == most:
        sql = f"left({sql}, {most})" if text else f"({sql})[1:{most}]"
    return derived(sql, SqlType(name, size), left, right)


def nonzero(divisor: str) -> str:
    """SQL of a divisor; 0 is error 8134."""
    return once(divisor, lambda one: f"CASE WHEN {one} = 0 THEN {_ZERO} ELSE {one} END")


def finite(number: str) -> str:
    """SQL of a float; what is too large for one is error 8115."""
    return once(number, lambda one: f"CASE WHEN isinf({one}) THEN {_INFINITE} ELSE {one} END")


def _float(operator: str, left: Value, right: Value) -> Value:
    kind = higher(left.type, right.type)
    if operator == "%":
        raise _incompatible(operator, left, right)
    sides = [f"CAST({_numeric(value)} AS {storage(kind)})" for value in (left, right)]
    if operator == "/":
        sides[1] = nonzero(sides[1])
    return derived(finite(f"({sides[0]} {operator} {sides[1]})"), kind, left, right)


def _numeric(value: Value) -> str:
    """A bit is a number before it is cast on."""
    return f"CAST({value.sql} AS TINYINT)" if value.family is Family.BIT else value.sql


def _whole(operator: str, left: Value, right: Value) -> Value:
    kind = higher(left.type, right.type)
    first, second = (f"CAST({_numeric(value)} AS {storage(kind)})" for value in (left, right))
    if operator in "/%":
        second = nonzero(second)
    return derived(f"({first} {'//' if operator == '/' else operator} {second})", kind, left, right)


def _money(operator: str, left: Value, right: Value) -> Value:
    kind = higher(left.type, right.type)
    first, second = (f"CAST({_numeric(value)} AS {storage(kind)})" for value in (left, right))
    if operator == "/":
        sql = quotient(first, second, 4, 4, 4)
    elif operator == "%":
        sql = f"({first} % {nonzero(second)})"
    else:
        sql = f"({first} {operator} {second})"
    return derived(f"CAST({sql} AS {storage(kind)})", kind, left, right)


def _exact(operator: str, left: Value, right: Value) -> Value:
    first, second = as_decimal(left), as_decimal(right)
    name = "numeric" if "numeric" in {left.type.name, right.type.name} else "decimal"
    kind = replace(_RESULTS[operator](first, second), name=name)
    sides = [
        f"CAST({_numeric(value)} AS {storage(side)})"
        for value, side in ((left, first), (right, second))
    ]
    if operator == "/":
        sql = quotient(sides[0], sides[1], first.scale, second.scale, kind.scale)
    elif operator == "%":
        sql = f"({sides[0]} % {nonzero(sides[1])})"
    else:
        sql = f"({sides[0]} {operator} {sides[1]})"
    return derived(f"CAST({sql} AS {storage(kind)})", kind, left, right)


def _power(exponent: int) -> str:
    return f"CAST('1{'0' * max(exponent, 0)}' AS DECIMAL({max(exponent, 0) + 1},0))"


def quotient(left: str, right: str, first: int, second: int, result: int) -> str:
    """Long division in whole numbers, cut off after ``result`` decimals."""
    units = [
        f"CAST(CAST({sql} * {_power(scale)} AS DECIMAL(38,0)) AS HUGEINT)"
        for sql, scale in ((left, first), (right, second))
    ]
    shift = result - first + second
    return (
        f"(CAST({units[0]} * CAST({_power(shift)} AS HUGEINT) // {nonzero(units[1])} "
        f"AS DECIMAL(38,0)) * CAST('0.{'0' * (result - 1)}1' AS DECIMAL({result},{result})))"
    )


_BY_FAMILY = {
    Family.FLOAT: _float,
    Family.EXACT: _exact,
    Family.MONEY: _money,
    Family.WHOLE: _whole,
}
"""Who combines two numbers: the first whose family one of them has."""


def _sum(first: SqlType, second: SqlType) -> SqlType:
    scale = max(first.scale, second.scale)
    whole = max(first.precision - first.scale, second.precision - second.scale) + 1
    if whole + scale > MAX_DIGITS:
        scale = max(0, MAX_DIGITS - whole)
    return SqlType("decimal", precision=min(MAX_DIGITS, whole + scale), scale=scale)


def _scaled(digits: int, scale: int) -> SqlType:
    """A product's or quotient's type: too many digits cost decimals, down to six."""
    whole = digits - scale
    if digits > MAX_DIGITS:
        least = min(scale, _LEAST_SCALE)
        scale = max(least, MAX_DIGITS - whole) if whole <= _MOST_WHOLE_DIGITS else least
    return SqlType("decimal", precision=min(digits, MAX_DIGITS), scale=scale)


def _product(first: SqlType, second: SqlType) -> SqlType:
    return _scaled(first.precision + second.precision + 1, first.scale + second.scale)


def _ratio(first: SqlType, second: SqlType) -> SqlType:
    scale = max(_LEAST_SCALE, first.scale + second.precision + 1)
    return _scaled(first.precision - first.scale + second.scale + scale, scale)


def _remainder(first: SqlType, second: SqlType) -> SqlType:
    scale = max(first.scale, second.scale)
    whole = min(first.precision - first.scale, second.precision - second.scale)
    return SqlType("decimal", precision=max(1, min(MAX_DIGITS, whole + scale)), scale=scale)


_RESULTS = {"+": _sum, "-": _sum, "*": _product, "/": _ratio, "%": _remainder}


def bitwise(operator: str, left: Value, right: Value) -> Value:
    """``& | ^`` on whole numbers and bits."""
    families = {left.family, right.family}
    if not families <= {Family.WHOLE, Family.BIT}:
        raise _incompatible(operator, left, right)
    kind = higher(left.type, right.type)
    target = storage(kind) if kind.name != "bit" else "TINYINT"
    first, second = (f"CAST({_numeric(value)} AS {target})" for value in (left, right))
    sql = f"xor({first}, {second})" if operator == "^" else f"({first} {operator} {second})"
    return derived(f"CAST({sql} AS {storage(kind)})", kind, left, right)


def negated(value: Value) -> Value:
    """``-value``."""
    if value.family not in NUMBERS - {Family.BIT}:
        raise sql_error(8117, f"Operand data type {value.type.name} is invalid for minus operator.")
    if value.type.name == "tinyint":
        value = derived(f"CAST({value.sql} AS INTEGER)", INT, value)
    literal = None if value.literal is None else value.literal
    return replace(derived(f"(-{value.sql})", value.type, value), literal=literal)
