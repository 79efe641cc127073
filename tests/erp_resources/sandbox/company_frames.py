"""The generated subsidiary as Polars frames, made once, and sums that the tests compare."""

import functools
from decimal import Decimal

import polars as pl

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company import ebs

ZERO = Decimal(0)


@functools.cache
def declarations() -> dict[str, Table]:
    return {table.name: table for table in ebs.tables()}


@functools.cache
def frames() -> dict[str, pl.DataFrame]:
    """All tables at scale 1, by name."""
    return {table.name: pl.DataFrame(rows) for table, rows in ebs.generate()}


def accounts(number: str) -> pl.DataFrame:
    """The code combinations of one natural account."""
    combinations = frames()["GL_CODE_COMBINATIONS"]
    return combinations.filter(SEGMENT3=number).select("CODE_COMBINATION_ID")


def closing_balances(number: str) -> dict[int, Decimal]:
    """The last balance of a natural account, in the functional currency, by ledger."""
    last = frames()["GL_BALANCES"].filter(
        pl.col("PERIOD_NAME") == "Dec-25", pl.col("TRANSLATED_FLAG").is_null()
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
