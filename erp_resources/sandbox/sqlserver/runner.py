"""Runs translated statements for one session, at the moment and under the rights of its own."""
# ruff: noqa: S608 -- this module composes SQL that the translation has made

import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import duckdb
import pyarrow as pa
from sqlglot import exp

from erp_resources.sandbox.database import ROW, SCN, Database, StoredTable, Transaction, quoted
from erp_resources.sandbox.markers import put_tables
from erp_resources.sandbox.running import Batches, Work, reading
from erp_resources.sandbox.sqlserver.binding import Variable
from erp_resources.sandbox.sqlserver.catalog_facts import DATABASE_ID
from erp_resources.sandbox.sqlserver.change_tracking import BASE_SCN, READ_SCN
from erp_resources.sandbox.sqlserver.dialect import Translation
from erp_resources.sandbox.sqlserver.isolation import SessionTransaction
from erp_resources.sandbox.sqlserver.options import Options
from erp_resources.sandbox.sqlserver.results import BATCH_ROWS, CANCELLED, DEADLOCK, as_sql_server
from erp_resources.sandbox.sqlserver.sql.context import variable_parameter
from erp_resources.sandbox.sqlserver.sql.errors import sql_error
from erp_resources.sandbox.sqlserver.sql.scope import NEXT_SCN
from erp_resources.sandbox.sqlserver.sql.statements import Statement
from erp_resources.sandbox.sqlserver.types import SqlServerError, SqlType
from erp_resources.sandbox.sqlserver.users import User

_LOCK_TIMEOUT, _UPDATE_CONFLICT = 1222, 3960
_ENDS_TRANSACTION = frozenset({DEADLOCK, 3951, 3952, 3958, _UPDATE_CONFLICT, 3961})
_MASTER_ID = 1


class Engine(Protocol):
    """What a session needs of its engine."""

    database: Database
    name: str
    base_scn: int
    allows_snapshot: bool
    clock: Callable[[], datetime]
    constants: Mapping[str, Any]

    def statements(self, batch: str) -> tuple[Statement, ...]:
        """Parse a batch, or find it parsed."""
        ...

    def translation(
        self,
        tree: exp.Expr,
        user: User,
        database: str,
        variables: Mapping[str, SqlType],
        *,
        undeclared: dict[str, SqlType | None] | None = None,
        assigned: Sequence[SqlType] = (),
    ) -> Translation:
        """Translate a statement, or find it translated."""
        ...

    def known_database(self, name: str) -> str:
        """A database's name as it is spelled, '' for one that does not exist."""
        ...


class Runner:
    """What one session's statements run in.

    Attributes:
        database: the current database.
        options: what SET has set.
        row_count: of the last statement, ``@@ROWCOUNT``.
        transaction: the session's.
    """

    def __init__(self, engine: Engine, user: User, database: str, number: int) -> None:
        self._engine = engine
        self._user = user
        self._number = number
        self._work = Work()
        self._stop = threading.Event()
        self._results: weakref.WeakSet[Batches] = weakref.WeakSet()
        self.database = database
        self.options = Options()
        self.row_count = 0
        self.transaction = SessionTransaction(
            engine.database, engine.name, allows_snapshot=engine.allows_snapshot
        )

    # Stopping

    def start(self) -> None:
        """A new request begins; what stopped the last does not stop it."""
        self._stop.clear()

    def interrupt(self) -> None:
        """Stop what runs, from another thread."""
        self._stop.set()
        self._work.interrupt()

    def check_stop(self) -> None:
        """Raise error 0 if the request was stopped."""
        if self._stop.is_set():
            raise SqlServerError(CANCELLED, "The statement was cancelled.")

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._stop.wait(seconds)
        self.check_stop()

    def close(self) -> None:
        """Free the open results."""
        for result in list(self._results):
            result.close()

    # Queries

    def batches(
        self, translation: Translation, variables: Mapping[str, Variable]
    ) -> Iterator[pa.RecordBatch]:
        """Start a query; its rows are read as they are asked for."""
        names = [column.name for column in translation.columns or ()]
        with self.ending():
            sql, parameters, scn = self._prepared(translation, variables)
            cursor = self._engine.database.cursor()
            batches = Batches(cursor, self._work, names, errors=self.ending, rows=BATCH_ROWS)
            self._results.add(batches)
            try:
                batches.start(sql, parameters)
                # The snapshot is taken now: what could be read before must still be there.
                self._check_past(translation, scn)
            except BaseException:
                batches.close()
                raise
        return self._counted(batches)

    def _counted(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        self.row_count = 0
        for batch in batches:
            self.check_stop()
            self.row_count += batch.num_rows
            yield batch

    def rows(
        self, translation: Translation, variables: Mapping[str, Variable]
    ) -> list[tuple[Any, ...]]:
        """All rows of a small query."""
        with self.ending(), reading(self._engine.database) as cursor:
            sql, parameters, scn = self._prepared(translation, variables)
            with self._work.on(cursor):
                rows: list[tuple[Any, ...]] = cursor.execute(sql, parameters or None).fetchall()
            self._check_past(translation, scn)
        self.row_count = len(rows)
        return rows

    def _prepared(
        self, translation: Translation, variables: Mapping[str, Variable]
    ) -> tuple[str, dict[str, Any], int | None]:
        """SQL, parameters and the SCN read at, None for the latest."""
        scn = None
        if translation.tables or READ_SCN in translation.parameters:
            self._begin_implicitly()
            scn = self.transaction.read_scn(self.options.isolation)
            self._check_past(translation, scn)
        relations = {
            stored.object_id: self.transaction.rows(stored, scn)
            for stored in self._tables(translation)
        }
        sql = put_tables(translation.sql, relations)
        return sql, self._parameters(translation.parameters, variables, scn), scn

    def _begin_implicitly(self) -> None:
        if self.options.implicit_transactions and not self.transaction.depth:
            self.transaction.begin(self.options.isolation)

    def _tables(self, translation: Translation) -> list[StoredTable]:
        tables = self._engine.database.tables.values()
        return [stored for stored in tables if stored.object_id in translation.tables]

    def _check_past(self, translation: Translation, scn: int | None) -> None:
        if scn is not None:
            for stored in self._tables(translation):
                self._engine.database.check_scn(scn, stored)

    def _parameters(
        self, names: frozenset[str], variables: Mapping[str, Variable], scn: int | None
    ) -> dict[str, Any]:
        """The values of the parameters with these names."""
        known = {**self._engine.constants, **self._session_values(), **self._versions(scn)}
        for name, one in variables.items():
            known[variable_parameter(name)] = one.value
        return {name: known[name] for name in names}

    def _session_values(self) -> dict[str, Any]:
        is_home = self.database == self._engine.name
        return {
            "spid": self._number,
            "trancount": self.transaction.depth,
            "xact_state": int(bool(self.transaction.depth)),
            "rowcount": self.row_count,
            "lock_timeout": self.options.lock_timeout,
            "now": self._engine.clock(),
            "database": self.database,
            "database_id": DATABASE_ID if is_home else _MASTER_ID,
            "login": self._user.name,
            "user": self._user.name,
            "permissions": self._user.permissions,
        }

    def _versions(self, scn: int | None) -> dict[str, Any]:
        database, base = self._engine.database, self._engine.base_scn
        current = database.current_scn
        next_rowversion = (current + 1) << 32
        return {
            "active_rowversion": next_rowversion.to_bytes(8, "big"),
            "dbts": (next_rowversion - 1).to_bytes(8, "big"),
            "current_version": current - base,
            "oldest_version": database.oldest_scn - base,
            NEXT_SCN: current + 1,
            READ_SCN: current if scn is None else scn,
            BASE_SCN: base,
        }

    # Changes

    def change(self, translation: Translation, variables: Mapping[str, Variable]) -> int:
        """Make a change, all of it or nothing; returns the number of rows."""
        with self.ending():
            self._begin_implicitly()
            transaction = self.transaction.open or self._engine.database.begin()
            try:
                count = self._staged(transaction, translation, variables)
            except BaseException:
                if self.transaction.open is None:
                    transaction.rollback()
                raise
            if self.transaction.open is None:
                transaction.commit()
        self.row_count = count
        return count

    def _staged(
        self,
        transaction: Transaction,
        translation: Translation,
        variables: Mapping[str, Variable],
    ) -> int:
        stored = translation.changed
        assert stored is not None  # noqa: S101 it has no columns
        names = ", ".join(quoted(column.name) for column in stored.table.columns)

        def run(writer: duckdb.DuckDBPyConnection) -> None:
            sql, parameters, scn = self._prepared(translation, variables)
            create = f"CREATE TEMP TABLE staged AS SELECT * FROM ({sql}) AS r({names}, _row, _gone)"
            with self._work.on(writer):
                writer.execute(create, parameters or None)
            if scn is not None:
                _check_conflict(writer, transaction, stored, scn)

        return transaction.stage(stored, run)

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Errors are SQL Server's, and some of them end the transaction."""
        try:
            with as_sql_server():
                yield
        except SqlServerError as error:
            if error.number == DEADLOCK and self.options.lock_timeout >= 0:
                text = "Lock request time out period exceeded."
                raise sql_error(_LOCK_TIMEOUT, text) from error
            ends = self.options.xact_abort or error.number in _ENDS_TRANSACTION
            if ends and self.transaction.depth:
                self.transaction.rollback()
            raise


def _check_conflict(
    writer: duckdb.DuckDBPyConnection, transaction: Transaction, stored: StoredTable, scn: int
) -> None:
    """Make sure that nobody has changed the rows since ``scn``.

    Raises:
        SqlServerError: 3960, somebody has.
    """
    pending = transaction.pending.get((stored.table.schema, stored.table.name))
    own = f"SELECT {ROW} FROM {pending}" if pending else "SELECT NULL WHERE FALSE"
    found = writer.execute(
        f"SELECT 1 FROM staged s LEFT JOIN {stored.current} c ON c.{ROW} = s.{ROW} "
        f"WHERE s.{ROW} IS NOT NULL AND (c.{SCN} > {scn} "
        f"OR c.{ROW} IS NULL AND s.{ROW} NOT IN ({own})) LIMIT 1"
    ).fetchone()
    if found:
        table = f"{stored.table.schema}.{stored.table.name}"
        raise sql_error(
            _UPDATE_CONFLICT,
            "Snapshot isolation transaction aborted due to update conflict. You cannot use "
            f"snapshot isolation to access table '{table}' directly or indirectly in database to "
            "update, delete, or insert the row that has been modified or deleted by another "
            "transaction. Retry the transaction or change the isolation level for the "
            "update/delete statement.",
        )
