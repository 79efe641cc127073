"""``+ - * /`` on numbers, dates and intervals: exact decimals, days as numbers."""

from dataclasses import replace

from erp_resources.sandbox.oracle.datatypes import (
    DATE,
    DAYS,
    DOUBLE,
    MOMENTS,
    MONTHS,
    TIMESTAMP,
    TIMESTAMP_LTZ,
    TIMESTAMP_TZ,
    WHOLE,
    Kind,
    free_number,
)
from erp_resources.sandbox.oracle.sql.errors import inconsistent, unimplemented
from erp_resources.sandbox.oracle.sql.values import MAX_SCALE, Converter, Value, derived
from erp_resources.sandbox.oracle.types import OracleError

_FLOATS = frozenset({Kind.DOUBLE, Kind.FLOAT})
_INTERVALS = frozenset({Kind.DAYS, Kind.MONTHS})


def combine(to: Converter, left: Value, operator: str, right: Value) -> Value:
    """The value of ``left operator right``.

    Raises:
        OracleError: ORA-00932 for types that have no such operation.
    """
    if {left.kind, right.kind} & (MOMENTS | _INTERVALS):
        return _with_moments(to, left, operator, right)
    if {left.kind, right.kind} & _FLOATS:
        left, right = to.double(left), to.double(right)
        return derived(f"({left.sql} {operator} {right.sql})", DOUBLE, left, right)
    left, right = to.number(left), to.number(right)
    if operator == "/":
        return divide(left, right)
    if operator == "*":
        return _multiply(left, right)
    return _add(left, operator, right)


def exact(value: Value, decimals: int | None = None) -> str:
    """SQL of a number as DECIMAL of full width."""
    scale = value.type.decimals if decimals is None else decimals
    kind = free_number(scale).storage
    return value.sql if value.type.storage == kind else f"CAST({value.sql} AS {kind})"


def divide(left: Value, right: Value) -> Value:
    """The quotient, exact to ``MAX_SCALE`` decimals; a quotient of quotients is divided once."""
    if (ratio := right.ratio) is not None:
        left, right = _multiply(left, ratio[1]), ratio[0]
    if (ratio := left.ratio) is not None:
        left, right = ratio[0], _multiply(ratio[1], right)
    dividend, divisor = _narrow(left), _narrow(right)
    sql = f"ora.divide({dividend.sql}, {divisor.sql})"
    return replace(derived(sql, free_number(MAX_SCALE), left, right), ratio=(left, right))


def _add(left: Value, operator: str, right: Value) -> Value:
    decimals = max(left.type.decimals, right.type.decimals)
    sql = f"({exact(left)} {operator} {exact(right)})"
    return derived(sql, free_number(decimals), left, right)


def _multiply(left: Value, right: Value) -> Value:
    if left.ratio:
        return divide(_multiply(left.ratio[0], right), left.ratio[1])
    if right.ratio:
        return _multiply(right, left)
    if left.type.decimals + right.type.decimals > MAX_SCALE:
        left, right = _narrow(left), _narrow(right)
    decimals = left.type.decimals + right.type.decimals
    return derived(f"({exact(left)} * {exact(right)})", free_number(decimals), left, right)


def _narrow(value: Value) -> Value:
    """At most ten decimals, checked at run time to be exact."""
    if value.type.decimals <= MAX_SCALE // 2:
        return value
    return derived(f"ora.narrow({value.sql})", free_number(), value)


def negate(to: Converter, value: Value) -> Value:
    """``-value``."""
    if value.kind in _FLOATS | _INTERVALS:
        return derived(f"(-{value.sql})", value.type, value)
    number = to.number(value)
    return derived(f"(-{exact(number)})", free_number(number.type.decimals), number)


def _with_moments(to: Converter, left: Value, operator: str, right: Value) -> Value:
    if operator in {"*", "/"}:
        return _scaled(to, left, operator, right)
    if left.kind in MOMENTS and right.kind in MOMENTS:
        if operator == "+":
            raise OracleError(975, "date + date not allowed")
        return _difference(to, left, right)
    if operator == "+" and right.kind in MOMENTS:
        left, right = right, left
    if left.kind in MOMENTS:
        return _moved(to, left, operator, right)
    if right.kind is not left.kind:
        raise inconsistent(left.kind.value, right.kind.value)
    return derived(f"({left.sql} {operator} {right.sql})", left.type, left, right)


def _moved(to: Converter, left: Value, operator: str, right: Value) -> Value:
    """A moment plus or minus an interval or a number of days."""
    if right.kind is Kind.MONTHS:
        return _plus_months(to, left, operator, right)
    if right.kind is Kind.DAYS:
        return _plus_interval(to, left, operator, right)
    days = to.number(right)
    sql = f"ora.add_days({to.date(left).sql}, {operator}{exact(days)})"
    return derived(sql, DATE, left, right)


def _difference(to: Converter, left: Value, right: Value) -> Value:
    if left.kind is right.kind is Kind.DATE:
        seconds = f"CAST(epoch({left.sql}) - epoch({right.sql}) AS BIGINT)"
        return divide(derived(seconds, WHOLE, left, right), derived("86400", WHOLE))
    if {left.kind, right.kind} & {Kind.TIMESTAMP_TZ, Kind.TIMESTAMP_LTZ}:
        first, second = (to.instant(to.zoned(value)) for value in (left, right))
    else:
        first, second = (to.timestamp(value).sql for value in (left, right))
    return derived(f"(epoch_us({first}) - epoch_us({second}))", DAYS, left, right)


def _plus_interval(to: Converter, left: Value, operator: str, right: Value) -> Value:
    micros = f"{operator}({right.sql})"
    if left.kind is Kind.TIMESTAMP_TZ:
        return derived(f"ora.shifted({left.sql}, {micros})", TIMESTAMP_TZ, left, right)
    if left.kind is Kind.TIMESTAMP_LTZ:
        sql = f"({left.sql} + to_microseconds({micros}))"
        return derived(sql, TIMESTAMP_LTZ, left, right)
    moved = derived(f"ora.add_micros({left.sql}, {micros})", TIMESTAMP, left, right)
    return to.date(moved) if left.kind is Kind.DATE else moved


def _plus_months(to: Converter, left: Value, operator: str, right: Value) -> Value:
    if left.kind not in {Kind.DATE, Kind.TIMESTAMP}:
        raise unimplemented("timestamp with time zone plus months")
    months = f"{operator}({right.sql})"
    moved = derived(f"ora.plus_months({to.timestamp(left).sql}, {months})", TIMESTAMP, left, right)
    return to.date(moved) if left.kind is Kind.DATE else moved


def _scaled(to: Converter, left: Value, operator: str, right: Value) -> Value:
    if operator == "*" and right.kind in _INTERVALS:
        left, right = right, left
    if left.kind not in _INTERVALS or right.kind in _INTERVALS | MOMENTS:
        raise inconsistent("NUMBER", left.kind.value if left.kind in MOMENTS else right.kind.value)
    amount = Value(f"CAST({left.sql} AS BIGINT)", WHOLE, constant=left.constant)
    product = combine(to, amount, operator, right)
    return derived(f"CAST(round({product.sql}) AS BIGINT)", left.type, left, right)


def interval(amount: Value, unit: str) -> Value:
    """``amount`` of a unit as an interval.

    Raises:
        OracleError: ORA-01760, no such unit.
    """
    name = unit.upper()
    if name in _MICROS:
        micros = f"CAST(round({exact(amount)} * {_MICROS[name]}) AS BIGINT)"
        return derived(micros, DAYS, amount)
    if name in _MONTHS:
        return derived(f"CAST(round({exact(amount)} * {_MONTHS[name]}) AS BIGINT)", MONTHS, amount)
    raise OracleError(1760, "illegal argument for function")


_MICROS = {
    "DAY": 86_400_000_000,
    "HOUR": 3_600_000_000,
    "MINUTE": 60_000_000,
    "SECOND": 1_000_000,
}
_MONTHS = {"YEAR": 12, "MONTH": 1}
