"""One T-SQL query or change to one DuckDB statement, with what running it needs."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.markers import parameters_in, tables_in
from erp_resources.sandbox.sqlserver.datatypes import Family, family
from erp_resources.sandbox.sqlserver.sql import (
    conditions,
    conversions,
    expressions,
    functions,
    moments,
    queries,
)
from erp_resources.sandbox.sqlserver.sql.changes import change
from erp_resources.sandbox.sqlserver.sql.context import Catalog, Compiler, Handlers, Query
from erp_resources.sandbox.sqlserver.sql.conversions import convert
from erp_resources.sandbox.sqlserver.sql.errors import fail
from erp_resources.sandbox.sqlserver.sql.scope import OutColumn, Scope
from erp_resources.sandbox.sqlserver.sql.values import Value
from erp_resources.sandbox.sqlserver.types import ColumnInfo, SqlType

_HANDLERS = Handlers(expressions.value, conditions.condition, queries.query)
_NANOSECONDS_END = 92_233_720_368_547_758
_NO_NANOSECONDS = fail(40000, "not in the sandbox: 100 ns of a datetime2 beyond 1677 to 2262")
_NO_SEVENTH = fail(40000, "not in the sandbox: a variable with a seventh digit of a second")
_MACROS = (
    "CREATE SCHEMA ms",
    *moments.MACROS,
    *conversions.MACROS,
    *conditions.MACROS,
    *functions.MACROS,
    f"""CREATE MACRO ms.nanoseconds(t) AS (CASE WHEN abs(t) > {_NANOSECONDS_END}
      THEN {_NO_NANOSECONDS} ELSE make_timestamp_ns(t * 100) END)""",
)


@dataclass(frozen=True)
class Translation:
    """A statement for DuckDB.

    ``sql`` names a loaded table by its marker. ``columns`` is None for a change; then ``changed``
    is its table and ``sql`` selects its changed rows.
    """

    sql: str
    parameters: frozenset[str]
    tables: frozenset[int]
    columns: tuple[ColumnInfo, ...] | None
    changed: StoredTable | None = None


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create T-SQL's functions that DuckDB lacks, once for each database."""
    for statement in _MACROS:
        connection.execute(statement)


def translate(
    tree: exp.Expr,
    catalog: Catalog,
    variables: Mapping[str, SqlType],
    *,
    undeclared: dict[str, SqlType | None] | None = None,
    assigned: Sequence[SqlType] = (),
) -> Translation:
    """Translate a query or a change.

    Args:
        tree: the statement; it is not changed.
        catalog: what the user may see.
        variables: types of the declared variables by name in lower case, with the ``@``.
        undeclared: takes up the types that suit the other variables; None refuses those.
        assigned: types of the variables that the columns of a query fill; none for a result.

    Raises:
        SqlServerError: the statement is wrong, or the sandbox cannot answer it.
    """
    compiler = Compiler(catalog, variables, _HANDLERS, undeclared)
    tree = tree.copy()
    if not isinstance(tree, exp.Query):
        changed = change(compiler, tree)
        sql = changed.select
        return Translation(sql, parameters_in(sql), frozenset(tables_in(sql)), None, changed.stored)
    query = queries.query(compiler, tree, Scope(), outermost=True)
    sql = _for_variables(query, assigned) if assigned else _for_output(query)
    columns = tuple(
        ColumnInfo(column.name, column.type, column.nullable) for column in query.columns
    )
    return Translation(sql, parameters_in(sql), frozenset(tables_in(sql)), columns)


def _for_output(query: Query) -> str:
    """Values as ``ResultSet`` has them: rowversions as bytes, times in micro- or nanoseconds."""
    shown = [_shown(column) for column in query.columns]
    if all(sql == column.physical for sql, column in zip(shown, query.columns, strict=True)):
        return query.sql
    listed = ", ".join(
        f"{sql} AS {column.physical}" for sql, column in zip(shown, query.columns, strict=True)
    )
    return f"SELECT {listed} FROM ({query.sql})"


def _for_variables(query: Query, kinds: Sequence[SqlType]) -> str:
    """Values under the types of the variables that take them, times in microseconds."""
    listed = ", ".join(
        _kept(convert(_value(column), kind)) + f" AS {column.physical}"
        for column, kind in zip(query.columns, kinds, strict=True)
    )
    return f"SELECT {listed} FROM ({query.sql})"


def _value(column: OutColumn) -> Value:
    return Value(column.physical, column.type, column.nullable, unit=column.unit)


def _kept(value: Value) -> str:
    if value.unit == "us":
        return value.sql
    exact, ticks = moments.with_unit(value, "us"), moments.ticks(value)
    failure = f"CAST({_NO_SEVENTH} AS {exact.storage})"
    return f"CASE WHEN {ticks} % 10 <> 0 THEN {failure} ELSE {exact.sql} END"


def _shown(column: OutColumn) -> str:
    if family(column.type) is Family.ROWVERSION:
        return f"ms.number_bytes({column.physical}, 8)"
    if column.unit == "ticks":
        return f"ms.nanoseconds({column.physical})"
    return column.physical
