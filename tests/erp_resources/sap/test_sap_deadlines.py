"""Calls that hang, connections that die, logons that fail: bounded, told apart, never half done."""

import threading
import time
from collections.abc import Iterator

import polars as pl
import pytest

from erp_resources.connector import TableQuery
from erp_resources.errors import (
    ConnectionLost,
    DeadlineExceeded,
    LoginRefused,
    PoolTimeout,
    SourceBusy,
    SourceUnavailable,
)
from erp_resources.pool import PoolSettings
from erp_resources.retry import ATTEMPTS
from erp_resources.sap.reader import SapConnector
from erp_rfc import RfcError
from tests.erp_resources.pool_source import eventually, report
from tests.erp_resources.sap.systems import USER, SapSystem

ONE = PoolSettings(min_size=1, max_size=1, timeout=10.0)
CALL_SECONDS = 2.0


@pytest.fixture
def connector(sap: SapSystem) -> Iterator[SapConnector]:
    with sap.resource(call_timeout=CALL_SECONDS, pool=ONE).connector() as connector:
        yield connector
    sap.faults.clear()


def company_codes(connector: SapConnector) -> pl.LazyFrame:
    return connector.scan(TableQuery(connector.describe("SAP", "T001"), ("BUKRS", "BUTXT")))


def test_a_call_that_hangs_is_cancelled_at_its_deadline(
    sap: SapSystem, connector: SapConnector
) -> None:
    frame = company_codes(connector)
    sap.faults.arm("hang", at="execute", seconds=60.0, times=ATTEMPTS)
    began = time.monotonic()
    with pytest.raises(
        DeadlineExceeded, match=r"no answer within 2\.0 s; read in smaller"
    ) as raised:
        frame.collect()
    seconds, deadline = time.monotonic() - began, ATTEMPTS * CALL_SECONDS
    report(f"given up after {seconds:.2f} s, deadlines {deadline:.2f} s")
    assert 0.9 * deadline < seconds < 5 * deadline
    assert isinstance(raised.value.__cause__, RfcError)
    assert frame.collect().height == 4, "the next read has a connection of its own"


@pytest.mark.parametrize("page_rows", [2, 50_000])
def test_a_connection_that_dies_between_or_in_packages_yields_no_partial_package(
    sap: SapSystem, page_rows: int
) -> None:
    with sap.resource(page_rows=page_rows, pool=ONE).connector() as connector:
        frame = company_codes(connector)
        sap.faults.arm("drop", after_rows=1, times=ATTEMPTS)
        pages: list[pl.DataFrame] = []

        def kept(page: pl.DataFrame) -> pl.DataFrame:
            pages.append(page)
            return page

        with pytest.raises(ConnectionLost) as raised:
            frame.map_batches(kept, streamable=True).collect(engine="streaming")
        assert isinstance(raised.value.__cause__, RfcError)
        assert all(page.height % page_rows == 0 for page in pages)
        assert frame.collect().height == 4


def test_a_dump_ends_the_connection_and_the_next_call_has_another(
    sap: SapSystem, connector: SapConnector
) -> None:
    frame = company_codes(connector)
    sap.faults.arm_named("disk-full", times=ATTEMPTS)
    with pytest.raises(SourceBusy, match="TSV_TNEW_PAGE_ALLOC_FAILED"):
        frame.collect()
    assert frame.collect().height == 4


def test_a_wrong_password_is_tried_once(sap: SapSystem) -> None:
    with sap.resource(password="wrong-s3cret").connector() as connector:
        for _ in range(3):
            with pytest.raises(LoginRefused) as raised:
                connector.ping()
            assert "Name or password is incorrect" in str(raised.value)
            assert "s3cret" not in str(raised.value)
    assert sap.server.counters["logins_refused"] == 1


@pytest.mark.parametrize(("setting", "value"), [("client", "300"), ("language", "FR")])
def test_a_client_or_language_that_is_not_there_is_a_refused_logon(
    sap: SapSystem, setting: str, value: str
) -> None:
    with (
        sap.resource(**{setting: value}).connector() as connector,
        pytest.raises(LoginRefused, match="RFC_LOGON_FAILURE"),
    ):
        connector.ping()


def test_a_system_that_is_down_is_unavailable(sap: SapSystem) -> None:
    down = {"host": "127.0.0.2", "system_number": "07"}  # the tests' servers are on 127.0.0.1
    with (
        sap.resource(**down, pool=PoolSettings(timeout=5.0)).connector() as connector,
        pytest.raises(SourceUnavailable, match=r"127\.0\.0\.2:07 client 100"),
    ):
        connector.ping()


def test_a_logon_that_hangs_ends_when_the_pool_has_no_more_patience(sap: SapSystem) -> None:
    sap.faults.arm("hang", at="login")
    quick = PoolSettings(timeout=1.0)
    began = time.monotonic()
    with sap.resource(pool=quick).connector() as connector:
        with pytest.raises((SourceUnavailable, PoolTimeout)):
            connector.ping()
        seconds = time.monotonic() - began
        report(f"given up after {seconds:.2f} s, where the logon hangs for 60")
        assert seconds < 10.0
        sap.faults.clear()


def test_each_connection_serves_one_thread_at_a_time(sap: SapSystem) -> None:
    two = PoolSettings(min_size=1, max_size=2, timeout=20.0)
    with sap.resource(pool=two).connector() as connector:
        frame, heights = company_codes(connector), []

        def read() -> None:
            heights.append(frame.collect().height)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert heights == [4] * 8
        assert connector.pool.stats()["connections_num"] <= 2


def test_the_user_is_logged_off_at_the_end(sap: SapSystem) -> None:
    with sap.resource().connector() as connector:
        connector.connect()
        assert [session.user for session in sap.server.sessions] == [USER]
    assert eventually(lambda: not sap.server.sessions)
