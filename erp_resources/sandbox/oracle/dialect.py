"""One Oracle statement to one DuckDB statement, with everything that running it needs."""
# ruff: noqa: S608 -- this module compiles SQL to SQL

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.markers import parameters_in
from erp_resources.sandbox.oracle.datatypes import DataType, Kind, column_info
from erp_resources.sandbox.oracle.sql import conditions, expressions, queries
from erp_resources.sandbox.oracle.sql.changes import change, is_change
from erp_resources.sandbox.oracle.sql.context import Catalog, Compiler, Handlers, PastRead, Query
from erp_resources.sandbox.oracle.sql.errors import unimplemented
from erp_resources.sandbox.oracle.sql.parse import parse
from erp_resources.sandbox.oracle.sql.scope import OutColumn, Scope
from erp_resources.sandbox.oracle.sql.settings import Settings
from erp_resources.sandbox.oracle.types import ColumnInfo, OracleError

_HANDLERS = Handlers(expressions.value, conditions.condition, queries.query)


@dataclass(frozen=True)
class Translation:
    """A statement for DuckDB.

    ``sql`` names a loaded table by its marker (see ``markers``), since what a session reads
    there depends on its open transaction. ``columns`` is None for a change; then ``changed`` is
    its table and ``sql`` selects its changed rows.
    """

    sql: str
    parameters: frozenset[str]
    columns: tuple[ColumnInfo, ...] | None
    changed: StoredTable | None = None
    past_reads: tuple[PastRead, ...] = ()


def translate(
    sql: str, settings: Settings, catalog: Catalog, bind_types: Sequence[DataType] | None
) -> Translation:
    """Translate a query or a change.

    Args:
        sql: the Oracle statement.
        settings: the session's settings.
        catalog: what the user may see.
        bind_types: types of the bound values in textual order; None to describe only.

    Raises:
        OracleError: the statement is wrong, or the sandbox cannot answer it.
    """
    _refuse_other_statements(sql)
    parsed = parse(sql)
    if bind_types is None:
        bind_types = [DataType(Kind.UNKNOWN, size=4000)] * len(parsed.binds)
    if len(bind_types) != len(parsed.binds):
        raise OracleError(1008, "not all variables bound")
    compiler = Compiler(settings, catalog, bind_types, _HANDLERS)
    if is_change(parsed.tree):
        changed = change(compiler, parsed.tree)
        return _translation(compiler, changed.select, None, changed.stored)
    if not isinstance(parsed.tree, exp.Query):
        raise OracleError(900, "invalid SQL statement")
    query = queries.query(compiler, parsed.tree, Scope())
    shown = _for_output(query)
    columns = tuple(
        column_info(column.name, column.type, nullable=column.nullable) for column in query.columns
    )
    return _translation(compiler, shown, columns, None)


def _translation(
    compiler: Compiler,
    sql: str,
    columns: tuple[ColumnInfo, ...] | None,
    changed: StoredTable | None,
) -> Translation:
    past = tuple(compiler.past_reads)
    return Translation(sql, parameters_in(sql), columns, changed, past)


_STATEMENTS = frozenset(
    {"CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "REVOKE", "CALL", "EXPLAIN", "SET", "LOCK",
     "COMMENT", "ANALYZE", "BEGIN", "DECLARE", "SAVEPOINT", "RENAME", "AUDIT", "COMMIT", "ROLLBACK",
     "PURGE", "FLASHBACK"}
)  # fmt: skip


_SERVED = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"})
_FIRST_WORD = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)


def _refuse_other_statements(sql: str) -> None:
    """Refuse SQL and PL/SQL that the sandbox does not serve, by its first word."""
    first = _FIRST_WORD.match(sql)
    word = first[1].upper() if first else ""
    if word in {"BEGIN", "DECLARE"}:
        raise unimplemented("PL/SQL")
    if word in _STATEMENTS:
        raise unimplemented(word)
    if word not in _SERVED:
        raise OracleError(900, "invalid SQL statement")


def _for_output(query: Query) -> str:
    """Values as the wire protocol expects them: ROWIDs as text, free numbers as decimals."""
    shown = [_shown(column) for column in query.columns]
    if all(sql == column.physical for sql, column in zip(shown, query.columns, strict=True)):
        return query.sql
    listed = ", ".join(
        f"{sql} AS {column.physical}" for sql, column in zip(shown, query.columns, strict=True)
    )
    return f"SELECT {listed} FROM ({query.sql})"


def _shown(column: OutColumn) -> str:
    kind = column.type
    if kind.kind in {Kind.DAYS, Kind.MONTHS}:
        raise unimplemented(f"{kind.kind.value} as a result")
    if kind.kind is Kind.ROWID:
        return f"ora.rowid_text({column.physical})"
    if kind.is_free and kind.storage == "BIGINT":
        return f"CAST({column.physical} AS DECIMAL(38,0))"
    if kind.kind is Kind.UNKNOWN:
        return f"CAST({column.physical} AS VARCHAR)"
    return column.physical
