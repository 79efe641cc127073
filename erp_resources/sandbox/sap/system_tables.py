"""Tables that every SAP system has: clients, languages, and the dictionary's list of its tables.

Their rows are not stored; they follow from what the system is and has.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import quoted
from erp_resources.sandbox.sap.installation import ISO_LANGUAGES, Installation

SCHEMA = "SAP"
"""The schema of the tables that a system has."""

Objects: TypeAlias = Iterable[tuple[Table, str]]
"""The dictionary's tables, views and structures, with the class of each (TABCLASS)."""

_Rows: TypeAlias = Iterable[tuple[str, ...]]
_ACTIVE, _NO_VERSION = "A", "0000"


@dataclass(frozen=True)
class SystemTable:
    """A table whose rows are made from what a system is and has."""

    table: Table
    rows: Callable[[Installation, Objects], _Rows]

    def sql(self, installation: Installation, objects: Objects) -> str:
        """Its rows as a subquery."""
        names = ", ".join(quoted(column.name) for column in self.table.columns)
        rows = ", ".join(
            "(" + ", ".join(map(_literal, row)) + ")" for row in self.rows(installation, objects)
        )
        return f"(SELECT *, 0 AS _row FROM (VALUES {rows}) AS t({names}))"  # noqa: S608 our own


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _table(name: str, text: str, keys: int, members: str) -> Table:
    words = members.split()
    pairs = zip(words[::2], words[1::2], strict=True)
    columns = tuple(Column(field, spelling, nullable=False) for field, spelling in pairs)
    key = tuple(column.name for column in columns[:keys])
    return Table(SCHEMA, name, columns, key, text, texts={"E": text})


def _clients(installation: Installation, _: Objects) -> _Rows:
    return [(client, f"Client {client}", "", "") for client in installation.clients]


def _languages(_: Installation, __: Objects) -> _Rows:
    return [(letter, "", "", iso) for letter, iso in ISO_LANGUAGES.items()]


def _installed_languages(installation: Installation, _: Objects) -> _Rows:
    return [(letter, "X") for letter in installation.languages]


def _tables(_: Installation, objects: Objects) -> _Rows:
    return [
        (table.name, _ACTIVE, _NO_VERSION, kind, "X" if _has_client(table) else "")
        for table, kind in objects
    ]


def _has_client(table: Table) -> bool:
    return table.columns[0].type.startswith("CLNT")


def _texts(installation: Installation, objects: Objects) -> _Rows:
    return [
        (table.name, language, _ACTIVE, _NO_VERSION, table.texts.get(language, ""))
        for table, _ in objects
        for language in installation.languages
    ]


SYSTEM_TABLES: Mapping[str, SystemTable] = MappingProxyType(
    {
        one.table.name: one
        for one in (
            SystemTable(
                _table(
                    "T000",
                    "Clients",
                    1,
                    "MANDT CLNT(3) MTEXT CHAR(25) ORT01 CHAR(25) MWAER CUKY(5)",
                ),
                _clients,
            ),
            SystemTable(
                _table(
                    "T002",
                    "Language keys",
                    1,
                    "SPRAS LANG(1) LASPEZ CHAR(1) LAHQ CHAR(1) LAISO CHAR(2)",
                ),
                _languages,
            ),
            SystemTable(
                _table("T002C", "Customizing of languages", 1, "SPRAS LANG(1) LAINST CHAR(1)"),
                _installed_languages,
            ),
            SystemTable(
                _table(
                    "DD02L",
                    "SAP tables",
                    3,
                    "TABNAME CHAR(30) AS4LOCAL CHAR(1) AS4VERS CHAR(4) TABCLASS CHAR(8) "
                    "CLIDEP CHAR(1)",
                ),
                _tables,
            ),
            SystemTable(
                _table(
                    "DD02T",
                    "Texts of SAP tables",
                    4,
                    "TABNAME CHAR(30) DDLANGUAGE LANG(1) AS4LOCAL CHAR(1) AS4VERS CHAR(4) "
                    "DDTEXT CHAR(60)",
                ),
                _texts,
            ),
        )
    }
)
"""The tables by name."""
