"""Aggregates and window functions, with T-SQL's result types."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import (
    BIGINT,
    FLOAT,
    INT,
    NUMBERS,
    Family,
    storage,
)
from erp_resources.sandbox.sqlserver.sql.arithmetic import finite, quotient
from erp_resources.sandbox.sqlserver.sql.comparisons import sort_key
from erp_resources.sandbox.sqlserver.sql.context import Context, refuse_other_args
from erp_resources.sandbox.sqlserver.sql.conversions import IMPLICIT
from erp_resources.sandbox.sqlserver.sql.errors import fail, not_here, sql_error
from erp_resources.sandbox.sqlserver.sql.values import Value
from erp_resources.sandbox.sqlserver.types import SqlType

_OVERFLOW = "Arithmetic overflow error converting expression to data type {}."
_LEAST_SCALE = 6


def aggregate(context: Context, node: exp.Expr) -> Value:
    """An aggregate call."""
    return _aggregate(context, node, "")


def _aggregate(context: Context, node: exp.Expr, over: str) -> Value:
    name, arguments = node.name.upper(), list(node.expressions)
    distinct = bool(arguments) and isinstance(arguments[0], exp.Distinct)
    if distinct:
        arguments = list(arguments[0].expressions)
    if len(arguments) != 1:
        raise sql_error(174, f"The {name.lower()} function requires 1 argument(s).")
    if isinstance(arguments[0], exp.Star):
        if name not in {"COUNT", "COUNT_BIG"}:
            raise sql_error(102, "Incorrect syntax near '*'.")
        return _counted(name, f"count(*){over}")
    inner = Context(context.compiler, replace(context.scope, grouped=None))
    return AGGREGATES[name](inner, inner.value(arguments[0]), name, _Form(distinct, over))


class _Form:
    """DISTINCT and OVER of an aggregate."""

    def __init__(self, distinct: bool, over: str) -> None:
        self.distinct, self.over = distinct, over

    def call(self, function: str, argument: str, *others: str) -> str:
        """SQL of a DuckDB aggregate in this form."""
        arguments = ", ".join([argument, *others])
        return f"{function}({'DISTINCT ' if self.distinct else ''}{arguments}){self.over}"


def _counted(name: str, sql: str) -> Value:
    if name == "COUNT_BIG":
        return Value(sql, BIGINT, nullable=False)
    return Value(_checked(sql, INT), INT, nullable=False)


def _count(_: Context, value: Value, name: str, form: _Form) -> Value:
    argument = sort_key(value) if form.distinct else value.sql
    return _counted(name, form.call("count", argument))


def _check_number(value: Value, name: str) -> None:
    if value.family not in NUMBERS - {Family.BIT}:
        text = f"Operand data type {value.type.name} is invalid for {name.lower()} operator."
        raise sql_error(8117, text)


def _sum_type(value: Value) -> SqlType:
    if value.family is Family.WHOLE:
        return BIGINT if value.type.name == "bigint" else INT
    if value.family is Family.EXACT:
        return replace(value.type, precision=38)
    return SqlType("money") if value.family is Family.MONEY else FLOAT


def _sum(_: Context, value: Value, name: str, form: _Form) -> Value:
    _check_number(value, name)
    kind = _sum_type(value)
    total = form.call("sum", value.sql)
    if value.family is Family.FLOAT:
        return Value(finite(form.call("sum", f"CAST({value.sql} AS DOUBLE)")), kind)
    return Value(_checked(total, kind), kind)


def _checked(total: str, kind: SqlType) -> str:
    name = "numeric" if kind.name == "decimal" else kind.name
    failure = fail(8115, _OVERFLOW.format(name))
    return IMPLICIT.checked(total, storage(kind), failure)


def _average(context: Context, value: Value, name: str, form: _Form) -> Value:
    _check_number(value, name)
    if value.family is Family.FLOAT:
        return Value(form.call("avg", f"CAST({value.sql} AS DOUBLE)"), FLOAT)
    total = _sum(context, value, name, form)
    count = form.call("count", value.sql)
    if value.family is Family.WHOLE:
        return Value(f"CAST({total.sql} // {count} AS {storage(total.type)})", total.type)
    scale = max(value.type.scale if value.family is Family.EXACT else 4, _LEAST_SCALE)
    kind = SqlType("money") if value.family is Family.MONEY else replace(total.type, scale=scale)
    own = value.type.scale if value.family is Family.EXACT else 4
    sql = quotient(total.sql, f"nullif(CAST({count} AS DECIMAL(18,0)), 0)", own, 0, scale)
    return Value(f"CAST({sql} AS {storage(kind)})", kind)


def _extreme(_: Context, value: Value, name: str, form: _Form) -> Value:
    if value.family is Family.BIT:
        text = f"Operand data type bit is invalid for {name.lower()} operator."
        raise sql_error(8117, text)
    key, function = sort_key(value), name.lower()
    if key == value.sql:
        sql = form.call(function, value.sql)
    else:
        sql = f"arg_{function}({value.sql}, {key}){form.over}"
    return Value(sql, value.type, unit=value.unit)


def _spread(_: Context, value: Value, name: str, form: _Form) -> Value:
    _check_number(value, name)
    function = {
        "STDEV": "stddev_samp",
        "STDEVP": "stddev_pop",
        "VAR": "var_samp",
        "VARP": "var_pop",
    }
    return Value(form.call(function[name], f"CAST({value.sql} AS DOUBLE)"), FLOAT)


def _checksum(_: Context, value: Value, __: str, form: _Form) -> Value:
    if value.type.name != "int":
        text = f"Operand data type {value.type.name} is invalid for checksum_agg operator."
        raise sql_error(8117, text)
    return Value(form.call("bit_xor", value.sql), INT)


AGGREGATES: dict[str, Callable[[Context, Value, str, _Form], Value]] = {
    "COUNT": _count,
    "COUNT_BIG": _count,
    "SUM": _sum,
    "AVG": _average,
    "MIN": _extreme,
    "MAX": _extreme,
    "STDEV": _spread,
    "STDEVP": _spread,
    "VAR": _spread,
    "VARP": _spread,
    "CHECKSUM_AGG": _checksum,
}
_RANKS = {"ROW_NUMBER": 0, "RANK": 0, "DENSE_RANK": 0, "NTILE": 1}
_NEIGHBOURS = frozenset({"LAG", "LEAD"})


def window(context: Context, node: exp.Expr) -> Value:
    """``function(…) OVER (PARTITION BY … ORDER BY …)``."""
    refuse_other_args(node, ("this", "partition_by", "order", "over"), {"spec": "ROWS or RANGE"})
    call = node.this
    if not isinstance(call, exp.Anonymous):
        raise not_here("OVER behind this expression")
    name = call.name.upper()
    over = _over(context, node)
    if name in _RANKS:
        return _rank(context, name, call.expressions, over, has_order=bool(node.args.get("order")))
    if name in _NEIGHBOURS:
        return _neighbour(context, name, call.expressions, over)
    if name in AGGREGATES:
        return _aggregate(context, call, over)
    raise not_here(f"{name} … OVER")


def _over(context: Context, node: exp.Expr) -> str:
    parts = [sort_key(context.value(one)) for one in node.args.get("partition_by") or []]
    sql = f"PARTITION BY {', '.join(parts)} " if parts else ""
    order = node.args.get("order")
    if order is not None:
        sql += "ORDER BY " + ", ".join(
            order_term(sort_key(context.value(term.this)), term) for term in order.expressions
        )
    return f" OVER ({sql})"


def order_term(key: str, term: exp.Expr) -> str:
    """One item of ORDER BY; NULL is the lowest value."""
    return f"{key} DESC NULLS LAST" if term.args.get("desc") else f"{key} ASC NULLS FIRST"


def _rank(
    context: Context, name: str, arguments: Sequence[exp.Expr], over: str, *, has_order: bool
) -> Value:
    if not has_order:
        raise sql_error(4112, f"The function '{name}' must have an OVER clause with ORDER BY.")
    if len(arguments) != _RANKS[name]:
        raise sql_error(174, f"The {name} function requires {_RANKS[name]} argument(s).")
    inside = ", ".join(context.to(context.value(one), BIGINT).sql for one in arguments)
    return Value(f"{name.lower()}({inside}){over}", BIGINT, nullable=False)


def _neighbour(context: Context, name: str, arguments: Sequence[exp.Expr], over: str) -> Value:
    if len(arguments) not in {1, 2}:
        raise not_here(f"{name} with a default")
    value = context.value(arguments[0])
    inside = [value.sql]
    if len(arguments) > 1:
        inside.append(context.to(context.value(arguments[1]), BIGINT).sql)
    return Value(f"{name.lower()}({', '.join(inside)}){over}", value.type, unit=value.unit)
