"""The rows of INFORMATION_SCHEMA, and of the tables that functions look things up in."""

import itertools
import re
from collections.abc import Callable, Iterator

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver import datatypes
from erp_resources.sandbox.sqlserver.catalog_facts import (
    COLLATION,
    Catalog,
    Row,
    each_column,
    key_name,
    references,
)
from erp_resources.sandbox.sqlserver.datatypes import Family, family
from erp_resources.sandbox.sqlserver.types import MAX, SqlType

_NAME = re.compile(r"[^\W\d][\w@$#]*|_[\w@$#]*")


def _named(catalog: Catalog, stored: StoredTable, prefix: str = "table") -> Row:
    return {
        f"{prefix}_catalog": catalog.facts.database,
        f"{prefix}_schema": stored.table.schema,
        "table_name": stored.table.name,
        "object_id": stored.object_id,
    }


def _schema_tables(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        yield {**_named(catalog, stored), "table_type": "BASE TABLE"}


def _schema_columns(catalog: Catalog) -> Iterator[Row]:
    for stored, place, column, kind in each_column(catalog):
        yield {
            **_named(catalog, stored),
            "column_name": column.name,
            "ordinal_position": place,
            "is_nullable": "YES" if column.nullable else "NO",
            "data_type": kind.name,
            **_lengths(kind),
        }


_RADIXES = {Family.WHOLE: 10, Family.EXACT: 10, Family.MONEY: 10, Family.FLOAT: 2}


def _lengths(kind: SqlType) -> Row:
    """Lengths, precisions and sets of a type, each where it has one."""
    own = family(kind)
    if own in {Family.TEXT, Family.BINARY}:
        return {
            "character_maximum_length": kind.size,
            "character_octet_length": datatypes.width(kind) if kind.size != MAX else MAX,
            **_collated(kind),
        }
    if own in _RADIXES:
        return {
            "numeric_precision": datatypes.precision(kind),
            "numeric_precision_radix": _RADIXES[own],
            "numeric_scale": None if own is Family.FLOAT else datatypes.scale(kind),
        }
    if own in datatypes.TIMES:
        return {"datetime_precision": datatypes.scale(kind)}
    return {}


def _collated(kind: SqlType) -> Row:
    if family(kind) is not Family.TEXT:
        return {}
    charset = "UNICODE" if datatypes.is_unicode(kind) else "iso_1"
    return {"character_set_name": charset, "collation_name": COLLATION}


def _constraints(catalog: Catalog) -> Iterator[tuple[StoredTable, str, str, tuple[str, ...]]]:
    for stored in catalog.tables:
        if stored.table.primary_key:
            yield stored, key_name(stored.table), "PRIMARY KEY", stored.table.primary_key
    for one in references(catalog):
        yield one.stored, one.name, "FOREIGN KEY", one.columns


def _table_constraints(catalog: Catalog) -> Iterator[Row]:
    for stored, name, kind, _ in _constraints(catalog):
        yield {
            **_named(catalog, stored, "constraint"),
            **_named(catalog, stored),
            "constraint_name": name,
            "constraint_type": kind,
            "is_deferrable": "NO",
            "initially_deferred": "NO",
        }


def _key_column_usage(catalog: Catalog) -> Iterator[Row]:
    for stored, name, _, columns in _constraints(catalog):
        for place, column in enumerate(columns, start=1):
            yield {
                **_named(catalog, stored, "constraint"),
                **_named(catalog, stored),
                "constraint_name": name,
                "column_name": column,
                "ordinal_position": place,
            }


def _object_names(catalog: Catalog) -> Iterator[Row]:
    for stored in catalog.tables:
        yield {
            "object_id": stored.object_id,
            "name": stored.table.name,
            "schema_name": stored.table.schema,
            "has_key": int(bool(stored.table.primary_key)),
            "type": "U",
        }


def _spellings(catalog: Catalog) -> Iterator[Row]:
    """Every way to write a table's name for OBJECT_ID, in lower case."""
    for stored in catalog.tables:
        schemas = [f"{one}." for one in _quotings(stored.table.schema)]
        if stored.table.schema == "dbo":
            schemas.append("")
        databases = ["", *(f"{one}." for one in _quotings(catalog.facts.database))]
        for database, schema, name in itertools.product(
            databases, schemas, _quotings(stored.table.name)
        ):
            dots = "." if database and not schema else ""
            spelling = f"{database}{dots}{schema}{name}".lower()
            yield {"spelling": spelling, "object_id": stored.object_id, "type": "U"}


def _quotings(name: str) -> list[str]:
    quoted = ["[" + name.replace("]", "]]") + "]", '"' + name.replace('"', '""') + '"']
    return [*quoted, name] if _NAME.fullmatch(name) else quoted


def _server_properties(catalog: Catalog) -> Iterator[Row]:
    for name, value in catalog.facts.properties.items():
        yield {"name": name, "value": value}


def _database_properties(_: Catalog) -> Iterator[Row]:
    known = {
        "collation": COLLATION,
        "status": "ONLINE",
        "updateability": "READ_WRITE",
        "useraccess": "MULTI_USER",
        "recovery": "FULL",
        "version": "957",
    }
    for name, value in known.items():
        yield {"name": name, "value": value}


SCHEMA_ROWS: dict[str, Callable[[Catalog], Iterator[Row]]] = {
    "schema_tables": _schema_tables,
    "schema_columns": _schema_columns,
    "table_constraints": _table_constraints,
    "key_column_usage": _key_column_usage,
    "object_names": _object_names,
    "spellings": _spellings,
    "server_properties": _server_properties,
    "database_properties": _database_properties,
}
"""By the base table of a view, or the table's own name."""
