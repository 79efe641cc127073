"""What the headquarters' tables look like when they are read: computed from its rows in Polars.

Amounts are compared as digits: whole numbers of the smallest unit that the landed column has.
"""

import functools

import polars as pl

from erp_resources.connector import TableSchema
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from tests.erp_resources.sandbox import s4_frames

TABLES = tuple(sorted(s4_frames.declarations()))
COMPANY_CODES = {"FAGLFLEXT": "RBUKRS"}
"""Where the field that leads to T001 has another name than there."""
BY_AREA = ("MBEW",)
"""Tables that lead to T001 by the valuation areas of T001K."""


def load(database: Database, *names: str) -> Database:
    """Fill a database with the tables of those names, all of them unless told otherwise."""
    for name in names or TABLES:
        database.load(s4_frames.declarations()[name], s4_frames.generated()[name])
    return database


def expected(name: str, schema: TableSchema) -> pl.DataFrame:
    """The rows of client 100 as they are landed, with amounts as digits."""
    table, rows = s4_frames.declarations()[name], s4_frames.frame(name)
    columns = [_landed(table, column, rows, schema) for column in table.columns]
    return rows.select(columns)


def comparable(rows: pl.DataFrame, schema: TableSchema) -> pl.DataFrame:
    """Rows that were read, with amounts as digits, in the order of the key."""
    amounts = [each.name for each in schema.columns if each.type.startswith("CURR")]
    found = [name for name in amounts if name in rows.columns]
    return rows.with_columns(_digits(name, rows.schema[name]) for name in found)


def _digits(name: str, kind: pl.DataType) -> pl.Expr:
    assert isinstance(kind, pl.Decimal)
    digits: pl.Expr = pl.col(name) * 10**kind.scale
    return digits.cast(pl.Int64).alias(name)


def _landed(table: Table, column: Column, rows: pl.DataFrame, schema: TableSchema) -> pl.Expr:
    cell: pl.Expr = pl.col(column.name)
    if column.type == "DATS":
        return pl.when(cell != "00000000").then(cell.str.to_date("%Y%m%d", strict=False))
    if column.type == "TIMS":
        return cell.str.to_time("%H%M%S").dt.to_string("%H:%M:%S")
    if column.type.startswith("INT"):
        return cell.cast(pl.Int64)
    if not column.type.startswith("CURR"):
        return cell
    scale = schema.column(column.name).scale
    if scale is None:  # nothing leads from the table to its amounts' currencies
        return (cell * 100).cast(pl.Int64)
    currencies = _currencies(table, column, rows)
    decimals = pl.lit(currencies).replace_strict(_decimals(), default=2)
    return ((cell * 100).cast(pl.Int64) * 10 ** (scale - decimals)).alias(column.name)


@functools.cache
def _decimals() -> dict[str, int]:
    return dict(s4_frames.frame("TCURX").select("CURRKEY", pl.col("CURRDEC").cast(int)).rows())


def _currencies(table: Table, column: Column, rows: pl.DataFrame) -> pl.Series:
    referred, _, field = column.reference.partition("-")
    if referred == table.name:
        return rows[field]
    key = [name for name in s4_frames.declarations()[referred].primary_key if name != "MANDT"]
    own = [COMPANY_CODES.get(table.name, name) if name == "BUKRS" else name for name in key]
    if table.name in BY_AREA:
        areas = s4_frames.frame("T001K").select("BWKEY", "BUKRS")
        rows = rows.join(areas, on="BWKEY", how="left", maintain_order="left")
    others = s4_frames.frame(referred).select(*key, pl.col(field).alias("currency"))
    joined = rows.join(others, left_on=own, right_on=key, how="left", maintain_order="left")
    return joined["currency"]
