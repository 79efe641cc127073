"""The objects of the data dictionary: tables, views on them, and structures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database, StoredTable
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sandbox.sap.interfaces import STRUCTURES
from erp_resources.sandbox.sap.structures import Structure, structure_of
from erp_resources.sandbox.sap.system_tables import SCHEMA, SYSTEM_TABLES

Kind = Literal["TRANSP", "VIEW", "CLUSTER", "INTTAB"]
"""DDOBJTYPE: a transparent table, a view, a table in a cluster, a structure."""

_CROSS_CLIENT = frozenset({"T000"})
"""Tables whose key begins with a client and that are shared by all clients even so."""


@dataclass(frozen=True)
class DictionaryObject:
    """What the dictionary knows under one name.

    Attributes:
        name: in capitals.
        kind: what it is.
        structure: of a row.
        declared: its declaration.
        stored: where its rows are stored, if they are.
        sql: a subquery that makes them, if there is one instead.
    """

    name: str
    kind: Kind
    structure: Structure
    declared: Table
    stored: StoredTable | None = None
    sql: str = ""

    @property
    def has_rows(self) -> bool:
        """Whether it is more than a structure."""
        return self.stored is not None or bool(self.sql)

    @cached_property
    def columns(self) -> Mapping[str, DataType]:
        """The types of the fields by name."""
        return {field.name: field.type for field in self.structure.fields}

    @cached_property
    def client_field(self) -> str | None:
        """The field that keeps clients apart, if there is one."""
        first = self.structure.fields[0]
        is_client = first.type.name == "CLNT" and first.name in self.declared.primary_key
        return first.name if is_client and self.name not in _CROSS_CLIENT else None


class Dictionary:
    """Finds objects by name."""

    def __init__(self, database: Database, installation: Installation) -> None:
        """Know the database's tables in the schema SAP, now or later, and what is installed."""
        self._database = database
        self._installation = installation
        self._found: dict[str, DictionaryObject] = {}

    def find(self, name: str) -> DictionaryObject | None:
        """The object of that name, in capitals.

        Raises:
            ValueError: its rows are not stored as its declaration asks for.
        """
        if name in SYSTEM_TABLES:
            return self._system_table(name)
        if name not in self._found:
            found = self._declared(name) or _structure(name)
            if found is None:
                return None
            self._found[name] = found
        return self._found[name]

    def _declared(self, name: str) -> DictionaryObject | None:
        shown = self._installation.views.get(name, name)
        stored = self._database.tables.get((SCHEMA, shown))
        if stored is None:
            return None
        structure = structure_of(stored.table)
        _check_storage(stored, structure)
        return DictionaryObject(name, self._kind(name), structure, stored.table, stored)

    def _kind(self, name: str) -> Kind:
        if name in self._installation.views:
            return "VIEW"
        return "CLUSTER" if name in self._installation.clusters else "TRANSP"

    def _system_table(self, name: str) -> DictionaryObject:
        made = SYSTEM_TABLES[name]
        sql = made.sql(self._installation, list(self._objects()))
        return DictionaryObject(name, "TRANSP", structure_of(made.table), made.table, sql=sql)

    def _objects(self) -> Iterator[tuple[Table, Kind]]:
        for schema, name in self._database.tables:
            if schema == SCHEMA:
                yield self._database.tables[schema, name].table, self._kind(name)
        for made in SYSTEM_TABLES.values():
            yield made.table, "TRANSP"
        for structure in STRUCTURES.values():
            yield _declaration(structure), "INTTAB"


def _check_storage(stored: StoredTable, structure: Structure) -> None:
    for field in structure.fields:
        storage = stored.types[field.name]
        if not field.type.is_stored_as(storage):
            raise ValueError(
                f"{structure.name}.{field.name} is stored as {storage}, not as {field.type}"
            )


def text_of(column: Column, language: str) -> str:
    """What a column is called in a language, or nothing: texts need not be translated."""
    return column.texts.get(language, column.comment if language == "E" else "")


def _structure(name: str) -> DictionaryObject | None:
    structure = STRUCTURES.get(name)
    if structure is None:
        return None
    return DictionaryObject(name, "INTTAB", structure, _declaration(structure))


def _declaration(structure: Structure) -> Table:
    columns = tuple(Column(field.name, field.type.name) for field in structure.fields)
    return Table(SCHEMA, structure.name, columns, ())
