"""Calls of stored procedures: ``sp_tables``, ``sp_columns_100`` and their kin."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from erp_resources.sandbox.database import StoredTable
from erp_resources.sandbox.sqlserver.catalog_procedures import PROCEDURES, Call, Row
from erp_resources.sandbox.sqlserver.datatypes import arrow_type
from erp_resources.sandbox.sqlserver.sql.errors import not_here, sql_error
from erp_resources.sandbox.sqlserver.types import (
    Answer,
    ColumnInfo,
    Parameter,
    ResultSet,
    ReturnStatus,
    SqlType,
)

_OTHERS = frozenset(
    {"sp_executesql", "sp_help", "sp_helptext", "sp_who", "sp_who2", "sp_lock", "sp_spaceused",
     "sp_helpindex", "sp_stored_procedures", "sp_sproc_columns", "sp_table_privileges",
     "sp_column_privileges", "sp_databases", "sp_rename", "sp_configure", "sp_getapplock",
     "sp_releaseapplock", "sp_reset_connection", "sp_describe_first_result_set"}
)  # fmt: skip


def call(
    name: str, parameters: Sequence[Parameter], database: str, tables: Sequence[StoredTable]
) -> Iterator[Answer]:
    """Run a procedure.

    Args:
        name: in any case, with or without its schema.
        parameters: by name or by position.
        database: the database's name.
        tables: those that the user may see.

    Raises:
        SqlServerError: 2812 for a procedure that there is not.
    """
    own = name.lower().split(".")[-1].strip('[]"')
    found = PROCEDURES.get(re.sub(r"_(90|100)$", "", own))
    if found is None:
        if own in _OTHERS:
            raise not_here(f"the procedure {own}")
        raise sql_error(2812, f"Could not find stored procedure '{name}'.")
    arguments = _named(own, parameters, found.parameters)
    rows = found.rows(Call(arguments, database, tables))
    yield _result(found.columns, list(rows))
    yield ReturnStatus(0)


def _named(name: str, given: Sequence[Parameter], names: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, parameter in enumerate(given):
        key = parameter.name.lstrip("@").lower()
        if not key and place < len(names):
            key = names[place]
        if key not in names:
            if key:
                raise sql_error(8145, f"@{key} is not a parameter for procedure {name}.")
            raise sql_error(8144, f"Procedure or function {name} has too many arguments specified.")
        found[key] = parameter.value
    return found


def _result(columns: Sequence[tuple[str, SqlType]], rows: Sequence[Row]) -> ResultSet:
    schema = pa.schema([(f"c{place}", arrow_type(kind)) for place, (_, kind) in enumerate(columns)])
    arrays = [
        pa.array([row[place] for row in rows], schema.field(place).type)
        for place in range(len(columns))
    ]
    names = [name for name, _ in columns]
    infos = [ColumnInfo(name, kind) for name, kind in columns]
    batch = pa.RecordBatch.from_arrays(arrays, names=names)
    return ResultSet(infos, iter([batch] if rows else []))
