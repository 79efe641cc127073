"""The sandbox's SAP system as a subject of the connector contract, by each of the two drivers."""

import contextlib
from collections.abc import Callable, Iterator
from decimal import Decimal

import polars as pl
import pyarrow as pa

from erp_resources.retry import ATTEMPTS
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.users import User
from erp_resources.sap.drivers import DriverName
from tests.erp_resources.sap.systems import USER, library, resource, running, running_apart
from tests.erp_resources.subjects import (
    COMMENT,
    EXPECTED,
    FORBIDDEN,
    KEYS,
    NOTE_COMMENT,
    TABLE,
    Subject,
)

SCHEMA = "SAP"
TYPES = {
    "ORDER_ID": "INT8",
    "AMOUNT": "DEC(15,2)",
    "RATE": "DEC(31,5)",
    "NOTE": "CHAR(200)",
    "ORDERED_ON": "DATS",
}
NO_NULLS = EXPECTED.select(
    "ORDER_ID",
    pl.col("AMOUNT").fill_null(Decimal("-7.00")).cast(pl.Decimal(15, 2)),
    pl.col("RATE").cast(pl.Decimal(31, 5)),
    pl.col("NOTE").fill_null(""),
    pl.col("ORDERED_ON").cast(pl.Date),
)
"""The contract's rows, as far as SAP can hold them: null is only what no date is."""

READER = User(USER, denied_tables=frozenset({FORBIDDEN}))


@contextlib.contextmanager
def sap(driver: DriverName = "native") -> Iterator[Subject]:
    """The sandbox's SAP system; for pyrfc in a process of its own."""
    library(driver)  # a driver that is not built skips before anything starts
    with contextlib.ExitStack() as stack:
        if driver == "pyrfc":
            remote = stack.enter_context(running_apart(load, None, READER))
            number, write = remote.system_number, remote.write
            drop: Callable[[], None] = lambda: remote.arm("drop", times=ATTEMPTS)  # noqa: E731
        else:
            database = Database()
            load(database)
            system = stack.enter_context(running(database, None, READER))
            number, write = system.server.system_number, system.write
            drop = lambda: system.faults.arm("drop", times=ATTEMPTS)  # noqa: E731
        connector = stack.enter_context(resource(number, driver).connector())
        yield Subject(
            connector,
            lambda sql: write(TABLE, sql.replace(f'"{SCHEMA}"."{TABLE}"', "{}")),
            drop,
            schema=SCHEMA,
            expected=NO_NULLS,
            decimals="refused",
            has_nulls=False,
            has_moments=False,
            has_marks=False,
            lists_forbidden=True,
        )


def load(database: Database) -> None:
    """Fill a database with the contract's tables."""
    database.load(*_orders())
    forbidden = Table(SCHEMA, FORBIDDEN, (Column("ID", "INT8"),), ("ID",))
    database.load(forbidden, pa.table({"ID": [1]}))


def _orders() -> tuple[Table, pa.Table]:
    comments = {"NOTE": NOTE_COMMENT}
    columns = tuple(
        Column(name, kind, nullable=False, comment=comments.get(name, ""))
        for name, kind in TYPES.items()
    )
    days = pl.col("ORDERED_ON").dt.strftime("%Y%m%d").fill_null("00000000")
    rows = NO_NULLS.with_columns(days).to_arrow()
    kinds = {"NOTE": pa.string(), "ORDERED_ON": pa.string()}
    rows = rows.cast(pa.schema([(f.name, kinds.get(f.name, f.type)) for f in rows.schema]))
    return Table(SCHEMA, TABLE, columns, tuple(KEYS), COMMENT, texts={"E": COMMENT}), rows
