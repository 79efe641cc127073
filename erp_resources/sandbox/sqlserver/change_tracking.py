"""Change Tracking: CHANGETABLE(CHANGES …), answered from the superseded row versions.

A version is an SCN less the SCN at which the engine began, so tracking starts at version 0.
"""
# ruff: noqa: S608 -- composes SQL of object ids, quoted column names and its own words

from erp_resources.sandbox.database import ROW, SCN, StoredTable, quoted
from erp_resources.sandbox.sqlserver.datatypes import BIGINT, Family, family, parse_type
from erp_resources.sandbox.sqlserver.sql.scope import OutColumn, Relation
from erp_resources.sandbox.sqlserver.sql.values import Value
from erp_resources.sandbox.sqlserver.types import SqlType

READ_SCN, BASE_SCN = "read_scn", "base_scn"
"""Parameters: the SCN whose state is read, and the SCN that is version 0."""

_CHANGE_COLUMNS = (
    OutColumn("SYS_CHANGE_VERSION", "version", BIGINT),
    OutColumn("SYS_CHANGE_CREATION_VERSION", "creation", BIGINT),
    OutColumn("SYS_CHANGE_OPERATION", "operation", SqlType("nchar", 1)),
    OutColumn("SYS_CHANGE_COLUMNS", "columns", SqlType("varbinary", 4100)),
    OutColumn("SYS_CHANGE_CONTEXT", "context", SqlType("varbinary", 128)),
)


def changes(stored: StoredTable, since: str) -> Relation:
    """The net changes of a table after a version, one row for each key, committed ones only.

    A key whose row was deleted and inserted again counts as inserted (I); one that was inserted
    and is gone again as deleted (D). As on a real server, a version before the oldest that is kept
    is answered with what there is: the client compares it with
    CHANGE_TRACKING_MIN_VALID_VERSION.

    Args:
        stored: a tracked table.
        since: SQL of the version, NULL for the beginning.
    """
    keys = [column for column in stored.table.columns if column.name in stored.table.primary_key]
    names = [quoted(column.name) for column in keys]
    own = ", ".join(names)
    grouped = ", ".join(
        _key(parse_type(column.type), name) for column, name in zip(keys, names, strict=True)
    )
    shown = ", ".join(f"arg_max({name}, last) AS {name}" for name in names)
    start = f"(CAST(${BASE_SCN} AS BIGINT) + coalesce({since}, 0))"
    end = f"CAST(${READ_SCN} AS BIGINT)"
    sql = f"""(
SELECT {own}, last - CAST(${BASE_SCN} AS BIGINT) AS version,
  CASE WHEN born > CAST(${BASE_SCN} AS BIGINT) THEN born - CAST(${BASE_SCN} AS BIGINT) END AS creation,
  CASE WHEN alive IS NULL THEN 'D' WHEN alive IS DISTINCT FROM before THEN 'I' ELSE 'U' END AS operation,
  CAST(NULL AS BLOB) AS columns, CAST(NULL AS BLOB) AS context
FROM (
  SELECT {shown}, max(last) AS last, arg_max(born, last) AS born,
    max({ROW}) FILTER (is_alive) AS alive, max({ROW}) FILTER (is_before) AS before
  FROM (
    SELECT {own}, {ROW}, from_scn > {end} AS is_late, to_scn IS NULL OR to_scn > {end} AS is_alive,
      from_scn <= {start} AS is_before,
      CASE WHEN to_scn <= {end} THEN to_scn ELSE from_scn END AS last,
      min(from_scn) OVER (PARTITION BY {grouped}, {ROW}) AS born
    FROM (
      SELECT {own}, {ROW}, {SCN} AS from_scn, CAST(NULL AS BIGINT) AS to_scn FROM {stored.current}
      UNION ALL
      SELECT {own}, {ROW}, _from, _to FROM {stored.history}
    )
  )
  WHERE NOT is_late AND last > {start}
  GROUP BY {grouped}
))"""  # noqa: E501
    columns = tuple(
        OutColumn(column.name, column.name, parse_type(column.type), column.nullable)
        for column in keys
    )
    return Relation(sql, (*_CHANGE_COLUMNS, *columns))


def _key(kind: SqlType, name: str) -> str:
    value = Value(name, kind)
    return f"ms.text_key({value.sql})" if family(kind) is Family.TEXT else value.sql
