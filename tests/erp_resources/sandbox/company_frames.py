"""The subsidiary as Polars frames, as generated or after business days, and sums to compare."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import polars as pl

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company import ebs
from erp_resources.sandbox.company.ebs.tick import EbsBusiness
from erp_resources.sandbox.database import Database

ZERO = Decimal(0)
_SEED = 20260101
_shown = 0


@functools.cache
def declarations() -> dict[str, Table]:
    return {table.name: table for table in ebs.tables()}


def frames() -> dict[str, pl.DataFrame]:
    """All tables at scale 1, by name; see ``after``."""
    return frames_after(_shown)


@contextmanager
def after(days: int) -> Iterator[None]:
    """Within the block ``frames`` are those after so many business days."""
    global _shown  # noqa: PLW0603 - the tests of the books read as if there were one set of frames
    before, _shown = _shown, days
    try:
        yield
    finally:
        _shown = before


@functools.cache
def frames_after(days: int) -> dict[str, pl.DataFrame]:
    """All tables at scale 1 after so many business days, by name."""
    if not days:
        return {table.name: pl.DataFrame(rows) for table, rows in ebs.generate(1, _SEED)}
    database = generated()
    business = EbsBusiness(database, 1, _SEED)
    for _ in range(days):
        business.post_day()
    return current_frames(database)


def generated() -> Database:
    """A database with all tables at scale 1."""
    database = Database()
    for table, rows in ebs.generate(1, _SEED):
        database.load(table, rows)
    return database


def current_frames(database: Database) -> dict[str, pl.DataFrame]:
    """All tables of a database as committed, by name."""
    cursor = database.cursor()
    return {
        stored.table.name: pl.DataFrame(
            cursor.sql(f"SELECT {stored.columns} FROM {stored.current}")
            .to_arrow_table()
            .drop_columns([c.name for c in stored.table.columns if c.type == "timestamp"])
        )
        for stored in database.tables.values()
    }


def accounts(number: str) -> pl.DataFrame:
    """The code combinations of one natural account."""
    combinations = frames()["GL_CODE_COMBINATIONS"]
    return combinations.filter(SEGMENT3=number).select("CODE_COMBINATION_ID")


def closing_balances(number: str) -> dict[int, Decimal]:
    """The last balance of a natural account, in the functional currency, by ledger."""
    period = frames()["GL_PERIODS"].sort("START_DATE")["PERIOD_NAME"].last()
    last = frames()["GL_BALANCES"].filter(
        pl.col("PERIOD_NAME") == period, pl.col("TRANSLATED_FLAG").is_null()
    )
    balance = (
        pl.col("BEGIN_BALANCE_DR")
        - pl.col("BEGIN_BALANCE_CR")
        + pl.col("PERIOD_NET_DR")
        - pl.col("PERIOD_NET_CR")
    )
    own = last.join(accounts(number), on="CODE_COMBINATION_ID", how="semi")
    return by_ledger(own.select("LEDGER_ID", balance.alias("amount")))


def by_ledger(amounts: pl.DataFrame) -> dict[int, Decimal]:
    """Sums of ``amount`` by ``LEDGER_ID``, those that are zero left out."""
    sums = amounts.group_by("LEDGER_ID").agg(pl.col("amount").sum())
    return {ledger: amount for ledger, amount in sums.rows() if amount != ZERO}


def worth_of_movements(moves: pl.DataFrame, unit_cost: str) -> pl.DataFrame:
    """Each movement's quantity at ``unit_cost``, rounded half away from zero to the cent."""
    plants = {121: 2021, 122: 2021, 141: 2041}
    quantity = (pl.col("TRANSACTION_QUANTITY") * 1000).cast(pl.Int64)
    product = quantity * (pl.col(unit_cost) * 100_000).cast(pl.Int64)
    cents = product.sign() * ((product.abs() + 500_000) // 1_000_000)
    return moves.select(
        "TRANSACTION_SOURCE_ID",
        pl.col("ORGANIZATION_ID").replace_strict(plants).alias("LEDGER_ID"),
        (cents.cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2)).alias("amount"),
    )
