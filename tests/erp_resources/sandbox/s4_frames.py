"""The headquarters as Polars frames, as generated or after business days, and sums to compare."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import polars as pl
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company import s4
from erp_resources.sandbox.company.s4.tick import S4Business
from erp_resources.sandbox.database import Database, rows_as_of

ZERO = Decimal(0)
CLIENTS = ("MANDT", "RCLNT", "MANDANT")
SEED = 20260101
DAYS = [0, 5, 10]
"""After how many business days the company is looked at."""
_shown = 0


@functools.cache
def declarations() -> dict[str, Table]:
    return {table.name: table for table in s4.tables()}


@functools.cache
def generated() -> dict[str, pa.Table]:
    """All tables at scale 1, by name, with both clients."""
    return {table.name: rows for table, rows in s4.generate(1, SEED)}


def loaded() -> Database:
    """A database with all tables at scale 1."""
    database = Database()
    for name, rows in generated().items():
        database.load(declarations()[name], rows)
    return database


@contextmanager
def after(days: int) -> Iterator[None]:
    """Within the block all functions below tell of the company after so many business days."""
    global _shown  # noqa: PLW0603 - the proofs read as if there were one set of rows
    before, _shown = _shown, days
    try:
        yield
    finally:
        _shown = before


def tables() -> dict[str, pa.Table]:
    """All tables at scale 1, by name, with both clients."""
    return tables_after(_shown)


@functools.cache
def tables_after(days: int) -> dict[str, pa.Table]:
    """The same after so many business days."""
    if not days:
        return generated()
    database, ends = _ten_days()
    cursor = database.cursor()
    return {
        stored.table.name: cursor.sql(
            f"SELECT {stored.columns} FROM {rows_as_of(stored, str(ends[days]))}"
        ).to_arrow_table()
        for stored in database.tables.values()
    }


def everything(name: str) -> pl.DataFrame:
    """A table's rows in both clients."""
    return pl.DataFrame(tables()[name])


def frame(name: str) -> pl.DataFrame:
    """A table's rows in client 100."""
    return frame_after(_shown, name)


@functools.cache
def frame_after(days: int, name: str) -> pl.DataFrame:
    """A table's rows in client 100 after so many business days."""
    rows = pl.DataFrame(tables_after(days)[name])
    client = [column for column in rows.columns[:1] if column in CLIENTS]
    return rows.filter(pl.col(client[0]) == "100") if client else rows


def signed(amount: str) -> pl.Expr:
    """An amount with its sign: debits (S) positive, credits (H) negative."""
    return pl.when(pl.col("SHKZG") == "S").then(pl.col(amount)).otherwise(-pl.col(amount))


def sums(rows: pl.DataFrame, key: list[str], amount: pl.Expr) -> dict[tuple[object, ...], Decimal]:
    """Sums of ``amount`` by ``key``, those that are zero left out."""
    grouped = rows.group_by(key).agg(amount.sum().alias("amount"))
    return {tuple(row[:-1]): row[-1] for row in grouped.rows() if row[-1] != ZERO}


def lines() -> pl.DataFrame:
    """BSEG with the signed amounts ``local`` and ``amount``."""
    return frame("BSEG").with_columns(
        signed("DMBTR").alias("local"), signed("WRBTR").alias("amount")
    )


@functools.cache
def _ten_days() -> tuple[Database, list[int]]:
    """Ten business days, and the SCN at the beginning and at the end of each."""
    database = loaded()
    business = S4Business(database, 1, SEED)
    ends = [database.current_scn]
    for _ in range(max(DAYS)):
        business.post_day()
        ends.append(database.current_scn)
    return database, ends
