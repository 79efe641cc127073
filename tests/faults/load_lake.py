"""A raw asset on a lake of the test's own, whatever the source, and what a load does on its way.

The sources that can be broken are in ``load_source.py`` (Oracle) and ``sqlserver_source.py``.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pyarrow as pa
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from erp_assets.components.raw_asset import RawTable, raw_asset
from erp_resources.connector import (
    Column,
    Connector,
    ControlTotals,
    ReadPoint,
    TableQuery,
    TableSchema,
)
from erp_resources.lake import DeltaIOManager
from erp_resources.lake.staging import STAGES_FOLDER

SCHEMA, TABLE, FORBIDDEN = "APP", "BOOKINGS", "PAYROLL"


def bookings(rows: int, resolution: str = "us") -> pa.Table:
    """So many rows of the table, numbered from 1; AMOUNT is 0.00, 0.01 and so on.

    Args:
        rows: how many.
        resolution: Arrow's unit of BOOKED_ON, which a sandbox takes exactly as it stores it.
    """
    day = dt.datetime(2024, 1, 1)
    return pa.table(
        {
            "ID": pa.array(range(1, rows + 1), pa.int64()),
            "AMOUNT": pa.array([Decimal(n) / 100 for n in range(rows)], pa.decimal128(15, 2)),
            "BOOKED_ON": pa.array([day] * rows, pa.timestamp(resolution)),
        }
    )


def declaration(
    system: str, types: Mapping[str, str], table: str = TABLE, **facts: Any
) -> RawTable:
    """The declaration of ``table``; nothing in the source itself keeps its key unique."""
    columns = tuple(Column(name, kind) for name, kind in types.items())
    return RawTable(
        system=system,
        source=TableSchema(SCHEMA, table, columns, ("ID",), **facts),
        description="Bookings; one row per booking.",
        primary_key=("ID",),
        totals=("AMOUNT",),
    )


def nothing() -> None:
    """What happens at a moment at which nothing happens."""


@dataclass
class Watched:
    """What a load asks of a connector, passed on to one; others may act in between.

    Attributes:
        after_point: called after each read point was given out.
        before_totals: called before the source counts and sums.
        after_totals: called after that.
        loses_a_row: whether a row gets lost on the way, as by a driver with a fault.
        points: the read points that were given out.
    """

    connector: Connector
    after_point: Callable[[], None] = nothing
    before_totals: Callable[[], None] = nothing
    after_totals: Callable[[], None] = nothing
    loses_a_row: bool = False
    points: list[ReadPoint] = field(default_factory=list)

    @property
    def mode(self) -> str:
        """The connector's."""
        return self.connector.mode

    @contextlib.contextmanager
    def read_point(self) -> Iterator[ReadPoint]:
        """The present moment, remembered."""
        with self.connector.read_point() as point:
            self.points.append(point)
            self.after_point()
            yield point

    def control_totals(
        self, query: TableQuery, at: ReadPoint | None = None, sums: Sequence[str] = ()
    ) -> ControlTotals:
        """The source's own count and sums."""
        self.before_totals()
        totals = self.connector.control_totals(query, at, sums)
        self.after_totals()
        return totals

    def scan(self, query: TableQuery, at: ReadPoint | None = None) -> pl.LazyFrame:
        """The table, or all of it but the row after the first."""
        frame = self.connector.scan(query, at)
        return frame.filter(pl.col("ID") != 2) if self.loses_a_row else frame


@dataclass(frozen=True)
class Lake:
    """The folder that a raw asset lands in, seen from outside."""

    folder: Path
    asset: RawTable

    @property
    def table(self) -> Path:
        """The asset's Delta table."""
        return self.folder.joinpath(*self.asset.key.path)

    def load(self, connector: object, table: RawTable | None = None) -> dg.ExecuteInProcessResult:
        """Materialize the raw asset (or that of another table) once, and say how it went.

        Args:
            connector: the resource, or what stands for it.
        """
        return dg.materialize(
            [raw_asset(table or self.asset)],
            resources={
                self.asset.system: connector,
                "io_manager": DeltaIOManager(base_dir=str(self.folder)),
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )

    def rows(self) -> pl.DataFrame:
        """What a reader of the lake sees, in the order of the key."""
        frame = pl.scan_delta(str(self.table)).collect()
        return frame.sort(self.asset.primary_key)

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


@contextlib.contextmanager
def untouched(lake: Lake) -> Iterator[None]:
    """What happens in the block is not seen by readers of the lake, and leaves no files."""
    version, rows = lake.version(), lake.rows()
    yield
    assert lake.version() == version
    assert_frame_equal(lake.rows(), rows)
    assert lake.staged() == lake.published()


def failure(result: dg.ExecuteInProcessResult) -> str:
    """Class and message of the error that failed the one step."""
    (event,) = result.get_step_failure_events()
    error = event.step_failure_data.error
    assert error is not None
    cause = error.cause or error
    return cause.message


def materialization(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    """What the one materialization records."""
    (event,) = result.get_asset_materialization_events()
    return dict(event.step_materialization_data.materialization.metadata)


def assert_refused(
    lake: Lake, result: dg.ExecuteInProcessResult, finding: str, **figures: int
) -> None:
    """The check failed with these figures, and so did the run."""
    assert not result.success
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed) == ("reconciled", False)
    assert {name: check.metadata[name].value for name in figures} == figures
    assert check.description == finding
    name = lake.asset.source.name
    for part in (f"ReconciliationFailed: {lake.asset.system}", name, finding, "nothing was"):
        assert part in failure(result)
    assert not result.get_asset_materialization_events()
    assert lake.staged() == lake.published()
