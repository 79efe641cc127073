"""Many sessions at once: threads, pools, asyncio, and what the server counts."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import oracledb
import pyarrow as pa
import pytest

from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import ColumnInfo, OracleType
from tests.erp_resources.sandbox.oracle.canned import PASSWORD, USER, Library

SQL = "select n from t where n < :1"
ROWS = 3000
Connect = Callable[..., oracledb.Connection]


@pytest.fixture(autouse=True)
def statement(library: Library) -> None:
    columns = [ColumnInfo("N", OracleType.NUMBER, 10, 0)]
    library.add(SQL, columns, pa.table({"N": pa.array(range(ROWS), pa.int64())}))


@pytest.fixture
def settings(server: OracleServer) -> dict[str, Any]:
    return {"user": USER, "password": PASSWORD, "dsn": f"127.0.0.1:{server.port}/EBS"}


def test_twenty_sessions_read_at_once(settings: dict[str, Any], server: OracleServer) -> None:
    def read(number: int) -> int:
        with oracledb.connect(**settings) as connection, connection.cursor() as cursor:
            cursor.arraysize = 100 + number
            return sum(n for (n,) in cursor.execute(SQL, [number]))

    with ThreadPoolExecutor(20) as executor:
        sums = list(executor.map(read, range(20)))
    assert sums == [sum(range(ROWS))] * 20
    assert server.counters["logins"] == 20
    assert server.counters["logoffs"] == 20


def test_a_pool_keeps_and_checks_its_sessions(
    settings: dict[str, Any], server: OracleServer
) -> None:
    pool = oracledb.create_pool(min=1, max=3, increment=1, ping_interval=0, **settings)
    try:
        for _ in range(5):
            with pool.acquire() as connection, connection.cursor() as cursor:
                assert len(cursor.execute(SQL, [1]).fetchall()) == ROWS
        assert server.counters["logins"] == 1
        assert server.counters["pings"] >= 4
    finally:
        pool.close()


def test_a_pool_replaces_sessions_that_were_dropped(
    settings: dict[str, Any], server: OracleServer
) -> None:
    pool = oracledb.create_pool(min=2, max=2, increment=1, ping_interval=0, **settings)
    try:
        with pool.acquire(), pool.acquire():
            assert server.counters["logins"] == 2
        server.drop_sessions()
        with pool.acquire() as connection, connection.cursor() as cursor:
            assert len(cursor.execute(SQL, [1]).fetchall()) == ROWS
        assert server.counters["logins"] >= 3
    finally:
        pool.close()


def test_a_pool_rolls_back_what_is_returned_uncommitted(
    settings: dict[str, Any], library: Library
) -> None:
    library.answers["delete from t"] = 1
    pool = oracledb.create_pool(min=1, max=1, increment=1, **settings)
    try:
        with pool.acquire() as connection, connection.cursor() as cursor:
            cursor.execute("delete from t")
        with pool.acquire() as connection:
            assert not connection.transaction_in_progress
        assert library.sessions[0].rollbacks >= 1
    finally:
        pool.close()


def test_asyncio_reads_rows_and_data_frames(settings: dict[str, Any]) -> None:
    async def read() -> tuple[int, int]:
        async with oracledb.connect_async(**settings) as connection:
            rows = await connection.fetchall(SQL, [1])
            frames = [
                pa.table(batch).num_rows
                async for batch in connection.fetch_df_batches(SQL, [1], size=700)
            ]
            return len(rows), sum(frames)

    assert asyncio.run(read()) == (ROWS, ROWS)


def test_a_pipeline_is_answered_in_order(settings: dict[str, Any], library: Library) -> None:
    library.answers["delete from t"] = 7

    async def run() -> list[Any]:
        pipeline = oracledb.create_pipeline()
        pipeline.add_fetchall(SQL, [1])
        pipeline.add_execute("select n from missing")
        pipeline.add_execute("delete from t")
        pipeline.add_commit()
        pipeline.add_fetchone(SQL, [2])
        async with oracledb.connect_async(**settings) as connection:
            results: list[Any] = await connection.run_pipeline(pipeline, continue_on_error=True)
            return results

    results = asyncio.run(run())
    assert len(results[0].rows) == ROWS
    assert "ORA-00942" in str(results[1].error)
    assert results[4].rows == [(0,)]
    assert library.sessions[0].commits == 1


def test_the_counters_tell_what_was_asked(connect: Connect, server: OracleServer) -> None:
    connection = connect()
    before = server.counters.snapshot()
    with connection.cursor() as cursor:
        cursor.arraysize = cursor.prefetchrows = 1000
        cursor.execute(SQL, [1]).fetchall()
    connection.commit()
    connection.ping()
    after = server.counters.snapshot()
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert (grown["executes"], grown["fetches"], grown["commits"], grown["pings"]) == (1, 3, 1, 1)
    assert grown["round_trips"] == 6


def test_the_sessions_that_are_connected_are_known(connect: Connect, server: OracleServer) -> None:
    connect()
    connect(user="GL", password="gl")
    assert sorted(session.user for session in server.sessions) == ["APPS", "GL"]
    assert len({session.id for session in server.sessions}) == 2
