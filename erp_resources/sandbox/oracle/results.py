"""Results as they are read, and the one place where errors become Oracle's."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from erp_resources.sandbox.database import (
    Database,
    DuplicateChangeError,
    DuplicateKeyError,
    NoSuchScnError,
    RowLockedError,
    SnapshotTooOldError,
    TableTooYoungError,
)
from erp_resources.sandbox.oracle.sql.errors import from_duckdb
from erp_resources.sandbox.oracle.types import OracleError

BATCH_ROWS = 8192

_STORAGE_ERRORS: dict[type[Exception], tuple[int, str]] = {
    SnapshotTooOldError: (
        1555,
        'snapshot too old: rollback segment number 9 with name "_SYSSMU9$" too small',
    ),
    NoSuchScnError: (8181, "specified number is not a valid system change number"),
    TableTooYoungError: (1466, "unable to read data - table definition has changed"),
    RowLockedError: (60, "deadlock detected while waiting for resource"),
    DuplicateChangeError: (30926, "unable to get a stable set of rows in the source tables"),
}


@contextmanager
def as_oracle() -> Iterator[None]:
    """Turn the errors of the database and of DuckDB into Oracle's."""
    try:
        yield
    except duckdb.Error as error:
        raise from_duckdb(error) from error
    except DuplicateKeyError as error:
        name = f"{error.table.schema}.{error.table.name}_PK"
        raise OracleError(1, f"unique constraint ({name}) violated") from error
    except tuple(_STORAGE_ERRORS) as error:
        raise OracleError(*_STORAGE_ERRORS[type(error)]) from error


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
        """Run the block's statement on ``connection``."""
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
            raise OracleError(1013, "user requested cancel of current operation")

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
    """The rows of one result on a connection of its own, read as they are asked for."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, work: Work, names: Sequence[str]
    ) -> None:
        self._connection = connection
        self._work = work
        self._names = names
        self._reader: pa.RecordBatchReader | None = None
        self._first: pa.RecordBatch | None = None

    def start(self, sql: str, parameters: Mapping[str, Any]) -> None:
        """Run the query and read its first batch."""
        with self._work.on(self._connection):
            relation = self._connection.sql(sql, params=dict(parameters) or None)
            self._reader = relation.to_arrow_reader(BATCH_ROWS)
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
        return pa.RecordBatch.from_arrays(batch.columns, names=list(self._names))

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self

    def __next__(self) -> pa.RecordBatch:
        batch, self._first = self._first, None
        if batch is None and self._reader is not None:
            with as_oracle(), self._work.on(self._connection):
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
