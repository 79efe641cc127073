"""The SQL that extraction sends through ODBC, put together from what a ``Dialect`` answers."""

import locale
from collections.abc import Sequence
from typing import TYPE_CHECKING

from erp_resources.connector import Filter, TableQuery
from erp_resources.errors import InvalidQuery
from erp_resources.odbc.dialect import Dialect, Fetched, Statement

if TYPE_CHECKING:
    from erp_resources.connector import Scalar

LAST_OF_THE_BMP = "\uffff"


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
    return Statement(text, values)


def _condition(dialect: Dialect, query: TableQuery, condition: Filter) -> Statement:
    column = query.source.column(condition.field)
    name, value = _sendable(dialect.quoted(column.name)), condition.value
    if condition.operator in ("is null", "is not null"):
        return Statement(f"{name} {condition.operator.upper()}")
    if condition.operator == "in":
        holders, values = zip(
            *(dialect.parameter(column, item) for item in _items(condition)), strict=True
        )
        return Statement(f"{name} IN ({', '.join(holders)})", values)
    if value is None or isinstance(value, list | tuple):
        raise InvalidQuery(
            f"filter on {condition.field!r} needs one value; use `is null` or `in` for others"
        )
    holder, text = dialect.parameter(column, value)  # type: ignore[arg-type]  # a str is no list
    return Statement(f"{name} {condition.operator} {holder}", (text,))


def _items(condition: Filter) -> "Sequence[Scalar]":
    if (
        not isinstance(condition.value, Sequence)
        or isinstance(condition.value, str)
        or not condition.value
    ):
        raise InvalidQuery(f"filter on {condition.field!r}: `in` needs a list of values")
    return condition.value


def _sendable(text: str) -> str:
    refuse_garbled(text)
    return text


def refuse_garbled(name: str) -> None:
    """Refuse what unixODBC or a driver would garble in a statement's text; values are safe.

    arrow-odbc sends the text as narrow characters, which drivers take to be in the encoding of the
    process's locale.

    Raises:
        InvalidQuery: a character lies beyond the Basic Multilingual Plane, or beyond ASCII in a
            process whose locale is not in UTF-8.
    """
    if max(name, default="") > LAST_OF_THE_BMP:
        raise InvalidQuery(
            f"{name!r} holds a character that ODBC cannot send in a statement; read the table "
            "through a view with plain names"
        )
    if not name.isascii() and locale.nl_langinfo(locale.CODESET).upper() != "UTF-8":
        raise InvalidQuery(
            f"{name!r} cannot be sent in this process's locale; set LC_ALL=C.UTF-8 for it"
        )
