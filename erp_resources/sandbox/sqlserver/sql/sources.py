"""FROM clauses: tables, views, subqueries, table functions, joins."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from erp_resources.sandbox.sqlserver.datatypes import BIGINT
from erp_resources.sandbox.sqlserver.sql.branches import unified
from erp_resources.sandbox.sqlserver.sql.context import Compiler, Context, refuse_other_args
from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error, syntax_error
from erp_resources.sandbox.sqlserver.sql.scope import (
    OutColumn,
    Relation,
    Scope,
    Source,
    name_of,
    same,
)

_TABLE_CLAUSES = {
    "sample": "TABLESAMPLE",
    "pivots": "PIVOT",
    "version": "FOR SYSTEM_TIME",
    "joins": "parentheses around a join",
    "laterals": "APPLY",
}
# What the sandbox does anyway, or need not: it reads committed rows and locks none.
_HINTS = frozenset({"NOLOCK", "READUNCOMMITTED", "READCOMMITTED", "ROWLOCK", "PAGLOCK", "NOEXPAND"})


def add_source(compiler: Compiler, node: exp.Expr, scope: Scope) -> Source:
    """Compile one item of a FROM clause and make its names visible in ``scope``."""
    if isinstance(node, exp.Table):
        source = _table(compiler, node, scope)
    elif isinstance(node, exp.Subquery):
        source = _derived_table(compiler, node, scope)
    elif isinstance(node, exp.Values):
        source = _values(compiler, node, scope)
    else:
        raise not_here(f"{type(node).__name__.upper()} in FROM")
    if any(same(one.name, source.name) and one.schema == source.schema for one in scope.sources):
        raise sql_error(
            1011,
            f"The correlation name '{source.name}' is specified multiple times in a FROM clause.",
        )
    scope.sources.append(source)
    return source


def _table(compiler: Compiler, node: exp.Table, scope: Scope) -> Source:
    refuse_other_args(node, ("this", "db", "catalog", "alias", "hints"), _TABLE_CLAUSES)
    _check_hints(node)
    alias = compiler.fresh("t")
    given = name_of(node.args["alias"].this) if node.args.get("alias") else ""
    if isinstance(node.this, exp.Anonymous):
        relation = _function(compiler, node.this, scope)
        return Source(given or node.this.name, "", alias, relation)
    if not isinstance(node.this, exp.Identifier):
        raise syntax_error(node.sql("tsql")[:60])
    if node.this.args.get("temporary") or node.name.startswith("#"):
        raise not_here("temporary tables")
    relation = _named(compiler, node, scope)
    return Source(given or node.name, "" if given else node.db, alias, relation)


def _named(compiler: Compiler, node: exp.Table, scope: Scope) -> Relation:
    name, schema, database = node.name, node.db, node.catalog
    if not schema and not database:
        for known, relation in scope.ctes.items():
            if same(known, name):
                return relation
    return compiler.catalog.relation(database, schema, name)


def _check_hints(node: exp.Table) -> None:
    for hint in node.args.get("hints") or []:
        for one in hint.expressions:
            if one.name.upper() not in _HINTS:
                raise not_here(f"the table hint {one.name or one.sql('tsql')}")


def _function(compiler: Compiler, call: exp.Anonymous, scope: Scope) -> Relation:
    name, arguments = call.name.upper(), call.expressions
    context = Context(compiler, Scope(parent=scope.parent, ctes=scope.ctes))
    if name == "CHANGETABLE":
        table, since = arguments[0], context.to(context.value(arguments[1]), BIGINT)
        return compiler.catalog.changes(table.catalog, table.db, table.name, since.sql)
    texts = [one.name if not isinstance(one, exp.Null) else "" for one in arguments]
    return compiler.catalog.function(call.name, texts)


def _derived_table(compiler: Compiler, node: exp.Subquery, scope: Scope) -> Source:
    refuse_other_args(node, ("this", "alias"), _TABLE_CLAUSES)
    if not node.args.get("alias"):
        raise syntax_error(")")
    if isinstance(node.this, exp.Values):
        return _values(compiler, node.this, scope, node.args["alias"])
    inner = Scope(parent=scope.parent, ctes=scope.ctes)
    query = compiler.handlers.query(compiler, node.this, inner)
    columns = renamed(query.columns, node.args["alias"].args.get("columns"))
    check_columns(columns, node.alias)
    return Source(node.alias, "", compiler.fresh("t"), Relation(f"({query.sql})", columns))


def _values(
    compiler: Compiler, node: exp.Values, scope: Scope, alias: exp.Expr | None = None
) -> Source:
    """``(VALUES (…), (…)) AS v (a, b)``."""
    alias = alias or node.args.get("alias")
    if alias is None or not alias.args.get("columns"):
        raise syntax_error("VALUES")
    context = Context(compiler, Scope(parent=scope.parent, ctes=scope.ctes))
    rows = [[context.value(one) for one in row.expressions] for row in node.expressions]
    if len({len(row) for row in rows}) != 1:
        raise sql_error(
            10709, "The number of columns for each row in a table value constructor must be the "
            "same.",
        )  # fmt: skip
    fitted = [unified(context, column) for column in zip(*rows, strict=True)]
    columns = tuple(
        OutColumn("", f"c{index}", column[0].type, unit=column[0].unit)
        for index, column in enumerate(fitted, start=1)
    )
    listed = ", ".join(
        "(" + ", ".join(value.sql for value in row) + ")" for row in zip(*fitted, strict=True)
    )
    names = ", ".join(column.physical for column in columns)
    sql = f"(SELECT * FROM (VALUES {listed}) v({names}))"
    named = renamed(columns, alias.args["columns"])
    return Source(name_of(alias.this), "", compiler.fresh("t"), Relation(sql, named))


def renamed(columns: tuple[OutColumn, ...], names: list[exp.Expr] | None) -> tuple[OutColumn, ...]:
    """Columns under the names that an alias lists.

    Raises:
        SqlServerError: 8158 or 8159 for another number of names.
    """
    if not names:
        return columns
    if len(names) != len(columns):
        more = len(names) < len(columns)
        raise sql_error(
            8158 if more else 8159,
            f"The query has {'more' if more else 'fewer'} columns than were specified in the "
            "column list.",
        )
    return tuple(
        replace(column, name=name_of(name)) for column, name in zip(columns, names, strict=True)
    )


def check_columns(columns: Sequence[OutColumn], name: str) -> None:
    """Make sure that each column of a derived table or CTE has a name of its own.

    Raises:
        SqlServerError: 8155 or 8156.
    """
    seen: set[str] = set()
    for place, column in enumerate(columns, start=1):
        if not column.name:
            raise sql_error(8155, f"No column name was specified for column {place} of '{name}'.")
        if column.name.lower() in seen:
            text = f"The column '{column.name}' was specified multiple times for '{name}'."
            raise sql_error(8156, text)
        seen.add(column.name.lower())


def from_clause(context: Context, node: exp.Expr) -> str:
    """SQL of FROM with its joins; empty without one."""
    clause = node.args.get("from_")
    if clause is None:
        return ""
    compiler, scope = context.compiler, context.scope
    # In an UPDATE the parser hangs the joins on the first table.
    joins = [*(clause.this.args.pop("joins", None) or []), *(node.args.get("joins") or [])]
    sql = add_source(compiler, clause.this, scope).sql
    for join in joins:
        sql += _join(context, join)
    return f" FROM {sql}"


_JOIN_ARGS = ("this", "on", "side", "kind", "method", "hint")


def _join(context: Context, join: exp.Join) -> str:
    refuse_other_args(join, _JOIN_ARGS)
    if isinstance(join.this, exp.Lateral):
        raise not_here("APPLY")
    scope = context.scope
    source = add_source(context.compiler, join.this, scope)
    side, on = (join.side or "").upper(), join.args.get("on")
    if side in {"LEFT", "FULL"}:
        scope.sources[-1] = replace(source, optional=True)
    if side in {"RIGHT", "FULL"}:
        scope.sources[:-1] = [replace(one, optional=True) for one in scope.sources[:-1]]
    if on is None:
        if side or (join.kind or "").upper() == "INNER":
            raise syntax_error(source.name)
        return f" CROSS JOIN {source.sql}"
    return f" {side or 'INNER'} JOIN {source.sql} ON {context.condition(on)}"
