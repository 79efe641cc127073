"""One table in an Oracle that can be broken, and its raw asset on a lake of the test's own."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pyarrow as pa
from deltalake import DeltaTable

from erp_assets.components.raw_asset import RawTable, raw_asset
from erp_resources.connector import Column, ReadPoint, TableSchema
from erp_resources.lake import DeltaIOManager
from erp_resources.lake.staging import STAGES_FOLDER
from erp_resources.oracle import OracleResource
from erp_resources.oracle.reader import OracleConnector
from erp_resources.pool import PoolSettings
from erp_resources.sandbox import catalog
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.faults import Faults
from erp_resources.sandbox.oracle.engine import OracleEngine, User
from erp_resources.sandbox.oracle.server import OracleServer

SCHEMA, TABLE, FORBIDDEN = "APP", "BOOKINGS", "PAYROLL"
ROWS = 2500
"""Five batches: the reader fetches 500 rows at least, and so many when it knows no width."""
READER, PASSWORD = "READER", "s3cret-r"
TYPES = {"ID": "NUMBER(10)", "AMOUNT": "NUMBER(15,2)", "BOOKED_ON": "DATE"}
FETCHED_ALREADY = 1000
"""Rows after which faults strike in mid-fetch."""


def declared(table: str = TABLE) -> RawTable:
    """The declaration of ``table``; nothing in the source itself keeps its key unique."""
    columns = tuple(Column(name, kind) for name, kind in TYPES.items())
    # A width that makes the reader's batches small.
    source = TableSchema(SCHEMA, table, columns, ("ID",), rows=ROWS, bytes=ROWS * 1_000_000)
    return RawTable(
        system="oracle",
        source=source,
        description="Bookings; one row per booking.",
        primary_key=("ID",),
        totals=("AMOUNT",),
    )


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
        "pool": PoolSettings(timeout=2.0),
    }
    return OracleResource(**settings | changes)


@contextlib.contextmanager
def source(*, may_flashback: bool = True) -> Iterator[Source]:
    """A running source with ``ROWS`` rows, read by an account that may not see ``FORBIDDEN``."""
    columns = tuple(catalog.Column(name, kind) for name, kind in TYPES.items())
    database, faults = Database(), Faults()
    for table in (TABLE, FORBIDDEN):
        database.load(catalog.Table(SCHEMA, table, columns, ()), _rows())
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


def _rows() -> pa.Table:
    day = dt.datetime(2024, 1, 1)
    return pa.table(
        {
            "ID": pa.array(range(1, ROWS + 1), pa.int64()),
            "AMOUNT": pa.array([Decimal(n) / 100 for n in range(ROWS)], pa.decimal128(15, 2)),
            "BOOKED_ON": pa.array([day] * ROWS, pa.timestamp("s")),
        }
    )


@dataclasses.dataclass(frozen=True)
class Watched(OracleConnector):
    """A connector that keeps the read points that it gave out, and can lose the last row.

    Attributes:
        after_point: called after each read point was given out.
    """

    points: list[ReadPoint] = dataclasses.field(default_factory=list)
    after_point: Callable[[], None] = lambda: None
    loses_a_row: bool = False

    @contextlib.contextmanager
    def read_point(self) -> Iterator[ReadPoint]:
        """The present moment, remembered."""
        with super().read_point() as point:
            self.points.append(point)
            self.after_point()
            yield point

    def scan(self, *arguments: Any, **named: Any) -> pl.LazyFrame:
        """The table, or all of it but a row, as a driver with a fault would give it."""
        frame = super().scan(*arguments, **named)
        return frame.filter(pl.col("ID") != ROWS) if self.loses_a_row else frame


@contextlib.contextmanager
def watched(origin: Source, **behaviour: Any) -> Iterator[Watched]:
    """A watched connector on ``origin``."""
    with origin.resource().connector() as plain:
        yield Watched(plain.system, plain.mode, plain.pool, plain.call_timeout, **behaviour)


@dataclasses.dataclass(frozen=True)
class Lake:
    """The folder that the asset lands in, seen from outside."""

    folder: Path

    @property
    def table(self) -> Path:
        """The asset's Delta table."""
        return self.folder / "raw" / "oracle" / TABLE.lower()

    def load(
        self, connector: OracleResource | OracleConnector, table: RawTable | None = None
    ) -> dg.ExecuteInProcessResult:
        """Materialize the raw asset once; the result says whether it succeeded."""
        return dg.materialize(
            [raw_asset(table or declared())],
            resources={
                "oracle": connector,
                "io_manager": DeltaIOManager(base_dir=str(self.folder)),
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )

    def rows(self) -> pl.DataFrame:
        """What a reader of the lake sees."""
        return pl.scan_delta(str(self.table)).collect().sort("ID")

    def version(self) -> int | None:
        """The version that a reader sees; ``None`` before the first."""
        return (
            DeltaTable(self.table).version() if DeltaTable.is_deltatable(str(self.table)) else None
        )

    def staged(self) -> set[str]:
        """The folders of data files, published or not."""
        stages = self.table / STAGES_FOLDER
        return {path.name for path in stages.iterdir()} if stages.exists() else set()

    def published(self) -> set[str]:
        """The folders that some version of the table names."""
        if self.version() is None:
            return set()
        log = (self.table / "_delta_log").glob("*.json")
        text = "".join(path.read_text() for path in log)
        return {name for name in self.staged() if name in text}


def failure(result: dg.ExecuteInProcessResult) -> str:
    """Class and message of the error that failed the one step."""
    (event,) = result.get_step_failure_events()
    error = event.step_failure_data.error
    assert error is not None
    cause = error.cause or error
    return cause.message


def land_for_ever(port: int, folder: str) -> None:
    """Load again and again, for a test that kills this process in the middle."""
    lake = Lake(Path(folder))
    while True:
        assert lake.load(_resource(port)).success
        print("landed", flush=True)  # noqa: T201 - the test waits for it
