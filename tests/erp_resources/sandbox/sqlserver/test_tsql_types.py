"""Each type of SQL Server, value by value: its declared type, its Arrow type, its limits, NULL."""

from datetime import datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest

from erp_resources.sandbox.catalog import Column, Table
from erp_resources.sandbox.database import FIRST_SCN, Database
from erp_resources.sandbox.sqlserver.datatypes import (
    arrow_schema,
    parse_type,
    precision,
    scale,
    spelling,
    width,
)
from erp_resources.sandbox.sqlserver.engine import SqlServerEngine, User
from erp_resources.sandbox.sqlserver.sql_session import SqlServerSession
from erp_resources.sandbox.sqlserver.types import ResultSet, SqlServerError, SqlType
from tests.erp_resources.sandbox.sqlserver.shop import EVERY_TYPE, VALUES, ask, ask_one, rows_of


def _result(session: SqlServerSession, sql: str) -> ResultSet:
    (result,) = session.execute(sql)
    assert isinstance(result, ResultSet)
    return result


def test_every_column_comes_under_its_declared_type(reading: SqlServerSession) -> None:
    result = _result(reading, "SELECT * FROM dbo.EveryType")
    declared = [column.type for column in EVERY_TYPE.columns]
    assert [spelling(column.type) for column in result.columns] == declared


def test_every_column_comes_under_its_arrow_type(reading: SqlServerSession) -> None:
    (batch,) = _result(reading, "SELECT * FROM dbo.EveryType").batches
    assert batch.schema.types == arrow_schema(EVERY_TYPE).types


@pytest.mark.parametrize("name", [name for name in VALUES if name != "timestamp_"])
def test_a_value_comes_as_it_was_loaded(reading: SqlServerSession, name: str) -> None:
    assert ask(reading, f"SELECT {name} FROM EveryType") == [(VALUES[name],), (None,)]


@pytest.mark.parametrize("name", [*VALUES])
def test_a_result_of_no_rows_knows_its_types(reading: SqlServerSession, name: str) -> None:
    result = _result(reading, f"SELECT {name} FROM EveryType WHERE 1 = 0")
    declared = next(column.type for column in EVERY_TYPE.columns if column.name == name)
    assert spelling(result.columns[0].type) == declared
    assert rows_of(result) == []


def test_a_rowversion_is_scn_and_row_in_eight_bytes(reading: SqlServerSession) -> None:
    versions = [version for (version,) in ask(reading, "SELECT SysRowVersion FROM CustTable")]
    scn = FIRST_SCN + 2  # the second table that was loaded
    assert versions == [((scn << 32) + row).to_bytes(8, "big") for row in range(4)]


def test_the_seventh_digit_of_a_second_is_kept(tmp_database: Database) -> None:
    table = Table(
        "dbo",
        "Fine",
        (Column("T", "time(7)"), Column("D", "datetime2(7)"), Column("Z", "datetimeoffset(7)")),
        (),
    )
    nanos = 1_704_067_200_123_456_700
    zoned = pa.struct([("utc", pa.timestamp("ns")), ("offset_minutes", pa.int16())])
    stored = pa.table(
        {
            "T": pa.array([3_600_123_456_700], pa.time64("ns")),
            "D": pa.array([nanos], pa.timestamp("ns")),
            "Z": pa.array([{"utc": nanos, "offset_minutes": 60}], zoned),
        }
    )
    tmp_database.load(table, stored)
    session = SqlServerEngine(tmp_database, {"sa": User("sa")}).session("sa")
    (batch,) = _result(session, "SELECT * FROM Fine").batches
    assert batch.column(0).cast(pa.int64()).to_pylist() == [3_600_123_456_700]
    assert batch.column(1).cast(pa.int64()).to_pylist() == [nanos]
    assert batch.column(2).field("utc").cast(pa.int64()).to_pylist() == [nanos]
    texts = ask(
        session,
        "SELECT CONVERT(varchar(16), T, 121), CONVERT(varchar(27), D, 121), "
        "CAST(Z AS varchar(40)), DATEPART(nanosecond, D) / 100 % 10 FROM Fine",
    )
    shown = ("01:00:00.1234567", "2024-01-01 00:00:00.1234567")
    assert texts == [(*shown, "2024-01-01 01:00:00.1234567 +01:00", 7)]
    assert ask_one(session, "SELECT COUNT(*) FROM Fine WHERE D > '2024-01-01 00:00:00.1234566'")
    assert not ask_one(session, "SELECT COUNT(*) FROM Fine WHERE D > '2024-01-01 00:00:00.1234567'")


@pytest.fixture
def tmp_database() -> Database:
    return Database()


@pytest.mark.parametrize(
    ("spelled", "kind"),
    [
        ("INT", SqlType("int")),
        ("integer", SqlType("int")),
        ("decimal", SqlType("decimal", precision=18)),
        ("dec( 28 , 12 )", SqlType("decimal", precision=28, scale=12)),
        ("float(24)", SqlType("real")),
        ("float(25)", SqlType("float")),
        ("double precision", SqlType("float")),
        ("[nvarchar] (MAX)", SqlType("nvarchar", -1)),
        ("sys.varchar(8000)", SqlType("varchar", 8000)),
        ("sysname", SqlType("nvarchar", 128)),
        ("rowversion", SqlType("timestamp")),
        ("datetime2", SqlType("datetime2", scale=7)),
        ("national  character varying(5)", SqlType("nvarchar", 5)),
    ],
)
def test_a_spelling_is_read(spelled: str, kind: SqlType) -> None:
    assert parse_type(spelled) == kind


@pytest.mark.parametrize(
    ("spelled", "number"),
    [
        ("nope", 243),
        ("int(4)", 2716),
        ("nvarchar(4001)", 1001),
        ("char(max)", 1001),
        ("decimal(39)", 2750),
        ("decimal(5,6)", 1002),
        ("datetime2(8)", 1002),
        ("float(54)", 1001),
    ],
)
def test_a_wrong_spelling_is_refused(spelled: str, number: int) -> None:
    with pytest.raises(SqlServerError) as refused:
        parse_type(spelled)
    assert refused.value.number == number


@pytest.mark.parametrize(
    ("spelled", "facts"),
    [
        ("nvarchar(60)", (120, 0, 0)),
        ("nvarchar(max)", (-1, 0, 0)),
        ("decimal(28,12)", (13, 28, 12)),
        ("decimal(9,2)", (5, 9, 2)),
        ("money", (8, 19, 4)),
        ("datetime2(7)", (8, 27, 7)),
        ("datetime2(0)", (6, 19, 0)),
        ("datetimeoffset(3)", (9, 30, 3)),
        ("time(7)", (5, 16, 7)),
        ("datetime", (8, 23, 3)),
        ("float", (8, 53, 0)),
    ],
)
def test_lengths_are_those_of_sys_columns(spelled: str, facts: tuple[int, int, int]) -> None:
    kind = parse_type(spelled)
    assert (width(kind), precision(kind), scale(kind)) == facts


@pytest.mark.parametrize(
    ("kind", "value", "what"),
    [
        ("nvarchar(3)", "abcd", "text of another length than 3"),
        ("nvarchar(2)", "😀a", "text of another length than 2"),
        ("nchar(3)", "ab", "text of another length than 3"),
        ("binary(2)", b"a", "bytes of another length than 2"),
        ("uniqueidentifier", "6f9619ff-8b86-d011-b42d-00c04fc964ff", "no GUID in upper case"),
        ("datetime", datetime(2024, 1, 1, 0, 0, 0, 1), "between the ticks of a datetime"),
    ],
)
def test_rows_that_sql_server_could_not_hold_are_refused(
    kind: str, value: object, what: str
) -> None:
    table = Table("dbo", "Bad", (Column("X", kind),), ())
    database = Database()
    database.load(table, pa.Table.from_pylist([{"X": value}], schema=arrow_schema(table)))
    with pytest.raises(ValueError, match=f"Bad.X holds .*{what} in 1 rows"):
        SqlServerEngine(database, {})


def test_another_storage_than_declared_is_refused() -> None:
    table = Table("dbo", "Bad", (Column("X", "int"),), ())
    database = Database()
    database.load(table, pa.table({"X": pa.array([1], pa.int64())}))
    with pytest.raises(ValueError, match=r"Bad\.X is stored as BIGINT, its declaration needs INT"):
        SqlServerEngine(database, {})


def test_times_of_day_are_kept_to_the_microsecond(reading: SqlServerSession) -> None:
    assert ask_one(reading, "SELECT MAX(time_) FROM EveryType") == time(23, 59, 59, 999999)


def test_a_sum_of_the_widest_decimals_stays_exact(reading: SqlServerSession) -> None:
    value = ask_one(reading, "SELECT SUM(decimal_) FROM EveryType")
    assert value == Decimal("-1234567890123456789012345678.0123456789")
