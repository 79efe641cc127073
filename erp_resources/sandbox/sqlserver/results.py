"""The one place where errors of the database and of DuckDB become SQL Server's."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from erp_resources.sandbox.database import (
    DuplicateChangeError,
    DuplicateKeyError,
    NoSuchScnError,
    RowLockedError,
    SnapshotTooOldError,
    TableTooYoungError,
)
from erp_resources.sandbox.running import CancelledError
from erp_resources.sandbox.sqlserver.catalog_facts import key_name
from erp_resources.sandbox.sqlserver.sql.errors import NOT_HERE, from_duckdb, sql_error
from erp_resources.sandbox.sqlserver.types import SqlServerError

BATCH_ROWS = 65_536
CANCELLED = 0
DEADLOCK = 1205

_NO_VERSION = (
    "Transaction aborted when accessing versioned row in a table. Requested versioned row was not "
    "found. Your tempdb is probably out of space."
)
_CHANGED_TABLE = (
    "Snapshot isolation transaction failed because the object accessed by the statement has been "
    "modified by a DDL statement in another concurrent transaction since the start of this "
    "transaction."
)
_DEADLOCKED = (
    "Transaction was deadlocked on lock resources with another process and has been chosen as the "
    "deadlock victim. Rerun the transaction."
)
_TWICE = "not in the sandbox: an UPDATE … FROM that finds a row more than once"
_STORAGE_ERRORS: dict[type[Exception], tuple[int, str]] = {
    SnapshotTooOldError: (3958, _NO_VERSION),
    NoSuchScnError: (3958, _NO_VERSION),
    TableTooYoungError: (3961, _CHANGED_TABLE),
    RowLockedError: (DEADLOCK, _DEADLOCKED),
    DuplicateChangeError: (NOT_HERE, _TWICE),
}


@contextmanager
def as_sql_server() -> Iterator[None]:
    """Turn the errors of the database and of DuckDB into SQL Server's."""
    try:
        yield
    except (CancelledError, duckdb.InterruptException) as error:
        raise SqlServerError(CANCELLED, "The statement was cancelled.") from error
    except duckdb.Error as error:
        raise from_duckdb(error) from error
    except DuplicateKeyError as error:
        table = error.table
        raise sql_error(
            2627,
            f"Violation of PRIMARY KEY constraint '{key_name(table)}'. Cannot insert duplicate "
            f"key in object '{table.schema}.{table.name}'.",
        ) from error
    except tuple(_STORAGE_ERRORS) as error:
        raise sql_error(*_STORAGE_ERRORS[type(error)]) from error
