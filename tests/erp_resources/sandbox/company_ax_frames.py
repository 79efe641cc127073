"""The AX companies as Polars frames, as generated or after business days, and sums to compare."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
import pyarrow as pa

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company import ax
from erp_resources.sandbox.company.ax.tick import AxBusiness
from erp_resources.sandbox.database import Database
from tests.erp_resources.sandbox.company_frames import current_frames

RECEIVABLES, PAYABLES = "130100", "200100"
INVENTORY, RECEIVED, ACCRUED = "140200", "140210", "200140"
WORK_IN_PROCESS, PURCHASES = "150100", "500200"
PENNIES = ("801900", "801910")
_shown = 0
AMOUNTS = {"accounting": "ACCOUNTINGCURRENCYAMOUNT", "reporting": "REPORTINGCURRENCYAMOUNT"}


@functools.cache
def declarations() -> dict[str, Table]:
    return {table.name: table for table in ax.tables()}


@functools.cache
def rows() -> dict[str, pa.Table]:
    """All tables at scale 1, by name."""
    return {table.name: generated for table, generated in ax.generate()}


def frames() -> dict[str, pl.DataFrame]:
    """The same, without the row version, which only a database has; see ``after``."""
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
        return {name: pl.DataFrame(table.drop(["SYSROWVERSION"])) for name, table in rows().items()}
    database = generated()
    business = AxBusiness(database, 1, ax.SEED)
    for _ in range(days):
        business.post_day()
    return current_frames(database)


def generated() -> Database:
    """A database with all tables at scale 1."""
    database = Database()
    for name, table in rows().items():
        database.load(declarations()[name], table)
    return database


def cents(amount: str | pl.Expr) -> pl.Expr:
    """An amount in whole hundredths, checked to be so."""
    expression = pl.col(amount) if isinstance(amount, str) else amount
    return (expression * 100).cast(pl.Decimal(38, 0)).cast(pl.Int64)


def units(number: str, decimals: int) -> pl.Expr:
    """A number in whole units of its last decimal."""
    scaled: pl.Expr = pl.col(number) * 10**decimals
    return scaled.cast(pl.Decimal(38, 0)).cast(pl.Int64)


def divided(values: pl.Expr, divisor: int) -> pl.Expr:
    """Whole numbers divided and rounded half away from zero."""
    rounded: pl.Expr = values.sign() * ((values.abs() + divisor // 2) // divisor)
    return rounded


def journal_lines() -> pl.DataFrame:
    """Lines with their voucher, legal entity, day and account number; amounts in cents."""
    return _journal_lines_after(_shown)


@functools.cache
def _journal_lines_after(days: int) -> pl.DataFrame:
    tables = frames_after(days)
    entries = tables["GENERALJOURNALENTRY"].select(
        pl.col("RECID").alias("GENERALJOURNALENTRY"),
        pl.col("SUBLEDGERVOUCHER").alias("VOUCHER"),
        pl.col("SUBLEDGERVOUCHERDATAAREAID").alias("DATAAREAID"),
        "ACCOUNTINGDATE",
        "LEDGER",
    )
    accounts = tables["MAINACCOUNT"].select(pl.col("RECID").alias("MAINACCOUNT"), "MAINACCOUNTID")
    amounts = [cents(name).alias(label) for label, name in AMOUNTS.items()]
    return (
        tables["GENERALJOURNALACCOUNTENTRY"]
        .join(entries, on="GENERALJOURNALENTRY")
        .join(accounts, on="MAINACCOUNT")
        .with_columns(cents("TRANSACTIONCURRENCYAMOUNT").alias("amount"), *amounts)
    )


def balances(account: str, amount: str = "accounting") -> dict[str, int]:
    """Closing balance of a main account by legal entity, in cents; zeros left out."""
    return by_entity(journal_lines().filter(MAINACCOUNTID=account), pl.col(amount))


def by_entity(frame: pl.DataFrame, amount: pl.Expr) -> dict[str, int]:
    """Sums by legal entity, zeros left out."""
    sums = frame.group_by("DATAAREAID").agg(amount.sum().alias("total"))
    return {entity: total for entity, total in sums.rows() if total != 0}


def lots() -> pl.DataFrame:
    """Inventory transactions with their lot, its kind and reference."""
    origins = frames()["INVENTTRANSORIGIN"].select(
        pl.col("RECID").alias("INVENTTRANSORIGIN"),
        "INVENTTRANSID",
        "REFERENCECATEGORY",
        "REFERENCEID",
    )
    return frames()["INVENTTRANS"].join(origins, on="INVENTTRANSORIGIN")
