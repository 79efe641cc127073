"""One client's session with the SQL engine: statements, transaction, settings."""
# ruff: noqa: S608 -- this module composes SQL that the translation has made

import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import duckdb

from erp_resources.sandbox.database import Database, Transaction
from erp_resources.sandbox.markers import parameters_in, put_tables, tables_in
from erp_resources.sandbox.oracle.datatypes import DataType
from erp_resources.sandbox.oracle.dialect import Translation
from erp_resources.sandbox.oracle.dictionary import changing_values
from erp_resources.sandbox.oracle.results import BATCH_ROWS, as_oracle
from erp_resources.sandbox.oracle.sql.context import bind_type, bind_value
from erp_resources.sandbox.oracle.sql.parse import BIND_PREFIX
from erp_resources.sandbox.oracle.sql.settings import Settings, altered_settings
from erp_resources.sandbox.oracle.sql.values import ROWID_BIND, rowid_of
from erp_resources.sandbox.oracle.types import ColumnInfo, OracleError, ResultSet
from erp_resources.sandbox.oracle.users import User, session_privileges
from erp_resources.sandbox.running import Batches, Work, reading


class Engine(Protocol):
    """What a session needs of its engine."""

    database: Database
    clock: Callable[[], datetime]

    def translation(
        self, sql: str, user: User, settings: Settings, types: tuple[DataType, ...] | None
    ) -> Translation:
        """Translate a statement, or find it translated."""
        ...


_CONTROL = re.compile(r"\s*(COMMIT|ROLLBACK)(?:\s+WORK)?\s*", re.IGNORECASE)
_ALTER = re.compile(r"\s*ALTER\s+SESSION\s+SET\s+(?P<settings>.*)", re.IGNORECASE | re.DOTALL)


class OracleSession:
    """One client's session; implements ``SqlSession``."""

    def __init__(self, engine: Engine, user: User) -> None:
        self._engine = engine
        self._user = user
        self._settings = Settings(user=user.name, schema=user.name)
        self._transaction: Transaction | None = None
        self._results: weakref.WeakSet[Batches] = weakref.WeakSet()
        self._work = Work()

    def describe(self, sql: str) -> list[ColumnInfo] | None:
        """See ``SqlSession``."""
        if _CONTROL.fullmatch(sql) or _ALTER.fullmatch(sql):
            return None
        translation = self._translate(sql, None)
        if translation.columns is None:
            return None
        missing = dict.fromkeys(translation.parameters)
        parameters = {**missing, **self._parameters(translation.parameters, [])}
        with as_oracle(), reading(self._engine.database) as cursor:
            # Binding finds what the translation leaves to DuckDB, e.g. a missing GROUP BY.
            cursor.sql(self._with_tables(translation.sql), params=parameters or None)
        return list(translation.columns)

    def execute(self, sql: str, binds: Sequence[Any]) -> ResultSet | int:
        """See ``SqlSession``."""
        control = _CONTROL.fullmatch(sql)
        if control:
            self.commit() if control[1].upper() == "COMMIT" else self.rollback()
            return 0
        altered = _ALTER.fullmatch(sql)
        if altered:
            self._settings = altered_settings(self._settings, altered["settings"])
            return 0
        translation = self._translate(sql, tuple(bind_type(value) for value in binds))
        if translation.columns is None:
            return self._change(translation, binds)
        return self._select(translation, binds)

    def commit(self) -> None:
        """See ``SqlSession``."""
        transaction, self._transaction = self._transaction, None
        if transaction is not None:
            with as_oracle():
                transaction.commit()

    def rollback(self) -> None:
        """See ``SqlSession``."""
        transaction, self._transaction = self._transaction, None
        if transaction is not None:
            with as_oracle():
                transaction.rollback()

    @property
    def in_transaction(self) -> bool:
        """See ``SqlSession``."""
        return self._transaction is not None

    def set_schema(self, schema: str) -> None:
        """See ``SqlSession``."""
        self._settings = replace(self._settings, schema=schema.upper())

    def interrupt(self) -> None:
        """See ``SqlSession``."""
        self._work.interrupt()

    def close(self) -> None:
        """See ``SqlSession``."""
        self.rollback()
        for result in list(self._results):
            result.close()

    def _translate(self, sql: str, types: tuple[DataType, ...] | None) -> Translation:
        return self._engine.translation(sql, self._user, self._settings, types)

    def _with_tables(self, sql: str) -> str:
        """Put in what this session reads for each table."""
        wanted = tables_in(sql)
        relations = {
            stored.object_id: self._transaction.rows(stored)
            if self._transaction
            else stored.current
            for stored in self._engine.database.tables.values()
            if stored.object_id in wanted
        }
        return put_tables(sql, relations)

    def _parameters(self, names: frozenset[str], binds: Sequence[Any]) -> dict[str, Any]:
        """The values of the parameters with these names, as far as they are known here."""
        database = self._engine.database
        known: dict[str, Any] = {
            "user": self._user.name,
            "now": self._engine.clock(),
            "current_scn": database.current_scn,
            "privileges": session_privileges(self._user),
        }
        for index, value in enumerate(binds):
            known[f"{BIND_PREFIX}{index}"] = bind_value(value)
            rowid = f"{BIND_PREFIX}{index}{ROWID_BIND}"
            if rowid in names:
                known[rowid] = rowid_of(value)
        if not names <= known.keys():
            known.update(changing_values(database))
        return {name: known[name] for name in names if name in known}

    def _past(self, translation: Translation, binds: Sequence[Any]) -> dict[str, Any]:
        """The SCNs of a statement's reads in the past, checked."""
        scns = {}
        for read in translation.past_reads:
            sql = self._with_tables(f"SELECT CAST({read.scn_sql} AS BIGINT)")
            parameters = self._parameters(parameters_in(sql), binds)
            with reading(self._engine.database) as cursor:
                row = cursor.execute(sql, parameters or None).fetchone()
            if row is None or row[0] is None:
                raise OracleError(8181, "specified number is not a valid system change number")
            self._engine.database.check_scn(row[0], read.stored)
            scns[read.parameter] = row[0]
        return scns

    def _check_past(self, translation: Translation, past: Mapping[str, Any]) -> None:
        for read in translation.past_reads:
            self._engine.database.check_scn(past[read.parameter], read.stored)

    def _select(self, translation: Translation, binds: Sequence[Any]) -> ResultSet:
        assert translation.columns is not None  # noqa: S101 the caller has looked
        with as_oracle():
            past = self._past(translation, binds)
            parameters = {**self._parameters(translation.parameters, binds), **past}
            sql = self._with_tables(translation.sql)
            names = [column.name for column in translation.columns]
            cursor = self._engine.database.cursor()
            batches = Batches(cursor, self._work, names, errors=as_oracle, rows=BATCH_ROWS)
            self._results.add(batches)
            try:
                batches.start(sql, parameters)
                # The snapshot is taken now: what could be read before must still be there.
                self._check_past(translation, past)
            except BaseException:
                batches.close()
                raise
        return ResultSet(list(translation.columns), batches)

    def _change(self, translation: Translation, binds: Sequence[Any]) -> int:
        stored = translation.changed
        assert stored is not None  # noqa: S101 it has no columns
        with as_oracle():
            past = self._past(translation, binds)
            parameters = {**self._parameters(translation.parameters, binds), **past}
            transaction = self._transaction or self._engine.database.begin()
            names = ", ".join(f'"{column.name}"' for column in stored.table.columns)

            def run(writer: duckdb.DuckDBPyConnection) -> None:
                self._check_past(translation, past)
                rows = self._with_tables(translation.sql)
                sql = (
                    f"CREATE TEMP TABLE staged AS SELECT * FROM ({rows}) AS r({names}, _row, _gone)"
                )
                with self._work.on(writer):
                    writer.execute(sql, parameters or None)

            try:
                count = transaction.stage(stored, run)
            except BaseException:
                if self._transaction is None:
                    transaction.rollback()
                raise
            self._transaction = transaction
            return count
