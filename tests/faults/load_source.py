"""One table in an Oracle that can be broken; the lake that it lands in is ``load_lake.py``'s."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from erp_assets.components.raw_asset import RawTable
from erp_resources.oracle import OracleResource
from erp_resources.pool import PoolSettings
from erp_resources.sandbox import catalog
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.server import OracleServer
from tests.faults.load_lake import (
    FORBIDDEN,
    SCHEMA,
    TABLE,
    Lake,
    Watched,
    bookings,
    declaration,
)

ROWS = 2500
"""Five batches: the reader fetches 500 rows at least, and so many when it knows no width."""
READER, PASSWORD = "READER", "s3cret-r"
TYPES = {"ID": "NUMBER(10)", "AMOUNT": "NUMBER(15,2)", "BOOKED_ON": "DATE"}
FETCHED_ALREADY = 1000
"""Rows after which faults strike in mid-fetch."""


def declared(table: str = TABLE) -> RawTable:
    """The declaration of ``table``, of a width that makes the reader's batches small."""
    return declaration("oracle", TYPES, table, rows=ROWS, bytes=ROWS * 1_000_000)


@dataclasses.dataclass
class Source:
    """The sandbox's Oracle with one table, whose server can be stopped and started again."""

    engine: OracleEngine
    faults: Faults
    server: OracleServer
    port: int
    runs: bool = True

    def write(self, sql: str) -> None:
        """Change the table as another account would, and commit."""
        session = self.engine.session("WRITER")
        session.execute(sql, [])
        session.commit()
        session.close()

    def stop(self) -> None:
        """Cut all sessions and stop listening."""
        if self.runs:
            self.server.stop()
        self.runs = False

    def restart(self) -> None:
        """Start again on the same port."""
        self.server = _server(self.engine, self.faults, self.port).start()
        self.runs = True

    def resource(self, **changes: Any) -> OracleResource:
        """The reader's account on it; ``changes`` are other settings."""
        return _resource(self.port, **changes)


def _resource(port: int, **changes: Any) -> OracleResource:
    settings: dict[str, Any] = {
        "mode": "sandbox",
        "host": "127.0.0.1",
        "port": port,
        "service": "APP",
        "user": READER,
        "password": PASSWORD,
        "call_timeout": 20.0,
        "pool": PoolSettings(timeout=10.0),
    }
    return OracleResource(**settings | changes)


@contextlib.contextmanager
def source(*, may_flashback: bool = True) -> Iterator[Source]:
    """A running source with ``ROWS`` rows, read by an account that may not see ``FORBIDDEN``."""
    columns = tuple(catalog.Column(name, kind) for name, kind in TYPES.items())
    database, faults = Database(), Faults()
    for table in (TABLE, FORBIDDEN):
        database.load(catalog.Table(SCHEMA, table, columns, ()), bookings(ROWS, "s"))
    denied = frozenset({f"{SCHEMA}.{FORBIDDEN}"})
    reader = User(READER, denied=denied, may_flashback=may_flashback, may_write=False)
    engine = OracleEngine(database, {user.name: user for user in (reader, User("WRITER"))})
    server = _server(engine, faults).start()
    running = Source(engine, faults, server, server.port)
    try:
        yield running
    finally:
        faults.clear()
        running.stop()
        database.close()


def _server(engine: OracleEngine, faults: Faults, port: int = 0) -> OracleServer:
    accounts = {READER: PASSWORD}
    return OracleServer(engine.session, accounts, service="APP", port=port, faults=faults)


@contextlib.contextmanager
def watched(origin: Source, **behaviour: Any) -> Iterator[Watched]:
    """A watched connector on ``origin``."""
    with origin.resource().connector() as connector:
        yield Watched(connector, **behaviour)


def lake_of(folder: Path) -> Lake:
    """A lake in ``folder`` for the table."""
    return Lake(folder, declared())


def land_for_ever(port: int, folder: str) -> None:
    """Load again and again, for a test that kills this process in the middle."""
    lake = lake_of(Path(folder))
    while True:
        assert lake.load(_resource(port)).success
        print("landed", flush=True)  # noqa: T201 - the test waits for it
