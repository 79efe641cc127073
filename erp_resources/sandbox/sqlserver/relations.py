"""Loaded tables as SQL Server declares them, and whether it could hold their rows."""

from erp_resources.sandbox.database import Database, StoredTable, quoted
from erp_resources.sandbox.markers import table_marker
from erp_resources.sandbox.running import reading
from erp_resources.sandbox.sqlserver.datatypes import (
    TIMES,
    Family,
    family,
    is_fixed,
    parse_type,
    storage,
)
from erp_resources.sandbox.sqlserver.sql.scope import OutColumn, Relation
from erp_resources.sandbox.sqlserver.sql.values import Unit
from erp_resources.sandbox.sqlserver.types import MAX, SqlType

_GUID = "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"


def declared_relation(database: Database, stored: StoredTable) -> Relation:
    """A loaded table under its declared types.

    Raises:
        ValueError: its rows are not what SQL Server could hold under the declaration.
    """
    columns = tuple(
        OutColumn(
            column.name,
            column.name,
            parse_type(column.type),
            column.nullable,
            _unit(stored, column.name, parse_type(column.type)),
        )
        for column in stored.table.columns
    )
    _check_rows(database, stored, columns)
    return Relation(table_marker(stored.object_id), columns, stored)


def _unit(stored: StoredTable, name: str, kind: SqlType) -> Unit:
    held = stored.types[name]
    wanted = "BLOB" if family(kind) is Family.ROWVERSION else storage(kind)
    if held == wanted:
        return "us"
    if family(kind) in TIMES - {Family.DATE} and held == storage(kind, nanos=True):
        return "ns"
    raise ValueError(
        f"{stored.table.name}.{name} is stored as {held}, its declaration needs {wanted}"
    )


def _check_rows(database: Database, stored: StoredTable, columns: tuple[OutColumn, ...]) -> None:
    checks = [
        (column.name, what, test)
        for column in columns
        for what, test in [_wrong(column.type, quoted(column.name))]
        if test
    ]
    if not checks:
        return
    counts = ", ".join(f"count(*) FILTER ({test})" for _, _, test in checks)
    with reading(database) as cursor:
        sql = f"SELECT {counts} FROM {stored.current}"  # noqa: S608 names are quoted
        found = cursor.execute(sql).fetchone() or ()
    for (name, what, _), count in zip(checks, found, strict=True):
        if count:
            raise ValueError(f"{stored.table.name}.{name} holds {what} in {count} rows")


def _wrong(kind: SqlType, name: str) -> tuple[str, str]:
    """What SQL Server could not hold, in words and as a condition; empty for a type without."""
    operator = "<>" if is_fixed(kind) else ">"
    if family(kind) is Family.TEXT and kind.size != MAX:
        return (
            f"text of another length than {kind.size}",
            f"ms.utf16_length({name}) {operator} {kind.size}",
        )
    if family(kind) is Family.BINARY and kind.size != MAX:
        return (
            f"bytes of another length than {kind.size}",
            f"octet_length({name}) {operator} {kind.size}",
        )
    if family(kind) is Family.GUID:
        return "what is no GUID in upper case", f"NOT regexp_full_match({name}, '{_GUID}')"
    if kind.name == "datetime":
        ticks = f"epoch_us({name}) * 10"
        return "times between the ticks of a datetime", f"ms.round_datetime({ticks}) <> {ticks}"
    return "", ""
