"""The generated headquarters as Polars frames, made once, and what the tests compute from them."""

import functools
from decimal import Decimal

import polars as pl
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company import s4

ZERO = Decimal(0)
CLIENTS = ("MANDT", "RCLNT", "MANDANT")


@functools.cache
def declarations() -> dict[str, Table]:
    return {table.name: table for table in s4.tables()}


@functools.cache
def generated() -> dict[str, pa.Table]:
    """All tables at scale 1, by name, with both clients."""
    return {table.name: rows for table, rows in s4.generate()}


@functools.cache
def everything(name: str) -> pl.DataFrame:
    return pl.DataFrame(generated()[name])


@functools.cache
def frame(name: str) -> pl.DataFrame:
    """A table's rows in client 100."""
    rows = everything(name)
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
