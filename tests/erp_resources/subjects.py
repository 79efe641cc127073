"""A small source for each kind of system, the same rows in all, for the contract's tests.

A system takes part in the contract by one function in ``SUBJECTS``.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa

from erp_resources.connector import Connector
from erp_resources.oracle import OracleResource
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.server import OracleServer

SCHEMA, TABLE, FORBIDDEN = "APP", "ORDERS", "PAYROLL"
KEYS = ["ORDER_ID"]
COMMENT = "Orders; one row per order."
NOTE_COMMENT = 'What the customer said: "quoted", tab\tand Ä.'
EXPECTED = pl.DataFrame(
    {
        "ORDER_ID": [1, 2, 3],
        "AMOUNT": [Decimal("12345678901.25"), Decimal("-0.05"), None],
        "RATE": [Decimal("1.23456"), Decimal(0), Decimal("-99999999999999999999.5")],
        "NOTE": ["Ünïcödé 東京 O'Brien", None, "tab\there"],
        "ORDERED_ON": [datetime(2024, 2, 29, 23, 59, 59), datetime(1999, 12, 31), None],
        "CHANGED_AT": [datetime(2024, 5, 1, 12, 0, 0, 123456), None, datetime(2024, 5, 2)],
        "SHIPPED_AT": [
            datetime(2024, 6, 1, 10, tzinfo=UTC),
            None,
            datetime(2024, 6, 2, tzinfo=UTC),
        ],
        "SHIPPED_AT__OFFSET": [120, None, -330],
    },
    schema={
        "ORDER_ID": pl.Int64,
        "AMOUNT": pl.Decimal(15, 2),
        "RATE": pl.Decimal(38, 5),
        "NOTE": pl.String,
        "ORDERED_ON": pl.Datetime("us"),
        "CHANGED_AT": pl.Datetime("us"),
        "SHIPPED_AT": pl.Datetime("us", "UTC"),
        "SHIPPED_AT__OFFSET": pl.Int16,
    },
)


@dataclass(frozen=True)
class Subject:
    """A connector on a source of ``EXPECTED``, and another account's hand on the same source."""

    connector: Connector
    write: Callable[[str], None]
    faults: Faults


@contextlib.contextmanager
def oracle(denied: str = f"{SCHEMA}.{FORBIDDEN}") -> Iterator[Subject]:
    """The sandbox's Oracle, read by Oracle's driver; ``denied`` does not exist for the account."""
    database, faults = Database(), Faults()
    database.load(*_oracle_orders())
    database.load(
        Table(SCHEMA, FORBIDDEN, (Column("ID", "NUMBER(5)"),), ("ID",)), pa.table({"ID": [1]})
    )
    reader = User("READER", denied=frozenset({denied}))
    engine = OracleEngine(database, users={reader.name: reader})
    with OracleServer(
        engine.session, {"READER": "s3cret-r"}, service="APP", faults=faults
    ) as server:
        resource = OracleResource(
            mode="sandbox",
            host="127.0.0.1",
            port=server.port,
            service="APP",
            user="READER",
            password="s3cret-r",
            call_timeout=20.0,
        )
        with resource.connector() as connector:
            yield Subject(connector, _writer(engine), faults)


def _writer(engine: OracleEngine) -> Callable[[str], None]:
    def write(sql: str) -> None:
        session = engine.session("READER")
        session.execute(sql, [])
        session.commit()
        session.close()

    return write


def _oracle_orders() -> tuple[Table, pa.Table]:
    types = {
        "ORDER_ID": "NUMBER(10)",
        "AMOUNT": "NUMBER(15,2)",
        "RATE": "NUMBER",
        "NOTE": "VARCHAR2(200)",
        "ORDERED_ON": "DATE",
        "CHANGED_AT": "TIMESTAMP(6)",
        "SHIPPED_AT": "TIMESTAMP(6) WITH TIME ZONE",
    }
    comments = {"NOTE": NOTE_COMMENT}
    columns = tuple(
        Column(name, kind, nullable=name not in KEYS, comment=comments.get(name, ""))
        for name, kind in types.items()
    )
    zoned = [
        None if at is None else {"utc": at.replace(tzinfo=None), "offset_minutes": minutes}
        for at, minutes in zip(EXPECTED["SHIPPED_AT"], EXPECTED["SHIPPED_AT__OFFSET"], strict=True)
    ]
    zone = pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int16())])
    rows = pa.table(
        {
            "ORDER_ID": pa.array(EXPECTED["ORDER_ID"].to_list(), pa.int64()),
            "AMOUNT": pa.array(EXPECTED["AMOUNT"].to_list(), pa.decimal128(15, 2)),
            "RATE": pa.array(EXPECTED["RATE"].to_list(), pa.decimal128(38, 10)),
            "NOTE": pa.array(EXPECTED["NOTE"].to_list(), pa.string()),
            "ORDERED_ON": pa.array(EXPECTED["ORDERED_ON"].to_list(), pa.timestamp("s")),
            "CHANGED_AT": pa.array(EXPECTED["CHANGED_AT"].to_list(), pa.timestamp("us")),
            "SHIPPED_AT": pa.array(zoned, zone),
        }
    )
    return Table(SCHEMA, TABLE, columns, tuple(KEYS), COMMENT), rows


SUBJECTS: dict[str, Callable[[], contextlib.AbstractContextManager[Subject]]] = {"oracle": oracle}
