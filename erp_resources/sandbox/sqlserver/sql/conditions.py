"""Conditions: comparisons, IN, BETWEEN, LIKE, IS NULL, EXISTS and what joins them."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

import re
from collections.abc import Callable

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import NVARCHAR_MAX, Family
from erp_resources.sandbox.sqlserver.sql.comparisons import comparable, compare
from erp_resources.sandbox.sqlserver.sql.context import Context, refuse_other_args
from erp_resources.sandbox.sqlserver.sql.errors import fail, not_here, quote, sql_error
from erp_resources.sandbox.sqlserver.sql.values import Value

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.GT: ">",
    exp.LTE: "<=",
    exp.GTE: ">=",
}
_BRACKETS = fail(40000, "not in the sandbox: [ in a LIKE pattern that is no literal")

MACROS = (
    f"""CREATE MACRO ms.like_pattern(p) AS (
      CASE WHEN contains(p, '[') THEN {_BRACKETS} ELSE lower(p) END)""",
)


def condition(context: Context, node: exp.Expr) -> str:
    """SQL of a condition.

    Raises:
        SqlServerError: 4145 for an expression that is none.
    """
    operator = _OPERATORS.get(type(node))
    if operator is not None:
        left, right = context.value(node.this), context.value(node.args["expression"])
        return compare(context, operator, left, right)
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise sql_error(
            4145, "An expression of non-boolean type specified in a context where a condition is "
            f"expected, near '{node.sql('tsql')[:60]}'.",
        )  # fmt: skip
    return handler(context, node)


def is_condition(node: exp.Expr) -> bool:
    """Whether a node is a condition, which T-SQL does not take for a value."""
    if isinstance(node, exp.Paren):
        return is_condition(node.this)
    return type(node) in _OPERATORS or (type(node) in _HANDLERS and type(node) is not exp.Paren)


def _and(context: Context, node: exp.Expr) -> str:
    return f"({context.condition(node.this)} AND {context.condition(node.args['expression'])})"


def _or(context: Context, node: exp.Expr) -> str:
    return f"({context.condition(node.this)} OR {context.condition(node.args['expression'])})"


def _not(context: Context, node: exp.Expr) -> str:
    return f"(NOT {context.condition(node.this)})"


def _paren(context: Context, node: exp.Expr) -> str:
    return context.condition(node.this)


def _is(context: Context, node: exp.Expr) -> str:
    if not isinstance(node.args["expression"], exp.Null):
        raise not_here("IS other than IS NULL")
    return f"({context.value(node.this).sql} IS NULL)"


def _between(context: Context, node: exp.Expr) -> str:
    refuse_other_args(node, ("this", "low", "high"))
    value = context.value(node.this)
    low, high = context.value(node.args["low"]), context.value(node.args["high"])
    return f"({compare(context, '>=', value, low)} AND {compare(context, '<=', value, high)})"


def _in(context: Context, node: exp.Expr) -> str:
    refuse_other_args(node, ("this", "expressions", "query"))
    value = context.value(node.this)
    if node.args.get("query") is not None:
        return _in_query(context, value, node.args["query"])
    tests = [compare(context, "=", value, context.value(item)) for item in node.expressions]
    if not tests:
        raise sql_error(102, "Incorrect syntax near ')'.")
    return f"({' OR '.join(tests)})"


def _in_query(context: Context, value: Value, node: exp.Expr) -> str:
    query = context.query(node.this if isinstance(node, exp.Subquery) else node)
    if len(query.columns) != 1:
        raise sql_error(
            116, "Only one expression can be specified in the select list when the subquery is "
            "not introduced with EXISTS.",
        )  # fmt: skip
    column = query.columns[0]
    own = Value(column.physical, column.type, unit=column.unit)
    left, right = comparable(context, value, own)
    return f"({left} IN (SELECT {right} FROM ({query.sql})))"


def _exists(context: Context, node: exp.Expr) -> str:
    return f"EXISTS ({context.query(node.this).sql})"


def _like(context: Context, node: exp.Expr, escape: str = "") -> str:
    value, pattern = context.value(node.this), context.value(node.args["expression"])
    context.compiler.suits(pattern, value.type)
    if value.family is not Family.TEXT:
        value = context.to(value, NVARCHAR_MAX)
    if pattern.family is not Family.TEXT:
        raise sql_error(8116, f"Argument data type {pattern.type.name} is invalid for argument 2 "
                        "of like function.")  # fmt: skip
    if pattern.literal is None:
        if escape:
            raise not_here("LIKE … ESCAPE with a pattern that is no literal")
        return f"(lower({value.sql}) LIKE ms.like_pattern({pattern.sql}))"
    regex = _regex(pattern.literal, escape)
    return f"regexp_full_match({value.sql}, {quote(regex)}, 'is')"


def _escaped(context: Context, node: exp.Expr) -> str:
    mark = node.args["expression"]
    if not isinstance(node.this, exp.Like) or not isinstance(mark, exp.Literal):
        raise not_here("ESCAPE of this form")
    return _like(context, node.this, mark.name)


_LIKE_PART = re.compile(
    r"\[(?P<negated>\^?)(?P<set>[^\]]+)\]|(?P<any>%)|(?P<one>_)|(?P<plain>.)", re.S
)


def _regex(pattern: str, escape: str) -> str:
    """A LIKE pattern as a regular expression."""
    parts, at = [], 0
    while at < len(pattern):
        if escape and pattern[at] == escape and at + 1 < len(pattern):
            parts.append(re.escape(pattern[at + 1]))
            at += 2
            continue
        found = _LIKE_PART.match(pattern, at)
        assert found is not None  # noqa: S101 the last branch takes any character
        parts.append(_part(found))
        at = found.end()
    return "".join(parts)


def _part(found: re.Match[str]) -> str:
    if found["any"]:
        return ".*"
    if found["one"]:
        return "."
    if found["set"]:
        content = re.sub(r"([\\\]\[^])", r"\\\1", found["set"])
        return f"[{found['negated']}{content}]"
    return re.escape(found["plain"])


_HANDLERS: dict[type[exp.Expr], Callable[[Context, exp.Expr], str]] = {
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _not,
    exp.Paren: _paren,
    exp.Is: _is,
    exp.Between: _between,
    exp.In: _in,
    exp.Exists: _exists,
    exp.Like: _like,
    exp.Escape: _escaped,
}
