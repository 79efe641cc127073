"""The database under every protocol of the sandbox: versioned tables in one in-memory DuckDB.

Stores rows, keeps superseded versions for reads in the past, isolates and numbers commits.
Knows no SQL dialect and no user rights: a protocol's engine writes the SELECTs.
"""
# ruff: noqa: S608 -- the statements are made of this module's own names and numbers

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

import duckdb
import numpy as np
import pyarrow as pa

from erp_resources.sandbox.catalog import Table

FIRST_SCN = 5_000_000
FIRST_OBJECT_ID = 90_000
ROW, SCN, GONE = "_row", "_scn", "_gone"
"""Hidden columns: stable row number, SCN of the last change, deleted by the open transaction."""


class VersionError(Exception):
    """A read at an SCN that cannot be answered."""


class SnapshotTooOldError(VersionError):
    """The row versions of that SCN have been forgotten."""


class NoSuchScnError(VersionError):
    """The SCN lies in the future."""


class TableTooYoungError(VersionError):
    """The table was loaded after that SCN."""


class RowLockedError(Exception):
    """Another open transaction has changed the same row or key."""


class DuplicateKeyError(Exception):
    """A change would give two rows the same primary key; ``table`` says where."""

    def __init__(self, table: Table) -> None:
        super().__init__(f"duplicate primary key in {table.schema}.{table.name}")
        self.table = table


class DuplicateChangeError(Exception):
    """One statement would change the same row twice."""


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


@dataclass
class StoredTable:
    """A loaded table: its declaration and the facts of its load."""

    table: Table
    object_id: int
    created_scn: int
    loaded_at: datetime
    loaded_rows: int
    row_bytes: int
    next_row: int
    types: Mapping[str, str] = field(default_factory=dict)
    """DuckDB type of each column."""

    @property
    def current(self) -> str:
        """Name of the DuckDB table with the committed rows."""
        return f"live.t{self.object_id}"

    @property
    def history(self) -> str:
        """Name of the DuckDB table with the superseded row versions."""
        return f"past.t{self.object_id}"

    @property
    def columns(self) -> str:
        """The declared columns as a select list."""
        return ", ".join(quoted(column.name) for column in self.table.columns)


class Database:
    """One in-memory database shared by all sessions of all protocols. Safe for threads."""

    def __init__(self) -> None:
        self._writer = duckdb.connect(":memory:")
        self._writer.execute("SET TimeZone = 'UTC'")
        for schema in ("live", "past", "pending"):
            self._writer.execute(f"CREATE SCHEMA {schema}")
        self._write_lock = threading.RLock()
        self._tables: dict[tuple[str, str], StoredTable] = {}
        self._transactions: dict[int, Transaction] = {}
        self._numbers = itertools.count(1)
        self._current_scn = self._oldest_scn = FIRST_SCN

    @property
    def tables(self) -> Mapping[tuple[str, str], StoredTable]:
        """The loaded tables by schema and name."""
        return MappingProxyType(self._tables)

    @property
    def current_scn(self) -> int:
        """Number of the last commit; every commit up to it is visible to every new statement."""
        return self._current_scn

    @property
    def oldest_scn(self) -> int:
        """The first SCN that can still be read."""
        return self._oldest_scn

    def load(self, table: Table, rows: pa.Table) -> None:
        """Store the rows of a new table under one new SCN.

        Args:
            table: the declaration.
            rows: its rows, columns in declaration order and under the declared names.

        Raises:
            ValueError: for other columns than declared, or a table that is already there.
        """
        if rows.column_names != [column.name for column in table.columns]:
            raise ValueError(f"columns of {table.schema}.{table.name} differ from its declaration")
        with self._write_lock:
            if (table.schema, table.name) in self._tables:
                raise ValueError(f"table {table.schema}.{table.name} is already loaded")
            stored = StoredTable(
                table=table,
                object_id=FIRST_OBJECT_ID + len(self._tables),
                created_scn=self._current_scn + 1,
                loaded_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
                loaded_rows=rows.num_rows,
                row_bytes=rows.nbytes // max(rows.num_rows, 1),
                next_row=rows.num_rows,
            )
            stored.types = self._store(stored, rows)
            self._tables[table.schema, table.name] = stored
            self._current_scn += 1

    def _store(self, stored: StoredTable, rows: pa.Table) -> dict[str, str]:
        numbered = rows.append_column(ROW, pa.array(np.arange(rows.num_rows)))
        with self.writing() as writer:
            writer.register("loading", numbered)
            writer.execute(
                f"CREATE TABLE {stored.current} AS "
                f"SELECT *, CAST({stored.created_scn} AS BIGINT) AS {SCN} FROM loading"
            )
            writer.unregister("loading")
            writer.execute(
                f"CREATE TABLE {stored.history} AS SELECT {stored.columns}, {ROW}, "
                f"{SCN} AS _from, {SCN} AS _to FROM {stored.current} LIMIT 0"
            )
            described = writer.execute(f"DESCRIBE {stored.current}").fetchall()
        return {name: str(kind) for name, kind, *_ in described if name not in (ROW, SCN)}

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A reading connection, one for each open result; a statement sees what is committed."""
        return self._writer.cursor()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The one writing connection in a transaction that ends with the block."""
        with self._write_lock:
            self._writer.execute("BEGIN")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    def begin(self) -> "Transaction":
        """Open a transaction; it changes nothing until something is staged."""
        with self._write_lock:
            number = next(self._numbers)
            transaction = Transaction(self, number, self._current_scn)
            self._transactions[number] = transaction
            return transaction

    def open_transactions(self) -> list["Transaction"]:
        """The transactions that are neither committed nor rolled back, oldest first."""
        with self._write_lock:
            return list(self._transactions.values())

    def check_scn(self, scn: int, stored: StoredTable) -> None:
        """Make sure that the rows of ``stored`` as of ``scn`` can be read.

        A statement checks before it starts and once more when its snapshot is taken, since
        ``forget_before`` may run in between.

        Raises:
            VersionError: the subclass says why not.
        """
        if scn > self._current_scn:
            raise NoSuchScnError(f"SCN {scn} lies in the future")
        if scn < self._oldest_scn:
            raise SnapshotTooOldError(f"SCN {scn} is older than {self._oldest_scn}")
        if scn < stored.created_scn:
            raise TableTooYoungError(f"{stored.table.name} was created at SCN {stored.created_scn}")

    def forget_before(self, scn: int) -> None:
        """Drop the row versions that only reads below ``scn`` need; such reads fail from now on."""
        with self._write_lock:
            # First the limit, then the rows: a reader that passes the check after its snapshot
            # is taken has seen all the rows it needs.
            self._oldest_scn = max(self._oldest_scn, min(scn, self._current_scn))
            with self.writing() as writer:
                for stored in self._tables.values():
                    writer.execute(f"DELETE FROM {stored.history} WHERE _to <= {self._oldest_scn}")

    def close(self) -> None:
        """Free everything."""
        with self._write_lock:
            self._writer.close()

    def _finish(self, transaction: "Transaction", *, publish: bool) -> None:
        """Commit or undo what ``transaction`` has staged, and forget it."""
        with self._write_lock:
            if transaction.number not in self._transactions:
                return
            scn = self._current_scn + 1
            with self.writing() as writer:
                for stored, pending in transaction.pending.items():
                    if publish:
                        _publish(writer, self._tables[stored], pending, scn)
                    writer.execute(f"DROP TABLE {pending}")
            del self._transactions[transaction.number]
            if publish and transaction.pending:
                self._current_scn = scn


def _publish(
    writer: duckdb.DuckDBPyConnection, stored: StoredTable, pending: str, scn: int
) -> None:
    """Move the pending row versions of one table to its current rows."""
    touched = f"{ROW} IN (SELECT {ROW} FROM {pending})"
    writer.execute(
        f"INSERT INTO {stored.history} SELECT {stored.columns}, {ROW}, {SCN}, {scn} "
        f"FROM {stored.current} WHERE {touched}"
    )
    writer.execute(f"DELETE FROM {stored.current} WHERE {touched}")
    writer.execute(
        f"INSERT INTO {stored.current} SELECT {stored.columns}, {ROW}, {scn} "
        f"FROM {pending} WHERE NOT {GONE}"
    )


def rows_as_of(stored: StoredTable, scn: str) -> str:
    """A subquery for the rows as of an SCN, given as SQL (a number or a parameter)."""
    return (
        f"(SELECT {stored.columns}, {ROW}, {SCN} FROM {stored.current} WHERE {SCN} <= {scn} "
        f"UNION ALL SELECT {stored.columns}, {ROW}, _from AS {SCN} FROM {stored.history} "
        f"WHERE _from <= {scn} AND _to > {scn})"
    )


class Transaction:
    """The uncommitted changes of one session, invisible to all others.

    Changed rows wait in a table of their own, one for each table touched. A row (or key) that
    waits in another open transaction is locked. Reads of the owner lay the waiting rows over
    the committed ones, so each statement sees what others have committed before it.
    """

    def __init__(self, database: Database, number: int, start_scn: int) -> None:
        self.database = database
        self.number = number
        self.start_scn = start_scn
        self.pending: dict[tuple[str, str], str] = {}

    def rows(self, stored: StoredTable, scn: int | None = None) -> str:
        """A table name or subquery for the rows as this transaction sees them.

        Its own changes lie over the rows as of ``scn``, or over the latest.
        """
        base = stored.current if scn is None else rows_as_of(stored, str(scn))
        pending = self.pending.get((stored.table.schema, stored.table.name))
        if pending is None:
            return base
        return _overlaid(stored, pending, base)

    def stage(self, stored: StoredTable, run: Callable[[duckdb.DuckDBPyConnection], None]) -> int:
        """Apply one statement's changes, all or none.

        Args:
            stored: the table to change.
            run: creates the temporary table ``staged`` on the given connection: the declared
                columns, ``_row`` (NULL for a new row) and ``_gone``.

        Returns:
            The number of rows changed.

        Raises:
            RowLockedError: another transaction holds one of the rows or keys.
            DuplicateKeyError: a primary key would occur twice.
            DuplicateChangeError: ``staged`` holds a row twice.
        """
        key = (stored.table.schema, stored.table.name)
        pending = self.pending.get(key, f"pending.p{self.number}_{stored.object_id}")
        with self.database._write_lock:  # noqa: SLF001 the two classes are one unit
            with self.database.writing() as writer:
                run(writer)
                count = _number_new_rows(writer, stored)
                self._check_locks(writer, stored)
                if key not in self.pending:
                    writer.execute(f"CREATE TABLE {pending} AS SELECT * FROM staged LIMIT 0")
                writer.execute(f"DELETE FROM {pending} WHERE {ROW} IN (SELECT {ROW} FROM staged)")
                writer.execute(f"INSERT INTO {pending} SELECT * FROM staged")
                _check_keys(writer, stored, _overlaid(stored, pending, stored.current))
                writer.execute("DROP TABLE staged")
            self.pending[key] = pending  # the rows are locked before anybody else may stage them
        return count

    def _check_locks(self, writer: duckdb.DuckDBPyConnection, stored: StoredTable) -> None:
        for other in self.database.open_transactions():
            held = other.pending.get((stored.table.schema, stored.table.name))
            if held is None or other is self:
                continue
            same = [f"s.{ROW} = h.{ROW}"]
            if stored.table.primary_key:
                same.append(_same_key(stored, "s", "h"))
            found = writer.execute(
                f"SELECT 1 FROM staged s JOIN {held} h ON {' OR '.join(same)} LIMIT 1"
            ).fetchone()
            if found:
                raise RowLockedError(
                    f"rows of {stored.table.name} are changed by another transaction"
                )

    def commit(self) -> None:
        """Give the changes an SCN and make them visible."""
        self.database._finish(self, publish=True)  # noqa: SLF001 the two classes are one unit

    def rollback(self) -> None:
        """Forget the changes."""
        self.database._finish(self, publish=False)  # noqa: SLF001 the two classes are one unit


def _overlaid(stored: StoredTable, pending: str, base: str) -> str:
    """Committed rows with the pending versions laid over them; an uncommitted row has no SCN."""
    return (
        f"(SELECT {stored.columns}, {ROW}, {SCN} FROM {base} "
        f"WHERE {ROW} NOT IN (SELECT {ROW} FROM {pending}) "
        f"UNION ALL SELECT {stored.columns}, {ROW}, CAST(NULL AS BIGINT) AS {SCN} "
        f"FROM {pending} WHERE NOT {GONE})"
    )


def _number_new_rows(writer: duckdb.DuckDBPyConnection, stored: StoredTable) -> int:
    """Give new rows their numbers and count all staged rows.

    A number is used up even if the statement is undone later.
    """
    total, distinct, known = _one_row(
        writer, f"SELECT count(*), count(DISTINCT {ROW}), count({ROW}) FROM staged"
    )
    if distinct != known:
        raise DuplicateChangeError(f"a row of {stored.table.name} would change twice")
    if total > known:
        writer.execute(
            f"UPDATE staged SET {ROW} = n.number FROM (SELECT rowid AS place, "
            f"{stored.next_row} - 1 + row_number() OVER (ORDER BY rowid) AS number "
            f"FROM staged WHERE {ROW} IS NULL) n WHERE staged.rowid = n.place"
        )
        stored.next_row += total - known
    return total


def _check_keys(writer: duckdb.DuckDBPyConnection, stored: StoredTable, rows: str) -> None:
    if not stored.table.primary_key:
        return
    key = ", ".join(f"v.{quoted(name)}" for name in stored.table.primary_key)
    found = writer.execute(
        f"SELECT 1 FROM {rows} v SEMI JOIN (SELECT * FROM staged WHERE NOT {GONE}) s "
        f"ON {_same_key(stored, 'v', 's')} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if found:
        raise DuplicateKeyError(stored.table)


def _same_key(stored: StoredTable, left: str, right: str) -> str:
    names = (quoted(name) for name in stored.table.primary_key)
    return "(" + " AND ".join(f"{left}.{name} = {right}.{name}" for name in names) + ")"


def _one_row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None  # noqa: S101 an aggregate without GROUP BY has one row
    return row
