"""A large table is read by several connections, each row once, and nobody waits for them."""

import sys
import threading
import time
from collections.abc import Iterator
from typing import Literal

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from erp_resources.connector import TableQuery
from erp_resources.errors import ConnectionLost
from erp_resources.pool import PoolSettings
from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.installation import Installation
from erp_resources.sandbox.sap.users import User
from erp_resources.sap.paging import Bound, KeyRange
from erp_resources.sap.parallel import BORROW_SECONDS, Remainder
from erp_resources.sap.reader import SapConnector
from tests.erp_resources.pool_source import eventually
from tests.erp_resources.sap.conftest import ANY_ORDER, OLD, TYPED, WIDE
from tests.erp_resources.sap.headquarters import comparable, expected
from tests.erp_resources.sap.systems import USER, SapSystem, running

PAGE_ROWS = 200
INSTALLATIONS = {
    "lines": OLD,
    "lines in any order": ANY_ORDER,
    "sorted lines": Installation(),
    "column groups": WIDE,
    "typed": TYPED,
}


@pytest.fixture(params=INSTALLATIONS)
def system(request: pytest.FixtureRequest, company: Database) -> Iterator[SapSystem]:
    with running(company, INSTALLATIONS[request.param]) as running_system:
        yield running_system


@pytest.fixture
def sorted_lines(company: Database) -> Iterator[SapSystem]:
    with running(company) as running_system:
        yield running_system


def read(connector: SapConnector, name: str = "VBAP") -> pl.DataFrame:
    return connector.scan(TableQuery(connector.describe("SAP", name))).collect()


def assert_complete(connector: SapConnector, rows: pl.DataFrame, name: str = "VBAP") -> None:
    schema = connector.describe("SAP", name)
    found = comparable(rows, schema).sort(schema.primary_key)
    assert_frame_equal(found, expected(name, schema).sort(schema.primary_key))


def test_three_connections_read_each_row_once(system: SapSystem) -> None:
    with system.resource(page_rows=PAGE_ROWS, connections=3).connector() as connector:
        assert_complete(connector, read(connector))
        assert connector.pool.stats()["connections_num"] == 3
        assert connector.pool.stats()["pool_in_use"] == 0


def test_a_pool_without_room_is_left_to_others(sorted_lines: SapSystem) -> None:
    resource = sorted_lines.resource(
        page_rows=PAGE_ROWS, connections=3, pool=PoolSettings(max_size=3)
    )
    with resource.connector() as connector, connector.pool.connection():
        assert_complete(connector, read(connector))
        assert connector.pool.stats()["connections_num"] == 2, "and one place stays free"
        assert connector.pool.stats()["requests_waiting"] == 0


def test_a_small_table_is_read_by_one_connection(sorted_lines: SapSystem) -> None:
    with sorted_lines.resource(page_rows=PAGE_ROWS, connections=3).connector() as connector:
        assert_complete(connector, read(connector, "T001"), "T001")
        assert connector.pool.stats()["connections_num"] == 1


def test_one_connection_is_enough_where_no_more_are_wanted(sorted_lines: SapSystem) -> None:
    with sorted_lines.resource(page_rows=PAGE_ROWS, connections=1).connector() as connector:
        assert_complete(connector, read(connector))
        assert connector.pool.stats()["connections_num"] == 1


def test_a_user_who_may_only_call_typed_functions_reads_by_one_range(company: Database) -> None:
    user = User(USER, denied_functions=frozenset({"RFC_READ_TABLE"}))
    with (
        running(company, TYPED, user) as system,
        system.resource(page_rows=PAGE_ROWS, connections=2, amounts="stored").connector() as sap,
    ):
        schema = sap.describe("SAP", "VBAP")
        before = system.calls("RFC_READ_TABLE")
        for _ in range(2):
            rows = sap.scan(TableQuery(schema)).collect()
            assert rows.unique(schema.primary_key).height == rows.height == schema.rows
        assert system.calls("RFC_READ_TABLE") == before + 1, "a missing right is asked for once"


def test_a_connection_that_drops_ends_the_read_and_all_its_threads(
    sorted_lines: SapSystem,
) -> None:
    with sorted_lines.resource(page_rows=PAGE_ROWS, connections=3).connector() as connector:
        schema = connector.describe("SAP", "VBAP")
        sorted_lines.faults.arm("drop", at="fetch", after_rows=PAGE_ROWS // 2, times=None)
        with pytest.raises(ConnectionLost):
            connector.scan(TableQuery(schema)).collect()
        assert_idle(connector)
        sorted_lines.faults.clear()
        assert_complete(connector, read(connector))


def test_whoever_wants_no_more_gives_all_connections_back(sorted_lines: SapSystem) -> None:
    with sorted_lines.resource(page_rows=PAGE_ROWS, connections=3).connector() as connector:
        query = TableQuery(connector.describe("SAP", "VBAP"))
        found = connector.scan(query).filter(pl.col("POSNR") == "000020").head(1).collect()
        assert found.height == 1
        assert_idle(connector)


def test_scans_that_take_turns_leave_one_another_a_connection(sorted_lines: SapSystem) -> None:
    with sorted_lines.resource(page_rows=PAGE_ROWS, connections=4).connector() as connector:
        query = TableQuery(connector.describe("SAP", "VBAP"))
        scans = [connector.scan(query).collect_batches(chunk_size=10) for _ in range(2)]
        for _ in range(5):
            assert all(next(iter(scan)).height for scan in scans)


@pytest.mark.parametrize("fault", ["hang", "drop"])
def test_a_connection_that_cannot_be_had_is_not_waited_for(
    sorted_lines: SapSystem, fault: Literal["hang", "drop"]
) -> None:
    with sorted_lines.resource(page_rows=PAGE_ROWS, connections=2).connector() as connector:
        began = time.monotonic()
        read(connector)
        alone = time.monotonic() - began
    with sorted_lines.resource(page_rows=PAGE_ROWS, connections=2).connector() as connector:
        connector.connect()
        sorted_lines.faults.arm(fault, at="login", times=None)
        began = time.monotonic()
        rows = read(connector)
        seconds = time.monotonic() - began
        sorted_lines.faults.clear()
        sys.stdout.write(f"{seconds:.2f} s, {alone:.2f} s without the fault\n")
        assert_complete(connector, rows)
    assert seconds < 5 * (alone + BORROW_SECONDS) + 0.25


def test_keys_that_no_condition_holds_are_read_by_one_connection() -> None:
    columns = (Column("NAME", "CHAR(90)"), Column("NUMBER", "INT4"))
    names = [f"{number:04d}\t{'x' * 80}" for number in range(500)]
    database = Database()
    database.load(
        Table("SAP", "ZNAMES", columns, ("NAME",)),
        pa.table({"NAME": names, "NUMBER": pa.array(range(500), pa.int32())}),
    )
    with (
        running(database, Installation("TLK", typed_tables=frozenset({"ZNAMES"}))) as system,
        system.resource(page_rows=20, connections=3).connector() as connector,
    ):
        rows = connector.scan(TableQuery(connector.describe("SAP", "ZNAMES"))).collect()
    assert sorted(rows["NUMBER"]) == list(range(500))


def assert_idle(connector: SapConnector) -> None:
    def is_idle() -> bool:
        pl.DataFrame()  # Polars lets go of a scan that it broke off when it is called again
        return connector.pool.stats()["pool_in_use"] == 0 and "erp-SAP.VBAP" not in {
            thread.name for thread in threading.enumerate()
        }

    assert eventually(is_idle)


def test_ranges_are_cut_until_nothing_is_left() -> None:
    keys = [f"{number:02d}" for number in range(10)]

    def key_at(within: KeyRange, place: int) -> Bound | None:
        left = [key for key in keys if within.after is None or (key,) > within.after]
        return (left[place],) if place < len(left) else None

    left = Remainder(rows=10, shares=2, least=2, most=4)
    assert left.cut(key_at) == KeyRange(None, ("03",))
    assert left.cut(key_at) == KeyRange(("03",), ("06",))
    assert left.cut(key_at) == KeyRange(("06",), ("08",))
    assert left.cut(key_at) == KeyRange(("08",), None)
    assert left.is_empty.is_set()
    assert left.cut(key_at) is None


def test_a_key_that_does_not_go_on_ends_the_cutting() -> None:
    left = Remainder(rows=10, shares=2, least=2, most=4)
    same = ("03",)
    assert left.cut(lambda *_: same) == KeyRange(None, same)
    assert left.cut(lambda *_: same) == KeyRange(same, None)
    assert left.cut(lambda *_: same) is None
