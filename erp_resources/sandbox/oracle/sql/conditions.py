"""Conditions: comparisons, IN, LIKE, EXISTS and their three-valued logic."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from erp_resources.sandbox.oracle.datatypes import (
    LARGE,
    MOMENTS,
    NUMBERS,
    TEXTS,
    Kind,
)
from erp_resources.sandbox.oracle.sql import rowids
from erp_resources.sandbox.oracle.sql.context import Context, Query, refuse_other_args
from erp_resources.sandbox.oracle.sql.errors import (
    inconsistent,
    missing_expression,
    unimplemented,
)
from erp_resources.sandbox.oracle.sql.scope import name_of
from erp_resources.sandbox.oracle.sql.values import Value, quote
from erp_resources.sandbox.oracle.types import OracleError

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_LONGEST_IN_LIST = 1000


def condition(context: Context, node: exp.Expr) -> str:
    """Compile a condition.

    Raises:
        OracleError: the node is no condition, or one that the sandbox does not know.
    """
    if type(node) in _OPERATORS:
        return _comparison(context, node)
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise OracleError(920, "invalid relational operator")
    return handler(context, node)


def compare(context: Context, left: Value, operator: str, right: Value) -> str:
    """SQL that compares two values as Oracle does, converting one to the type of the other."""
    if Kind.ROWID in {left.kind, right.kind}:
        return _compare_rowids(context, left, operator, right)
    left, right = _alike(context, left, right)
    return f"({context.to.instant(left)} {operator} {context.to.instant(right)})"


def _alike(context: Context, left: Value, right: Value) -> tuple[Value, Value]:
    """Both values in one comparable type."""
    kinds = {left.kind, right.kind}
    if kinds <= TEXTS:
        return _padded(left, right)
    wanted = _compared_as(left.kind, right.kind)
    return context.to.to(left, wanted), context.to.to(right, wanted)


_PREFERRED = (
    (NUMBERS, (Kind.DOUBLE, Kind.FLOAT, Kind.NUMBER)),
    (MOMENTS, (Kind.TIMESTAMP_TZ, Kind.TIMESTAMP_LTZ, Kind.TIMESTAMP, Kind.DATE)),
    (frozenset({Kind.RAW}), (Kind.RAW,)),
)


def _compared_as(left: Kind, right: Kind) -> Kind:
    """The kind in which values of two kinds, not both text, compare."""
    kinds = {left, right} - {Kind.UNKNOWN}
    for kind in kinds & LARGE:
        raise inconsistent("-", kind.value)
    for family, best in _PREFERRED:
        if kinds & family and kinds <= family | TEXTS:
            return next(kind for kind in best if kind in kinds)
    if len(kinds) > 1:
        raise inconsistent(left.value, right.value)
    return kinds.pop() if kinds else Kind.TEXT


def _padded(left: Value, right: Value) -> tuple[Value, Value]:
    """CHAR compares with CHAR (a literal is one) as if both were of one length."""
    if {left.kind, right.kind} != {Kind.CHAR} or left.type.size == right.type.size:
        return left, right
    size = max(left.type.size, right.type.size)
    return _pad(left, size), _pad(right, size)


def _pad(value: Value, size: int) -> Value:
    if value.type.size == size:
        return value
    if value.literal is not None:
        return replace(value, sql=quote(value.literal.ljust(size)))
    return replace(value, sql=f"rpad({value.sql}, {size}, ' ')")


def _compare_rowids(context: Context, left: Value, operator: str, right: Value) -> str:
    left, right = context.to.to(left, Kind.ROWID), context.to.to(right, Kind.ROWID)
    if right.row_of and not left.row_of:
        left, operator, right = right, _MIRRORED[operator], left
    if left.row_of is None or not right.constant or operator == "<>":
        return f"({left.sql} {operator} {right.sql})"
    # On the row number itself, so that only the blocks asked for are read.
    row, object_id = left.row_of
    last = rowids.row_at_most(object_id, right.sql)
    first = rowids.row_at_least(object_id, right.sql)
    if operator == "=":
        return f"({row} = {first} AND {row} = {last})"
    return f"({row} {operator} {first if operator in {'>=', '<'} else last})"


def _comparison(context: Context, node: exp.Expr) -> str:
    refuse_other_args(node, ("this", "expression"), {})
    left, right = node.this, node.args["expression"]
    operator = _OPERATORS[type(node)]
    if isinstance(right, exp.Any | exp.All):
        return _quantified(context, left, operator, right)
    if isinstance(left, exp.Tuple) or isinstance(right, exp.Tuple):
        return _rows_equal(context, left, operator, right)
    return compare(context, context.value(left), operator, context.value(right))


def _rows_equal(context: Context, left: exp.Expr, operator: str, right: exp.Expr) -> str:
    if operator not in {"=", "<>"} or not isinstance(left, exp.Tuple):
        raise unimplemented("comparison of rows")
    if isinstance(right, exp.Tuple):
        found = _pairs(context, left, [context.value(item) for item in right.expressions])
        return found if operator == "=" else f"(NOT {found})"
    raise unimplemented("comparison of rows with a subquery")


def _pairs(context: Context, left: exp.Tuple, right: list[Value]) -> str:
    values = [context.value(item) for item in left.expressions]
    if len(values) != len(right):
        raise OracleError(947, "not enough values")
    parts = (compare(context, one, "=", two) for one, two in zip(values, right, strict=True))
    return "(" + " AND ".join(parts) + ")"


def _quantified(context: Context, left: exp.Expr, operator: str, right: exp.Any | exp.All) -> str:
    every = isinstance(right, exp.All)
    items = right.this
    if isinstance(items, exp.Tuple | exp.Paren):
        nodes = items.expressions if isinstance(items, exp.Tuple) else [items.this]
        value = context.value(left)
        parts = (compare(context, value, operator, context.value(item)) for item in nodes)
        return "(" + (" AND " if every else " OR ").join(parts) + ")"
    query = context.query(items)
    inner = _only_column(query)
    value = context.value(left)
    alias = context.compiler.fresh("s")
    test = compare(context, value, operator, replace(inner, sql=f"{alias}.c1"))
    return _exists_3vl(
        f"({query.sql}) AS {alias}", test if not every else f"NOT {test}", negated=every
    )


def _exists_3vl(source: str, test: str, *, negated: bool) -> str:
    """True, false or unknown as Oracle's IN and ANY (or NOT IN and ALL) decide."""
    yes, no = ("FALSE", "TRUE") if negated else ("TRUE", "FALSE")
    return (
        f"(CASE WHEN EXISTS (SELECT 1 FROM {source} WHERE {test}) THEN {yes} "
        f"WHEN EXISTS (SELECT 1 FROM {source} WHERE ({test}) IS NULL) THEN NULL ELSE {no} END)"
    )


def _only_column(query: Query) -> Value:
    if len(query.columns) != 1:
        raise OracleError(913, "too many values")
    column = query.columns[0]
    return Value(column.physical, column.type, column.nullable)


def _in(context: Context, node: exp.Expr) -> str:
    refuse_other_args(node, ("this", "expressions", "query"), {})
    if len(node.expressions) > _LONGEST_IN_LIST:
        raise OracleError(1795, "maximum number of expressions in a list is 1000")
    query = node.args.get("query")
    if query is None and not node.expressions:
        raise missing_expression()
    if query is None:
        return _in_list(context, node.this, node.expressions)
    compiled = context.query(query)
    if isinstance(node.this, exp.Tuple):
        return _row_in_query(context, node.this, compiled)
    value, inner = context.value(node.this), _only_column(compiled)
    left, right = _comparable(context, value, inner)
    alias = context.compiler.fresh("s")
    return (
        f"({context.to.instant(left)} IN "
        f"(SELECT {context.to.instant(right)} FROM ({compiled.sql}) AS {alias}))"
    )


def _comparable(context: Context, left: Value, right: Value) -> tuple[Value, Value]:
    if Kind.ROWID in {left.kind, right.kind}:
        return context.to.to(left, Kind.ROWID), context.to.to(right, Kind.ROWID)
    return _alike(context, left, right)


def _in_list(context: Context, left: exp.Expr, items: list[exp.Expr]) -> str:
    if isinstance(left, exp.Tuple):
        tests = [
            _pairs(context, left, [context.value(part) for part in item.expressions])
            for item in items
        ]
    else:
        value = context.value(left)
        plain = _plain_list(context, value, [context.value(item) for item in items])
        if plain:
            return plain
        tests = [compare(context, value, "=", context.value(item)) for item in items]
    return "(" + " OR ".join(tests) + ")"


def _plain_list(context: Context, value: Value, items: list[Value]) -> str | None:
    """A DuckDB list, if the left side needs no conversion for any item."""
    if value.kind is Kind.ROWID or value.kind in LARGE:
        return None
    pairs = [_alike(context, value, item) for item in items]
    if any(left != value for left, _ in pairs):
        return None
    listed = ", ".join(context.to.instant(right) for _, right in pairs)
    return f"({context.to.instant(value)} IN ({listed}))"


def _row_in_query(context: Context, left: exp.Tuple, query: Query) -> str:
    alias = context.compiler.fresh("s")
    columns = [Value(f"{alias}.{c.physical}", c.type, c.nullable) for c in query.columns]
    test = _pairs(context, left, columns)
    return _exists_3vl(f"({query.sql}) AS {alias}", test, negated=False)


def _between(context: Context, node: exp.Expr) -> str:
    refuse_other_args(node, ("this", "low", "high"), {"symmetric": "BETWEEN SYMMETRIC"})
    value = context.value(node.this)
    low = compare(context, value, ">=", context.value(node.args["low"]))
    high = compare(context, value, "<=", context.value(node.args["high"]))
    return f"({low} AND {high})"


def _is_null(context: Context, node: exp.Expr) -> str:
    refuse_other_args(node, ("this", "expression"), {})
    if not isinstance(node.args["expression"], exp.Null):
        raise OracleError(908, "missing NULL keyword")
    value = context.value(node.this)
    if value.row_of:
        return f"({value.row_of[0]} IS NULL)"
    return f"({value.sql} IS NULL)"


def _like(context: Context, node: exp.Expr) -> str:
    escape = ""
    negate = False
    if isinstance(node, exp.Escape):
        if not isinstance(node.this, exp.Like):
            raise unimplemented("ESCAPE")
        char = context.to.text(context.value(node.args["expression"]))
        if char.literal is not None and len(char.literal) != 1:
            raise OracleError(1425, "escape character must be character string of length 1")
        escape, node = f" ESCAPE {char.sql}", node.this
    refuse_other_args(node, ("this", "expression", "negate"), {})
    negate = bool(node.args.get("negate"))
    left = context.to.text(context.value(node.this))
    pattern = context.to.text(context.value(node.args["expression"]))
    sql = f"({left.sql} LIKE {pattern.sql}{escape})"
    return f"(NOT {sql})" if negate else sql


def _exists(context: Context, node: exp.Expr) -> str:
    return f"EXISTS ({context.query(node.this).sql})"


def _call(context: Context, node: exp.Expr) -> str:
    """The functions that are conditions: REGEXP_LIKE and LNNVL."""
    name = name_of(node.this)
    if name == "LNNVL" and len(node.expressions) == 1:
        return f"(({context.condition(node.expressions[0])}) IS NOT TRUE)"
    if name != "REGEXP_LIKE" or len(node.expressions) not in {2, 3}:
        raise OracleError(920, "invalid relational operator")
    values = [context.to.text(context.value(item)) for item in node.expressions]
    flags = values[2].literal if len(values) > 2 else "c"  # noqa: PLR2004 the third argument
    if flags not in {"i", "c"}:
        raise unimplemented(f"REGEXP_LIKE with match parameter {flags!r}")
    return f"regexp_matches({values[0].sql}, {values[1].sql}, {quote(flags)})"


def _logic(operator: str) -> Callable[[Context, exp.Expr], str]:
    def combine(context: Context, node: exp.Expr) -> str:
        # A long chain of ANDs is a deep tree: walk it without recursion.
        parts = [context.condition(part) for part in node.flatten()]
        return "(" + f" {operator} ".join(parts) + ")"

    return combine


_HANDLERS: dict[type[exp.Expr], Callable[[Context, exp.Expr], str]] = {
    exp.And: _logic("AND"),
    exp.Or: _logic("OR"),
    exp.Not: lambda context, node: f"(NOT {context.condition(node.this)})",
    exp.Paren: lambda context, node: context.condition(node.this),
    exp.In: _in,
    exp.Between: _between,
    exp.Is: _is_null,
    exp.Like: _like,
    exp.Escape: _like,
    exp.Exists: _exists,
    exp.Anonymous: _call,
}
