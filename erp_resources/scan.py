"""One scan of any source, as Polars calls it: projection, predicate, row limit, reading ahead, log.

How rows leave the source, and in which types, is the connector's; see ``read`` of ``Scan``.
"""

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import structlog

from erp_resources.connector import ReadPoint, TableQuery
from erp_resources.errors import ErpError, InvalidQuery
from erp_resources.prefetch import prefetched

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

BATCHES_AHEAD = 3


class Landed(Protocol):
    """A column of a scan: its name and its Arrow type in the lake."""

    @property
    def name(self) -> str:
        """The column's name in the lake."""
        ...

    @property
    def landed(self) -> "pa.DataType":
        """Its type there."""
        ...


F = TypeVar("F", bound=Landed)


class Scan(Generic[F]):
    """One scan of a query's rows; see ``polars.io.plugins``.

    Args:
        system: Key of the system, for the log.
        query: What to read.
        at: The read point, for the log.
        columns: What the query's columns become.
        read: Yields the rows of some of ``columns`` in their landed types, so many of them at
            most; it is closed when nobody wants more.
        ahead: How many batches are read ahead.

    Raises:
        InvalidQuery: two columns would land under one name.
    """

    def __init__(
        self,
        system: str,
        query: TableQuery,
        at: ReadPoint | None,
        columns: Sequence[F],
        read: "Callable[[Sequence[F], int | None], Generator[pa.Table, None, None]]",
        *,
        ahead: int = BATCHES_AHEAD,
    ) -> None:
        self._table, self._at, self._ahead = query.source.name, at, ahead
        _refuse_twins(f"{system}: {self._table}", columns)
        self._columns, self._read = columns, read
        # For the threads that Polars calls from. Of the context only this: it may lead to the frame
        # and so to this scan, through Polars, where no garbage collector sees it.
        self._bound = structlog.contextvars.get_contextvars()
        self._log = structlog.get_logger(__name__).bind(system=system, table=self._table)

    def lazy(self) -> "pl.LazyFrame":
        """The scan as a lazy frame; rows are fetched in batches while it is collected."""
        from polars.io.plugins import register_io_source

        return register_io_source(self, schema=landed_schema(self._columns))

    def __call__(
        self,
        with_columns: list[str] | None,
        predicate: "pl.Expr | None",
        n_rows: int | None,
        batch_size: int | None,  # noqa: ARG002 - Polars suggests rows; ours follow from bytes
    ) -> "Iterator[pl.DataFrame]":
        """What Polars calls to collect: some columns, a filter to apply, a number of rows."""
        import polars as pl

        columns = self._columns
        if with_columns is not None:
            columns = [column for column in columns if column.name in with_columns]
        limit = n_rows if predicate is None else None
        tables = self._logged(columns, limit)
        for table in prefetched(tables, ahead=self._ahead, name=f"erp-{self._table}"):
            frame = pl.DataFrame(table)
            frame = frame if predicate is None else frame.filter(predicate)
            frame = frame if n_rows is None else frame.head(n_rows)
            n_rows = None if n_rows is None else n_rows - frame.height
            yield frame
            if n_rows == 0:
                return

    def _logged(self, columns: Sequence[F], limit: int | None) -> "Iterator[pa.Table]":
        """The rows; one log line at the end of the request."""
        with structlog.contextvars.bound_contextvars(**self._bound):
            yield from self._requested(columns, limit)

    def _requested(self, columns: Sequence[F], limit: int | None) -> "Iterator[pa.Table]":
        began, rows = time.perf_counter(), 0
        try:
            with closing(self._read(columns, limit)) as tables:
                for table in tables:
                    rows += table.num_rows
                    yield table
        except ErpError as error:
            self._report(rows, began, error=type(error).__name__)
            raise
        self._report(rows, began)

    def _report(self, rows: int, began: float, error: str | None = None) -> None:
        seconds = round(time.perf_counter() - began, 3)
        facts = {"page": 1, "rows": rows, "seconds": seconds, "read_point": str(self._at)}
        if error is None:
            self._log.info("request", **facts)
        else:
            self._log.warning("request failed", **facts, error=error)


def _refuse_twins(source: str, columns: Sequence[Landed]) -> None:
    for name, times in Counter(column.name for column in columns).items():
        if times > 1:
            raise InvalidQuery(
                f"{source}: {times} columns would land as {name!r}, chosen twice or a companion of "
                "another; choose others with the declaration's `columns`, or rename one in a view"
            )


def landed_schema(columns: Sequence[Landed]) -> "pl.Schema":
    """The Polars schema of a scan."""
    import polars as pl

    frame = pl.from_arrow(arrow_schema(columns).empty_table())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - from_arrow of a table is a frame
    return frame.schema


def arrow_schema(columns: Sequence[Landed]) -> "pa.Schema":
    """The Arrow schema of a scan's batches."""
    import pyarrow as pa

    return pa.schema([(column.name, column.landed) for column in columns])
