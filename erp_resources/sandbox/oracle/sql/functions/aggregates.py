"""Aggregates and analytic functions."""

from collections.abc import Sequence

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import (
    DOUBLE,
    LARGE,
    NUMBERS,
    WHOLE,
    DataType,
    Kind,
    free_number,
)
from erp_resources.sandbox.oracle.sql.arithmetic import divide
from erp_resources.sandbox.oracle.sql.context import Context
from erp_resources.sandbox.oracle.sql.errors import inconsistent, unimplemented
from erp_resources.sandbox.oracle.sql.values import Value
from erp_resources.sandbox.oracle.types import OracleError

PLAIN = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})
_RANKS = frozenset({"ROW_NUMBER", "RANK", "DENSE_RANK"})
_NEIGHBOURS = frozenset({"LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE"})
AGGREGATES = PLAIN | _RANKS | _NEIGHBOURS | {"NTILE", "RATIO_TO_REPORT"}


def aggregate(
    context: Context,
    name: str,
    arguments: Sequence[exp.Expr],
    over: str = "",
    *,
    ignore_nulls: bool = False,
) -> Value:
    """Compile an aggregate, or an analytic function if ``over`` is its window.

    Raises:
        OracleError: no such function, or one that needs a window.
    """
    if name in PLAIN:
        return _plain(context, name, arguments, over)
    if name not in AGGREGATES:
        raise unimplemented(f"{name} as an analytic function")
    if not over:
        raise OracleError(30484, "missing window specification for this function")
    if name not in _NEIGHBOURS and len(arguments) != (0 if name in _RANKS else 1):
        raise OracleError(909, "invalid number of arguments")
    if name in _RANKS:
        return Value(f"{name.lower()}() {over}", WHOLE, nullable=False)
    if name == "NTILE":
        buckets = context.to.number(context.value(arguments[0]))
        return Value(f"ntile(CAST({buckets.sql} AS BIGINT)) {over}", WHOLE)
    if name == "RATIO_TO_REPORT":
        number = context.to.number(context.value(arguments[0]))
        return divide(number, _sum(number, "", over))
    return _neighbour(context, name, arguments, over, ignore_nulls=ignore_nulls)


def _plain(context: Context, name: str, arguments: Sequence[exp.Expr], over: str) -> Value:
    if len(arguments) != 1:
        raise OracleError(909, "invalid number of arguments")
    argument, distinct = arguments[0], ""
    if isinstance(argument, exp.Star):
        return _count_rows(name, over)
    if isinstance(argument, exp.Distinct):
        if over:
            raise unimplemented(f"{name}(DISTINCT …) OVER")
        distinct, argument = "DISTINCT ", _only(argument)
    value = context.value(argument)
    return _of_values(context, name, value, distinct, over)


def _of_values(context: Context, name: str, value: Value, distinct: str, over: str) -> Value:
    if name == "COUNT":
        counted = context.to.instant(value) if distinct else value.sql
        return Value(f"count({distinct}{counted}) {over}".strip(), WHOLE, nullable=False)
    if value.kind in LARGE:
        raise inconsistent("-", value.kind.value)
    if name in {"MIN", "MAX"}:
        return Value(f"{name.lower()}({value.sql}) {over}".strip(), value.type)
    number = value if value.kind in NUMBERS else context.to.number(value)
    return (_sum if name == "SUM" else _average)(number, distinct, over)


def _count_rows(name: str, over: str) -> Value:
    if name != "COUNT":
        raise OracleError(936, "missing expression")
    return Value(f"count(*) {over}".strip(), WHOLE, nullable=False)


def _only(distinct: exp.Distinct) -> exp.Expr:
    if len(distinct.expressions) != 1:
        raise OracleError(909, "invalid number of arguments")
    only: exp.Expr = distinct.expressions[0]
    return only


def _sum(number: Value, distinct: str, over: str) -> Value:
    kind = _sum_type(number)
    total = f"sum({distinct}{number.sql}) {over}".strip()
    return Value(f"CAST({total} AS {kind.storage})", kind)


def _sum_type(number: Value) -> DataType:
    return free_number(number.type.decimals) if number.kind is Kind.NUMBER else DOUBLE


def _average(number: Value, distinct: str, over: str) -> Value:
    if number.kind is not Kind.NUMBER:
        return Value(f"avg({distinct}{number.sql}) {over}".strip(), DOUBLE)
    count = Value(f"nullif(count({distinct}{number.sql}) {over}, 0)", WHOLE)
    return divide(_sum(number, distinct, over), count)


def _neighbour(
    context: Context,
    name: str,
    arguments: Sequence[exp.Expr],
    over: str,
    *,
    ignore_nulls: bool,
) -> Value:
    most = 3 if name in {"LAG", "LEAD"} else 1
    if not 1 <= len(arguments) <= most:
        raise OracleError(909, "invalid number of arguments")
    values = [context.value(argument) for argument in arguments]
    parts = [values[0].sql]
    if len(values) > 1:
        parts.append(f"CAST({context.to.number(values[1]).sql} AS BIGINT)")
    kind = values[0].type
    if len(values) > 2:  # noqa: PLR2004 the third argument
        kind = context.to.common([values[0], values[2]])
        parts = [context.to.fit(values[0], kind).sql, parts[1], context.to.fit(values[2], kind).sql]
    nulls = " IGNORE NULLS" if ignore_nulls else ""
    return Value(f"{name.lower()}({', '.join(parts)}{nulls}) {over}", kind)
