"""``OdbcConnector``: tables of one database behind ODBC as lazy frames, read in Arrow batches."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from erp_resources.connector import (
    STATEMENT,
    ChangeMark,
    ControlTotals,
    ReadPoint,
    TableQuery,
    TableSchema,
)
from erp_resources.errors import InvalidQuery
from erp_resources.odbc import catalog, statements
from erp_resources.odbc.batches import (
    BATCH_BYTES,
    SHORT_TEXT,
    Limits,
    Request,
    as_text,
    batches,
    only_row,
)
from erp_resources.odbc.connection import OdbcSession, call, ping, run
from erp_resources.odbc.dialect import Dialect, Fetched, Snapshot, Statement
from erp_resources.odbc.moment import Moment
from erp_resources.odbc.types import Source, expect_fit, landed
from erp_resources.pooled import PooledConnector
from erp_resources.scan import Scan

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    import pyodbc

T = TypeVar("T")

GROWTH = 2
"""Room for longer values that appear between asking for the longest and reading."""
UNITS_PER_CHARACTER = 2
"""UTF-16 units of a character of a declared length, at worst."""
BYTES_PER_UNIT = 2

_LENGTH = re.compile(r"\((\d+)")


@dataclass(frozen=True)
class OdbcConnector(PooledConnector[OdbcSession]):
    """Reads tables of one database.

    Attributes:
        dialect: what the database does in its own way.
    """

    dialect: Dialect

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one SQL statement with ``?`` for each parameter and return all its rows."""

        def all_rows(connection: "pyodbc.Connection") -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement, *parameters)
                return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

        return self._on_rows(all_rows)

    def list_tables(self, schema: str) -> list[str]:
        """Names of the tables of ``schema`` that this account may read."""
        return self._on_rows(lambda connection: self.dialect.list_tables(connection, schema))

    def describe(self, schema: str, table: str) -> TableSchema:
        """The dictionary's facts about one table."""
        name = f"{schema}.{table}"
        return self._on_rows(
            lambda connection: self.dialect.describe(connection, schema, table), table=name
        )

    @contextmanager
    def read_point(self) -> Iterator[ReadPoint]:
        """The present moment, held open in one session for the block.

        Where the database has no such moment, each statement is only consistent in itself.
        """
        snapshot = self.dialect.snapshot
        if snapshot is None:
            yield ReadPoint(STATEMENT, 0)
            return
        with self.pool.connection() as session:
            value = self._begin(session, snapshot)
            moment = Moment(session, self)
            try:
                yield ReadPoint(snapshot.kind, value, moment)
            finally:
                moment.end()

    def scan(self, query: TableQuery, at: ReadPoint | None = None) -> "pl.LazyFrame":
        """The table as a lazy frame; column projection and row limits reach the SQL."""
        with self._named():
            columns = [part for column in query.selected for part in self.dialect.fetched(column)]
            statements.select(self.dialect, query, columns)  # what it refuses, it refuses now
        return Scan(self.system, query, at, columns, partial(self._read, query, at)).lazy()

    def control_totals(
        self, query: TableQuery, at: ReadPoint | None = None, sums: Sequence[str] = ()
    ) -> ControlTotals:
        """Rows and sums of the query as the database counts them at ``at``."""
        with self._named():
            statement = statements.totals(self.dialect, query, sums)
        with self._session(at) as session:
            rows, *found = self._row(session, statement, query.source.name)
        totals = (Decimal(total or 0) for total in found)
        return ControlTotals(int(rows or 0), dict(zip(sums, totals, strict=True)))

    def change_mark(self, query: TableQuery) -> ChangeMark:
        """What the dialect says moves with every change, and the number of rows."""
        with self._named():
            statement = statements.change_mark(self.dialect, query)
        with self.pool.connection() as session:
            mark, rows = self._row(session, statement, query.source.name)
        return ChangeMark(int(mark or 0), int(rows or 0))

    def examine(self) -> list[str]:
        """Product and driver, with their versions."""
        return [self._on_rows(catalog.product)]

    def _read(
        self, query: TableQuery, at: ReadPoint | None, columns: Sequence[Fetched], limit: int | None
    ) -> "Generator[pa.Table, None, None]":
        """The rows of a scan in their landed types."""
        source = Source(self.system, query.source.name, query.source.primary_key)
        with self._session(at) as session:
            request = Request(
                statements.select(self.dialect, query, columns, limit),
                partial(_wire_schema, columns, source),
                self.call_timeout,
                query.source.name,
                self._limits(session, query, at, columns),
            )
            rows = 0
            for batch in batches(session, request):
                yield landed(batch, columns, source, rows)
                rows += batch.num_rows

    def _limits(
        self,
        session: OdbcSession,
        query: TableQuery,
        at: ReadPoint | None,
        columns: Sequence[Fetched],
    ) -> Limits:
        """Buffers for the longest value that there is, where no length is declared."""
        declared = _declared_lengths(query, columns)
        unbounded = [column for column in columns if column.unbounded]
        if not unbounded:
            return _limits(declared, [], [])
        statement = statements.longest(self.dialect, query, unbounded)
        found = self._row(session, statement, query.source.name)
        growth = 1 if at is not None and at.is_moment else GROWTH
        sizes = [
            (column.unbounded, growth * int(size or 0))
            for column, size in zip(unbounded, found, strict=True)
        ]
        texts = [size for kind, size in sizes if kind == "text"]
        return _limits(declared, texts, [size for kind, size in sizes if kind == "binary"])

    def _begin(self, session: OdbcSession, snapshot: Snapshot) -> int:
        session.in_snapshot = True  # from now on the pool's reset ends it
        for statement in snapshot.begin:
            run(session, self._deadline(), statement)
        (value,) = self._row(session, Statement(snapshot.value))
        return int(value or 0)

    def _row(
        self, session: OdbcSession, statement: Statement, table: str | None = None
    ) -> tuple[str | None, ...]:
        return only_row(session, Request(statement, as_text, self.call_timeout, table))

    def _on_rows(self, function: Callable[["pyodbc.Connection"], T], table: str | None = None) -> T:
        """Run ``function`` on a session's connection for rows."""
        deadline = self._deadline()
        with self.pool.connection() as session, self._named():
            return call(
                session, deadline, lambda: function(session.limit_rows(deadline)), table=table
            )

    @contextmanager
    def _session(self, at: ReadPoint | None) -> Iterator[OdbcSession]:
        """A session of the pool, or the one that holds the moment ``at``."""
        if at is None or not at.is_moment:
            with self.pool.connection() as session:
                yield session
            return
        if not isinstance(at.session, Moment) or at.session.owner is not self:
            raise InvalidQuery(f"{self.system}: read point {at} is not of this connector")
        with at.session.lent(self.system, self.call_timeout) as session:
            yield session

    def _ping(self, session: OdbcSession) -> None:
        ping(session, self._deadline())


def _wire_schema(columns: Sequence[Fetched], source: Source, described: "pa.Schema") -> "pa.Schema":
    import pyarrow as pa

    expect_fit(described, columns, source)
    return pa.schema([(column.name, column.wire) for column in columns])


def _declared_lengths(query: TableQuery, columns: Sequence[Fetched]) -> list[int]:
    """The declared length of each of ``columns`` that is bounded; 0 where its type has none."""
    types = {column.name: column.type for column in query.selected}
    found = (
        _LENGTH.search(types.get(column.name, "")) for column in columns if not column.unbounded
    )
    return [int(length[1]) if length else 0 for length in found]


def _limits(declared: Sequence[int], texts: Sequence[int], binaries: Sequence[int]) -> Limits:
    """Room for every value, and in the buffer for one row at least.

    Args:
        declared: characters of each bounded column, or 0.
        texts: UTF-16 units of the longest value of each unbounded text.
        binaries: bytes of the longest value of each unbounded binary.
    """
    shortest = UNITS_PER_CHARACTER * max(declared, default=0) + SHORT_TEXT
    text, binary = max([shortest, *texts]), max([shortest, *binaries])
    units = sum(UNITS_PER_CHARACTER * length + SHORT_TEXT for length in declared)
    units += (text + SHORT_TEXT) * len(texts)  # each gets the longest's room
    row = BYTES_PER_UNIT * units + (binary + SHORT_TEXT) * len(binaries)
    return Limits(text, binary, max(BATCH_BYTES, row))
