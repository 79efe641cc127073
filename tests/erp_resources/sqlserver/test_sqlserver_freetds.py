"""FreeTDS takes an error behind rows for their end; a scan through it has all rows or fails."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from erp_resources.connector import Column, Filter, Operator, TableQuery, TableSchema
from erp_resources.errors import (
    ConnectionLost,
    ErpError,
    InvalidQuery,
    SourceBusy,
    TransientError,
    ValueDoesNotFit,
)
from erp_resources.odbc.batches import BATCH_ROWS
from erp_resources.sandbox.sqlserver.types import SqlType
from erp_resources.sqlserver.dialect import OUTCOME
from erp_resources.sqlserver.reader import SqlServerConnector
from tests.erp_resources.sqlserver.canned import CannedSession, Outcome, Values, connected
from tests.erp_resources.sqlserver.conftest import driver_named
from tests.faults.load_lake import SCHEMA, TABLE
from tests.faults.sqlserver_source import ROWS, Source, source

LOCKED, DATA_MOVED, DEADLOCK, CONVERSION, NO_VERSION = 1222, 601, 1205, 245, 3958
FETCHED = 12_000
"""Rows after which most errors strike: one batch of the reader is read, and part of the next."""
IDS = TableSchema("dbo", "t", (Column("id", "int"),))


@pytest.fixture(scope="module")
def origin() -> Iterator[Source]:
    with source(driver_named("freetds")) as running:
        yield running


@pytest.fixture(scope="module")
def connector(origin: Source) -> Iterator[SqlServerConnector]:
    with origin.resource().connector() as connector:
        yield connector


@pytest.fixture(scope="module")
def table(connector: SqlServerConnector) -> TableSchema:
    return connector.describe(SCHEMA, TABLE)


def up_to(table: TableSchema, last: int, operator: Operator = "<=") -> TableQuery:
    """The rows with an ID up to ``last``; the value travels as a parameter."""
    return TableQuery(table, filters=(Filter("ID", operator, last),))


def of_three_rows(freetds: str, outcome: Outcome) -> list[tuple[int]]:
    """What a scan gives where the server sends three rows and then says that of them."""
    values: Values = [(SqlType("int"), pa.array([1, 2, 3], pa.int32()))]
    with connected(freetds, lambda *_: CannedSession(lambda _: values, outcome)) as connector:
        return connector.scan(TableQuery(IDS)).collect().rows()


# ---- all rows ----


@pytest.mark.parametrize("rows", [0, 1, BATCH_ROWS, BATCH_ROWS + 1, ROWS])
def test_a_scan_that_went_well_has_all_rows(
    connector: SqlServerConnector, table: TableSchema, rows: int
) -> None:
    assert connector.scan(up_to(table, rows)).collect().height == rows
    assert connector.scan(TableQuery(table)).head(rows).collect().height == rows


def test_rows_counts_and_marks_agree_at_one_moment(
    connector: SqlServerConnector, table: TableSchema
) -> None:
    query = up_to(table, FETCHED)
    with connector.read_point() as point:
        assert connector.control_totals(query, point).rows == FETCHED
        assert connector.scan(query, point).collect().height == FETCHED


def test_only_freetds_is_told_what_became_of_a_statement(driver: str, freetds: str) -> None:
    asked: list[str] = []

    def outcome(rows: int) -> tuple[int, int]:
        asked.append(OUTCOME)
        return 0, rows

    of_three_rows(driver, outcome)
    assert asked == ([OUTCOME] if driver == freetds else [])


# ---- an error ends the batch, and FreeTDS hides it ----


@pytest.mark.parametrize("error", [DATA_MOVED, DEADLOCK, CONVERSION, NO_VERSION])
@pytest.mark.parametrize("fetched", [0, 100, BATCH_ROWS, FETCHED, ROWS])
def test_rows_that_an_error_broke_off_are_not_returned(
    origin: Source, connector: SqlServerConnector, table: TableSchema, error: int, fetched: int
) -> None:
    origin.faults.arm("error", at="fetch", after_rows=fetched, code=error)
    with pytest.raises(ErpError, match=f"^sqlserver: table '{SCHEMA}.{TABLE}'"):
        connector.scan(TableQuery(table)).collect()
    assert connector.scan(TableQuery(table)).collect().height == ROWS


def test_the_error_says_after_how_many_rows_and_what_to_do(
    origin: Source, connector: SqlServerConnector, table: TableSchema
) -> None:
    origin.faults.arm("error", at="fetch", after_rows=FETCHED, code=DEADLOCK)
    with pytest.raises(SourceBusy, match=r"the rows broke off after 1[0-9]{4}; read again"):
        connector.scan(TableQuery(table)).collect()


def test_filtered_and_limited_rows_are_not_cut_short_either(
    origin: Source, connector: SqlServerConnector, table: TableSchema
) -> None:
    for frame in (
        connector.scan(up_to(table, ROWS - 1)),
        connector.scan(TableQuery(table)).head(ROWS - 1),
    ):
        origin.faults.arm("error", at="fetch", after_rows=FETCHED, code=DEADLOCK)
        with pytest.raises(SourceBusy, match="broke off"):
            frame.collect()
        assert frame.collect().height == ROWS - 1


def test_a_connection_that_is_dropped_behind_rows_is_lost(
    origin: Source, connector: SqlServerConnector, table: TableSchema
) -> None:
    origin.faults.arm("drop", at="fetch", after_rows=FETCHED)
    with pytest.raises(ConnectionLost):
        connector.scan(TableQuery(table)).collect()
    assert connector.scan(TableQuery(table)).collect().height == ROWS


def test_a_moment_whose_rows_broke_off_is_over(
    origin: Source, connector: SqlServerConnector, table: TableSchema
) -> None:
    """SQL Server may have rolled its transaction back."""
    with connector.read_point() as point:
        origin.faults.arm("error", at="fetch", after_rows=FETCHED, code=NO_VERSION)
        with pytest.raises(TransientError):
            connector.scan(TableQuery(table), point).collect()
        with pytest.raises(InvalidQuery, match="take a new one"):
            connector.scan(TableQuery(table), point).collect()


# ---- an error ends the statement alone, and the batch goes on ----


@pytest.mark.parametrize(
    ("error", "kind", "remedy"),
    [
        (LOCKED, SourceBusy, "a lock was held too long"),
        (8115, ValueDoesNotFit, "over 38 digits"),
        (59999, InvalidQuery, "correct the statement"),
    ],
)
def test_the_number_of_an_error_behind_rows_says_what_it_means(
    freetds: str, error: int, kind: type[ErpError], remedy: str
) -> None:
    with pytest.raises(kind, match=f"after 3 with error {error}; .*{remedy}") as caught:
        of_three_rows(freetds, lambda rows: (error, rows))
    assert caught.value.code == str(error)


@pytest.mark.parametrize("outcome", [lambda rows: (0, rows + 1), lambda _: None])
def test_rows_of_another_number_than_the_server_says_are_not_returned(
    freetds: str, outcome: Outcome
) -> None:
    with pytest.raises(SourceBusy, match="the rows broke off after 3; read again"):
        of_three_rows(freetds, outcome)
