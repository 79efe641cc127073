"""What PostgreSQL's system catalogue says about a table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from erp_resources.connector import Column, TableSchema, foreign_keys
from erp_resources.odbc.catalog import not_found

if TYPE_CHECKING:
    import pyodbc

TABLES = """
SELECT c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
ORDER BY c.relname"""
TABLE = """
SELECT c.oid, obj_description(c.oid, 'pg_class'), c.reltuples, pg_table_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"""
COLUMNS = """
SELECT a.attname, NOT a.attnotnull, col_description(a.attrelid, a.attnum),
       CASE WHEN b.typtype = 'e' THEN 'enum ' ELSE '' END
       || format_type(b.oid, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attrelid = CAST(? AS oid) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum"""
PRIMARY_KEY = """
SELECT a.attname
FROM pg_constraint k
CROSS JOIN unnest(k.conkey) WITH ORDINALITY AS p(number, place)
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.number
WHERE k.conrelid = CAST(? AS oid) AND k.contype = 'p'
ORDER BY p.place"""
FOREIGN_KEYS = """
SELECT k.oid, a.attname, n.nspname, r.relname, f.attname
FROM pg_constraint k
CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(number, referred, place)
JOIN pg_class r ON r.oid = k.confrelid
JOIN pg_namespace n ON n.oid = r.relnamespace
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.number
JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = p.referred
WHERE k.conrelid = CAST(? AS oid) AND k.contype = 'f'
ORDER BY k.conname, p.place"""


def list_tables(connection: "pyodbc.Connection", schema: str) -> list[str]:
    """Names of the tables and views of ``schema`` that the account may read, sorted."""
    return sorted(name for (name,) in _all(connection, TABLES, schema))


def describe(connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
    """All facts about one table but the scales that only its data tells.

    Raises:
        TableNotFound: it does not exist, or the account may not read it.
    """
    found = _all(connection, TABLE, schema, table)
    if not found:
        raise not_found(schema, table)
    ((oid, comment, rows, size),) = found
    columns = tuple(
        Column(name, kind, nullable=bool(int(nullable)), comment=text or "")
        for name, nullable, text, kind in _all(connection, COLUMNS, str(oid))
    )
    return TableSchema(
        schema,
        table,
        columns,
        tuple(name for (name,) in _all(connection, PRIMARY_KEY, str(oid))),
        comment or "",
        int(rows) if rows >= 0 else None,  # -1: never analyzed
        int(size),
        foreign_keys(_all(connection, FOREIGN_KEYS, str(oid))),
    )


def observed_scales(
    connection: "pyodbc.Connection", table: str, columns: Mapping[str, str]
) -> dict[str, int]:
    """Decimals in use in each of ``columns``; reads the whole table.

    Args:
        table: its quoted name.
        columns: names, each with its quoted form.
    """
    if not columns:
        return {}
    chosen = ", ".join(f"MAX(scale({quoted}))" for quoted in columns.values())
    (found,) = _all(connection, f"SELECT {chosen} FROM {table}")  # noqa: S608 - quoted names
    return {name: int(scale or 0) for name, scale in zip(columns, found, strict=True)}


def _all(connection: "pyodbc.Connection", statement: str, *values: str) -> "list[pyodbc.Row]":
    with connection.cursor() as cursor:
        rows: list[pyodbc.Row] = cursor.execute(statement, *values).fetchall()
    return rows
