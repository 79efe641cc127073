"""Aggregates over windows (analytic functions), LISTAGG, and ORDER BY lists."""

from collections.abc import Sequence

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import Kind, text
from erp_resources.sandbox.oracle.sql.context import Context, refuse_other_args
from erp_resources.sandbox.oracle.sql.errors import inconsistent, unimplemented
from erp_resources.sandbox.oracle.sql.functions import aggregate
from erp_resources.sandbox.oracle.sql.scope import name_of
from erp_resources.sandbox.oracle.sql.values import Value, text_literal
from erp_resources.sandbox.oracle.types import OracleError

_SIDES = {"PRECEDING", "FOLLOWING"}


def ordering(context: Context, terms: Sequence[exp.Expr]) -> str:
    """The terms of an ORDER BY with Oracle's place for NULLs."""
    return ", ".join(order_term(context, term, context.value(term.this)) for term in terms)


def order_term(context: Context, term: exp.Expr, value: Value) -> str:
    """One term of an ORDER BY, given its value."""
    refuse_other_args(term, ("this", "desc", "nulls_first"), {"with_fill": "WITH FILL"})
    if value.kind in {Kind.CLOB, Kind.BLOB, Kind.LONG}:
        raise inconsistent("-", value.kind.value)
    direction = "DESC" if term.args.get("desc") else "ASC"
    nulls = "FIRST" if term.args.get("nulls_first") else "LAST"
    return f"{context.to.instant(value)} {direction} NULLS {nulls}"


def window(context: Context, node: exp.Expr) -> Value:
    """``function OVER (PARTITION BY … ORDER BY … frame)``."""
    if node.args.get("over") not in {None, "OVER"}:
        raise unimplemented(str(node.args["over"]))
    refuse_other_args(
        node, ("this", "partition_by", "order", "spec", "over"), {"alias": "WINDOW clause"}
    )
    inner, ignore_nulls = node.this, False
    if isinstance(inner, exp.IgnoreNulls | exp.RespectNulls):
        ignore_nulls, inner = isinstance(inner, exp.IgnoreNulls), inner.this
    if not isinstance(inner, exp.Anonymous):
        raise unimplemented(f"{type(inner).__name__.upper()} as an analytic function")
    over = f"OVER ({_specification(context, node)})"
    return aggregate(
        context, name_of(inner.this), inner.expressions, over, ignore_nulls=ignore_nulls
    )


def _specification(context: Context, node: exp.Expr) -> str:
    parts = []
    partition = node.args.get("partition_by") or []
    if partition:
        keys = ", ".join(context.to.instant(context.value(key)) for key in partition)
        parts.append(f"PARTITION BY {keys}")
    order = node.args.get("order")
    if order:
        refuse_other_args(order, ("expressions",), {"siblings": "ORDER SIBLINGS BY"})
        parts.append(f"ORDER BY {ordering(context, order.expressions)}")
    if node.args.get("spec"):
        parts.append(_frame(context, node.args["spec"]))
    return " ".join(parts)


def _frame(context: Context, spec: exp.Expr) -> str:
    refuse_other_args(spec, ("kind", "start", "start_side", "end", "end_side"), {})
    kind = str(spec.args["kind"]).upper()
    if kind not in {"ROWS", "RANGE"}:
        raise unimplemented(f"{kind} in a window")
    start = _bound(context, kind, spec.args.get("start"), spec.args.get("start_side"))
    end = _bound(context, kind, spec.args.get("end"), spec.args.get("end_side"))
    return f"{kind} BETWEEN {start or 'CURRENT ROW'} AND {end or 'CURRENT ROW'}"


def _bound(context: Context, kind: str, edge: exp.Expr | str | None, side: str | None) -> str:
    if edge is None or str(edge).upper() == "CURRENT ROW":
        return "CURRENT ROW"
    where = str(side).upper()
    if where not in _SIDES:
        raise unimplemented("window frame")
    if str(edge).upper() == "UNBOUNDED":
        return f"UNBOUNDED {where}"
    if kind == "RANGE" or not isinstance(edge, exp.Expr):
        raise unimplemented("RANGE with an offset in a window")
    return f"CAST({context.to.number(context.value(edge)).sql} AS BIGINT) {where}"


def listagg(context: Context, node: exp.Expr) -> Value:
    """``LISTAGG(x, separator) WITHIN GROUP (ORDER BY …)``; NULLs are left out."""
    refuse_other_args(node, ("this", "separator"), {"on_overflow": "LISTAGG ON OVERFLOW"})
    order = node.this
    if not isinstance(order, exp.Order):
        raise OracleError(30491, "missing ORDER BY clause")
    if isinstance(order.this, exp.Distinct):
        raise unimplemented("LISTAGG(DISTINCT …)")
    item = context.to.text(context.value(order.this))
    given = node.args.get("separator")
    separator = context.to.text(context.value(given)) if given else text_literal("")
    shown = "''" if separator.kind is Kind.UNKNOWN else separator.sql
    terms = ordering(context, order.expressions)
    return Value(f"string_agg({item.sql}, {shown} ORDER BY {terms})", text(4000))
