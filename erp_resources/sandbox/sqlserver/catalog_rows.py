"""Writes the rows of the catalogue into the database, where its views read them."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver.catalog_facts import Catalog, Facts, Row
from erp_resources.sandbox.sqlserver.catalog_views import base_columns
from erp_resources.sandbox.sqlserver.datatypes import arrow_type
from erp_resources.sandbox.sqlserver.schema_rows import SCHEMA_ROWS
from erp_resources.sandbox.sqlserver.sys_rows import SYS_ROWS

_ROWS = {**SYS_ROWS, **SCHEMA_ROWS}


def write_catalog(
    connection: duckdb.DuckDBPyConnection, facts: Facts, tables: Sequence[StoredTable]
) -> None:
    """Write what the views, functions and procedures read, anew."""
    catalog = Catalog(facts, tables)
    connection.execute("CREATE SCHEMA IF NOT EXISTS catalog")
    for base, columns in base_columns().items():
        rows = _ROWS[base](catalog) if base in _ROWS else ()
        schema = pa.schema([(name, arrow_type(kind)) for name, kind in columns])
        made = pa.Table.from_pylist([_cased(row, schema) for row in rows], schema=schema)
        connection.register("catalog_rows", made)
        create = f"CREATE OR REPLACE TABLE catalog.{base} AS"
        connection.execute(f"{create} SELECT * FROM catalog_rows")  # noqa: S608 our own names
        connection.unregister("catalog_rows")


def _cased(row: Row, schema: pa.Schema) -> Row:
    """INFORMATION_SCHEMA spells its columns in upper case; a bit that nothing sets is 0."""
    lower = {name.lower(): value for name, value in row.items()}
    return {
        field.name: lower.get(
            field.name.lower(), False if pa.types.is_boolean(field.type) else None
        )
        for field in schema
    }
