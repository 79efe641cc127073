"""Streamed results: batches, errors behind the first of them, and stopping."""

from contextlib import nullcontext

import duckdb
import pyarrow as pa
import pytest

from erp_resources.sandbox.running import Batches, CancelledError, Work
from tests.erp_resources.sandbox.interrupts import interrupting

MANY = 300_000


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """With one thread, so that rows are computed in their order."""
    return duckdb.connect(config={"threads": 1})


def _started(connection: duckdb.DuckDBPyConnection, work: Work, sql: str) -> Batches:
    batches = Batches(connection.cursor(), work, ["A"], errors=nullcontext, rows=1000)
    batches.start(sql, {})
    return batches


def test_rows_come_in_batches_under_their_names(connection: duckdb.DuckDBPyConnection) -> None:
    found = list(_started(connection, Work(), "SELECT range AS x FROM range(2500)"))
    assert [batch.num_rows for batch in found] == [1000, 1000, 500]
    assert found[0].schema == pa.schema([("A", pa.int64())])


def test_an_error_behind_the_first_batch_is_one_of_duckdb(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    sql = f"SELECT CAST(CASE WHEN range < {MANY - 1} THEN '1' ELSE 'x' END AS INTEGER) FROM range({MANY})"  # noqa: E501
    batches = _started(connection, Work(), sql)
    with pytest.raises(duckdb.ConversionException, match="'x'"):
        list(batches)


def test_another_thread_stops_a_query(connection: duckdb.DuckDBPyConnection) -> None:
    work = Work()
    endless = f"SELECT sum(a.range * b.range % 7) FROM range({MANY}) a, range({MANY}) b"
    with (
        interrupting(work.interrupt, after=0.2),
        pytest.raises((duckdb.InterruptException, CancelledError)),
    ):
        list(_started(connection, work, endless))


def test_nothing_runs_nothing_stops() -> None:
    Work().interrupt()


def test_a_closed_result_has_no_more_rows(connection: duckdb.DuckDBPyConnection) -> None:
    batches = _started(connection, Work(), f"SELECT * FROM range({MANY})")
    assert next(batches).num_rows == 1000
    batches.close()
    assert list(batches) == []
