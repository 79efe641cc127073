"""The sandbox's SQL Server as a subject of the connector contract, by each of two real drivers."""

import contextlib
from collections.abc import Callable, Iterator

import polars as pl
import pyarrow as pa

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine, User
from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sqlserver import SqlServerResource
from tests.erp_resources.sqlserver.conftest import driver_named
from tests.erp_resources.subjects import (
    COMMENT,
    EXPECTED,
    FORBIDDEN,
    KEYS,
    NOTE_COMMENT,
    SCHEMA,
    TABLE,
    Subject,
)

DATABASE, READER, WRITER, PASSWORD = "AX", "reader", "writer", "s3cret-r"
TYPES = {
    "ORDER_ID": "bigint",
    "AMOUNT": "decimal(15,2)",
    "RATE": "decimal(38,5)",
    "NOTE": "nvarchar(200)",
    "ORDERED_ON": "datetime",
    "CHANGED_AT": "datetime2(6)",
    "SHIPPED_AT": "datetimeoffset(6)",
    "VERSION": "timestamp",
}


@contextlib.contextmanager
def sqlserver(
    driver: str = "microsoft", denied: str = f"{SCHEMA}.{FORBIDDEN}"
) -> Iterator[Subject]:
    """The sandbox's SQL Server; ``denied`` does not exist for the account."""
    name = driver_named(driver)
    database, faults = Database(), Faults()
    database.load(*_orders())
    database.load(
        Table(SCHEMA, FORBIDDEN, (Column("ID", "bigint"),), ("ID",)), pa.table({"ID": [1]})
    )
    reader = User(READER, denied=frozenset({denied}), may_write=False, may_view_state=False)
    engine = SqlServerEngine(database, {READER: reader, WRITER: User(WRITER)}, name=DATABASE)
    with SqlServer(engine.session, {READER: PASSWORD}, faults=faults) as server:
        resource = SqlServerResource(
            mode="sandbox",
            host="127.0.0.1",
            port=server.port,
            database=DATABASE,
            user=READER,
            password=PASSWORD,
            encrypt="no",
            driver=name,
            call_timeout=60.0,
        )
        with resource.connector() as connector:
            versions = connector.execute(f"SELECT VERSION FROM {SCHEMA}.{TABLE} ORDER BY ORDER_ID")
            yield Subject(
                connector,
                _writer(engine),
                lambda: faults.arm("drop", at="fetch"),
                expected=EXPECTED.with_columns(
                    pl.Series("VERSION", [bytes(value) for (value,) in versions], pl.Binary)
                ),
                decimals="refused",
            )


def _writer(engine: SqlServerEngine) -> Callable[[str], None]:
    def write(sql: str) -> None:
        session = engine.session(WRITER, DATABASE)
        for _ in session.execute(sql):
            pass
        session.close()

    return write


def _orders() -> tuple[Table, pa.Table]:
    comments = {"NOTE": NOTE_COMMENT}
    columns = tuple(
        Column(name, kind, nullable=name not in KEYS, comment=comments.get(name, ""))
        for name, kind in TYPES.items()
    )
    rows = EXPECTED.drop("SHIPPED_AT", "SHIPPED_AT__OFFSET").to_arrow().to_pydict()
    zoned = [
        None if at is None else {"utc": at.replace(tzinfo=None), "offset_minutes": minutes}
        for at, minutes in EXPECTED.select("SHIPPED_AT", "SHIPPED_AT__OFFSET").rows()
    ]
    arrow = {
        "ORDER_ID": pa.int64(),
        "AMOUNT": pa.decimal128(15, 2),
        "RATE": pa.decimal128(38, 5),
        "NOTE": pa.string(),
        "ORDERED_ON": pa.timestamp("us"),
        "CHANGED_AT": pa.timestamp("us"),
        "SHIPPED_AT": pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int16())]),
        "VERSION": pa.binary(8),
    }
    values = {**rows, "SHIPPED_AT": zoned, "VERSION": [None] * EXPECTED.height}
    table = pa.table({name: pa.array(values[name], kind) for name, kind in arrow.items()})
    return Table(SCHEMA, TABLE, columns, tuple(KEYS), COMMENT), table
