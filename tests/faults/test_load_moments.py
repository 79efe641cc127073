"""Sources that cannot hold a moment, and tables that change while they are read.

A database without snapshots (SQL Server, by both drivers), and one of which only the standard
dialect is known (a real PostgreSQL); beside them the same databases with their moments.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from erp_assets.components.raw_asset import RawTable
from erp_resources.odbc import OdbcResource
from erp_resources.retry import ATTEMPTS
from erp_resources.sqlserver import SqlServerResource
from tests.erp_resources import postgresql
from tests.erp_resources.sqlserver.conftest import driver_named
from tests.erp_resources.subjects import require_driver
from tests.faults import sqlserver_source
from tests.faults.load_lake import (
    SCHEMA,
    TABLE,
    Lake,
    Watched,
    assert_refused,
    declaration,
    failure,
    materialization,
    nothing,
    untouched,
)

NAME = f'"{SCHEMA}"."{TABLE}"'
POSTGRESQL_ROWS = 2000
POSTGRESQL_TYPES = {
    "standard": {"ID": "BIGINT", "AMOUNT": "NUMERIC(15,2)", "BOOKED_ON": "TIMESTAMP(6)"},
    "postgresql": {
        "ID": "bigint",
        "AMOUNT": "numeric(15,2)",
        "BOOKED_ON": "timestamp without time zone",
    },
}
MOMENTLESS = ["microsoft", "freetds", "standard"]


@dataclass(frozen=True)
class Origin:
    """A source of numbered bookings, and another account's hand on it."""

    resource: SqlServerResource | OdbcResource
    write: Callable[[str], None]
    asset: RawTable
    rows: int

    def insert(self) -> None:
        """Post one more booking."""
        self.write(
            f'INSERT INTO {NAME} ("ID", "AMOUNT", "BOOKED_ON") '
            f"SELECT MAX(\"ID\") + 1, 1.00, '2024-02-01' FROM {NAME}"
        )


@contextlib.contextmanager
def sqlserver(driver: str, *, holds_moments: bool) -> Iterator[Origin]:
    """The sandbox's SQL Server, read by one of its drivers."""
    name = driver_named(driver)
    with sqlserver_source.source(name, holds_moments=holds_moments) as source:
        asset = sqlserver_source.declared()
        yield Origin(source.resource(), source.write, asset, sqlserver_source.ROWS)


@contextlib.contextmanager
def postgres(dialect: str) -> Iterator[Origin]:
    """A real PostgreSQL, read by one of the two dialects that fit it."""
    require_driver("PostgreSQL")
    with postgresql.database() as database:
        for statement in (
            f'CREATE SCHEMA "{SCHEMA}"',
            f"""CREATE TABLE {NAME} AS
                SELECT i AS "ID", CAST((i - 1) / 100.0 AS numeric(15,2)) AS "AMOUNT",
                  CAST('2024-01-01' AS timestamp) AS "BOOKED_ON"
                FROM generate_series(CAST(1 AS bigint), {POSTGRESQL_ROWS}) AS i""",
            f'GRANT USAGE ON SCHEMA "{SCHEMA}" TO {postgresql.READER}',
            f"GRANT SELECT ON {NAME} TO {postgresql.READER}",
        ):
            database.write(statement)
        resource = OdbcResource(
            system="wms",
            mode="real",
            connection_string=database.connection_string,
            user=postgresql.READER,
            password=postgresql.READER_PASSWORD,
            dialect=dialect,
        )
        asset = declaration("wms", POSTGRESQL_TYPES[dialect])
        yield Origin(resource, database.write, asset, POSTGRESQL_ROWS)


def opened(
    subject: str, *, holds_moments: bool = False
) -> contextlib.AbstractContextManager[Origin]:
    """A source by the name of what reads it."""
    if subject in POSTGRESQL_TYPES:
        return postgres(subject)
    return sqlserver(subject, holds_moments=holds_moments)


@pytest.fixture(params=MOMENTLESS)
def origin(request: pytest.FixtureRequest) -> Iterator[Origin]:
    """Each source that cannot hold a moment."""
    with opened(request.param) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path, origin: Origin) -> Lake:
    """A lake that the table has been loaded into once."""
    lake = Lake(tmp_path, origin.asset)
    assert lake.load(origin.resource).success
    return lake


@contextlib.contextmanager
def watched(
    origin: Origin,
    before_scan: Callable[[], None] = nothing,
    after_scan: Callable[[], None] = nothing,
    *,
    times: int = 1,
    loses_a_row: bool = False,
) -> Iterator[Watched]:
    """A connector, while another account acts before and after each of the first scans.

    A load counts before it scans, and once more behind that where its rows differ.
    """
    calls = iter([nothing, before_scan, after_scan, nothing] * times)

    def act() -> None:
        next(calls, nothing)()

    with origin.resource.connector() as connector:
        yield Watched(connector, before_totals=act, after_totals=act, loses_a_row=loses_a_row)


def ids(lake: Lake) -> list[int]:
    found: list[int] = lake.rows()["ID"].to_list()
    return found


def test_the_read_point_says_that_it_is_no_moment(lake: Lake, origin: Origin) -> None:
    result = lake.load(origin.resource)
    assert materialization(result)["read_point"].value == "statement"


def test_rows_that_equal_what_the_source_counts_afterwards_are_taken(
    lake: Lake, origin: Origin
) -> None:
    with watched(origin, before_scan=origin.insert) as connector:
        result = lake.load(connector)
    assert result.success
    assert len(connector.points) == 1
    (check,) = result.get_asset_check_evaluations()
    figures = {name: check.metadata[name].value for name in ("rows", "source_rows")}
    assert figures == {"rows": origin.rows + 1, "source_rows": origin.rows + 1}
    assert (lake.version(), ids(lake)) == (1, list(range(1, origin.rows + 2)))


def test_a_sum_that_moved_before_the_scan_is_taken_too(lake: Lake, origin: Origin) -> None:
    change = f'UPDATE {NAME} SET "AMOUNT" = "AMOUNT" + 5 WHERE "ID" = 7'
    with watched(origin, before_scan=lambda: origin.write(change)) as connector:
        assert lake.load(connector).success
    assert len(connector.points) == 1
    assert str(lake.rows()["AMOUNT"][6]) == "5.06"


def test_rows_that_are_neither_before_nor_after_are_read_again(lake: Lake, origin: Origin) -> None:
    with watched(origin, before_scan=origin.insert, after_scan=origin.insert) as connector:
        assert lake.load(connector).success
    assert len(connector.points) == 2
    assert (lake.version(), ids(lake)) == (1, list(range(1, origin.rows + 3)))
    assert lake.staged() == lake.published()


def test_a_table_that_never_rests_is_given_up_after_three_attempts(
    lake: Lake, origin: Origin
) -> None:
    with (
        watched(origin, origin.insert, origin.insert, times=ATTEMPTS) as connector,
        untouched(lake),
    ):
        result = lake.load(connector)
    assert not result.success
    for part in (f"SourceBusy: {origin.asset.system}: {SCHEMA}.{TABLE}", "allow snapshots"):
        assert part in failure(result)
    assert len(connector.points) == ATTEMPTS


def test_a_row_lost_from_a_table_at_rest_is_a_difference(lake: Lake, origin: Origin) -> None:
    with watched(origin, loses_a_row=True) as connector, untouched(lake):
        result = lake.load(connector)
    sums = [sum(range(origin.rows)) - lost for lost in (1, 0)]
    finding = (
        f"{origin.rows - 1} rows read, the source counts {origin.rows}; AMOUNT sums to "
        f"{sums[0] / 100:.2f}, the source says {sums[1] / 100:.2f}"
    )
    assert_refused(lake, result, finding, rows=origin.rows - 1, source_rows=origin.rows)
    assert len(connector.points) == 1


def test_a_row_lost_from_a_table_that_moves_is_found_once_it_rests(
    lake: Lake, origin: Origin
) -> None:
    with watched(origin, before_scan=origin.insert, loses_a_row=True) as connector, untouched(lake):
        result = lake.load(connector)
    assert f"{origin.rows} rows read, the source counts {origin.rows + 1}" in failure(result)
    assert "ReconciliationFailed" in failure(result)
    assert len(connector.points) == 2


def test_a_repeated_key_stays_a_difference(lake: Lake, origin: Origin) -> None:
    origin.write(f'UPDATE {NAME} SET "ID" = 1 WHERE "ID" = 2')
    with untouched(lake):
        result = lake.load(origin.resource)
    assert_refused(lake, result, "1 rows repeat a primary key", duplicate_keys=1)


@pytest.mark.parametrize("subject", ["microsoft", "freetds", "postgresql"])
def test_a_source_that_holds_moments_shows_the_rows_that_it_counted(
    tmp_path: Path, subject: str
) -> None:
    with opened(subject, holds_moments=True) as origin:
        lake = Lake(tmp_path, origin.asset)
        with watched(origin, before_scan=origin.insert) as connector:
            result = lake.load(connector)
        assert result.success
        assert materialization(result)["read_point"].value.startswith("snapshot ")
        assert ids(lake) == list(range(1, origin.rows + 1))
        assert lake.load(origin.resource).success
        assert ids(lake) == list(range(1, origin.rows + 2))
