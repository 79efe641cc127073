"""``catalog.json``: the committed copy of a source's dictionary, so that loading needs no network.

Written by ``erp catalog refresh``, one file a system beside its declarations; read by ``ErpTable``.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from erp_resources.connector import Column, ForeignKey, TableSchema
from erp_resources.errors import TableNotFound

CATALOG = "catalog.json"


def look_up(folder: Path, system: str, schema: str, table: str) -> TableSchema:
    """The catalogue's entry for one table, from the nearest catalogue at or above ``folder``.

    Raises:
        TableNotFound: the catalogue does not know the table, with the command that adds it.
    """
    path = next((p / CATALOG for p in (folder, *folder.parents) if (p / CATALOG).exists()), None)
    entry = _entries(path, path.stat().st_mtime_ns).get(f"{schema}.{table}") if path else None
    if entry is None:
        raise TableNotFound(
            f"{system}: table {schema}.{table} is not in the catalogue; "
            f"run `erp catalog refresh {system}`"
        )
    return _parse(schema, table, entry)


def write(path: Path, tables: Iterable[TableSchema]) -> None:
    """Write a catalogue: sorted, one column a line, so that a change reads well in a diff."""
    entries = {table.name: _plain(table) for table in tables}
    path.write_text(_pretty(dict(sorted(entries.items()))) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, TableSchema]:
    """All tables of a catalogue by ``SCHEMA.TABLE``; none if the file does not exist."""
    if not path.exists():
        return {}
    entries = _entries(path, path.stat().st_mtime_ns)
    tables = {}
    for name, entry in entries.items():
        schema, table = name.split(".", 1)
        tables[name] = _parse(schema, table, entry)
    return tables


@cache
def _entries(path: Path, _modified: int) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def _parse(schema: str, table: str, entry: dict[str, Any]) -> TableSchema:
    return TableSchema(
        schema=schema,
        table=table,
        columns=tuple(Column(**column) for column in entry["columns"]),
        primary_key=tuple(entry["primary_key"]),
        comment=entry["comment"],
        rows=entry["rows"],
        bytes=entry["bytes"],
        foreign_keys=tuple(_foreign_key(key) for key in entry.get("foreign_keys", ())),
    )


def _foreign_key(entry: dict[str, Any]) -> ForeignKey:
    return ForeignKey(
        columns=tuple(entry["columns"]),
        schema=entry["schema"],
        table=entry["table"],
        referred=tuple(entry["referred"]),
    )


def _plain(table: TableSchema) -> dict[str, Any]:
    entry = asdict(table)
    del entry["schema"], entry["table"]
    entry["columns"] = [
        {key: value for key, value in column.items() if value is not None}
        for column in entry.pop("columns")
    ]
    return entry


def _pretty(entries: dict[str, Any]) -> str:
    tables = []
    for name, entry in entries.items():
        columns = ",\n".join(f"      {_json(column)}" for column in entry["columns"])
        facts = ",\n".join(
            f"    {_json(k)}: {_json(v)}" for k, v in entry.items() if k != "columns"
        )
        tables.append(f'  {_json(name)}: {{\n{facts},\n    "columns": [\n{columns}\n    ]\n  }}')
    return "{\n" + ",\n".join(tables) + "\n}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
