"""What the server leaves out is refused by name, and the session goes on."""

from collections.abc import Callable
from typing import Any

import oracledb
import pyarrow as pa
import pytest

from erp_resources.sandbox.oracle.types import ColumnInfo, OracleType
from tests.erp_resources.sandbox.oracle.canned import Library

SQL = "select n from t"


def call_a_procedure(cursor: oracledb.Cursor) -> None:
    cursor.callproc("dbms_output.put_line", ["x"])


def run_a_block(cursor: oracledb.Cursor) -> None:
    cursor.execute("begin null; end;")


def run_a_block_with_out_binds(cursor: oracledb.Cursor) -> None:
    cursor.execute("begin :x := 1; end;", x=cursor.var(int))


def run_a_block_with_an_array(cursor: oracledb.Cursor) -> None:
    cursor.execute("begin f(:x); end;", x=cursor.arrayvar(int, [1, 2, 3]))


def fetch_a_ref_cursor(cursor: oracledb.Cursor) -> None:
    cursor.execute("begin open :x for select 1 from dual; end;", x=cursor.connection.cursor())


def return_into(cursor: oracledb.Cursor) -> None:
    cursor.execute("insert into t values (1) returning n into :x", x=cursor.var(int))


def return_into_with_in_binds(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "update t set n = :n, s = 'it''s' where m = :m\nreturning n\ninto :x",
        n=1,
        m="y" * 40_000,
        x=cursor.var(int),
    )


def collect_batch_errors(cursor: oracledb.Cursor) -> None:
    cursor.executemany("delete from t where n = :1", [(n,) for n in range(9000)], batcherrors=True)


def count_rows_of_each_execution(cursor: oracledb.Cursor) -> None:
    cursor.executemany("delete from t where n = :1", [(1,), (2,)], arraydmlrowcounts=True)


def scroll(cursor: oracledb.Cursor) -> None:
    scrollable = cursor.connection.cursor(scrollable=True)
    scrollable.execute(SQL)


def bind_a_big_unknown_type(cursor: oracledb.Cursor) -> None:
    cursor.setinputsizes(oracledb.DB_TYPE_INTERVAL_YM, None)
    cursor.execute(
        "select n from t where a = :1 and b = :2", [oracledb.IntervalYM(1, 2), "x" * 200_000]
    )


def begin_a_distributed_transaction(cursor: oracledb.Cursor) -> None:
    cursor.connection.tpc_begin(cursor.connection.xid(1, "a", "b"))


def load_by_direct_path(cursor: oracledb.Cursor) -> None:
    cursor.connection.direct_path_load("APPS", "T", ["N"], [(n,) for n in range(10)])


def create_a_queue(cursor: oracledb.Cursor) -> None:
    queue = cursor.connection.queue("Q")
    queue.enqone(cursor.connection.msgproperties(payload=b"x"))


REFUSED: list[Callable[[oracledb.Cursor], None]] = [
    call_a_procedure,
    run_a_block,
    run_a_block_with_out_binds,
    run_a_block_with_an_array,
    fetch_a_ref_cursor,
    return_into,
    return_into_with_in_binds,
    collect_batch_errors,
    count_rows_of_each_execution,
    scroll,
    bind_a_big_unknown_type,
    begin_a_distributed_transaction,
    load_by_direct_path,
    create_a_queue,
]


@pytest.mark.parametrize("attempt", REFUSED, ids=lambda attempt: attempt.__name__)
def test_what_is_left_out_is_refused_by_name_and_the_session_goes_on(
    connection: oracledb.Connection, library: Library, attempt: Callable[[oracledb.Cursor], None]
) -> None:
    columns = [ColumnInfo("N", OracleType.NUMBER, 10, 0)]
    library.add(SQL, columns, pa.table({"N": pa.array([1], pa.int64())}))
    with connection.cursor() as cursor:
        with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001: unimplemented feature: ."):
            attempt(cursor)
        assert library.executed == []
    assert connection.is_healthy()
    with connection.cursor() as cursor:
        assert cursor.execute(SQL).fetchall() == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "update t set s = 'returning n into :x'",
        'update t set "RETURNING" = 1 /* into */',
        "update t set n = 1 -- returning n into :x",
    ],
)
def test_the_word_returning_alone_is_no_reason(
    connection: oracledb.Connection, library: Library, sql: str
) -> None:
    library.answers[sql] = 1
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount == 1


def test_a_query_that_is_answered_with_a_count_is_refused(
    connection: oracledb.Connection, library: Library
) -> None:
    answer: Any = 3
    library.answers[SQL] = answer
    with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError, match="ORA-00900"):
        cursor.execute(SQL)
