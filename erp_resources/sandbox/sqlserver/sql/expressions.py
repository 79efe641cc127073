"""Expressions: columns, variables, literals, operators, CASE, calls."""

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import BIT, Family, parse_type
from erp_resources.sandbox.sqlserver.sql import arithmetic, functions
from erp_resources.sandbox.sqlserver.sql.aggregates import AGGREGATES, aggregate, window
from erp_resources.sandbox.sqlserver.sql.branches import branches
from erp_resources.sandbox.sqlserver.sql.conditions import is_condition
from erp_resources.sandbox.sqlserver.sql.context import Context, refuse_other_args
from erp_resources.sandbox.sqlserver.sql.errors import no_column, not_here, sql_error, syntax_error
from erp_resources.sandbox.sqlserver.sql.globals import global_value, is_bare_word
from erp_resources.sandbox.sqlserver.sql.scope import same
from erp_resources.sandbox.sqlserver.sql.values import (
    NULL,
    Value,
    bytes_literal,
    derived,
    number_literal,
    text_literal,
)
from erp_resources.sandbox.sqlserver.types import SqlType

_ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
}
_BITWISE: dict[type[exp.Expr], str] = {
    exp.BitwiseAnd: "&",
    exp.BitwiseOr: "|",
    exp.BitwiseXor: "^",
}
_PATH_SIZE = 4000


def value(context: Context, node: exp.Expr) -> Value:
    """Compile an expression.

    Raises:
        SqlServerError: it is wrong, or the sandbox does not know it.
    """
    found = _compiled(context, node)
    grouped = context.scope.grouped
    if grouped is not None and found.sql in grouped:
        return replace(found, sql=grouped[found.sql])
    return found


def _compiled(context: Context, node: exp.Expr) -> Value:
    kind = type(node)
    if kind in _ARITHMETIC:
        left, right = context.value(node.this), context.value(node.args["expression"])
        return arithmetic.combine(context, _ARITHMETIC[kind], left, right)
    if kind in _BITWISE:
        left, right = context.value(node.this), context.value(node.args["expression"])
        return arithmetic.bitwise(_BITWISE[kind], left, right)
    handler = _HANDLERS.get(kind)
    if handler is not None:
        return handler(context, node)
    if is_condition(node):
        raise syntax_error(node.sql("tsql")[:60])
    raise not_here(f"{kind.__name__} in an expression")


def _column(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Column)  # noqa: S101 as dispatched
    refuse_other_args(node, ("this", "table", "db", "catalog", "join_mark"))
    if not isinstance(node.this, exp.Identifier):
        raise syntax_error(node.sql("tsql"))
    if is_bare_word(node):
        return global_value(node.name.upper())
    return context.scope.column(node)


def _literal(_: Context, node: exp.Expr) -> Value:
    if node.args.get("is_string"):
        return text_literal(node.name, unicode=False)
    return number_literal(node.name)


def _national(_: Context, node: exp.Expr) -> Value:
    return text_literal(node.name, unicode=True)


def _hex(_: Context, node: exp.Expr) -> Value:
    return bytes_literal(node.name)


def _null(_: Context, __: exp.Expr) -> Value:
    return NULL


def _boolean(_: Context, node: exp.Expr) -> Value:
    raise no_column(str(node.this).lower())


def _parameter(context: Context, node: exp.Expr) -> Value:
    if isinstance(node.this, exp.Parameter):
        return global_value(f"@@{node.this.name}".upper())
    return context.variable(f"@{node.name}")


def _placeholder(_: Context, __: exp.Expr) -> Value:
    raise syntax_error("?")


def _paren(context: Context, node: exp.Expr) -> Value:
    inner = context.value(node.this)
    return inner if inner.literal is not None else replace(inner, sql=f"({inner.sql})")


def _negative(context: Context, node: exp.Expr) -> Value:
    return arithmetic.negated(context.value(node.this))


def _complement(context: Context, node: exp.Expr) -> Value:
    number = context.value(node.this)
    if number.family is Family.BIT:
        return derived(f"(NOT {number.sql})", BIT, number)
    if number.family is not Family.WHOLE:
        text = f"Operand data type {number.type.name} is invalid for '~' operator."
        raise sql_error(8117, text)
    return derived(f"CAST(~{number.sql} AS {number.storage})", number.type, number)


def _case(context: Context, node: exp.Expr) -> Value:
    subject = node.args.get("this")
    tests, values = [], []
    for branch in node.args["ifs"]:
        test = branch.this if subject is None else exp.EQ(this=subject, expression=branch.this)
        tests.append(context.condition(test))
        values.append(context.value(branch.args["true"]))
    default = node.args.get("default")
    values.append(context.value(default) if default is not None else NULL)
    return branches(context, tests, values)


def _subquery(context: Context, node: exp.Expr) -> Value:
    query = context.query(node.this if isinstance(node, exp.Subquery) else node)
    if len(query.columns) != 1:
        raise sql_error(
            116, "Only one expression can be specified in the select list when the subquery is "
            "not introduced with EXISTS.",
        )  # fmt: skip
    column = query.columns[0]
    return Value(f"({query.sql})", column.type, unit=column.unit)


def _call(context: Context, node: exp.Expr) -> Value:
    name = node.name.upper()
    if name in AGGREGATES:
        return aggregate(context, node)
    return functions.call(context, name, node.expressions)


def _window(context: Context, node: exp.Expr) -> Value:
    return window(context, node)


def _method(context: Context, node: exp.Expr) -> Value:
    """``column.ToString()`` of a hierarchyid."""
    call = node.args["expression"]
    if not isinstance(call, exp.Anonymous) or not same(call.name, "ToString") or call.expressions:
        raise not_here(f"the method {node.sql('tsql')[:60]}")
    subject = context.value(_as_column(node.this))
    if subject.family is not Family.HIERARCHY:
        text = f"Cannot call methods on {subject.type.name}."
        raise sql_error(258, text)
    return derived(subject.sql, SqlType("nvarchar", _PATH_SIZE), subject)


def _as_column(node: exp.Expr) -> exp.Expr:
    """The parser gives names before a method as a chain of dots."""
    parts: list[exp.Expr] = []
    while isinstance(node, exp.Dot):
        parts.insert(0, node.args["expression"])
        node = node.this
    if not isinstance(node, exp.Identifier):
        return node
    names = [node, *parts]
    keys = ("this", "table", "db")
    return exp.Column(**dict(zip(keys, reversed(names), strict=False)))


def _zone(context: Context, node: exp.Expr) -> Value:
    return functions.at_time_zone(context, node.this, node.args["zone"])


def _collate(_: Context, __: exp.Expr) -> Value:
    raise not_here("COLLATE")


def _escaped_date(context: Context, node: exp.Expr) -> Value:
    """ODBC's ``{d '…'}``."""
    return context.to(_escape_text(node), parse_type("datetime"))


def _escaped_time(context: Context, node: exp.Expr) -> Value:
    """ODBC's ``{t '…'}``."""
    return context.to(_escape_text(node), parse_type("time"))


def _escape_text(node: exp.Expr) -> Value:
    if not isinstance(node.this, exp.Literal):
        raise syntax_error(node.sql("tsql")[:60])
    return text_literal(node.this.name, unicode=False)


_HANDLERS: dict[type[exp.Expr], Callable[[Context, exp.Expr], Value]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.National: _national,
    exp.HexString: _hex,
    exp.Null: _null,
    exp.Boolean: _boolean,
    exp.Parameter: _parameter,
    exp.Placeholder: _placeholder,
    exp.Paren: _paren,
    exp.Neg: _negative,
    exp.BitwiseNot: _complement,
    exp.Case: _case,
    exp.Subquery: _subquery,
    exp.Select: _subquery,
    exp.Anonymous: _call,
    exp.Window: _window,
    exp.Dot: _method,
    exp.AtTimeZone: _zone,
    exp.Collate: _collate,
    exp.Date: _escaped_date,
    exp.Timestamp: _escaped_date,
    exp.Time: _escaped_time,
}
