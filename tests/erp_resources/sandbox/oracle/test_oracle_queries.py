"""Queries from the driver's side: rounds of fetching, binds, descriptions, the statement cache."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import oracledb
import pyarrow as pa
import pytest

from erp_resources.sandbox.oracle.server import OracleServer
from erp_resources.sandbox.oracle.types import (
    FLOATING_SCALE,
    CharsetForm,
    ColumnInfo,
    OracleError,
    OracleType,
    ResultSet,
)
from tests.erp_resources.sandbox.oracle.canned import CannedSession, Library

NUMBER = ColumnInfo("N", OracleType.NUMBER, 10, 0)
TEXT = ColumnInfo("S", OracleType.VARCHAR, size=4000, charset_form=CharsetForm.DATABASE)


def numbers(count: int) -> pa.Table:
    return pa.table({"N": pa.array(range(count), pa.int64())})


@pytest.mark.parametrize(
    ("arraysize", "prefetch"), [(1, 0), (7, 0), (100, 2), (999, 1001), (5000, 5000)]
)
@pytest.mark.parametrize("batch_rows", [1, 64, 3000])
def test_every_row_comes_once_in_any_rounds(
    connection: oracledb.Connection,
    library: Library,
    arraysize: int,
    prefetch: int,
    batch_rows: int,
) -> None:
    count = 40 if arraysize == 1 else 2345
    sql = library.add("select n from t", [NUMBER], numbers(count), rows=batch_rows)
    with connection.cursor() as cursor:
        cursor.arraysize, cursor.prefetchrows = arraysize, prefetch
        assert cursor.execute(sql).fetchall() == [(n,) for n in range(count)]
        assert cursor.rowcount == count


def test_parts_are_encoded_ahead_and_stay_in_order(
    connection: oracledb.Connection, library: Library
) -> None:
    sql = library.add("select n from big", [NUMBER], numbers(100_000), rows=30_000)
    with connection.cursor() as cursor:
        cursor.arraysize = 1500
        assert [n for (n,) in cursor.execute(sql)] == list(range(100_000))


@pytest.mark.parametrize("size", [1, 5, 300, 10_000])
def test_data_frames_hold_every_row_in_batches_of_the_size_asked_for(
    connection: oracledb.Connection, library: Library, size: int
) -> None:
    count = 30 if size == 1 else 1234
    sql = library.add("select n from t", [NUMBER], numbers(count), rows=100)
    batches = [pa.table(batch) for batch in connection.fetch_df_batches(sql, size=size)]
    assert all(batch.num_rows <= size for batch in batches)
    assert pa.concat_tables(batches)["N"].to_pylist() == list(range(count))
    whole = pa.table(connection.fetch_df_all(sql, arraysize=size))
    assert whole["N"].to_pylist() == list(range(count))


def test_an_empty_result_is_no_error(connection: oracledb.Connection, library: Library) -> None:
    sql = library.add("select n from nothing", [NUMBER], numbers(0))
    with connection.cursor() as cursor:
        assert cursor.execute(sql).fetchall() == []
    assert pa.table(connection.fetch_df_all(sql)).num_rows == 0


def test_rows_bigger_than_a_packet_arrive_whole(
    connection: oracledb.Connection, library: Library
) -> None:
    table = pa.table({f"C{i}": ["x" * (500 + i)] * 3 for i in range(60)})
    columns = [
        ColumnInfo(name, OracleType.VARCHAR, size=4000, charset_form=CharsetForm.DATABASE)
        for name in table.column_names
    ]
    sql = library.add("select * from wide", columns, table)
    with connection.cursor() as cursor:
        rows = cursor.execute(sql).fetchall()
    assert [[len(value) for value in row] for row in rows] == [[500 + i for i in range(60)]] * 3


def test_a_thousand_columns_arrive(connection: oracledb.Connection, library: Library) -> None:
    table = pa.table({f"C{i}": pa.array([i, -i], pa.int64()) for i in range(1000)})
    columns = [ColumnInfo(name, OracleType.NUMBER, 10, 0) for name in table.column_names]
    sql = library.add("select * from wide", columns, table)
    with connection.cursor() as cursor:
        first, second = cursor.execute(sql).fetchall()
    assert first == tuple(range(1000))
    assert second == tuple(-i for i in range(1000))


@pytest.mark.parametrize("length", [252, 253, 65_535, 65_536, 3_000_000, 20_000_000])
def test_long_texts_arrive_whole(
    connection: oracledb.Connection, library: Library, length: int
) -> None:
    text = ("0123456789" * (length // 10 + 1))[:length]
    column = ColumnInfo("S", OracleType.LONG, charset_form=CharsetForm.DATABASE)
    table = pa.table({"S": [text, None, "short", text[:-1]]})
    sql = library.add("select s from t", [column], table)
    with connection.cursor() as cursor:
        rows = cursor.execute(sql).fetchall()
    assert rows == [(text,), (None,), ("short",), (text[:-1],)]
    frame = pa.table(connection.fetch_df_all(sql))
    assert frame["S"].to_pylist() == [text, None, "short", text[:-1]]


def test_the_description_says_what_was_declared(
    connection: oracledb.Connection, library: Library
) -> None:
    columns = [
        ColumnInfo("ID", OracleType.NUMBER, 15, 0, nullable=False),
        ColumnInfo("AMOUNT", OracleType.NUMBER, 12, 2),
        ColumnInfo("RATE", OracleType.NUMBER, 0, FLOATING_SCALE),
        ColumnInfo("NAME", OracleType.VARCHAR, size=240, charset_form=CharsetForm.DATABASE),
        ColumnInfo("NAME_N", OracleType.VARCHAR, size=30, charset_form=CharsetForm.NATIONAL),
        ColumnInfo("FLAG", OracleType.CHAR, size=1, charset_form=CharsetForm.DATABASE),
        ColumnInfo("HASH", OracleType.RAW, size=16),
        ColumnInfo("ÄNDERUNG", OracleType.DATE),
        ColumnInfo("AT", OracleType.TIMESTAMP, scale=6),
        ColumnInfo("SCORE", OracleType.BINARY_DOUBLE),
    ]
    table = pa.table(
        {
            "ID": pa.array([], pa.int64()),
            "AMOUNT": pa.array([], pa.decimal128(12, 2)),
            "RATE": pa.array([], pa.decimal128(38, 10)),
            "NAME": pa.array([], pa.string()),
            "NAME_N": pa.array([], pa.string()),
            "FLAG": pa.array([], pa.string()),
            "HASH": pa.array([], pa.binary()),
            "ÄNDERUNG": pa.array([], pa.timestamp("s")),
            "AT": pa.array([], pa.timestamp("us")),
            "SCORE": pa.array([], pa.float64()),
        }
    )
    sql = library.add("select * from t", columns, table)
    with connection.cursor() as cursor:
        cursor.parse(sql)
        parsed = [tuple(column) for column in cursor.description]
        cursor.execute(sql)
        described = [tuple(column) for column in cursor.description]
    assert parsed == described
    sized = {"NAME", "NAME_N", "FLAG", "HASH"}
    seen = [(d[0], d[1].name, d[2] if d[0] in sized else None, *d[4:]) for d in described]
    assert seen == [
        ("ID", "DB_TYPE_NUMBER", None, 15, 0, False),
        ("AMOUNT", "DB_TYPE_NUMBER", None, 12, 2, True),
        ("RATE", "DB_TYPE_NUMBER", None, 0, FLOATING_SCALE, True),
        ("NAME", "DB_TYPE_VARCHAR", 240, None, None, True),
        ("NAME_N", "DB_TYPE_NVARCHAR", 30, None, None, True),
        ("FLAG", "DB_TYPE_CHAR", 1, None, None, True),
        ("HASH", "DB_TYPE_RAW", 16, None, None, True),
        ("ÄNDERUNG", "DB_TYPE_DATE", None, None, None, True),
        ("AT", "DB_TYPE_TIMESTAMP", None, 0, 6, True),
        ("SCORE", "DB_TYPE_BINARY_DOUBLE", None, None, None, True),
    ]


def test_parsing_does_not_execute(
    connection: oracledb.Connection, library: Library, server: OracleServer
) -> None:
    sql = library.add("select n from t", [NUMBER], numbers(3))
    library.answers["delete from t"] = 3
    with connection.cursor() as cursor:
        cursor.parse(sql)
        cursor.parse("delete from t")
        with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
            cursor.parse("select n from missing")
        assert library.executed == []
        assert server.counters["executes"] == 0
        assert cursor.execute(sql).fetchall() == [(0,), (1,), (2,)]


BINDS: list[Any] = [
    None,
    0,
    -1,
    123456789012345678901234567890,
    Decimal("-0.000123"),
    Decimal("98765432109876543210.5"),
    "text",
    "ünï✓😀",
    "x" * 40_000,
    b"\x00\xff" * 500,
    2.5,
    dt.datetime(2024, 2, 29, 23, 59, 58),
]


def test_binds_arrive_as_they_were_sent(connection: oracledb.Connection, library: Library) -> None:
    names = ", ".join(f":{i}" for i in range(1, len(BINDS) + 1))
    sql = library.add(f"select n from t where f({names}) = 1", [NUMBER], numbers(1))
    with connection.cursor() as cursor:
        cursor.execute(sql, BINDS)
        assert cursor.fetchall() == [(0,)]
    assert library.executed[-1] == (sql, BINDS)


BIND_TYPES: list[tuple[Any, Any]] = [
    (oracledb.DB_TYPE_DATE, dt.datetime(1, 1, 1)),
    (oracledb.DB_TYPE_TIMESTAMP, dt.datetime(9999, 12, 31, 23, 59, 59, 999999)),
    (oracledb.DB_TYPE_TIMESTAMP_TZ, dt.datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)),
    (oracledb.DB_TYPE_BINARY_DOUBLE, -1.25e300),
    (oracledb.DB_TYPE_BINARY_FLOAT, 0.5),
    (oracledb.DB_TYPE_NVARCHAR, "ñ😀"),
    (oracledb.DB_TYPE_INTERVAL_DS, dt.timedelta(days=-3, hours=-4, microseconds=-5)),
    (oracledb.DB_TYPE_LONG, "long " * 10_000),
    (oracledb.DB_TYPE_RAW, b"\x01"),
]


@pytest.mark.parametrize(("bind_type", "value"), BIND_TYPES, ids=lambda value: str(value)[:30])
def test_binds_of_a_declared_type_arrive_as_they_were_sent(
    connection: oracledb.Connection, library: Library, bind_type: Any, value: Any
) -> None:
    sql = library.add("select n from t where c = :1", [NUMBER], numbers(1))
    with connection.cursor() as cursor:
        cursor.setinputsizes(bind_type)
        cursor.execute(sql, [value])
    assert library.executed[-1] == (sql, [value])


def test_a_long_bind_may_stand_before_short_ones(
    connection: oracledb.Connection, library: Library
) -> None:
    sql = library.add("select n from t where f(:1, :2, :3) = 1", [NUMBER], numbers(1))
    values = ["long" * 20_000, 1, "short"]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    assert library.executed[-1] == (sql, values)


def test_names_bind_in_the_order_of_the_text(
    connection: oracledb.Connection, library: Library
) -> None:
    sql = library.add("select n from t where a = :x and b = :y", [NUMBER], numbers(1))
    with connection.cursor() as cursor:
        cursor.execute(sql, y="second", x="first")
    assert library.executed[-1] == (sql, ["first", "second"])


def test_a_cached_statement_is_executed_again_with_new_binds(
    connection: oracledb.Connection, library: Library, server: OracleServer
) -> None:
    sql = library.add("select n from t where a = :a", [NUMBER], numbers(3))
    with connection.cursor() as cursor:
        for value in ("one", "two", "a longer value than before", None):
            assert cursor.execute(sql, a=value).fetchall() == [(0,), (1,), (2,)]
    asked = [binds for _, binds in library.executed]
    assert asked == [["one"], ["two"], ["a longer value than before"], [None]]
    assert server.counters["executes"] == len(asked)


def test_a_cached_statement_notices_that_its_columns_have_changed(
    connection: oracledb.Connection, library: Library
) -> None:
    sql = library.add("select * from t", [NUMBER], numbers(2))
    with connection.cursor() as cursor:
        assert cursor.execute(sql).fetchall() == [(0,), (1,)]
        library.add(sql, [TEXT, NUMBER], pa.table({"S": ["a"], "N": pa.array([7], pa.int64())}))
        assert cursor.execute(sql).fetchall() == [("a", 7)]


def test_more_statements_than_cached_close_the_oldest_cursors(
    connection: oracledb.Connection, library: Library
) -> None:
    connection.stmtcachesize = 5
    for number in range(30):
        sql = library.add(f"select {number} from dual", [NUMBER], numbers(number % 4))
        with connection.cursor() as cursor:
            assert len(cursor.execute(sql).fetchall()) == number % 4


def test_results_may_be_read_in_turns(connection: oracledb.Connection, library: Library) -> None:
    one = library.add("select n from one", [NUMBER], numbers(20_000), rows=3000)
    two = library.add("select n from two", [NUMBER], numbers(20_000), rows=5000)
    with connection.cursor() as first, connection.cursor() as second:
        first.execute(one)
        second.execute(two)
        for n in range(20_000):
            assert first.fetchone() == second.fetchone() == (n,)


def test_a_big_statement_text_arrives_whole(
    connection: oracledb.Connection, library: Library
) -> None:
    values = ",".join(f"'v{i}'" for i in range(30_000))
    sql = library.add(f"select n from t where s in ({values})", [NUMBER], numbers(1))
    with connection.cursor() as cursor:
        assert cursor.execute(sql).fetchall() == [(0,)]


def test_an_error_carries_its_code_text_and_place(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(oracledb.DatabaseError) as raised:
            cursor.execute("select n from missing")
        error = raised.value.args[0]
        assert (error.code, error.offset) == (942, 14)
        assert error.message.startswith("ORA-00942: table or view does not exist")
    connection.ping()


def test_an_error_in_the_middle_of_a_result_is_never_its_end(
    connection: oracledb.Connection, library: Library
) -> None:
    def break_off(_: CannedSession) -> ResultSet:
        def batches() -> Iterator[pa.RecordBatch]:
            yield from numbers(1000).to_batches()
            raise OracleError(1555, "snapshot too old: rollback segment number 9 too small")

        return ResultSet([NUMBER], batches())

    library.answers["select n from t"] = break_off
    with connection.cursor() as cursor:
        cursor.arraysize = cursor.prefetchrows = 300
        cursor.execute("select n from t")
        got = cursor.fetchmany(900)
        assert len(got) == 900
        with pytest.raises(oracledb.DatabaseError, match="ORA-01555"):
            cursor.fetchall()
    connection.ping()


def test_a_mistake_in_the_engine_is_answered_as_an_error(
    connection: oracledb.Connection, library: Library
) -> None:
    def stumble(_: CannedSession) -> int:
        raise KeyError("no such thing")

    library.answers["select n from t"] = stumble
    refused = pytest.raises(oracledb.DatabaseError, match=r"ORA-20999.*KeyError.*no such thing")
    with connection.cursor() as cursor, refused:
        cursor.execute("select n from t")
    connection.ping()


def test_a_year_that_oracle_cannot_hold_is_refused(
    connection: oracledb.Connection, library: Library
) -> None:
    column = ColumnInfo("D", OracleType.DATE)
    far = pa.table({"D": pa.array([300_000_000_000], pa.timestamp("s"))})
    sql = library.add("select d from t", [column], far)
    with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError, match="ORA-01841"):
        cursor.execute(sql)


def test_a_value_that_is_no_number_is_refused_in_a_number_column(
    connection: oracledb.Connection, library: Library
) -> None:
    sql = library.add("select n from t", [NUMBER], pa.table({"N": [1.5]}))
    with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError, match="ORA-00932"):
        cursor.execute(sql)


def test_the_engine_is_called_by_one_thread(
    connection: oracledb.Connection, library: Library
) -> None:
    sql = library.add("select n from t", [NUMBER], numbers(3))
    with connection.cursor() as cursor:
        cursor.parse(sql)
        cursor.execute(sql).fetchall()
        cursor.execute(sql).fetchall()
    assert len(library.sessions[0].threads) == 1
