"""What SQL Server's catalogue views say about tables, and about the account's own rights.

Each view shows an account the objects that it has some right on; no other right is needed.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from erp_resources.connector import Column, TableSchema, foreign_keys
from erp_resources.odbc.catalog import not_found

if TYPE_CHECKING:
    import pyodbc

    from erp_resources.connector import Connector

PAGE_BYTES = 8192
BYTES_PER_UNIT = 2  # of UTF-16
TABLES = """
SELECT t.name
FROM sys.tables AS t
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
WHERE s.name = ? AND t.is_ms_shipped = 0
  AND HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(t.name), 'OBJECT', 'SELECT') = 1
ORDER BY t.name"""
OBJECT = """
SELECT o.object_id, s.name, o.name
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE s.name = ? AND o.name = ? AND o.type IN ('U', 'V')"""
COMMENTS = """
SELECT p.minor_id, CAST(p.value AS nvarchar(4000))
FROM sys.extended_properties AS p
WHERE p.class = 1 AND p.major_id = ? AND p.name = 'MS_Description'"""
COLUMNS = """
SELECT c.column_id, c.name, b.name, t.name, t.is_user_defined, c.max_length, c.precision, c.scale,
       c.is_nullable
FROM sys.columns AS c
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id
WHERE c.object_id = ?
ORDER BY c.column_id"""
UNIQUE_KEYS = """
SELECT i.index_id, i.is_primary_key, c.name, c.is_nullable, c.max_length
FROM sys.indexes AS i
JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE i.object_id = ? AND i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0
  AND i.is_hypothetical = 0 AND k.key_ordinal > 0
ORDER BY i.index_id, k.key_ordinal"""
FOREIGN_KEYS = """
SELECT f.object_id, c.name, s.name, r.name, d.name
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
JOIN sys.tables AS r ON r.object_id = f.referenced_object_id
JOIN sys.schemas AS s ON s.schema_id = r.schema_id
JOIN sys.columns AS d
  ON d.object_id = k.referenced_object_id AND d.column_id = k.referenced_column_id
WHERE f.parent_object_id = ?
ORDER BY f.name, k.constraint_column_id"""
ROWS = "SELECT SUM(p.rows) FROM sys.partitions AS p WHERE p.object_id = ? AND p.index_id IN (0, 1)"
PAGES = """
SELECT SUM(a.used_pages)
FROM sys.partitions AS p
JOIN sys.allocation_units AS a
  ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END
WHERE p.object_id = ? AND p.index_id IN (0, 1)"""
SNAPSHOT_ON = 1
SNAPSHOT_STATE = "SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()"
RIGHTS = "SELECT permission_name FROM sys.fn_my_permissions(NULL, 'DATABASE')"
WRITABLE_TABLES = """
SELECT t.permission_name, COUNT(*)
FROM (
  SELECT p.permission_name, HAS_PERMS_BY_NAME(
    QUOTENAME(s.name) + '.' + QUOTENAME(t.name), 'OBJECT', p.permission_name) AS granted
  FROM sys.tables AS t
  JOIN sys.schemas AS s ON s.schema_id = t.schema_id
  CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('ALTER')) AS p (permission_name)
) AS t
WHERE t.granted = 1
GROUP BY t.permission_name"""
HARMLESS_RIGHTS = ("CONNECT", "SELECT", "VIEW", "SHOWPLAN")
"""How rights begin that change nothing."""

Row = tuple[Any, ...]


def list_tables(connection: "pyodbc.Connection", schema: str) -> list[str]:
    """Names of the tables of ``schema`` that the account may read, in the collation's order."""
    return [name for (name,) in _rows(connection, TABLES, schema)]


def describe(connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
    """All facts about one table or view, under the names that the catalogue spells.

    Raises:
        TableNotFound: it does not exist, or the account has no right on it.
    """
    found = _rows(connection, OBJECT, schema, table)
    if not found:
        raise not_found(schema, table)
    ((number, schema, table),) = found
    comments: dict[int, str | None] = dict(_rows(connection, COMMENTS, number))
    ((rows,),) = _rows(connection, ROWS, number)
    ((pages,),) = _rows(connection, PAGES, number)
    return TableSchema(
        schema=schema,
        table=table,
        columns=tuple(_column(row, comments) for row in _rows(connection, COLUMNS, number)),
        primary_key=_key(_rows(connection, UNIQUE_KEYS, number)),
        comment=comments.get(0) or "",
        rows=None if rows is None else int(rows),
        bytes=None if pages is None else int(pages) * PAGE_BYTES,
        foreign_keys=foreign_keys(_rows(connection, FOREIGN_KEYS, number)),
    )


def _rows(connection: "pyodbc.Connection", query: str, *parameters: object) -> list[Row]:
    cursor = connection.cursor()
    try:
        return [tuple(row) for row in cursor.execute(query, *parameters).fetchall()]
    finally:
        cursor.close()


def _column(row: Row, comments: dict[int, str | None]) -> Column:
    number, name, *kind, nullable = row
    return Column(name, spelling(*kind), bool(nullable), comments.get(number) or "")


def spelling(
    base: str | None, name: str, user_defined: bool, length: int, precision: int, scale: int
) -> str:
    """A type as CREATE TABLE would spell it, e.g. ``nvarchar(60)``.

    Args:
        base: the system type; ``None`` for one of the common language runtime.
        name: the column's own type, which may be an alias of ``base``.
        user_defined: whether ``name`` is somebody's own.
        length: in bytes; -1 for (max).
        precision: digits of a number.
        scale: decimals of a number, or fractional digits of a time.
    """
    if base is None:
        return f"CLR type {name}" if user_defined else name
    if base in ("decimal", "numeric"):
        return f"{base}({precision},{scale})"
    if base in ("time", "datetime2", "datetimeoffset"):
        return f"{base}({scale})"
    if base not in ("char", "varchar", "binary", "varbinary", "nchar", "nvarchar"):
        return base
    units = length // BYTES_PER_UNIT if base.startswith("n") else length
    return f"{base}({'max' if length < 0 else units})"


def _key(rows: Iterable[Row]) -> tuple[str, ...]:
    """The primary key, or else the narrowest unique index without nulls."""
    indexes: dict[int, list[Row]] = defaultdict(list)
    for index, *part in rows:
        indexes[index].append(tuple(part))
    keys = [
        (not parts[0][0], len(parts), sum(length for *_, length in parts), index)
        for index, parts in indexes.items()
        if parts[0][0] or not any(nullable for _, _, nullable, _ in parts)
    ]
    return tuple(name for _, name, _, _ in indexes[min(keys)[-1]]) if keys else ()


def allows_snapshots(connector: "Connector") -> bool:
    """Whether the database lets a transaction read at one moment (ALLOW_SNAPSHOT_ISOLATION)."""
    return any(state == SNAPSHOT_ON for (state,) in connector.execute(SNAPSHOT_STATE))


def risky_privileges(connector: "Connector") -> list[str]:
    """What the account may do beyond reading, as a person reads it; ideally nothing."""
    rights = {name for (name,) in connector.execute(RIGHTS)}
    risky = sorted(name for name in rights if not name.startswith(HARMLESS_RIGHTS))
    if risky:
        return [f"{name} in the whole database" for name in risky]
    tables = sorted(connector.execute(WRITABLE_TABLES))
    return [f"{name} on {number} tables" for name, number in tables]
