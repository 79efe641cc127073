"""The SQL that extraction sends through ODBC, put together from what a ``Dialect`` answers."""

import locale
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from erp_resources.connector import Filter, TableQuery
from erp_resources.errors import InvalidQuery
from erp_resources.odbc.dialect import Dialect, Fetched, Statement

if TYPE_CHECKING:
    from erp_resources.connector import Column, Scalar

LAST_OF_THE_BMP = "\uffff"
_SURROGATE = re.compile("[\ud800-\udfff]")


def select(
    dialect: Dialect, query: TableQuery, columns: Sequence[Fetched], limit: int | None = None
) -> Statement:
    """The rows of a query; ``limit`` rows of them where given."""
    # By number: drivers return a name of other letters than ASCII's in the locale's encoding.
    chosen = ", ".join(
        f"{_sendable(column.expression)} AS {dialect.quoted(f'c{number}')}"
        for number, column in enumerate(columns, 1)
    )
    rows = source(dialect, query)
    text = f"SELECT {chosen} {rows.text}"
    if limit is not None:
        text = dialect.limited(text, limit)
    return Statement(text, rows.parameters)


def totals(dialect: Dialect, query: TableQuery, sums: Sequence[str]) -> Statement:
    """The count of a query's rows, followed by the sum of each column in ``sums``."""
    chosen = [dialect.row_count, *(dialect.total(query.source.column(name)) for name in sums)]
    rows = source(dialect, query)
    return Statement(f"SELECT {', '.join(chosen)} {rows.text}", rows.parameters)


def longest(dialect: Dialect, query: TableQuery, columns: Sequence[Fetched]) -> Statement:
    """The greatest size of each of ``columns`` in a query's rows."""
    chosen = ", ".join(dialect.longest(column) for column in columns)
    rows = source(dialect, query)
    return Statement(f"SELECT {chosen} {rows.text}", rows.parameters)


def change_mark(dialect: Dialect, query: TableQuery) -> Statement:
    """A number that moves with every change, and the count of the rows."""
    return dialect.change_mark(query, source(dialect, query))


def source(dialect: Dialect, query: TableQuery) -> Statement:
    """The FROM and WHERE parts of a query."""
    name = ".".join(
        _sendable(dialect.quoted(part))
        for part in (query.source.schema, query.source.table)
        if part
    )
    conditions = [_condition(dialect, query, condition) for condition in query.filters]
    text = f"FROM {name}"
    if conditions:
        text += " WHERE " + " AND ".join(condition.text for condition in conditions)
    values = tuple(value for condition in conditions for value in condition.parameters)
    _refuse_too_many(dialect, query, len(values))
    return Statement(text, values)


def _condition(dialect: Dialect, query: TableQuery, condition: Filter) -> Statement:
    column = query.source.column(condition.field)
    compared = f"{_sendable(dialect.quoted(column.name))} {condition.operator.upper()}"
    written = [_parameter(dialect, column, value) for value in condition.values]
    holders, values = ", ".join(holder for holder, _ in written), tuple(text for _, text in written)
    if condition.operator == "in":
        holders = f"({holders})"
    return Statement(f"{compared} {holders}".rstrip(), values)


def _parameter(dialect: Dialect, column: "Column", value: "Scalar") -> tuple[str, str]:
    """What the dialect makes of a value that drivers can send.

    Raises:
        InvalidQuery: it holds what a driver would cut it at or not encode.
    """
    if isinstance(value, str) and ("\0" in value or _SURROGATE.search(value)):
        raise InvalidQuery(
            f"filter on {column.name!r}: {value!r} holds a NUL or half a character, which ODBC "
            "drivers cannot send; compare with other values"
        )
    return dialect.parameter(column, value)


def _refuse_too_many(dialect: Dialect, query: TableQuery, values: int) -> None:
    """Drivers fail in their own ways beyond the limit: psqlODBC ends the process."""
    if values > dialect.most_parameters:
        raise InvalidQuery(
            f"{query.source.name}: the filters hold {values} values and {dialect.name} takes "
            f"{dialect.most_parameters} at most; read in several queries, or filter by a range"
        )


def _sendable(text: str) -> str:
    refuse_garbled(text)
    return text


def refuse_garbled(name: str) -> None:
    """Refuse what unixODBC or a driver would garble in a statement's text; values are safe.

    arrow-odbc sends the text as narrow characters, which drivers take to be in the encoding of the
    process's locale.

    Raises:
        InvalidQuery: a character lies beyond the Basic Multilingual Plane or is half of one that
            does, or lies beyond ASCII in a process whose locale is not in UTF-8.
    """
    if max(name, default="") > LAST_OF_THE_BMP or _SURROGATE.search(name):
        raise InvalidQuery(
            f"{name!r} holds a character that ODBC cannot send in a statement; read the table "
            "through a view with plain names"
        )
    if not name.isascii() and locale.nl_langinfo(locale.CODESET).upper() != "UTF-8":
        raise InvalidQuery(
            f"{name!r} cannot be sent in this process's locale; set LC_ALL=C.UTF-8 for it"
        )
