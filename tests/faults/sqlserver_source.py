"""One table in a SQL Server that can be broken; the lake that it lands in is ``load_lake.py``'s."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erp_assets.components.raw_asset import RawTable
from erp_resources.pool import PoolSettings
from erp_resources.sandbox import catalog
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine, User
from erp_resources.sandbox.sqlserver.named_faults import SQLSERVER_FAULTS
from erp_resources.sandbox.sqlserver.server import SqlServer
from erp_resources.sqlserver import SqlServerResource
from tests.faults.load_lake import FORBIDDEN, SCHEMA, TABLE, Lake, bookings, declaration

SYSTEM, DATABASE = "sqlserver", "AX"
ROWS = 25_000
"""Three batches of the reader."""
FETCHED_ALREADY = 15_000
"""Rows after which faults strike in mid-fetch: a batch is staged by then."""
READER, WRITER, PASSWORD = "reader", "writer", "s3cret-r"
TYPES = {"ID": "bigint", "AMOUNT": "decimal(15,2)", "BOOKED_ON": "datetime"}


def declared(table: str = TABLE) -> RawTable:
    """The declaration of ``table``."""
    return declaration(SYSTEM, TYPES, table)


def lake_of(folder: Path) -> Lake:
    """A lake in ``folder`` for the table."""
    return Lake(folder, declared())


@dataclass(frozen=True)
class Source:
    """The sandbox's SQL Server with one table, read by one of the two drivers."""

    engine: SqlServerEngine
    faults: Faults
    server: SqlServer
    driver: str

    def write(self, sql: str) -> None:
        """Change the table as another account would, and commit."""
        with contextlib.closing(self.engine.session(WRITER, DATABASE)) as session:
            for _ in session.execute(sql):
                pass

    def resource(self, **changes: Any) -> SqlServerResource:
        """The reader's account on it; ``changes`` are other settings."""
        settings: dict[str, Any] = {
            "system": SYSTEM,
            "mode": "sandbox",
            "host": "127.0.0.1",
            "port": self.server.port,
            "database": DATABASE,
            "user": READER,
            "password": PASSWORD,
            "encrypt": "no",
            "driver": self.driver,
            "call_timeout": 20.0,
            "pool": PoolSettings(timeout=5.0),
        }
        return SqlServerResource(**settings | changes)


@contextlib.contextmanager
def source(driver: str, *, holds_moments: bool = True) -> Iterator[Source]:
    """A running source with ``ROWS`` rows, read by an account that may not see ``FORBIDDEN``.

    Args:
        driver: name or path of the driver that reads it.
        holds_moments: whether the database allows snapshots.
    """
    columns = tuple(catalog.Column(name, kind) for name, kind in TYPES.items())
    database, faults = Database(), Faults(SQLSERVER_FAULTS)
    for table in (TABLE, FORBIDDEN):
        database.load(catalog.Table(SCHEMA, table, columns, ()), bookings(ROWS))
    denied = frozenset({f"{SCHEMA}.{FORBIDDEN}"})
    users = {READER: User(READER, denied=denied, may_write=False), WRITER: User(WRITER)}
    engine = SqlServerEngine(database, users, name=DATABASE, allow_snapshot_isolation=holds_moments)
    try:
        with SqlServer(engine.session, {READER: PASSWORD}, faults=faults) as server:
            yield Source(engine, faults, server, driver)
            faults.clear()
    finally:
        database.close()
