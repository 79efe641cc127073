"""Statements as they run in DuckDB: streamed results, and how another thread stops one."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from erp_resources.sandbox.database import Database


class CancelledError(Exception):
    """Another thread has stopped the statement."""


@contextmanager
def reading(database: Database) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for one short read."""
    cursor = database.cursor()
    try:
        yield cursor
    finally:
        cursor.close()


class Work:
    """What a session is running in DuckDB, so that another thread can stop it."""

    _PATIENCE = 1.0
    """Seconds for which an interrupt is repeated; DuckDB forgets one that comes too early."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._cancelled = False
        self._done = threading.Event()

    @contextmanager
    def on(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Run the block's statement on ``connection``.

        Raises:
            CancelledError: the statement was stopped and ended without an error of its own.
        """
        with self._lock:
            self._connection, self._cancelled = connection, False
            self._done.clear()
        try:
            yield
        finally:
            with self._lock:
                self._connection = None
                self._done.set()
        if self._cancelled:
            raise CancelledError

    def interrupt(self) -> None:
        """Stop the statement that runs now, if there is one."""
        tries = int(self._PATIENCE / 0.01)
        for _ in range(tries):
            with self._lock:
                if self._connection is None:
                    return
                self._cancelled = True
                self._connection.interrupt()
            if self._done.wait(0.01):
                return


class Batches:
    """The rows of one result on a connection of its own, read as they are asked for.

    Args:
        connection: closed with the result.
        work: where the session's running statement is known.
        names: of the columns in the batches.
        errors: turns DuckDB's errors into those of a protocol.
        rows: the most in one batch.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        work: Work,
        names: Sequence[str],
        *,
        errors: Callable[[], AbstractContextManager[None]],
        rows: int,
    ) -> None:
        self._connection = connection
        self._work = work
        self._names = names
        self._errors = errors
        self._rows = rows
        self._reader: pa.RecordBatchReader | None = None
        self._first: pa.RecordBatch | None = None

    def start(self, sql: str, parameters: Mapping[str, Any]) -> None:
        """Run the query and read its first batch."""
        with self._work.on(self._connection):
            relation = self._connection.sql(sql, params=dict(parameters) or None)
            self._reader = relation.to_arrow_reader(self._rows)
            self._first = self._read()
        if self._first is None:
            self.close()

    def _read(self) -> pa.RecordBatch | None:
        if self._reader is None:
            return None
        try:
            batch = self._reader.read_next_batch()
        except StopIteration:
            return None
        except OSError as error:
            raise _as_duckdb(error) from error
        return pa.RecordBatch.from_arrays(batch.columns, names=list(self._names))

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self

    def __next__(self) -> pa.RecordBatch:
        batch, self._first = self._first, None
        if batch is None and self._reader is not None:
            with self._errors(), self._work.on(self._connection):
                batch = self._read()
        if batch is None:
            self.close()
            raise StopIteration
        return batch

    def close(self) -> None:
        """Give the connection back; further reading ends at once."""
        if self._reader is not None:
            self._reader.close()
        self._reader = self._first = None
        self._connection.close()

    def __del__(self) -> None:
        self._connection.close()


_BY_PREFIX: tuple[tuple[str, type[duckdb.Error]], ...] = (
    ("INTERRUPT", duckdb.InterruptException),
    ("Conversion Error", duckdb.ConversionException),
    ("Out of Range Error", duckdb.OutOfRangeException),
    ("Out of Memory Error", duckdb.OutOfMemoryException),
)


def _as_duckdb(error: OSError) -> duckdb.Error:
    """Behind the first batch DuckDB's errors come through Arrow, as text."""
    message = str(error)
    kind = next((kind for prefix, kind in _BY_PREFIX if prefix in message), duckdb.Error)
    return kind(message)
