"""What ODBC's catalogue functions say about tables: the same call for every product."""

from typing import TYPE_CHECKING

from erp_resources.connector import Column, TableSchema, foreign_keys
from erp_resources.errors import TableNotFound

if TYPE_CHECKING:
    import pyodbc

_NAMES = {
    -11: "GUID",
    -10: "WLONGVARCHAR",
    -9: "WVARCHAR",
    -8: "WCHAR",
    -7: "BIT",
    -6: "TINYINT",
    -5: "BIGINT",
    -4: "LONGVARBINARY",
    -3: "VARBINARY",
    -2: "BINARY",
    -1: "LONGVARCHAR",
    1: "CHAR",
    2: "NUMERIC",
    3: "DECIMAL",
    4: "INTEGER",
    5: "SMALLINT",
    6: "FLOAT",
    7: "REAL",
    8: "DOUBLE",
    12: "VARCHAR",
    91: "DATE",
    92: "TIME",
    93: "TIMESTAMP",
}
"""SQL data types by their codes in ODBC ("Appendix D: Data Types")."""
_SIZED = {"CHAR", "VARCHAR", "WCHAR", "WVARCHAR", "BINARY", "VARBINARY"}


def list_tables(connection: "pyodbc.Connection", schema: str) -> list[str]:
    """Names of the tables and views of ``schema``, sorted."""
    with connection.cursor() as cursor:
        found = cursor.tables().fetchall()
    return sorted(
        row.table_name
        for row in found
        if row.table_type in ("TABLE", "VIEW") and (row.table_schem or "") == schema
    )


def describe(connection: "pyodbc.Connection", schema: str, table: str) -> TableSchema:
    """Columns and keys of one table.

    Raises:
        TableNotFound: the driver knows no column of it.
    """
    with connection.cursor() as cursor:
        # Names are patterns for SQLColumns: what only looks alike is left out here.
        columns = tuple(
            _column(row)
            for row in cursor.columns().fetchall()
            if row.table_name == table and (row.table_schem or "") == schema
        )
        if not columns:
            raise not_found(schema, table)
        keys = cursor.primaryKeys(table, schema=schema or None).fetchall()
        references = cursor.foreignKeys(foreignTable=table, foreignSchema=schema or None).fetchall()
    return TableSchema(
        schema,
        table,
        columns,
        tuple(row.column_name for row in sorted(keys, key=lambda row: row.key_seq)),
        foreign_keys=foreign_keys(
            (
                row.fk_name or row.pktable_name,
                row.fkcolumn_name,
                row.pktable_schem or "",
                row.pktable_name,
                row.pkcolumn_name,
            )
            for row in references
        ),
    )


def product(connection: "pyodbc.Connection") -> str:
    """What the connection leads to and through what, as the driver says."""
    import pyodbc

    parts = (
        pyodbc.SQL_DBMS_NAME,
        pyodbc.SQL_DBMS_VER,
        pyodbc.SQL_DRIVER_NAME,
        pyodbc.SQL_DRIVER_VER,
    )
    name, version, driver, driver_version = map(connection.getinfo, parts)
    return f"{name} {version} through {driver} {driver_version}"


def not_found(schema: str, table: str) -> TableNotFound:
    """The error for a table that the account does not see."""
    name = f"{schema}.{table}" if schema else table
    return TableNotFound(
        f"table {name} does not exist or this account may not read it; "
        f"ask for GRANT SELECT ON {name}"
    )


def _column(row: "pyodbc.Row") -> Column:
    kind = _NAMES.get(row.data_type, row.type_name)
    if kind in ("DECIMAL", "NUMERIC"):
        kind += f"({row.column_size},{row.decimal_digits or 0})"
    elif kind in _SIZED and row.column_size and row.column_size > 0:
        kind += f"({row.column_size})"
    elif kind == "TIMESTAMP" and row.decimal_digits is not None:
        kind += f"({row.decimal_digits})"
    return Column(row.column_name, kind, nullable=row.nullable != 0, comment=row.remarks or "")
