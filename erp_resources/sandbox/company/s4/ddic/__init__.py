"""The data dictionary (DDIC) of the headquarters: 41 tables, read from the TOML files beside it.

Names, types, keys and check tables are those of S/4HANA; of the fields those that carry meaning
here, in their order. As in the DDIC, a field takes type and texts from its data element.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from erp_resources.sandbox.catalog import Column, ForeignKey, Table

SCHEMA = "SAP"
"""The schema of all tables."""
CLIENT_FIELDS = ("MANDT", "RCLNT", "MANDANT")
"""What the client is called, where a table has one: always the first key field."""
_LANGUAGES = ("E", "D")
_ELEMENTS = ("elements", "sales_elements", "finance_elements", "logistics_elements")
_TABLES = ("master_tables", "sales_tables", "purchasing_tables", "finance_tables")
_WITH_CLIENT = 2  # key fields of a check table that a single field can lead to


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def _elements() -> dict[str, Column]:
    """A nameless column of each data element."""
    entries = {name: entry for file in _ELEMENTS for name, entry in _read(file).items()}
    return {name: _element(name, *entry) for name, entry in entries.items()}


def _element(
    name: str, spelling: str, english: str, german: str, check_table: str = "", exit_: str = ""
) -> Column:
    return Column(
        "",
        spelling,
        nullable=False,
        comment=english,
        texts=_texts((english, german)),
        check_table=check_table,
        conversion=exit_,
        data_element=name,
    )


def _texts(texts: Sequence[str]) -> dict[str, str]:
    return dict(zip(_LANGUAGES, texts, strict=True))


def _column(table: str, field: str, elements: Mapping[str, Column]) -> Column:
    """The column that ``NAME[:ELEMENT][@[TABLE-]FIELD]`` describes."""
    spelled, _, reference = field.partition("@")
    name, _, element = spelled.partition(":")
    if reference and "-" not in reference:
        reference = f"{table}-{reference}"
    return replace(elements[element or name], name=name, reference=reference)


def _tables() -> dict[str, Table]:
    elements, tables = _elements(), {}
    entries = {name: entry for file in _TABLES for name, entry in _read(file).items()}
    for name, entry in entries.items():
        source = entries[entry.get("like", name)]
        columns = tuple(_column(name, field, elements) for field in source["fields"].split())
        tables[name] = _table(name, columns, source["key"], _texts(entry["texts"]))
    return {name: replace(t, foreign_keys=_foreign_keys(t, tables)) for name, t in tables.items()}


def _table(name: str, columns: tuple[Column, ...], keys: int, texts: dict[str, str]) -> Table:
    # The key of a check table has nothing to check itself against.
    key = tuple(
        replace(column, check_table="") if column.check_table == name else column
        for column in columns[:keys]
    )
    primary_key = tuple(column.name for column in key)
    return Table(SCHEMA, name, key + columns[keys:], primary_key, texts["E"], texts=texts)


def _foreign_keys(table: Table, tables: Mapping[str, Table]) -> tuple[ForeignKey, ...]:
    """Those of the check tables that are tables here, as far as the fields' names tell."""
    names = {column.name for column in table.columns}
    found = []
    for column in table.columns:
        target = tables.get(column.check_table)
        if target is None:
            continue
        if len(target.primary_key) == _WITH_CLIENT:
            found.append(ForeignKey((table.primary_key[0], column.name), SCHEMA, target.name))
        elif names.issuperset(target.primary_key):
            found.append(ForeignKey(target.primary_key, SCHEMA, target.name))
    return tuple(found)


TABLES: dict[str, Table] = _tables()
"""All tables by name, in the order in which their rows are generated."""
