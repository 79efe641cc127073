"""How a company's business goes on in its database: rows posted in transactions, and counted.

A company writes SELECTs over its tables; what they return is inserted, updated or deleted here.
"""
# ruff: noqa: S608 -- the statements are made of declared names and of the companies' own SELECTs

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.database import GONE, ROW, Database, StoredTable, Transaction, quoted

Given: TypeAlias = pa.Table | date | datetime | str | int
"""What a SELECT may use beside the tables: ``frame`` as a table's name, ``$value`` as a value."""


@dataclass
class Changes:
    """How many rows of one table a business day inserted, updated and deleted."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


class Books:
    """One transaction after another on a company's database.

    Statements name tables as ``{TABLE}``, which stands for the rows as the open transaction sees
    them; ``names`` are further such names and the SQL that they stand for.
    """

    def __init__(self, database: Database, names: Mapping[str, str] | None = None) -> None:
        self._database = database
        self._names = names or {}
        self._open: Transaction | None = None
        self.changes: dict[str, Changes] = defaultdict(Changes)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in the block becomes visible at its end, under one SCN, or not at all."""
        self._open = transaction = self._database.begin()
        try:
            yield
        except BaseException:
            transaction.rollback()
            raise
        else:
            transaction.commit()
        finally:
            self._open = None

    def read(self, select: str, **given: Given) -> pa.Table:
        """What a SELECT finds; tables come with their hidden column ``_row``."""
        frames = {name: value for name, value in given.items() if isinstance(value, pa.Table)}
        values = {name: value for name, value in given.items() if name not in frames}
        cursor = self._database.cursor()
        try:
            for name, frame in frames.items():
                cursor.register(name, frame)
            return cursor.sql(self._named(select), params=values or None).to_arrow_table()
        finally:
            cursor.close()

    def write(self, table: str, rows: pa.Table) -> None:
        """Change a table by rows that have some or all of its declared columns, and maybe others.

        ``_row`` names the row that takes the values; it is new where there is none, and then the
        declared columns must all be there. ``_gone``, where it is true, deletes the row.
        """
        if not rows.num_rows:
            return
        assert self._open is not None  # noqa: S101 changes are made inside ``transaction``
        stored = self._stored(table)
        select = _staged(stored, set(rows.column_names), self._rows(stored))

        def run(writer: duckdb.DuckDBPyConnection) -> None:
            writer.register("given", rows)
            writer.execute(f"CREATE TEMP TABLE staged AS {select}")
            writer.unregister("given")

        self._open.stage(stored, run)
        self._count(table, rows)

    def _count(self, table: str, rows: pa.Table) -> None:
        known = rows.num_rows - rows[ROW].null_count if ROW in rows.column_names else 0
        gone = pc.sum(rows[GONE]).as_py() or 0 if GONE in rows.column_names else 0
        changes = self.changes[table]
        changes.inserted += rows.num_rows - known
        changes.deleted += gone
        changes.updated += known - gone

    def _stored(self, table: str) -> StoredTable:
        return next(s for s in self._database.tables.values() if s.table.name == table)

    def _rows(self, stored: StoredTable) -> str:
        return self._open.rows(stored) if self._open else stored.current

    def _named(self, select: str) -> str:
        tables = {s.table.name: self._rows(s) for s in self._database.tables.values()}
        return select.format_map({**self._names, **tables})


def _staged(stored: StoredTable, given: set[str], rows: str) -> str:
    """The SELECT that makes the rows to stage of the table ``given``; see ``Transaction.stage``."""
    columns = ", ".join(
        f"CAST(g.{quoted(c.name)} AS {stored.types[c.name]}) AS {quoted(c.name)}"
        if c.name in given
        else f"o.{quoted(c.name)}"
        for c in stored.table.columns
    )
    gone = f"COALESCE(g.{GONE}, FALSE)" if GONE in given else "FALSE"
    if ROW not in given:
        return f"SELECT {columns}, CAST(NULL AS BIGINT) AS {ROW}, {gone} AS {GONE} FROM given g"
    return (
        f"SELECT {columns}, CAST(g.{ROW} AS BIGINT) AS {ROW}, {gone} AS {GONE} "
        f"FROM given g LEFT JOIN {rows} o ON o.{ROW} = g.{ROW}"
    )
