"""The one place where errors become Oracle's."""

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
from erp_resources.sandbox.oracle.sql.errors import from_duckdb
from erp_resources.sandbox.oracle.types import OracleError
from erp_resources.sandbox.running import CancelledError

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
    except CancelledError as error:
        raise OracleError(1013, "user requested cancel of current operation") from error
    except DuplicateKeyError as error:
        name = f"{error.table.schema}.{error.table.name}_PK"
        raise OracleError(1, f"unique constraint ({name}) violated") from error
    except tuple(_STORAGE_ERRORS) as error:
        raise OracleError(*_STORAGE_ERRORS[type(error)]) from error
