"""A small source for each kind of system, the same rows in all, for the contract's tests.

A system takes part in the contract by one function in ``SUBJECTS``.
"""

import contextlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa
import pytest

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
    """A connector on a source of the contract's rows, and another account's hand on it.

    Attributes:
        write: runs a statement with quoted names, as another account, and commits.
        drop: makes the session die in the middle of the next fetch; ``None`` where there is
            nothing between us and the data that could die.
        schema: where the table is.
        expected: its rows, as far as the product's types can hold them.
        decimals: what the source does with a number that has more decimals than were known:
            ``found`` by its dictionary later, ``kept`` in spite of the declaration, ``refused``.
        has_comments: whether the product keeps texts of tables and columns.
        has_rights: whether it can forbid a table to an account.
        has_marks: whether it tells that a table has changed.
        has_nulls: whether columns of all types know null; a missing day always is null.
        has_moments: whether several reads can see one moment.
        lists_forbidden: whether tables are listed that the account may not read.
    """

    connector: Connector
    write: Callable[[str], None]
    drop: Callable[[], None] | None
    schema: str = SCHEMA
    expected: pl.DataFrame = field(default_factory=lambda: EXPECTED)
    decimals: Literal["found", "kept", "refused"] = "found"
    has_comments: bool = True
    has_rights: bool = True
    has_marks: bool = True
    has_nulls: bool = True
    has_moments: bool = True
    lists_forbidden: bool = False

    @property
    def table(self) -> str:
        """The table's name for a statement."""
        return f'"{self.schema}"."{TABLE}"'


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
            yield Subject(connector, _writer(engine), lambda: faults.arm("drop", at="fetch"))


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


@contextlib.contextmanager
def postgresql() -> Iterator[Subject]:
    """A real PostgreSQL, read through psqlODBC."""
    require_driver("PostgreSQL")
    from erp_resources.odbc import OdbcResource
    from tests.erp_resources.postgresql import READER, READER_PASSWORD, database

    with database() as source:
        for statement in _POSTGRESQL:
            source.write(statement)
        for row in EXPECTED.drop("SHIPPED_AT__OFFSET").rows():
            source.write(f'INSERT INTO "{SCHEMA}"."{TABLE}" VALUES (?, ?, ?, ?, ?, ?, ?)', *row)
        source.write(f'ANALYZE "{SCHEMA}"."{TABLE}"')
        resource = OdbcResource(
            system="postgresql",
            mode="real",
            connection_string=source.connection_string,
            user=READER,
            password=READER_PASSWORD,
            call_timeout=20.0,
        )

        def drop() -> None:
            for statement in _DYING_AT_THE_SECOND_ROW:
                source.write(statement)

        with resource.connector() as connector:
            yield Subject(
                connector, source.write, drop, expected=EXPECTED.drop("SHIPPED_AT__OFFSET")
            )


_POSTGRESQL = (
    f'CREATE SCHEMA "{SCHEMA}"',
    f'''CREATE TABLE "{SCHEMA}"."{TABLE}" (
        "ORDER_ID" bigint PRIMARY KEY, "AMOUNT" numeric(15,2), "RATE" numeric,
        "NOTE" varchar(200), "ORDERED_ON" timestamp(0), "CHANGED_AT" timestamp(6),
        "SHIPPED_AT" timestamptz)''',
    f'CREATE TABLE "{SCHEMA}"."{FORBIDDEN}" ("ID" integer PRIMARY KEY)',
    f'''COMMENT ON TABLE "{SCHEMA}"."{TABLE}" IS '{COMMENT}' ''',
    f'''COMMENT ON COLUMN "{SCHEMA}"."{TABLE}"."NOTE" IS '{NOTE_COMMENT}' ''',
    f'GRANT USAGE ON SCHEMA "{SCHEMA}" TO reader',
    f'GRANT SELECT ON "{SCHEMA}"."{TABLE}" TO reader',
)
_DYING_AT_THE_SECOND_ROW = (
    "CREATE SEQUENCE steps",  # what it has counted survives the death
    """CREATE FUNCTION survives() RETURNS boolean VOLATILE SECURITY DEFINER LANGUAGE sql
       RETURN nextval('steps') <> 2 OR pg_terminate_backend(pg_backend_pid())""",
    f'ALTER TABLE "{SCHEMA}"."{TABLE}" ENABLE ROW LEVEL SECURITY',
    f'CREATE POLICY mortal ON "{SCHEMA}"."{TABLE}" TO reader USING (survives())',
)


@contextlib.contextmanager
def sqlite() -> Iterator[Subject]:
    """A SQLite file, read through its ODBC driver: no zones, few decimals, no rights, no texts."""
    require_driver("SQLite")
    from erp_resources.odbc import OdbcResource

    expected = EXPECTED.select(
        "ORDER_ID",
        "AMOUNT",
        pl.Series("RATE", ["1.23456", "0", "-9999999999.5"]).str.to_decimal(scale=5),
        "NOTE",
        "ORDERED_ON",
        "CHANGED_AT",
    ).with_columns(pl.col("RATE").cast(pl.Decimal(15, 5)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.db"

        def write(statement: str, *values: object) -> None:
            with contextlib.closing(sqlite3.connect(file)) as connection, connection:
                connection.execute(statement, values)

        write("PRAGMA journal_mode=WAL")
        write(
            f'''CREATE TABLE "{TABLE}" (
                "ORDER_ID" INTEGER NOT NULL PRIMARY KEY, "AMOUNT" DECIMAL(15,2),
                "RATE" DECIMAL(15,5), "NOTE" TEXT, "ORDERED_ON" DATETIME, "CHANGED_AT" TIMESTAMP
            )'''
        )
        for row in expected.cast({pl.Decimal: pl.String, pl.Datetime: pl.String}).rows():
            write(f'INSERT INTO "{TABLE}" VALUES (?, ?, ?, ?, ?, ?)', *row)
        resource = OdbcResource(
            system="sqlite",
            mode="real",
            connection_string=f"Driver={{SQLite3}};Database={file}",
            call_timeout=20.0,
        )
        with resource.connector() as connector:
            yield Subject(
                connector,
                write,
                drop=None,
                schema="main",
                expected=expected,
                decimals="kept",
                has_comments=False,
                has_rights=False,
                has_marks=False,
            )


def require_driver(product: str) -> None:
    """Skip the test where there is no ODBC driver for ``product``; the reason says what helps."""
    from erp_resources.errors import SettingsError
    from erp_resources.odbc.drivers import find

    try:
        find(product)
    except SettingsError as error:
        pytest.skip(str(error))


def sqlserver(driver: str) -> contextlib.AbstractContextManager[Subject]:
    """The sandbox's SQL Server, read by one of its two drivers."""
    from tests.erp_resources.sqlserver.subject import sqlserver as subject

    return subject(driver)


def sap(driver: Literal["native", "pyrfc"]) -> contextlib.AbstractContextManager[Subject]:
    """The sandbox's SAP system, read by one of its two drivers."""
    from tests.erp_resources.sap.subject import sap as subject

    return subject(driver)


SUBJECTS: dict[str, Callable[[], contextlib.AbstractContextManager[Subject]]] = {
    "oracle": oracle,
    "postgresql": postgresql,
    "sqlite": sqlite,
    "sqlserver": partial(sqlserver, "microsoft"),
    "sqlserver by FreeTDS": partial(sqlserver, "freetds"),
    "sap": partial(sap, "native"),
    "sap by pyrfc": partial(sap, "pyrfc"),
}
