"""What Oracle's dictionary says about a table: the ALL_* views, which every account may read."""

from collections.abc import Callable, Sequence
from typing import Any

from erp_resources.connector import Column, TableSchema, foreign_keys
from erp_resources.errors import TableNotFound
from erp_resources.oracle.types import quoted

Query = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

TABLES = "SELECT table_name FROM all_tables WHERE owner = :1 ORDER BY table_name"
TABLE = (
    "SELECT num_rows, num_rows * avg_row_len FROM all_tables WHERE owner = :1 AND table_name = :2"
)
TABLE_COMMENT = "SELECT comments FROM all_tab_comments WHERE owner = :1 AND table_name = :2"
COLUMNS = """
SELECT c.column_name, c.data_type, c.data_length, c.char_length, c.data_precision, c.data_scale,
       c.nullable, m.comments
FROM all_tab_columns c
LEFT JOIN all_col_comments m
  ON m.owner = c.owner AND m.table_name = c.table_name AND m.column_name = c.column_name
WHERE c.owner = :1 AND c.table_name = :2
ORDER BY c.column_id"""
PRIMARY_KEY = """
SELECT k.column_name
FROM all_constraints p
JOIN all_cons_columns k ON k.owner = p.owner AND k.constraint_name = p.constraint_name
WHERE p.owner = :1 AND p.table_name = :2 AND p.constraint_type = 'P'
ORDER BY k.position"""
FOREIGN_KEYS = """
SELECT f.constraint_name, k.column_name, p.owner, p.table_name, r.column_name
FROM all_constraints f
JOIN all_cons_columns k ON k.owner = f.owner AND k.constraint_name = f.constraint_name
JOIN all_constraints p ON p.owner = f.r_owner AND p.constraint_name = f.r_constraint_name
JOIN all_cons_columns r
  ON r.owner = p.owner AND r.constraint_name = p.constraint_name AND r.position = k.position
WHERE f.owner = :1 AND f.table_name = :2 AND f.constraint_type = 'R'
ORDER BY f.constraint_name, k.position"""
MAX_SCALE = 20
"""Decimals that the search for an undeclared scale goes up to; Oracle keeps 38 digits in all."""


def list_tables(query: Query, schema: str) -> list[str]:
    """Names of the tables of ``schema`` that the account may read."""
    return [name for (name,) in query(TABLES, [schema])]


def describe(query: Query, schema: str, table: str) -> TableSchema:
    """All facts about one table, but for the scales that only its data can tell.

    Raises:
        TableNotFound: it does not exist, or the account may not read it.
    """
    columns = tuple(_column(*row) for row in query(COLUMNS, [schema, table]))
    if not columns:
        raise TableNotFound(
            f"oracle: table {schema}.{table} does not exist or this account may not read it; "
            f"ask for GRANT SELECT ON {schema}.{table}"
        )
    rows, size = next(iter(query(TABLE, [schema, table])), (None, None))
    comment = next(iter(query(TABLE_COMMENT, [schema, table])), (None,))[0]
    return TableSchema(
        schema=schema,
        table=table,
        columns=columns,
        primary_key=tuple(name for (name,) in query(PRIMARY_KEY, [schema, table])),
        comment=comment or "",
        rows=None if rows is None else int(rows),
        bytes=None if size is None else int(size),
        foreign_keys=foreign_keys(query(FOREIGN_KEYS, [schema, table])),
    )


def observed_scales(query: Query, source: TableSchema) -> dict[str, int]:
    """Decimals in use in each number declared without a precision; reads the whole table."""
    open_ended = [column.name for column in source.columns if _is_open_ended(column)]
    if not open_ended:
        return {}
    chosen = ", ".join(_scale_of(quoted(name)) for name in open_ended)
    sql = f"SELECT {chosen} FROM {quoted(source.schema)}.{quoted(source.table)}"
    (found,) = query(sql, [])
    return {name: int(scale or 0) for name, scale in zip(open_ended, found, strict=True)}


def _is_open_ended(column: Column) -> bool:
    return column.type in ("NUMBER", "NUMBER(*)") or column.type.startswith("FLOAT")


def _scale_of(name: str) -> str:
    steps = (f"WHEN {name} = ROUND({name}, {scale}) THEN {scale}" for scale in range(MAX_SCALE))
    return f"MAX(CASE WHEN {name} IS NULL THEN 0 {' '.join(steps)} ELSE {MAX_SCALE} END)"


def _column(  # noqa: PLR0913, PLR0917 - one argument per column of the view
    name: str,
    data_type: str,
    length: int | None,
    characters: int | None,
    precision: int | None,
    scale: int | None,
    nullable: str,
    comment: str | None,
) -> Column:
    spelling = _spelling(data_type, length, characters, precision, scale)
    return Column(name, spelling, nullable=nullable == "Y", comment=comment or "")


def _spelling(
    data_type: str,
    length: int | None,
    characters: int | None,
    precision: int | None,
    scale: int | None,
) -> str:
    """The type as a CREATE TABLE would spell it, e.g. ``NUMBER(15,2)``."""
    if data_type == "NUMBER" and (precision is not None or scale is not None):
        return f"NUMBER({'*' if precision is None else precision}{f',{scale}' if scale else ''})"
    if data_type == "FLOAT":
        return f"FLOAT({precision})"
    if "CHAR" in data_type:
        return f"{data_type}({characters})"
    return f"RAW({length})" if data_type == "RAW" else data_type
