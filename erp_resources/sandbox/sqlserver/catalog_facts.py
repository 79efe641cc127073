"""What the catalogue's rows are made from: the loaded tables and facts about their server."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver.datatypes import parse_type
from erp_resources.sandbox.sqlserver.types import SqlType

COLLATION = "SQL_Latin1_General_CP1_CI_AS"
DATABASE_ID = 5
_FIRST_SCHEMA = 5
_FOREIGN_KEY_IDS = 2_000_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the rows are made from besides the tables.

    Attributes:
        database: its name.
        allows_snapshot: whether it has ALLOW_SNAPSHOT_ISOLATION ON.
        base_scn: the SCN that is version 0 of change tracking.
        properties: of the server, by lower-case name.
    """

    database: str
    allows_snapshot: bool
    base_scn: int
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Catalog:
    """The loaded tables with the ids of their schemas."""

    facts: Facts
    tables: Sequence[StoredTable]

    @property
    def schemas(self) -> dict[str, int]:
        """The schemas of the tables, and ``dbo``, by name."""
        names = dict.fromkeys(stored.table.schema for stored in self.tables)
        others = [name for name in names if name != "dbo"]
        return {"dbo": 1, **dict(zip(others, itertools.count(_FIRST_SCHEMA), strict=False))}

    def find(self, schema: str, name: str) -> StoredTable | None:
        """A loaded table by its declared name."""
        for stored in self.tables:
            if (stored.table.schema, stored.table.name) == (schema, name):
                return stored
        return None


def key_name(table: Table) -> str:
    """Name of a table's primary key and of its index."""
    return f"PK_{table.name}"


def column_id(stored: StoredTable, name: str) -> int:
    """Position of a column, from 1."""
    return 1 + next(
        place for place, column in enumerate(stored.table.columns) if column.name == name
    )


@dataclass(frozen=True)
class Reference:
    """A foreign key between two loaded tables."""

    object_id: int
    name: str
    stored: StoredTable
    columns: tuple[str, ...]
    target: StoredTable


def references(catalog: Catalog) -> Iterator[Reference]:
    """The foreign keys whose tables are both loaded."""
    numbers = itertools.count(_FOREIGN_KEY_IDS)
    for stored in catalog.tables:
        for place, key in enumerate(stored.table.foreign_keys, start=1):
            target = catalog.find(key.schema, key.table)
            number = next(numbers)
            if target is not None:
                name = f"FK_{stored.table.name}_{place}"
                yield Reference(number, name, stored, key.columns, target)


def each_column(catalog: Catalog) -> Iterator[tuple[StoredTable, int, Column, SqlType]]:
    """Each column with its table, its position and its type."""
    for stored in catalog.tables:
        for place, column in enumerate(stored.table.columns, start=1):
            yield stored, place, column, parse_type(column.type)
