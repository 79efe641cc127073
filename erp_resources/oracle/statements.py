"""The SQL that extraction sends to Oracle, built from quoted names and bound values only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from erp_resources.connector import Column, Filter, ReadPoint, TableQuery
from erp_resources.errors import InvalidQuery
from erp_resources.oracle.types import Fetched, quoted

SCN = "scn"
"""Kind of an Oracle read point: a system change number."""


@dataclass(frozen=True)
class Statement:
    """SQL text with named binds."""

    text: str
    binds: dict[str, Any] | list[Any]


def select(
    query: TableQuery, columns: Sequence[Fetched], at: ReadPoint | None, limit: int | None = None
) -> Statement:
    """The rows of a query; ``limit`` rows of them where given."""
    chosen = ", ".join(f"{column.expression} AS {quoted(column.name)}" for column in columns)
    source, binds = _source(query, at)
    if limit is not None:
        source += " FETCH FIRST :n_rows ROWS ONLY"
        binds["n_rows"] = limit
    return Statement(f"SELECT {chosen} FROM {source}", binds)


def totals(query: TableQuery, at: ReadPoint | None, sums: Sequence[str]) -> Statement:
    """The count of a query's rows, followed by the sum of each column in ``sums``."""
    chosen = ["COUNT(*)", *(f"SUM({quoted(query.source.column(name).name)})" for name in sums)]
    source, binds = _source(query, at)
    return Statement(f"SELECT {', '.join(chosen)} FROM {source}", binds)


def change_mark(query: TableQuery) -> Statement:
    """The SCN of the last change that the rows show, and their number (deletes lower it).

    Without ROWDEPENDENCIES Oracle keeps one SCN per block, so a mark may rise without cause, but
    never stays when a row changed.
    """
    source, binds = _source(query, None)
    return Statement(f"SELECT MAX(ORA_ROWSCN), COUNT(*) FROM {source}", binds)


def unfit_rows(query: TableQuery, at: ReadPoint | None, column: Fetched) -> Iterator[Statement]:
    """Two looks for a row that does not fit ``column``'s decimal type: too fine, then too large.

    Each finds at most one row: the value, followed by its primary key.
    """
    name, scale, precision = quoted(column.name), column.landed.scale, column.landed.precision
    keys = ", ".join(map(quoted, query.source.primary_key)) or "ROWID"
    source, binds = _source(query, at)
    where = "AND" if query.filters else "WHERE"
    for unfit in (f"{name} <> ROUND({name}, {scale})", f"ABS({name}) >= 1E{precision - scale}"):
        text = f"SELECT {name}, {keys} FROM {source} {where} {unfit} FETCH FIRST 1 ROWS ONLY"
        yield Statement(text, binds)


def _source(query: TableQuery, at: ReadPoint | None) -> tuple[str, dict[str, Any]]:
    text = f"{quoted(query.source.schema)}.{quoted(query.source.table)}"
    binds: dict[str, Any] = {}
    if at is not None and at.kind == SCN:
        text += " AS OF SCN :scn"
        binds["scn"] = at.value
    conditions = []
    for number, condition in enumerate(query.filters):
        column = query.source.column(condition.field)
        sql, values = _condition(condition, f"f{number}")
        values = {bind: _bound(column, value) for bind, value in values.items()}
        conditions.append(sql)
        binds |= values
    if conditions:
        text += " WHERE " + " AND ".join(conditions)
    return text, binds


def _condition(condition: Filter, bind: str) -> tuple[str, dict[str, Any]]:
    binds = {f"{bind}_{index}": value for index, value in enumerate(condition.values)}
    holders = ", ".join(f":{name}" for name in binds)
    if condition.operator == "in":
        holders = f"({holders})"
    return f"{quoted(condition.field)} {condition.operator.upper()} {holders}".rstrip(), binds


def _bound(column: Column, value: Any) -> Any:
    """A value as the driver must bind it; a date may be written as ISO 8601 text."""
    if not isinstance(value, str) or not column.type.startswith(("DATE", "TIMESTAMP")):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidQuery(
            f"oracle: filter on {column.name!r}: {value!r} is no date; write it as 2024-12-31"
        ) from error
